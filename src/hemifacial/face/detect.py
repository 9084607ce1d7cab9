"""From signals in mm to events: one-sided movements are spasms, two-sided ones are not.

Thresholds are absolute, in mm and s (``criteria.tsv``), and never below a multiple of the
recording's noise floor. A movement is judged by what its side does beyond the other side, so
that blinks, smiles and movements of the head cancel.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.states import State
from hemifacial.findings import Event, spasm_type
from hemifacial.signals.excursions import Excursion, excursions, runs

__all__ = ["bursts", "detect"]

Floats = NDArray[np.float64]

_SIDES = (Side.RIGHT, Side.LEFT)


@dataclass(frozen=True, kw_only=True)
class _Movement:
    """An excursion of one region, of one side or of both."""

    side: Side
    site: str
    excursion: Excursion
    amplitude_mm: float
    lowest_share: float  # of the resting aperture; 1 where there is none
    confidence: float


def detect(signals: xr.Dataset, criteria: FaceCriteria) -> tuple[Event, ...]:
    """Every event of a recording, in order of onset, with ``event_id`` e0001, e0002, ...

    Parameters
    ----------
    signals
        As `hemifacial.face.trace.trace` returns them.
    """
    regions = [_Region(signals, "eyelids", "eye_closure", criteria)]
    regions.append(_Region(signals, "mouth_corner", "mouth_excursion", criteria))
    two_sided = {region.site: region.two_sided() for region in regions}
    one_sided = [
        movement
        for region in regions
        for side in _SIDES
        for movement in region.one_sided(side)
        if not any(_half_within(movement, other) for other in two_sided[region.site])
    ]
    events = [_spasm(group) for group in _groups(one_sided, criteria["same_event_s"])]
    events += [
        _blink_or_closure(m, criteria) for m in two_sided["eyelids"] if _is_lid_event(m, criteria)
    ]
    events += [_event("expression", [movement]) for movement in two_sided["mouth_corner"]]
    events += _gaps(signals)
    return bursts(_named(events), criteria)


def bursts(events: Iterable[Event], criteria: FaceCriteria) -> tuple[Event, ...]:
    """The events with their bursts made anew: parents for runs of clonic spasms of one side."""
    childless = [replace(e, parent_id="") for e in events if e.trial_type != "spasm_burst"]
    parents: list[Event] = []
    children: dict[str, str] = {}
    for side in _SIDES:
        clonic = [e for e in childless if e.trial_type == "spasm_clonic" and e.side == side]
        for run in _close_runs(clonic, criteria["burst_gap_s"]):
            if len(run) >= criteria["burst_least_count"]:
                parent = _burst(run, f"b{len(parents) + 1:04d}")
                parents.append(parent)
                children |= {event.event_id: parent.event_id for event in run}
    joined = [replace(e, parent_id=children.get(e.event_id, "")) for e in childless] + parents
    return tuple(sorted(joined, key=lambda event: (event.onset_s, event.event_id)))


class _Region:
    """One region with its right and left signal and its threshold."""

    def __init__(self, signals: xr.Dataset, site: str, stem: str, criteria: FaceCriteria) -> None:
        self.site = site
        self.criteria = criteria
        self.times_s: Floats = signals["time"].values
        self.own = {side: signals[f"{stem}_{side}"].values for side in _SIDES}
        self.threshold_mm = float(signals[f"{stem}_right"].attrs["threshold"])
        self.aperture: dict[Side, Floats] = {}
        if site == "eyelids":
            self.aperture = {side: signals[f"palpebral_aperture_{side}"].values for side in _SIDES}

    def one_sided(self, side: Side) -> Iterable[_Movement]:
        """Movements of this side beyond the other."""
        own, other = self.own[side], np.maximum(self.own[side.opposite], 0)
        for excursion in self._long_enough(own - other):
            at = self._at_peak(excursion)
            share = float(other[at] / own[at])
            if share < self.criteria["one_sided_share"]:
                yield self._movement(side, excursion, float(own[at]), 1 - share)

    def two_sided(self) -> list[_Movement]:
        """Movements that both sides make together."""
        lower = np.minimum(*self.own.values())
        higher = np.maximum(*self.own.values())
        movements = []
        for excursion in self._long_enough(lower):
            at = self._at_peak(excursion)
            share = float(lower[at] / higher[at])
            if share >= self.criteria["one_sided_share"]:
                amplitude = float((lower[at] + higher[at]) / 2)
                movements.append(self._movement(Side.BOTH, excursion, amplitude, share))
        return movements

    def _long_enough(self, values: Floats) -> Iterable[Excursion]:
        for excursion in excursions(
            self.times_s,
            values,
            threshold=self.threshold_mm,
            valley_share=self.criteria["valley_share"],
        ):
            if excursion.duration_s >= self.criteria["shortest_event_s"]:
                yield excursion

    def _at_peak(self, excursion: Excursion) -> int:
        return int(np.searchsorted(self.times_s, excursion.peak_time_s))

    def _movement(
        self, side: Side, excursion: Excursion, amplitude_mm: float, clearness: float
    ) -> _Movement:
        margin = 1 - self.threshold_mm / (2 * excursion.peak)
        return _Movement(
            side=side,
            site=self.site,
            excursion=excursion,
            amplitude_mm=amplitude_mm,
            lowest_share=self._lowest_share(excursion),
            confidence=margin * clearness,
        )

    def _lowest_share(self, excursion: Excursion) -> float:
        """The smallest aperture of either eye over its resting aperture."""
        if not self.aperture:
            return 1.0
        inside = slice(excursion.first, excursion.last + 1)
        return max(
            float(np.min(aperture[inside] / (aperture[inside] + self.own[side][inside])))
            for side, aperture in self.aperture.items()
        )


def _half_within(movement: _Movement, other: _Movement) -> bool:
    """Whether more than half of a movement lies within the other: two lids out of step."""
    a, b = movement.excursion, other.excursion
    return _overlap(a, b) > a.duration_s / 2


def _overlap(a: Excursion, b: Excursion) -> float:
    return max(0.0, min(a.offset_s, b.offset_s) - max(a.onset_s, b.onset_s))


def _groups(movements: Sequence[_Movement], same_event_s: float) -> list[list[_Movement]]:
    """Movements of one side that are one contraction seen in several regions."""
    groups: list[list[_Movement]] = []
    for movement in sorted(movements, key=lambda m: m.excursion.onset_s):
        for group in groups:
            if all(_same_event(movement, member, same_event_s) for member in group):
                group.append(movement)
                break
        else:
            groups.append([movement])
    return groups


def _same_event(a: _Movement, b: _Movement, same_event_s: float) -> bool:
    if a.side != b.side or a.site == b.site:
        return False
    near = abs(a.excursion.onset_s - b.excursion.onset_s) <= same_event_s
    shorter = min(a.excursion.duration_s, b.excursion.duration_s)
    return near or _overlap(a.excursion, b.excursion) > shorter / 2


def _spasm(group: Sequence[_Movement]) -> Event:
    event = _event("spasm_clonic", group)
    return replace(event, trial_type=spasm_type(event.duration_s))


def _is_lid_event(movement: _Movement, criteria: FaceCriteria) -> bool:
    """A blink, or eyes held closed; not eyes that look down for a while."""
    short = movement.excursion.duration_s <= criteria["longest_blink_s"]
    return short or movement.lowest_share <= criteria["complete_blink_share"]


def _blink_or_closure(movement: _Movement, criteria: FaceCriteria) -> Event:
    if movement.excursion.duration_s > criteria["longest_blink_s"]:
        return _event("closure_voluntary", [movement])
    complete = movement.lowest_share <= criteria["complete_blink_share"]
    return _event("blink_complete" if complete else "blink_partial", [movement])


def _event(trial_type: str, group: Sequence[_Movement]) -> Event:
    largest = max(group, key=lambda movement: movement.amplitude_mm)
    onset_s = round(min(m.excursion.onset_s for m in group), 6)
    offset_s = round(max(m.excursion.offset_s for m in group), 6)
    return Event(
        onset_s=onset_s,
        duration_s=round(offset_s - onset_s, 6),
        event_id="new",
        trial_type=trial_type,
        side=largest.side,
        sites=tuple(sorted({movement.site for movement in group})),
        peak_time_s=round(largest.excursion.peak_time_s, 6),
        amplitude=round(largest.amplitude_mm, 3),
        amplitude_unit="mm",
        confidence=round(max(movement.confidence for movement in group), 3),
    )


def _gaps(signals: xr.Dataset) -> list[Event]:
    """The intervals in which no face was seen or a face could not be measured."""
    times_s = signals["time"].values
    ends_s = np.append(times_s[1:], signals.attrs["duration_s"])
    state = signals["state"].values
    gaps = []
    for word, code in (("no_face", State.NO_FACE), ("unjudged", State.UNJUDGED)):
        for start, stop in runs(state == code):
            onset_s = round(float(times_s[start]), 6)
            duration_s = round(float(ends_s[stop - 1]) - onset_s, 6)
            gaps.append(
                Event(onset_s=onset_s, duration_s=duration_s, event_id="new", trial_type=word)
            )
    return gaps


def _named(events: Iterable[Event]) -> list[Event]:
    ordered = sorted(events, key=lambda event: (event.onset_s, event.trial_type, event.side))
    return [replace(event, event_id=f"e{i:04d}") for i, event in enumerate(ordered, start=1)]


def _close_runs(events: Sequence[Event], gap_s: float) -> list[list[Event]]:
    close: list[list[Event]] = []
    for event in sorted(events, key=lambda e: e.onset_s):
        if close and event.onset_s - close[-1][-1].offset_s <= gap_s:
            close[-1].append(event)
        else:
            close.append([event])
    return close


def _burst(run: Sequence[Event], event_id: str) -> Event:
    largest = max(run, key=lambda event: event.amplitude or 0.0)
    onset_s = run[0].onset_s
    return Event(
        onset_s=onset_s,
        duration_s=round(max(event.offset_s for event in run) - onset_s, 6),
        event_id=event_id,
        trial_type="spasm_burst",
        side=largest.side,
        sites=tuple(sorted({site for event in run for site in event.sites})),
        peak_time_s=largest.peak_time_s,
        amplitude=largest.amplitude,
        amplitude_unit=largest.amplitude_unit,
        confidence=largest.confidence,
    )
