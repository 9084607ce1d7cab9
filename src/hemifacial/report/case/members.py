"""The series of one strip of a timeline: which is whose, with its shape and colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from hemifacial.anatomy import SIDES, Side
from hemifacial.case.points import Point
from hemifacial.case.timeline import Series
from hemifacial.report.case.marks import INKS, SHAPES
from hemifacial.report.words import sites_label

__all__ = ["Member", "members_of"]


@dataclass(frozen=True, kw_only=True)
class Member:
    """A series of a strip with its shape and colour; `label` tells it from the others."""

    label: str
    shape: str
    ink: str
    points: tuple[Point, ...]


def _joined(series: Sequence[Series]) -> list[Series]:
    """Series of one side and place as one; without a side they join the only one that has it."""
    sides = {one.side for one in series if one.side in SIDES}
    (only,) = sides if len(sides) == 1 else (Side.NOT_APPLICABLE,)
    found: dict[tuple[Side, tuple[str, ...]], list[Point]] = {}
    for one in series:
        side = only if one.side is Side.NOT_APPLICABLE else one.side
        found.setdefault((side, one.sites), []).extend(one.points)
    return [
        replace(series[0], side=side, sites=sites,
                points=tuple(sorted(points, key=lambda point: (point.day, point.entry))))
        for (side, sites), points in found.items()
    ]  # fmt: skip


def members_of(series: Sequence[Series]) -> tuple[Member, ...]:
    """The series of one strip; the patient's right is always the circle, the left the square."""
    return tuple(_members(_joined(series)))


def _members(series: Sequence[Series]) -> list[Member]:
    found: list[Member] = []
    taken = [one.side for one in series if one.side in SIDES]
    by_side = len(set(taken)) == len(taken) == len(series)
    for one in sorted(series, key=lambda one: list(Side).index(one.side)):
        # Series that differ by more than their side are drawn below each other, each by itself.
        place = SIDES.index(one.side) if one.side in SIDES else 0 if by_side else len(found)
        found.append(
            Member(
                label=_whose(one),
                shape=SHAPES[place % len(SHAPES)],
                ink=INKS[place % len(INKS)],
                points=one.points,
            )
        )
    return found


def _whose(series: Series) -> str:
    side = {Side.NOT_APPLICABLE: "", Side.BOTH: "both sides"}.get(series.side, series.side.value)
    sites = (sites_label(series.sites[:-1]), sites_label(series.sites[-1:]))
    where = " to ".join(filter(None, sites)).replace(" of the facial nerve", "")
    if series.quantity.startswith("lateral_spread") and not where:
        where = "as entered with the operation"
    return ", ".join(filter(None, (side, where)))
