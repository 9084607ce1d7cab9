"use strict";
/* Signals as the page carries them: numbers out of base64, and the part of them that is looked at. */
const Samples = (() => {
  const MISSING = -32768;

  function bytes(text) {
    const raw = atob(text);
    const found = new Uint8Array(raw.length);
    for (let i = 0; i < raw.length; i += 1) found[i] = raw.charCodeAt(i);
    return found.buffer;
  }

  /* {lanes, outline, detail}: both have `at` in seconds; a signal's values start at its number times the length. */
  function unpacked(table) {
    const clock = (text) => Float64Array.from(new Uint32Array(bytes(text)), (tick) => tick / 1e4);
    return {
      lanes: table.lanes, steps: table.steps, whole: table.whole, runs: table.runs,
      outline: { at: clock(table.starts), low: new Int16Array(bytes(table.low)), high: new Int16Array(bytes(table.high)) },
      detail: { at: clock(table.times), values: new Int16Array(bytes(table.values)) },
    };
  }

  /* The first place at which `at` is not below `seconds`. */
  function firstFrom(at, seconds, from = 0, to = at.length) {
    let [low, high] = [from, to];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (at[middle] < seconds) low = middle + 1; else high = middle;
    }
    return low;
  }

  /* Calls `draw(seconds, low, high)` for one signal along [from, to], and `lift()` where it is broken.
     Every sample where they are at hand and fewer than the columns can show, else least and largest. */
  function along(table, signal, from, to, columns, draw, lift) {
    const { outline, detail, runs, steps } = table;
    const perStretch = outline.at.length > 1 ? (outline.at.at(-1) - outline.at[0]) / (outline.at.length - 1) : Infinity;
    const coarse = perStretch <= (1.2 * (to - from)) / columns;
    const pieces = coarse ? [] : piecesOf(detail.at, runs, from, to);
    let reached = from;
    for (const [first, last] of pieces) {
      if (detail.at[first] > reached) stretchesOf(outline, signal, steps[signal], reached, detail.at[first], draw, lift);
      samplesOf(detail, signal, steps[signal], first, last, columns, draw, lift);
      reached = detail.at[last - 1] + perStretch / 100;
    }
    if (reached < to) stretchesOf(outline, signal, steps[signal], reached, to, draw, lift);
  }

  /* Parts [first, last) of the kept rows that lie in the window, one sample beyond either side. */
  function piecesOf(at, runs, from, to) {
    const pieces = [];
    for (let i = 1; i < runs.length; i += 1) {
      const first = Math.max(firstFrom(at, from, runs[i - 1], runs[i]) - 1, runs[i - 1]);
      const last = Math.min(firstFrom(at, to, runs[i - 1], runs[i]) + 1, runs[i]);
      if (last - first > 0 && at[last - 1] >= from && at[first] <= to) pieces.push([first, last]);
    }
    return pieces;
  }

  function stretchesOf({ at, low, high }, signal, step, from, to, draw, lift) {
    const base = signal * at.length;
    const last = Math.min(firstFrom(at, to) + 1, at.length);
    for (let i = Math.max(firstFrom(at, from) - 1, 0); i < last; i += 1) {
      if (low[base + i] === MISSING) lift();
      else draw(at[i], low[base + i] * step, high[base + i] * step);
    }
  }

  function samplesOf({ at, values }, signal, step, first, last, columns, draw, lift) {
    const base = signal * at.length;
    const every = Math.max(1, Math.floor((last - first) / (2 * columns)));
    for (let i = first; i < last; i += every) {
      let [least, most] = [Infinity, -Infinity];
      for (let j = i; j < Math.min(i + every, last); j += 1) {
        const value = values[base + j];
        if (value === MISSING) continue;
        if (value < least) least = value;
        if (value > most) most = value;
      }
      if (least === Infinity) lift(); else draw(at[i], least * step, most * step);
    }
  }

  return { unpacked, along };
})();
