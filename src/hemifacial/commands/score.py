"""What ``hemifacial score`` does: found events against true ones, or rater against rater."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from hemifacial.commands.standing import standing_result
from hemifacial.errors import InputError, UsageError
from hemifacial.formats.events_table import EventsTable, read_events
from hemifacial.formats.files import recover
from hemifacial.formats.result_folder import EVENTS, read_corrections, read_result
from hemifacial.scoring import SCORED_FAMILIES, Score
from hemifacial.scoring import score as score_events

__all__ = ["score"]

_SAME_DURATION_S = 1.0
"""Two tables of one recording state its duration within this: containers round differently."""


def score(
    truth: Path, found: Path, duration_s: float | None, *, families: Sequence[str] | None = None
) -> Score:
    """Found events against true ones; a result folder stands for its events as corrected.

    Raises
    ------
    UsageError
        If `duration_s` is not above 0, or a family cannot be scored.
    InputError
        If a table cannot be used, or the two state different durations and `duration_s`
        decides nothing.
    """
    if duration_s is not None and not 0 < duration_s < math.inf:
        raise UsageError(
            f"--duration is {duration_s:g} s; a recording lasts more than 0",
            next_step="Give the length of the recording in seconds.",
        )
    recover(truth)
    recover(found)
    true, seen = _events_of(truth), _events_of(found)
    return score_events(
        true.events,
        seen.events,
        recording_duration_s=duration_s or _common_duration_s((truth, true), (found, seen)),
        families=tuple(families) if families else SCORED_FAMILIES,
    )


def _events_of(path: Path) -> EventsTable:
    if not path.is_dir():
        return read_events(path)
    result = read_result(path)
    standing, _ = standing_result(path, result, read_corrections(path, result.provenance))
    return EventsTable(
        events=standing.events,
        recording_duration_s=read_events(path / EVENTS).recording_duration_s,
    )


def _common_duration_s(*tables: tuple[Path, EventsTable]) -> float | None:
    """What the tables state as the duration of their recording; None if neither does."""
    stated = [
        (path, table.recording_duration_s)
        for path, table in tables
        if table.recording_duration_s is not None
    ]
    if not stated:
        return None
    (path, first_s), (other, last_s) = stated[0], stated[-1]
    if abs(first_s - last_s) > _SAME_DURATION_S:
        raise InputError(
            f"{path} states a recording of {first_s:g} s, {other} one of {last_s:g} s",
            next_step="Give two tables of the same recording, or its length with --duration.",
        )
    return first_s
