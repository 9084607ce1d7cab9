"""Corrections: what a person signs changes the events, and nothing is dropped in silence."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemifacial.anatomy import Side
from hemifacial.corrections import Action, Correction, apply, mistake_in
from hemifacial.findings import Event
from results import event
from results import events as any_event

SIGNED = {"who": "Dr Example", "when": "2026-11-22T14:00:00+00:00"}


def reject(before: Event) -> Correction:
    return Correction(action=Action.REJECT, before=before, after=None, **SIGNED)


def change(action: Action, before: Event, **details: object) -> Correction:
    return Correction(action=action, before=before, after=replace(before, **details), **SIGNED)


def add(after: Event) -> Correction:
    return Correction(action=Action.ADD, before=None, after=after, **SIGNED)


def test_rejected_event_is_gone() -> None:
    one, two = event("e0001"), event("e0002", onset_s=3.0)
    assert apply([one, two], [reject(one)]).events == (two,)


def test_event_changes_side() -> None:
    one = event()
    (after,) = apply([one], [change(Action.RE_SIDE, one, side=Side.LEFT)]).events
    assert after == replace(one, side=Side.LEFT)


def test_event_moves_and_the_order_follows() -> None:
    one, two = event("e0001"), event("e0002", onset_s=3.0)
    review = apply([one, two], [change(Action.MOVE, one, onset_s=5.0)])
    assert [e.event_id for e in review.events] == ["e0002", "e0001"]


def test_added_event_gets_a_name_of_its_own() -> None:
    one = event("e0001")
    review = apply([one], [add(event("e0001", onset_s=4.0)), add(event("e0001", onset_s=5.0))])
    assert [e.event_id for e in review.events] == ["e0001", "e0001.2", "e0001.3"]


def test_later_correction_sees_what_the_earlier_left() -> None:
    one = event()
    moved = replace(one, onset_s=9.0)
    lines = [change(Action.MOVE, one, onset_s=9.0), reject(moved)]
    review = apply([one], lines)
    assert review.events == ()
    assert review.applied == tuple(lines)


def test_rejection_can_be_taken_back_by_adding() -> None:
    one = event()
    assert apply([one], [reject(one), add(one)]).events == (one,)


def test_event_of_another_version_is_found_by_time_kind_and_side() -> None:
    seen = event("e0001")
    now = event("e0007", onset_s=1.05)
    assert apply([now], [reject(seen)]).events == ()


@pytest.mark.parametrize(
    "now",
    [
        event("e0001", onset_s=1.2),
        event("e0001", side=Side.LEFT),
        event("e0001", trial_type="blink_complete"),
    ],
    ids=["elsewhere", "other side", "other kind"],
)
def test_correction_without_its_event_is_said(now: Event) -> None:
    line = reject(event("e0001"))
    review = apply([now], [line])
    assert review.events == (now,)
    assert review.applied == ()
    assert review.not_applied == (line,)


def test_name_decides_between_near_events() -> None:
    near, named = event("e0001", onset_s=1.0), event("e0002", onset_s=1.09)
    seen = replace(named, onset_s=1.01)
    assert apply([near, named], [reject(seen)]).events == (near,)


@pytest.mark.parametrize(
    ("action", "before", "after"),
    [
        (Action.REJECT, None, None),
        (Action.REJECT, event(), event()),
        (Action.ADD, event(), event()),
        (Action.MOVE, event(), None),
        (Action.RE_SIDE, None, event()),
    ],
)
def test_correction_is_whole(action: Action, before: Event | None, after: Event | None) -> None:
    with pytest.raises(ValueError, match="must be given, except"):
        Correction(action=action, before=before, after=after, **SIGNED)


def test_correction_is_signed() -> None:
    with pytest.raises(ValueError, match="a correction is signed"):
        Correction(action=Action.ADD, before=None, after=event(), who=" ", when="2026-11-22")


def test_a_burst_is_made_from_its_events_and_cannot_be_corrected() -> None:
    burst = event("b0001", trial_type="spasm_burst", duration_s=1.0)
    lines = (reject(burst), change(Action.RE_SIDE, burst, side=Side.LEFT), add(burst))
    review = apply([burst], lines)
    assert (review.events, review.applied, review.not_applied) == ((burst,), (), lines)


@given(st.lists(any_event, max_size=6, unique_by=lambda e: e.event_id))
def test_no_corrections_change_nothing_but_the_order(events: list[Event]) -> None:
    review = apply(events, [])
    assert sorted(review.events, key=lambda e: e.event_id) == sorted(
        events, key=lambda e: e.event_id
    )


@given(st.lists(any_event, min_size=1, max_size=6, unique_by=lambda e: e.event_id), st.data())
def test_every_event_can_be_rejected_and_taken_back(
    events: list[Event], data: st.DataObject
) -> None:
    chosen = data.draw(st.sampled_from(events))
    if chosen.family == "burst":
        assert apply(events, [reject(chosen)]).not_applied == (reject(chosen),)
        return
    assert chosen not in apply(events, [reject(chosen)]).events
    assert chosen in apply(events, [reject(chosen), add(chosen)]).events


@pytest.mark.parametrize(
    ("line", "mistake"),
    [
        (add(event(onset_s=59.0, duration_s=2.5)), "ends at 61.5 s, the recording lasts 60 s"),
        (add(event(onset_s=-0.1)), "before the recording"),
        (add(event(trial_type="no_face", side=Side.NOT_APPLICABLE)), "no_face cannot be corrected"),
        (reject(event(trial_type="phase", side=Side.NOT_APPLICABLE)), "phase cannot be corrected"),
        (add(event(side=Side.NOT_APPLICABLE)), "a spasm is right, left or both"),
        (
            change(Action.MOVE, event(), trial_type="blink_complete"),
            "a spasm cannot become a blink",
        ),
        (replace(add(event()), when="last Tuesday"), "'when' is 'last Tuesday'"),
        (replace(add(event()), why="\ud800"), "'why' holds half a character"),
        (replace(add(event()), who="A\udfff"), "'who' holds half a character"),
    ],
)
def test_a_correction_that_cannot_be_of_the_recording_is_named(
    line: Correction, mistake: str
) -> None:
    assert mistake in mistake_in(line, 60.0)


def test_a_correction_may_end_a_second_late_and_change_the_kind_of_spasm() -> None:
    late = change(Action.MOVE, event(), onset_s=59.5, duration_s=1.4, trial_type="spasm_tonic")
    assert mistake_in(late, 60.0) == ""
    assert mistake_in(replace(late, when="2026-11-22T14:00:00Z"), None) == ""
