"""Parts of a decoded picture are the parts of the whole, however it has to be turned."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from av.video.frame import VideoFrame
from av.video.reformatter import VideoReformatter
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from hemifacial.formats.pixels import Orientation, Undeveloped

HEIGHT_PX, WIDTH_PX = (
    270,
    358,
)  # multiples of neither the grid nor of what a processor takes at once


def stored(pixel_format: str = "yuv420p") -> VideoFrame:
    """A picture in which no two places are alike, with the colours of HD video."""
    noise = np.random.default_rng(7).integers(0, 256, (HEIGHT_PX, WIDTH_PX, 3), dtype=np.uint8)
    picture = VideoFrame.from_ndarray(noise, format="rgb24")
    return VideoReformatter().reformat(picture, format=pixel_format, dst_colorspace="ITU709")


def whole(picture: VideoFrame) -> NDArray[np.uint8]:
    return np.asarray(VideoReformatter().reformat(picture, format="rgb24").to_ndarray())


@pytest.mark.parametrize(("turn_deg", "mirrored"), list(product((0, 90, 180, 270), (False, True))))
@given(data=st.data())
def test_part_is_the_part_of_the_whole(data: st.DataObject, turn_deg: int, mirrored: bool) -> None:
    picture, orientation = stored(), Orientation(turn_deg=turn_deg, mirrored=mirrored)
    upright = orientation.apply(whole(picture))
    undeveloped = Undeveloped(picture, orientation)
    assert undeveloped.shape == upright.shape
    for _ in range(3):
        rows, columns = (
            slice(*sorted(data.draw(st.tuples(st.integers(0, size), st.integers(0, size)))))
            for size in upright.shape[:2]
        )
        assert np.array_equal(undeveloped[rows, columns], upright[rows, columns])


def test_all_of_it_and_beyond_its_border() -> None:
    picture = stored()
    undeveloped = Undeveloped(picture, Orientation())
    assert np.array_equal(undeveloped[:, :], whole(picture))
    assert undeveloped[-20:, 300:9999].shape == (20, WIDTH_PX - 300, 3)
    assert undeveloped[50:40, :].size == 0


def test_only_pictures_that_it_can_cut() -> None:
    assert Undeveloped.can_develop(stored())
    for other in ("yuv422p", "yuv420p10le", "nv12", "gray"):
        assert not Undeveloped.can_develop(stored(other))
