"""The strip under an annotated video: both sides' traces, running from right to left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from hemifacial.anatomy import SIDES, Side, structure
from hemifacial.face.exports.marks import BOTH_COLOUR, COLOURS, INK, Colour, Picture, write
from hemifacial.face.exports.outlines import OUTLINES
from hemifacial.face.regions import EYELIDS, signal_of
from hemifacial.face.states import State
from hemifacial.findings import Event

__all__ = ["Strip", "Trace", "draw_strip", "strip_of"]

Floats = NDArray[np.float64]

_BEFORE_S, _AFTER_S = 7.5, 2.5
"""The strip shows this much of the past and of the future."""
_ROW_LETTERS, _LANE_LETTERS = 6.5, 2.2
"""Heights in letters: of a side's traces, and of the bars of its events."""
_LEAST_TOP_MM = 3.0
_GROUND, _GAP, _FAINT = (28, 28, 30), (62, 62, 66), (110, 110, 114)
_GAP_WORDS = {State.NO_FACE: "no face", State.UNJUDGED: "not judged"}


@dataclass(frozen=True, kw_only=True, eq=False)
class Trace:
    """One region of one side: (n,) in mm, NaN where not judged; and from what size it is called."""

    site: str
    values_mm: Floats
    threshold_mm: float | None


@dataclass(frozen=True, kw_only=True, eq=False)
class Strip:
    """What the strip of a recording is drawn from."""

    times_s: Floats
    states: NDArray[np.int8]
    traces: Mapping[Side, tuple[Trace, ...]]
    events: Sequence[Event]
    top_mm: float
    letters_px: float

    @property
    def height_px(self) -> int:
        """Of the whole strip."""
        return round(2 * (_ROW_LETTERS + _LANE_LETTERS) * self.letters_px)


def strip_of(signals: xr.Dataset, events: Sequence[Event], letters_px: float) -> Strip:
    """The eyelids of both sides, and of the other regions the one that moved most."""
    sites = [EYELIDS, _most_moved(signals)]
    traces = {
        side: tuple(trace for site in sites if (trace := _trace(signals, site, side)))
        for side in SIDES
    }
    every = [trace for side in SIDES for trace in traces[side]]
    highest = [3 * (trace.threshold_mm or 0.0) for trace in every]
    highest += [float(np.nanmax(t.values_mm)) for t in every if np.isfinite(t.values_mm).any()]
    return Strip(
        times_s=np.asarray(signals["time"].values, dtype=np.float64),
        states=np.asarray(signals["state"].values, dtype=np.int8),
        traces=traces,
        events=sorted(events, key=lambda event: event.onset_s),
        top_mm=max([_LEAST_TOP_MM, *highest]),
        letters_px=letters_px,
    )


def _trace(signals: xr.Dataset, site: str, side: Side) -> Trace | None:
    signal = signals.get(signal_of(site, side))
    if signal is None:
        return None
    threshold = signal.attrs.get("threshold")
    return Trace(
        site=site,
        values_mm=np.asarray(signal.values, dtype=np.float64),
        threshold_mm=None if threshold is None else float(threshold),
    )


def _most_moved(signals: xr.Dataset) -> str:
    """The region other than the eyelids whose signal came furthest beyond its threshold."""
    best, most = "mouth_corner", 0.0
    for site, side in OUTLINES:
        trace = None if site == EYELIDS else _trace(signals, site, side)
        if trace is None or not trace.threshold_mm or not np.isfinite(trace.values_mm).any():
            continue
        moved = float(np.nanmax(trace.values_mm)) / trace.threshold_mm
        if moved > most:
            best, most = site, moved
    return best


def draw_strip(strip: Strip, now_s: float, width_px: int) -> Picture:
    """The strip at a moment, (height_px, width_px, 3); the patient's right above, left below."""
    import cv2

    picture = np.full((strip.height_px, width_px, 3), _GROUND, np.uint8)
    window = _Window(now_s - _BEFORE_S, width_px / (_BEFORE_S + _AFTER_S), width_px)
    side_px = strip.height_px // 2
    _draw_gaps(picture, strip, window)
    for row, side in enumerate(SIDES):
        _draw_side(picture[row * side_px : (row + 1) * side_px], strip, side, window, now_s)
    now_px = round(window.x_px(now_s))
    cv2.line(picture, (now_px, 0), (now_px, strip.height_px), INK, 1)
    cv2.line(picture, (0, side_px), (width_px, side_px), _FAINT, 1)
    return picture


@dataclass(frozen=True)
class _Window:
    """The stretch of time that the strip shows."""

    start_s: float
    px_per_s: float
    width_px: int

    @property
    def end_s(self) -> float:
        return self.start_s + self.width_px / self.px_per_s

    def x_px(self, time_s: float) -> float:
        return (time_s - self.start_s) * self.px_per_s


def _draw_gaps(picture: Picture, strip: Strip, window: _Window) -> None:
    first, last = np.searchsorted(strip.times_s, (window.start_s, window.end_s))
    states, times_s = strip.states[first:last], strip.times_s[first:last]
    for state, words in _GAP_WORDS.items():
        for start, end in _runs(states == state):
            until_s = times_s[end] if end < times_s.size else window.end_s
            left, right = (round(window.x_px(t)) for t in (times_s[start], until_s))
            picture[:, max(0, left) : max(0, right)] = _GAP
            if right - left > len(words) * strip.letters_px:
                middle = (left + right) / 2, strip.height_px / 4
                write(picture, words, middle, height_px=strip.letters_px, box=None, align=0.5)


def _draw_side(part: Picture, strip: Strip, side: Side, window: _Window, now_s: float) -> None:
    import cv2

    lane_px = round(_LANE_LETTERS * strip.letters_px)
    base_px = part.shape[0] - lane_px
    px_per_mm = 0.82 * base_px / strip.top_mm
    colours = (COLOURS[side], INK)
    now = int(np.searchsorted(strip.times_s, now_s + 1e-6)) - 1
    write(
        part,
        f"patient's {side.upper()}",
        (0, 0),
        height_px=strip.letters_px,
        box=None,
        colour=COLOURS[side],
    )
    for number, (trace, colour) in enumerate(zip(strip.traces[side], colours, strict=False)):
        for line in _lines(strip, trace, window, base_px, px_per_mm):
            cv2.polylines(part, [line], False, colour, 2 - number, cv2.LINE_AA, 4)
        _write_value(part, strip, trace, colour, number, now)
    _draw_bars(part, strip, side, window, (base_px, part.shape[0]))
    _draw_scale(part, strip, base_px, px_per_mm)


def _lines(
    strip: Strip, trace: Trace, window: _Window, base_px: float, px_per_mm: float
) -> Iterator[NDArray[np.int32]]:
    """The trace as lines in 1/16 pixel, broken where it was not judged."""
    first, last = np.searchsorted(strip.times_s, (window.start_s, window.end_s))
    first, last = max(0, first - 1), min(strip.times_s.size, last + 1)
    x = (strip.times_s[first:last] - window.start_s) * window.px_per_s
    y = base_px - trace.values_mm[first:last] * px_per_mm
    for start, end in _runs(np.isfinite(y)):
        yield np.round(np.column_stack([x, y])[start:end] * 16).astype(np.int32)


def _write_value(
    part: Picture, strip: Strip, trace: Trace, colour: Colour, number: int, now: int
) -> None:
    """The region's name and its value at this moment."""
    value = trace.values_mm[now] if now >= 0 else np.nan
    shown = f"{round(float(value), 1) + 0.0:.1f} mm" if np.isfinite(value) else "not judged"
    if trace.threshold_mm is not None:
        shown += f" (called from {trace.threshold_mm:.1f})"
    place = (0, (1.7 * (number + 1)) * strip.letters_px)
    text = f"{structure(trace.site).label} {shown}"
    write(part, text, place, height_px=0.8 * strip.letters_px, colour=colour, box=None)


def _draw_bars(
    part: Picture, strip: Strip, side: Side, window: _Window, rows_px: tuple[int, int]
) -> None:
    """A bar for each event of a side, or of both, below its traces."""
    import cv2

    for event in strip.events:
        if event.offset_s < window.start_s or event.family in ("gap", "burst", "phase"):
            continue
        if event.onset_s > window.end_s:
            break
        if event.side in (side, Side.BOTH):
            left, right = (round(window.x_px(t)) for t in (event.onset_s, event.offset_s))
            top, bottom = rows_px[0] + 4, rows_px[1] - 4
            colour = COLOURS.get(event.side, BOTH_COLOUR)
            cv2.rectangle(part, (left, top), (max(right, left + 1), bottom), colour, cv2.FILLED)


def _draw_scale(part: Picture, strip: Strip, base_px: int, px_per_mm: float) -> None:
    """A bar of some whole millimetres at the right edge."""
    import cv2

    mm = next((m for m in (10, 5, 2) if m <= strip.top_mm / 1.5), 1)
    x = part.shape[1] - round(0.6 * strip.letters_px)
    top = round(base_px - mm * px_per_mm)
    cv2.line(part, (x, base_px), (x, top), INK, 2)
    place = (x - 0.4 * strip.letters_px, (base_px + top) / 2 - strip.letters_px)
    write(part, f"{mm} mm", place, height_px=0.8 * strip.letters_px, box=None, align=1.0)


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Start and end (exclusive) of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], flags, [False])).astype(np.int8)))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
