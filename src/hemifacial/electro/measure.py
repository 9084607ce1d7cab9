"""The electrodiagnostic wing from end to end: a recording in, a result out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from itertools import pairwise
from pathlib import Path

import numpy as np

from hemifacial import __version__
from hemifacial.anatomy import Side
from hemifacial.electro.criteria import Artefact, ElectroCriteria
from hemifacial.electro.outcome import Outcome
from hemifacial.electro.stimuli import Stimulus
from hemifacial.electro.study import EvokedStudy, cut
from hemifacial.errors import InputError, UsageError
from hemifacial.findings import Event, Provenance, Result
from hemifacial.formats.recording import unmapped
from hemifacial.formats.recording_facts import Recording

__all__ = [
    "METHOD",
    "METHOD_VERSION",
    "Options",
    "Progress",
    "Study",
    "duration_s",
    "measure",
    "measure_averages",
    "studies_of",
]

METHOD = "electro"
METHOD_VERSION = "1.0"

_SUPRAORBITAL = "supraorbital_nerve"
_LEAST_BEFORE_MS, _LEAST_AFTER_MS = 3.0, 20.0
"""A sweep that holds less around its stimulus is not whole."""

Progress = Callable[[float, float | None], None]


class Study(StrEnum):
    """What is asked of a recording."""

    LATERAL_SPREAD = "lateral_spread"
    SERIES = "series"
    BLINK_REFLEX = "blink_reflex"
    F_WAVE = "f_wave"
    SPASM_EMG = "spasm_emg"
    BAEP = "baep"


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a recording is to be read.

    Parameters
    ----------
    studies
        None chooses by what the recording holds.
    own_criteria
        A clinic's table.
    artefact
        How the tail of the stimulus artefact is taken out; None chooses.
    """

    studies: tuple[Study, ...] = ()
    own_criteria: Path | None = None
    artefact: Artefact | None = None


def measure(
    recording: Recording,
    stimuli: Sequence[Stimulus],
    options: Options | None = None,
    *,
    sha256: str,
    progress: Progress | None = None,
) -> Result:
    """Every study that a recording allows, or those that are asked for.

    Raises
    ------
    InputError
        Where nothing in the recording can be studied; the message says what is missing.
    """
    options = options or Options()
    criteria = ElectroCriteria.read(options.own_criteria, options.artefact)
    problems = list(recording.problems)
    asked = _Asked(
        recording=recording,
        stimuli=tuple(stimuli),
        criteria=criteria,
        tell=progress,
        problems=problems,
    )
    studies = options.studies or _possible(asked)
    outcomes = [_STUDIES[study](asked) for study in studies]
    unknown = unmapped(recording)
    if unknown:
        left_out = " Not measured." if any(one.site for one in recording.channels) else ""
        problems.append(
            f"No muscle is known by the name of {len(unknown)} "
            f"channel{'s' if len(unknown) > 1 else ''}: {', '.join(unknown)}.{left_out}"
        )
    channels = [
        {
            "name": one.name,
            "site": one.site,
            "side": one.side.value,
            "rate_hz": one.rate_hz,
            "filters": one.filters,
        }
        for one in recording.channels
    ]
    about = _About(
        path=recording.path, sha256=sha256, recorded_at=recording.recorded_at, studies=studies
    )
    stated = {"problems": problems, "channels": channels}
    return _result(about, criteria, stated, outcomes, _stimulus_events(stimuli))


def measure_averages(
    path: Path, options: Options | None = None, *, sha256: str
) -> tuple[Result, float]:
    """The averages of a SmartEP export as a study of brainstem potentials; and how long it took.

    Raises
    ------
    InputError
        Where the file is not such an export, or holds no average that can be used.
    """
    from hemifacial.electro.baep.measure import measure as study_of
    from hemifacial.electro.baep.series import of_smartep
    from hemifacial.formats.smartep import read_smartep

    options = options or Options()
    criteria = ElectroCriteria.read(options.own_criteria)
    averages = of_smartep(read_smartep(path))
    about = _About(path=path, sha256=sha256, recorded_at="", studies=(Study.BAEP,))
    outcome = study_of(averages, criteria)
    last_s = max(one.end_s for one in averages)
    return _result(about, criteria, {"problems": [], "channels": []}, [outcome], []), last_s


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What a study is made of."""

    recording: Recording
    stimuli: tuple[Stimulus, ...]
    criteria: ElectroCriteria
    tell: Progress | None
    problems: list[str]


@dataclass(frozen=True, kw_only=True)
class _About:
    path: Path
    sha256: str
    recorded_at: str
    studies: tuple[Study, ...]


def _result(
    about: _About,
    criteria: ElectroCriteria,
    stated: Mapping[str, object],
    outcomes: Sequence[Outcome],
    stimuli: Sequence[Event],
) -> Result:
    return Result(
        provenance=Provenance(
            method=METHOD,
            method_version=METHOD_VERSION,
            program_version=__version__,
            input_name=os.fsencode(about.path.name).decode("utf-8", "replace"),
            input_sha256=about.sha256,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            recorded_at=about.recorded_at,
            parameters={
                "studies": [study.value for study in about.studies],
                **stated,
                "criteria": criteria.values(),
                "own_criteria": criteria.own,
                "artefact": criteria.artefact.value if criteria.artefact else "chosen",
            },
        ),
        findings=tuple(finding for outcome in outcomes for finding in outcome.findings),
        events=_in_order([*stimuli, *(e for outcome in outcomes for e in outcome.events)]),
        signals={name: table for outcome in outcomes for name, table in outcome.signals.items()},
    )


def studies_of(words: Iterable[str]) -> tuple[Study, ...]:
    """The studies that are asked for by name."""
    known = [study.value for study in Study]
    for word in words:
        if word not in known:
            raise UsageError(
                f"--study is {word!r}", next_step="The studies are: " + ", ".join(known) + "."
            )
    return tuple(Study(word) for word in words)


def duration_s(recording: Recording) -> float:
    """From the first sample to the last, gaps included."""
    return max((stretch.stop_s for stretch in recording.stretches), default=0.0)


def _possible(asked: _Asked) -> tuple[Study, ...]:
    """The studies that a recording is made for, by its stimuli and marks."""
    from hemifacial.electro.baep.series import clicks_of

    recording = asked.recording
    if clicks_of(recording):
        return (Study.BAEP,)
    if not any(channel.site for channel in recording.channels):
        names = ", ".join(dict.fromkeys(channel.name for channel in recording.channels))
        raise InputError(
            f"{recording.path}: no channel names a muscle of the face; its channels are {names}",
            next_step="Name the muscles with a table of names: --names NAMES.tsv.",
        )
    found = []
    if any(_is_facial(one) for one in asked.stimuli):
        found.append(Study.LATERAL_SPREAD)
        if _stages(recording):
            found.append(Study.SERIES)
    if any(not _is_facial(one) for one in asked.stimuli):
        found.append(Study.BLINK_REFLEX)
    return tuple(found) or (Study.SPASM_EMG,)


def _is_facial(stimulus: Stimulus) -> bool:
    return stimulus.branch != _SUPRAORBITAL


def _stages(recording: Recording) -> bool:
    return any(mark.text.split()[:1] == ["stage"] for mark in recording.marks)


def _lateral_spread(asked: _Asked) -> Outcome:
    from hemifacial.electro.lateral_spread.measure import measure as study_of

    return study_of(_cut(asked, [s for s in asked.stimuli if _is_facial(s)]), asked.criteria)


def _series(asked: _Asked) -> Outcome:
    from hemifacial.electro.series.measure import measure_series
    from hemifacial.electro.series.runs import stages_of

    study = _cut(asked, [s for s in asked.stimuli if _is_facial(s) and not s.on_vessel])
    return measure_series(study, stages_of(asked.recording), asked.criteria)


def _blink_reflex(asked: _Asked) -> Outcome:
    from hemifacial.electro.blink_reflex.measure import measure as study_of

    study = _cut(
        asked,
        asked.stimuli,
        before_ms=asked.criteria["blink_before_ms"],
        after_ms=asked.criteria["blink_after_ms"],
    )
    return study_of(study, asked.criteria)


def _f_wave(asked: _Asked) -> Outcome:
    from hemifacial.electro.f_wave.measure import measure as study_of

    return study_of(_cut(asked, [s for s in asked.stimuli if _is_facial(s)]), asked.criteria)


def _spasm_emg(asked: _Asked) -> Outcome:
    from hemifacial.electro.spasm_emg.measure import measure as study_of

    tell, length_s = asked.tell, duration_s(asked.recording)

    def shown(share: float) -> None:
        if tell is not None:
            tell(share * length_s, length_s)

    return study_of(asked.recording, asked.criteria, progress=shown)


def _baep(asked: _Asked) -> Outcome:
    from hemifacial.electro.baep.measure import measure as study_of
    from hemifacial.electro.baep.series import clicks_of, of_study

    recording = asked.recording
    voltages = [i for i, one in enumerate(recording.channels) if one.microvolts_per_unit]
    clicks = clicks_of(recording)
    if not clicks or not voltages:
        raise InputError(
            f"{recording.path}: no mark tells a click, so that there is nothing to average",
            next_step="Write marks such as: click side=right polarity=-",
        )
    study = cut(recording, clicks, voltages[:1], before_ms=2.0, after_ms=15.0)
    return study_of(of_study(study), asked.criteria)


def _cut(
    asked: _Asked,
    stimuli: Sequence[Stimulus],
    *,
    before_ms: float | None = None,
    after_ms: float | None = None,
) -> EvokedStudy:
    """Sweeps of every channel with a muscle, as long as the interval between stimuli allows."""
    recording, criteria = asked.recording, asked.criteria
    channels = [
        index
        for index, channel in enumerate(recording.channels)
        if channel.site and channel.microvolts_per_unit is not None
    ]
    if not stimuli or not channels:
        raise UsageError(
            f"{recording.path}: holds no stimulus and muscle for this study",
            next_step="Ask for another with --study, or for none: then what it holds is found.",
        )
    if asked.tell is not None:
        asked.tell(0.0, duration_s(recording))
    apart_ms = [1000 * (b.onset_s - a.onset_s) for a, b in pairwise(stimuli)]
    shortest_ms = min(apart_ms, default=1000.0)
    room_before_ms, room_after_ms = _room_ms(recording, stimuli)
    if before_ms is None:
        before_ms = min(criteria["sweep_before_ms"], 0.2 * shortest_ms)
    if after_ms is None:
        after_ms = min(criteria["sweep_after_ms"], 0.8 * shortest_ms)
    before_ms, after_ms = min(before_ms, room_before_ms), min(after_ms, room_after_ms)
    study = cut(recording, stimuli, channels, before_ms=before_ms, after_ms=after_ms)
    if not study.stimuli:
        raise InputError(
            f"{recording.path}: no stimulus has a whole sweep, from {before_ms:g} ms before it to "
            f"{after_ms:g} ms after it",
            next_step="Check the times of the stimuli against the recording, and that its parts "
            "are as long as that.",
        )
    return _connected(asked, study)


def _room_ms(recording: Recording, stimuli: Sequence[Stimulus]) -> tuple[float, float]:
    """How much is recorded before and after a stimulus, for the worst of most of them.

    The first sweep and the last may be shorter than is wanted, and are then not lost; nor are those
    of a recording that is kept in pieces. One in ten may be.
    """
    rooms = [
        (1000 * (one.onset_s - part.start_s), 1000 * (part.stop_s - one.onset_s))
        for one in stimuli
        for part in recording.stretches
        if part.start_s <= one.onset_s < part.stop_s
    ]
    if not rooms:
        return _LEAST_BEFORE_MS, _LEAST_AFTER_MS
    skipped = len(rooms) // 10 if len(recording.stretches) > 1 else 0
    before_ms = sorted(before for before, _ in rooms)[skipped]
    after_ms = sorted(after for _, after in rooms)[skipped]
    return max(before_ms - 1, _LEAST_BEFORE_MS), max(after_ms - 1, _LEAST_AFTER_MS)


def _connected(asked: _Asked, study: EvokedStudy) -> EvokedStudy:
    """The study without channels that hold no rest, which are told as problems.

    A lead that was not connected is flat throughout; one that a stimulator blanks is flat before
    the stimulus, and then nothing tells its noise.
    """
    rest = study.sweeps_uv[..., study.rest]
    moves = np.ptp(rest, axis=-1) > 0 if rest.size else np.ptp(study.sweeps_uv, axis=-1) > 0
    kept = np.flatnonzero(np.median(moves, axis=0) > 0)
    for index in set(range(len(study.channels))) - set(kept):
        problem = (
            f"Channel {study.channels[index].name!r} is flat before the stimuli, so that nothing "
            "tells its noise: not measured."
        )
        if problem not in asked.problems:
            asked.problems.append(problem)
    if not kept.size:
        raise InputError(
            f"{asked.recording.path}: every channel with a muscle is flat before the stimuli",
            next_step="Check that the electrodes were connected and the right channels exported.",
        )
    return study.of_channels(kept.tolist())


_STUDIES: dict[Study, Callable[[_Asked], Outcome]] = {
    Study.LATERAL_SPREAD: _lateral_spread,
    Study.SERIES: _series,
    Study.BLINK_REFLEX: _blink_reflex,
    Study.F_WAVE: _f_wave,
    Study.SPASM_EMG: _spasm_emg,
    Study.BAEP: _baep,
}


def _stimulus_events(stimuli: Iterable[Stimulus]) -> list[Event]:
    return [
        Event(
            onset_s=one.onset_s,
            duration_s=0.0,
            event_id=f"stimulus-{number:04d}",
            trial_type="stimulus",
            side=Side(one.side),
            sites=(one.branch,),
            amplitude=one.intensity_ma,
            amplitude_unit="mA" if one.intensity_ma is not None else "",
        )
        for number, one in enumerate(stimuli, start=1)
    ]


def _in_order(events: Iterable[Event]) -> tuple[Event, ...]:
    return tuple(sorted(events, key=lambda event: (event.onset_s, event.event_id)))
