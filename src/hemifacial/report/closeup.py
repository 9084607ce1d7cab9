"""What each region of either side does in an event: how far it moves and when it begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.findings import Event, Result
from hemifacial.report.event_rows import EventRow
from hemifacial.report.lanes import Trace, lanes_of
from hemifacial.report.words import number, short_sites
from hemifacial.signals.excursions import excursions

__all__ = ["RegionInEvent", "closeups", "lag_sentence", "regions_in"]

Floats = NDArray[np.float64]

_BEFORE_S, _AFTER_S = 0.25, 0.05
_VALLEY_SHARE = 0.5
_ONE_SIDED = ("spasm",)


@dataclass(frozen=True, kw_only=True)
class RegionInEvent:
    """One region of one side during an event.

    `peak` is the largest value of its signal within the event, None where nothing was judged.
    `begins_ms` is when the excursion that reaches that size crosses 10 % of its peak, after the
    onset of the event; None where the region stays below its threshold.
    """

    site: str
    side: Side
    unit: str
    peak: float | None
    threshold: float | None
    begins_ms: float | None


def regions_in(event: Event, times_s: Floats, traces: Sequence[Trace]) -> tuple[RegionInEvent, ...]:
    """Each signal that events are called from, within one event.

    Parameters
    ----------
    event
        Its onset and end bound where the peak is looked for; the beginning may lie up to
        0.25 s before, since the borders of an event are those of its largest region.
    times_s, traces
        Of one table.
    """
    first, last = np.searchsorted(times_s, (event.onset_s - _BEFORE_S, event.offset_s + _AFTER_S))
    around_s = times_s[first:last]
    inside = (around_s >= event.onset_s - 1e-6) & (around_s <= event.offset_s + 1e-6)
    found = []
    for trace in traces:
        if trace.threshold is None:
            continue
        values = trace.values[first:last]
        seen = values[inside & np.isfinite(values)]
        peak = float(seen.max()) if seen.size else None
        begins_ms = None
        if peak is not None and peak >= trace.threshold:
            begins_ms = _begins_ms(event, around_s, values, trace.threshold)
        found.append(
            RegionInEvent(
                site=trace.site,
                side=trace.side,
                unit=trace.unit,
                peak=peak,
                threshold=trace.threshold,
                begins_ms=begins_ms,
            )
        )
    return tuple(found)


def _begins_ms(event: Event, times_s: Floats, values: Floats, threshold: float) -> float | None:
    met = [
        one
        for one in excursions(times_s, values, threshold=threshold, valley_share=_VALLEY_SHARE)
        if event.onset_s - 1e-6 <= one.peak_time_s <= event.offset_s + 1e-6
    ]
    # An excursion that was under way where the stretch starts has its beginning outside of it.
    first = max(met, key=lambda one: one.peak, default=None)
    if first is None or first.onset_s <= times_s[0] + 1e-9:
        return None
    return 1000 * (first.onset_s - event.onset_s)


def lag_sentence(event: Event, regions: Sequence[RegionInEvent], *, frame_ms: float = 0.0) -> str:
    """How much later the other regions of the event's side begin than the eyelids, or "".

    Less than the time of one frame (`frame_ms`) is no difference that a video shows.
    """
    begun = {
        one.site: one.begins_ms
        for one in regions
        if one.side is event.side and one.begins_ms is not None
    }
    lids_ms = begun.pop("eyelids", None)
    if lids_ms is None or not begun:
        return ""
    lags_ms = {site: began_ms - lids_ms for site, began_ms in begun.items()}
    apart = [
        f"{short_sites([site])} {abs(lag_ms):.0f} ms {'after' if lag_ms >= 0 else 'before'}"
        for site, lag_ms in lags_ms.items()
        if abs(lag_ms) >= frame_ms
    ]
    together = [short_sites([site]) for site, lag_ms in lags_ms.items() if abs(lag_ms) < frame_ms]
    if together:
        apart.append(f"{', '.join(together)} within one frame")
    return f"Against the eyelids: {'; '.join(apart)}."


def closeups(measured: Result, rows: Sequence[EventRow]) -> dict[str, dict[str, object]]:
    """By event name: the table of regions and the sentence of the lag, as the page shows them."""
    tables = [
        (
            np.asarray(table["time"].values, dtype=np.float64),
            [trace for lane in lanes_of(table) for trace in lane.traces],
        )
        for table in measured.signals.values()
    ]
    frames_ms = [1000 * float(np.median(np.diff(at_s))) for at_s, _ in tables if at_s.size > 1]
    frame_ms = max(frames_ms, default=0.0)
    told: dict[str, dict[str, object]] = {}
    for row in rows:
        event = row.standing or row.shown
        if event.family in ("gap", "phase", "burst"):
            continue
        regions = tuple(
            one for times_s, traces in tables for one in regions_in(event, times_s, traces)
        )
        told[event.event_id] = {
            "regions": _region_rows(regions),
            "lag": lag_sentence(event, regions, frame_ms=frame_ms)
            if event.family in _ONE_SIDED
            else "",
        }
    return told


def _region_rows(regions: Sequence[RegionInEvent]) -> list[list[str]]:
    """Region, right, left, right begins, left begins; in words."""
    rows = []
    for site in dict.fromkeys(one.site for one in regions):
        of_side = {one.side: one for one in regions if one.site == site}
        sides = [of_side.get(side) for side in (Side.RIGHT, Side.LEFT)]
        if any(sides):
            rows.append(
                [
                    short_sites([site]),
                    *(_size(one) for one in sides),
                    *(_begin(one) for one in sides),
                ]
            )
    return rows


def _size(one: RegionInEvent | None) -> str:
    if one is None:
        return "not measured"
    if one.peak is None:
        return "not judged"
    if one.threshold is not None and one.peak < one.threshold:
        return f"below {number(one.threshold)} {one.unit}"
    return f"{number(one.peak)} {one.unit}"


def _begin(one: RegionInEvent | None) -> str:
    return "" if one is None or one.begins_ms is None else f"{round(one.begins_ms)} ms"
