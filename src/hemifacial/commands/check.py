"""What ``hemifacial check`` does: whether a result folder keeps the contract."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path

from hemifacial.anatomy import Side
from hemifacial.commands.nerve_folder import OUTCOME, check_outcome
from hemifacial.commands.standing import FACE_SIGNALS, needed_files, standing_result, version_of
from hemifacial.errors import HemifacialError
from hemifacial.findings import Finding, Result
from hemifacial.formats.files import recover
from hemifacial.formats.result_folder import (
    EVENTS,
    FINDINGS,
    REVIEW,
    read_corrections,
    read_result,
)

__all__ = ["check"]

_NEEDED = (FINDINGS, EVENTS, "events.json", "report.html")
_SAME = 1e-4
"""Events are written to the microsecond, which the share of a 40 ms event shows by 2.5e-5."""


def check(folder: Path) -> tuple[str, ...]:
    """What is wrong with a result folder; nothing if it keeps the contract.

    Its files are there and can be read, and its corrections find their events. Where the
    running version of the method measured it, more is held. Of a face video: every finding is
    what the events and signals beside it give when it is made anew. Of an electrical recording:
    the latency and amplitude of every response are those of its event; its other findings rest on
    the recording, which is not in the folder. Of an experiment on the simulated nerve: its files,
    and that every verdict follows from its numbers.
    """
    recover(folder)
    if (folder / OUTCOME).is_file():
        return check_outcome(folder)
    mistakes = _missing(folder, _NEEDED)
    try:
        measured = read_result(folder)
        mistakes += _missing(folder, needed_files(measured.provenance.method))
        corrections = read_corrections(folder, measured.provenance)
        if measured.provenance.method_version == version_of(measured.provenance.method):
            mistakes += _contradictions(folder, measured)
        _, review = standing_result(folder, measured, corrections)
    except HemifacialError as error:
        told = any(mistake.endswith(" is missing") for mistake in mistakes)
        return (*mistakes, *(() if told and _is_about_missing(error) else (error.problem,)))
    mistakes += [
        f"{folder / REVIEW}: the correction of {line.when} by {line.who} finds no event"
        for line in review.not_applied
    ]
    return tuple(mistakes)


def _contradictions(folder: Path, measured: Result) -> list[str]:
    """The findings that do not follow from what lies beside them."""
    if measured.provenance.method == "electro":
        from hemifacial.electro.held import differences

        beside, found = EVENTS, differences(measured)
    else:
        again, _ = standing_result(folder, measured, ())
        beside = f"{EVENTS} and {FACE_SIGNALS}"
        found = _differences(measured.findings, again.findings)
    return [f"{folder}: {FINDINGS} does not follow from {beside}: {what}" for what in found]


def _missing(folder: Path, names: Sequence[str]) -> list[str]:
    return [f"{folder}: {name} is missing" for name in names if not (folder / name).is_file()]


def _is_about_missing(error: HemifacialError) -> bool:
    return isinstance(error.__cause__, FileNotFoundError) or error.problem.endswith("is missing")


def _differences(stated: Sequence[Finding], again: Sequence[Finding]) -> Iterator[str]:
    """Every finding that is not what events and signals give, in words."""
    before, now = ({_key(one): one for one in findings} for findings in (stated, again))
    for key in {**before, **now}:
        one, other = before.get(key), now.get(key)
        if one is None or other is None or not _are_same(one, other):
            quantity, side, sites, _ = key
            where = " ".join((side.value, *sites))
            yield f"{quantity} ({where}) is {_told(one)}, made anew {_told(other)}"


def _key(finding: Finding) -> tuple[str, Side, tuple[str, ...], str]:
    return (finding.quantity, finding.side, finding.sites, finding.phase)


def _are_same(one: Finding, other: Finding) -> bool:
    numbers = [
        (one.value, other.value),
        (one.low, other.low),
        (one.high, other.high),
        (one.detection_limit, other.detection_limit),
    ]
    return (one.status, one.n) == (other.status, other.n) and all(
        left == right
        if left is None or right is None
        else math.isclose(left, right, rel_tol=_SAME, abs_tol=1e-6)
        for left, right in numbers
    )


def _told(finding: Finding | None) -> str:
    if finding is None:
        return "not there"
    return finding.status.value if finding.value is None else f"{finding.value:g}"
