"use strict";
/* What a correction is and what it does to the events; nothing here touches the page.

   A review is {page, lines}: `page` is what the report was made with, `lines` are the corrections
   made since. A line is signed and locked once it was saved ("saved: true"): after that it is
   never taken out, only reversed by a later line. */
const Corrections = (() => {
  const FIELDS = ["onset", "duration", "event_id", "trial_type", "side", "sites", "phase", "peak_time",
    "amplitude", "amplitude_unit", "confidence", "parent_id"];
  const SAME_ONSET_S = 0.1; // as in hemifacial.corrections

  const rounded = (number) => Math.round(number * 1e6) / 1e6;
  const familyOf = (page, event) => page.kinds[event.trial_type].family;
  const eventRecord = (event) =>
    event && Object.fromEntries(FIELDS.map((field) => [field, event[field] ?? null]));
  const record = (line) => ({
    action: line.action, before: eventRecord(line.before), after: eventRecord(line.after),
    who: line.who ?? "", when: line.when, why: line.why ?? "",
  });
  const same = (one, other) => JSON.stringify(record(one)) === JSON.stringify(record(other));

  /* Rows by event_id as they stand now: {initial, standing, shown, measured, last, lines}. */
  function rowsNow(page, lines) {
    const rows = new Map();
    for (const row of page.rows) {
      const { shown, standing = shown, measured = shown, last = null } = row;
      rows.set(shown.event_id, { initial: standing, standing, measured, shown, last, lines: [] });
    }
    for (const line of lines) {
      const id = (line.after ?? line.before).event_id;
      const row = rows.get(id) ?? { initial: null, measured: null, last: null, lines: [] };
      row.standing = line.after;
      row.shown = line.after ?? row.shown;
      row.lines = [...row.lines, line];
      if (line.saved) row.last = line;
      rows.set(id, row);
    }
    return rows;
  }

  /* Does the event that a line speaks of still stand as the line says? */
  function fits(rows, line) {
    const id = (line.before ?? line.after).event_id;
    const standing = rows.get(id)?.standing ?? null;
    if (line.before === null) return standing === null;
    return standing !== null && standing.side === line.before.side &&
      Math.abs(standing.onset - line.before.onset) <= SAME_ONSET_S;
  }

  function spasmType(page, durationS) {
    for (const [word, kind] of Object.entries(page.kinds)) {
      if (kind.from_s !== null && kind.from_s <= durationS && durationS < (kind.below_s ?? Infinity)) return word;
    }
    throw new RangeError(`a spasm cannot last ${durationS} s`);
  }

  /* Seconds as a person types them, with a decimal point or a decimal comma; NaN for all else.
     More decimals than are kept are not accepted, so that what is kept is what was typed. */
  function secondsOf(text) {
    const plain = /^-?(\d+[.,]?\d{0,6}|[.,]\d{1,6})$/.test(text);
    return plain ? Number(text.replace(",", ".")) : NaN;
  }

  /* What was typed as {onset, duration, problem}: numbers, and why they cannot be, or "". */
  function timesOf(page, typed) {
    const [onset, duration] = [secondsOf(typed.onset), secondsOf(typed.duration)];
    const unread = ["onset", "duration"].find((name) => typed[name] !== "" && Number.isNaN(secondsOf(typed[name])));
    const problem = unread
      ? `The ${unread} "${typed[unread]}" is not a plain number: write seconds such as 1.8 or 1,8, with at most 6 decimals.`
      : problemWith(page, onset, duration);
    return { onset, duration, problem };
  }

  /* Why these times cannot be, or "". */
  function problemWith(page, onsetS, durationS) {
    const end = page.duration_s;
    if (!Number.isFinite(onsetS) || onsetS < 0) return "The onset must be a number of seconds, 0 or more.";
    if (!Number.isFinite(durationS) || durationS <= 0) return "The duration must be a number of seconds above 0.";
    if (end !== null && onsetS + durationS > end + 1e-6) {
      return `The event would end at ${(onsetS + durationS).toFixed(2)} s; the recording ends at ${end.toFixed(2)} s.`;
    }
    return "";
  }

  function moved(page, event, onsetS, durationS) {
    const after = { ...event, onset: rounded(onsetS), duration: rounded(durationS) };
    if (familyOf(page, event) === "spasm") after.trial_type = spasmType(page, after.duration);
    return unmeasured(after);
  }

  /* `hemifacial review` measures an event again where it now stands; the page has no signals to do so. */
  function unmeasured(event) {
    return { ...event, peak_time: null, amplitude: null, amplitude_unit: null };
  }

  const reSided = (event, side) => unmeasured({ ...event, side });

  function added(page, rows, { kind, side, sites, onset, duration }) {
    let number = 1;
    while (rows.has(`added-${number}`)) number += 1;
    const trialType = kind === "spasm" ? spasmType(page, duration) : kind;
    return eventRecord({
      onset: rounded(onset), duration: rounded(duration), event_id: `added-${number}`, trial_type: trialType, side, sites,
    });
  }

  /* Sides that an event of this kind can have: a spasm is one-sided, a blink is not. */
  function sidesFor(family) {
    if (family === "spasm") return ["right", "left"];
    return ["emg", "artefact"].includes(family) ? ["right", "left", "both"] : ["both"];
  }

  /* The line that reverses a row's last saved one, as a new correction; null if there is none. */
  function reversed(row) {
    const line = row.last;
    if (!line) return null;
    if (line.action === "reject") return { action: "add", before: null, after: line.before };
    if (line.action === "add") return { action: "reject", before: row.standing, after: null };
    return { action: line.action, before: row.standing, after: { ...line.before, event_id: row.standing.event_id } };
  }

  /* review.json: every line that the page came with, then those made on it. */
  function reviewOf(page, lines) {
    return {
      schema_version: 1, input_sha256: page.input_sha256, method: page.method,
      corrections: [...page.corrections, ...lines].map(record),
    };
  }

  /* The lines of a draft that are not in the page yet: those that still fit, and how many do not. */
  function resumed(page, draft) {
    const open = draft.filter((line) => !page.corrections.some((known) => same(known, line)));
    const lines = [];
    for (const line of open) {
      if (page.kinds[(line.after ?? line.before).trial_type] && fits(rowsNow(page, lines), line)) lines.push(line);
    }
    return { lines, left: open.length - lines.length };
  }

  /* ISO 8601 with the offset of this machine's clock, to the second. */
  function timeStamp(date) {
    const two = (number) => String(Math.floor(Math.abs(number))).padStart(2, "0");
    const offset = -date.getTimezoneOffset();
    return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}` +
      `T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}` +
      `${offset < 0 ? "-" : "+"}${two(offset / 60)}:${two(offset % 60)}`;
  }

  return { added, familyOf, moved, reSided, resumed, reversed, reviewOf, rowsNow, sidesFor, spasmType, timesOf, timeStamp };
})();
