/* One event close up: its picture, its signals sample by sample, what each region does in it. */
const Closeup = (() => {
  const panel = document.getElementById("closeup");
  const part = (name) => panel.querySelector(`[data-part="${name}"]`);
  const LANE = 38, HEADING = 13, GUTTER = 74, AXIS = 20;
  let page = null, canvases = [], shown = null, opener = null, rows = new Map();

  const isOpen = () => !panel.hidden;

  function facts(event, row) {
    const told = [
      `${event.onset.toFixed(3)} s to ${(event.onset + event.duration).toFixed(3)} s, ${(event.duration * 1000).toFixed(0)} ms long`,
      event.peak_time === null ? "" : `peak at ${event.peak_time.toFixed(3)} s`,
      event.amplitude === null ? "" : `size ${event.amplitude.toFixed(1)} ${event.amplitude_unit ?? ""}`,
      event.confidence === null ? "" : `confidence ${event.confidence.toFixed(2)}`,
      event.phase ? `during ${event.phase.replaceAll("_", " ")}` : "",
      row.standing ? "" : "rejected",
    ];
    return told.filter(Boolean).join("; ") + ".";
  }

  function fillSizes(id, row) {
    const known = row.lines.length ? null : page.closeups[id];
    const body = panel.querySelector(".sizes tbody");
    const lines = known ? known.regions : [];
    body.replaceChildren(...lines.map((cells) => {
      const line = document.createElement("tr");
      cells.forEach((text, place) => {
        const cell = document.createElement(place ? "td" : "th");
        if (!place) cell.scope = "row";
        cell.textContent = text;
        line.append(cell);
      });
      return line;
    }));
    panel.querySelector(".sizes").hidden = !lines.length;
    part("lag").textContent = row.lines.length ? "Measured again when the corrections are applied." : known?.lag ?? "";
  }

  function fillStill(id) {
    const figure = document.querySelector(`#stills [data-still="${CSS.escape(id)}"] img`);
    const holder = part("still");
    holder.hidden = !figure;
    holder.replaceChildren();
    if (!figure) return;
    const picture = document.createElement("img");
    picture.src = figure.src;
    picture.alt = figure.alt;
    holder.append(picture);
  }

  function drawSignals(event) {
    const before = Math.max(0.4, 0.5 * event.duration);
    const from = Math.max(event.onset - before, 0);
    const to = Math.min(event.onset + event.duration + before, page.course.end_s);
    const width = Math.max(part("signals").clientWidth, 240);
    const plot = width - GUTTER - 8;
    const xOf = (seconds) => GUTTER + (plot * (seconds - from)) / (to - from);
    const events = [...rows.values()].map((row) => row.standing ?? null)
      .filter((one) => one && !["gap", "burst", "phase"].includes(Corrections.familyOf(page, one)) && one.onset < to && one.onset + one.duration > from);
    canvases.forEach((canvas, index) => {
      const table = Course.tables()[index];
      const bottom = table.lanes.length * (LANE + HEADING);
      const pen = Canvas.sized(canvas, width, bottom + AXIS);
      const frame = { pen, from, to, gutter: GUTTER, plot, xOf };
      const step = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50].find((size) => (to - from) / size <= plot / 72) ?? 100;
      for (let i = Math.ceil((from - event.onset) / step); event.onset + i * step <= to - 0.03 * (to - from); i += 1) {
        Canvas.tick(frame, event.onset + i * step, `${i > 0 ? "+" : i < 0 ? "−" : ""}${Math.abs(Math.round(i * step * 1000))} ms`, bottom);
      }
      table.lanes.forEach((lane, place) => Canvas.lane(frame, table, lane, {
        top: place * (LANE + HEADING), heading: HEADING, height: LANE, events, page, selected: event.event_id, levels: false,
      }));
    });
  }

  function show(id) {
    const row = rows.get(id);
    if (!row) return;
    if (panel.hidden) opener = document.activeElement;
    const event = row.standing ?? row.shown;
    shown = id;
    panel.hidden = false;
    document.documentElement.classList.add("with-closeup");
    const side = event.side === "n/a" ? "" : event.side === "both" ? "both sides" : `patient's ${event.side.toUpperCase()}`;
    const where = event.sites.map((site) => page.sites[site] ?? site).join(", ");
    document.getElementById("closeup-name").textContent =
      [id, page.kinds[event.trial_type].label, side, where].filter(Boolean).join(" · ");
    part("facts").textContent = facts(event, row);
    fillStill(id);
    fillSizes(id, row);
    drawSignals(event);
  }

  function close() {
    if (panel.hidden) return;
    const held = panel.contains(document.activeElement);
    panel.hidden = true;
    document.documentElement.classList.remove("with-closeup");
    if (held && opener?.isConnected) opener.focus();
    shown = null;
  }

  function refresh(now) {
    rows = now;
    if (isOpen()) {
      if (rows.has(shown)) show(shown); else close();
    }
  }

  /* `step(by)` chooses another event, `buttons(id)` are those that correct this one. */
  function start(data, { step }) {
    page = data;
    canvases = Course.tables().map(() => {
      const canvas = document.createElement("canvas");
      canvas.setAttribute("aria-hidden", "true"); // the table beside it says the sizes
      part("signals").append(canvas);
      return canvas;
    });
    part("signals").hidden = !canvases.length;
    part("close").addEventListener("click", close);
    for (const button of panel.querySelectorAll("[data-step]")) button.addEventListener("click", () => step(Number(button.dataset.step)));
    addEventListener("resize", () => { if (isOpen()) show(shown); });
  }

  return { close, isOpen, panel, refresh, show, start };
})();
