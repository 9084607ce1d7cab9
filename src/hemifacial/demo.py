"""The main jobs on what it makes itself: a planted video, an EMG recording, a made-up patient."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hemifacial import terminal
from hemifacial.anatomy import Side
from hemifacial.commands.face import measure_face
from hemifacial.commands.results import review
from hemifacial.commands.score import score
from hemifacial.errors import CheckFailed, SetupError, UsageError
from hemifacial.face.measure import Options
from hemifacial.findings import Result
from hemifacial.formats.destination import check_own
from hemifacial.formats.files import new_folder, recover, sha256_of
from hemifacial.formats.result_folder import FILES, REVIEW
from hemifacial.formats.schema import read_json
from hemifacial.scoring import Score
from hemifacial.twin.camera import Camera
from hemifacial.twin.face import TRUTH_EVENTS, default_plan, plant

__all__ = ["CAMERA", "SMALLEST_MM", "Demonstration", "public_domain_photograph", "run"]

SMALLEST_MM = 3.0
CAMERA = Camera(rate_hz=60.0, seconds=24.0, crop_to_head=True, seed=1)
"""Twenty-four seconds at 60 frames a second of a face small in its photograph."""

_VIDEO = "planted.mp4"
_RESULT = "planted.hemifacial"
_PHOTOGRAPH = "photograph.png"
_CASE = "electro"
_CASE_RESULT = "electro.hemifacial"
_CASE_SEED = 12
_RECORD = "made_up.db"
_PAGE = "made_up_patient.html"
_OWN = (
    _VIDEO,
    _PHOTOGRAPH,
    TRUTH_EVENTS,
    "truth_events.json",
    "truth_plan.json",
    *(f"{_RESULT}/{name}" for name in FILES),
    f"{_CASE}/recording.edf",
    f"{_CASE}/stimuli.tsv",
    f"{_CASE}/truth_events.tsv",
    f"{_CASE}/truth_events.json",
    f"{_CASE}/truth_responses.json",
    *(f"{_CASE_RESULT}/{name}" for name in FILES),
    _RECORD,
    f"{_RECORD}-wal",
    f"{_RECORD}-shm",
    _PAGE,
)


@dataclass(frozen=True, kw_only=True)
class Demonstration:
    """What was found, how it compares with what was planted, and where it all lies."""

    folder: Path
    result: Result
    score: Score
    electro: Result

    @property
    def case_page(self) -> Path:
        """The page of a made-up patient, whose record holds both results."""
        return self.folder / _PAGE

    @property
    def case_record(self) -> Path:
        """The record of that patient."""
        return self.folder / _RECORD

    @property
    def electro_folder(self) -> Path:
        """The folder that measuring the made-up EMG recording wrote."""
        return self.folder / _CASE_RESULT

    @property
    def result_folder(self) -> Path:
        """The folder that measuring the planted video wrote."""
        return self.folder / _RESULT


def run(folder: Path, *, model: Path | None = None) -> Demonstration:
    """Make the case in `folder`, measure it, and hold found against planted.

    Raises
    ------
    SetupError
        If the photograph or the landmark model is not on this machine.
    UsageError
        If `folder` holds anything that a demonstration did not write, or corrections signed
        on another video than the one planted now.
    """
    recover(folder)
    signed = folder / _RESULT / REVIEW
    check_own(folder, _OWN, what="a demonstration")
    with new_folder(folder) as work:
        photograph = public_domain_photograph(work / _PHOTOGRAPH)
        plan = default_plan(CAMERA.seconds, CAMERA.seed, side=Side.RIGHT, smallest_mm=SMALLEST_MM)
        terminal.narrate("A photograph in the public domain (NASA, Eileen Collins) becomes a video")
        terminal.narrate(
            f"with planted spasms of {SMALLEST_MM:g} mm and more on the patient's right."
        )
        with terminal.progress_bar("Planting") as report:
            plant(photograph, plan, work / _VIDEO, camera=CAMERA, model=model, progress=report)
        _refuse_other_review(signed, work / _VIDEO)
        with terminal.progress_bar("Measuring") as report:
            result = measure_face(
                work / _VIDEO, work / _RESULT, Options(model=model), stills=True, progress=report
            )
        if signed.exists():  # signed on an earlier demonstration of the same video
            result, _ = review(work / _RESULT, signed)
        scored = score(work / TRUTH_EVENTS, work / _RESULT, None)
        electro = _lateral_spread(work)
        _case(work)
    return Demonstration(folder=folder, result=result, score=scored, electro=electro)


def _lateral_spread(work: Path) -> Result:
    """A made-up study of the lateral spread, measured as any recording."""
    from hemifacial.commands.electro import Tables, measure_electro
    from hemifacial.electro.measure import Options as ElectroOptions
    from hemifacial.twin.electro.lateral_spread import LateralSpreadPlan, lateral_spread_plan
    from hemifacial.twin.electro.recording import write_recording

    terminal.narrate("A made-up EMG recording: two branches of the right side are stimulated.")
    base = LateralSpreadPlan(
        intensities_ma=(4.0, 8.0, 14.0, 20.0), sweeps=8, control_muscles=("mentalis",)
    )
    written = write_recording(lateral_spread_plan(_CASE_SEED, base=base), work / _CASE)
    with terminal.progress_bar("Measuring") as report:
        return measure_electro(
            written.path, work / _CASE_RESULT, ElectroOptions(), Tables(), progress=report
        )


def _case(work: Path) -> None:
    """A made-up patient around both results: the record, verified, and its page."""
    from hemifacial.case import open_record
    from hemifacial.case.clinic_day import today
    from hemifacial.commands.case.made_up import CODE, write_made_up_case
    from hemifacial.commands.case.pages import case_page, write_page

    terminal.narrate("A made-up patient: injections, a drug, an operation. Nobody was treated.")
    write_made_up_case(
        work / _RECORD, video=work / _RESULT, electro=work / _CASE_RESULT, today=today()
    )
    with open_record(work / _RECORD) as record:
        found = record.verify(anchor=record.head.link)
        if found.faults:
            raise CheckFailed(f"{_RECORD}: the record of the demonstration is not in order")
        terminal.narrate(f"Its record: {found.entries} entries, in order.")
        write_page(case_page(record, CODE), work / _PAGE)


def _refuse_other_review(signed: Path, video: Path) -> None:
    if signed.exists() and read_json(signed, "review")["input_sha256"] != sha256_of(video):
        raise UsageError(
            f"{signed}: holds corrections signed on another video than the one planted now",
            next_step="Choose another folder with --out, or move it elsewhere.",
        )


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
