"""The main job on a case that it makes itself: plant, measure as any video, score."""

from __future__ import annotations

from pathlib import Path

from hemifacial import commands, terminal
from hemifacial.anatomy import Side
from hemifacial.errors import SetupError, UsageError
from hemifacial.face.measure import Options
from hemifacial.formats.files import new_folder
from hemifacial.scoring import Score
from hemifacial.twin.camera import Camera
from hemifacial.twin.face import TRUTH_EVENTS, default_plan, plant

__all__ = ["CAMERA", "SMALLEST_MM", "public_domain_photograph", "run"]

SMALLEST_MM = 3.0
CAMERA = Camera(rate_hz=60.0, seconds=24.0, crop_to_head=True, seed=1)
"""Twenty-four seconds at 60 frames a second of a face small in its photograph."""

_VIDEO = "planted.mp4"
_RESULT = "planted.hemifacial"
_PHOTOGRAPH = "photograph.png"


def run(folder: Path, *, model: Path | None = None) -> Score:
    """Make the case in `folder`, measure it, and print planted against found.

    Raises
    ------
    SetupError
        If the photograph or the landmark model is not on this machine.
    UsageError
        If `folder` holds something else.
    """
    if folder.exists() and any(folder.iterdir()) and not (folder / _VIDEO).is_file():
        raise UsageError(
            f"{folder}: is there already and is not a demonstration",
            next_step="Choose another folder with --out.",
        )
    with new_folder(folder) as work:
        photograph = public_domain_photograph(work / _PHOTOGRAPH)
        plan = default_plan(CAMERA.seconds, CAMERA.seed, side=Side.RIGHT, smallest_mm=SMALLEST_MM)
        terminal.narrate("A photograph in the public domain (NASA, Eileen Collins) becomes a video")
        terminal.narrate(
            f"with planted spasms of {SMALLEST_MM:g} mm and more on the patient's right."
        )
        with terminal.progress_bar("Planting") as report:
            plant(photograph, plan, work / _VIDEO, camera=CAMERA, model=model, progress=report)
        with terminal.progress_bar("Measuring") as report:
            result = commands.measure_face(
                work / _VIDEO, work / _RESULT, Options(model=model), stills=True, progress=report
            )
        score = commands.score(work / TRUTH_EVENTS, work / _RESULT, None)
    terminal.print_result(result, folder / _RESULT)
    terminal.narrate("Planted against found:")
    terminal.print_score(score)
    terminal.narrate(f"Report: {folder / _RESULT / 'report.html'}")
    return score


def public_domain_photograph(path: Path) -> Path:
    """Write the NASA photograph of Eileen Collins that scikit-image carries; returns `path`."""
    try:
        from skimage.data import astronaut
    except ImportError as error:
        raise SetupError(
            "the demonstration needs a photograph that scikit-image carries",
            next_step="Run: pip install scikit-image",
        ) from error
    import cv2

    picture = astronaut()  # type: ignore[no-untyped-call]
    cv2.imwrite(str(path), picture[:, :, ::-1])
    return path
