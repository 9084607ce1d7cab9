/* The table of events, the keys, the draft and the download. */
(() => {
  const page = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const table = byId("table-events").tBodies[0];
  const marks = [...document.querySelectorAll("#course-view svg [data-event]")];
  const who = byId("who");
  const draftKey = `hemifacial.draft.${page.method}.${page.input_sha256}`;
  let lines = [];
  let selected = null;

  const open = () => lines.filter((line) => !line.saved);
  const count = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;
  const span = (event) => `${event.onset.toFixed(3)} s (${event.duration.toFixed(3)} s long)`;

  function say(text, urgent = false) {
    byId("status").textContent = text;
    byId("status").classList.toggle("problem", urgent);
  }

  function sentence({ action, before, after, why }) {
    const what = {
      reject: () => "Rejected",
      "re-side": () => `Side changed from ${before.side} to ${after.side}`,
      move: () => `Moved from ${span(before)} to ${span(after)}`,
      add: () => `Added: ${page.kinds[after.trial_type].label.toLowerCase()}, ${after.side}, ${span(after)}`,
    }[action]();
    return what + (why ? `: ${why}` : "");
  }

  /* A draft outlives a closed tab; a browser that keeps nothing only loses that. The tab's own history
     keeps it over a reload too, where what was stored has not been handed on yet. */
  function storeDraft() {
    const draft = lines.length ? { who: who.value, lines } : null;
    try { history.replaceState({ draft }, ""); } catch { /* a page in a frame may have no history */ }
    try {
      if (draft) localStorage.setItem(draftKey, JSON.stringify(draft));
      else localStorage.removeItem(draftKey);
    } catch { /* storage is denied or full */ }
  }

  function storedDraft() {
    try {
      const stored = JSON.parse(localStorage.getItem(draftKey));
      if (stored) return stored;
    } catch { /* storage is denied, or holds something else */ }
    return history.state?.draft ?? null;
  }

  function loadDraft() {
    const draft = storedDraft();
    if (!draft || !Array.isArray(draft.lines)) return;
    let left = 0;
    try { ({ lines, left } = Corrections.resumed(page, draft.lines)); } catch { return; }
    if (lines.length && typeof draft.who === "string") who.value = draft.who;
    const told = [];
    if (open().length) told.push(`${count(open().length, "correction")} of an earlier visit, not saved yet.`);
    if (left) told.push(`${count(left, "correction")} of an earlier visit no longer fit these events and were left out.`);
    if (told.length) say(told.join(" "), left > 0);
  }

  const rowElements = () => [...table.querySelectorAll("tr[data-event]")];
  const elements = new Map(rowElements().map((element) => [element.dataset.event, element]));
  const elementOf = (id) => elements.get(id);

  function stateOf(row) {
    if (!row.standing) return "rejected";
    if (!row.measured) return "added";
    const alone = (event) => JSON.stringify({ ...event, parent_id: null }); // its run is no reading of it
    return alone(row.standing) === alone(row.measured) ? "measured" : "corrected";
  }

  function fillRow(element, id, row) {
    const cell = (name) => element.querySelector(`[data-cell="${name}"]`);
    const event = row.shown;
    const put = (name, text) => { if (cell(name).textContent !== text) cell(name).textContent = text; };
    put("event_id", id);
    put("onset", event.onset.toFixed(3));
    put("duration", event.duration.toFixed(3));
    put("kind", page.kinds[event.trial_type].label);
    put("side", event.side === "n/a" ? "" : event.side);
    cell("side").className = `side ${event.side === "n/a" ? "" : event.side}`;
    put("sites", event.sites.map((site) => page.sites[site] ?? site).join(", "));
    if (row.lines.length || element.dataset.touched) {
      element.dataset.touched = "1";
      const unknown = row.lines.length && row.standing ? "measured when applied" : "";
      put("amplitude", event.amplitude === null ? unknown : `${event.amplitude.toFixed(1)} ${event.amplitude_unit ?? ""}`);
      put("confidence", event.confidence === null ? "" : event.confidence.toFixed(2));
    }
    element.classList.remove("measured", "rejected", "added", "corrected");
    element.classList.add(stateOf(row));
    cell("unsaved").replaceChildren(...row.lines.map((line) => {
      const item = document.createElement("li");
      item.textContent = sentence(line) + (line.saved ? ` (saved, signed by ${line.who})` : " (not saved yet)");
      return item;
    }));
    const controls = element.querySelector("td.controls");
    if (!controls.firstChild && page.correctable.includes(Corrections.familyOf(page, event))) {
      controls.append(byId("buttons-template").content.cloneNode(true));
    }
    for (const button of controls.children) {
      button.disabled = whyNot(button.dataset.do, row) !== "";
      button.title = whyNot(button.dataset.do, row);
      button.setAttribute("aria-label", `${button.textContent}: ${id}`);
    }
  }

  const held = () => table.contains(document.activeElement) || Closeup.isOpen();

  /* Only the selected row and its buttons can be reached by Tab; j and k go to the others. */
  function showSelected() {
    const isHeld = held();
    for (const [id, element] of elements) {
      const here = id === selected;
      if (!element.hasAttribute("tabindex") || here !== (element.tabIndex === 0)) {
        element.tabIndex = here ? 0 : -1;
        for (const button of element.querySelectorAll("button[data-do]")) button.tabIndex = here ? 0 : -1;
      }
      element.classList.toggle("selected", here && isHeld);
    }
    for (const mark of marks) mark.classList.toggle("is-selected", isHeld && mark.dataset.event === selected);
  }

  function refresh() {
    const rows = Corrections.rowsNow(page, lines);
    for (const [id, element] of elements) {
      if (!rows.has(id)) {
        element.remove();
        elements.delete(id);
      }
    }
    for (const [id, row] of rows) {
      let element = elementOf(id);
      if (!element) {
        element = byId("row-template").content.querySelector("tr").cloneNode(true);
        element.dataset.event = id;
        const next = rowElements().find((other) => (rows.get(other.dataset.event)?.shown.onset ?? 0) > row.shown.onset);
        table.insertBefore(element, next ?? null);
        elements.set(id, element);
      }
      fillRow(element, id, row);
    }
    for (const mark of marks) {
      const row = rows.get(mark.dataset.event);
      mark.classList.toggle("is-rejected", Boolean(row && row.initial && !row.standing));
    }
    if (!rows.has(selected)) selected = rowElements()[0]?.dataset.event ?? null;
    Course.refresh(rows);
    Closeup.refresh(rows);
    fillActions(rows);
    showSelected();
    byId("no-events").hidden = rows.size > 0;
    byId("undo").disabled = open().length === 0;
    byId("save").disabled = open().length === 0;
    byId("save").textContent = open().length ? `Save ${count(open().length, "correction")}` : "Save corrections";
  }

  /* The same buttons in the close-up as in the row. */
  function fillActions(rows) {
    const holder = Closeup.panel.querySelector("[data-part=actions]");
    const row = rows.get(selected);
    const fits = row && page.correctable.includes(Corrections.familyOf(page, row.shown));
    if (!fits) return holder.replaceChildren();
    if (!holder.firstChild) holder.append(byId("buttons-template").content.cloneNode(true));
    for (const button of holder.children) {
      button.tabIndex = 0;
      button.disabled = whyNot(button.dataset.do, row) !== "";
      button.title = whyNot(button.dataset.do, row);
    }
  }

  function tally() {
    const standing = [...Corrections.rowsNow(page, lines).values()].map((row) => row.standing);
    const spasms = (side) => standing.filter(
      (event) => event && event.side === side && Corrections.familyOf(page, event) === "spasm").length;
    return `Spasms as corrected: ${spasms("right")} right, ${spasms("left")} left.`;
  }

  function add(line) {
    lines = [...lines, { why: "", ...line, when: Corrections.timeStamp(new Date()), saved: false }];
    byId("next").hidden = true;
    storeDraft();
    refresh();
    say(`${(line.after ?? line.before).event_id}: ${sentence(line)}. ${tally()}`);
  }

  /* Why an action cannot be done to a row, or "". */
  function whyNot(action, row) {
    const family = Corrections.familyOf(page, row.shown);
    if (action === "back") return row.last && !row.lines.some((line) => !line.saved) ? "" : "No saved correction to take back.";
    if (family === "burst") return "A run is made from its events: correct those.";
    if (!page.correctable.includes(family)) return "This is a fact of the recording, not a reading; it cannot be corrected.";
    if (!row.standing) return "This event is rejected already.";
    if (action === "re-side" && Corrections.sidesFor(family).length < 2) {
      return "This kind of event is two-sided: reject it, and add a spasm on one side.";
    }
    return "";
  }

  const toMs = (seconds) => Math.round(seconds * 1000) / 1000;

  function correct(action, id) {
    const row = Corrections.rowsNow(page, lines).get(id);
    if (!row) return say("Choose an event first: press j.");
    const problem = whyNot(action, row);
    if (problem) return say(`${id}: ${problem}`, true);
    if (action === "back") return add(Corrections.reversed(row));
    const event = row.standing;
    const opposite = { right: "left", left: "right" }[event.side] ?? event.side;
    const element = elementOf(id);
    if (matchMedia("(max-width: 40rem), (max-height: 40rem)").matches) Closeup.close(); // no room for both
    Editor.show({
      action, name: id, opener: element, after: (form) => element.after(form),
      values: { ...event, onset: toMs(event.onset), duration: toMs(event.duration), side: opposite },
      sides: () => Corrections.sidesFor(Corrections.familyOf(page, event)),
      apply: (given) => {
        let after = null;
        if (action === "re-side") {
          if (given.side === event.side) return `The event is on the ${event.side} already.`;
          after = Corrections.reSided(event, given.side);
        } else if (action === "move") {
          const times = Corrections.timesOf(page, given);
          if (times.problem) return times.problem;
          // What was shown to the millisecond and left as it was keeps what was measured.
          const kept = (name) => (times[name] === toMs(event[name]) ? event[name] : times[name]);
          after = Corrections.moved(page, event, kept("onset"), kept("duration"));
          if (after.onset === event.onset && after.duration === event.duration) return "Nothing was changed.";
        }
        Editor.close();
        add({ action, before: event, after, why: given.why });
        return "";
      },
    });
  }

  function addEvent(times = {}) {
    const near = selected === null ? null : elementOf(selected);
    Editor.show({
      action: "add", name: "", opener: near ?? byId("add"), values: { side: "right", ...times },
      after: (form) => (near ? near.after(form) : table.append(form)),
      sides: (kind) => Corrections.sidesFor(page.kinds[kind]?.family ?? kind),
      apply: (given) => {
        const { problem, onset, duration } = Corrections.timesOf(page, given);
        if (problem) return problem;
        const after = Corrections.added(page, Corrections.rowsNow(page, lines), { ...given, onset, duration });
        Editor.close();
        add({ action: "add", before: null, after, why: given.why });
        select(after.event_id);
        return "";
      },
    });
  }

  function undo() {
    const last = lines.at(-1);
    if (!last || last.saved) return say("Nothing to undo. A saved correction is taken back with t.");
    lines = lines.slice(0, -1);
    const held = table.contains(document.activeElement);
    storeDraft();
    refresh();
    if (held) elementOf(selected)?.focus();
    say(`Undone: ${(last.after ?? last.before).event_id}: ${sentence(last)}. ${tally()}`);
  }

  function save() {
    if (!open().length) return say("Nothing to save.");
    const name = who.value.trim();
    who.setAttribute("aria-invalid", String(name === ""));
    if (!name) {
      who.focus();
      return say("Enter your name: a correction is signed.", true);
    }
    lines = lines.map((line) => (line.saved ? line : { ...line, who: name, saved: true }));
    const text = JSON.stringify(Corrections.reviewOf(page, lines), null, 2) + "\n";
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = "review.json";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    storeDraft();
    refresh();
    byId("next").hidden = false;
    // Away from the name, so that single keys act again, and to what is to be done next.
    if (!table.contains(document.activeElement)) byId("next").focus();
    say(`Saved as review.json, signed by ${name}. The findings of this page stay as they are until they are computed again:`);
  }

  /* Chosen in the close-up or the figure, an event leaves the page where it is. */
  function select(id, { stay = false } = {}) {
    selected = id;
    showSelected();
    const row = Corrections.rowsNow(page, lines).get(id);
    Course.select(row?.shown ?? null);
    if (Closeup.isOpen()) Closeup.show(id);
    fillActions(Corrections.rowsNow(page, lines));
    if (stay) return;
    elementOf(id)?.focus();
    elementOf(id)?.scrollIntoView({ block: "nearest" }); // the close-up may have covered it
  }

  function openCloseup(id, { stay = false } = {}) {
    Closeup.show(id);
    select(id, { stay });
    if (stay) Closeup.panel.focus({ preventScroll: true });
  }

  function step(by) {
    const ids = rowElements().map((element) => element.dataset.event);
    if (!ids.length) return say("There is no event. Press a to add one.");
    const place = held() ? ids.indexOf(selected) + by : ids.indexOf(selected);
    select(ids[Math.min(Math.max(place, 0), ids.length - 1)], { stay: Closeup.panel.contains(document.activeElement) });
  }

  /* A modal dialog is seen wherever the page is scrolled to; closing it gives the focus back. */
  function toggleKeys() {
    if (byId("help").open) byId("help").close();
    else byId("help").showModal();
  }

  const KEYS = {
    j: () => step(1), k: () => step(-1), a: () => addEvent(), u: undo, w: save,
    r: () => correct("reject", selected), s: () => correct("re-side", selected),
    m: () => correct("move", selected), t: () => correct("back", selected), "?": toggleKeys,
    z: () => { const row = Corrections.rowsNow(page, lines).get(selected); if (row) Course.around(row.shown); },
    ...Course.KEYS,
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (byId("help").open) {
      if (event.key !== "Escape" && event.key !== "?") return;
      event.preventDefault();
      return toggleKeys();
    }
    if (event.key === "Escape") return Editor.isOpen() ? Editor.close() : Closeup.close();
    if (event.target.closest("form, select, textarea, input:not([type=checkbox])")) return;
    const onRow = event.target.closest("tr[data-event]");
    if (event.key === "Enter" && event.target === onRow) {
      event.preventDefault();
      return openCloseup(onRow.dataset.event);
    }
    const key = { ArrowDown: onRow && "j", ArrowUp: onRow && "k" }[event.key] || event.key;
    if (!Object.hasOwn(KEYS, key) || (key === event.key && !byId("single-keys").checked)) return;
    event.preventDefault();
    KEYS[key]();
  });

  table.addEventListener("click", (event) => {
    const element = event.target.closest("tr[data-event]");
    if (!element) return;
    select(element.dataset.event);
    const button = event.target.closest("button[data-do]");
    if (button) correct(button.dataset.do, element.dataset.event);
    else openCloseup(element.dataset.event);
  });
  Closeup.panel.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-do]");
    if (button) correct(button.dataset.do, selected);
  });
  document.addEventListener("click", (event) => {
    const mark = event.target.closest("svg [data-event], figure[data-still]");
    const id = mark?.dataset.event ?? mark?.dataset.still;
    if (id && elementOf(id)) openCloseup(id, { stay: true });
  });
  document.addEventListener("focusin", (event) => {
    const id = event.target.closest("tr[data-event]")?.dataset.event;
    if (id && id !== selected) {
      selected = id;
      Course.select(Corrections.rowsNow(page, lines).get(id)?.shown ?? null);
      if (Closeup.isOpen()) Closeup.show(id);
    }
    showSelected();
  });
  document.addEventListener("focusout", () => setTimeout(showSelected));
  byId("add").addEventListener("click", addEvent);
  byId("undo").addEventListener("click", undo);
  byId("save").addEventListener("click", save);
  byId("keys").addEventListener("click", toggleKeys);
  byId("close-keys").addEventListener("click", toggleKeys);
  who.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    save();
  });
  who.addEventListener("input", () => { who.setAttribute("aria-invalid", "false"); storeDraft(); });
  window.addEventListener("beforeunload", (event) => { if (open().length) event.preventDefault(); });

  document.documentElement.classList.add("js");
  Course.start(page, (start, stop) => addEvent({ onset: toMs(start), duration: toMs(stop - start) }));
  Closeup.start(page, { step });
  loadDraft();
  refresh();
})();
