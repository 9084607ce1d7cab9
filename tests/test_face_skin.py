"""Skin that moves by a known way in real photographs, and all that must not look like it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.face.following.reference import References
from hemifacial.face.following.skin import (
    CANTHAL_DISTANCE_PX,
    N_PATCHES,
    SkinPicture,
    SkinSeen,
    first_picture,
    look,
    next_picture,
    normal_of,
)
from hemifacial.face.regions import PATCH_POINTS, PATCHES, STEADY
from hemifacial.formats.video import Frame, open_video
from hemifacial.landmarks.mesh import MEASURED, MIRROR, OUTER_CANTHUS
from hemifacial.landmarks.networks import Mesh
from landmarks_pictures import Picture, seen_alone

Floats = NDArray[np.float64]

CANTHI_MM = 90.0
PX_PER_MM = CANTHAL_DISTANCE_PX / CANTHI_MM  # of the stabilised picture
UP_AND_OUT = np.array([0.6, -0.8])
CLIPS = ("openwillis_baseline.mp4", "jefapato_2sec.mp4")
TWITCH_MM = 8.0  # standard deviation of how far around its middle a muscle takes the skin along


@cache
def photograph(path: Path) -> Picture:
    """The first picture of a clip of a face at rest, its face cut out."""
    with open_video(path) as video:
        rgb = next(iter(video.frames())).rgb
    found = seen(rgb)
    x, y = (int(value) for value in found.points_px[:, :2].mean(axis=0))
    reach = int(1.5 * np.ptp(found.points_px[:, 1]))
    return np.ascontiguousarray(rgb[max(0, y - reach) : y + reach, max(0, x - reach) : x + reach])


@pytest.fixture(params=CLIPS)
def rgb(request: pytest.FixtureRequest, shared_data: Path) -> Picture:
    return photograph(shared_data / "video" / "permissive" / request.param)


@pytest.fixture
def man(shared_data: Path) -> Picture:
    return photograph(shared_data / "video" / "permissive" / CLIPS[0])


def seen(picture: Picture) -> Mesh:
    found = seen_alone(picture)
    assert found is not None
    return found


def px_per_mm(found: Mesh) -> float:
    right, left = (found.points_px[index] for index in OUTER_CANTHUS.values())
    return float(np.linalg.norm(left - right)) / CANTHI_MM


def pulled(picture: Picture, middle_px: Floats, way_px: Floats, spread_px: float) -> Picture:
    """Skin around a place drawn along, most in the middle, as a bell."""
    import cv2

    rows, columns = np.mgrid[: picture.shape[0], : picture.shape[1]].astype(np.float32)
    away = (columns - middle_px[0]) ** 2 + (rows - middle_px[1]) ** 2
    share = np.exp(-away / (2 * spread_px**2))
    return np.asarray(
        cv2.remap(
            picture,
            (columns - way_px[0] * share).astype(np.float32),
            (rows - way_px[1] * share).astype(np.float32),
            cv2.INTER_CUBIC,
        ),
        dtype=np.uint8,
    )


def twitching(picture: Picture, point: int, mm: float) -> Picture:
    found = seen(picture)
    scale = px_per_mm(found)
    middle = found.points_px[point, :2].astype(np.float64)
    return pulled(picture, middle, mm * scale * UP_AND_OUT, TWITCH_MM * scale)


def moved_mm(seen_skin: SkinSeen) -> Floats:
    """How far each patch has moved, (36,), NaN where it is lost."""
    return np.asarray(np.hypot(*seen_skin.moved_px.T) / PX_PER_MM)


def index_of(point: int) -> int:
    return PATCH_POINTS.tolist().index(point)


# --- the patches ----------------------------------------------------------------------------------


def test_patches_of_left_and_right_are_mirror_images_and_no_two_alike() -> None:
    assert N_PATCHES == PATCH_POINTS.size == len(set(PATCH_POINTS.tolist()))
    for site, side in PATCHES:
        assert MIRROR[list(PATCHES[site, side])].tolist() == list(PATCHES[site, side.opposite])
    assert set(MIRROR[STEADY].tolist()) == set(STEADY.tolist())
    assert not set(STEADY.tolist()) & set(PATCH_POINTS.tolist())
    assert {corner for corner, *_ in [PATCHES["mouth_corner", Side.RIGHT]]} <= set(MEASURED)


@pytest.mark.parametrize("side", [Side.RIGHT, Side.LEFT])
@pytest.mark.parametrize("site", list(dict.fromkeys(site for site, _ in PATCHES)))
def test_a_twitch_of_one_millimetre_is_seen_where_it_is_and_nowhere_else(
    rgb: Picture, site: str, side: Side
) -> None:
    """The network sees next to nothing of it in cheek, upper lip, chin and jaw line."""
    point = PATCHES[site, side][0]
    before, picture = seen(rgb), twitching(rgb, point, 1.0)
    skin = look(picture, seen(picture), first_picture(rgb, before))
    along_mm = skin.moved_px @ UP_AND_OUT / PX_PER_MM
    assert 0.6 <= along_mm[index_of(point)] <= 1.0
    assert moved_mm(skin)[index_of(point)] == pytest.approx(along_mm[index_of(point)], abs=0.1)
    away = np.hypot(*(before.points_px[PATCH_POINTS, :2] - before.points_px[point, :2]).T)
    elsewhere = away > 2.5 * TWITCH_MM * px_per_mm(before)
    assert np.count_nonzero(elsewhere) >= N_PATCHES // 3
    assert np.nanmax(moved_mm(skin)[elsewhere]) < 0.15
    if site in ("cheek", "upper_lip", "chin", "jaw_line"):
        by_mesh = skin.mesh_px[index_of(point)] @ UP_AND_OUT / PX_PER_MM
        assert by_mesh < 0.3


@pytest.mark.parametrize("mm", [0.3, 1.0, 2.0, 3.0])
def test_what_is_seen_grows_with_the_twitch(man: Picture, mm: float) -> None:
    point = PATCHES["chin", Side.LEFT][0]
    picture = twitching(man, point, mm)
    skin = look(picture, seen(picture), first_picture(man, seen(man)))
    assert 0.6 * mm <= moved_mm(skin)[index_of(point)] <= mm


# --- what is no movement --------------------------------------------------------------------------


def test_the_same_picture_has_not_moved_at_all(rgb: Picture) -> None:
    skin = look(rgb, seen(rgb), first_picture(rgb, seen(rgb)))
    assert np.abs(skin.moved_px).max() == 0
    assert skin.residual_px == 0


@pytest.mark.parametrize(
    ("turn_deg", "scale"), [(8, 1.0), (-15, 1.0), (0, 0.7), (0, 1.3), (5, 0.85), (0, 0.4)]
)
def test_a_picture_that_is_turned_or_scaled_has_not_moved(
    rgb: Picture, turn_deg: float, scale: float
) -> None:
    import cv2

    height, width = rgb.shape[:2]
    to = cv2.getRotationMatrix2D((width / 2, height / 2), turn_deg, scale)
    # Beyond its edges the picture is grey; black would change how bright it is in all.
    turned = np.asarray(
        cv2.warpAffine(
            rgb, to, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        ),
        dtype=np.uint8,
    )
    skin = look(turned, seen(turned), first_picture(rgb, seen(rgb)))
    # 0.153 at most, of a face of 69 px.
    assert moved_mm(skin).max() < 0.16
    assert skin.residual_px < 0.12


@pytest.mark.parametrize(("gain", "largest_mm"), [(0.6, 0.35), (0.85, 0.35), (1.1, 0.35)])
def test_a_dimmed_or_brightened_picture_has_not_moved(
    rgb: Picture, gain: float, largest_mm: float
) -> None:
    other = np.clip(rgb * gain, 0, 255).astype(np.uint8)
    skin = look(other, seen(other), first_picture(rgb, seen(rgb)))
    assert np.nanmax(moved_mm(skin)) < largest_mm


def test_noise_of_a_camera_moves_skin_by_less_than_is_called(rgb: Picture) -> None:
    chance = np.random.default_rng(0)
    noisy = np.clip(rgb + chance.normal(0, 5, rgb.shape), 0, 255).astype(np.uint8)
    skin = look(noisy, seen(noisy), first_picture(rgb, seen(rgb)))
    assert np.median(moved_mm(skin)) < 0.1
    assert np.nanmax(moved_mm(skin)) < 0.5


# --- what cannot be seen --------------------------------------------------------------------------


@pytest.mark.parametrize("cover", ["plain", "texture"])
def test_skin_under_a_cover_is_not_found_and_the_rest_is(rgb: Picture, cover: str) -> None:
    found = seen(rgb)
    place = PATCHES["cheek", Side.RIGHT]
    x, y = found.points_px[list(place), :2].mean(axis=0)
    rows, columns = np.mgrid[: rgb.shape[0], : rgb.shape[1]]
    under = np.hypot(columns - x, rows - y) < 22 * px_per_mm(found)
    chance = np.random.default_rng(1)
    fill = chance.integers(0, 255, rgb.shape) if cover == "texture" else np.full(rgb.shape, 120)
    covered = np.where(under[..., np.newaxis], fill, rgb).astype(np.uint8)
    skin = look(covered, seen(covered), first_picture(rgb, found))
    for point in place:
        assert np.isnan(moved_mm(skin)[index_of(point)])
    assert np.isfinite(skin.mesh_px).all()
    left = [points for (_, side), points in PATCHES.items() if side is Side.LEFT]
    assert moved_mm(skin)[[index_of(p) for points in left for p in points]].max() < 0.2


def test_where_most_of_the_bone_is_hidden_nothing_is_said(man: Picture) -> None:
    found = seen(man)
    picture = man.copy()
    bottom = int(found.points_px[[48, 278], 1].mean())
    picture[:bottom] = 128
    skin = look(picture, found, first_picture(man, found))
    assert np.isnan(skin.moved_px).all()
    assert np.isnan(skin.residual_px)


# --- one reference after another ------------------------------------------------------------------


def frame(picture: Picture, time_s: float) -> Frame:
    return Frame(index=round(time_s * 30), time_s=time_s, pixels=picture)


def place_in(references: References) -> SkinPicture:
    assert references.now is not None
    return references.now


def test_a_pull_that_is_held_over_a_change_of_reference_stays_where_it_is(man: Picture) -> None:
    point = PATCHES["cheek", Side.LEFT][0]
    references, rest, pulled_face = References(), seen(man), twitching(man, point, 2.0)
    assert references.note(frame(man, 0.0), (rest, None)) is None
    held = seen(pulled_face)
    skin = look(pulled_face, held, place_in(references))
    before = references.note(frame(pulled_face, 1.0), (held, skin))
    assert before is not None
    assert np.hypot(*before[index_of(point)]) > 1.2 * PX_PER_MM
    first = references.now
    # The picture no longer agrees with the reference: another one is taken.
    unlike = replace(skin, residual_px=3.0)
    at_change = references.note(frame(pulled_face, 1.1), (held, unlike))
    assert at_change == pytest.approx(before)
    assert references.now is not first
    skin = look(pulled_face, held, place_in(references))
    assert skin.moved_px == pytest.approx(before, abs=0.02)
    after = references.note(frame(pulled_face, 1.2), (held, skin))
    assert after == pytest.approx(before, abs=0.02)
    # And let go against the new one, it is where it was.
    skin = look(man, rest, place_in(references))
    back = references.note(frame(man, 1.3), (rest, skin))
    assert back is not None
    assert np.hypot(*back[index_of(point)]) < 0.25 * PX_PER_MM


def test_what_is_not_found_at_a_change_of_reference_is_where_the_mesh_says(man: Picture) -> None:
    references, rest = References(), seen(man)
    references.note(frame(man, 0.0), (rest, None))
    skin = look(man, rest, place_in(references))
    lost = skin.moved_px.copy()
    lost[5] = np.nan
    says = skin.mesh_px.copy()
    says[5] = (3.0, -4.0)
    unlike = replace(skin, moved_px=lost, mesh_px=says, residual_px=3.0)
    at_change = references.note(frame(man, 1.0), (rest, unlike))
    assert at_change is not None
    assert np.isnan(at_change[5]).all()
    skin = look(man, rest, place_in(references))
    after = references.note(frame(man, 1.1), (rest, skin))
    assert after is not None
    assert after[5] == pytest.approx([3, -4], abs=0.02)


@pytest.mark.parametrize(
    ("time_s", "residual_px", "changes"),
    [(0.3, 3.0, False), (0.6, 3.0, True), (0.6, np.nan, True), (9.0, 1.0, False)],
)
def test_a_reference_is_kept_while_it_serves_and_half_a_second_at_least(
    man: Picture, time_s: float, residual_px: float, changes: bool
) -> None:
    references, rest = References(), seen(man)
    references.note(frame(man, 0.0), (rest, None))
    first = place_in(references)
    skin = replace(look(man, rest, first), residual_px=residual_px)
    references.note(frame(man, time_s), (rest, skin))
    assert (references.now is not first) is changes


def test_another_reference_is_taken_when_the_face_looks_elsewhere(man: Picture) -> None:
    references, rest = References(), seen(man)
    references.note(frame(man, 0.0), (rest, None))
    first = place_in(references)
    skin = look(man, rest, first)
    for degrees, changes in ((4.0, False), (15.0, True)):
        cos, sin = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        points = rest.points_px.astype(np.float64)
        x, z = points[:, 0].copy(), points[:, 2].copy()
        points[:, 0], points[:, 2] = x * cos + z * sin, z * cos - x * sin
        aside = replace(rest, points_px=points.astype(np.float32))
        turned_deg = np.degrees(np.arccos(normal_of(points) @ first.normal))
        assert 0.4 * degrees < turned_deg <= degrees + 0.01
        references.note(frame(man, 1.0), (aside, skin))
        assert (references.now is not first) is changes


def test_a_later_picture_lies_over_the_first(man: Picture) -> None:
    import cv2

    height, width = man.shape[:2]
    to = cv2.getRotationMatrix2D((width / 2, height / 2), 12, 0.8)
    turned = np.asarray(cv2.warpAffine(man, to, (width, height)), dtype=np.uint8)
    first = first_picture(man, seen(man))
    later = next_picture(turned, seen(turned), first)
    assert np.abs(later.middles_px - first.middles_px).max() < 1.5
    assert later.grey.shape == first.grey.shape
    middle = (slice(60, 240), slice(60, 230))
    apart = np.abs(later.grey[middle].astype(float) - first.grey[middle])
    assert np.median(apart) < 4
