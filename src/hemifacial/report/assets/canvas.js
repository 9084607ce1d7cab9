"use strict";
/* How a strip of signals is drawn; the same for the whole recording and for one event close up. */
const Canvas = (() => {
  const SOFT = "#595959", LINE = "#e3e3e3";
  const INK = { right: "#a94a00", left: "#005a8e" };

  /* A canvas of this size in CSS pixels, sharp on this screen, empty. */
  function sized(canvas, width, height) {
    const ratio = devicePixelRatio || 1;
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== wide || canvas.height !== high) {
      canvas.width = wide;
      canvas.height = high;
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    const pen = canvas.getContext("2d");
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    return pen;
  }

  function write(pen, text, x, y, { align = "left", colour = SOFT, size = 11, weight = 400 } = {}) {
    pen.font = `${weight} ${size}px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif`;
    pen.fillStyle = colour;
    pen.textAlign = align;
    pen.fillText(text, x, y);
  }

  function line(pen, x1, y1, x2, y2, colour, dashes = []) {
    pen.strokeStyle = colour;
    pen.lineWidth = 0.8;
    pen.setLineDash(dashes);
    pen.beginPath();
    pen.moveTo(x1, y1);
    pen.lineTo(x2, y2);
    pen.stroke();
    pen.setLineDash([]);
  }

  function tick({ pen, xOf }, seconds, text, bottom) {
    line(pen, xOf(seconds), 0, xOf(seconds), bottom + 3, LINE);
    write(pen, text, xOf(seconds), bottom + 16, { align: "center" });
  }

  function box(frame, start, stop, top, height, colour, alpha) {
    const left = Math.max(frame.xOf(start), frame.gutter);
    const right = Math.min(frame.xOf(stop), frame.gutter + frame.plot);
    if (right < frame.gutter || left > frame.gutter + frame.plot) return;
    frame.pen.globalAlpha = alpha;
    frame.pen.fillStyle = colour;
    frame.pen.fillRect(left, top, Math.max(right - left, 1), height);
    frame.pen.globalAlpha = 1;
  }

  let hatch = null;
  function gap(frame, event, bottom) {
    if (!hatch) {
      const tile = document.createElement("canvas");
      tile.width = tile.height = 8;
      const pen = tile.getContext("2d");
      pen.strokeStyle = "#a5a5a5";
      for (const shift of [-8, 0, 8]) { pen.moveTo(shift, 8); pen.lineTo(shift + 8, 0); }
      pen.stroke();
      hatch = frame.pen.createPattern(tile, "repeat");
    }
    box(frame, event.onset, event.onset + event.duration, 0, bottom, hatch, 0.6);
  }

  function pointer({ pen, xOf, gutter, plot }, { seconds, mark }, bottom) {
    if (mark !== null) box({ pen, xOf, gutter, plot }, Math.min(mark, seconds), Math.max(mark, seconds), 0, bottom, "#000", 0.12);
    line(pen, xOf(seconds), 0, xOf(seconds), bottom, SOFT);
    const left = xOf(seconds) > gutter + plot - 70;
    write(pen, `${seconds.toFixed(3)} s`, xOf(seconds) + (left ? -4 : 4), bottom + 28, { align: left ? "right" : "left", colour: "#1a1a1a" });
  }

  /* One strip: name and levels above, the right upward and the left downward from one line. */
  function lane(frame, table, strip, { top, heading, height, events, page, selected, levels = true }) {
    const { pen, gutter, plot } = frame;
    const start = top + heading;
    const middle = strip.down ? start + height / 2 : start + height - 4;
    const scale = (middle - start) / strip.largest;
    const narrow = gutter < 100;
    write(pen, levels || !strip.down ? strip.label : strip.site, 2, top + 11, { weight: 600, colour: "#1a1a1a", size: narrow ? 10 : 11 });
    if (levels && !narrow) write(pen, strip.levels, gutter + plot, top + 11, { align: "right", size: 10 });
    write(pen, `${Number((strip.largest / 1.08).toPrecision(2))} ${strip.unit}`, gutter - 6, start + 9, { align: "right", size: 9 });
    for (const [half, sign] of [[strip.up, -1], [strip.down, 1]]) {
      if (!half) continue;
      for (const event of events) {
        if (event.side !== half.side && event.side !== "both") continue;
        const y = sign < 0 ? start : middle;
        const colour = page.course.colours[event.side === "both" ? event.trial_type : event.side] ?? SOFT;
        box(frame, event.onset, event.onset + event.duration, y, middle - start, colour, event.event_id === selected ? 0.38 : 0.18);
      }
      if (half.noise) {
        pen.fillStyle = "rgb(140 140 140 / 28%)";
        pen.fillRect(gutter, sign < 0 ? middle - half.noise * scale : middle, plot, half.noise * scale);
      }
      for (const [level, dashes] of [[half.threshold, [4, 3]], [half.smallest, [1, 2]]]) {
        if (level !== null && level <= strip.largest) line(pen, gutter, middle + sign * level * scale, gutter + plot, middle + sign * level * scale, "#000", dashes);
      }
      trace(frame, table, half, middle, sign * scale, page.course.colours[half.side] ?? "#000");
      if (INK[half.side] && (levels || height > 40)) {
        write(pen, half.side.toUpperCase(), gutter - 6, sign < 0 ? middle - 7 : middle + 14, { align: "right", colour: INK[half.side], size: 9 });
      }
    }
    line(pen, gutter, middle, gutter + plot, middle, "#8c8c8c");
  }

  function trace({ pen, from, to, gutter, plot, xOf }, table, half, middle, scale, colour) {
    pen.save();
    pen.beginPath();
    pen.rect(gutter, 0, plot, pen.canvas.height);
    pen.clip();
    pen.strokeStyle = colour;
    pen.lineWidth = 1;
    pen.lineJoin = "round";
    pen.beginPath();
    let down = false;
    Samples.along(table, half.signal, from, to, plot, (seconds, low, high) => {
      const x = xOf(seconds);
      if (down) pen.lineTo(x, middle + scale * low); else pen.moveTo(x, middle + scale * low);
      if (high !== low) pen.lineTo(x, middle + scale * high);
      down = true;
    }, () => { down = false; });
    pen.stroke();
    pen.restore();
  }

  return { gap, lane, line, pointer, sized, tick, write };
})();
