"""A healthy face, spasms of one region, blur, a head before its background, bare frames."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from conftest import lacking
from hemifacial.anatomy import Side, region_of
from hemifacial.errors import SetupError, UsageError
from hemifacial.findings import Event, spasm_type
from hemifacial.formats.video import open_video
from hemifacial.landmarks.networks import FaceNetworks
from hemifacial.twin.camera import Camera, Pose, Sway
from hemifacial.twin.default_plan import REGION_MUSCLE, default_plan
from hemifacial.twin.face import FaceModel, filmed, frames, plant
from hemifacial.twin.healthy_plan import healthy_plan
from hemifacial.twin.movement import State
from hemifacial.twin.muscles import LID_MUSCLE
from hemifacial.twin.plan import SPEECH_SITES, checked_plan, profile_of
from hemifacial.twin.profile import syllables_between
from hemifacial.twin.render import fine_of, rendered
from hemifacial.twin.skin import JAW
from hemifacial.twin.still import Still

SMALL = Camera(
    seconds=1, rate_hz=10, sway_mm=0, sway_deg=0, noise_sd=0, height_px=256, crop_to_head=True
)


@pytest.fixture(scope="module")
def networks() -> FaceNetworks:
    try:
        return FaceNetworks()
    except SetupError as error:
        lacking(f"the face landmark model: {error.problem}")
        raise


@pytest.fixture(scope="module")
def photograph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    try:
        from skimage import data
    except ImportError:
        lacking("scikit-image with its photograph")
        raise
    path = tmp_path_factory.mktemp("photograph") / "astronaut.png"
    assert cv2.imwrite(str(path), np.asarray(data.astronaut())[:, :, ::-1])
    return path


def event(onset_s: float, duration_s: float, kind: str, **changes: object) -> Event:
    made = Event(
        onset_s=onset_s,
        duration_s=duration_s,
        event_id=f"at{onset_s:g}",
        trial_type=kind,
        side=Side.BOTH,
        sites=(LID_MUSCLE,),
        amplitude=4.0,
        amplitude_unit="mm",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


# --- What a healthy face does ---------------------------------------------------------------


@settings(max_examples=25)
@given(seconds=st.floats(12, 240), seed=st.integers(0, 2**32))
def test_a_healthy_plan_always_makes_sense_and_holds_no_spasm(seconds: float, seed: int) -> None:
    plan = healthy_plan(seconds, seed)
    assert len(checked_plan(plan, seconds)) == len(plan)
    assert {made.family for made in plan} <= {"blink", "closure", "expression", "speech"}
    assert {made.side for made in plan} == {Side.BOTH}


def test_half_an_hour_blinks_as_people_do() -> None:
    plan = healthy_plan(1800, seed=1)
    lids = [made for made in plan if made.sites == (LID_MUSCLE,)]
    assert 15 <= len(lids) / 30 <= 20
    pauses_s = np.diff([made.onset_s for made in lids])
    logs = np.log(pauses_s[pauses_s > 0.8])
    skew = ((logs - logs.mean()) ** 3).mean() / logs.std() ** 3
    assert abs(skew) < 0.5, "intervals are about log-normal"
    assert pauses_s.max() > 4 * np.median(pauses_s)
    assert 0.03 < (pauses_s < 0.8).mean() < 0.2, "some blinks come in pairs"
    kinds = [made.trial_type for made in lids]
    assert 0.35 < kinds.count("blink_partial") / len(kinds) < 0.55
    assert kinds.count("closure_voluntary") >= 5
    sites = {site for made in plan if made.family == "expression" for site in made.sites}
    assert {"zygomaticus_major", "frontalis", "orbicularis_oris"} <= sites
    assert sum(made.duration_s for made in plan if made.family == "speech") > 180
    assert healthy_plan(1800, seed=1) == plan != healthy_plan(1800, seed=2)


def test_a_healthy_plan_needs_room() -> None:
    with pytest.raises(UsageError, match="1 s are too short for an event of the healthy plan"):
        healthy_plan(1, seed=0)
    with pytest.raises(UsageError, match="seed is -1"):
        healthy_plan(10, seed=-1)


@settings(deadline=None)
@given(onset_s=st.floats(0, 600), duration_s=st.floats(0.1, 10), seed=st.integers(0, 2**32))
def test_speech_begins_and_ends_at_a_tenth_of_its_widest_opening(
    onset_s: float, duration_s: float, seed: int
) -> None:
    course = syllables_between(onset_s, duration_s, seed)
    crossings = course.level([onset_s, onset_s + duration_s])
    assert crossings == pytest.approx(0.1, abs=1e-6)
    assert course.level(course.peak_s) == pytest.approx(1)
    outside = [course.start_s - 0.01, course.stop_s + 0.01]
    assert not course.level(outside).any()
    before = np.linspace(course.start_s, onset_s - 1e-4 * duration_s, 20)
    assert course.level(before).max() < 0.1


def test_speech_has_three_to_six_syllables_a_second() -> None:
    for seed in range(30):
        course = syllables_between(0, 4.0, seed)
        times_s = np.arange(0, 4, 0.002)
        level = course.level(times_s)
        peaks = (level[1:-1] > level[:-2]) & (level[1:-1] >= level[2:])
        assert 2.5 <= peaks.sum() / 4.0 <= 6.5
    with pytest.raises(ValueError, match="cannot last"):
        syllables_between(0, 0, 0)


@pytest.mark.parametrize("warp", ["mesh", "free"])
def test_smiles_and_speech_are_uneven_within_what_is_said(
    photograph: Path, networks: FaceNetworks, warp: str
) -> None:
    smile = ("zygomaticus_major", "orbicularis_oculi_orbital")
    plan = [event(0.5 + 2 * n, 1.2, "expression", sites=smile, event_id=f"s{n}") for n in range(12)]
    plan += [event(30 + 2 * n, 1.2, "speech", sites=SPEECH_SITES) for n in range(12)]
    camera = replace(SMALL, seconds=60)
    planting = Still(
        photograph, checked_plan(plan, 60), camera, networks, FaceModel(warp=warp)
    ).planting
    shares = []
    for movement in planting.movements[:12]:
        sizes = [movement.site_mm["zygomaticus_major", s] for s in (Side.RIGHT, Side.LEFT)]
        shares.append(min(sizes) / max(sizes))
        assert max(sizes) == pytest.approx(4.0, abs=0.01)
    assert 0.79 < min(shares) < 0.9 < max(shares) <= 1
    for movement in planting.movements[12:]:
        assert movement.event.sites == SPEECH_SITES
        assert movement.site_mm[JAW] == pytest.approx(4.0, abs=0.02)
        assert 0 < abs(np.rad2deg(np.angle(movement.peak.skin_mm[JAW]))) <= 4


# --- Spasms of one region -------------------------------------------------------------------


@pytest.mark.parametrize("region", REGION_MUSCLE)
def test_spasms_of_one_region_have_one_size_on_one_side(region: str) -> None:
    plan = default_plan(
        30,
        seed=1,
        side=Side.LEFT,
        smallest_mm=2.0,
        largest_mm=2.0,
        regions=(region,),
        blinks=False,
    )
    assert {region_of(site) for made in plan for site in made.sites} == {region}
    assert {(made.side, made.amplitude) for made in plan} == {(Side.LEFT, 2.0)}
    assert {made.trial_type for made in plan} == {
        "spasm_clonic",
        "spasm_prolonged",
        "spasm_tonic",
        "spasm_burst",
    }


def test_a_plan_of_regions_that_cannot_be_is_refused() -> None:
    with pytest.raises(UsageError, match="nose: no region of the face") as refusal:
        default_plan(20, seed=1, regions=("nose",))
    assert "mouth_corner" in refusal.value.next_step
    with pytest.raises(UsageError, match="the largest spasm is to be of 1 mm, the smallest of 3"):
        default_plan(20, seed=1, largest_mm=1.0)


# --- The camera -----------------------------------------------------------------------------


def resting(photograph: Path, networks: FaceNetworks, camera: Camera, *plan: Event) -> Still:
    return Still(photograph, list(plan), camera, networks)


def test_a_head_alone_moves_and_the_background_stands_still(
    photograph: Path, networks: FaceNetworks
) -> None:
    camera = replace(SMALL, head_alone=True, turn_deg=2.0, sway_mm=2.0)
    scene = resting(photograph, networks, camera).scene_at(0)
    pose = Pose(right_mm=4.0, yaw_deg=3.0)
    rest, moved = (rendered(scene, p) for p in (Pose(), pose))
    change = np.abs(moved.astype(int) - rest).max(axis=2)
    assert not change[:, :4].any()
    assert not change[:, -4:].any()
    assert change[100:160, 100:156].mean() > 5


def test_a_turning_head_moves_the_nose_further_than_the_temples(
    photograph: Path, networks: FaceNetworks
) -> None:
    still = resting(photograph, networks, replace(SMALL, head_alone=True))
    scene = still.scene_at(0)
    frame = scene.base.picture
    ramp = np.zeros_like(frame)
    ramp[...] = (np.arange(frame.shape[1]) % 256)[None, :, None]
    scene = replace(scene, base=replace(scene.base, picture=ramp, fine=fine_of(ramp)))
    rest, turned = (rendered(scene, p)[..., 0].astype(int) for p in (Pose(), Pose(yaw_deg=3.0)))
    shift_mm = (rest - turned) * scene.base.mm_per_px
    corner = np.array([scene.base.left_px, scene.base.top_px])
    nose, temple = (
        shift_mm[tuple((still.face.points_px[point] - corner).round().astype(int)[::-1])]
        for point in (4, 127)
    )
    assert nose == pytest.approx(85 * np.sin(np.deg2rad(3)), abs=1.0)
    assert 0 <= temple < nose / 2


def test_the_pose_turns_only_as_the_camera_says() -> None:
    with pytest.raises(UsageError, match="turn_deg is 1, but the whole picture sways"):
        Camera(turn_deg=1.0)
    sway = Sway(Camera(head_alone=True, turn_deg=1.5, seed=3))
    yaw = np.array([sway.at(t).yaw_deg for t in np.arange(0, 600, 0.5)])
    assert yaw.std() == pytest.approx(1.5, rel=0.15)
    plain = Sway(Camera(seed=3)).at(4.0)
    assert (plain.right_mm, plain.yaw_deg) == (sway.at(4.0).right_mm, 0)


def test_exposure_blurs_what_moves_and_only_that(photograph: Path, networks: FaceNetworks) -> None:
    spasm = Event(
        onset_s=0.3,
        duration_s=0.12,
        event_id="twitch",
        trial_type="spasm_clonic",
        side=Side.RIGHT,
        sites=("zygomaticus_major",),
        amplitude=6.0,
        amplitude_unit="mm",
    )
    camera = replace(SMALL, height_px=480, rate_hz=30)
    sharp, soft = (
        list(filmed(photograph, [spasm], camera=replace(camera, exposure_s=exposure_s)).frames())
        for exposure_s in (0.0, 1 / 30)
    )
    differ = np.array(
        [np.abs(a.rgb.astype(int) - b.rgb).max() for a, b in zip(sharp, soft, strict=True)]
    )
    moving = [profile_of(spasm).start_s < f.time_s < profile_of(spasm).stop_s for f in sharp]
    assert differ[moving].max() > 20
    assert not differ[[not (0.25 < f.time_s < 0.5) for f in sharp]].any()
    # Blur is centred on the frame's time: the mean of what it saw, not something later.
    k = int(differ.argmax())
    half_s = 1 / 60
    film = filmed(photograph, [spasm], camera=camera)
    moments = [
        rendered(film.source.scene_at(sharp[k].time_s + u * half_s), Pose()).astype(float)
        for u in np.linspace(-1, 1, 41)
    ]
    assert np.abs(np.mean(moments, axis=0) - soft[k].rgb).mean() < 0.3


def test_a_lens_out_of_focus_blurs_every_edge(photograph: Path) -> None:
    sharp, soft = (
        next(frames(photograph, [], replace(SMALL, defocus_px=sd_px))).rgb for sd_px in (0.0, 2.0)
    )

    def edges(rgb: NDArray[np.uint8]) -> float:
        return float(np.abs(np.diff(rgb.astype(float), axis=1)).mean())

    assert edges(soft) < 0.7 * edges(sharp)


@pytest.mark.parametrize(
    ("camera", "model", "message"),
    [
        (Camera(exposure_s=0.01), FaceModel(), "a clip was exposed when it was filmed"),
        (Camera(head_alone=True), FaceModel(), "a head that sways alone are for a still"),
        (Camera(), FaceModel(warp="free"), "the free warp and a head that sways alone are for"),
    ],
)
def test_what_a_clip_cannot_have_is_refused(
    shared_data: Path, camera: Camera, model: FaceModel, message: str
) -> None:
    clip = shared_data / "video/permissive/jefapato_2sec.mp4"
    with pytest.raises(UsageError, match=message) as refusal:
        filmed(clip, [], camera=camera, model=model)
    assert "jefapato_2sec.mp4" in refusal.value.problem
    assert refusal.value.next_step


# --- Frames without a file ------------------------------------------------------------------


def test_frames_are_those_that_a_video_would_hold(photograph: Path, tmp_path: Path) -> None:
    plan = [event(0.3, 0.3, "blink_complete")]
    camera = replace(SMALL, crf=0, sway_mm=1.0, noise_sd=2.0)
    film = filmed(photograph, plan, camera=camera)
    planted = plant(photograph, plan, tmp_path / "v.mp4", camera=camera)
    assert film.events == planted.events
    with open_video(planted.video) as video:
        for made, written in zip(film.frames(), video.frames(), strict=True):
            assert made.time_s == pytest.approx(written.time_s, abs=1e-6)
            error = np.abs(made.rgb.astype(int) - written.rgb)
            assert np.median(error) <= 2, "a lossless codec still halves the colour's resolution"
    again = [frame.rgb for frame in film.frames()]
    first = [frame.rgb for frame in film.frames()]
    assert all((a == b).all() for a, b in zip(again, first, strict=True))


def test_a_resting_face_is_the_photograph_itself(photograph: Path, networks: FaceNetworks) -> None:
    scene = resting(photograph, networks, SMALL).scene_at(0)
    base = scene.base
    cut = base.picture[base.top_px :, base.left_px :][: base.height_px, : base.width_px]
    assert np.abs(rendered(replace(scene, state=State()), Pose()).astype(int) - cut).max() <= 1


def test_spasm_type_of_the_plan_follows_the_duration() -> None:
    for made in default_plan(60, seed=9):
        if made.family == "spasm":
            assert made.trial_type == spasm_type(made.duration_s)
