"""The record of an operation: what was found, what was done, and the course step by step."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from hemifacial.anatomy import SIDES, Kind, Side, structures
from hemifacial.care.decompression.tables import rows
from hemifacial.care.drugs.log import DrugTaken
from hemifacial.findings import Finding, Status

__all__ = [
    "Indentation",
    "LateralSpread",
    "Operation",
    "Optics",
    "Step",
    "Technique",
    "WaveV",
    "step_words",
    "with_lateral_spread",
]


class Optics(StrEnum):
    """By what the surgeon saw."""

    MICROSCOPE = "microscope"
    ENDOSCOPE = "endoscope"
    BOTH = "both"
    UNKNOWN = "unknown"


class Technique(StrEnum):
    """How the vessel is kept off."""

    INTERPOSITION = "interposition"
    SLING = "sling"
    TRANSPOSITION = "transposition"
    NONE = "none"
    """Nothing was put in or moved: no vessel was found, or it could not be reached."""
    UNKNOWN = "unknown"


class Indentation(StrEnum):
    """What the vessel did to the nerve, as the surgeon saw it; no published grading is meant."""

    NONE = "none"
    CONTACT = "contact"
    INDENTED = "indented"
    DISTORTED = "distorted"
    UNKNOWN = "unknown"


class LateralSpread(StrEnum):
    """The answer of the lateral spread at a step."""

    PRESENT = "present"
    GONE = "gone"
    CANNOT_TELL = "cannot_tell"
    NOT_MEASURED = "not_measured"


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step with its time of day, zone and all, and the lateral spread as it then was.

    Parameters
    ----------
    step
        A word of ``steps.tsv``: those of the series of `hemifacial series`, and a few more.
    left_percent
        Amplitude over that of the baseline; where it is gone, `limit_percent` may be left.
    evidence
        Of what the lateral spread is known: the result it was measured in, or who looked.
    """

    step: str
    at: datetime | None = None
    lateral_spread: LateralSpread = LateralSpread.NOT_MEASURED
    amplitude_uv: float | None = None
    left_percent: float | None = None
    limit_percent: float | None = None
    evidence: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if self.step not in step_words():
            raise ValueError(f"{self.step!r} is no step; there are {', '.join(step_words())}")
        if self.at is not None and self.at.tzinfo is None:
            raise ValueError(f"{self.step} at {self.at.isoformat()}: a time of day needs its zone")
        for number in (self.amplitude_uv, self.left_percent, self.limit_percent):
            if number is not None and not (math.isfinite(number) and number >= 0):
                raise ValueError(f"{self.step}: {number} is no amplitude")


@dataclass(frozen=True, kw_only=True)
class WaveV:
    """Wave V of the operated side: its worst delay and fall, and how it ended."""

    longest_delay_ms: float | None = None
    least_amplitude_percent: float | None = None
    last_amplitude_percent: float | None = None
    lost_at_the_end: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One decompression; `vessels` and `zones` are words of the anatomy.

    Raises
    ------
    ValueError
        Where the side is none of a face, a word is no vessel or zone, or steps go back in time.
    """

    on: date
    side: Side
    surgeon: str = ""
    vessels: tuple[str, ...] = ()
    tandem: bool | None = None
    zones: tuple[str, ...] = ()
    indentation: Indentation = Indentation.UNKNOWN
    discoloured: bool | None = None
    perforators: bool | None = None
    optics: Optics = Optics.UNKNOWN
    technique: Technique = Technique.UNKNOWN
    material: str = ""
    material_touches_nerve: bool | None = None
    steps: tuple[Step, ...] = ()
    amplitude_lost_percent: float | None = None
    """Of the mentalis, from baseline to the end: the quantity lateral_spread_change_ratio."""
    wave_v: WaveV = WaveV()
    drugs_of_the_day: tuple[DrugTaken, ...] = ()
    repeat: bool | None = None
    note: str = ""

    def __post_init__(self) -> None:
        if self.side not in SIDES:
            raise ValueError(f"an operation is of the right or of the left, not {self.side}")
        for words, kind in ((self.vessels, Kind.VESSEL), (self.zones, Kind.ZONE)):
            for word in words:
                known = structures().get(word)
                if known is None or known.kind is not kind:
                    raise ValueError(f"{word!r} is no {kind} of the anatomy")
        times = [one.at for one in self.steps if one.at is not None]
        if times != sorted(times):
            raise ValueError("the steps of an operation go forward in time")


def step_words() -> tuple[str, ...]:
    """Every step of ``steps.tsv``, in the usual order."""
    return tuple(row["word"] for row in rows("steps.tsv"))


def with_lateral_spread(
    operation: Operation, findings: Sequence[Finding], *, evidence: str, muscle: str = "mentalis"
) -> Operation:
    """The operation with the answers of a measured series at its steps.

    Takes ``lateral_spread_left`` of each stage, ``lateral_spread_amplitude`` of the baseline and
    ``lateral_spread_change_ratio`` of one muscle of the operated side; a stage that the record
    does not have is added without a time. What a person wrote at a step is not overwritten.
    """
    of_muscle = [
        one for one in findings if one.side is operation.side and one.sites[-1:] == (muscle,)
    ]
    measured = {one.step: one for one in map(_measured, of_muscle) if one is not None}
    steps = [_filled(step, measured.pop(step.step, None), evidence) for step in operation.steps]
    steps += [replace(one, evidence=evidence) for one in measured.values()]
    order = step_words()
    if all(one.at is None for one in steps):
        steps.sort(key=lambda one: order.index(one.step))
    lost = [
        one.value
        for one in of_muscle
        if one.quantity == "lateral_spread_change_ratio" and one.value is not None
    ]
    kept = operation.amplitude_lost_percent
    return replace(
        operation,
        steps=tuple(steps),
        amplitude_lost_percent=lost[0] if kept is None and lost else kept,
    )


def _measured(one: Finding) -> Step | None:
    if one.phase not in step_words():
        return None
    state = {
        Status.MEASURED: LateralSpread.PRESENT,
        Status.BELOW_DETECTION_LIMIT: LateralSpread.GONE,
        Status.NOT_JUDGED: LateralSpread.CANNOT_TELL,
    }[one.status]
    if one.quantity == "lateral_spread_amplitude" and one.phase == "baseline":
        return Step(step="baseline", lateral_spread=state, amplitude_uv=one.value, note=one.note)
    if one.quantity != "lateral_spread_left":
        return None
    return Step(
        step=one.phase,
        lateral_spread=state,
        left_percent=None if one.value is None else max(0.0, one.value),
        limit_percent=one.detection_limit,
        note=one.note,
    )


def _filled(step: Step, found: Step | None, evidence: str) -> Step:
    if found is None or step.lateral_spread is not LateralSpread.NOT_MEASURED:
        return step
    return replace(found, at=step.at, evidence=evidence, note=step.note or found.note)
