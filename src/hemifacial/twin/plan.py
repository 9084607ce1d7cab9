"""What is to be planted: a plan that makes sense, or a clear word why not."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from zlib import crc32

from hemifacial.anatomy import Side
from hemifacial.errors import UsageError
from hemifacial.findings import Event, spasm_type, trial_types
from hemifacial.twin.muscles import LID_MUSCLE, site_amplitudes_mm
from hemifacial.twin.profile import Course, profile_between, syllables_between

__all__ = ["FULL_CLOSURE", "SPEECH_SITES", "checked_plan", "moves", "profile_of"]

FULL_CLOSURE = ("blink_complete", "closure_voluntary")
"""Kinds whose amplitude may be left open: the lids meet, whatever the height of the eye."""

SPEECH_SITES = ("upper_lip", "mouth_corner", "chin", "jaw_line")
"""What a speaking mouth moves. Regions: the jaw has no muscle of the facial nerve."""

_PLANTABLE = ("spasm", "blink", "closure", "expression", "speech")
_BOTH_SIDES = ("blink", "closure", "expression", "speech")
_LIDS_ONLY = ("blink", "closure")


def profile_of(event: Event) -> Course:
    """How this event rises and falls; the syllables of speech follow from its name and onset."""
    if event.family == "speech":
        seed = crc32(f"{event.event_id} {event.onset_s:.6f}".encode())
        return syllables_between(event.onset_s, event.duration_s, seed)
    return profile_between(event.onset_s, event.duration_s)


def moves(event: Event) -> bool:
    """Whether an event moves the face itself; a burst only gathers its children."""
    return event.trial_type != "spasm_burst"


def checked_plan(plan: Sequence[Event], seconds: float) -> tuple[Event, ...]:
    """The plan in order of onset, with the peak times that the movements really have.

    `Event.peak_time_s` of the plan is not read: it follows from onset and duration.

    Raises
    ------
    UsageError
        Naming the event, for: a kind that cannot be planted or does not fit its duration or
        side, an unknown muscle, no size, a time outside the recording, one muscle moved by two
        events at once, a name used twice, a burst that does not span its children.
    """
    ordered = sorted(plan, key=lambda event: (event.onset_s, event.event_id))
    times = Counter(event.event_id for event in ordered)
    for event in ordered:
        if times[event.event_id] > 1:
            raise _refused(event, "the event_id is used twice", "Give every event its own name.")
        if moves(event):
            _check_event(event, seconds)
        else:
            _check_burst(event, ordered)
    _check_overlaps([event for event in ordered if moves(event)])
    return tuple(
        replace(event, peak_time_s=profile_of(event).peak_s) if moves(event) else event
        for event in ordered
    )


def _check_event(event: Event, seconds: float) -> None:
    kind = trial_types()[event.trial_type]
    if kind.family not in _PLANTABLE:
        raise _refused(
            event,
            f"{event.trial_type} cannot be planted in a face",
            "Plant spasms, blinks, closures, expressions and speech.",
        )
    if kind.family in _BOTH_SIDES and event.side is not Side.BOTH:
        raise _refused(event, f"{event.trial_type} on {event.side.value}", "Give the side as both.")
    if kind.family == "spasm" and event.side not in (Side.RIGHT, Side.LEFT):
        raise _refused(event, f"a spasm on {event.side.value}", "Give the side as right or left.")
    if event.duration_s <= 0:
        raise _refused(event, "it lasts 0 s", "Give it a duration.")
    if kind.family == "spasm" and event.trial_type != spasm_type(event.duration_s):
        wanted = spasm_type(event.duration_s)
        raise _refused(
            event, f"{event.duration_s:g} s is not {event.trial_type}", f"Call it {wanted}."
        )
    _check_size(event)
    profile = profile_of(event)
    if profile.start_s < 0 or profile.stop_s > seconds:
        raise _refused(
            event,
            f"it moves from {profile.start_s:.2f} to {profile.stop_s:.2f} s, "
            f"the recording lasts from 0 to {seconds:.2f} s",
            "Move the event, or make the recording longer.",
        )


def _check_size(event: Event) -> None:
    kind = trial_types()[event.trial_type]
    if kind.family in _LIDS_ONLY and event.sites != (LID_MUSCLE,):
        raise _refused(event, f"{event.trial_type} is of {LID_MUSCLE} alone", "Correct its sites.")
    if kind.family == "speech" and event.sites != SPEECH_SITES:
        raise _refused(
            event, "speech moves other sites", "Give it " + ", ".join(SPEECH_SITES) + "."
        )
    if kind.family != "speech":
        site_amplitudes_mm(event.sites, 1.0)
    if event.amplitude is None:
        if event.trial_type not in FULL_CLOSURE:
            raise _refused(event, "it has no amplitude", "Give the amplitude in mm.")
    elif event.amplitude_unit != "mm" or not event.amplitude > 0:
        given = f"{event.amplitude:g} {event.amplitude_unit}".strip()
        raise _refused(event, f"its amplitude is {given}", "Give a positive amplitude in mm.")


def _check_burst(burst: Event, plan: Sequence[Event]) -> None:
    children = [event for event in plan if event.parent_id == burst.event_id]
    early = 1e-6  # Times in a table are rounded to the microsecond.
    if not children or any(
        child.side is not burst.side
        or child.onset_s < burst.onset_s - early
        or child.offset_s > burst.offset_s + early
        for child in children
    ):
        raise _refused(
            burst,
            "a burst must span the clonic spasms that name it as parent_id, on its side",
            "Correct the burst or its children.",
        )


def _check_overlaps(events: Sequence[Event]) -> None:
    # In order of onset: whoever stops last on a muscle is the only one to look at.
    latest: dict[tuple[str, Side], tuple[float, Event]] = {}
    for event in events:
        sides = (Side.RIGHT, Side.LEFT) if event.side is Side.BOTH else (event.side,)
        course = profile_of(event)
        for key in ((site, side) for site in event.sites for side in sides):
            stop_s, earlier = latest.get(key, (-math.inf, event))
            if stop_s > course.start_s:
                raise _refused(
                    event,
                    f"{key[0]} on the {key[1].value} is still moving in {earlier.event_id}, "
                    f"which ends at {stop_s:.2f} s",
                    "Move one of the two events.",
                )
            latest[key] = (course.stop_s, event)


def _refused(event: Event, problem: str, next_step: str) -> UsageError:
    return UsageError(
        f"plan, event {event.event_id} at {event.onset_s:g} s: {problem}", next_step=next_step
    )
