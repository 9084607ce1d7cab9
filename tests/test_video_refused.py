"""What is not a usable video is refused with one clear message; nothing hangs, nothing crashes."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from functools import cache
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import av
import cv2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hemifacial.errors import InputError
from hemifacial.formats.video import open_video, read_image
from video_making import coded_frame, damaged, make_sound, make_video

KEY = {
    "encryption_scheme": "cenc-aes-ctr",
    "encryption_key": "76a6c65c5ea762046bd749a2e632ccbb",
    "encryption_kid": "a7e61c373e219033c21091fa607bf3b8",
}


def refusal(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        open_video(path)
    error = caught.value
    assert str(path) in error.problem
    assert error.next_step
    assert error.exit_code == 3
    assert error.__cause__ is None
    return error


def test_missing_folder_and_empty(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "none.mp4").problem
    assert "is a folder" in refusal(tmp_path).problem
    (tmp_path / "empty.mp4").write_bytes(b"")
    assert "is empty (0 bytes)" in refusal(tmp_path / "empty.mp4").problem
    assert "cannot be read" in refusal(tmp_path / ("x" * 300 + ".mp4")).problem


def test_unreadable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_video(tmp_path / "v.mp4", 3)

    def denied(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", denied)  # the superuser of a CI machine may read all
    assert "cannot be read: Permission denied" in refusal(path).problem


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
@pytest.mark.timeout(10)
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    assert "is a device or a pipe" in refusal(tmp_path / "pipe.mp4").problem


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WebP", "TIFF", "BMP"])
def test_a_still_named_like_a_video(
    tmp_path: Path, kind: str, capfd: pytest.CaptureFixture[str]
) -> None:
    ok, data = cv2.imencode(f".{kind.lower()}", coded_frame(1))
    assert ok
    (tmp_path / "v.mp4").write_bytes(data.tobytes())
    assert f"is a still picture ({kind}), not a video" in refusal(tmp_path / "v.mp4").problem
    assert capfd.readouterr().err == ""


def test_a_single_picture_in_a_video_file(tmp_path: Path) -> None:
    path = make_video(tmp_path / "v.mp4", 1)
    assert "holds a single picture" in refusal(path).problem


def test_sound_alone(tmp_path: Path) -> None:
    assert "holds sound but no picture" in refusal(make_sound(tmp_path / "v.mp4")).problem
    assert "holds sound but no picture" in refusal(make_sound(tmp_path / "v.mkv")).problem
    song = make_sound(tmp_path / "song.mp4", cover=True)
    assert "holds sound but no picture" in refusal(song).problem


def test_text_and_noise(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "v.mp4"
    path.write_text("onset\tduration\n1.0\t0.2\n", encoding="utf-8")
    assert "is a text file, not a video" in refusal(path).problem
    path.write_bytes(bytes(range(256)) * 100)
    assert "is not a video that can be read" in refusal(path).problem
    assert capfd.readouterr().err == ""


def test_a_playlist_fetches_nothing(tmp_path: Path) -> None:
    real = make_video(tmp_path / "real.ts", 10)
    playlists = {
        "hls": f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{real}\n#EXT-X-ENDLIST\n",
        "concat": f"ffconcat version 1.0\nfile '{real}'\n",
    }
    for name, text in playlists.items():
        path = tmp_path / f"{name}.mp4"
        path.write_text(text, encoding="utf-8")
        assert "is a text file" in refusal(path).problem


def test_cut_before_the_index(tmp_path: Path) -> None:
    whole = make_video(tmp_path / "v.mp4", 30).read_bytes()
    path = tmp_path / "cut.mp4"
    for share in (0.05, 0.5, 0.95):  # the index stands last, and is cut in the third
        path.write_bytes(whole[: int(len(whole) * share)])
        assert "its index (moov) is missing or not whole" in refusal(path).problem


def test_encrypted(tmp_path: Path) -> None:
    path = make_video(tmp_path / "v.mp4", 30, container_options=KEY)
    assert "is encrypted" in refusal(path).problem


def test_a_codec_without_decoder(tmp_path: Path) -> None:
    path = make_video(tmp_path / "v.avi", 10, codec="mpeg4")
    path.write_bytes(path.read_bytes().replace(b"FMP4", b"QQQQ"))
    assert "a codec for which there is no decoder" in refusal(path).problem


def test_no_picture_or_one_can_be_decoded(tmp_path: Path) -> None:
    path = make_video(tmp_path / "v.mp4", 30)
    data = path.read_bytes()
    start, end = data.index(b"mdat") + 4, data.index(b"moov") - 4
    path.write_bytes(data[:start] + bytes(end - start) + data[end:])
    assert "not one picture can be decoded (h264)" in refusal(path).problem
    path = make_video(tmp_path / "one.mp4", 30, codec="mpeg4")
    data = path.read_bytes()
    with av.open(str(path)) as container:
        start = container.streams.video[0].index_entries[1].pos
    end = data.index(b"moov") - 4
    path.write_bytes(data[:start] + bytes(end - start) + data[end:])
    assert "only 1 picture of 30 can be decoded" in refusal(path).problem


# --- photographs ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WebP", "TIFF", "BMP"])
def test_a_photograph_cut_off_is_refused(
    tmp_path: Path, kind: str, capfd: pytest.CaptureFixture[str]
) -> None:
    _, data = cv2.imencode(f".{kind.lower()}", coded_frame(1, 512, 512))
    path = tmp_path / "photo"
    path.write_bytes(data.tobytes()[: len(data) // 2])
    with pytest.raises(InputError, match=f"photo is a {kind} file that is cut off or damaged"):
        read_image(path)
    assert capfd.readouterr().err == ""


def test_what_is_not_a_photograph_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"v\.mp4 is not a photograph .* JPEG, PNG, BMP, TIFF"):
        read_image(make_video(tmp_path / "v.mp4", 3))
    (tmp_path / "photo.heic").write_bytes(b"\0\0\0\x18ftypheic" + bytes(100))
    with pytest.raises(InputError, match=r"photo\.heic is a still in HEIF format"):
        read_image(tmp_path / "photo.heic")
    with pytest.raises(InputError, match="does not exist"):
        read_image(tmp_path / "none.jpg")


# --- any damage at all ----------------------------------------------------------------------------

KINDS = {
    "v.mp4": ("libx264", {"movflags": "faststart"}),
    "v.mov": ("libx265", {"movflags": "faststart"}),
    "v.webm": ("libvpx-vp9", {}),
    "v.avi": ("mpeg4", {}),
    "v.ts": ("libx264", {}),
    "live.mp4": ("libx264", {"movflags": "frag_keyframe+empty_moov"}),
    "v.mkv": ("ffv1", {}),
}
COUNT = 16


@cache
def sound_file(name: str) -> bytes:
    codec, options = KINDS[name]
    with TemporaryDirectory() as folder:
        frames = [coded_frame(index, 64, 48) for index in range(COUNT)]
        path = make_video(
            Path(folder) / name, frames, codec=codec, gop=6, container_options=options
        )
        return path.read_bytes()


def read_whatever(path: Path) -> tuple[int, tuple[str, ...]]:
    """How many frames came, and what was said; the promises of a frame hold for each."""
    times_s: list[float] = []
    with open_video(path) as video:
        for frame in video.frames():
            assert frame.rgb.shape == (video.info.height_px, video.info.width_px, 3)
            assert frame.index == len(times_s)
            times_s.append(frame.time_s)
        assert all(math.isfinite(time_s) for time_s in times_s)
        assert all(earlier < later for earlier, later in pairwise(times_s))
        return len(times_s), video.problems.sentences()


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    name=st.sampled_from(sorted(KINDS)),
    flips=st.lists(st.tuples(st.integers(0, 200_000), st.integers(0, 7)), max_size=6),
    data=st.data(),
)
@pytest.mark.timeout(300)
def test_no_damage_gives_anything_but_frames_or_a_refusal(
    tmp_path: Path, name: str, flips: list[tuple[int, int]], data: st.DataObject
) -> None:
    whole = sound_file(name)
    cut = data.draw(st.one_of(st.none(), st.integers(1, len(whole))))
    path = tmp_path / name
    path.write_bytes(damaged(whole, cut=cut, flips=flips))
    try:
        read_whatever(path)
    except InputError as error:
        problem = error.problem
    else:
        problem = str(path)
    assert str(path) in problem
    assert "\n" not in problem


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(name=st.sampled_from(["v.mp4", "v.mov", "v.webm", "v.avi", "v.mkv"]), share=st.floats(0, 1))
def test_a_cut_is_never_silent(tmp_path: Path, name: str, share: float) -> None:
    whole = sound_file(name)
    path = tmp_path / name
    path.write_bytes(whole[: max(1, int(len(whole) * share))])
    try:
        count, sentences = read_whatever(path)
    except InputError:
        return
    assert count >= COUNT - 1 or sentences


READ_ALL = """
import sys
from pathlib import Path
from hemifacial.errors import InputError
from hemifacial.formats.video import open_video
for path in sorted(Path(sys.argv[1]).iterdir()):
    try:
        with open_video(path) as video:
            list(video.frames())
    except InputError:
        pass
print("done")
"""


def test_damaged_parameters_of_hevc_do_not_block_the_decoder(tmp_path: Path) -> None:
    """Frame-threaded, FFmpeg 8.1 waits for ever for a picture that such damage took away."""
    whole = sound_file("v.mov")
    start = whole.index(b"hvcC")
    for position in range(start + 4, whole.index(b"x265")):  # up to the encoder's remarks
        flipped = damaged(whole, flips=[(position, 5)])
        (tmp_path / f"{position}.mov").write_bytes(flipped)
    done = subprocess.run(
        [sys.executable, "-c", READ_ALL, str(tmp_path)],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout == "done\n"


def test_fuzzing_leaves_the_terminal_alone(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in KINDS:
        whole = sound_file(name)
        path = tmp_path / name
        path.write_bytes(damaged(whole, flips=[(len(whole) // 3, 3), (len(whole) // 2, 5)]))
        try:
            read_whatever(path)
        except InputError:
            continue
    captured = capfd.readouterr()
    assert captured.err == ""
    assert captured.out == ""
