"""What a page draws of sessions on the map of the face; nothing is summed over products."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from statistics import fmean

from hemifacial.anatomy import Side
from hemifacial.care.toxin.dose import ToxinDose, total
from hemifacial.care.toxin.session import Injection, Session
from hemifacial.care.toxin.sites import map_point, place_of
from hemifacial.care.toxin.tables import ToxinTables

__all__ = ["Given", "MapSpot", "last_sessions_map", "session_map"]


@dataclass(frozen=True, kw_only=True)
class Given:
    """What one session gave at a spot."""

    happened_on: date
    dose: ToxinDose[str]
    punctures: int


@dataclass(frozen=True, kw_only=True)
class MapSpot:
    """One muscle, side and position with what one product gave there.

    `x` and `y` are fractions of the map, None where neither a point nor a place is known. `place`
    is a word of ``places.tsv`` or empty.
    """

    product: str
    muscle: str
    side: Side
    place: str
    label: str
    x: float | None
    y: float | None
    given: tuple[Given, ...]

    @property
    def dose(self) -> ToxinDose[str]:
        """The sum over the sessions, of this one product."""
        return total((one.dose for one in self.given), self.product)


def session_map(session: Session, tables: ToxinTables | None = None) -> tuple[MapSpot, ...]:
    """The spots of one session, in the order of its injections."""
    return _spots([session], tables or ToxinTables.read())


def last_sessions_map(
    sessions: Sequence[Session], tables: ToxinTables | None = None
) -> tuple[MapSpot, ...]:
    """The spots of the last sessions (`last_sessions` of the criteria), earliest first."""
    known = tables or ToxinTables.read()
    count = int(known.criteria["last_sessions"].value)
    return _spots(sorted(sessions, key=lambda one: one.happened_on)[-count:], known)


_Key = tuple[str, str, Side, str, tuple[int, int] | None]


def _spots(sessions: Sequence[Session], tables: ToxinTables) -> tuple[MapSpot, ...]:
    members: dict[_Key, list[tuple[int, Injection]]] = {}
    for number, session in enumerate(sessions):
        for injection in session.injections:
            members.setdefault(_key(injection, tables), []).append((number, injection))
    days = [session.happened_on for session in sessions]
    return tuple(_spot(key, some, days, tables) for key, some in members.items())


def _key(injection: Injection, tables: ToxinTables) -> _Key:
    """What two injections share that lie on one spot."""
    place = place_of(injection, tables)
    word = place.word if place else injection.place
    square = None
    if not word and injection.x is not None and injection.y is not None:
        width = tables.criteria["grid_share"].value
        square = (int(injection.x / width), int(injection.y / width))
    return injection.dose.product, injection.muscle, injection.side, word, square


def _spot(
    key: _Key, some: list[tuple[int, Injection]], days: list[date], tables: ToxinTables
) -> MapSpot:
    product, muscle, side, word, _ = key
    place = tables.places.get(word)
    points = [(one.x, one.y) for _, one in some if one.x is not None and one.y is not None]
    if not points and place is not None:
        points = [map_point(place, side)]
    by_session: dict[int, list[Injection]] = {}
    for number, injection in some:
        by_session.setdefault(number, []).append(injection)
    return MapSpot(
        product=product,
        muscle=muscle,
        side=side,
        place=word,
        label=place.label if place else "",
        x=fmean(x for x, _ in points) if points else None,
        y=fmean(y for _, y in points) if points else None,
        given=tuple(
            Given(
                happened_on=days[number],
                dose=total((one.dose for one in of_one), product),
                punctures=len(of_one),
            )
            for number, of_one in by_session.items()
        ),
    )
