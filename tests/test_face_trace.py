"""Resting level, noise and thresholds from known apertures and places of the mouth corner."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import xarray as xr
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.detect import detect
from hemifacial.face.geometry import FaceFixed
from hemifacial.face.judge import judge
from hemifacial.face.states import State
from hemifacial.face.trace import signals_of
from hemifacial.findings import Event
from hemifacial.landmarks import mesh
from hemifacial.landmarks.track import FaceTrack

Floats = NDArray[np.float64]
Movement = Callable[[Floats], Floats]

CRITERIA = FaceCriteria.read()
SIDES = (Side.RIGHT, Side.LEFT)


def still(times_s: Floats) -> Floats:
    return np.zeros_like(times_s)


def pull(onset_s: float, lasts_s: float, mm: float, rise_s: float = 0.05) -> Movement:
    def movement(times_s: Floats) -> Floats:
        up = np.clip((times_s - onset_s) / rise_s, 0, 1)
        down = np.clip((onset_s + lasts_s - times_s) / rise_s, 0, 1)
        return np.asarray(mm * (1 - np.cos(np.pi * np.minimum(up, down))) / 2)

    return movement


def recorded(
    seconds: float,
    *,
    eye: Movement = still,
    mouth: Movement = still,
    rate_hz: float = 30.0,
    mm_per_px: float = 0.3,
) -> xr.Dataset:
    """The right side moves, the left does not; white noise, as a good 1080p recording has it."""
    chance = np.random.default_rng(0)
    times_s = np.arange(0, seconds, 1 / rate_hz)
    aperture, corner = {}, {}
    for side in SIDES:
        moves = side is Side.RIGHT
        closed = eye(times_s) if moves else still(times_s)
        pulled = mouth(times_s) if moves else still(times_s)
        aperture[side] = 9 - closed + chance.normal(0, 0.05, times_s.size)
        grain = chance.normal(0, 0.08, (2, times_s.size))
        outwards = -1 if moves else 1
        corner[side] = outwards * (25 + pulled) + grain[0] + 1j * grain[1]
    signals = signals_of(
        times_s, aperture, corner, tremble_mm=0.02, mm_per_px=mm_per_px, criteria=CRITERIA
    )
    signals["state"] = ("time", np.zeros(times_s.size, dtype=np.int8))
    signals.attrs["duration_s"] = seconds
    return signals


def spasms(signals: xr.Dataset) -> list[Event]:
    return [event for event in detect(signals, CRITERIA) if event.family == "spasm"]


@pytest.mark.parametrize("lasts_s", [2.0, 6.0, 8.0, 12.0, 20.0])
@pytest.mark.parametrize("site", ["eye", "mouth"])
def test_long_contraction_is_one_tonic_spasm(site: str, lasts_s: float) -> None:
    found = spasms(recorded(60, **{site: pull(20, lasts_s, 6)}))
    assert len(found) == 1
    assert found[0].duration_s == pytest.approx(lasts_s, abs=0.07)
    assert found[0].side is Side.RIGHT


def test_contraction_that_is_there_from_the_start() -> None:
    (found,) = spasms(recorded(30, mouth=pull(-1, 7, 6)))
    assert (found.onset_s, found.offset_s) == (0.0, pytest.approx(6.0, abs=0.1))


def test_almost_constant_twitching_does_not_raise_its_own_threshold() -> None:
    def twitches(times_s: Floats) -> Floats:
        return np.sum([pull(1 + 0.36 * i, 0.2, 5)(times_s) for i in range(52)], axis=0)

    signals = recorded(20, mouth=twitches, rate_hz=60)
    assert signals["mouth_corner_excursion_right"].attrs["threshold"] == 1.5
    assert len(spasms(signals)) == 52


@pytest.mark.parametrize(("mm_per_px", "threshold_mm"), [(0.3, 1.5), (1.0, 1.5), (1.4, 2.1)])
def test_coarse_picture_raises_the_threshold(mm_per_px: float, threshold_mm: float) -> None:
    signals = recorded(20, mm_per_px=mm_per_px)
    assert signals["mouth_corner_excursion_left"].attrs["threshold"] == pytest.approx(threshold_mm)


def followed(
    times_s: Floats, *, person: Floats | None = None, acquired: tuple[int, ...] = (0,)
) -> FaceTrack:
    """A track of one shape, or of one shape a frame."""
    shape = np.random.default_rng(5).normal(size=(mesh.N_POINTS, 3)) * (60, 80, 30) + 300
    a, b = mesh.IRIS_WIDTH[Side.RIGHT]
    shape[b] = shape[a] + (20, 0, 0)
    a, b = mesh.IRIS_WIDTH[Side.LEFT]
    shape[b] = shape[a] + (20, 0, 0)
    shape[mesh.OUTER_CANTHUS[Side.RIGHT]] = (200, 300, 0)
    shape[mesh.OUTER_CANTHUS[Side.LEFT]] = (400, 300, 0)
    points = np.repeat(shape[np.newaxis], times_s.size, axis=0)
    if person is not None:
        other = np.random.default_rng(6).normal(size=shape.shape) * 12
        points = points + person[:, np.newaxis, np.newaxis] * other
    found_anew = np.zeros(times_s.size, dtype=bool)
    found_anew[list(acquired)] = True
    return FaceTrack(
        times_s=times_s,
        points_px=points[:, mesh.MEASURED].astype(np.float32),
        presence=np.ones(times_s.size, dtype=np.float32),
        acquired=found_anew,
        width_px=640,
        height_px=480,
        kept=mesh.MEASURED,
    )


def states(track: FaceTrack, rate_hz: float = 30.0) -> tuple[NDArray[np.int8], str]:
    judged = judge(track, FaceFixed(track, CRITERIA), rate_hz, CRITERIA)
    return judged.state, judged.reason


def test_face_that_is_another_person_is_not_judged() -> None:
    times_s = np.arange(0, 6, 1 / 30)
    person = (times_s >= 4).astype(float)
    state, reason = states(followed(times_s, person=person, acquired=(0, 120)))
    assert (state[:120] == State.JUDGED).all()
    assert (state[120:] == State.UNJUDGED).all()
    assert "Another face" in reason


def test_same_face_found_again_is_judged() -> None:
    times_s = np.arange(0, 6, 1 / 30)
    state, reason = states(followed(times_s, acquired=(0, 120)))
    assert (state == State.JUDGED).all()
    assert reason == ""


def test_part_with_too_low_a_frame_rate_is_not_judged() -> None:
    times_s = np.concatenate([np.arange(0, 10, 1 / 60), np.arange(10, 20, 1 / 8)])
    state, _ = states(followed(times_s), rate_hz=60.0)
    assert (state[times_s < 9] == State.JUDGED).all()
    assert (state[times_s > 11] == State.UNJUDGED).all()


def test_hole_in_the_recording_is_not_judged_around() -> None:
    times_s = np.concatenate([np.arange(0, 5, 1 / 30), np.arange(7, 12, 1 / 30)])
    state, _ = states(followed(times_s))
    beside = (np.abs(times_s - 5) < 0.15) | (np.abs(times_s - 7) < 0.15)
    assert (state[beside] == State.UNJUDGED).all()
    assert (state[np.abs(times_s - 6) > 1.5] == State.JUDGED).all()


def test_too_slow_a_recording_says_so() -> None:
    times_s = np.arange(0, 20, 1.0)
    state, reason = states(followed(times_s), rate_hz=1.0)
    assert (state == State.UNJUDGED).all()
    assert reason == "1.0 frames per second; at least 15 are needed."


def test_face_seen_too_briefly_is_not_judged() -> None:
    times_s = np.array([0.0, 1 / 30])
    state, reason = states(followed(times_s))
    assert (state == State.UNJUDGED).all()
    assert "too briefly" in reason
