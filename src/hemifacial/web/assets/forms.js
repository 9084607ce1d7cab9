/* Every plain form: what is typed is checked while it is typed, and sent as JSON. */
import { fieldsOf, startLists } from "./fields.js";
import { goOn, later, send, showProblem, showWarnings } from "./sending.js";

function valuesOf(form) {
  const values = { fields: fieldsOf(form) };
  for (const one of form.querySelectorAll("[data-beside]")) values[one.name] = one.value;
  if (form.dataset.insteadOf) values.instead_of = Number(form.dataset.insteadOf);
  return values;
}

const empty = (fields) => Object.values(fields).every((value) => !value.length);

async function check(form) {
  const place = form.querySelector("[data-warnings]");
  const values = valuesOf(form);
  if (empty(values.fields)) return;
  let said;
  try {
    said = await send(form.dataset.check, values);
  } catch {
    return; // told when it is sent
  }
  const stop = showWarnings(place, said.warnings);
  const why = form.querySelector(".why");
  if (why && !form.dataset.insteadOf) why.hidden = !stop;
  const total = form.querySelector("[data-total]");
  if (total) total.textContent = said.said;
}

for (const form of document.querySelectorAll("form.entry")) {
  startLists(form);
  if (form.dataset.check) {
    const soon = later(() => check(form));
    form.addEventListener("input", soon);
    check(form);
  }
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    showProblem(form, null);
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    try {
      const { go } = await send(form.dataset.send, valuesOf(form));
      goOn(go);
    } catch (problem) {
      button.disabled = false;
      if (form.dataset.check) await check(form);
      showProblem(form, problem);
    }
  });
}
