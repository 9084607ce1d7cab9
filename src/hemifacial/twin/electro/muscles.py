"""Which branch supplies which muscle, and how a laboratory labels its channel: `muscles.tsv`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from hemifacial.anatomy import Side
from hemifacial.errors import UsageError
from hemifacial.vocabulary import read_table

__all__ = ["RecordedMuscle", "channel_label", "recorded_muscle", "recorded_muscles"]


@dataclass(frozen=True, kw_only=True)
class RecordedMuscle:
    """A muscle from which responses can be made.

    Parameters
    ----------
    branches
        The branches of the facial nerve that supply it: their stimulus gives a direct M wave.
    label
        Its name as written on a channel; a label in EDF has room for 16 characters.
    spread_onset
        The word of the parameter from which the latency of its lateral spread is drawn.
    """

    word: str
    branches: tuple[str, ...]
    label: str
    spread_onset: str
    source: str
    verified: bool


@cache
def recorded_muscles() -> Mapping[str, RecordedMuscle]:
    """Every muscle from which responses can be made, by its word."""
    rows = read_table("hemifacial.twin.electro", "muscles.tsv")
    return {
        row["muscle"]: RecordedMuscle(
            word=row["muscle"],
            branches=tuple(row["branches"].split("|")),
            label=row["label"],
            spread_onset=row["spread_onset"],
            source=row["source"],
            verified=row["verified"] == "yes",
        )
        for row in rows
    }


def recorded_muscle(word: str) -> RecordedMuscle:
    """The muscle of this name; `UsageError` with the list of the known if there is none."""
    known = recorded_muscles()
    if word not in known:
        raise UsageError(
            f"plan: no response is known here for the muscle {word!r}",
            next_step="Record one of " + ", ".join(known) + ".",
        )
    return known[word]


def channel_label(muscle: str, side: Side) -> str:
    """How a laboratory writes it on a channel, e.g. ``R orb. oculi``."""
    return f"{side.value[0].upper()} {recorded_muscle(muscle).label}"
