"""What a clinic's drawer holds: every usual container and codec, and odd recordings."""

from __future__ import annotations

import gc
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from conftest import lacking, usual_scheduling
from hemifacial.formats.video import Frame, VideoProblems, open_video
from hemifacial.formats.video_writer import write_timed_video
from video_making import CORNERS, coded_frame, corners_of, index_of, make_video

SPOKEN_FOR = {"libx264": "h264", "libx265": "hevc", "libvpx-vp9": "vp9", "libsvtav1": "av1"}

HELD = [
    (container, codec, pix_fmt)
    for container, codecs in {
        "mp4": ("libx264", "libx265", "libvpx-vp9", "libsvtav1", "mpeg4"),
        "mov": ("libx264", "libx265", "prores_ks", "mjpeg"),
        "avi": ("libx264", "libvpx-vp9", "mpeg4", "mjpeg", "huffyuv"),
        "mkv": ("libx264", "libx265", "libvpx-vp9", "libsvtav1", "mpeg4"),
        "webm": ("libvpx-vp9", "libvpx", "libsvtav1"),
    }.items()
    for codec in codecs
    for pix_fmt in {
        "libx264": ("yuv420p", "yuv422p", "yuv420p10le", "gray"),
        "libx265": ("yuv420p", "yuv420p10le", "gray", "gray10le"),
        "libvpx-vp9": ("yuv420p", "yuv420p10le"),
        "libsvtav1": ("yuv420p", "yuv420p10le"),
        "prores_ks": ("yuv422p10le",),
        "huffyuv": ("yuv422p",),
        "mjpeg": ("yuvj420p",),
    }.get(codec, ("yuv420p",))
]

NOT_IN_EVERY_BUILD = {("libvpx-vp9", "yuv420p10le")}
"""What no test may count on: libvpx is built with 8 bits alone, or with 10 and 12 as well."""


def read(path: Path) -> tuple[list[Frame], VideoProblems]:
    with open_video(path) as video:
        return list(video.frames()), video.problems


def made(path: Path, frames: Any, **how: Any) -> Path:
    """A video, or a test that says aloud which encoder this machine has not."""
    codec = how["codec"]
    try:
        av.Codec(codec, "w")
    except av.codec.codec.UnknownCodecError:
        lacking(f"the encoder {codec}")
    try:
        with usual_scheduling():
            return make_video(path, frames, **how)
    except av.ArgumentError:
        pair = (codec, str(how.get("pix_fmt")))
        if pair in NOT_IN_EVERY_BUILD:
            pytest.skip(f"{codec} on this machine does not encode {pair[1]}")
        lacking(f"an encoder {codec} that takes {pair[1]}")
        raise


@pytest.mark.parametrize(("container", "codec", "pix_fmt"), HELD)
def test_containers_codecs_and_depths(
    tmp_path: Path, container: str, codec: str, pix_fmt: str
) -> None:
    path = made(tmp_path / f"v.{container}", 14, codec=codec, pix_fmt=pix_fmt, rate=25)
    with open_video(path) as video:
        frames = list(video.frames())
        assert video.info.codec == SPOKEN_FOR.get(codec, video.info.codec)
        assert video.problems.sentences() == ()
    assert [index_of(frame.rgb) for frame in frames] == list(range(14))
    assert [frame.time_s for frame in frames] == pytest.approx(np.arange(14) / 25, abs=6e-4)
    if "gray" in pix_fmt:
        assert np.ptp(frames[0].rgb.astype(int), axis=2).max() <= 1
    else:
        assert corners_of(frames[0].rgb) == list(CORNERS)


@pytest.mark.parametrize("codec", ["libx264", "mpeg4"])
@pytest.mark.parametrize("between", [0, 1, 2, 3])
def test_avi_with_pictures_stored_out_of_order(tmp_path: Path, codec: str, between: int) -> None:
    """AVI has no times of presentation; those that FFmpeg makes up lose every fourth picture."""
    options = {"bf": str(between)} | ({"b_strategy": "0"} if codec == "libx264" else {})
    path = make_video(tmp_path / "v.avi", 60, codec=codec, rate=30, gop=20, options=options)
    frames, problems = read(path)
    assert [index_of(frame.rgb) for frame in frames] == list(range(60))
    assert [frame.time_s for frame in frames] == pytest.approx(np.arange(60) / 30, abs=1e-6)
    assert problems.sentences() == ()


def test_avi_with_skipped_pictures_keeps_the_gap(tmp_path: Path) -> None:
    """A capture card that loses pictures writes empty ones, so that the next come in time."""

    def late(index: int, packet: Any) -> None:
        packet.pts = packet.dts = index + (5 if index >= 8 else 0)

    path = make_video(tmp_path / "v.avi", 16, codec="mjpeg", pix_fmt="yuvj420p", each_packet=late)
    frames, problems = read(path)
    assert [index_of(frame.rgb) for frame in frames] == list(range(16))
    ticks = [*range(8), *range(13, 21)]
    assert [frame.time_s for frame in frames] == pytest.approx(np.array(ticks) / 30, abs=1e-6)
    assert not problems.ended_early
    assert problems.lost_frames == 0


@pytest.mark.parametrize("name", ["v.mp4", "v.mov", "v.mkv", "v.webm"])
def test_variable_frame_rate(tmp_path: Path, name: str) -> None:
    times_s = np.cumsum([0, 0.033, 0.033, 0.1, 0.017, 0.5, 0.033, 0.040, 1.2, 0.033])
    pictures = [(time_s, coded_frame(index)) for index, time_s in enumerate(times_s)]
    if name.endswith("webm"):
        stamps = iter(np.round(times_s * 1000).astype(int).tolist())

        def stamp(frame: Any) -> None:
            frame.pts, frame.time_base = next(stamps), Fraction(1, 1000)

        make_video(
            tmp_path / name,
            [picture for _, picture in pictures],
            codec="libvpx-vp9",
            each_frame=stamp,
            set_up=lambda s: setattr(s.codec_context, "time_base", Fraction(1, 1000)),
        )
    else:
        write_timed_video(tmp_path / name, pictures, rate_hz=30)
    frames, problems = read(tmp_path / name)
    assert [index_of(frame.rgb) for frame in frames] == list(range(10))
    assert [frame.time_s for frame in frames] == pytest.approx(times_s, abs=1e-3)
    assert problems.sentences() == ()


@pytest.mark.parametrize("name", ["v.mp4", "v.mov", "v.mkv", "v.avi"])
def test_sound_that_comes_first_in_the_file(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with av.open(str(path), mode="w") as container:
        sound: Any = container.add_stream("aac", rate=8000)
        stream: Any = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        for start in range(0, 8000, 1024):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
            frame.sample_rate, frame.pts, frame.time_base = 8000, start, Fraction(1, 8000)
            container.mux(sound.encode(frame))
        container.mux(sound.encode(None))
        for index in range(25):
            picture = av.VideoFrame.from_ndarray(coded_frame(index), format="rgb24")
            container.mux(stream.encode(picture))
        container.mux(stream.encode(None))
    with av.open(str(path)) as container:
        assert container.streams[0].type == "audio"
    frames, problems = read(path)
    assert [index_of(frame.rgb) for frame in frames] == list(range(25))
    assert problems.sentences() == ()


@pytest.mark.parametrize(("name", "codec"), [("v.mp4", "libx264"), ("v.webm", "libvpx-vp9")])
def test_one_frame_a_second(tmp_path: Path, name: str, codec: str) -> None:
    frames, problems = read(make_video(tmp_path / name, 6, codec=codec, rate=1))
    assert [index_of(frame.rgb) for frame in frames] == list(range(6))
    assert [frame.time_s for frame in frames] == pytest.approx(range(6))
    assert problems.readable_s == pytest.approx(6)
    assert problems.sentences() == ()


def test_4k(tmp_path: Path) -> None:
    big = [coded_frame(index, 3840, 2160) for index in range(3)]
    frames, problems = read(make_video(tmp_path / "v.mp4", big, options={"preset": "ultrafast"}))
    assert [frame.rgb.shape for frame in frames] == [(2160, 3840, 3)] * 3
    assert [index_of(frame.rgb) for frame in frames] == [0, 1, 2]
    assert problems.sentences() == ()


@pytest.mark.parametrize(
    ("width", "height"), [(131, 97), (130, 97), (131, 96), (33, 400), (400, 33)]
)
def test_odd_and_narrow_sizes(tmp_path: Path, width: int, height: int) -> None:
    odd = [coded_frame(index, width, height) for index in range(4)]
    path = make_video(tmp_path / "v.webm", odd, codec="libvpx-vp9")
    frames, _ = read(path)
    assert [frame.rgb.shape for frame in frames] == [(height, width, 3)] * 4
    assert [index_of(frame.rgb) for frame in frames] == list(range(4))


def test_a_frame_outlives_its_recording(tmp_path: Path) -> None:
    path = make_video(tmp_path / "v.mp4", 5)
    with open_video(path) as video:
        kept = [frame for frame in video.frames() if frame.index in (1, 3)]
    gc.collect()
    assert [index_of(frame.rgb) for frame in kept] == [1, 3]
