"""A long recording as runs: trains of stimuli of one branch, each at a stage of the operation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from hemifacial.anatomy import Side
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.stimuli import Stimulus
from hemifacial.electro.study import EvokedStudy
from hemifacial.errors import InputError
from hemifacial.formats.recording_facts import Mark, Recording
from hemifacial.vocabulary import read_table

__all__ = ["Run", "StageMark", "pooled", "runs_of", "stage_labels", "stage_of", "stages_of"]

_WORD = "stage"


@dataclass(frozen=True, kw_only=True)
class StageMark:
    """From when on which stage; time in s from the first sample, a word of ``stages.tsv``."""

    onset_s: float
    stage: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Run:
    """A train of stimuli of one branch.

    Attributes
    ----------
    start_s, stop_s
        When the first and the last stimulus were given.
    stage
        A word of ``stages.tsv``, or empty where none was told.
    study
        Its sweeps as they were cut, of this branch alone.
    """

    start_s: float
    stop_s: float
    stage: str
    study: EvokedStudy

    @property
    def branch(self) -> str:
        """The branch that was stimulated."""
        return self.study.stimuli[0].branch

    @property
    def side(self) -> Side:
        """The side that was stimulated."""
        return self.study.stimuli[0].side


@cache
def stage_labels() -> dict[str, str]:
    """What each stage is called on a page, by its word, in the order of an operation."""
    return {row["word"]: row["label"] for row in _table()}


def stage_of(words: str) -> str | None:
    """The stage that some words begin with, or None: ``dura open, much fluid`` is ``dura_open``."""
    known = {row["word"]: row["word"] for row in _table()}
    known |= {row["also"]: row["word"] for row in _table() if row["also"]}
    parts = words.lower().replace("_", " ").replace(",", " ").split()
    for count in range(len(parts), 0, -1):
        found = known.get("_".join(parts[:count]))
        if found is not None:
            return found
    return None


def stages_of(recording: Recording) -> tuple[StageMark, ...]:
    """The stages that the marks of a recording tell, in order of time.

    A mark that begins with ``stage`` tells one: ``stage dura open``, ``stage vessel off``.

    Raises
    ------
    InputError
        A mark that begins so and names no stage of ``stages.tsv``; the message holds both.
    """
    found = []
    for mark in recording.marks:
        first, _, words = mark.text.strip().partition(" ")
        if first.lower() == _WORD:
            found.append(_stage(mark, words, recording))
    return tuple(sorted(found, key=lambda one: one.onset_s))


def runs_of(
    study: EvokedStudy, stages: Sequence[StageMark], criteria: ElectroCriteria
) -> tuple[Run, ...]:
    """The runs of a study, in order of time.

    A run ends where the same branch is not stimulated for ``series_run_pause`` s, and where a
    stage begins.

    Parameters
    ----------
    study
        All sweeps of an operation, in order of time, as they were cut.
    """
    runs = [
        Run(
            start_s=train[0].onset_s,
            stop_s=train[-1].onset_s,
            stage=_at(stages, train[0].onset_s),
            study=study.where(lambda one, these=frozenset(train): one in these),  # type: ignore[misc]
        )
        for branch, side in dict.fromkeys((one.branch, one.side) for one in study.stimuli)
        for train in _trains(
            [one for one in study.stimuli if (one.branch, one.side) == (branch, side)],
            stages,
            criteria["series_run_pause"],
        )
    ]
    return tuple(sorted(runs, key=lambda run: (run.start_s, run.branch, run.side)))


def pooled(runs: Sequence[Run]) -> Run:
    """Several runs of one branch and the same channels as one."""
    study = replace(
        runs[0].study,
        sweeps_uv=np.concatenate([run.study.sweeps_uv for run in runs]),
        stimuli=tuple(one for run in runs for one in run.study.stimuli),
    )
    return replace(runs[0], stop_s=runs[-1].stop_s, study=study)


def _trains(
    stimuli: Sequence[Stimulus], stages: Sequence[StageMark], pause_s: float
) -> Iterator[list[Stimulus]]:
    train: list[Stimulus] = []
    for one in stimuli:
        if train and (
            one.onset_s - train[-1].onset_s > pause_s
            or any(train[-1].onset_s < mark.onset_s <= one.onset_s for mark in stages)
        ):
            yield train
            train = []
        train.append(one)
    if train:
        yield train


def _at(stages: Sequence[StageMark], time_s: float) -> str:
    before = [mark.stage for mark in stages if mark.onset_s <= time_s]
    return before[-1] if before else ""


def _stage(mark: Mark, words: str, recording: Recording) -> StageMark:
    stage = stage_of(words)
    if stage is None:
        known = ", ".join(word.replace("_", " ") for word in stage_labels())
        raise InputError(
            f'{recording.path}, mark "{mark.text}" at {mark.onset_s:g} s: no stage of that name; '
            f"known are {known}",
            next_step="Let the mark begin with one of these; what follows it is free.",
        )
    return StageMark(onset_s=mark.onset_s, stage=stage)


def _table() -> list[dict[str, str]]:
    return read_table(__package__, "stages.tsv")
