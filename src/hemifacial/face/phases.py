"""The phases of an examination: stated by whoever filmed, or found where the signals are plain.

What is found is held to what cannot well be anything else: both sides move, far, and for long
enough. What is left over is not assigned to any phase, and counts for none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from hemifacial.anatomy import SIDES
from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.findings.parts import in_phases
from hemifacial.face.openings import Syllables
from hemifacial.face.states import State
from hemifacial.face.summary import METHOD, summarise
from hemifacial.findings import Event, Result
from hemifacial.signals.excursions import runs
from hemifacial.signals.levels import resting_level
from hemifacial.signals.runs import close_runs

__all__ = ["find_phases", "with_phases"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_VOLUNTARY = ("expression", "speech", "closure")
_FLICKER_S = 0.3  # a condition may fail for so long without ending the task


@dataclass(frozen=True, kw_only=True)
class _Task:
    """A stretch of one phase, and how far beyond its criterion the movement went."""

    phase: str
    onset_s: float
    offset_s: float
    margin: float


def with_phases(
    result: Result, criteria: FaceCriteria, stated: Sequence[Event] | None = None
) -> Result:
    """The result with the phases stated, or found if none are, and with findings for each.

    Every event gets the phase in which it begins. Phases that were found carry a confidence,
    phases that were stated do not; the provenance says which. Phases that the result had before
    are replaced.
    """
    signals = result.signals[METHOD]
    own = [replace(e, phase="") for e in result.events if e.family != "phase"]
    phases = find_phases(signals, own, criteria) if stated is None else tuple(stated)
    events = tuple(
        sorted(in_phases([*own, *phases]), key=lambda event: (event.onset_s, event.event_id))
    )
    parameters = {
        **result.provenance.parameters,
        "phases": "found" if stated is None else "stated",
    }
    return replace(
        result,
        provenance=replace(result.provenance, parameters=parameters),
        events=events,
        findings=summarise(signals, events, criteria),
    )


def find_phases(
    signals: xr.Dataset, events: Sequence[Event], criteria: FaceCriteria
) -> tuple[Event, ...]:
    """The phases that the signals tell, as events of type ``phase`` in order of onset.

    Parameters
    ----------
    signals
        As `hemifacial.face.trace.trace` returns them. A phase whose signal is not there is not
        found: without brows and cheeks, gentle and tight closure cannot be told apart.
    events
        As detected: two-sided closures and expressions interrupt rest.

    Notes
    -----
    The criteria are rows of ``criteria.tsv``. The trap: a protocol is recognised, not
    understood. A patient who smiles at the examiner is in the phase ``smile``, and one whose
    right and left side are both in spasm is not at rest.
    """
    face = _Face.of(signals, criteria)
    tasks = [
        *face.mouth_tasks(),
        *face.brow_raises(),
        *face.closures(events),
        *face.countings(),
    ]
    tasks = _without_overlap(_joined(tasks, criteria["task_join_s"]))
    rests = face.rests(tasks, events)
    ordered = sorted([*tasks, *rests], key=lambda task: task.onset_s)
    return tuple(
        Event(
            onset_s=round(task.onset_s, 6),
            duration_s=round(task.offset_s - task.onset_s, 6),
            event_id=f"p{number:04d}",
            trial_type="phase",
            phase=task.phase,
            confidence=round(_confidence(task.margin), 3),
        )
        for number, task in enumerate(ordered, start=1)
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Face:
    """Signals of both sides as two-sided movement, in mm from rest; None where not measured."""

    times_s: Floats
    duration_s: float
    judged: Bools
    widening_mm: Floats | None
    opening_mm: Floats | None
    corners_mm: Floats | None
    brows_mm: Floats | None
    cheeks_mm: Floats | None
    criteria: FaceCriteria

    @classmethod
    def of(cls, signals: xr.Dataset, criteria: FaceCriteria) -> _Face:
        """What both sides do together: the side that does less of it."""
        times_s = np.asarray(signals["time"].values, dtype=np.float64)

        def lesser(stem: str) -> Floats | None:
            sides = [_values(signals, f"{stem}_{side}") for side in SIDES]
            known = [values for values in sides if values is not None]
            return _towards_zero(known[0], known[1]) if len(known) == len(SIDES) else None

        def from_rest(name: str, moved_mm: float) -> Floats | None:
            values = _values(signals, name)
            if values is None or not np.isfinite(values).any():
                return None
            window_s = criteria["resting_window_s"]
            return values - resting_level(
                times_s, values, window_s=window_s, quantile=0.5, moved=moved_mm / 2
            )

        return cls(
            times_s=times_s,
            duration_s=float(signals.attrs["duration_s"]),
            judged=np.asarray(signals["state"].values == State.JUDGED),
            widening_mm=from_rest("mouth_width", criteria["smile_widening_mm"]),
            opening_mm=from_rest("mouth_opening", criteria["counting_opening_mm"]),
            corners_mm=lesser("mouth_corner_excursion"),
            brows_mm=lesser("brow_height"),
            cheeks_mm=lesser("cheek_excursion"),
            criteria=criteria,
        )

    def mouth_tasks(self) -> list[_Task]:
        """Puckers and smiles: the mouth narrows or widens, by both of its corners."""
        if self.widening_mm is None or self.corners_mm is None:
            return []
        taking_part = self.corners_mm >= self.criteria["both_corners_mm"]
        least_s = self.criteria["shortest_task_s"]
        tasks = []
        for phase, moved_mm, least_mm in (
            ("pucker", -self.widening_mm, self.criteria["pucker_narrowing_mm"]),
            ("smile", self.widening_mm, self.criteria["smile_widening_mm"]),
        ):
            tasks += self._held(phase, moved_mm, least_mm, least_s, also=taking_part)
        return tasks

    def brow_raises(self) -> list[_Task]:
        """Both brows up."""
        if self.brows_mm is None:
            return []
        least_s = self.criteria["shortest_brow_raise_s"]
        return self._held("brow_raise", self.brows_mm, self.criteria["brow_raise_mm"], least_s)

    def closures(self, events: Iterable[Event]) -> list[_Task]:
        """Voluntary closures that are plainly tight or plainly gentle; the others are left out."""
        if self.brows_mm is None or self.cheeks_mm is None:
            return []
        tasks = []
        for event in events:
            long_enough = event.duration_s >= self.criteria["shortest_task_s"]
            if event.family != "closure" or not long_enough:
                continue
            inside = (self.times_s >= event.onset_s) & (self.times_s <= event.offset_s)
            effort = self._effort(inside)
            if effort is not None and effort >= 1:
                tasks.append(_task_of(event, "tight_closure", effort))
            elif effort is not None and effort <= self.criteria["gentle_share"]:
                rest = 2 - effort / self.criteria["gentle_share"]
                tasks.append(_task_of(event, "gentle_closure", rest))
        return tasks

    def countings(self) -> list[_Task]:
        """Runs of openings of the mouth, one soon after the other."""
        if self.opening_mm is None:
            return []
        gap_s, least = self.criteria["counting_gap_s"], self.criteria["counting_least_count"]
        syllables = Syllables(
            least_mm=self.criteria["counting_opening_mm"],
            longest_s=gap_s,
            gap_s=gap_s,
            least_count=least,
            valley_share=self.criteria["valley_share"],
        )
        return [
            _Task(
                phase="counting_aloud",
                onset_s=run[0].onset_s,
                offset_s=run[-1].offset_s,
                margin=len(run) / least,
            )
            for run in syllables.runs(self.times_s, self.opening_mm)
        ]

    def rests(self, tasks: Sequence[_Task], events: Iterable[Event]) -> list[_Task]:
        """Long judged stretches in which both sides do nothing together but blink."""
        margin_s, least_s = self.criteria["task_margin_s"], self.criteria["shortest_rest_s"]
        busy = [(task.onset_s, task.offset_s) for task in tasks]
        busy += [(e.onset_s, e.offset_s) for e in events if e.family in _VOLUNTARY]
        quiet = self.judged.copy()
        for onset_s, offset_s in busy:
            quiet &= ~((self.times_s >= onset_s - margin_s) & (self.times_s <= offset_s + margin_s))
        return [
            _Task(phase="rest", onset_s=onset_s, offset_s=offset_s, margin=length_s / least_s)
            for onset_s, offset_s in self._stretches(quiet)
            if (length_s := offset_s - onset_s) >= least_s
        ]

    def _held(
        self,
        phase: str,
        moved_mm: Floats,
        least_mm: float,
        least_s: float,
        *,
        also: Bools | None = None,
    ) -> list[_Task]:
        """Stretches in which a movement is held beyond its criterion."""
        condition = moved_mm >= least_mm
        if also is not None:
            condition &= also
        tasks = []
        for onset_s, offset_s in self._stretches(condition):
            if offset_s - onset_s >= least_s:
                inside = (self.times_s >= onset_s) & (self.times_s < offset_s)
                margin = float(np.nanmedian(moved_mm[inside])) / least_mm
                tasks.append(_Task(phase=phase, onset_s=onset_s, offset_s=offset_s, margin=margin))
        return tasks

    def _stretches(self, condition: Bools) -> list[tuple[float, float]]:
        """Start and end in s of what is true, but for flickers."""
        ends_s = np.append(self.times_s[1:], self.duration_s)
        stretches = runs(condition)
        onsets_s = [float(self.times_s[start]) for start, _ in stretches]
        offsets_s = [float(ends_s[stop - 1]) for _, stop in stretches]
        joined = close_runs(onsets_s, offsets_s, _FLICKER_S)
        return [(onsets_s[run][0], offsets_s[run][-1]) for run in joined]

    def _effort(self, inside: Bools) -> float | None:
        """How much brows and cheeks take part in a closure, 1 where it is called tight."""
        if self.brows_mm is None or self.cheeks_mm is None:
            return None
        brow = -self.brows_mm[inside] / self.criteria["tight_brow_mm"]
        cheek = self.cheeks_mm[inside] / self.criteria["tight_cheek_mm"]
        if not (np.isfinite(brow).any() and np.isfinite(cheek).any()):
            return None
        return max(0.0, float(np.nanmedian(brow)), float(np.nanmedian(cheek)))


def _values(signals: xr.Dataset, name: str) -> Floats | None:
    if name not in signals:
        return None
    return np.asarray(signals[name].values, dtype=np.float64)


def _towards_zero(one: Floats, other: Floats) -> Floats:
    """What both do: the smaller movement where they go the same way, else none."""
    same_way = np.sign(one) == np.sign(other)
    lesser = np.sign(one) * np.minimum(np.abs(one), np.abs(other))
    return np.where(np.isfinite(one) & np.isfinite(other), np.where(same_way, lesser, 0.0), np.nan)


def _task_of(event: Event, phase: str, margin: float) -> _Task:
    return _Task(phase=phase, onset_s=event.onset_s, offset_s=event.offset_s, margin=margin)


def _joined(tasks: Sequence[_Task], gap_s: float) -> list[_Task]:
    """Repeats of one task as one phase, where nothing else comes between them."""
    joined: list[_Task] = []
    ordered = sorted(tasks, key=lambda task: task.onset_s)
    for _, group in groupby(ordered, key=lambda task: task.phase):
        same = list(group)
        for span in close_runs([t.onset_s for t in same], [t.offset_s for t in same], gap_s):
            run = same[span]
            offset_s, margin = max(t.offset_s for t in run), min(t.margin for t in run)
            joined.append(replace(run[0], offset_s=offset_s, margin=margin))
    return joined


def _without_overlap(tasks: Sequence[_Task]) -> list[_Task]:
    """Of two tasks at one time, the clearer one; of what is equally clear, the earlier."""
    kept: list[_Task] = []
    for task in sorted(tasks, key=lambda one: (-one.margin, one.onset_s)):
        if all(task.offset_s <= one.onset_s or task.onset_s >= one.offset_s for one in kept):
            kept.append(task)
    return kept


def _confidence(margin: float) -> float:
    """From 0.5 at the criterion towards 1 far beyond it; an ordering, not a probability."""
    return 1 - 0.5 / max(margin, 1.0)
