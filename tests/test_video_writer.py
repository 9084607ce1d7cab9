"""What is written can be read back: frame by frame, in time and colour, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from hemifacial.errors import InputError, UsageError
from hemifacial.formats.video import open_video, read_image, write_video
from video_making import CORNERS, coded_frame, corners_of, index_of, jpeg


def frames(count: int, width: int = 128, height: int = 96) -> Iterator[NDArray[np.uint8]]:
    return (coded_frame(index, width, height) for index in range(count))


def written(path: Path) -> tuple[list[int], list[float]]:
    with open_video(path) as video:
        back = list(video.frames())
        assert video.problems.sentences() == ()
    return [index_of(frame.rgb) for frame in back], [frame.time_s for frame in back]


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("v.mp4", "libx264"),
        ("v.mov", "libx265"),
        ("v.mkv", "libx264"),
        ("v.webm", "libvpx-vp9"),
    ],
)
@pytest.mark.parametrize("rate_hz", [60, 29.97])
def test_frames_come_back_in_order_and_in_time(
    tmp_path: Path, name: str, codec: str, rate_hz: float, capfd: pytest.CaptureFixture[str]
) -> None:
    write_video(tmp_path / name, frames(45), rate_hz=rate_hz, codec=codec)
    indices, times_s = written(tmp_path / name)
    assert indices == list(range(45))
    assert times_s == pytest.approx(np.arange(45) / rate_hz, abs=1.1e-3)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(("name", "exact_s"), [("v.mp4", 1e-5), ("v.mkv", 1e-3)])
def test_stated_times_come_back(tmp_path: Path, name: str, exact_s: float) -> None:
    times_s = 7 + np.cumsum([0, 0.033, 0.034, 0.2, 0.0167, 0.0166, 2.5, 0.033])
    write_video(tmp_path / name, frames(8), rate_hz=30, times_s=times_s)
    indices, back_s = written(tmp_path / name)
    assert indices == list(range(8))
    assert back_s == pytest.approx(times_s - 7, abs=exact_s)


def test_an_odd_size_gains_a_row_and_a_column_and_nothing_moves(tmp_path: Path) -> None:
    write_video(tmp_path / "v.mp4", frames(4, 131, 97), rate_hz=30, crf=5)
    with open_video(tmp_path / "v.mp4") as video:
        rgb = next(video.frames()).rgb.astype(int)
    assert rgb.shape == (98, 132, 3)
    assert abs(rgb[:97, :131] - coded_frame(0, 131, 97)).mean() < 4
    assert abs(rgb[97] - rgb[96]).max() < 16


def test_colours_survive(tmp_path: Path) -> None:
    for name, codec in (("v.mp4", "libx264"), ("v.webm", "libvpx-vp9")):
        write_video(tmp_path / name, frames(3), rate_hz=30, crf=4, codec=codec)
        with open_video(tmp_path / name) as video:
            rgb = next(video.frames()).rgb
        assert corners_of(rgb) == list(CORNERS)
        for at, colour in zip(
            ((12, 16), (12, -16), (-12, 16), (-12, -16)), CORNERS.values(), strict=True
        ):
            assert rgb[at] == pytest.approx(colour, abs=6)


def test_a_smaller_crf_is_closer_to_the_original(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    picture = cv2.GaussianBlur(rng.integers(0, 255, (96, 128, 3), np.uint8), (5, 5), 0)
    errors, sizes = [], []
    for crf in (5, 20, 40):
        path = tmp_path / f"{crf}.mp4"
        write_video(path, [picture] * 5, rate_hz=30, crf=crf)
        with open_video(path) as video:
            errors.append(abs(next(video.frames()).rgb.astype(int) - picture).mean())
        sizes.append(path.stat().st_size)
    assert errors == sorted(errors)
    assert sizes == sorted(sizes, reverse=True)


def test_the_wall_clock_is_written_only_when_given(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", frames(3), rate_hz=30)
    write_video(tmp_path / "b.mp4", frames(3), rate_hz=30, recorded_at="2024-05-06T07:08:09Z")
    assert open_video(tmp_path / "a.mp4").info.recorded_at == ""
    assert open_video(tmp_path / "b.mp4").info.recorded_at == "2024-05-06T07:08:09+00:00"


def test_the_same_frames_give_the_same_file(tmp_path: Path) -> None:
    for name in ("a.mp4", "b.mp4"):
        write_video(tmp_path / name, frames(20), rate_hz=30)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


# --- whole or not at all --------------------------------------------------------------------------


def test_a_failure_on_the_way_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "v.mp4"
    write_video(path, frames(3), rate_hz=30)
    before = path.read_bytes()

    def failing() -> Iterator[NDArray[np.uint8]]:
        yield from frames(20)
        raise RuntimeError("the generator failed")

    with pytest.raises(RuntimeError, match="the generator failed"):
        write_video(path, failing(), rate_hz=30)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_the_file_does_not_appear_before_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "v.mp4"
    seen = []

    def watching() -> Iterator[NDArray[np.uint8]]:
        for frame in frames(5):
            seen.append(path.exists())
            yield frame

    write_video(path, watching(), rate_hz=30)
    assert seen == [False] * 5
    assert path.exists()


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ({"frames": []}, r"v\.mp4: there is no frame to write"),
        ({"path": "none/v.mp4"}, r"none.v\.mp4: cannot be written"),
    ],
)
def test_what_cannot_be_written(tmp_path: Path, what: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        write_video(
            tmp_path / str(what.get("path", "v.mp4")), what.get("frames", frames(2)), rate_hz=30
        )  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_an_ending_that_names_no_video(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"the ending '\.gif' names no video format") as caught:
        write_video(tmp_path / "v.gif", frames(2), rate_hz=30)
    assert ".mp4, .mov" in caught.value.next_step


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"times_s": [0, 0.1]}, r"more frames than times \(2\)"),
        ({"times_s": [0, 0.1, 0.2, 0.3]}, "more times than frames"),
        ({"times_s": [0, 0.2, 0.2]}, r"times must increase; 0\.2 s does not"),
        ({"times_s": [0, 0.2, 0.1]}, r"times must increase; 0\.1 s does not"),
        ({"times_s": [0, float("nan"), 1]}, "a time of nan s is none"),
        ({"times_s": [0, float("inf"), 1]}, "a time of inf s is none"),
        ({"rate_hz": 0}, "rate_hz is 0"),
        ({"rate_hz": float("inf")}, "rate_hz is inf"),
        ({"rate_hz": float("nan")}, "rate_hz is nan"),
        ({"codec": "no_such_codec"}, "no_such_codec"),
        ({"codec": "libvpx-vp9", "path": "v.mov"}, r"libvpx-vp9 cannot be written to \.mov"),
        (
            {"frames": [np.zeros((8, 8, 3), np.uint8), np.zeros((8, 10, 3), np.uint8)]},
            r"frame 1 is",
        ),
        ({"frames": [np.zeros((8, 8, 3), np.float32)]}, "frame 0 is float32"),
        ({"frames": [np.zeros((8, 8), np.uint8)]}, r"frame 0 is uint8 \(8, 8\)"),
    ],
)
def test_a_wrong_call(tmp_path: Path, change: dict[str, object], message: str) -> None:
    call: dict[str, object] = {"frames": frames(3), "rate_hz": 30.0, **change}
    path = tmp_path / str(call.pop("path", "v.mp4"))
    with pytest.raises(ValueError, match=message):
        write_video(path, **call)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


# --- photographs ----------------------------------------------------------------------------------


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photograph_stands_upright(tmp_path: Path, orientation: int) -> None:
    (tmp_path / "photo.jpg").write_bytes(jpeg(orientation))
    rgb = read_image(tmp_path / "photo.jpg")
    assert corners_of(rgb) == list(CORNERS)
    assert index_of(rgb) == 341


@pytest.mark.parametrize(
    ("ending", "picture"),
    [
        (".png", coded_frame(5)),
        (".png", coded_frame(5).astype(np.uint16) * 257),
        (".png", np.dstack([coded_frame(5), np.full((96, 128), 128, np.uint8)])),
        (".bmp", coded_frame(5)),
        (".tiff", coded_frame(5)),
        (".webp", coded_frame(5)),
    ],
)
def test_photographs_of_every_kind(tmp_path: Path, ending: str, picture: NDArray[np.uint8]) -> None:
    order = [2, 1, 0, 3][: picture.shape[2]]
    ok, data = cv2.imencode(ending, np.ascontiguousarray(picture[..., order]))
    assert ok
    path = tmp_path / f"Grüße{ending}"
    path.write_bytes(data.tobytes())
    rgb = read_image(path)
    assert rgb.dtype == np.uint8
    assert abs(rgb.astype(int) - coded_frame(5)).max() <= (30 if ending == ".webp" else 0)


def test_a_phone_s_trailer_after_the_photograph_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "motion.jpg").write_bytes(jpeg(6) + b"\xff\xda trailer of a motion photo" * 50)
    assert corners_of(read_image(tmp_path / "motion.jpg")) == list(CORNERS)


@pytest.mark.parametrize("height", [240, 256])
def test_same_pictures_give_the_same_file(tmp_path: Path, height: int) -> None:
    """Also at an odd number of 16 px blocks, where x264 by default differs from run to run."""
    chance = np.random.default_rng(1)
    grain = chance.integers(0, 255, (height, height, 3), dtype=np.uint8)
    smooth = cv2.GaussianBlur(grain, (0, 0), 3)
    pictures = [
        np.clip(np.roll(smooth, i, axis=1) + chance.normal(0, 2, smooth.shape), 0, 255).astype(
            np.uint8
        )
        for i in range(60)
    ]
    for name in ("one.mp4", "two.mp4"):
        write_video(tmp_path / name, iter(pictures), rate_hz=60)
    assert (tmp_path / "one.mp4").read_bytes() == (tmp_path / "two.mp4").read_bytes()
