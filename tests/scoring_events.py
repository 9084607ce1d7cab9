"""Events for the tests of scoring, with as few words as possible."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hemifacial.anatomy import Side
from hemifacial.findings import Event, spasm_type
from hemifacial.scoring import Pair, Tally

__all__ = ["counts", "other", "partners", "spasm"]


def spasm(onset_s: float, duration_s: float = 0.2, side: Side = Side.RIGHT, **more: Any) -> Event:
    """A spasm of the kind that its duration makes it."""
    words = {"event_id": f"s{onset_s}", "sites": ("eyelids",), **more}
    kind = spasm_type(duration_s)
    return Event(onset_s=onset_s, duration_s=duration_s, trial_type=kind, side=side, **words)


def other(kind: str, onset_s: float, duration_s: float = 0.2, **more: Any) -> Event:
    """An event that is no spasm."""
    words = {"event_id": f"{kind}{onset_s}", **more}
    return Event(onset_s=onset_s, duration_s=duration_s, trial_type=kind, **words)


def partners(pairs: Sequence[Pair]) -> set[tuple[str, str]]:
    return {(pair.truth.event_id, pair.found.event_id) for pair in pairs}


def counts(tally: Tally) -> tuple[int, int, int, int]:
    """Right and all true events, right and all found ones."""
    return tally.recall.k, tally.recall.n, tally.precision.k, tally.precision.n
