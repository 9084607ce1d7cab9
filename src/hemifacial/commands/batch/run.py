"""A batch from its manifest to its tables."""

from __future__ import annotations

import secrets
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

from hemifacial.commands.batch.one import Outcome, Settings, disguised
from hemifacial.commands.batch.processes import Report, measured
from hemifacial.commands.batch.tables import write_tables
from hemifacial.errors import UsageError
from hemifacial.face.criteria import FaceCriteria
from hemifacial.formats.destination import check_writable
from hemifacial.formats.manifest import blinded, read_key, read_manifest, write_key

__all__ = ["Batch", "key_path", "run"]


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
    outcomes = measured(entries, folder, settings, jobs, report, executor)
    if settings.blind:
        outcomes = tuple(disguised(outcome) for outcome in outcomes)
    write_tables(folder, outcomes, blind=settings.blind)
    return Batch(folder=folder, outcomes=outcomes)


def key_path(folder: Path) -> Path:
    """Where the key of a blinded batch lies: beside its folder, never in it."""
    return folder.resolve().with_name(f"{folder.resolve().name}.key.tsv")
