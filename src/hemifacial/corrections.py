"""A person's corrections of events: what was changed, who did it, when and why.

A correction holds the event as it stood and as it should stand; nothing measured is
edited. `apply` is the only thing that turns measured events into reviewed ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from hemifacial.anatomy import Side
from hemifacial.findings import Event

__all__ = ["SAME_ONSET_S", "Action", "Correction", "Review", "apply", "mistake_in"]

SAME_ONSET_S = 0.1
"""Two onsets closer than this are the same event, as in `hemifacial.scoring`."""

_BEYOND_S = 1.0
"""An event may end this much after the stated duration: containers round it differently."""
_NOT_CORRECTABLE = ("gap", "phase")


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


def mistake_in(correction: Correction, recording_duration_s: float | None) -> str:
    """Why a correction cannot be of a recording this long, or an empty text.

    Its events lie within the recording and are of one family, which must be one that a
    person can judge: gaps and phases are not. A spasm has a side. `when` is ISO 8601, and
    every text can be written down.
    """
    try:
        datetime.fromisoformat(correction.when)
    except ValueError:
        return f"'when' is {correction.when!r}, not a date and time of ISO 8601"
    for name, text in (("who", correction.who), ("why", correction.why)):
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            return f"{name!r} holds half a character (a lone surrogate)"
    events = [event for event in (correction.before, correction.after) if event is not None]
    if len({event.family for event in events}) > 1:
        return f"a {events[0].family} cannot become a {events[1].family}"
    for event in events:
        if mistake := _mistake_of_event(event, recording_duration_s):
            return f"{event.event_id}: {mistake}"
    return ""


def _mistake_of_event(event: Event, recording_duration_s: float | None) -> str:
    if event.family in _NOT_CORRECTABLE:
        return f"{event.trial_type} cannot be corrected"
    if event.family == "spasm" and event.side is Side.NOT_APPLICABLE:
        return "a spasm is right, left or both"
    if event.onset_s < 0:
        return f"it begins at {event.onset_s:g} s, before the recording"
    if recording_duration_s is not None and event.offset_s > recording_duration_s + _BEYOND_S:
        return f"it ends at {event.offset_s:g} s, the recording lasts {recording_duration_s:g} s"
    return ""


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
