/* The order of conditions after each answer. */
import { fieldsOf } from "./fields.js";
import { goOn, later, send, showProblem, showWarnings } from "./sending.js";

const form = document.querySelector("form.differential");
const place = form.querySelector(".ranking");
const make = (name, words = "", className = "") => {
  const one = document.createElement(name);
  one.textContent = words;
  if (className) one.className = className;
  return one;
};

function listed(heading, words) {
  if (!words.length) return [];
  const list = make("ul");
  list.append(...words.map((one) => make("li", one)));
  return [make("h3", heading), list];
}

function show(found) {
  const warnings = make("div");
  showWarnings(warnings, found.warnings);
  const order = make("ol", "", "candidates");
  for (const one of found.candidates) {
    const item = make("li");
    item.value = one.rank;
    const bar = make("meter");
    bar.max = 100;
    bar.value = one.share;
    bar.setAttribute("aria-label", `${one.label}: ${one.points} points`);
    item.append(make("span", one.label), " ", make("span", one.points, "num"), bar);
    item.title = `${one.for} for, ${one.against} against`;
    order.append(item);
  }
  const trace = make("details");
  trace.append(make("summary", `Every rule that spoke (${found.trace.length})`), ...listed("", found.trace).slice(1));
  place.replaceChildren(
    make("h2", "Order by the answers so far"), make("p", found.sentence), warnings, order,
    ...listed("What would part the first two most", found.missing),
    ...listed("What would change the order", found.would_change),
    ...listed("Answered both yes and no, so not counted", found.disputed), trace,
  );
}

form.addEventListener("input", later(async () => {
  try { show(await send(form.dataset.check, { fields: fieldsOf(form) })); } catch (problem) { showProblem(form, problem); }
}, 150));
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  try { goOn((await send(form.dataset.send, { fields: fieldsOf(form) })).go); } catch (problem) { showProblem(form, problem); }
});
show(JSON.parse(place.dataset.first));
