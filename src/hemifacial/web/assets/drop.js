/* Recordings are sent one after the other, each as it is. */
import { Problem, showProblem, token } from "./sending.js";

const form = document.getElementById("drop");
const target = document.getElementById("target");
const file = document.getElementById("file");
const sent = document.getElementById("sent");
const sending = document.getElementById("sending");
let line = Promise.resolve();

function put(recording) {
  const query = new URLSearchParams();
  if (document.getElementById("on").value) query.set("on", document.getElementById("on").value);
  if (document.getElementById("mirrored").checked) query.set("mirrored", "yes");
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest(); // fetch does not tell how much was sent
    request.open("PUT", `${form.dataset.to}?${query}`);
    request.setRequestHeader("X-Hemifacial-Token", token);
    request.setRequestHeader("X-File-Name", encodeURIComponent(recording.name));
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => { sent.value = (100 * event.loaded) / event.total; });
    request.addEventListener("load", () => (request.status < 300 ? done() : failed(new Problem(request.response ?? {}))));
    request.addEventListener("error", () => failed(new Problem({
      problem: "The recording was not taken.", next_step: "See whether the program still runs and the file is not too large.",
    })));
    request.send(recording);
  });
}

async function take(recording) {
  sending.textContent = `Sending ${recording.name}.`;
  sent.value = 0;
  sent.hidden = false;
  try {
    await put(recording);
    sending.textContent = `${recording.name} is in line.`;
  } catch (problem) {
    sending.textContent = "";
    showProblem(form, problem);
  }
  sent.hidden = true;
  document.dispatchEvent(new Event("hemifacial:dropped"));
}

function takeAll(files) {
  showProblem(form, null);
  for (const one of files) line = line.then(() => take(one));
}

file.addEventListener("change", () => { takeAll([...file.files]); file.value = ""; });
for (const kind of ["dragenter", "dragover"]) {
  target.addEventListener(kind, (event) => { event.preventDefault(); target.classList.add("over-it"); });
}
target.addEventListener("dragleave", () => target.classList.remove("over-it"));
target.addEventListener("drop", (event) => {
  event.preventDefault();
  target.classList.remove("over-it");
  takeAll([...event.dataTransfer.files]);
});
form.addEventListener("submit", (event) => event.preventDefault());
