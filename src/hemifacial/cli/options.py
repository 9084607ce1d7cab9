"""Arguments and options that several commands take, with one wording for each."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "AsJson",
    "Criteria",
    "FaceVideo",
    "Mirrored",
    "Model",
    "ResultFolder",
    "named_path",
]

AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Criteria = Annotated[Path | None, typer.Option(help="A table with a clinic's own criteria.")]
FaceVideo = Annotated[Path, typer.Argument(help="A phone or clinic video of the face.")]
Mirrored = Annotated[
    bool, typer.Option("--mirrored", help="The video is a mirror image (some selfie cameras).")
]
Model = Annotated[Path | None, typer.Option(help="The file face_landmarker.task.")]
ResultFolder = Annotated[Path, typer.Argument(help="A result folder.")]


def named_path(text: str | Path) -> Path:
    """A path to write; an empty name would mean the folder that one stands in."""
    if not str(text).strip():
        raise typer.BadParameter("the name is empty; give a name, or . for this folder")
    return Path(text)
