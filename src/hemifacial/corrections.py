"""A person's corrections of events: what was changed, who did it, when and why.

A correction holds the event as it stood and as it should stand; nothing measured is
edited. `apply` is the only thing that turns measured events into reviewed ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from hemifacial.findings import Event

__all__ = ["SAME_ONSET_S", "Action", "Correction", "Review", "apply"]

SAME_ONSET_S = 0.1
"""Two onsets closer than this are the same event, as in `hemifacial.scoring`."""


class Action(StrEnum):
    """What a person did to an event."""

    REJECT = "reject"
    RE_SIDE = "re-side"
    MOVE = "move"
    ADD = "add"


@dataclass(frozen=True, kw_only=True)
class Correction:
    """One signed line of `review.json`.

    `before` is the event as the reader saw it (None for an added one), `after` as it
    should be (None for a rejected one). `when` is ISO 8601 with its offset.
    """

    action: Action
    before: Event | None
    after: Event | None
    who: str
    when: str
    why: str = ""

    def __post_init__(self) -> None:
        if (self.before is None) is not (self.action is Action.ADD):
            raise ValueError(f"{self.action}: 'before' must be given, except when adding")
        if (self.after is None) is not (self.action is Action.REJECT):
            raise ValueError(f"{self.action}: 'after' must be given, except when rejecting")
        if not self.who.strip():
            raise ValueError(f"{self.action}: a correction is signed; 'who' is empty")


@dataclass(frozen=True, kw_only=True)
class Review:
    """Events after the corrections, and which corrections found their event."""

    events: tuple[Event, ...]
    applied: tuple[Correction, ...]
    not_applied: tuple[Correction, ...]


def apply(events: Iterable[Event], corrections: Iterable[Correction]) -> Review:
    """The events as corrected, in order of onset.

    Corrections are taken in their order, each seeing what the earlier ones left. One
    whose event is no longer there (a newer version measured something else) is
    returned in `not_applied`, never dropped in silence. So is one of a burst: bursts are
    made from their events each time, so that it could change nothing; correct the events.
    """
    standing = list(events)
    applied: list[Correction] = []
    not_applied: list[Correction] = []
    for correction in corrections:
        place = None if _is_of_a_burst(correction) else _place_of(correction.before, standing)
        if place is None:
            not_applied.append(correction)
            continue
        standing[place : place + 1] = _standing_after(correction, standing, place)
        applied.append(correction)
    standing.sort(key=lambda event: (event.onset_s, event.event_id))
    return Review(events=tuple(standing), applied=tuple(applied), not_applied=tuple(not_applied))


def _is_of_a_burst(correction: Correction) -> bool:
    events = (correction.before, correction.after)
    return any(event is not None and event.family == "burst" for event in events)


def _standing_after(correction: Correction, standing: list[Event], place: int) -> list[Event]:
    if correction.after is None:
        return []
    if correction.before is None:
        taken = {event.event_id for event in standing}
        return [replace(correction.after, event_id=_free_id(correction.after.event_id, taken))]
    return [replace(correction.after, event_id=standing[place].event_id)]


def _free_id(wanted: str, taken: set[str]) -> str:
    number, free = 2, wanted
    while free in taken:
        free, number = f"{wanted}.{number}", number + 1
    return free


def _place_of(event: Event | None, standing: list[Event]) -> int | None:
    """Where the event that the reader saw stands now; at the end if it is a new one.

    Family, side and onset (within `SAME_ONSET_S`) must be those that the reader saw, whatever
    its name: names are given anew by each measurement. Of several, the one of its name is
    taken, else the nearest.
    """
    if event is None:
        return len(standing)
    near = [
        (standing[i].event_id != event.event_id, abs(standing[i].onset_s - event.onset_s), i)
        for i in range(len(standing))
        if standing[i].family == event.family
        and standing[i].side == event.side
        and abs(standing[i].onset_s - event.onset_s) <= SAME_ONSET_S
    ]
    return min(near)[2] if near else None
