/* Events and signals over time: the stretch of time that is shown, and drawing it. */
const Course = (() => {
  const RIGHT_MARGIN = 12, LANE = 58, HEADING = 15, LEAST_S = 0.1;
  const view = document.getElementById("course-view");
  const drawn = view.querySelector("svg");
  const AXIS_SPACE = 34;
  let tables = [], page = null, lines = [], from = 0, to = 1, end = 1, width = 900, gutter = 118;
  let selected = null, pending = 0, pointer = null;
  const still = { viewBox: drawn.getAttribute("viewBox"), places: [] };

  const plot = () => Math.max(width - gutter - RIGHT_MARGIN, 50);
  const xOf = (seconds) => gutter + (plot() * (seconds - from)) / (to - from);
  const secondsAt = (x) => from + ((x - gutter) / plot()) * (to - from);

  function ticks() {
    const most = Math.max(3, Math.floor(plot() / 70));
    const rough = (to - from) / most;
    const unit = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((part) => part * unit).find((size) => size >= rough);
    const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    const found = [];
    for (let i = Math.ceil(from / step - 1e-9); i * step <= to + 1e-9; i += 1) found.push([i * step, (i * step).toFixed(digits)]);
    return found;
  }

  /* The marks of the timeline carry their times; a place for each is all that a zoom changes. */
  function placeMarks() {
    drawn.setAttribute("viewBox", `0 0 ${width} ${still.height}`);
    drawn.setAttribute("height", still.height);
    const free = {};
    for (const { element, start, stop, isText, isName } of still.places) {
      const [left, right] = [Math.max(xOf(start), gutter), Math.min(xOf(stop), width - RIGHT_MARGIN)];
      const out = stop < from || start > to;
      if (isText) {
        const middle = (left + right) / 2;
        const side = element.getAttribute("class");
        const room = isName ? middle >= (free[side] ?? gutter + (gutter < 100 ? 14 : 0)) : right - left > element.textContent.length * 5.4;
        element.setAttribute("visibility", out || !room ? "hidden" : "visible");
        if (!out && room && isName) free[side] = middle + 40;
        if (!out) element.setAttribute("x", middle);
      } else {
        element.setAttribute("visibility", out ? "hidden" : "visible");
        if (out) continue;
        element.setAttribute("x", left);
        element.setAttribute("width", Math.max(right - left, element.dataset.least));
      }
    }
    for (const label of drawn.querySelectorAll(".label")) label.setAttribute("x", gutter - 6);
    for (const lane of drawn.querySelectorAll(".lane")) {
      lane.setAttribute("x1", gutter);
      lane.setAttribute("x2", width - RIGHT_MARGIN);
    }
    placeAxis(drawn.querySelector(".axis"));
  }

  function make(name, attributes, text) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    if (text !== undefined) element.textContent = text;
    return element;
  }

  function placeAxis(axis) {
    const [top, bottom] = [Number(axis.dataset.top), Number(axis.dataset.bottom)];
    const right = width - RIGHT_MARGIN;
    axis.replaceChildren(
      ...ticks().flatMap(([seconds, text]) => [
        make("line", { x1: xOf(seconds), x2: xOf(seconds), y1: top, y2: bottom + 3, stroke: "#e3e3e3" }),
        make("text", { x: xOf(seconds), y: bottom + 15, "text-anchor": "middle", fill: "#595959" }, text),
      ]),
      make("line", { x1: gutter, x2: right, y1: bottom, y2: bottom, stroke: "#595959" }),
      make("text", { x: right, y: bottom + 29, "text-anchor": "end", fill: "#595959" }, "time (s)"));
  }

  /* Signals ------------------------------------------------------------------------------- */

  function standingEvents() {
    const found = [];
    for (const row of lines.values()) {
      const event = row.standing;
      if (event && !["gap", "burst", "phase"].includes(Corrections.familyOf(page, event))) found.push(event);
    }
    return found;
  }

  const gaps = () => page.rows.map((row) => row.shown).filter((event) => Corrections.familyOf(page, event) === "gap");

  function drawTables() {
    for (const table of tables) {
      const pen = Canvas.sized(table.canvas, width, table.lanes.length * (LANE + HEADING) + AXIS_SPACE);
      const frame = { pen, from, to, gutter, plot: plot(), xOf };
      const bottom = table.lanes.length * (LANE + HEADING);
      for (const [seconds, text] of ticks()) Canvas.tick(frame, seconds, text, bottom);
      for (const gap of gaps()) Canvas.gap(frame, gap, bottom);
      const events = standingEvents();
      for (const [index, lane] of table.lanes.entries()) {
        Canvas.lane(frame, table, lane, { top: index * (LANE + HEADING), heading: HEADING, height: LANE, events, page, selected });
      }
      if (pointer !== null) Canvas.pointer(frame, pointer, bottom);
    }
  }

  function draw() {
    pending = 0;
    width = Math.max(view.clientWidth, 280);
    gutter = width < 560 ? 82 : page.course.gutter;
    view.classList.toggle("narrow", width < 560);
    placeMarks();
    drawTables();
    const whole = from <= 0 && to >= end;
    document.getElementById("shown-time").textContent =
      whole ? `whole recording, ${end.toFixed(1)} s` : `${from.toFixed(3)} s to ${to.toFixed(3)} s of ${end.toFixed(1)} s`;
    for (const button of document.querySelectorAll("[data-view]")) {
      button.disabled = whole && button.dataset.view !== "in";
    }
  }

  function later() {
    if (!pending && !view.dataset.paper) pending = requestAnimationFrame(draw);
  }

  function show(start, stop) {
    const span = Math.min(Math.max(stop - start, LEAST_S), end);
    const middle = (start + stop) / 2;
    from = Math.min(Math.max(middle - span / 2, 0), end - span);
    to = from + span;
    later();
  }

  const zoom = (factor, around = (from + to) / 2) =>
    show(around - (around - from) * factor, around + (to - around) * factor);
  const pan = (share) => show(from + share * (to - from), to + share * (to - from));
  const whole = () => show(0, end);
  const around = (event) => show(event.onset - Math.max(1, event.duration), event.onset + event.duration + Math.max(1, event.duration));

  const DO = {
    in: () => zoom(0.5), out: () => zoom(2), back: () => pan(-0.5), on: () => pan(0.5), whole,
  };
  const KEYS = { "+": DO.in, "=": DO.in, "-": DO.out, 0: whole };
  const HERE = { ArrowLeft: () => pan(-0.2), ArrowRight: () => pan(0.2), Home: () => show(0, to - from), End: () => show(end - (to - from), end) };

  /* Zoomed in, an event that is chosen elsewhere comes into view. */
  function select(event) {
    selected = event ? event.event_id : null;
    if (event && (event.onset < from || event.onset + event.duration > to) && to - from < end) {
      const span = Math.max(to - from, 1.2 * event.duration);
      show(event.onset + event.duration / 2 - span / 2, event.onset + event.duration / 2 + span / 2);
    } else later();
  }

  function refresh(rows) {
    lines = rows;
    later();
  }

  /* Mouse and finger ------------------------------------------------------------------------ */

  function listen(mark) {
    let held = null;
    const xIn = (event) => event.clientX - view.getBoundingClientRect().left;
    view.addEventListener("pointerdown", (event) => {
      if (event.button !== 0 || xIn(event) < gutter) return;
      held = { x: xIn(event), from, to, marks: event.shiftKey, moved: false };
      if (held.marks) event.preventDefault(); // no text is to be chosen
    });
    view.addEventListener("pointermove", (event) => {
      const x = xIn(event);
      pointer = x >= gutter && x <= width - RIGHT_MARGIN ? { seconds: secondsAt(x), mark: null } : null;
      if (held && Math.abs(x - held.x) > 4 && !held.moved) {
        held.moved = true;
        view.setPointerCapture(event.pointerId);
      }
      if (held?.moved && held.marks) pointer = { seconds: secondsAt(x), mark: secondsAt(held.x) };
      else if (held?.moved) {
        const shift = ((held.x - x) / plot()) * (held.to - held.from);
        show(held.from + shift, held.to + shift);
      }
      later();
    });
    const release = (event) => {
      if (held?.moved) {
        const [start, stop] = [secondsAt(held.x), secondsAt(xIn(event))].sort((a, b) => a - b);
        const marks = held.marks;
        view.addEventListener("click", (click) => click.stopPropagation(), { once: true, capture: true });
        setTimeout(() => { held = null; });
        if (marks && event.type === "pointerup") mark(Math.max(start, 0), Math.min(stop, end));
      }
      held = null;
    };
    view.addEventListener("pointerup", release);
    view.addEventListener("pointercancel", release);
    view.addEventListener("pointerleave", () => { pointer = null; later(); });
    view.addEventListener("wheel", (event) => {
      if (event.ctrlKey || event.shiftKey) {
        event.preventDefault();
        zoom((event.deltaY || event.deltaX) > 0 ? 1.25 : 0.8, secondsAt(xIn(event)));
      } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY) && to - from < end) {
        event.preventDefault();
        pan(event.deltaX / plot());
      }
    }, { passive: false });
    view.addEventListener("dblclick", (event) => zoom(0.33, secondsAt(xIn(event))));
    view.addEventListener("keydown", (event) => {
      if (event.target !== view || event.ctrlKey || event.metaKey || event.altKey || !HERE[event.key]) return;
      event.preventDefault();
      HERE[event.key]();
    });
    for (const button of document.querySelectorAll("[data-view]")) button.addEventListener("click", () => DO[button.dataset.view]());
  }

  /* On paper the whole recording stands as it was drawn, without the script. */
  function paper(isPaper) {
    if (isPaper) {
      view.dataset.paper = "1";
      drawn.replaceWith(still.copy);
    } else if (view.dataset.paper) {
      delete view.dataset.paper;
      still.copy.replaceWith(drawn);
      later();
    }
  }

  function start(data, mark) {
    page = data;
    end = page.course.end_s;
    to = end;
    still.copy = drawn.cloneNode(true);
    still.height = Number(still.viewBox.split(" ")[3]);
    for (const element of drawn.querySelectorAll("[data-from]")) {
      const isText = element.tagName === "text";
      if (!isText) element.dataset.least = element.getAttribute("width") < 1 ? 0.6 : 1.5;
      still.places.push({ element, isText, isName: Boolean(element.closest(".names")), start: Number(element.dataset.from), stop: Number(element.dataset.to) });
    }
    tables = page.course.tables.map((table) => {
      const canvas = document.createElement("canvas");
      canvas.setAttribute("aria-hidden", "true"); // its words stand under the figure
      document.getElementById("canvases").append(canvas);
      return { ...Samples.unpacked(table), canvas };
    });
    listen(mark);
    new ResizeObserver(later).observe(view);
    const print = matchMedia("print");
    print.addEventListener("change", () => paper(print.matches));
    addEventListener("beforeprint", () => paper(true));
    addEventListener("afterprint", () => paper(false));
    later();
  }

  return { KEYS, around, refresh, select, start, tables: () => tables };
})();
