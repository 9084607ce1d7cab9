"""What was found, drawn on its recording: at the right time, on the patient's right side."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import xarray as xr
from numpy.typing import NDArray

from command_line import CommandLine
from drawn_face import EYE_X_PX, EYES_Y_PX, SIZE_PX, write_drawn_face
from hemifacial.anatomy import Side
from hemifacial.commands.face import measure_face
from hemifacial.corrections import Action, Correction
from hemifacial.face.exports.annotated import annotate
from hemifacial.face.exports.annotated_strip import draw_strip, strip_of
from hemifacial.face.exports.marks import COLOURS
from hemifacial.face.exports.outlines import OUTLINES
from hemifacial.face.measure import Options
from hemifacial.findings import Event, Provenance, Result
from hemifacial.formats.result_folder import read_result
from hemifacial.formats.review_file import write_review
from hemifacial.landmarks import mesh
from results import event

Picture = NDArray[np.uint8]

TIMES_S = np.cumsum([0.0, *([1 / 30] * 20), 0.3, *([0.05] * 8), 1.0, *([0.1] * 6)])
LETTERS_PX = 720 / 64
SCALE = 2  # the drawn face is 360 px wide; 720 are the least to be read in


def signals(times_s: NDArray[np.float64] = TIMES_S, **values: Any) -> xr.Dataset:
    """Eye closure and mouth excursion of both sides, at rest unless said otherwise; all judged."""
    variables: dict[str, Any] = {}
    for stem, site in (("eye_closure", "eyelids"), ("mouth_corner_excursion", "mouth_corner")):
        for side in ("right", "left"):
            name = f"{stem}_{side}"
            labels = {"unit": "mm", "side": side, "site": site, "quantity": stem, "threshold": 1.0}
            variables[name] = ("time", values.get(name, np.zeros(times_s.size)), labels)
    state = values.get("state", np.zeros(times_s.size, np.int8))
    variables["state"] = ("time", state, {"unit": "1", "side": "n/a", "site": "n/a"})
    return xr.Dataset(variables, coords={"time": times_s}, attrs={"duration_s": times_s[-1]})


def result(*events: Event, mirrored: bool = False, **values: Any) -> Result:
    provenance = Provenance(
        method="face",
        method_version="1",
        program_version="1",
        input_name="v.mp4",
        input_sha256="0" * 64,
        created_at="2026-11-22T14:00:00+00:00",
        parameters={"mirrored": mirrored},
    )
    return Result(
        provenance=provenance, findings=(), events=events, signals={"face": signals(**values)}
    )


def read(path: Path) -> tuple[list[float], list[Picture]]:
    with av.open(str(path)) as container:
        assert [stream.type for stream in container.streams] == ["video"]
        frames = list(container.decode(video=0))
        return [float(f.time or 0.0) for f in frames], [
            f.to_ndarray(format="rgb24") for f in frames
        ]


def near(picture: Picture, colour: Sequence[int], tolerance: int = 60) -> NDArray[np.bool_]:
    return np.asarray(np.abs(picture.astype(int) - colour).max(axis=2) < tolerance)


def face_part(page: Picture) -> Picture:
    """The recording without what stands above and below it."""
    header = page.shape[0] - SIZE_PX * SCALE - strip_of(signals(), (), LETTERS_PX).height_px
    return page[header : header + SIZE_PX * SCALE]


def around_eye(page: Picture, side: Side) -> Picture:
    x = (SIZE_PX // 2 + (EYE_X_PX if side is Side.LEFT else -EYE_X_PX)) * SCALE
    y = EYES_Y_PX * SCALE
    return face_part(page)[y - 30 : y + 30, x - 80 : x + 80]


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_drawn_face(tmp_path_factory.mktemp("r") / "v.mp4", TIMES_S, gone=(33, 36))


@pytest.fixture(scope="module")
def drawn(recording: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Picture]:
    """Pages with a spasm of the right lids from 0.19 to 0.49 s and nothing else."""
    spasm = event(onset_s=0.19, duration_s=0.3, sites=("eyelids",), peak_time_s=0.3)
    out = tmp_path_factory.mktemp("d") / "out.mp4"
    assert annotate(recording, out, result(spasm)) == TIMES_S.size
    times_s, pages = read(out)
    assert times_s == pytest.approx(TIMES_S, abs=2e-5)  # its own uneven times, no frame doubled
    return pages


def test_an_event_lights_its_region_on_its_side_while_it_lasts(drawn: list[Picture]) -> None:
    colour = COLOURS[Side.RIGHT]
    lit = [int(near(around_eye(page, Side.RIGHT), colour).sum()) for page in drawn[:33]]
    other = [int(near(around_eye(page, Side.LEFT), colour).sum()) for page in drawn[:33]]
    during = (TIMES_S[:33] >= 0.19) & (TIMES_S[:33] < 0.49)
    assert min(np.array(lit)[during]) > 200
    assert max(np.array(lit)[~during]) < 20
    assert max(other) < 20


def test_the_caption_stays_for_a_second_on_the_patients_right(drawn: list[Picture]) -> None:
    top = [face_part(page)[:28] for page in drawn]
    halves = [(part[:, : SIZE_PX * SCALE // 2], part[:, SIZE_PX * SCALE // 2 :]) for part in top]
    shown = [near(right, COLOURS[Side.RIGHT]).sum() > 50 for right, _ in halves]
    assert shown == [0.19 <= time_s < 1.19 for time_s in TIMES_S]
    assert not any(near(left, COLOURS[Side.RIGHT]).sum() > 50 for _, left in halves)


def test_the_sides_are_named_where_the_face_has_them(drawn: list[Picture]) -> None:
    below = face_part(drawn[0])[-28:]
    middle = below.shape[1] // 2
    assert near(below[:, :middle], COLOURS[Side.RIGHT], 80).sum() > 60
    assert near(below[:, :middle], COLOURS[Side.LEFT]).sum() == 0
    assert near(below[:, middle:], COLOURS[Side.LEFT], 80).sum() > 20


def test_the_face_is_framed_and_only_where_there_is_one(drawn: list[Picture]) -> None:
    def white(page: Picture) -> int:
        return int(near(face_part(page), (235, 235, 235), 40).sum())

    # Eyes and letters are white too, but not as much as the frame.
    assert white(drawn[0]) > white(drawn[34]) + 300


def test_a_mirrored_recording_is_turned_back(recording: Path, tmp_path: Path) -> None:
    ground = np.full((60, 60, 3), (20, 200, 20), np.uint8)  # in the left upper corner
    video = write_drawn_face(tmp_path / "m.mp4", TIMES_S, ground=ground)
    for mirrored in (False, True):
        out = tmp_path / f"{mirrored}.mp4"
        annotate(video, out, result(mirrored=mirrored))
        green = near(face_part(read(out)[1][0]), (20, 200, 20))
        left, right = np.array_split(green, 2, axis=1)
        assert (left.sum() > 5000, right.sum() > 5000) == (not mirrored, mirrored)


def test_regions_that_move_without_an_event_are_outlined(recording: Path, tmp_path: Path) -> None:
    moving = np.where(np.arange(TIMES_S.size) >= 10, 2.0, 0.0)
    annotate(recording, tmp_path / "o.mp4", result(eye_closure_left=moving))
    pages = read(tmp_path / "o.mp4")[1]
    lit = [int(near(around_eye(page, Side.LEFT), COLOURS[Side.LEFT]).sum()) for page in pages[:20]]
    assert max(lit[:10]) < 10
    assert min(lit[10:]) > 100


def test_outlines_are_of_either_side_and_do_not_cross_the_middle() -> None:
    from hemifacial.face.exports.neutral import neutral_face_mm

    face = neutral_face_mm()
    for (site, side), points in OUTLINES.items():
        x = face[list(points), 0]
        assert (x.max() <= 0.01) if side is Side.RIGHT else (x.min() >= -0.01), (site, side)
        mirrored = set(mesh.MIRROR[list(points)].tolist())
        assert mirrored == set(OUTLINES[site, side.opposite])


# --- the strip ------------------------------------------------------------------------------------

EVEN_S = np.arange(0, 20, 0.02)


def strip_with(*events: Event, **values: Any) -> Any:
    return strip_of(signals(EVEN_S, **values), events, 12.0)


def test_a_trace_runs_in_its_own_half_and_rises_with_its_millimetres() -> None:
    values = np.where(EVEN_S < 8, 0.0, 4.0)
    strip = strip_with(eye_closure_right=values)
    picture = draw_strip(strip, 10.0, 1000)
    half = picture.shape[0] // 2
    now = 750  # three quarters of ten seconds
    assert near(picture[half:, 300:], COLOURS[Side.RIGHT]).sum() == 0

    def height(x: int) -> float:
        return float(np.flatnonzero(near(picture[:half], COLOURS[Side.RIGHT])[:, x]).mean())

    before, after = height(now - 260), height(now - 40)
    assert before - after > 0.5 * half
    # 8 s is 200 pixels left of 10 s.
    step = np.array([height(x) for x in range(now - 230, now - 170)])
    assert abs(int(np.argmax(np.abs(np.diff(step)))) - 30) <= 2


def test_what_was_not_judged_is_a_gap_and_never_a_line() -> None:
    state = np.where((EVEN_S > 6) & (EVEN_S < 9), 2, 0).astype(np.int8)
    values = np.where(state == 0, 3.0, np.nan)
    strip = strip_with(state=state, eye_closure_right=values)
    picture = draw_strip(strip, 10.0, 1000)
    half = picture.shape[0] // 2
    # 6 to 9 s is from 350 to 650.
    assert near(picture[:half, 360:640], COLOURS[Side.RIGHT]).sum() == 0
    assert near(picture[:half, 660:900], COLOURS[Side.RIGHT]).sum() > 200
    assert np.median(picture[:, 360:640]) > np.median(picture[:, 700:900]) + 20


def test_events_are_bars_under_their_side() -> None:
    one = event(onset_s=9.0, duration_s=0.5, side=Side.LEFT)
    both = event("e2", onset_s=11.0, duration_s=0.5, side=Side.BOTH, trial_type="blink_complete")
    picture = draw_strip(strip_with(one, both), 10.0, 1000)
    quarter = picture.shape[0] // 2
    upper, lower = picture[:quarter], picture[quarter:]
    assert near(lower[-15:, 652:698], COLOURS[Side.LEFT]).mean() > 0.5
    assert near(upper[-15:, 652:698], COLOURS[Side.LEFT]).sum() == 0
    for part in (upper, lower):
        assert near(part[-15:, 852:898], (204, 151, 187)).mean() > 0.5


def test_an_old_folder_without_some_signals_is_drawn_all_the_same() -> None:
    few = signals(EVEN_S).drop_vars(["mouth_corner_excursion_right", "eye_closure_left"])
    picture = draw_strip(strip_of(few, (), 12.0), 1.0, 800)
    assert picture.shape[1] == 800


# --- the command ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("m")
    video = write_drawn_face(folder / "visit.mp4", np.arange(45) / 30)
    measure_face(video, folder / "visit.hemifacial", Options(), stills=False)
    return folder / "visit.hemifacial", video


def test_the_command_draws_what_stands_after_review(
    hemifacial: CommandLine, measured: tuple[Path, Path], tmp_path: Path
) -> None:
    folder, video = measured
    plain = hemifacial("annotate", folder, video, "--out", tmp_path / "a.mp4", "--json")
    assert plain.status == 0
    assert json.loads(plain.out) == {"video": str(tmp_path / "a.mp4"), "frames": 45}
    assert "no sound" in plain.err
    added = replace(
        event("r0001", onset_s=0.5, duration_s=0.4, sites=("eyelids",)),
        peak_time_s=0.6,
        amplitude=None,
        amplitude_unit="",
        confidence=None,
    )
    line = Correction(
        action=Action.ADD, before=None, after=added, who="A", when="2026-11-22T14:00:00+00:00"
    )
    write_review(folder / "review.json", read_result(folder).provenance, [line])
    try:
        done = hemifacial("annotate", folder, video, "--out", tmp_path / "b.mp4")
        assert (done.status, done.out.strip()) == (0, str(tmp_path / "b.mp4"))
    finally:
        (folder / "review.json").unlink()
    before, after = (read(tmp_path / f"{x}.mp4")[1][20] for x in "ab")
    colour = COLOURS[Side.RIGHT]
    caption = [int(near(face_part(page)[:28, :360], colour).sum()) for page in (before, after)]
    assert caption[0] < 20
    assert caption[1] > 200


def test_what_the_command_refuses(
    hemifacial: CommandLine, measured: tuple[Path, Path], recording: Path, tmp_path: Path
) -> None:
    folder, video = measured
    out = tmp_path / "a.mp4"
    other = hemifacial("annotate", folder, recording, "--out", out)
    assert other.status == 3
    assert "is not the recording that" in other.err
    assert "visit.mp4 (the SHA-256 differs)" in other.err
    assert hemifacial("annotate", tmp_path, video, "--out", out).status == 3
    inside = hemifacial("annotate", folder, video, "--out", folder / "a.mp4")
    assert (inside.status, "lies in the result folder" in inside.err) == (2, True)
    named = hemifacial("annotate", folder, video, "--out", tmp_path / "a.gif")
    assert (named.status, "names no video format" in named.err) == (2, True)
    out.write_text("somebody's")
    there = hemifacial("annotate", folder, video, "--out", out)
    assert (there.status, "is there already" in there.err) == (2, True)
    assert out.read_text() == "somebody's"
    assert [path.name for path in tmp_path.iterdir()] == ["a.mp4"]
