/* Every plain form: what is typed is checked while it is typed, and sent as JSON. */
import { goOn, later, send, showProblem, showWarnings } from "./sending.js";

function fieldsOf(form) {
  const fields = {};
  for (const one of form.querySelectorAll("[name]:not([data-beside])")) {
    if (one.closest("template")) continue;
    if (one.dataset.many !== undefined) {
      fields[one.name] ??= [];
      if (one.checked) fields[one.name].push(one.value);
    } else if (one.dataset.words !== undefined) {
      fields[one.name] = one.value.split(",").map((word) => word.trim()).filter(Boolean);
    } else if (one.type !== "radio" || one.checked) fields[one.name] = one.value.trim();
  }
  return fields;
}

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

function startLists(form) {
  for (const list of form.querySelectorAll("[data-list]")) {
    const items = list.querySelector("[data-items]");
    let next = items.children.length;
    list.querySelector("[data-add]").addEventListener("click", () => {
      const item = list.querySelector("template").content.cloneNode(true).firstElementChild;
      for (const one of item.querySelectorAll("[name], [id], label[for], [aria-describedby], [list]")) {
        for (const name of ["name", "id", "for", "aria-describedby", "list"]) {
          const value = one.getAttribute(name);
          if (value) one.setAttribute(name, value.replace("#", next).replace("-N-", `-${next}-`));
        }
      }
      next += 1;
      items.append(item);
      item.querySelector("select, input, textarea")?.focus();
    });
    list.addEventListener("click", (event) => {
      if (event.target.dataset.remove === undefined) return;
      event.target.closest("[data-item]").remove();
      list.querySelector("[data-add]").focus();
    });
  }
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
