/* Recordings are sent one after the other, each as it is; the files of one go together. */
import { Problem, send, showProblem, token } from "./sending.js";

const form = document.getElementById("drop");
const target = document.getElementById("target");
const file = document.getElementById("file");
const sent = document.getElementById("sent");
const sending = document.getElementById("sending");
const left = document.getElementById("left");
let line = Promise.resolve();

function put(files) {
  const query = new URLSearchParams();
  if (document.getElementById("on").value) query.set("on", document.getElementById("on").value);
  if (document.getElementById("mirrored").checked) query.set("mirrored", "yes");
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest(); // fetch does not tell how much was sent
    request.open("PUT", `${form.dataset.to}?${query}`);
    request.setRequestHeader("X-Hemifacial-Token", token);
    request.setRequestHeader("X-File-Name", files.map((one) => encodeURIComponent(one.name)).join(","));
    if (files.length > 1) request.setRequestHeader("X-File-Sizes", files.map((one) => one.size).join(","));
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => { sent.value = (100 * event.loaded) / event.total; });
    request.addEventListener("load", () => (request.status < 300 ? done() : failed(new Problem(request.response ?? {}))));
    request.addEventListener("error", () => failed(new Problem({
      problem: "The recording was not taken.", next_step: "See whether the program still runs and the file is not too large.",
    })));
    request.send(files.length > 1 ? new Blob(files) : files[0]);
  });
}

async function take(files) {
  const name = files.map((one) => one.name).join(", ");
  sending.textContent = `Sending ${name}.`;
  sent.value = 0;
  sent.hidden = false;
  try {
    await put(files);
    sending.textContent = `${name} ${files.length > 1 ? "are one recording, and" : "is"} in line.`;
  } catch (problem) {
    sending.textContent = "";
    showProblem(form, problem);
  }
  sent.hidden = true;
  document.dispatchEvent(new Event("hemifacial:dropped"));
}

/* The server says which of the files are one recording; what is none is told, and not sent. */
async function takeAll(files) {
  if (!files.length) return;
  showProblem(form, null);
  left.replaceChildren();
  try {
    const found = await send(form.dataset.sort, { names: files.map((one) => one.name) });
    for (const one of found.left) {
      left.append(Object.assign(document.createElement("li"), { textContent: `${files[one.number].name}: ${one.why}. It was not sent.` }));
    }
    for (const group of found.groups) line = line.then(() => take(group.map((number) => files[number])));
  } catch (problem) { showProblem(form, problem); }
}

/* Files of folders as well: a dataset of BIDS is one. */
const entered = (entry) => new Promise((done, failed) => entry.file(done, failed));
const listed = (reader) => new Promise((done, failed) => reader.readEntries(done, failed));
async function filesIn(entry) {
  if (entry.isFile) return [await entered(entry)];
  const found = [], reader = entry.createReader();
  for (let some = await listed(reader); some.length; some = await listed(reader)) {
    for (const one of some) found.push(...await filesIn(one));
  }
  return found;
}

async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const files = [...transfer.files]; // taken now: it is empty once this function has waited
  if (!entries.some((one) => one.isDirectory)) return files;
  return (await Promise.all(entries.map(filesIn))).flat();
}

file.addEventListener("change", () => { takeAll([...file.files]); file.value = ""; });
for (const kind of ["dragenter", "dragover"]) {
  target.addEventListener(kind, (event) => { event.preventDefault(); target.classList.add("over-it"); });
}
target.addEventListener("dragleave", () => target.classList.remove("over-it"));
target.addEventListener("drop", (event) => {
  event.preventDefault();
  target.classList.remove("over-it");
  dropped(event.dataTransfer).then(takeAll, () => showProblem(form, new Problem({
    problem: "The folder cannot be read.", next_step: "Drop its files instead." })));
});
form.addEventListener("submit", (event) => event.preventDefault());
