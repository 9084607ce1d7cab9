"""Planted truth in a real face: the field, the lids, the frame, the files."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates

from conftest import lacking
from hemifacial.anatomy import Side
from hemifacial.errors import HemifacialError, InputError, SetupError, UsageError
from hemifacial.findings import Event, spasm_type
from hemifacial.formats.events_table import read_events
from hemifacial.formats.video import open_video, write_video
from hemifacial.landmarks import mesh
from hemifacial.landmarks.networks import FaceNetworks
from hemifacial.landmarks.track import FaceTracker
from hemifacial.twin.camera import Camera, Pose
from hemifacial.twin.face import TRUTH_EVENTS, TRUTH_PLAN, Planted, default_plan, plant
from hemifacial.twin.geometry import FaceGeometry
from hemifacial.twin.lids import EyeLids, with_lids
from hemifacial.twin.mesh_warp import mesh_fields
from hemifacial.twin.movement import State
from hemifacial.twin.muscles import LID_MUSCLE, muscles
from hemifacial.twin.render import FaceView, Frameable, Scene, fine_of, rendered
from hemifacial.twin.skin import SkinFields, inverse, landmark_mm, weights_for
from hemifacial.twin.still import Still

Picture = NDArray[np.uint8]
SIDES = (Side.RIGHT, Side.LEFT)
MOUTH = (LID_MUSCLE, "zygomaticus_major")
SKIN = [word for word in muscles() if word != LID_MUSCLE]
QUIET = Camera(seconds=1, rate_hz=10, sway_mm=0, sway_deg=0, noise_sd=0, crop_to_head=True)


def spasm(onset_s: float, duration_s: float = 0.2, **changes: object) -> Event:
    event = Event(
        onset_s=onset_s,
        duration_s=duration_s,
        event_id=f"at{onset_s:g}",
        trial_type=spasm_type(duration_s),
        side=Side.RIGHT,
        sites=MOUTH,
        amplitude=3.0,
        amplitude_unit="mm",
    )
    return replace(event, **changes)  # type: ignore[arg-type]


BLINK = spasm(0.3, 0.25, trial_type="blink_complete", side=Side.BOTH, sites=(LID_MUSCLE,))


@pytest.fixture(scope="session")
def networks() -> FaceNetworks:
    try:
        return FaceNetworks()
    except SetupError as error:
        lacking(f"the face landmark model: {error.problem}")
        raise


@pytest.fixture(scope="session")
def astronaut() -> Picture:
    try:
        from skimage import data
    except ImportError:
        lacking("scikit-image with its photograph")
        raise
    return np.asarray(data.astronaut(), dtype=np.uint8)


@pytest.fixture(scope="session")
def photograph(astronaut: Picture, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("photograph") / "astronaut.png"
    return saved(path, astronaut)


@pytest.fixture(scope="session")
def still(photograph: Path, networks: FaceNetworks) -> Still:
    return Still(photograph, [], QUIET, networks)


@pytest.fixture(scope="session")
def resting(still: Still) -> Scene:
    return next(still.scenes())


@pytest.fixture(scope="session")
def face(still: Still) -> FaceGeometry:
    return still.face


@pytest.fixture(scope="session")
def every_muscle(resting: Scene, face: FaceGeometry) -> FaceView:
    keys = [(word, side) for word in muscles() for side in SIDES]
    return FaceView(fields=mesh_fields(face, keys), lids=viewed(resting).lids)


def saved(path: Path, rgb: Picture) -> Path:
    assert cv2.imwrite(str(path), rgb[:, :, ::-1])
    return path


def viewed(scene: Scene) -> FaceView:
    assert scene.view is not None
    return scene.view


def frame_of(resting: Scene, view: FaceView, state: State) -> Picture:
    return rendered(replace(resting, view=view, state=state), Pose())


def points_in(networks: FaceNetworks, rgb: Picture) -> NDArray[np.float32]:
    found = FaceTracker(networks).follow(rgb)
    assert found is not None
    return found.points_px


def openness(points: NDArray[np.float32], side: Side) -> float:
    """Height of the eye over its width, as the network reads it."""
    upper, lower = points[list(mesh.UPPER_LID[side])], points[list(mesh.LOWER_LID[side])]
    eye = points[list(mesh.UPPER_LID_MARGIN[side])]
    height = np.linalg.norm((upper - lower)[:, :2], axis=1).mean()
    return float(height / np.linalg.norm((eye[0] - eye[-1])[:2]))


# --- The skin -------------------------------------------------------------------------------


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("muscle", SKIN)
def test_a_muscle_alone_moves_its_landmark_by_exactly_its_millimetres(
    every_muscle: FaceView, muscle: str, side: Side
) -> None:
    fields, key = every_muscle.fields, (muscle, side)
    weights = weights_for(fields, {key: 1.0}, 3.0, {})
    assert landmark_mm(fields, weights, key) == pytest.approx(3.0, abs=1e-3)
    # Nothing else on the face goes noticeably farther than the landmark.
    size_mm = np.linalg.norm(fields.total(weights), axis=-1) * fields.mm_per_px
    assert 3.0 - 0.01 <= size_mm.max() < 3.1


def test_muscles_that_pull_together_do_not_add_up_to_more_than_was_planned(
    every_muscle: FaceView,
) -> None:
    fields = every_muscle.fields
    corner = ("zygomaticus_major", "risorius", "levator_anguli_oris")
    keys = [(word, Side.RIGHT) for word in corner]
    around = {(LID_MUSCLE, Side.RIGHT): 5.0}
    weights = weights_for(fields, dict.fromkeys(keys, 1.0), 5.0, around)
    moved = [landmark_mm(fields, weights, key) for key in keys]
    assert max(moved) == pytest.approx(5.0, abs=1e-3)
    assert weights[LID_MUSCLE, Side.RIGHT] == 5.0


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("muscle", muscles())
def test_the_other_half_of_the_face_is_left_alone_by_every_field(
    every_muscle: FaceView, face: FaceGeometry, muscle: str, side: Side
) -> None:
    fields = every_muscle.fields
    beside_mm = face.beside_midline_mm(fields.grid.nodes_px(), side)
    assert not fields.unit[muscle, side][beside_mm <= 0].any()
    assert fields.unit[muscle, side][beside_mm > 0].any()


def at_points(
    fields: SkinFields, field: NDArray[np.float32], xy_px: NDArray[np.float64]
) -> NDArray[np.float64]:
    """A field read at points of shape (n, 2), in pixels; zero outside the grid."""
    nodes = ((xy_px - fields.grid.origin_px) / fields.grid.step_px).T[::-1]
    return np.stack(
        [map_coordinates(field[..., axis].astype(float), nodes, order=1) for axis in (0, 1)], axis=1
    )


@pytest.mark.parametrize("muscle", SKIN)
def test_eyeballs_and_what_lies_outside_the_face_stay_where_they_are(
    every_muscle: FaceView, face: FaceGeometry, muscle: str
) -> None:
    fields = every_muscle.fields
    unit = fields.unit[muscle, Side.RIGHT]
    eyeballs = face.points_px[list(mesh.IRIS_CENTRE.values())]
    assert not at_points(fields, unit, eyeballs).any()
    margins = face.points_px[list(mesh.EYE[Side.RIGHT])]
    assert np.abs(at_points(fields, unit, margins)).max() * face.mm_per_px < 0.05
    assert not unit[[0, -1]].any()
    assert not unit[:, [0, -1]].any()


def test_the_way_back_leads_to_where_the_skin_came_from(
    every_muscle: FaceView, face: FaceGeometry
) -> None:
    fields = every_muscle.fields
    key = ("zygomaticus_major", Side.RIGHT)
    forward = fields.total({key: 6.0})
    back = inverse(fields, forward)
    rest = face.points_px[[61, 50, 205, 40, 146]]
    moved = rest + at_points(fields, forward, rest)
    returned = moved - at_points(fields, back, moved)
    assert np.abs(returned - rest).max() < 0.1  # pixels; the grid has one node per 2.4


@pytest.mark.parametrize(
    ("muscle", "lateral", "up"),
    [
        ("zygomaticus_major", 1, 1),
        ("risorius", 1, 0),
        ("depressor_anguli_oris", 1, -1),
        ("mentalis", 0, 1),
        ("frontalis", 0, 1),
        ("corrugator_supercilii", -1, -1),
        ("platysma", 1, -1),
    ],
)
def test_a_muscle_pulls_the_way_it_pulls_in_life(
    every_muscle: FaceView, face: FaceGeometry, muscle: str, lateral: int, up: int
) -> None:
    fields = every_muscle.fields
    for side in SIDES:
        point = face.points_px[[muscles()[muscle].pulls[0].point(side)]]
        moved = at_points(fields, fields.unit[muscle, side], point)[0] * face.mm_per_px
        assert moved @ face.lateral(side) * lateral >= 0.3 * abs(lateral)
        assert moved @ face.upward * up >= 0.3 * abs(up)


def test_the_right_is_on_the_viewers_left_and_the_other_half_does_not_change_by_a_bit(
    resting: Scene, every_muscle: FaceView, face: FaceGeometry
) -> None:
    nose_px = int(face.points_px[4, 0]) - resting.base.left_px
    rest = frame_of(resting, every_muscle, State())
    for side in SIDES:
        key, lids = ("zygomaticus_major", side), (LID_MUSCLE, side)
        state = State(skin_mm={key: 3.0, lids: 4.0}, closure={side: 0.5})
        changed = (frame_of(resting, every_muscle, state) != rest).any(axis=2)
        columns = np.flatnonzero(changed.any(axis=0))
        assert changed.sum() > 2000
        if side is Side.RIGHT:
            assert columns.max() < nose_px + 12
        else:
            assert columns.min() > nose_px - 12


@pytest.mark.parametrize("side", SIDES)
def test_the_network_reads_a_planted_pull_at_about_its_size(
    networks: FaceNetworks,
    resting: Scene,
    every_muscle: FaceView,
    face: FaceGeometry,
    side: Side,
) -> None:
    # Loosely: of this turned, smiling face the network reads 100 % on the right and 60 % on
    # the left. The pixels are exact (above); this shows direction and order of size.
    corner = mesh.MOUTH_CORNER[side]
    key = ("zygomaticus_major", side)
    rest = points_in(networks, frame_of(resting, every_muscle, State()))
    pulled = frame_of(resting, every_muscle, State(skin_mm={key: 5.0}))
    moved_mm = (points_in(networks, pulled) - rest)[:, :2] * face.mm_per_px
    assert 2.5 < np.linalg.norm(moved_mm[corner]) < 6.0
    assert moved_mm[corner] @ face.lateral(side) > 1.5
    assert np.linalg.norm(moved_mm[mesh.MIRROR[corner]]) < 1.5


# --- The lids -------------------------------------------------------------------------------


def test_lids_close_evenly_as_the_network_reads_them(
    networks: FaceNetworks, resting: Scene, every_muscle: FaceView
) -> None:
    read = []
    for closure in (0.0, 0.25, 0.5, 0.75, 1.0):
        state = State(closure=dict.fromkeys(SIDES, closure))
        points = points_in(networks, frame_of(resting, every_muscle, state))
        read.append([openness(points, side) for side in SIDES])
    course = np.array(read)
    assert (np.diff(course, axis=0) < -0.01).all(), "each step closes further"
    assert (course[-1] < 0.4 * course[0]).all(), "closed reads closed"


@pytest.mark.parametrize("side", SIDES)
def test_one_closed_eye_is_read_on_its_side_although_the_network_couples_the_eyes(
    networks: FaceNetworks, resting: Scene, every_muscle: FaceView, side: Side
) -> None:
    rest = points_in(networks, frame_of(resting, every_muscle, State()))
    closed = frame_of(resting, every_muscle, State(closure={side: 1.0}))
    points = points_in(networks, closed)
    own = openness(points, side) / openness(rest, side)
    other = openness(points, side.opposite) / openness(rest, side.opposite)
    assert own < 0.7
    assert other > 0.75
    assert own < other - 0.2


@pytest.mark.parametrize("side", SIDES)
def test_a_lid_covers_the_eyeball_and_leaves_it_where_it_is(
    resting: Scene, every_muscle: FaceView, side: Side
) -> None:
    eye, picture = every_muscle.lids[side], resting.base.picture
    assert isinstance(eye, EyeLids)
    left, top = eye.corner_px
    rows, columns = eye.down_px.shape
    patch = picture[top : top + rows, left : left + columns]
    assert (with_lids(picture, eye, 0.0) == patch).all()
    half = with_lids(picture, eye, 0.5)
    # Well below the lid that has come half way down and well above the lower one.
    open_px = eye.lower_px - eye.upper_px
    still_seen = (eye.down_px > eye.upper_px + 0.8 * open_px) & (
        eye.down_px < eye.lower_px - 0.1 * open_px
    )
    tall = still_seen & (open_px > 0.9 * open_px.max())
    assert tall.sum() > 5
    assert np.abs(half[tall].astype(int) - patch[tall]).mean() < 25
    covered = (eye.down_px > eye.upper_px + 0.1 * open_px) & (
        eye.down_px < eye.upper_px + 0.35 * open_px
    )
    tall = covered & (open_px > 0.9 * open_px.max())
    assert half[tall].mean() > patch[tall].mean(), "skin is lighter than the iris it covers"
    rim = np.ones((rows, columns), dtype=bool)
    rim[1:-1, 1:-1] = False
    assert np.abs(half[rim].astype(int) - patch[rim]).max() <= 1, "no seam around the patch"


# --- The whole ------------------------------------------------------------------------------

SMALL = replace(QUIET, height_px=240, seconds=1.2)


def lossless(planted: Planted) -> NDArray[np.int16]:
    with open_video(planted.video) as video:
        return np.stack([frame.rgb for frame in video.frames()]).astype(np.int16)


def test_the_truth_beside_the_video_says_what_was_planted(photograph: Path, tmp_path: Path) -> None:
    burst = spasm(0.1, 0.5, trial_type="spasm_burst", event_id="burst")
    children = [spasm(0.1, 0.15, parent_id="burst"), spasm(0.45, 0.15, parent_id="burst")]
    plan = [burst, *children, replace(BLINK, onset_s=0.8)]
    done: list[tuple[int, int]] = []
    planted = plant(
        photograph,
        plan,
        tmp_path / "planted.mp4",
        camera=SMALL,
        progress=lambda frame, frames: done.append((frame, frames)),
    )
    table = read_events(tmp_path / TRUTH_EVENTS)
    assert table.recording_duration_s == pytest.approx(1.2)
    assert [e.event_id for e in table.events] == ["at0.1", "burst", "at0.45", "at0.3"]
    for found, meant in zip(table.events, planted.events, strict=True):
        assert (found.onset_s, found.duration_s) == pytest.approx((meant.onset_s, meant.duration_s))
        assert (found.side, found.sites, found.trial_type) == (
            meant.side,
            meant.sites,
            meant.trial_type,
        )
    blink = table.events[-1]
    assert blink.amplitude == pytest.approx(max(planted.aperture_mm.values()), abs=0.001)
    assert 6 < (blink.amplitude or 0) < 12, "an open eye is about 9 mm high"
    assert done[-1] == (12, 12)
    document = json.loads((tmp_path / TRUTH_PLAN).read_text(encoding="utf-8"))
    assert document["video"] == "planted.mp4"
    assert document["base"]["name"] == "astronaut.png"
    assert document["camera"]["seed"] == 0
    sizes = {(s["event_id"], s["site"]): s["amplitude_mm"] for s in document["sites"]}
    assert sizes["at0.1", "zygomaticus_major"] == pytest.approx(3.0, abs=0.001)
    assert sizes["at0.1", LID_MUSCLE] == pytest.approx(3.0, abs=0.001)
    assert "burst" not in {name for name, _ in sizes}
    assert len(lossless(planted)) == 12


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(
    photograph: Path, tmp_path: Path
) -> None:
    def bytes_of(name: str, seed: int) -> bytes:
        folder = tmp_path / name
        folder.mkdir()
        # x264 is not deterministic where the picture is an odd number of 16 px blocks wide.
        camera = replace(SMALL, height_px=256, seed=seed, sway_mm=1.0, noise_sd=2.0)
        return plant(photograph, [spasm(0.4)], folder / "v.mp4", camera=camera).video.read_bytes()

    first = bytes_of("first", 7)
    assert first == bytes_of("again", 7)
    assert first != bytes_of("other", 8)


def test_an_empty_plan_leaves_a_still_face_and_the_camera_adds_sway_and_noise(
    photograph: Path, tmp_path: Path
) -> None:
    def frames(name: str, **changes: float) -> NDArray[np.int16]:
        camera = replace(SMALL, crf=0, **changes)  # type: ignore[arg-type]
        (tmp_path / name).mkdir()
        return lossless(plant(photograph, [], tmp_path / name / "v.mp4", camera=camera))

    calm = frames("calm")
    assert np.ptp(calm, axis=0).max() == 0
    assert frames("noisy", noise_sd=3.0)[1:].std(axis=0).mean() == pytest.approx(3.0, rel=0.35)
    swaying = frames("swaying", sway_mm=3.0)
    assert np.abs(swaying[-1] - swaying[0]).mean() > 1


def test_frames_outside_an_event_are_those_of_a_face_at_rest(
    photograph: Path, tmp_path: Path
) -> None:
    event = spasm(0.5, 0.3)
    planted = plant(photograph, [event], tmp_path / "v.mp4", camera=replace(SMALL, crf=0))
    frames = lossless(planted)
    changed = np.abs(frames - frames[0]).max(axis=(1, 2, 3)) > 0
    times_s = np.arange(len(frames)) / 10
    assert changed[(times_s > event.onset_s) & (times_s < event.offset_s)].all()
    assert not changed[(times_s < event.onset_s - 0.05) | (times_s > event.offset_s + 0.06)].any()


def test_the_default_plan_can_be_planted_in_the_demonstrations_face(
    photograph: Path, networks: FaceNetworks
) -> None:
    for side in SIDES:
        plan = default_plan(60, seed=1, side=side, smallest_mm=4.0)
        still = Still(photograph, plan, replace(QUIET, seconds=60), networks)
        for movement in still.planting.movements:
            assert movement.event.amplitude == pytest.approx(
                max(movement.site_mm.values()), abs=0.001
            )


def test_half_a_blink_is_a_little_uneven_and_a_whole_one_is_not(
    photograph: Path, networks: FaceNetworks
) -> None:
    half = replace(BLINK, trial_type="blink_partial", amplitude=4.0, amplitude_unit="mm")
    plan = [half, replace(BLINK, event_id="whole", onset_s=0.7)]
    planting = Still(photograph, plan, replace(QUIET, seconds=1.2), networks).planting
    uneven, whole = (movement.peak.closure for movement in planting.movements)
    assert set(whole.values()) == {1.0}
    sizes_mm = [planting.movements[0].site_mm[LID_MUSCLE, side] for side in SIDES]
    assert max(sizes_mm) == pytest.approx(4.0)
    assert 0.93 * 4.0 <= min(sizes_mm) < 4.0
    assert all(0 < share < 1 for share in uneven.values())


def test_lids_that_move_with_other_muscles_stop_where_they_meet(
    photograph: Path, networks: FaceNetworks
) -> None:
    plan = [spasm(0.4, sites=(LID_MUSCLE, "zygomaticus_minor"), amplitude=11.0)]
    planting = Still(photograph, plan, QUIET, networks).planting
    (movement,) = planting.movements
    assert movement.peak.closure == {Side.RIGHT: 1.0}
    assert movement.event.amplitude == pytest.approx(planting.aperture_mm[Side.RIGHT], abs=0.001)


# --- A clip as the base ---------------------------------------------------------------------


def test_a_clip_keeps_its_own_frames_and_times(shared_data: Path, tmp_path: Path) -> None:
    base = shared_data / "video/permissive/pyfeat_single_face.mp4"
    event = spasm(0.2, 0.3, side=Side.LEFT, amplitude=5.0)
    camera = Camera(seconds=0.8, sway_mm=0, sway_deg=0, noise_sd=0, crf=12)
    planted = plant(base, [event], tmp_path / "v.mp4", camera=camera)
    with open_video(base) as before, open_video(planted.video) as after:
        pairs = list(zip(before.frames(), after.frames(), strict=False))
    assert len(pairs) == 24, "0.8 s of a clip of 30 frames a second"
    for was, became in pairs:
        assert became.time_s == pytest.approx(was.time_s, abs=2e-5)
    change = np.array([np.abs(b.rgb.astype(int) - a.rgb).max(axis=2) for a, b in pairs])
    times_s = np.array([was.time_s for was, _ in pairs])
    within = (times_s > event.onset_s + 0.05) & (times_s < event.offset_s - 0.05)
    outside = (times_s < event.onset_s - 0.05) | (times_s > event.offset_s + 0.08)
    large = (change > 50).sum(axis=(1, 2))
    assert large[within].min() > 40
    assert large[outside].max() < 10, "only the codec's own error"
    columns = np.nonzero((change[within] > 50).any(axis=0))[1]
    assert np.median(columns) > was.rgb.shape[1] / 2, "the left is on the viewer's right"
    assert planted.no_face_s == ()


@pytest.fixture(scope="session")
def leaving(resting: Scene, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One second, unevenly timed, in which the face is gone from 0.6 s on."""
    path = tmp_path_factory.mktemp("clip") / "leaving.mp4"
    face = cv2.resize(rendered(resting, Pose()), (256, 256), interpolation=cv2.INTER_AREA)
    wall = np.full_like(face, 128)
    frames = [np.asarray(face, dtype=np.uint8)] * 12 + [wall] * 8
    write_video(path, frames, rate_hz=20, times_s=[0.05 * n - 0.01 * (n % 2) for n in range(20)])
    return path


def test_uneven_times_of_a_clip_are_kept(leaving: Path, tmp_path: Path) -> None:
    planted = plant(leaving, [spasm(0.1)], tmp_path / "v.mp4", camera=Camera(seconds=1))
    with open_video(leaving) as before, open_video(planted.video) as after:
        was, became = ([frame.time_s for frame in video.frames()] for video in (before, after))
    assert became == pytest.approx(was, abs=2e-5)
    assert np.ptp(np.diff(was)) > 0.015


def test_an_event_where_the_clip_shows_no_face_is_refused(leaving: Path, tmp_path: Path) -> None:
    error = refused(leaving, tmp_path, spasm(0.5, 0.3), camera=Camera(seconds=1))
    assert isinstance(error, InputError)
    assert error.problem == (
        f"plan, event at0.5: no face is seen in {leaving} at 0.60 s, while it lasts"
    )


def test_a_gap_without_a_face_is_in_the_truth(leaving: Path, tmp_path: Path) -> None:
    planted = plant(leaving, [spasm(0.1)], tmp_path / "v.mp4", camera=Camera(seconds=1))
    assert planted.no_face_s == ((pytest.approx(0.6), pytest.approx(1.0, abs=0.02)),)
    document = json.loads((tmp_path / TRUTH_PLAN).read_text(encoding="utf-8"))
    assert document["no_face_s"] == [[0.6, round(planted.seconds, 6)]]


def test_an_event_after_the_end_of_a_clip_is_refused(leaving: Path, tmp_path: Path) -> None:
    error = refused(leaving, tmp_path, spasm(15.0), camera=Camera(seconds=20))
    assert f"event at15: it moves until 15.23 s, {leaving} ends at " in error.problem


# --- What cannot be planted -----------------------------------------------------------------


def refused(base: Path, folder: Path, *plan: Event, camera: Camera = QUIET) -> HemifacialError:
    """The refusal of a plan, after checking that it left nothing behind."""
    before = sorted(folder.iterdir())
    with pytest.raises(HemifacialError) as refusal:
        plant(base, plan, folder / "v.mp4", camera=camera)
    assert sorted(folder.iterdir()) == before
    assert refusal.value.next_step
    return refusal.value


def test_a_picture_without_a_face_is_refused(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    base = saved(tmp_path / "wall.png", noise)
    error = refused(base, tmp_path, spasm(0.4))
    assert isinstance(error, InputError)
    assert error.problem == f"{base}: no face is seen"


def test_a_picture_of_two_people_is_refused(astronaut: Picture, tmp_path: Path) -> None:
    two = np.hstack([astronaut[:, :400], astronaut[:, :400]])
    base = saved(tmp_path / "pair.png", np.ascontiguousarray(two))
    error = refused(base, tmp_path, spasm(0.4))
    assert error.problem == f"{base}: 2 faces are seen; spasms are planted in one"


def test_a_sleeping_face_is_refused(resting: Scene, every_muscle: FaceView, tmp_path: Path) -> None:
    closed = frame_of(resting, every_muscle, State(closure=dict.fromkeys(SIDES, 1.0)))
    base = saved(tmp_path / "asleep.png", closed)
    error = refused(base, tmp_path, spasm(0.4))
    assert "eye is open" in error.problem
    assert "at least 3 mm" in error.problem


def test_skin_that_would_fold_is_refused_with_the_limit(photograph: Path, tmp_path: Path) -> None:
    error = refused(photograph, tmp_path, spasm(0.4, amplitude=25.0))
    assert isinstance(error, InputError)
    assert "25 mm would fold the skin" in error.problem
    assert "the limit is 20%" in error.problem


def test_lids_alone_are_not_asked_for_more_than_the_eye_is_open(
    photograph: Path, tmp_path: Path
) -> None:
    event = spasm(0.4, sites=(LID_MUSCLE,), amplitude=15.0)
    error = refused(photograph, tmp_path, event)
    assert "the lids cannot close by 15.0 mm, the right eye of this face is open" in error.problem


@pytest.mark.parametrize(
    ("event", "message"),
    [
        (spasm(5.0), "the recording lasts from 0 to 1.00 s"),
        (spasm(0.4, sites=("temporalis",)), "no movement of the face is known here for temporalis"),
    ],
)
def test_a_senseless_plan_is_refused_before_the_picture_is_read(
    event: Event, message: str, photograph: Path, tmp_path: Path
) -> None:
    error = refused(photograph, tmp_path, event)
    assert isinstance(error, UsageError)
    assert message in error.problem


def test_one_folder_holds_one_planted_video(photograph: Path, tmp_path: Path) -> None:
    plant(photograph, [spasm(0.4)], tmp_path / "first.mp4", camera=SMALL)
    error = refused(photograph, tmp_path, spasm(0.4), camera=SMALL)
    assert error.problem == f"{tmp_path}: the folder holds the truth of first.mp4"
    plant(photograph, [], tmp_path / "first.mp4", camera=SMALL)
    assert read_events(tmp_path / TRUTH_EVENTS).events == ()


def test_a_clip_is_not_cropped(leaving: Path, tmp_path: Path) -> None:
    error = refused(leaving, tmp_path, spasm(0.4), camera=QUIET)
    assert "crop_to_head is for a still" in error.problem


def test_a_missing_base_is_named(tmp_path: Path) -> None:
    error = refused(tmp_path / "nobody.png", tmp_path, spasm(0.4))
    assert "nobody.png does not exist" in error.problem


# --- The head that sways --------------------------------------------------------------------


def test_a_pose_moves_the_picture_by_its_millimetres(resting: Scene) -> None:
    base = resting.base
    spot = np.zeros_like(base.picture)
    y, x = base.top_px + base.height_px // 2, base.left_px + base.width_px // 2
    spot[y - 3 : y + 4, x - 3 : x + 4] = 255
    base = replace(base, picture=spot, fine=fine_of(spot))
    scene = replace(resting, base=base, view=None)
    pose = Pose(right_mm=8.0, down_mm=-5.0)
    rest, moved = (rendered(scene, p)[..., 0].astype(float) for p in (Pose(), pose))

    def middle(frame: NDArray[np.float64]) -> NDArray[np.float64]:
        rows, columns = np.indices(frame.shape)
        return np.array([(columns * frame).sum(), (rows * frame).sum()]) / frame.sum()

    assert (middle(moved) - middle(rest)) * base.mm_per_px == pytest.approx([8, -5], abs=0.05)


def test_face_and_background_sway_as_one(resting: Scene, every_muscle: FaceView) -> None:
    # The face is drawn in a second pass over its own rectangle: no seam may show there.
    pose = Pose(right_mm=2.3, down_mm=1.1, tilt_deg=1.7, scale=1.01)
    nothing = State(skin_mm={("mentalis", Side.RIGHT): 1e-9})
    once = rendered(replace(resting, view=None, state=State()), pose).astype(int)
    twice = rendered(replace(resting, view=every_muscle, state=nothing), pose).astype(int)
    assert np.abs(once - twice).mean() < 0.3
    assert isinstance(resting.base, Frameable)
    assert np.abs(once - twice).max() <= 25
