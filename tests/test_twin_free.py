"""The second warp: skin moved without the face mesh, its truth known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import lacking
from hemifacial.anatomy import Side, region_of
from hemifacial.errors import InputError, SetupError, UsageError
from hemifacial.findings import Event, spasm_type
from hemifacial.landmarks.networks import FaceNetworks
from hemifacial.twin.anchors import Anchors, anchors_in
from hemifacial.twin.camera import Camera, Pose
from hemifacial.twin.face_model import FaceModel
from hemifacial.twin.free_warp import free_fields, free_pulls
from hemifacial.twin.movement import state_at
from hemifacial.twin.muscles import LID_MUSCLE, muscles
from hemifacial.twin.render import rendered
from hemifacial.twin.skin import JAW, inverse, landmark_mm, least_jacobian, weights_for
from hemifacial.twin.still import Still

SIDES = (Side.RIGHT, Side.LEFT)
SKIN = [word for word in free_pulls() if word != LID_MUSCLE]
FREE = FaceModel(warp="free")
ANCHORS = Anchors(
    eye_px={Side.RIGHT: (260.0, 300.0), Side.LEFT: (385.0, 310.0)},
    mouth_px=(318.0, 445.0),
    mm_per_px=0.5,
)
EVERY = free_fields(ANCHORS, [*((word, side) for word in free_pulls() for side in SIDES), JAW])


def spasm(onset_s: float = 0.3, duration_s: float = 0.3, **changes: object) -> Event:
    event = Event(
        onset_s=onset_s,
        duration_s=duration_s,
        event_id=f"at{onset_s:g}",
        trial_type=spasm_type(duration_s),
        side=Side.RIGHT,
        sites=("zygomaticus_major",),
        amplitude=4.0,
        amplitude_unit="mm",
    )
    return replace(event, **changes)  # type: ignore[arg-type]


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


def still(photograph: Path, networks: FaceNetworks, *plan: Event, seconds: float = 1.0) -> Still:
    camera = Camera(seconds=seconds, rate_hz=10, sway_mm=0, sway_deg=0, noise_sd=0)
    return Still(photograph, list(plan), replace(camera, crop_to_head=True), networks, FREE)


# --- The fields -----------------------------------------------------------------------------


def test_both_warps_know_the_same_muscles_and_every_region_of_the_face() -> None:
    assert set(free_pulls()) == set(muscles())
    assert {region_of(word) for word in free_pulls()} == {
        "brow",
        "eyelids",
        "cheek",
        "upper_lip",
        "mouth_corner",
        "chin",
        "jaw_line",
    }


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("muscle", SKIN)
def test_a_muscle_moves_its_place_by_exactly_its_millimetres_and_nothing_farther(
    muscle: str, side: Side
) -> None:
    key = (muscle, side)
    weights = weights_for(EVERY, {key: 1.0}, 3.0, {})
    assert landmark_mm(EVERY, weights, key) == pytest.approx(3.0, abs=1e-3)
    size_mm = np.linalg.norm(EVERY.total(weights), axis=-1) * EVERY.mm_per_px
    assert 2.9 < size_mm.max() < 3.4


@given(muscle=st.sampled_from(SKIN), angle_deg=st.floats(-180, 180), size_mm=st.floats(0.1, 6))
def test_turning_a_pull_changes_its_direction_and_not_its_size(
    muscle: str, angle_deg: float, size_mm: float
) -> None:
    key = (muscle, Side.LEFT)
    weight = size_mm * np.exp(1j * np.deg2rad(angle_deg))
    straight, turned = EVERY.total({key: size_mm}), EVERY.total({key: complex(weight)})
    norms = [np.linalg.norm(field, axis=-1) for field in (straight, turned)]
    assert np.abs(norms[1] - norms[0]).max() < 1e-4 * size_mm / EVERY.mm_per_px
    centre = EVERY.centre_px[key]
    before, after = (EVERY.at_mm(field, centre) for field in (straight, turned))
    cosine = before @ after / (np.linalg.norm(before) * np.linalg.norm(after))
    assert cosine == pytest.approx(np.cos(np.deg2rad(angle_deg)), abs=1e-3)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("muscle", free_pulls())
def test_the_other_side_is_dragged_along_by_what_the_table_says(muscle: str, side: Side) -> None:
    pull = free_pulls()[muscle]
    there = EVERY.centre_px[muscle, side.opposite]
    own = EVERY.at_mm(EVERY.unit[muscle, side], EVERY.centre_px[muscle, side])
    other = EVERY.at_mm(EVERY.unit[muscle, side], there)
    assert np.linalg.norm(own) == pytest.approx(pull.gain, abs=1e-3)
    if pull.other_side:
        assert other == pytest.approx(pull.other_side * own, abs=1e-3)
    else:
        assert np.linalg.norm(other) < 0.02


@pytest.mark.parametrize("muscle", free_pulls())
def test_a_pull_ends_within_its_reach_and_leaves_the_eyeballs_where_they_are(muscle: str) -> None:
    pull, unit = free_pulls()[muscle], EVERY.unit[muscle, Side.RIGHT]
    assert not unit[[0, -1]].any()
    assert not unit[:, [0, -1]].any()
    for side in SIDES:
        assert not EVERY.at_mm(unit, np.array(ANCHORS.eye_px[side])).any()
    if not pull.other_side:
        far = np.linalg.norm(
            (EVERY.grid.nodes_px() - EVERY.centre_px[muscle, Side.RIGHT]) * EVERY.mm_per_px, axis=-1
        )
        assert not unit[far > max(pull.ahead_mm, pull.behind_mm, pull.across_mm)].any()


@pytest.mark.parametrize("muscle", SKIN)
def test_five_millimetres_fold_no_skin_and_the_way_back_leads_home(muscle: str) -> None:
    forward = EVERY.total({(muscle, Side.RIGHT): 5.0})
    assert least_jacobian(EVERY, forward) > 0.35
    place = EVERY.centre_px[muscle, Side.RIGHT]
    moved = place + EVERY.at_mm(forward, place) / EVERY.mm_per_px
    came = EVERY.at_mm(inverse(EVERY, forward), moved) / EVERY.mm_per_px
    assert np.abs(moved - came - place).max() < 0.1


def test_the_mouth_opens_downwards_and_the_upper_lip_stays() -> None:
    field = EVERY.unit[JAW]
    lip = EVERY.at_mm(field, EVERY.centre_px[JAW])
    assert lip @ -ANCHORS.upward == pytest.approx(1.0, abs=1e-3)
    assert abs(lip @ ANCHORS.leftward) < 1e-3
    above = ANCHORS.mouth + ANCHORS.upward * 4 / ANCHORS.mm_per_px
    assert not EVERY.at_mm(field, above).any()
    chin = ANCHORS.mouth - ANCHORS.upward * 25 / ANCHORS.mm_per_px
    assert EVERY.at_mm(field, chin) @ -ANCHORS.upward > 0.8
    assert not field[[0, -1]].any()
    assert not field[:, [0, -1]].any()


def test_an_unknown_muscle_and_impossible_anchors_are_refused() -> None:
    with pytest.raises(UsageError, match="the free warp moves no masseter"):
        free_fields(ANCHORS, [("masseter", Side.RIGHT)])
    with pytest.raises(UsageError, match="the eyes lie 63 mm apart and 0 mm above the mouth"):
        replace(ANCHORS, mouth_px=(322.5, 305.0))
    with pytest.raises(UsageError, match="warp is 'bezier'") as refusal:
        FaceModel(warp="bezier")
    assert refusal.value.next_step == "Choose mesh or free."
    with pytest.raises(UsageError, match="anchors place the free warp, and the warp is mesh"):
        FaceModel(anchors=ANCHORS)


# --- In a face ------------------------------------------------------------------------------


def test_anchors_are_found_by_the_detector_and_can_be_given_by_hand(
    photograph: Path, networks: FaceNetworks
) -> None:
    resting = still(photograph, networks)
    picture = next(resting.scenes()).base.picture
    seen = anchors_in(networks, picture, mm_per_px=resting.face.mm_per_px)
    for side in SIDES:
        middle = resting.face.fissure_px(side).mean(axis=0)
        away_mm = np.linalg.norm(middle - seen.eye_px[side]) * resting.face.mm_per_px
        assert away_mm < 6, "the detector and the mesh, two networks, see the same eye"
    wall = np.full((200, 200, 3), 90, dtype=np.uint8)
    with pytest.raises(InputError, match="the face detector sees no face to place the free warp"):
        anchors_in(networks, wall, mm_per_px=0.5)


def test_anchors_follow_the_cut_and_the_enlargement_of_the_picture() -> None:
    there = ANCHORS.scaled(2.0, np.array([100.0, 50.0]))
    assert there.mouth_px == pytest.approx((2 * 218 + 0.5, 2 * 395 + 0.5))
    assert there.mm_per_px == 0.25
    here = there.place_px("eye", Side.LEFT, 0.2, -0.4) - 0.5
    assert here / 2 + [100, 50] == pytest.approx(ANCHORS.place_px("eye", Side.LEFT, 0.2, -0.4))


def test_the_truth_states_size_turn_lag_and_what_was_dragged_along(
    photograph: Path, networks: FaceNetworks
) -> None:
    sites = (LID_MUSCLE, "zygomaticus_major", "mentalis")
    plan = [spasm(0.2 + n, 0.3, sites=sites, event_id=f"e{n}") for n in range(8)]
    movements = still(photograph, networks, *plan, seconds=9).planting.movements
    for movement in movements:
        event = movement.event
        assert event.amplitude == pytest.approx(4.0, abs=1e-3)
        assert movement.site_mm["zygomaticus_major", Side.RIGHT] == pytest.approx(4.0, abs=1e-3)
        assert 0.2 < movement.other_side_mm["zygomaticus_major", Side.LEFT] < 0.6
        assert 0 < movement.lag_s < 0.03
        lids, skin = (part.course for part in movement.parts)
        assert lids.level(event.onset_s) == pytest.approx(0.1, abs=1e-6)
        assert skin.level(event.onset_s + movement.lag_s) == pytest.approx(0.1, abs=1e-6)
        assert skin.level(event.offset_s) == pytest.approx(0.1, abs=1e-6)
    angles = [
        np.rad2deg(np.angle(m.peak.skin_mm["zygomaticus_major", Side.RIGHT])) for m in movements
    ]
    assert np.abs(angles).max() <= 15
    assert np.ptp(angles) > 5, "no two events pull quite alike"


def test_the_skin_in_the_picture_moves_by_the_stated_millimetres(
    photograph: Path, networks: FaceNetworks
) -> None:
    # Read without any landmark: a patch of the cheek is searched for by correlation.
    event = spasm(sites=("orbicularis_oculi_orbital",), amplitude=4.0)
    planted = still(photograph, networks, event)
    (movement,) = planted.planting.movements
    rest = rendered(planted.scene_at(0.0), Pose())
    peak_s = movement.event.peak_time_s or 0.0
    moved = rendered(planted.scene_at(peak_s), Pose())
    fields, key = planted.fields, ("orbicularis_oculi_orbital", Side.RIGHT)
    scene = planted.scene_at(peak_s)
    corner = (scene.base.left_px, scene.base.top_px)
    x, y = (fields.centre_px[key] - corner).round().astype(int)
    grey = [cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) for frame in (rest, moved)]
    template = grey[0][y - 8 : y + 9, x - 8 : x + 9]
    found = cv2.matchTemplate(
        grey[1][y - 26 : y + 27, x - 26 : x + 27], template, cv2.TM_CCOEFF_NORMED
    )
    row, column = np.unravel_index(int(found.argmax()), found.shape)
    moved_mm = np.hypot(row - 18, column - 18) * planted.face.mm_per_px
    assert moved_mm == pytest.approx(4.0, abs=0.7)
    assert row < 18, "a cheek goes up"
    state = state_at(planted.planting.movements, peak_s)
    assert abs(state.skin_mm[key]) == pytest.approx(4.0, abs=0.01)
