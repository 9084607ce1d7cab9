"""What ``hemifacial batch`` does: many recordings of a manifest into one tidy table.

A recording is measured in a process of its own; one that cannot be measured does not stop the
rest. What stands already, of the same file, version and parameters, is kept.
"""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import Any

from hemifacial import __version__
from hemifacial.checking import standing_result
from hemifacial.errors import HemifacialError, InputError, UsageError
from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.measure import Options
from hemifacial.face.summary import METHOD_VERSION
from hemifacial.findings import Provenance, Result
from hemifacial.formats.destination import check_writable
from hemifacial.formats.files import recover, sha256_of, write_text
from hemifacial.formats.manifest import (
    Entry,
    blinded,
    read_key,
    read_manifest,
    table_text,
    write_key,
)
from hemifacial.formats.protocol import read_phases
from hemifacial.formats.result_folder import FINDINGS, read_corrections, read_result

__all__ = ["TABLE", "Batch", "Outcome", "Settings", "key_path", "run"]

TABLE = "findings.tsv"
PROBLEMS = "not_measured.tsv"
_FINDING_COLUMNS = (
    "quantity side sites phase status value unit low high interval n quality detection_limit note"
).split()
_MADE_COLUMNS = (
    "reviewed input_sha256 method method_version program_version criteria_sha256"
).split()

Report = Callable[[float, float | None], None]


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


@dataclass(frozen=True, kw_only=True)
class Batch:
    """All outcomes, in the order in which the recordings stand in the tables."""

    folder: Path
    outcomes: tuple[Outcome, ...]

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """Those that could not be measured."""
        return tuple(outcome for outcome in self.outcomes if outcome.problem)


def run(
    manifest: Path,
    folder: Path,
    settings: Settings,
    *,
    seed: int | None = None,
    jobs: int = 1,
    report: Report | None = None,
    executor: Executor | None = None,
) -> Batch:
    """Measure every recording of a manifest and write the tidy table.

    Parameters
    ----------
    folder
        One result folder a recording, ``findings.tsv``, and ``not_measured.tsv`` if need be.
    seed
        Of the order and the names of a blinded batch; drawn if not given.
    jobs
        Processes at once; measuring one recording uses about two processors by itself.
    report
        Called with the recordings done and all there are.
    executor
        Where to measure instead of processes of this machine; it is not shut down.

    Raises
    ------
    InputError
        If the manifest, the criteria or the key cannot be used.
    UsageError
        If `jobs` is below 1.
    """
    if jobs < 1:
        raise UsageError(f"--jobs is {jobs}", next_step="Give 1 or more.")
    FaceCriteria.read(settings.own_criteria)
    check_writable(folder)
    entries = read_manifest(manifest)
    if settings.blind:
        key = key_path(folder)
        known = read_key(key) if key.exists() else {}
        entries = blinded(entries, seed=secrets.randbits(64) if seed is None else seed, key=known)
        folder.parent.mkdir(parents=True, exist_ok=True)
        write_key(key, entries)
    folder.mkdir(parents=True, exist_ok=True)
    outcomes = _measured(entries, folder, settings, jobs, report, executor)
    if settings.blind:
        outcomes = tuple(_disguised(outcome) for outcome in outcomes)
    _write_tables(folder, outcomes, settings)
    return Batch(folder=folder, outcomes=outcomes)


def key_path(folder: Path) -> Path:
    """Where the key of a blinded batch lies: beside its folder, never in it."""
    return folder.resolve().with_name(f"{folder.resolve().name}.key.tsv")


def _measured(
    entries: Sequence[Entry],
    folder: Path,
    settings: Settings,
    jobs: int,
    report: Report | None,
    executor: Executor | None,
) -> tuple[Outcome, ...]:
    found: dict[str, Outcome] = {}

    def note(outcome: Outcome) -> None:
        found[outcome.entry.recording] = outcome
        if report is not None:
            report(len(found), len(entries))

    if executor is not None:
        for outcome in _through(executor, entries, folder, settings, crashed=[]):
            note(outcome)
    else:
        crashed: list[Entry] = []
        with _pool(jobs) as pool:
            for outcome in _through(pool, entries, folder, settings, crashed=crashed):
                note(outcome)
        for entry in crashed:  # a crash takes its neighbours along: each again by itself
            lost: list[Entry] = []
            with _pool(1) as pool:
                for outcome in _through(pool, [entry], folder, settings, crashed=lost):
                    note(outcome)
            for one in lost:
                problem = "the process that measured it was stopped by the system (memory?)"
                note(Outcome(entry=one, folder=_place(one, folder), problem=problem))
    return tuple(found[entry.recording] for entry in entries)


def _pool(jobs: int) -> ProcessPoolExecutor:
    # A process that is forked in the middle of other threads may inherit their locks.
    return ProcessPoolExecutor(
        max_workers=jobs, mp_context=get_context("spawn"), initializer=_end_with_parent
    )


def _end_with_parent() -> None:
    """End this process when the one that started it is gone.

    A worker holds both ends of its queue, so that nothing tells it that the other side was killed:
    it would measure on beside a later run, and then wait for ever.
    """
    parent = parent_process()
    if parent is not None:

        def watch() -> None:
            parent.join()
            os._exit(1)

        threading.Thread(target=watch, daemon=True).start()


def _through(
    executor: Executor,
    entries: Iterable[Entry],
    folder: Path,
    settings: Settings,
    *,
    crashed: list[Entry],
) -> Iterator[Outcome]:
    """The outcomes as they come; whose process died is put into `crashed`."""
    futures: dict[Future[Outcome], Entry] = {
        executor.submit(_one, entry, _place(entry, folder), settings): entry for entry in entries
    }
    try:
        for future in as_completed(futures):
            entry, error = futures[future], future.exception()
            if error is None:
                yield future.result()
            elif isinstance(error, BrokenProcessPool):
                crashed.append(entry)
            else:
                problem = f"a fault of the program: {type(error).__name__}: {error}"
                yield Outcome(entry=entry, folder=_place(entry, folder), problem=problem)
    finally:
        for future in futures:
            future.cancel()


def _place(entry: Entry, folder: Path) -> Path:
    return folder / f"{entry.recording}.hemifacial"


def _one(entry: Entry, place: Path, settings: Settings) -> Outcome:
    """Measure one recording, or keep what stands; a mistake of its file is an outcome too."""
    from hemifacial import commands
    from hemifacial.formats.video_source import check_readable

    try:
        check_readable(entry.file)
        if _stands(entry, place, settings):
            return Outcome(entry=entry, folder=place, was_kept=True)
        options = Options(
            mirrored=entry.mirrored, own_criteria=settings.own_criteria, model=settings.model
        )
        commands.measure_face(
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


def _write_tables(folder: Path, outcomes: Sequence[Outcome], settings: Settings) -> None:
    """One row a finding; under blinding nothing that tells whose it is."""
    others = list(dict.fromkeys(name for one in outcomes for name in one.entry.others))
    who = [] if settings.blind else ["subject", "visit", "file", *others]
    rows = [row for one in outcomes if not one.problem for row in _rows(one, blind=settings.blind)]
    columns = ["recording", *who, *_FINDING_COLUMNS, *_MADE_COLUMNS]
    write_text(folder / TABLE, table_text(columns, rows))
    failed = [one for one in outcomes if one.problem]
    if failed:
        told = [
            {
                **({"recording": one.entry.recording} if settings.blind else _who(one.entry)),
                "problem": one.problem,
            }
            for one in failed
        ]
        who = [] if settings.blind else ["subject", "visit", "file"]
        write_text(folder / PROBLEMS, table_text(["recording", *who, "problem"], told))
    else:
        (folder / PROBLEMS).unlink(missing_ok=True)


def _disguised(outcome: Outcome) -> Outcome:
    """The outcome, its problem without the names of the recording and of its table of phases."""
    problem, entry = outcome.problem, outcome.entry
    for path in filter(None, (entry.file, entry.phases)):
        for name in (str(path), path.name):
            problem = problem.replace(name, entry.recording)
    return replace(outcome, problem=problem)


def _rows(outcome: Outcome, *, blind: bool) -> Iterator[dict[str, Any]]:
    measured = read_result(outcome.folder)
    made = measured.provenance
    corrections = read_corrections(outcome.folder, made)
    standing, _ = standing_result(outcome.folder, measured, corrections)
    about = {
        **({"recording": outcome.entry.recording} if blind else _who(outcome.entry)),
        "reviewed": "yes" if corrections else "no",
        "input_sha256": made.input_sha256,
        "method": made.method,
        "method_version": made.method_version,
        "program_version": made.program_version,
        "criteria_sha256": _criteria_sha256(made),
    }
    for finding in standing.findings:
        yield {
            **about,
            **{name: getattr(finding, name) for name in _FINDING_COLUMNS},
            "sites": "|".join(finding.sites),
            "side": finding.side.value,
            "status": finding.status.value,
        }


def _who(entry: Entry) -> dict[str, Any]:
    return {
        "recording": entry.recording,
        "subject": entry.subject,
        "visit": entry.visit,
        "file": entry.file.name,
        **entry.others,
    }


def _criteria_sha256(made: Provenance) -> str:
    """One fingerprint of every criterion, so that a table shows at a glance that it is one set."""
    import hashlib
    import json

    criteria: Mapping[str, float] = made.parameters.get("criteria", {})
    return hashlib.sha256(json.dumps(criteria, sort_keys=True).encode()).hexdigest()
