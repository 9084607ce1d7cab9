/* The recordings in line: looked at every second while one is open. */
import { ask, send } from "./sending.js";

const list = document.getElementById("jobs");
const only = list.dataset.code;
const WORDS = {
  waiting: "waits", running: "is being measured", done: "measured", failed: "could not be measured",
  cancelled: "cancelled", interrupted: "interrupted",
};
const items = new Map();

function made(number) {
  const item = document.createElement("li");
  item.innerHTML = "";
  const name = document.createElement("strong");
  const state = document.createElement("span");
  const bar = document.createElement("progress");
  const more = document.createElement("p");
  const doing = document.createElement("span");
  bar.max = 100;
  more.className = "small";
  doing.className = "doing unprinted";
  state.setAttribute("role", "status");
  item.append(name, " ", state, " ", bar, " ", doing, more);
  item.dataset.job = number;
  return { item, name, state, bar, more, doing, was: "" };
}

function button(words, job, act) {
  const one = document.createElement("button");
  one.type = "button";
  one.textContent = words;
  one.setAttribute("aria-label", `${words}: ${job.name}`);
  one.addEventListener("click", async () => {
    try {
      show((await send(`/line/${job.number}/${act}`, {})).jobs);
    } catch (problem) {
      document.getElementById("told").textContent = `${problem.message} ${problem.nextStep ?? ""}`;
    }
    look();
  });
  return one;
}

function link(words, to) {
  const one = document.createElement("a");
  one.href = to;
  one.textContent = words;
  return one;
}

function fill(parts, job) {
  parts.name.textContent = only || !job.code ? job.name : `${job.code}: ${job.name}`;
  parts.bar.hidden = job.state !== "running";
  parts.bar.setAttribute("aria-label", `Measured of ${job.name}`);
  if (job.share === null) parts.bar.removeAttribute("value"); else parts.bar.value = job.share;
  const share = job.state === "running" && job.share !== null ? `, ${job.share} %` : "";
  parts.bar.title = share;
  if (parts.was !== job.state) {
    parts.was = job.state;
    parts.state.textContent = WORDS[job.state];
    parts.state.className = `state ${job.state}`;
    parts.doing.replaceChildren(
      ...(job.open ? [button("Cancel", job, "cancel")] : []),
      ...(job.again ? [button("Measure again", job, "again")] : []),
      ...(job.result ? [link("See the result", `/results/${job.result}`)] : []),
    );
  }
  parts.more.textContent = [job.problem, job.next_step].filter(Boolean).join(" ");
}

function show(jobs) {
  const mine = jobs.filter((job) => !only || job.code === only);
  const known = new Set(mine.map((job) => job.number));
  for (const [number, { item }] of items) if (!known.has(number)) { item.remove(); items.delete(number); }
  for (const job of mine) {
    if (!items.has(job.number)) items.set(job.number, made(job.number));
    fill(items.get(job.number), job);
  }
  list.replaceChildren(...orderly(mine));
  return mine.some((job) => job.open);
}

/* The same elements in the order of the jobs; nothing is moved where the order holds already. */
function orderly(jobs) {
  if (!jobs.length) {
    const nothing = document.createElement("li");
    nothing.textContent = "Nothing yet.";
    return [nothing];
  }
  return jobs.map((job) => items.get(job.number).item);
}

let waiting = 0;
async function look() {
  clearTimeout(waiting);
  try {
    const { jobs } = await ask("/line.json");
    if (show(jobs)) waiting = setTimeout(look, 1000);
  } catch (problem) {
    document.getElementById("told").textContent = problem.message;
    waiting = setTimeout(look, 5000);
  }
}

document.addEventListener("hemifacial:dropped", look);
if (show(JSON.parse(list.dataset.jobs))) waiting = setTimeout(look, 700);
