"""Which moments the evidence stills show."""

from __future__ import annotations

from typing import Any

import pytest

from hemifacial.anatomy import Side
from hemifacial.face.stills import wanted_stills
from hemifacial.findings import Event


def put(name: str, kind: str, onset_s: float, lasts_s: float, **more: Any) -> Event:
    more.setdefault("side", Side.RIGHT if kind.startswith("spasm") else Side.BOTH)
    return Event(
        onset_s=onset_s, duration_s=lasts_s, event_id=name, trial_type=kind, sites=(), **more
    )


def rest_of(events: list[Event], duration_s: float) -> float | None:
    return next((at for at, name in wanted_stills(events, duration_s) if not name), None)


def test_rest_is_shown_from_within_the_phase_of_rest() -> None:
    events = [
        put("p0001", "phase", 0.0, 60.0, phase="rest"),
        put("e0001", "spasm_tonic", 0.0, 4.0, peak_time_s=2.0),
    ]
    at = rest_of(events, 60.0)
    assert at is not None
    assert 4.0 < at < 60.0


def test_rest_follows_the_only_event() -> None:
    assert rest_of([put("e0001", "closure_voluntary", 0.0, 3.0)], 20.0) == pytest.approx(3.5)


def test_where_nothing_is_at_rest_no_picture_says_it_is() -> None:
    assert rest_of([put("e0001", "expression", 0.0, 20.0)], 20.0) is None


def test_the_blink_that_is_shown_is_a_plain_one() -> None:
    events = [
        put("e0001", "blink_partial", 1.0, 0.2, peak_time_s=1.1, confidence=0.9),
        put("e0002", "blink_complete", 3.0, 0.2, peak_time_s=3.1, confidence=0.4),
        put("e0003", "blink_complete", 5.0, 0.2, peak_time_s=5.1, confidence=0.8),
    ]
    assert [name for _, name in wanted_stills(events, 10.0) if name] == ["e0003"]


def test_a_peak_at_the_first_frame_is_a_peak() -> None:
    events = [put("e0001", "spasm_tonic", 0.0, 2.0, peak_time_s=0.0, amplitude=4.0)]
    assert (0.0, "e0001") in wanted_stills(events, 10.0)
