"""What leaves the hospital: movements, exact times, and nothing of the picture or its metadata."""

from __future__ import annotations

import json
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from command_line import CommandLine
from drawn_face import EYE_X_PX, EYES_Y_PX, SIZE_PX, script, write_drawn_face
from hemifacial.anatomy import Side
from hemifacial.errors import InputError
from hemifacial.face.alignment import laid_over, median_face
from hemifacial.face.exports.deidentified import FILES, deidentify
from hemifacial.face.exports.mesh_picture import draw_mesh, triangles
from hemifacial.face.exports.neutral import neutral_face_mm, on_neutral_face, resting_face
from hemifacial.face.measure import measure
from hemifacial.formats.landmarks_table import read_landmarks, write_landmarks
from hemifacial.formats.signals_table import read_signals
from hemifacial.landmarks import mesh

Floats = NDArray[np.float64]

TIMES_S = np.cumsum([0.0, *([0.033] * 10), 0.2, *([0.05] * 12)])
GONE = (14, 20)
CLIP = "pyfeat_single_face.mp4"


@pytest.fixture(scope="module")
def noise() -> NDArray[np.uint8]:
    """A pattern that stands where no face is."""
    blocks = np.random.default_rng(1).integers(0, 2, (8, 40)) * 255
    return np.repeat(blocks.repeat(8, 0).repeat(8, 1)[:, :, None], 3, axis=2).astype(np.uint8)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory, noise: NDArray[np.uint8]) -> Path:
    path = tmp_path_factory.mktemp("clinic") / "Mustermann_Erika_1961.mp4"
    return write_drawn_face(
        path, TIMES_S, gone=GONE, ground=noise, recorded_at="2024-02-03T10:11:12+00:00"
    )


@pytest.fixture(scope="module", params=[False, True], ids=["own", "neutral"])
def export(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, recording: Path
) -> Path:
    folder = tmp_path_factory.mktemp("export") / "out"
    done = deidentify(recording, folder, neutral_shape=request.param)
    assert (done.frames, done.frames_with_face) == (24, 18)
    return folder


def pictures(path: Path) -> tuple[list[float], list[NDArray[np.uint8]]]:
    with av.open(str(path)) as container:
        assert [stream.type for stream in container.streams] == ["video"]
        frames = list(container.decode(video=0))
        return [float(f.time or 0.0) for f in frames], [
            f.to_ndarray(format="rgb24") for f in frames
        ]


def test_the_folder_holds_these_files_and_no_other(export: Path) -> None:
    assert {path.name for path in export.iterdir()} == set(FILES)


def test_every_frame_keeps_its_time(export: Path) -> None:
    assert read_landmarks(export / "landmarks.parquet")["time"].values == pytest.approx(
        TIMES_S, abs=2e-5
    )
    times_s, _ = pictures(export / "mesh.mp4")
    assert times_s == pytest.approx(TIMES_S, abs=2e-5)
    stated = json.loads((export / "landmarks.json").read_text())
    assert stated["RecordingDuration"] == pytest.approx(TIMES_S[-1] + 0.05, abs=1e-4)
    assert stated["Frames"] == 24


def test_frames_without_a_face_are_empty_and_say_so(export: Path) -> None:
    table = read_signals(export / "landmarks.parquet")
    gone = np.zeros(24, dtype=bool)
    gone[slice(*GONE)] = True
    assert (table["state"].values == 1).tolist() == gone.tolist()
    assert np.isnan(table["x_33"].values).tolist() == gone.tolist()
    _, shown = pictures(export / "mesh.mp4")
    lit = [int((picture > 140).sum()) for picture in shown]
    assert max(lit[slice(*GONE)]) < 0.2 * min(n for n, g in zip(lit, gone, strict=True) if not g)


def test_the_table_is_labelled_as_every_other(export: Path) -> None:
    table = read_signals(export / "landmarks.parquet")
    unit = {"own": "px", "neutral": "mm"}[str(table.attrs["shape"])]
    lid = int(mesh.MIRROR[159])
    assert table["y_159"].attrs == {
        "unit": unit,
        "side": "right",
        "site": "eyelids",
        "quantity": "landmark_y",
    }
    assert table[f"z_{lid}"].attrs["side"] == "left"
    assert table["x_152"].attrs["side"] == "n/a"
    assert table["x_61"].attrs["site"] == "mouth_corner"
    assert len(table.data_vars) == 3 * 478 + 1


def test_no_name_date_or_other_metadata_survives(export: Path, recording: Path) -> None:
    content = b"".join(path.read_bytes() for path in sorted(export.iterdir()))
    for secret in (b"Mustermann", b"2024-02-03", str(recording.parent).encode()):
        assert secret not in content
    with av.open(str(export / "mesh.mp4")) as container:
        assert set(container.metadata) <= {
            "major_brand",
            "minor_version",
            "compatible_brands",
            "encoder",
        }
    with av.open(str(recording)) as container:
        assert "creation_time" in container.metadata  # there was something to be left out


def test_no_pixel_survives(export: Path, noise: NDArray[np.uint8]) -> None:
    _, shown = pictures(export / "mesh.mp4")
    high, wide = noise.shape[:2]
    for picture in shown:
        corner = picture[:high, :wide].astype(float)
        scale = picture.shape[0] / SIZE_PX
        assert scale in (1, 2)
        # The pattern covered what is plain ground here; ringing of the codec is a few grey levels.
        ground = corner[: high // 4]
        assert np.abs(ground - np.median(ground, axis=(0, 1))).max() < 12
        original = noise[: high // 4, :wide].astype(float)
        assert abs(np.corrcoef(original.ravel(), ground.ravel())[0, 1]) < 0.05


def test_the_statement_says_what_still_identifies(export: Path) -> None:
    text = (export / "README.txt").read_text()
    own = json.loads((export / "landmarks.json").read_text())["shape"] == "own"
    assert ("STILL IDENTIFIES THE PERSON" in text) is own
    assert ("is nobody's" in text) is not own


def test_a_mirrored_recording_is_turned_back(recording: Path, tmp_path: Path) -> None:
    deidentify(recording, tmp_path / "a", mirrored=False)
    deidentify(recording, tmp_path / "b", mirrored=True)
    plain, turned = (read_landmarks(tmp_path / x / "landmarks.parquet").values for x in "ab")
    assert turned[0, 33, 0] < turned[0, 263, 0]
    # What was the left eye is the right one now.
    assert turned[0, 33, 0] == pytest.approx(SIZE_PX - 1 - plain[0, 263, 0], abs=2)
    stated = json.loads((tmp_path / "b" / "landmarks.json").read_text())
    assert stated["turned_back_from_mirrored"] == "yes"


def test_without_a_face_nothing_is_written(tmp_path: Path) -> None:
    video = write_drawn_face(tmp_path / "v.mp4", TIMES_S[:5], gone=(0, 5))
    with pytest.raises(InputError, match=r"v\.mp4: no face in any of its 5 frames"):
        deidentify(video, tmp_path / "out")
    assert [path.name for path in tmp_path.iterdir()] == ["v.mp4"]


# --- what is measured can be measured again ------------------------------------------------------


def aperture_mm(points: Floats, side: Side) -> Floats:
    """The palpebral aperture as `hemifacial face` has it, from the points alone."""
    seen = np.isfinite(points[:, 0, 0])
    rigid = mesh.RIGID.tolist()
    reference = median_face(points[seen][:, rigid])
    laid = np.concatenate([part.points for _, part in laid_over(points, rigid, reference)])[..., :2]
    iris = [
        np.linalg.norm(laid[:, a] - laid[:, b], axis=1)
        for a, b in (mesh.IRIS_WIDTH[each] for each in (Side.RIGHT, Side.LEFT))
    ]
    gaps = laid[:, list(mesh.UPPER_LID[side])] - laid[:, list(mesh.LOWER_LID[side])]
    size = np.linalg.norm(gaps, axis=2).mean(axis=1)
    return np.asarray(size * 11.7 / np.nanmedian(iris))


def test_the_aperture_of_the_export_is_that_of_the_result(
    shared_data: Path, tmp_path: Path
) -> None:
    clip = shared_data / "video" / "permissive" / CLIP
    signals = measure(clip).signals["face"]
    deidentify(clip, tmp_path / "own")
    deidentify(clip, tmp_path / "neutral", neutral_shape=True)
    own = read_landmarks(tmp_path / "own" / "landmarks.parquet")
    neutral = read_landmarks(tmp_path / "neutral" / "landmarks.parquet").values.astype(float)
    assert own["time"].values.tolist() == signals["time"].values.tolist()
    for side in (Side.RIGHT, Side.LEFT):
        measured = signals[f"palpebral_aperture_{side}"].values
        # Where the lids were read from half faces, the whole face does not say the same.
        whole = np.isfinite(measured) & (signals["eye_by_itself"].values == 0)
        assert whole.sum() > 10
        again = aperture_mm(own.values.astype(float), side)
        assert again[whole] == pytest.approx(measured[whole], abs=2e-3)
        # The neutral face has other eyes, which close by the same millimetres but for the slant
        # between its lids and this person's.
        moved = aperture_mm(neutral, side) - np.nanmedian(aperture_mm(neutral, side))
        assert moved == pytest.approx(again - np.nanmedian(again), rel=0.05, abs=0.05)


# --- the neutral face -----------------------------------------------------------------------------


def person(rng: np.random.Generator, unit_per_mm: float) -> Floats:
    """Somebody's resting face with irises of 11.7 mm, in some unit."""
    stretch = np.diag(rng.uniform(0.85, 1.15, 3)) + rng.normal(0, 0.03, (3, 3))
    shape = neutral_face_mm() @ stretch + rng.normal(0, 1.0, (478, 3))
    for side in (Side.RIGHT, Side.LEFT):
        one, other = mesh.IRIS_WIDTH[side]
        middle = (shape[one] + shape[other]) / 2
        half = np.array([5.85, 0, 0])
        shape[one], shape[other] = middle - half, middle + half
    return np.asarray(shape * unit_per_mm)


def recorded(shape: Floats, moves: Floats, rng: np.random.Generator) -> Floats:
    """A person's face (478, 3) with movements (n, 478, 3) under a head that turns and sways."""
    frames = []
    for index, moved in enumerate(moves):
        turned = Rotation.from_euler("xyz", rng.uniform(-15, 15, 3) * (index > 0), degrees=True)
        frames.append(turned.apply(shape + moved) * rng.uniform(0.9, 1.1) + rng.normal(0, 200, 3))
    return np.array(frames)


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1))
def test_two_people_who_move_alike_look_alike(seed: int) -> None:
    rng = np.random.default_rng(seed)
    moves_mm = rng.normal(0, 2.0, (9, 478, 3)) * (np.arange(9) % 4 == 3)[:, None, None]
    moves_mm[:, mesh.RIGID] = 0  # what a movement leaves in place, by which pose is known
    moves_mm[:, [i for pair in mesh.IRIS_WIDTH.values() for i in pair]] = 0
    shown = []
    for px_per_mm in (1.0, 3.7):
        shape = person(rng, px_per_mm)
        frames = recorded(shape, moves_mm * px_per_mm, rng)
        rest = resting_face(frames, 11.7)
        shown.append(on_neutral_face(frames, rest))
    assert shown[0] == pytest.approx(shown[1], abs=1e-6)
    at_rest = np.arange(9) % 4 != 3
    assert shown[0][at_rest] == pytest.approx(
        np.broadcast_to(neutral_face_mm(), (at_rest.sum(), 478, 3)), abs=1e-6
    )


def test_rest_is_where_a_face_is_most_of_the_time() -> None:
    shape = np.array(neutral_face_mm())
    pulled = shape.copy()
    pulled[61] += [-6.0, -4.0, 0.0]
    rest = resting_face(np.array([shape] * 6 + [pulled] * 5), 11.7)
    assert rest.mm_per_unit == pytest.approx(1, abs=1e-3)
    moved = on_neutral_face(np.array([pulled, shape, np.full_like(shape, np.nan)]), rest)
    assert moved[0, 61] - neutral_face_mm()[61] == pytest.approx([-6, -4, 0], abs=0.01)
    assert moved[1] == pytest.approx(neutral_face_mm(), abs=1e-6)
    assert np.isnan(moved[2]).all()


def test_the_neutral_face_is_symmetric_and_made_by_its_script() -> None:
    stored = neutral_face_mm()
    assert stored.shape == (478, 3)
    assert stored[mesh.MIRROR] * [-1, 1, 1] == pytest.approx(stored, abs=0.011)
    for one, other in mesh.IRIS_WIDTH.values():
        assert np.hypot(*(stored[one] - stored[other])[:2]) == pytest.approx(11.7, abs=0.02)
    assert script().neutral_points_mm() == pytest.approx(stored, abs=0.3)


# --- the picture ----------------------------------------------------------------------------------


def placed(points_mm: Floats) -> Floats:
    return points_mm * 4 + [360, 330, 0]


def test_the_mesh_covers_the_face_but_for_eyes_and_mouth() -> None:
    points = placed(neutral_face_mm())
    corners = points[triangles()][..., :2]
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum() / 2
    oval = points[list(mesh.FACE_OVAL), :2]
    x, y = oval[:, 0], oval[:, 1]
    whole = abs(x @ np.roll(y, 1) - y @ np.roll(x, 1)) / 2
    assert 0.95 < area / whole < 1
    assert set(triangles().ravel()) == set(range(468))


def test_an_eye_that_closes_is_seen_to_close() -> None:
    closed = np.array(neutral_face_mm())
    upper, lower = mesh.UPPER_LID_MARGIN[Side.RIGHT], mesh.LOWER_LID_MARGIN[Side.RIGHT]
    closed[list(upper)] = closed[list(lower)]
    before, after = (draw_mesh(placed(p), 720, 720) for p in (neutral_face_mm(), closed))
    right, left = (
        placed(neutral_face_mm())[mesh.IRIS_CENTRE[side], :2].round().astype(int)
        for side in (Side.RIGHT, Side.LEFT)
    )
    assert before[right[1], right[0]].max() < 80
    assert after[right[1] + 2, right[0]].min() > 80
    assert np.array_equal(before[:, 400:], after[:, 400:])
    assert left[0] > 400


def test_movements_below_a_pixel_are_seen() -> None:
    points = placed(neutral_face_mm())
    moved = points.copy()
    moved[61, 0] -= 0.25
    assert not np.array_equal(draw_mesh(points, 720, 720), draw_mesh(moved, 720, 720))


# --- the table ------------------------------------------------------------------------------------


def test_the_table_is_the_same_however_it_is_cut(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    times_s, points = np.arange(7) / 30, rng.normal(0, 100, (7, 478, 3))
    states = np.array([0, 0, 1, 0, 2, 0, 0], dtype=np.int8)
    for size in (2, 7):
        cuts = [slice(start, start + size) for start in range(0, 7, size)]
        path = tmp_path / f"{size}.parquet"
        pieces = ((times_s[cut], points[cut], states[cut]) for cut in cuts)
        write_landmarks(path, pieces, unit="px", about={"shape": "own"})
        back = read_landmarks(path)
        assert back.dims == ("time", "point", "axis")
        assert back.attrs == {"shape": "own", "unit": "px"}
        assert np.array_equal(back.values, points.astype(np.float32))
        assert read_signals(path)["state"].values.tolist() == states.tolist()


def test_another_table_is_refused(tmp_path: Path) -> None:
    import xarray as xr

    from hemifacial.formats.signals_table import write_signals

    write_signals(tmp_path / "face.parquet", xr.Dataset(coords={"time": ("time", np.arange(3.0))}))
    with pytest.raises(
        InputError, match=r"face\.parquet: not a table of landmarks.*x_0 is missing"
    ):
        read_landmarks(tmp_path / "face.parquet")


# --- the command ----------------------------------------------------------------------------------


def test_the_command(hemifacial: CommandLine, recording: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = hemifacial("deidentify", recording, "--out", out, "--neutral-shape", "--json")
    assert (done.status, json.loads(done.out)) == (
        0,
        {"folder": str(out), "frames": 24, "frames_with_face": 18, "neutral_shape": True},
    )
    assert "what can still identify a person" in done.err
    again = hemifacial("deidentify", recording, "--out", out)
    assert again.status == 2
    assert "is there already and is not a new folder alone" in again.err
    assert hemifacial("deidentify", recording).status == 2
    missing = hemifacial("deidentify", tmp_path / "no.mp4", "--out", tmp_path / "x")
    assert missing.status == 3
    assert "no.mp4 does not exist" in missing.err


def test_the_eyes_are_where_the_face_was_drawn(export: Path) -> None:
    points = read_landmarks(export / "landmarks.parquet")
    if points.attrs["shape"] == "own":
        expected = [SIZE_PX / 2 - EYE_X_PX, EYES_Y_PX]
        assert points.values[0, 468, :2] == pytest.approx(expected, abs=6)
