"""Signals, their noise and thresholds from known movements of lids, mesh and skin."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.detect import detect
from hemifacial.face.following.follow import Followed
from hemifacial.face.following.lids import LIDS
from hemifacial.face.following.skin import CANTHAL_DISTANCE_PX
from hemifacial.face.geometry import FaceFixed
from hemifacial.face.judge import judge
from hemifacial.face.regions import EYELIDS, PATCH_POINTS, PATCHES, REGIONS, signal_of
from hemifacial.face.states import State
from hemifacial.face.trace import Measured, signals_of, trace
from hemifacial.findings import Event
from hemifacial.landmarks import mesh
from hemifacial.landmarks.track import FaceTrack

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
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
    grain_mm: float = 0.08,
    tremble_mm: float = 0.02,
    pulled: str = "mouth_corner",
) -> xr.Dataset:
    """The right side moves, the left does not; white noise, as a good 1080p recording has it.

    `mouth` says how the region `pulled`, the only one but the lids, moves outwards.
    """
    chance = np.random.default_rng(0)
    times_s = np.arange(0, seconds, 1 / rate_hz)
    aperture = {
        side: 9
        - (eye if side is Side.RIGHT else still)(times_s)
        + chance.normal(0, 0.05, times_s.size)
        for side in SIDES
    }
    moved: dict[tuple[str, Side], Complexes] = {}
    for side in SIDES:
        grain = chance.normal(0, grain_mm, (2, times_s.size))
        outwards = -1 if side is Side.RIGHT else 1
        way = mouth if side is Side.RIGHT else still
        moved[pulled, side] = outwards * (25 + way(times_s)) + grain[0] + 1j * grain[1]
    signals = signals_of(
        Measured(times_s=times_s, aperture_mm=aperture, moved_mm=moved),
        tremble_mm=tremble_mm,
        mm_per_px=mm_per_px,
        criteria=CRITERIA,
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
    called_from_mm = signals["mouth_corner_excursion_right"].attrs["threshold"]
    # At most 8 times 8 times the tremble of 0.02 mm, which no twitching raises.
    assert called_from_mm == pytest.approx(max(1.28, CRITERIA["smallest_mouth_corner_mm"]))
    assert len(spasms(signals)) == 52


@pytest.mark.parametrize("site", [site for site in REGIONS if site != EYELIDS])
def test_every_region_of_the_skin_is_measured_alike(site: str) -> None:
    signals = recorded(20, mouth=pull(8, 0.3, 3), rate_hz=60, pulled=site)
    (found,) = spasms(signals)
    assert (found.side, found.sites, found.trial_type) == (Side.RIGHT, (site,), "spasm_clonic")
    assert found.amplitude == pytest.approx(3, abs=0.25)


@pytest.mark.parametrize("site", REGIONS)
def test_every_signal_says_its_noise_its_threshold_and_what_it_could_miss(site: str) -> None:
    skin = "mouth_corner" if site == EYELIDS else site
    for grain_mm in (0.05, 0.25):
        signals = recorded(
            20, rate_hz=60, grain_mm=grain_mm, tremble_mm=max(0.02, grain_mm / 4), pulled=skin
        )
        for side in SIDES:
            said = signals[signal_of(site, side)].attrs
            smallest_mm = CRITERIA[f"smallest_{site}_mm"]
            assert (said["unit"], said["side"], said["site"]) == ("mm", str(side), site)
            if site == EYELIDS:
                assert said["noise_floor"] == pytest.approx(0.05, rel=0.3)
                assert said["threshold"] == smallest_mm
            else:
                assert said["noise_floor"] == pytest.approx(grain_mm, rel=0.2)
                noise_mm = CRITERIA["noise_multiple"] * said["noise_floor"]
                assert said["threshold"] >= max(smallest_mm, 0.999 * noise_mm)
                assert (said["threshold"] > smallest_mm) is (grain_mm == 0.25)
            seen = CRITERIA[f"seen_share_{site}"]
            assert said["smallest_detectable"] == pytest.approx(said["threshold"] / seen)


def test_of_the_three_patches_of_a_region_the_one_that_moves_most_counts() -> None:
    times_s = np.arange(0, 20, 1 / 60)
    moved = {place: np.full((times_s.size, 3), 5 + 7j) for place in PATCHES}
    for patch, size_mm in enumerate((1.0, 3.0, 0.5)):
        moved["chin", Side.LEFT][:, patch] += 1j * pull(8, 2, size_mm)(times_s)
    moved["chin", Side.LEFT][600:610, 0] = np.nan
    signals = signals_of(
        Measured(
            times_s=times_s,
            aperture_mm={side: np.full(times_s.size, 9.0) for side in SIDES},
            moved_mm=moved,
        ),
        tremble_mm=0.02,
        mm_per_px=0.3,
        criteria=CRITERIA,
    )
    chin = signals["chin_excursion_left"].values
    # Where one of them is lost nobody knows which moves most.
    assert np.flatnonzero(np.isnan(chin)).tolist() == list(range(600, 610))
    seen = np.isfinite(chin)
    assert chin[seen] == pytest.approx(pull(8, 2, 3)(times_s)[seen], abs=1e-6)
    assert signals["chin_excursion_right"].values.max() < 1e-6


@pytest.mark.parametrize(
    ("moving", "sites"),
    [
        ((("jaw_line", 0),), ()),
        ((("chin", 2),), ()),
        ((("jaw_line", 0), ("chin", 2)), ("chin", "jaw_line")),  # 11 mm apart
        ((("jaw_line", 2), ("chin", 0)), ()),  # far apart
        ((("jaw_line", 0), ("jaw_line", 2)), ("jaw_line",)),
        ((("cheek", 0), ("chin", 2)), ()),
    ],
)
def test_plain_skin_moves_as_a_sheet_across_the_border_of_two_regions(
    moving: tuple[tuple[str, int], ...], sites: tuple[str, ...]
) -> None:
    times_s = np.arange(0, 20, 1 / 60)
    chance = np.random.default_rng(3)
    shape = (times_s.size, 3)
    moved = {
        place: chance.normal(0, 0.02, shape) + 1j * chance.normal(0, 0.02, shape)
        for place in PATCHES
    }
    for site, patch in moving:
        moved[site, Side.LEFT][:, patch] += 1j * pull(8, 0.2, 2)(times_s)
    signals = signals_of(
        Measured(
            times_s=times_s,
            aperture_mm={side: chance.normal(9, 0.02, times_s.size) for side in SIDES},
            moved_mm=moved,
        ),
        tremble_mm=0.02,
        mm_per_px=0.3,
        criteria=CRITERIA,
    ).assign(state=("time", np.zeros(times_s.size, dtype=np.int8)))
    signals.attrs["duration_s"] = 20.0
    assert [(e.side, e.sites) for e in spasms(signals)] == ([(Side.LEFT, sites)] if sites else [])


def test_heights_are_signed_and_rest_at_zero() -> None:
    times_s = np.arange(0, 20, 1 / 60)
    up = pull(8, 2, 3)(times_s)
    moved = {place: np.full(times_s.size, 5 + 7j) for place in PATCHES}
    moved["brow", Side.LEFT] = moved["brow", Side.LEFT] + 1j * up
    moved["mouth_corner", Side.RIGHT] = moved["mouth_corner", Side.RIGHT] - 1j * up
    signals = signals_of(
        Measured(
            times_s=times_s,
            aperture_mm={side: np.full(times_s.size, 9.0) for side in SIDES},
            moved_mm=moved,
        ),
        tremble_mm=0.02,
        mm_per_px=0.3,
        criteria=CRITERIA,
    )
    assert signals["brow_height_left"].values == pytest.approx(up, abs=1e-6)
    assert signals["mouth_corner_height_right"].values == pytest.approx(-up, abs=1e-6)
    assert signals["brow_excursion_left"].values == pytest.approx(up, abs=1e-6)
    assert np.abs(signals["brow_height_right"].values).max() == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(("share", "called"), [(0.5, 0.0), (1.4, 1.0)])
def test_what_could_be_missed_where_skin_flickers_for_most_of_the_time(
    share: float, called: float
) -> None:
    """A quiet start sets the threshold; what is printed holds for the rest of the recording."""
    twitches_s = np.arange(20.5, 59, 2.0)
    site = "mouth_corner"
    seen = CRITERIA[f"seen_share_{site}"]

    def flicker(times_s: Floats, mm: float) -> Floats:
        jumps = np.where(np.arange(times_s.size) % 4 == 0, 0.5, 0.0) * (times_s > 18)
        return np.asarray(jumps + sum(pull(at_s, 0.3, mm)(times_s) for at_s in twitches_s))

    calm = recorded(60)[signal_of(site, Side.RIGHT)].attrs
    assert calm["smallest_detectable"] == pytest.approx(calm["threshold"] / seen)
    said = recorded(60, mouth=lambda t: flicker(t, 0))[signal_of(site, Side.RIGHT)].attrs
    assert said["threshold"] == calm["threshold"]
    assert said["smallest_detectable"] > 1.5 * calm["smallest_detectable"]
    shown_mm = share * seen * said["smallest_detectable"]
    found = spasms(recorded(60, mouth=lambda t: flicker(t, shown_mm)))
    assert len(found) == called * twitches_s.size


def test_a_head_that_is_mostly_turned_away_raises_what_could_be_missed() -> None:
    allowance = np.where(np.arange(600) < 200, 0.0, 0.6)
    times_s = np.arange(600) / 30
    still_mm = {side: np.full(600, 9.0) for side in SIDES}
    measured = Measured(times_s=times_s, aperture_mm=still_mm, moved_mm={})
    made = [
        signals_of(measured, tremble_mm=0.02, mm_per_px=0.3, criteria=CRITERIA, allowance_mm=mm)
        for mm in (allowance, None)
    ]
    turned, straight = (one[signal_of(EYELIDS, Side.LEFT)].attrs for one in made)
    assert turned["threshold"] == straight["threshold"] == CRITERIA["smallest_eyelids_mm"]
    more_mm = turned["smallest_detectable"] - straight["smallest_detectable"]
    assert more_mm == pytest.approx(0.6 / CRITERIA["seen_share_eyelids"])


@pytest.mark.parametrize(("mm_per_px", "threshold_mm"), [(0.1, 1.0), (1.0, 1.5), (1.4, 2.1)])
def test_coarse_picture_raises_the_threshold(mm_per_px: float, threshold_mm: float) -> None:
    assert CRITERIA["smallest_mouth_corner_mm"] == 1.0
    signals = recorded(20, mm_per_px=mm_per_px, grain_mm=0.02)
    assert signals["mouth_corner_excursion_left"].attrs["threshold"] == pytest.approx(threshold_mm)


IRIS_PX = 20.0
MM_PER_PX = 11.7 / IRIS_PX
SKIN_MM_PER_PX = 200 * MM_PER_PX / CANTHAL_DISTANCE_PX  # the canthi lie 200 px apart


def followed(
    times_s: Floats,
    *,
    person: Floats | None = None,
    acquired: tuple[int, ...] = (0,),
    turned_deg: Floats | None = None,
    corner_px: Floats | None = None,
    lids_px: Floats | None = None,
    halves_px: Floats | None = None,
    skin_px: Floats | None = None,
    residual_px: Floats | None = None,
    scale: float = 1.0,
) -> Followed:
    """A face that is followed: one shape, or what is asked for frame by frame.

    Parameters
    ----------
    person
        How much it is another one.
    turned_deg
        How far the head is turned to the side.
    corner_px
        How far the right mouth corner has risen.
    lids_px, halves_px
        How far the right lower lid is from the upper one, by the whole face and by its half.
    skin_px, residual_px
        How far all of the skin has risen, and how little the skin on bone agrees.
    """
    shape = np.random.default_rng(5).normal(size=(mesh.N_POINTS, 3)) * (60, 80, 30) + 300
    a, b = mesh.IRIS_WIDTH[Side.RIGHT]
    shape[b] = shape[a] + (IRIS_PX, 0, 0)
    a, b = mesh.IRIS_WIDTH[Side.LEFT]
    shape[b] = shape[a] + (IRIS_PX, 0, 0)
    for upper, lower in zip(mesh.UPPER_LID[Side.LEFT], mesh.LOWER_LID[Side.LEFT], strict=True):
        shape[lower] = shape[upper] + (0, 15, 0)
    shape[mesh.OUTER_CANTHUS[Side.RIGHT]] = (200, 300, 0)
    shape[mesh.OUTER_CANTHUS[Side.LEFT]] = (400, 300, 0)
    points = np.repeat(shape[np.newaxis], times_s.size, axis=0)
    if person is not None:
        other = np.random.default_rng(6).normal(size=shape.shape) * 12
        points = points + person[:, np.newaxis, np.newaxis] * other
    if corner_px is not None:
        points[:, mesh.MOUTH_CORNER[Side.RIGHT], 1] -= corner_px
    apart_px = still(times_s) + 15 if lids_px is None else lids_px
    eye = zip(mesh.UPPER_LID[Side.RIGHT], mesh.LOWER_LID[Side.RIGHT], strict=True)
    for upper, lower in eye:
        points[:, lower] = points[:, upper] + np.outer(apart_px, (0, 1, 0))
    lids = np.full((times_s.size, 12, 3), np.nan)
    if halves_px is not None:
        by_half = np.isfinite(halves_px)
        lids[by_half] = points[by_half][:, np.concatenate([LIDS[side] for side in SIDES])]
        first = 6 * list(LIDS).index(Side.RIGHT)
        lids[:, first + 3 : first + 6] = lids[:, first : first + 3]
        lids[:, first + 3 : first + 6, 1] += halves_px[:, np.newaxis]
    if turned_deg is not None:
        points = turned(points, np.radians(turned_deg))
    skin = still(times_s) if skin_px is None else skin_px
    found_anew = np.zeros(times_s.size, dtype=bool)
    found_anew[list(acquired)] = True
    return Followed(
        track=FaceTrack(
            times_s=times_s,
            points_px=(scale * points[:, mesh.MEASURED]).astype(np.float32),
            acquired=found_anew,
            width_px=640,
            height_px=480,
            kept=mesh.MEASURED,
        ),
        damaged=np.zeros(times_s.size, dtype=bool),
        lids_px=lids.astype(np.float32),
        skin_px=np.multiply.outer(skin, np.tile([0, -1], (PATCH_POINTS.size, 1))).astype(
            np.float32
        ),
        skin_residual_px=(still(times_s) if residual_px is None else residual_px).astype(
            np.float32
        ),
        light=np.tile(np.float32([120, 0, 1]), (times_s.size, 1)),
        eye_contrast=np.full((times_s.size, 2), 90, dtype=np.float32),
    )


def turned(points: Floats, angle_rad: Floats) -> Floats:
    """Heads turned to the side, each frame by its own angle."""
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    middle = points[:, mesh.RIGID].mean(axis=1, keepdims=True)
    x, y, z = np.moveaxis(points - middle, 2, 0)
    cos, sin = cos[:, np.newaxis], sin[:, np.newaxis]
    return np.asarray(np.stack([x * cos + z * sin, y, z * cos - x * sin], axis=2) + middle)


def states(face: Followed, rate_hz: float = 30.0) -> tuple[NDArray[np.int8], str]:
    judged = judge(face, FaceFixed(face, CRITERIA), rate_hz, CRITERIA)
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


# --- from the mesh, the halves and the skin to signals --------------------------------------------

TIMES_S = np.arange(0, 14, 1 / 30)


def right(signals: xr.Dataset, stem: str) -> Floats:
    return np.asarray(signals[f"{stem}_right"].values, dtype=np.float64)


def test_millimetres_come_from_the_iris_whatever_the_size_of_the_picture() -> None:
    for scale in (0.5, 1.0, 3.0):
        signals = trace(followed(TIMES_S, scale=scale), CRITERIA)
        assert signals.attrs["image_scale_mm_per_px"] == pytest.approx(MM_PER_PX / scale, rel=1e-3)
        assert signals.attrs["outer_canthal_distance_px"] == pytest.approx(200 * scale, rel=1e-3)
        assert right(signals, "palpebral_aperture") == pytest.approx(15 * MM_PER_PX, rel=1e-2)


def test_skin_is_measured_in_millimetres_of_the_face() -> None:
    for scale in (0.5, 1.0):
        signals = trace(followed(TIMES_S, skin_px=pull(8, 1, 3)(TIMES_S), scale=scale), CRITERIA)
        for site in ("cheek", "chin", "brow", "mouth_corner"):
            top_mm = right(signals, f"{site}_excursion").max()
            assert top_mm == pytest.approx(3 * SKIN_MM_PER_PX, rel=0.02), site
        assert right(signals, "brow_height").max() == pytest.approx(3 * SKIN_MM_PER_PX, rel=0.02)


def test_where_skin_is_lost_the_mesh_goes_on_without_a_jump() -> None:
    """The mesh has crept 4 px away from the skin, and the skin is lost in the midst of a pull."""
    pulled_px = pull(8, 4, 10)(TIMES_S)
    skin_px = pulled_px * MM_PER_PX / SKIN_MM_PER_PX
    lost = (TIMES_S >= 9) & (TIMES_S < 10)
    face = followed(TIMES_S, corner_px=pulled_px + 4, skin_px=np.where(lost, np.nan, skin_px))
    signals = trace(face, CRITERIA)
    corner = right(signals, "mouth_corner_height")
    assert corner == pytest.approx(pulled_px * MM_PER_PX, abs=0.05)
    for site in ("cheek", "chin", "upper_lip", "jaw_line"):
        there = np.isfinite(right(signals, f"{site}_excursion"))
        assert np.array_equal(there, ~lost), site


def test_skin_that_disagrees_with_the_bone_is_not_believed() -> None:
    away = (TIMES_S >= 9) & (TIMES_S < 10)
    largest_px = CRITERIA["largest_skin_residual_mm"] / SKIN_MM_PER_PX
    signals = trace(followed(TIMES_S, residual_px=1.1 * largest_px * away), CRITERIA)
    assert np.array_equal(np.isnan(right(signals, "cheek_excursion")), away)
    assert np.isfinite(right(signals, "mouth_corner_excursion")).all()
    signals = trace(followed(TIMES_S, residual_px=0.9 * largest_px * away), CRITERIA)
    assert np.isfinite(right(signals, "cheek_excursion")).all()


def test_a_face_too_small_for_skin_still_has_lids_and_mouth() -> None:
    corner_px = pull(8, 0.5, 10)(TIMES_S)
    small = CRITERIA["smallest_face_for_skin_px"] / 200
    for scale, seen in ((1.01 * small, True), (0.99 * small, False)):
        signals = trace(followed(TIMES_S, corner_px=corner_px, scale=scale), CRITERIA)
        assert np.isfinite(right(signals, "chin_excursion")).all() == seen
        assert np.isfinite(right(signals, "mouth_corner_excursion")).all()
        if not seen:  # then the mesh says how far the corner has moved
            top_mm = right(signals, "mouth_corner_excursion").max()
            assert top_mm == pytest.approx(10 * MM_PER_PX, rel=0.02)


def test_lids_that_were_read_by_halves_are_taken_from_them() -> None:
    """The whole face shows a quarter of what one eye does."""
    closing_px = 14 * pull(8, 1, 1)(TIMES_S)
    near = (TIMES_S >= 7) & (TIMES_S < 11)
    face = followed(
        TIMES_S,
        lids_px=15 - closing_px / 4,
        halves_px=np.where(near, 15 - closing_px, np.nan),
    )
    signals = trace(face, CRITERIA)
    assert np.array_equal(signals["eye_by_itself"].values == 1, near)
    assert right(signals, "eye_closure") == pytest.approx(closing_px * MM_PER_PX, abs=0.02)


def test_halves_that_read_an_open_eye_larger_make_no_step_where_they_take_over() -> None:
    near = (TIMES_S >= 7) & (TIMES_S < 11)
    for ratio in (0.9, 1.1):
        halves_px = np.where(near, 15 * ratio, np.nan)
        signals = trace(followed(TIMES_S, halves_px=halves_px), CRITERIA)
        assert np.ptp(right(signals, "palpebral_aperture")) < 0.01
    # By twice as much it is no matter of reading: the eye is wider.
    signals = trace(followed(TIMES_S, halves_px=np.where(near, 30.0, np.nan)), CRITERIA)
    assert np.ptp(right(signals, "palpebral_aperture")) > 2


def test_halves_that_differ_where_the_whole_face_does_not_are_not_believed() -> None:
    """Of two eyes that the whole face sees alike one half may be read as closed."""
    near = (TIMES_S >= 7) & (TIMES_S < 11)
    signals = trace(followed(TIMES_S, halves_px=np.where(near, 3.0, np.nan)), CRITERIA)
    right_mm, left_mm = (signals[f"palpebral_aperture_{side}"].values for side in SIDES)
    assert np.abs(right_mm - left_mm).max() < 0.25


def test_a_blurred_face_has_no_skin_and_higher_thresholds() -> None:
    face = followed(TIMES_S, corner_px=10 * pull(8, 1, 1)(TIMES_S))
    sharp = trace(face, CRITERIA)
    widest_px = CRITERIA["widest_edge_mm"] / MM_PER_PX
    light = face.light.copy()
    for share, blurred in ((0.9, False), (1.1, True)):
        light[:, 2] = share * widest_px
        signals = trace(replace(face, light=light), CRITERIA)
        assert np.isfinite(right(signals, "chin_excursion")).any() != blurred
        assert np.isfinite(right(signals, "mouth_corner_excursion")).all()
        name = "eye_closure_right"
        ratio = signals[name].attrs["threshold"] / sharp[name].attrs["threshold"]
        assert ratio == pytest.approx(CRITERIA["blurred_multiple"] if blurred else 1.0)


@pytest.mark.parametrize(("level", "judged"), [(9.0, False), (11.0, True)])
def test_a_face_that_is_too_dark_is_not_judged_and_said(level: float, judged: bool) -> None:
    face = followed(TIMES_S)
    light = face.light.copy()
    light[:, 0] = level
    signals = trace(replace(face, light=light), CRITERIA)
    assert (signals["state"].values == State.JUDGED).all() == judged
    reason = "" if judged else "The face is too dark: brightness 9 of 255; at least 10 is needed."
    assert signals.attrs["unjudged_reason"] == reason


def test_a_covered_eye_is_not_judged_and_said() -> None:
    face = followed(TIMES_S)
    away = (TIMES_S >= 9) & (TIMES_S < 14)
    for contrast, unjudged in (((6, 90), away), ((90, 6), away), ((6, 7), away & False)):
        eyes = np.where(away[:, np.newaxis], contrast, (90, 80)).astype(np.float32)
        eyes[np.arange(TIMES_S.size) % 5 != 0] = np.nan
        signals = trace(replace(face, eye_contrast=eyes), CRITERIA)
        differs = (signals["state"].values == State.UNJUDGED) != unjudged
        assert np.count_nonzero(differs) <= 10  # it is looked at in every fifth frame
        said = signals.attrs["unjudged_reason"].startswith("An eye was covered for 36 %")
        assert said == unjudged.any()


def test_a_turned_head_asks_for_larger_movements_and_a_still_one_for_none() -> None:
    away = (TIMES_S >= 9) & (TIMES_S < 12)
    signals = trace(followed(TIMES_S, turned_deg=13.0 * away), CRITERIA)
    allowance = signals["allowance"].values
    costs_mm = CRITERIA["turn_allowance_mm"] * (13 - CRITERIA["turn_free_deg"])
    assert allowance[away] == pytest.approx(costs_mm, rel=0.03)
    assert np.abs(allowance[~away]).max() < 0.02
    assert (signals["state"].values == State.JUDGED).all()
    # The same head, turned all the time: this is where it looks.
    still_turned = trace(followed(TIMES_S, turned_deg=np.full(TIMES_S.size, 13.0)), CRITERIA)
    assert np.abs(still_turned["allowance"].values).max() < 0.02


def test_a_head_turned_too_far_is_not_judged() -> None:
    away = (TIMES_S >= 9) & (TIMES_S < 12)
    signals = trace(followed(TIMES_S, turned_deg=40.0 * away), CRITERIA)
    assert np.array_equal(signals["state"].values == State.UNJUDGED, away)
    for site in REGIONS:
        for side in SIDES:
            assert np.array_equal(np.isnan(signals[signal_of(site, side)].values), away)
    for name in ("mouth_width", "mouth_opening", "allowance"):
        assert np.array_equal(np.isnan(signals[name].values), away)
    assert not detect(signals, CRITERIA)[1:]


def test_a_face_that_leaves_for_a_while_is_measured_before_and_after() -> None:
    gone = (TIMES_S >= 5) & (TIMES_S < 7)
    face = followed(TIMES_S, skin_px=pull(9, 1, 3)(TIMES_S), acquired=(0, 210))
    face.track.points_px[gone] = np.nan
    face.skin_px[gone] = np.nan
    signals = trace(face, CRITERIA)
    state = signals["state"].values
    assert np.array_equal(state == State.NO_FACE, gone)
    away_s = np.maximum(5 - TIMES_S, TIMES_S - 7)
    margin_s, frame_s = CRITERIA["gap_margin_s"], 1.01 / 30
    assert (state[away_s > margin_s + frame_s] == State.JUDGED).all()
    assert (state[(away_s < margin_s - frame_s) & ~gone] == State.UNJUDGED).all()
    assert np.array_equal(np.isnan(right(signals, "chin_excursion")), state != State.JUDGED)
    assert np.nanmax(right(signals, "chin_excursion")) > 1


def test_damaged_pictures_are_not_judged() -> None:
    face = followed(TIMES_S)
    face.damaged[300:315] = True
    state = trace(face, CRITERIA)["state"].values
    assert (state[300:315] == State.UNJUDGED).all()
    assert (np.delete(state, slice(300, 315)) == State.JUDGED).all()


def test_a_turn_of_the_head_moves_no_mouth() -> None:
    """In three dimensions a turn is a turn."""
    sway = 10 * np.sin(2 * np.pi * TIMES_S / 4)
    signals = trace(followed(TIMES_S, turned_deg=sway, residual_px=TIMES_S + 1e9), CRITERIA)
    assert right(signals, "mouth_corner_excursion").max() < 0.05
    assert np.ptp(right(signals, "palpebral_aperture")) < 0.05
