"""From signals in mm to events: one-sided movements are spasms, two-sided ones are not.

Thresholds are absolute, in mm and s (``criteria.tsv``), and never below a multiple of the
recording's noise floor. A side is called when it moves that far itself; whether the movement is
one-sided, and when it begins and ends, is judged by what it does beyond the other side, so that
blinks, smiles and movements of the head cancel.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import xarray as xr

from hemifacial.anatomy import SIDES, Side
from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.movements import Movement, Region
from hemifacial.face.openings import Syllables
from hemifacial.face.regions import EYELIDS, REGIONS
from hemifacial.face.states import State
from hemifacial.findings import Event, spasm_type
from hemifacial.signals.excursions import Excursion, runs
from hemifacial.signals.levels import rolling_quantile
from hemifacial.signals.runs import close_runs

__all__ = ["bursts", "detect"]

_UPPER = frozenset({EYELIDS, "brow"})
_SHUT_QUANTILE = 0.25  # where the lips are while the mouth is shut, however much is said
_CLEAR = 2.0  # times the threshold: from here on a region times an event well


def detect(signals: xr.Dataset, criteria: FaceCriteria) -> tuple[Event, ...]:
    """Every event of a recording, in order of onset, with ``event_id`` e0001, e0002, ...

    Parameters
    ----------
    signals
        As `hemifacial.face.trace.trace` returns them.
    """
    regions = [r for site in REGIONS if (r := Region.of(site, signals, criteria)) is not None]
    closures: list[Movement] = []
    lid_events: list[Event] = []
    moved_together: list[Movement] = []
    for region in regions:
        if region.site == EYELIDS:
            closures = _blinks_apart(region, region.two_sided(), criteria)
            lid_events = [_event(kind, [movement]) for kind, movement in region.lid_closures()]
        else:
            moved_together += region.two_sided()
    speech = _speech(signals, criteria)
    one_sided = [
        movement
        for region in regions
        for movement in _beyond(region, closures, moved_together, speech, criteria)
    ]
    events = [_spasm(group) for group in _groups(one_sided, criteria["same_event_s"])]
    events += lid_events
    events += [_event("expression", group) for group in _expressions(moved_together, speech)]
    events += speech
    events += _gaps(signals)
    return bursts(_named(events), criteria)


def bursts(events: Iterable[Event], criteria: FaceCriteria) -> tuple[Event, ...]:
    """The events with their bursts made anew: parents for runs of clonic spasms of one side."""
    childless = [replace(e, parent_id="") for e in events if e.trial_type != "spasm_burst"]
    parents: list[Event] = []
    children: dict[str, str] = {}
    for side in SIDES:
        clonic = [e for e in childless if e.trial_type == "spasm_clonic" and e.side == side]
        clonic.sort(key=lambda event: event.onset_s)
        onsets_s, offsets_s = [e.onset_s for e in clonic], [e.offset_s for e in clonic]
        for span in close_runs(onsets_s, offsets_s, criteria["burst_gap_s"]):
            run = clonic[span]
            if len(run) >= criteria["burst_least_count"]:
                parent = _burst(run, f"b{len(parents) + 1:04d}")
                parents.append(parent)
                children |= {event.event_id: parent.event_id for event in run}
    joined = [replace(e, parent_id=children.get(e.event_id, "")) for e in childless] + parents
    return tuple(sorted(joined, key=lambda event: (event.onset_s, event.event_id)))


def _blinks_apart(
    eyelids: Region, two_sided: Sequence[Movement], criteria: FaceCriteria
) -> list[Movement]:
    """Two-sided lid movements, with the blinks taken out of eyes that look down for a while.

    Lowered lids are no event. What is short on top of them is a blink, measured from where
    the lids were.
    """
    found: list[Movement] = []
    for movement in two_sided:
        if movement.excursion.duration_s <= criteria["longest_blink_s"]:
            found.append(movement)
            continue
        level_mm = eyelids.usual_mm(movement)
        if eyelids.is_closed_at(level_mm, movement):
            found.append(movement)
            continue
        found += [
            blink
            for blink in eyelids.two_sided(above_mm=level_mm)
            if _within(blink.excursion, movement.excursion)
            and blink.excursion.duration_s <= criteria["longest_blink_s"]
        ]
    return found


def _beyond(
    region: Region,
    closures: Sequence[Movement],
    moved_together: Sequence[Movement],
    speech: Sequence[Event],
    criteria: FaceCriteria,
) -> list[Movement]:
    """Movements of one side that are more than two sides out of step or uneven."""
    lids = region.site == EYELIDS
    own = closures if lids else [m for m in moved_together if m.site == region.site]
    # A smile, a raised brow or a blink moves all of the face a little, and not quite evenly.
    near = [*moved_together, *(() if lids else closures)]
    found = []
    for side in SIDES:
        for movement in region.one_sided(side, bridged_by=closures if lids else ()):
            if any(_out_of_step(movement, other, criteria) for other in own):
                continue
            meanwhile = [m for m in near if _within(movement.excursion, m.excursion)]
            at_s = movement.excursion.peak_time_s
            talking = not lids and any(e.onset_s <= at_s <= e.offset_s for e in speech)
            least_mm = region.threshold_mm
            if meanwhile:
                least_mm = max(
                    criteria["uneven_multiple"] * least_mm, _of_both(meanwhile, region, criteria)
                )
            if talking:
                least_mm = max(criteria["speech_multiple"] * region.threshold_mm, least_mm)
            if movement.amplitude_mm >= least_mm:
                found.append(movement)
    return found


def _of_both(meanwhile: Sequence[Movement], region: Region, criteria: FaceCriteria) -> float:
    """What a side has to do in mm to be more than uneven, by what both sides do meanwhile.

    An expression takes the regions of its half of the face along, each as unevenly as it likes.
    """
    upper = region.site in _UPPER
    most = max(
        (m.amplitude_mm for m in meanwhile if m.site != EYELIDS and (m.site in _UPPER) == upper),
        default=0.0,
    )
    return criteria["uneven_share"] * most


def _speech(signals: xr.Dataset, criteria: FaceCriteria) -> list[Event]:
    """Where the mouth opens and closes again and again."""
    if "mouth_opening" not in signals:
        return []
    times_s, opening = signals["time"].values, signals["mouth_opening"].values
    shut = rolling_quantile(
        times_s, opening, window_s=criteria["resting_window_s"], quantile=_SHUT_QUANTILE
    )
    syllables = Syllables(
        least_mm=criteria["smallest_mouth_opening_mm"],
        longest_s=criteria["longest_syllable_s"],
        gap_s=criteria["speech_gap_s"],
        least_count=criteria["speech_least_count"],
        valley_share=criteria["valley_share"],
    )
    return [
        Event(
            onset_s=round(run[0].onset_s, 6),
            duration_s=round(run[-1].offset_s - run[0].onset_s, 6),
            event_id="new",
            trial_type="speech",
            side=Side.BOTH,
            sites=("mouth_corner",),
        )
        for run in syllables.runs(times_s, opening - shut)
    ]


def _expressions(
    moved_together: Sequence[Movement], speech: Sequence[Event]
) -> list[list[Movement]]:
    """Two-sided movements that overlap, as one; what speech moves is speech."""
    groups: list[list[Movement]] = []
    for movement in sorted(moved_together, key=lambda m: m.excursion.onset_s):
        at_s = movement.excursion.peak_time_s
        if movement.site not in _UPPER and any(e.onset_s <= at_s <= e.offset_s for e in speech):
            continue
        last = groups[-1] if groups else []
        if any(_overlap(movement.excursion, other.excursion) > 0 for other in last):
            last.append(movement)
        else:
            groups.append([movement])
    return groups


def _out_of_step(movement: Movement, other: Movement, criteria: FaceCriteria) -> bool:
    """Whether a one-sided remainder lies at the edge of, or in, a short two-sided movement."""
    a, b = movement.excursion, other.excursion
    if _overlap(a, b) <= a.duration_s / 2:
        return False
    step_s = criteria["out_of_step_s"]
    at_an_edge = abs(a.onset_s - b.onset_s) <= step_s or abs(a.offset_s - b.offset_s) <= step_s
    return at_an_edge or b.duration_s <= criteria["longest_blink_s"]


def _within(inner: Excursion, outer: Excursion) -> bool:
    return outer.onset_s <= inner.peak_time_s <= outer.offset_s


def _overlap(a: Excursion, b: Excursion) -> float:
    return max(0.0, min(a.offset_s, b.offset_s) - max(a.onset_s, b.onset_s))


def _groups(movements: Sequence[Movement], same_event_s: float) -> list[list[Movement]]:
    """Movements of one side that are one contraction, seen in one region or several."""
    groups: list[list[Movement]] = []
    for movement in sorted(movements, key=lambda m: m.excursion.onset_s):
        joined = [g for g in groups if any(_same_event(movement, m, same_event_s) for m in g)]
        groups = [g for g in groups if g not in joined]
        groups.append([m for g in joined for m in g] + [movement])
    return groups


def _same_event(a: Movement, b: Movement, same_event_s: float) -> bool:
    if a.side != b.side or a.site == b.site:
        return False
    near = abs(a.excursion.onset_s - b.excursion.onset_s) <= same_event_s
    shorter = min(a.excursion.duration_s, b.excursion.duration_s)
    return near or _overlap(a.excursion, b.excursion) > shorter / 2


def _spasm(group: Sequence[Movement]) -> Event:
    event = _event("spasm_clonic", group)
    return replace(event, trial_type=spasm_type(event.duration_s))


def _event(trial_type: str, group: Sequence[Movement]) -> Event:
    """Movements of several regions as one event, timed by those that show it clearly."""
    largest = max(group, key=lambda movement: movement.amplitude_mm)
    clearest = max(movement.clearness for movement in group)
    timing = [m.excursion for m in group if m.clearness >= min(_CLEAR, clearest)]
    onset_s = round(min(excursion.onset_s for excursion in timing), 6)
    offset_s = round(max(excursion.offset_s for excursion in timing), 6)
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
