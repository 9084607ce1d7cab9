/* The sessions before on the map, each product for itself, and when the effect of the last wears off. */
import { ask } from "./sending.js";
import { shapeOf, svg } from "./map.js";

const byId = (id) => document.getElementById(id);

export function showEarlier({ earlier, width, height }) {
  const products = [...new Set(earlier.map((spot) => spot.product))];
  products.forEach((name, at) => {
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = true;
    label.append(box, ` ${name}`);
    byId("overlay").append(label);
    const group = svg("g", { class: "earlier" }, byId("earlier"));
    for (const spot of earlier.filter((one) => one.product === name)) {
      const mark = shapeOf(at, spot.x * width, spot.y * height, 12 + 2.5 * spot.times, group);
      svg("title", {}, mark).textContent = `${name}, ${spot.label}, ${spot.side}: ${spot.given.join("; ")} units`;
    }
    const told = document.createElement("details");
    const list = document.createElement("ul");
    told.append(Object.assign(document.createElement("summary"), { textContent: `${name} in words` }), list);
    for (const spot of earlier.filter((one) => one.product === name)) {
      list.append(Object.assign(document.createElement("li"), { textContent: `${spot.side}, ${spot.label}: ${spot.given.join("; ")} units` }));
    }
    byId("overlay").append(told);
    box.addEventListener("change", () => group.classList.toggle("unseen-mark", !box.checked));
  });
  const due = byId("due");
  if (due) {
    ask(due.dataset.from).then(({ words }) => {
      due.replaceChildren(...words.map((one) => Object.assign(document.createElement("p"), { textContent: one })));
    }).catch((problem) => { due.textContent = problem.message; });
  }
  if (!products.length) byId("overlay").textContent = "There is none.";
}
