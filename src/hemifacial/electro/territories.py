"""Which muscles a branch of the facial nerve supplies."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from hemifacial.anatomy import Side
from hemifacial.formats.recording_facts import Channel
from hemifacial.vocabulary import read_table

__all__ = ["own_and_far", "territory"]


@cache
def territory(branch: str) -> frozenset[str]:
    """The muscles that a branch of the facial nerve moves, in the words of the anatomy."""
    rows = read_table(__package__, "territories.tsv")
    return frozenset(row["muscle"] for row in rows if row["branch"] == branch)


def own_and_far(
    channels: Sequence[Channel], branch: str, side: Side
) -> tuple[list[int], list[int]]:
    """The channels of muscles that a branch of one side supplies, and those of other muscles.

    Channels without a muscle are in neither.
    """
    muscles = territory(branch)
    own: list[int] = []
    far: list[int] = []
    for index, channel in enumerate(channels):
        if channel.site:
            is_own = channel.site in muscles and channel.side is side
            (own if is_own else far).append(index)
    return own, far
