"""What ``hemifacial twin nerve`` does: run an experiment, write its folder whole or not at all."""

from __future__ import annotations

import hashlib
import json
import shlex
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import BrokenExecutor, Executor
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hemifacial import __version__
from hemifacial.commands.nerve_document import outcome_document, plain
from hemifacial.commands.nerve_folder import check_destination, write_outcome
from hemifacial.errors import SetupError, UsageError
from hemifacial.findings import Provenance, Result
from hemifacial.formats.destination import check_writable
from hemifacial.report.nerve.page import render_nerve
from hemifacial.twin.nerve.outcome import Outcome
from hemifacial.twin.nerve.settings import Experiment, Settings, Tools
from hemifacial.twin.nerve.sweep import ENGINE, executor

__all__ = [
    "METHOD",
    "OPTIONS",
    "Ran",
    "check_recording",
    "command_of",
    "experiment_named",
    "experiments",
    "kept_beside",
    "run_experiment",
    "settings_with",
    "write_recording",
]

METHOD = "twin.nerve"

OPTIONS: Mapping[str, tuple[str, str]] = {
    "--length-mm": ("lesion", "length_mm"),
    "--lamellae": ("lesion", "lamellae"),
    "--sodium-density": ("lesion", "sodium_density"),
    "--potassium-density": ("lesion", "potassium_density"),
    "--leak-s-per-cm2": ("lesion", "leak_s_per_cm2"),
    "--mechanosensitive-s-per-cm2": ("lesion", "mechanosensitive_s_per_cm2"),
    "--calibre": ("lesion", "calibre"),
    "--cleft-area-um2": ("cleft", "area_um2"),
    "--shunt-us-per-mm": ("cleft", "shunt_us_per_mm"),
    "--step-us": ("numerics", "step_us"),
}
"""The options that set a parameter, and where it stands in the settings."""


@dataclass(frozen=True, kw_only=True)
class Ran:
    """What came of a run: the outcome, and all of it as one JSON document."""

    outcome: Outcome
    document: Mapping[str, Any]
    folder: Path


def experiments() -> Mapping[str, Experiment]:
    """Every experiment by its word, in the order in which they are told."""
    from hemifacial.twin.nerve.experiments.catalogue import EXPERIMENTS

    return EXPERIMENTS


def experiment_named(word: str) -> Experiment:
    """The experiment of this word; `UsageError` with those that there are."""
    known = experiments()
    if word not in known:
        raise UsageError(
            f"there is no experiment {word!r}", next_step="Give one of " + ", ".join(known) + "."
        )
    return known[word]


def settings_with(
    given: Mapping[str, float | None], *, seed: int = 0, small: bool = False
) -> Settings:
    """The settings of an experiment with what was given in place of the defaults.

    Parameters
    ----------
    given
        Values by option, as in `OPTIONS`; None where nothing was given.

    Raises
    ------
    UsageError
        If a value is impossible, with the range and its reason.
    """
    settings = Settings(seed=seed, small=small)
    parts: dict[str, Any] = {}
    for part in ("lesion", "cleft", "numerics"):
        changed = {
            name: given[option]
            for option, (of, name) in OPTIONS.items()
            if of == part and given.get(option) is not None
        }
        if changed:
            parts[part] = replace(getattr(settings, part), **changed)
    return replace(settings, **parts)


def command_of(word: str, settings: Settings) -> str:
    """The command that runs an experiment with these settings."""
    usual = Settings()
    words = ["hemifacial", "twin", "nerve", word]
    for option, (part, name) in OPTIONS.items():
        value = getattr(getattr(settings, part), name)
        if value != getattr(getattr(usual, part), name):
            words += [option, f"{value!r}"]
    if settings.seed:
        words += ["--seed", str(settings.seed)]
    if settings.small:
        words += ["--small"]
    return shlex.join(words)


def kept_beside(folder: Path) -> Path:
    """Where what is done of a sweep is kept until all of it is: beside the folder."""
    folder = folder.resolve()
    return folder.with_name(f"{folder.name}.kept")


_RECORDED = ("lateral_spread", "spontaneous")


def check_recording(experiment: Experiment, kind: str) -> None:
    """Whether electrodes can be laid on an experiment; `UsageError` with what there is."""
    from hemifacial.twin.electro.kinds import KINDS

    if experiment.word not in _RECORDED:
        raise UsageError(
            f"--recording goes with {' and '.join(_RECORDED)}, not with {experiment.word}",
            next_step="Leave it out, or run one of them.",
        )
    if kind not in KINDS:
        raise UsageError(
            f"--recording is {kind!r}", next_step="Give one of " + ", ".join(KINDS) + "."
        )


def write_recording(
    experiment: Experiment,
    settings: Settings,
    folder: Path,
    kind: str,
    *,
    workers: int | None = None,
    progress: Callable[[float, float], None] | None = None,
) -> Path:
    """What electrodes see of the experiment, in a folder of its own beside `folder`.

    Raises
    ------
    UsageError
        As `check_recording`, or that folder holds something else.
    """
    from hemifacial.twin.electro.kinds import KINDS
    from hemifacial.twin.nerve.recordings import StudyPlan, write_lateral_spread, write_spasm

    check_recording(experiment, kind)
    chosen = next(one for one in KINDS if one == kind)
    place = folder.resolve().with_name(f"{folder.resolve().name}.recording")
    if experiment.word == "spontaneous":
        return write_spasm(place, settings, kind=chosen).path
    plan = StudyPlan(pairs=6, healthy=12, sweeps=8) if settings.small else StudyPlan()
    with _pool(workers, "") as pool:
        tools = Tools(workers=pool, kept=kept_beside(folder), progress=progress)
        return write_lateral_spread(place, settings, tools, plan, kind=chosen).path


@contextmanager
def _pool(workers: int | None, dask: str) -> Iterator[Executor | None]:
    """Where an experiment runs; what ends it from outside is told in words."""
    with ExitStack() as stack:
        try:
            pool = stack.enter_context(executor(workers, dask=dask))
        except (OSError, ValueError) as error:
            if not dask:
                raise
            raise UsageError(
                f"--dask {dask}: no cluster answers ({error})",
                next_step="Give the address of its scheduler, as tcp://HOST:PORT.",
            ) from error
        try:
            yield pool
        except BrokenExecutor as error:
            raise SetupError(
                "a process that computed was ended from outside, as where memory is short",
                next_step="Run it again, with fewer --workers; what is done is kept.",
            ) from error


def run_experiment(
    experiment: Experiment,
    settings: Settings,
    folder: Path,
    *,
    workers: int | None = None,
    dask: str = "",
    progress: Callable[[float, float], None] | None = None,
) -> Ran:
    """Run an experiment and write its folder; what is done of it is kept beside it meanwhile.

    Broken off, the same call goes on where it stopped.

    Parameters
    ----------
    workers, dask
        As in `hemifacial.twin.nerve.sweep.executor`.

    Raises
    ------
    UsageError
        If `folder` holds something else, or an experiment with other settings; if no cluster
        answers at the address.
    SetupError
        If a process that computed was ended from outside.
    """
    told = {"experiment": experiment.word, "engine": ENGINE, **plain(asdict(settings))}
    sha256 = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
    check_destination(folder, sha256)
    kept = kept_beside(folder)
    check_writable(kept)
    with _pool(workers, dask) as pool:
        outcome = experiment.run(settings, Tools(workers=pool, kept=kept, progress=progress))
    result = Result(
        provenance=Provenance(
            method=METHOD,
            method_version=ENGINE,
            program_version=__version__,
            input_name=experiment.word,
            input_sha256=sha256,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            parameters={**told, "of_the_experiment": plain(outcome.parameters)},
        ),
        findings=outcome.findings,
        events=(),
    )
    report = render_nerve(
        outcome,
        result.provenance,
        command=command_of(experiment.word, settings),
        small=settings.small,
    )
    findings = write_outcome(folder, outcome, result, report)
    return Ran(
        outcome=outcome, folder=folder, document={**findings, "outcome": outcome_document(outcome)}
    )
