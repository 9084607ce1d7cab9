"use strict";
/* Cursors that a reader moves, and the corrections they make. */
(() => {
  const page = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const responses = new Map(page.responses.map((one) => [one.measured.event_id, one]));
  const now = new Map(page.responses.map((one) => [one.measured.event_id, one.standing]));
  const lines = []; // made on this page, in their order
  const STEP_MS = 0.05;

  const cursors = [...document.querySelectorAll(".cursor[data-event]")];
  const say = (text) => { byId("status").textContent = text; };
  const nameOf = (id) => cursors.find((one) => one.dataset.event === id).getAttribute("aria-label").replace(", ms", "");

  /* Latency of a response as it stands: where it was measured, plus what it was moved by. */
  function latencyOf(cursor) {
    const id = cursor.dataset.event;
    const standing = now.get(id);
    if (!standing) return null;
    return Number(cursor.dataset.ms) + 1000 * (standing.onset - responses.get(id).measured.onset);
  }

  function draw(cursor) {
    const ms = latencyOf(cursor);
    const measured = Number(cursor.dataset.ms);
    cursor.classList.toggle("rejected", ms === null);
    const shift = ms === null ? 0 : ms - measured;
    cursor.classList.toggle("moved", Math.abs(shift) > 1e-6);
    cursor.setAttribute("transform", `translate(${(shift / Number(cursor.dataset.msPerUnit)).toFixed(3)} 0)`);
    cursor.querySelector("text").textContent = ms === null ? "rejected" : `${ms.toFixed(2)} ms`;
    if (ms !== null) cursor.setAttribute("aria-valuenow", ms.toFixed(2));
  }

  function place(cursor, ms) {
    const id = cursor.dataset.event;
    const before = now.get(id);
    if (!before) return;
    const largest = 40;
    const wanted = Math.min(Math.max(ms, 0), largest);
    const onset = Math.round(1e6 * (before.onset + (wanted - latencyOf(cursor)) / 1000)) / 1e6;
    now.set(id, { ...before, onset });
    draw(cursor);
  }

  /* One line for each cursor that was let go where it was not before. */
  function keep(id, before) {
    const after = now.get(id);
    if (after && before && after.onset === before.onset) return;
    lines.push({
      action: after ? "move" : "reject", before, after, when: Corrections.timeStamp(new Date()), why: byId("why").value.trim(),
    });
    byId("undo").disabled = byId("save").disabled = false;
    say(after ? `${nameOf(id)}: cursor moved. Not saved yet.` : `${nameOf(id)}: response rejected. Not saved yet.`);
  }

  function undo() {
    const line = lines.pop();
    if (!line) return;
    now.set(line.before.event_id, line.before);
    for (const cursor of cursors) draw(cursor);
    byId("undo").disabled = byId("save").disabled = lines.length === 0;
    say("The last correction was taken back.");
  }

  function save() {
    const who = byId("who").value.trim();
    if (!who) {
      say("Your name is needed: a correction is signed.");
      byId("who").focus();
      return;
    }
    for (const line of lines) line.who = who;
    const text = `${JSON.stringify(Corrections.reviewOf(page, lines), null, 2)}\n`;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    link.download = "review.json";
    link.click();
    URL.revokeObjectURL(link.href);
    byId("next").hidden = false;
    say("Saved as review.json. The corrections count once the command below was run.");
  }

  if (cursors.length) document.documentElement.classList.add("js");
  for (const cursor of cursors) {
    draw(cursor);
    let dragged = null;
    cursor.addEventListener("pointerdown", (event) => {
      const before = now.get(cursor.dataset.event);
      if (!before) return;
      dragged = { x: event.clientX, ms: latencyOf(cursor), before };
      cursor.setPointerCapture(event.pointerId);
      cursor.focus();
      event.preventDefault();
    });
    cursor.addEventListener("pointermove", (event) => {
      if (!dragged) return;
      const scale = cursor.ownerSVGElement.getScreenCTM().a;
      place(cursor, dragged.ms + ((event.clientX - dragged.x) / scale) * Number(cursor.dataset.msPerUnit));
    });
    const letGo = () => {
      if (!dragged) return;
      const { before } = dragged;
      dragged = null;
      keep(cursor.dataset.event, before);
    };
    cursor.addEventListener("pointerup", letGo);
    cursor.addEventListener("pointercancel", letGo);
    cursor.addEventListener("keydown", (event) => {
      const id = cursor.dataset.event;
      const before = now.get(id);
      if (!before) return;
      const steps = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (steps) {
        place(cursor, latencyOf(cursor) + steps * STEP_MS * (event.shiftKey ? 10 : 1));
        keep(id, before);
      } else if (event.key === "Delete") {
        now.set(id, null);
        draw(cursor);
        keep(id, before);
      } else return;
      event.preventDefault();
    });
  }

  byId("undo").addEventListener("click", undo);
  byId("save").addEventListener("click", save);
  window.addEventListener("beforeunload", (event) => {
    if (lines.some((line) => !line.who)) event.preventDefault();
  });
})();
