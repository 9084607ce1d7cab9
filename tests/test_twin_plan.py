"""What is to be planted: times, sizes and kinds, before any face is seen."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hemifacial.anatomy import Kind, Side, structure
from hemifacial.errors import UsageError
from hemifacial.findings import Event, spasm_type
from hemifacial.landmarks.mesh import MIRROR, N_POINTS
from hemifacial.twin.camera import Camera, Noise, Sway
from hemifacial.twin.default_plan import default_plan
from hemifacial.twin.muscles import LID_MUSCLE, muscles, site_amplitudes_mm
from hemifacial.twin.plan import SPEECH_SITES, checked_plan, moves, profile_of
from hemifacial.twin.profile import profile_between

DURATIONS = st.floats(0.02, 30)
ONSETS = st.floats(0, 600)


def spasm(onset_s: float = 1.0, duration_s: float = 0.2, **changes: object) -> Event:
    event = Event(
        onset_s=onset_s,
        duration_s=duration_s,
        event_id=f"at{onset_s:g}",
        trial_type=spasm_type(duration_s),
        side=Side.RIGHT,
        sites=(LID_MUSCLE, "zygomaticus_major"),
        amplitude=3.0,
        amplitude_unit="mm",
    )
    return replace(event, **changes)  # type: ignore[arg-type]


def blink(onset_s: float = 1.0, **changes: object) -> Event:
    event = Event(
        onset_s=onset_s,
        duration_s=0.25,
        event_id=f"blink{onset_s:g}",
        trial_type="blink_complete",
        side=Side.BOTH,
        sites=(LID_MUSCLE,),
    )
    return replace(event, **changes)  # type: ignore[arg-type]


# --- The course in time ---------------------------------------------------------------------


@settings(deadline=None)
@given(onset_s=ONSETS, duration_s=DURATIONS)
def test_onset_and_offset_are_the_crossings_of_a_tenth_of_the_peak(
    onset_s: float, duration_s: float
) -> None:
    profile = profile_between(onset_s, duration_s)
    assert profile.level([onset_s, onset_s + duration_s]) == pytest.approx(0.1, abs=1e-7)
    assert profile.level(profile.peak_s) == pytest.approx(1)
    nearby = 1e-4 * duration_s
    before, within = profile.level([onset_s - nearby, onset_s + nearby])
    assert before < 0.1 < within
    within, after = profile.level(onset_s + duration_s + np.array([-nearby, nearby]))
    assert after < 0.1 < within


@settings(deadline=None)
@given(duration_s=DURATIONS)
def test_the_course_rises_once_and_falls_once_between_start_and_stop(duration_s: float) -> None:
    profile = profile_between(1.0, duration_s)
    times_s = np.linspace(profile.start_s, profile.stop_s, 201)
    level = profile.level(times_s)
    steps = np.diff(level)
    assert level[0] == pytest.approx(0, abs=1e-9)
    assert level[-1] == pytest.approx(0, abs=1e-9)
    assert not profile.level([profile.start_s - 1, profile.stop_s + 1]).any()
    assert (steps[times_s[1:] <= profile.peak_s] >= -1e-12).all()
    assert (steps[times_s[:-1] >= profile.peak_s] <= 1e-12).all()


def test_a_short_movement_has_no_plateau_and_a_long_one_starts_as_briskly() -> None:
    blink_s, tonic_s = profile_between(0, 0.25), profile_between(0, 3.0)
    assert blink_s.hold_s == pytest.approx(0, abs=1e-12)
    assert blink_s.peak_s == pytest.approx(0.35 * 0.25)
    assert tonic_s.hold_s > 2
    assert tonic_s.rise_s == 0.15


@pytest.mark.parametrize("duration_s", [0.0, -1.0, float("nan")])
def test_a_movement_lasts(duration_s: float) -> None:
    with pytest.raises(ValueError, match="cannot last"):
        profile_between(0, duration_s)


# --- The default plan -----------------------------------------------------------------------


@settings(deadline=None, max_examples=40)
@given(
    seconds=st.floats(6, 120),
    seed=st.integers(0, 2**32),
    side=st.sampled_from([Side.RIGHT, Side.LEFT]),
    smallest_mm=st.floats(0.5, 4),
)
def test_the_default_plan_always_makes_sense(
    seconds: float, seed: int, side: Side, smallest_mm: float
) -> None:
    plan = default_plan(seconds, seed, side=side, smallest_mm=smallest_mm)
    assert [event.event_id for event in checked_plan(plan, seconds)]
    for event in plan:
        if event.family in ("spasm", "burst"):
            assert event.side is side
            assert smallest_mm - 0.01 <= (event.amplitude or 0) <= 1.8 * smallest_mm + 0.01
        else:
            assert event.family == "blink"
            assert event.side is Side.BOTH


def test_half_a_minute_holds_every_kind_and_pauses_between_them() -> None:
    plan = default_plan(30, seed=5)
    kinds = {event.trial_type for event in plan}
    assert kinds == {
        "spasm_clonic",
        "spasm_prolonged",
        "spasm_tonic",
        "spasm_burst",
        "blink_complete",
        "blink_partial",
    }
    top = sorted((e for e in plan if not e.parent_id), key=lambda event: event.onset_s)
    pauses = [later.onset_s - earlier.offset_s for earlier, later in pairwise(top)]
    assert min(pauses) >= 0.59


def test_the_seed_decides_the_plan() -> None:
    assert default_plan(20, seed=3) == default_plan(20, seed=3)
    assert default_plan(20, seed=3) != default_plan(20, seed=4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seconds": 20, "side": Side.BOTH}, "spasms are planted on one side, not on 'both'"),
        ({"seconds": 20, "smallest_mm": 0.0}, "spasms of 0 mm cannot be planted"),
        ({"seconds": 1}, "1 s are too short"),
    ],
)
def test_a_default_plan_that_cannot_be_is_refused(
    arguments: dict[str, float], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        default_plan(**arguments, seed=0)  # type: ignore[arg-type]


# --- A plan of one's own --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plan", "message"),
    [
        ([spasm(1.0), spasm(1.1)], "is still moving in at1, which ends at 1.2"),
        ([blink(1.0), spasm(1.2)], "orbicularis_oculi on the right is still moving in blink1"),
        ([spasm(9.9)], "it moves from 9.88 to 10.13 s, the recording lasts from 0 to 10.00 s"),
        ([spasm(0.0)], "it moves from -0.02 to"),
        ([spasm(), spasm(3.0, event_id="at1")], "event at1 at 1 s: the event_id is used twice"),
        ([spasm(side=Side.BOTH)], "a spasm on both"),
        ([spasm(side=Side.NOT_APPLICABLE)], "a spasm on n/a"),
        ([blink(side=Side.LEFT)], "blink_complete on left"),
        ([blink(sites=("zygomaticus_major",))], "blink_complete is of orbicularis_oculi alone"),
        ([spasm(duration_s=2.0, trial_type="spasm_clonic")], "2 s is not spasm_clonic"),
        ([spasm(trial_type="artefact")], "artefact cannot be planted in a face"),
        ([spasm(trial_type="speech", side=Side.BOTH)], "speech moves other sites"),
        ([spasm(trial_type="speech", sites=SPEECH_SITES)], "speech on right"),
        ([spasm(amplitude=None)], "it has no amplitude"),
        ([spasm(amplitude=-1.0)], "its amplitude is -1 mm"),
        ([spasm(amplitude_unit="px")], "its amplitude is 3 px"),
        ([spasm(sites=("masseter",))], "no movement of the face is known here for masseter"),
        ([spasm(sites=("mouth_corner",))], "known here for mouth_corner"),
        ([spasm(sites=())], "known here for an event without sites"),
        ([blink(duration_s=0.0)], "it lasts 0 s"),
        ([spasm(trial_type="spasm_burst")], "a burst must span the clonic spasms"),
        (
            [
                spasm(1.0, duration_s=0.5, trial_type="spasm_burst", event_id="b"),
                spasm(1.4, parent_id="b"),
            ],
            "a burst must span the clonic spasms",
        ),
    ],
)
def test_a_plan_that_makes_no_sense_is_refused(plan: list[Event], message: str) -> None:
    with pytest.raises(UsageError, match=message) as refusal:
        checked_plan(plan, seconds=10.0)
    assert refusal.value.next_step


def test_one_muscle_may_move_on_each_side_and_two_muscles_at_once() -> None:
    plan = [spasm(1.0), spasm(1.05, side=Side.LEFT), spasm(1.1, sites=("mentalis",))]
    assert len(checked_plan(plan, seconds=10.0)) == 3


def test_the_peak_time_is_that_of_the_movement_whatever_the_plan_said() -> None:
    (event,) = checked_plan([spasm(duration_s=0.2, peak_time_s=1.19)], seconds=10)
    assert event.peak_time_s == pytest.approx(1.07)
    assert profile_of(event).level(event.peak_time_s) == pytest.approx(1)


def test_a_burst_itself_does_not_move_the_face() -> None:
    assert not moves(spasm(trial_type="spasm_burst"))
    assert moves(spasm())


# --- Muscles --------------------------------------------------------------------------------


def test_every_muscle_of_the_table_is_one_of_the_facial_nerve_that_the_anatomy_knows() -> None:
    assert len(muscles()) >= 12
    for word, muscle in muscles().items():
        assert structure(word).kind is Kind.MUSCLE
        assert "trigeminal" not in structure(word).label
        assert 0 < muscle.share <= 1
        for pull in muscle.pulls:
            assert 0 <= pull.point_right < N_POINTS
            assert MIRROR[pull.point_right] != pull.point_right, "on the midline it has no side"
            assert np.hypot(pull.lateral, pull.up) == pytest.approx(1)
            assert pull.gain > 0


def test_the_strongest_muscle_of_an_event_gets_its_amplitude() -> None:
    sizes_mm = site_amplitudes_mm(("mentalis", "zygomaticus_major", "platysma"), 5.0)
    assert sizes_mm["zygomaticus_major"] == 5.0
    assert 0 < sizes_mm["mentalis"] < 5.0
    assert site_amplitudes_mm(("mentalis",), 2.0) == {"mentalis": 2.0}


# --- The camera -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value", "limits"),
    [
        ("rate_hz", 0.0, "1 to 240"),
        ("seconds", 1e5, "0.1 to 3600"),
        ("sway_mm", -1.0, "0 to 15"),
        ("noise_sd", 90.0, "0 to 40"),
        ("crf", 60, "0 to 51"),
        ("height_px", 10, "64 to 2160"),
        ("seconds", float("nan"), "0.1 to 3600"),
    ],
)
def test_a_camera_beyond_its_limits_is_refused(name: str, value: float, limits: str) -> None:
    with pytest.raises(
        UsageError, match=f"{name} is {value:g}, it can be {limits}".replace("+", ".")
    ):
        Camera(**{name: value})  # type: ignore[arg-type]


def test_the_head_sways_by_what_the_camera_says_and_slowly() -> None:
    sway = Sway(Camera(sway_mm=2.0, sway_deg=1.0, seed=1))
    times_s = np.arange(0, 600, 0.1)
    right_mm = np.array([sway.at(t).right_mm for t in times_s])
    tilt_deg = np.array([sway.at(t).tilt_deg for t in times_s])
    assert right_mm.std() == pytest.approx(2.0, rel=0.1)
    assert tilt_deg.std() == pytest.approx(1.0, rel=0.1)
    # A 100 ms twitch of 3 mm moves at 60 mm/s: sway must be far from that.
    assert np.abs(np.diff(right_mm)).max() / 0.1 < 12


def test_the_sway_is_a_function_of_time_and_seed_alone() -> None:
    slow, fast = Sway(Camera(rate_hz=10, seed=4)), Sway(Camera(rate_hz=60, seed=4))
    assert slow.at(3.7) == fast.at(3.7)
    assert slow.at(3.7) != Sway(Camera(seed=5)).at(3.7)


def test_noise_has_its_size_and_is_new_in_every_frame() -> None:
    grey = np.full((120, 160, 3), 128, dtype=np.uint8)
    noise = Noise(Camera(noise_sd=4.0, seed=2), (120, 160))
    frames = np.stack([noise.added_to(grey) for _ in range(40)]).astype(float) - 128
    assert frames.std() == pytest.approx(4.0, rel=0.03)
    assert abs(frames.mean()) < 0.1
    following = (frames[1:] * frames[:-1]).mean() / frames.var()
    assert abs(following) < 0.03
    assert Noise(Camera(noise_sd=0), (120, 160)).added_to(grey) is grey
