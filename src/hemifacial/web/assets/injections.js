/* The map of the face: sites by mouse and keyboard, the same sites as rows, checked as they change. */
import { showEarlier } from "./earlier.js";
import { fieldsOf, startLists } from "./fields.js";
import { goOn, later, send, showProblem, showWarnings } from "./sending.js";
import { nearest, svg } from "./map.js";

const form = document.getElementById("session");
const shown = JSON.parse(form.dataset.shown);
const byId = (id) => document.getElementById(id);
const map = byId("map");
const { width: WIDTH, height: HEIGHT } = shown;
let sites = [];
let next = 1;

const number = (text) => Number(String(text).replace(",", "."));
const product = () => byId("product").value;
const brand = () => byId("product").selectedOptions[0]?.textContent ?? "";
const usualOf = (muscle) => shown.doses.find(([of, name]) => of === product() && name === muscle);

/* -- a site: what stands on the map and in its row -- */

function made(values) {
  const site = { id: next, units: "", volume_ml: "", layer: "", place: "", note: "", byHand: false, ...values };
  next += 1;
  site.mark = svg("g", { tabindex: 0, role: "button", class: "site" }, byId("sites"));
  svg("circle", { r: 12 }, site.mark);
  svg("text", { "text-anchor": "middle", y: 5, "font-size": 14, fill: "#fff" }, site.mark);
  site.row = byId("row").content.cloneNode(true).firstElementChild;
  byId("rows").append(site.row);
  for (const field of site.row.querySelectorAll("[data-field]")) {
    field.value = site[field.dataset.field] ?? "";
    field.addEventListener("input", () => typed(site, field));
    field.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && field.tagName === "INPUT") { event.preventDefault(); site.mark.focus(); }
    });
  }
  site.row.querySelector("[data-do=show]").addEventListener("click", () => site.mark.focus());
  site.row.querySelector("[data-do=remove]").addEventListener("click", () => remove(site));
  site.mark.addEventListener("keydown", (event) => keyed(event, site));
  site.mark.addEventListener("pointerdown", (event) => dragged(event, site));
  sites.push(site);
  return site;
}

function typed(site, field) {
  site[field.dataset.field] = field.value;
  if (field.dataset.field === "units" && !site.byHand) fillVolume(site);
  if (field.dataset.field === "volume_ml") site.byHand = field.value !== "";
  if (field.dataset.field === "side") { site.x = 1 - site.x; }
  refresh();
}

function fillVolume(site) {
  const perMl = number(byId("per_ml").value), units = number(site.units);
  const volume = perMl > 0 && units > 0 ? String(Math.round((1000 * units) / perMl) / 1000) : "";
  site.volume_ml = volume;
  site.row.querySelector("[data-field=volume_ml]").value = volume;
}

function moved(site, x, y, { keepMuscle = false } = {}) {
  site.x = Math.min(1, Math.max(0, x));
  site.y = Math.min(1, Math.max(0, y));
  site.side = site.x < 0.5 ? "right" : site.x > 0.5 ? "left" : site.side ?? "left";
  const place = nearest(shown.places, site);
  site.place = place?.word ?? "";
  if (place && !keepMuscle) { site.muscle = place.muscle; site.layer = place.layer; }
  for (const name of ["side", "muscle", "layer"]) site.row.querySelector(`[data-field=${name}]`).value = site[name] ?? "";
  site.label = place?.label ?? "no usual place";
}

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function keyed(event, site) {
  const step = STEPS[event.key];
  if (step) {
    const by = event.shiftKey ? 0.0025 : 0.01;
    moved(site, site.x + by * step[0], site.y + by * step[1]);
  } else if (event.key === "Enter") site.row.querySelector("[data-field=units]").focus();
  else if (event.key === "Delete" || event.key === "Backspace") return event.preventDefault(), remove(site);
  else return undefined;
  event.preventDefault();
  return refresh();
}

function pointOf(event) {
  const box = map.getBoundingClientRect();
  return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
}

function dragged(event, site) {
  event.preventDefault();
  event.stopPropagation();
  site.mark.focus();
  site.mark.setPointerCapture(event.pointerId);
  const move = (now) => { moved(site, ...pointOf(now)); refresh(); };
  site.mark.addEventListener("pointermove", move);
  site.mark.addEventListener("pointerup", () => site.mark.removeEventListener("pointermove", move), { once: true });
}

function remove(site) {
  site.mark.remove();
  site.row.remove();
  sites = sites.filter((one) => one !== site);
  refresh();
  (sites.at(-1)?.mark ?? byId("add")).focus();
}

function add(values) {
  const site = made(values);
  moved(site, site.x, site.y, { keepMuscle: Boolean(values.muscle) });
  refresh();
  return site;
}

/* -- everything drawn anew from the sites -- */

function refresh() {
  sites.forEach((site, at) => {
    site.mark.setAttribute("transform", `translate(${site.x * WIDTH} ${site.y * HEIGHT})`);
    site.mark.setAttribute("data-side", site.side);
    site.mark.querySelector("text").textContent = at + 1;
    const muscle = site.row.querySelector("[data-field=muscle]").selectedOptions[0]?.textContent ?? "";
    const dose = site.units ? `${site.units} units` : "no dose yet";
    site.mark.setAttribute("aria-label", `Site ${at + 1}, ${site.side}, ${muscle}, ${site.label}, ${dose}`);
    const button = site.row.querySelector("[data-do=show]");
    button.textContent = at + 1;
    button.setAttribute("aria-label", `Site ${at + 1} on the map`);
    site.row.querySelector("[data-part=place]").textContent = site.label;
    for (const field of site.row.querySelectorAll("[data-field]")) {
      field.setAttribute("aria-label", `${{ units: "Units", volume_ml: "Millilitres", side: "Side", muscle: "Muscle", layer: "Layer", note: "Note" }[field.dataset.field]} of site ${at + 1}`);
    }
    site.row.querySelector("[data-do=remove]").setAttribute("aria-label", `Remove site ${at + 1}`);
    const usual = usualOf(site.muscle);
    site.row.querySelector("[data-part=usual]").textContent = usual ? `usual ${usual[2]} to ${usual[3]}` : "";
    site.row.querySelector("[data-field=layer]").hidden = !site.muscle?.startsWith("orbicularis_oculi");
  });
  const sum = (side) => sites.filter((one) => !side || one.side === side).reduce((all, one) => all + (number(one.units) || 0), 0);
  const sides = ["right", "left"].filter((side) => sum(side)).map((side) => `${side} ${Math.round(100 * sum(side)) / 100}`);
  byId("total").textContent = sites.length
    ? `${Math.round(100 * sum()) / 100} units${product() ? ` of ${brand()}` : ""} at ${sites.length} site${sites.length === 1 ? "" : "s"}${sides.length > 1 ? ` (${sides.join(", ")})` : ""}.`
    : "No site yet.";
  check();
}

/* -- what is sent -- */

/* A dose is of the product of the session: it is said once, and never typed beside the units. */
function fieldsNow() {
  const fields = { ...fieldsOf(form), product: product() };
  sites.forEach((site, at) => {
    const to = `injections.${at}`;
    for (const name of ["muscle", "side", "layer", "place", "volume_ml", "note"]) fields[`${to}.${name}`] = site[name] ?? "";
    fields[`${to}.x`] = site.x.toFixed(4);
    fields[`${to}.y`] = site.y.toFixed(4);
    fields[`${to}.dose.units`] = String(site.units).trim();
  });
  for (const path of Object.keys(fields).filter((one) => one.endsWith(".units"))) {
    if (fields[path] === "") delete fields[path]; else fields[path.replace(/units$/, "product")] = product();
  }
  return fields;
}

const ready = () => product() && sites.length && sites.every((one) => number(one.units) > 0);

/* What stands against it by a circumstance is said at once; doses wait until there are some. */
const check = later(async () => {
  const place = form.querySelector("[data-warnings]");
  const lacking = product() ? "Each site needs a dose." : "Choose a product and place a site.";
  try {
    const found = await send(form.dataset.check, { fields: fieldsNow() });
    const mistakes = found.mistakes.map((one) => `${one.label} ${one.text}`).join("; ");
    const stop = showWarnings(place, found.warnings, ready() && !mistakes ? "No rule speaks against it." : "");
    for (const words of [ready() ? mistakes : lacking, found.said].filter(Boolean)) {
      place.append(Object.assign(document.createElement("p"), { textContent: words }));
    }
    form.querySelector(".why").hidden = !stop;
  } catch { /* told when it is sent */ }
}, 250);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  showProblem(form, null);
  try {
    if (!ready()) throw { message: "A session has a product, and each site a dose.", mistakes: [], nextStep: "Complete it, then enter." };
    goOn((await send(form.dataset.send, { fields: fieldsNow(), why: byId("why").value })).go);
  } catch (problem) { showProblem(form, problem); }
});

startLists(form);

/* -- where sites come from -- */

for (const place of shown.places) {
  svg("circle", { cx: place.x * WIDTH, cy: place.y * HEIGHT, r: 4, class: "usual" }, byId("usual"));
}
const sideFirst = (place) => (place.side === shown.side ? 0 : 1);
for (const place of [...shown.places].sort((one, other) => sideFirst(one) - sideFirst(other))) {
  byId("place").append(new Option(`${place.side}: ${place.label}`, `${place.side}/${place.word}`));
}
byId("add").addEventListener("click", () => {
  const [side, word] = byId("place").value.split("/");
  const place = shown.places.find((one) => one.word === word && one.side === side);
  add({ x: place.x, y: place.y, side, muscle: place.muscle, layer: place.layer }).mark.focus();
});
byId("repeat")?.addEventListener("click", () => {
  const { last } = shown;
  byId("product").value = last.product;
  byId("jurisdiction").value = last.jurisdiction;
  byId("per_ml").value = last.per_ml ?? "";
  for (const one of last.sites) {
    const place = shown.places.find((known) => known.word === one.place && known.side === one.side);
    add({ ...one, units: String(one.units), volume_ml: one.volume_ml === null ? "" : String(one.volume_ml),
      x: one.x ?? place?.x ?? 0.5, y: one.y ?? place?.y ?? 0.5 });
  }
  sites[0]?.mark.focus();
});
map.addEventListener("pointerdown", (event) => {
  if (event.button !== 0) return;
  event.preventDefault();
  const [x, y] = pointOf(event);
  add({ x, y }).mark.focus();
});
form.addEventListener("input", (event) => {
  if (event.target.id === "per_ml") for (const site of sites) if (!site.byHand) fillVolume(site);
  if (!event.target.dataset.field) refresh();
});

showEarlier(shown);
refresh();
