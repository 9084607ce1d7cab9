"""One recording of a batch: measured, or kept as it stands, or why it cannot be measured."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from hemifacial import __version__
from hemifacial.commands.face import measure_face
from hemifacial.errors import HemifacialError, InputError
from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.measure import Options
from hemifacial.face.summary import METHOD_VERSION
from hemifacial.findings import Provenance, Result
from hemifacial.formats.files import recover, sha256_of
from hemifacial.formats.manifest import Entry
from hemifacial.formats.protocol import read_phases
from hemifacial.formats.result_folder import FINDINGS, read_result
from hemifacial.formats.video_source import check_readable

__all__ = ["Outcome", "Settings", "disguised", "measure_one", "place_of"]


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How every recording of a batch is measured."""

    own_criteria: Path | None = None
    stills: bool = True
    model: Path | None = None
    blind: bool = False


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one recording: measured, kept from before, or why it was not measured."""

    entry: Entry
    folder: Path
    was_kept: bool = False
    problem: str = ""


def place_of(entry: Entry, folder: Path) -> Path:
    """The result folder of a recording."""
    return folder / f"{entry.recording}.hemifacial"


def measure_one(entry: Entry, place: Path, settings: Settings) -> Outcome:
    """Measure one recording, or keep what stands; a mistake of its file is an outcome too."""
    try:
        check_readable(entry.file)
        if _stands(entry, place, settings):
            return Outcome(entry=entry, folder=place, was_kept=True)
        options = Options(
            mirrored=entry.mirrored, own_criteria=settings.own_criteria, model=settings.model
        )
        measure_face(
            entry.file,
            place,
            options,
            stills=settings.stills,
            phases=entry.phases,
            disguise=_Disguise(entry.recording) if settings.blind else None,
        )
    except HemifacialError as error:
        return Outcome(entry=entry, folder=place, problem=error.problem)
    except OSError as error:
        return Outcome(
            entry=entry, folder=place, problem=f"{entry.file}: {error.strerror or error}"
        )
    return Outcome(entry=entry, folder=place)


def disguised(outcome: Outcome) -> Outcome:
    """The outcome, its problem without the names of the recording and of its table of phases."""
    problem, entry = outcome.problem, outcome.entry
    for path in filter(None, (entry.file, entry.phases)):
        for name in (str(path), path.name):
            problem = problem.replace(name, entry.recording)
    return replace(outcome, problem=problem)


@dataclass(frozen=True)
class _Disguise:
    """Takes out of the provenance what would tell a blinded reader whose recording it is."""

    name: str

    def __call__(self, provenance: Provenance) -> Provenance:
        return replace(provenance, input_name=self.name, recorded_at="")


def _stands(entry: Entry, place: Path, settings: Settings) -> bool:
    """Whether the folder holds what measuring this file now would give."""
    recover(place)
    if not (place / FINDINGS).is_file():
        return False
    try:
        standing = read_result(place)
    except InputError:
        return False
    made, criteria = standing.provenance, FaceCriteria.read(settings.own_criteria)
    given = made.parameters
    return (
        made.input_sha256 == sha256_of(entry.file)
        and (made.method_version, made.program_version) == (METHOD_VERSION, __version__)
        and given.get("mirrored") == entry.mirrored
        and given.get("criteria") == criteria.values()
        and _phases_stand(entry, standing)
        and (not settings.blind or made.input_name == entry.recording)
        and (settings.stills or not any(place.glob("stills/*.jpg")))
    )


def _phases_stand(entry: Entry, standing: Result) -> bool:
    stated = standing.provenance.parameters.get("phases")
    if entry.phases is None:
        return stated == "found"
    wanted = [(one.phase, one.onset_s, one.duration_s) for one in read_phases(entry.phases)]
    there = [
        (one.phase, one.onset_s, one.duration_s) for one in standing.events if one.family == "phase"
    ]
    return stated == "stated" and wanted == there
