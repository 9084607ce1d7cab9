/* How a page asks its server for a change: JSON there and back, with the token of the page. */
const token = document.querySelector("meta[name=change-token]").content;

export class Problem extends Error {
  constructor({ problem = "The program did not answer.", next_step = "", mistakes = [] } = {}) {
    super(problem);
    this.nextStep = next_step;
    this.mistakes = mistakes;
  }
}

async function answered(request) {
  let answer;
  try {
    answer = await request;
  } catch {
    throw new Problem({ problem: "The program does not answer.", next_step: "See whether it still runs." });
  }
  const values = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Problem(values);
  return values;
}

export const send = (to, values) => answered(fetch(to, {
  method: "POST", body: JSON.stringify(values),
  headers: { "Content-Type": "application/json", "X-Hemifacial-Token": token },
}));

export const ask = (from) => answered(fetch(from, { headers: { Accept: "application/json" } }));

export { token };

/* What went wrong, at the top of a form; each mistake leads to its field. */
export function showProblem(form, problem) {
  const place = form.querySelector(".mistakes");
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  place.replaceChildren();
  place.hidden = !problem;
  if (!problem) return;
  const heading = document.createElement("p");
  heading.className = "problem";
  heading.textContent = problem.mistakes?.length ? "Not entered yet:" : problem.message;
  place.append(heading);
  if (problem.mistakes?.length) {
    const list = document.createElement("ul");
    for (const { path, label, text } of problem.mistakes) {
      const item = document.createElement("li");
      const field = path && form.querySelector(`[name="${CSS.escape(path)}"]`);
      const words = label ? `${label} ${text}` : text;
      if (field) {
        field.setAttribute("aria-invalid", "true");
        const link = document.createElement("a");
        link.href = `#${field.id}`;
        link.textContent = words;
        link.addEventListener("click", (event) => { event.preventDefault(); field.focus(); });
        item.append(link);
      } else item.textContent = words;
      list.append(item);
    }
    place.append(list);
  } else if (problem.nextStep) {
    const next = document.createElement("p");
    next.textContent = problem.nextStep;
    place.append(next);
  }
  place.focus();
}

const SEVERITIES = { stop: "Stop", warn: "Warning", note: "Note" };

/* Warnings as a list; true if one of them says stop. */
export function showWarnings(place, warnings, empty = "") {
  const list = document.createElement("ul");
  list.className = "warnings";
  for (const one of warnings) {
    const item = document.createElement("li");
    item.className = one.severity;
    const word = document.createElement("strong");
    word.textContent = `${SEVERITIES[one.severity]}. `;
    const source = document.createElement("span");
    source.className = "small";
    source.textContent = ` ${one.source}${one.verified ? "" : "; not verified"}`;
    item.append(word, [one.text, one.next_step].filter(Boolean).join(" "), source);
    list.append(item);
  }
  const nothing = document.createElement("p");
  nothing.textContent = empty;
  place.replaceChildren(...(warnings.length ? [list] : empty ? [nothing] : []));
  return warnings.some((one) => one.severity === "stop");
}

export function goOn(to) {
  if (to) location.assign(to);
}

/* A function that is called once, a little after the last time that it was asked for. */
export function later(act, ms = 300) {
  let waiting = 0;
  return (...values) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => act(...values), ms);
  };
}
