"""The electrodiagnostic wing from end to end: a recording in, a result out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from hemifacial import __version__
from hemifacial.anatomy import Side
from hemifacial.electro.criteria import ElectroCriteria
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
    "studies_of",
]

METHOD = "electro"
METHOD_VERSION = "1.0"

Progress = Callable[[float, float | None], None]


class Study(StrEnum):
    """What is asked of a recording."""

    LATERAL_SPREAD = "lateral_spread"


@dataclass(frozen=True, kw_only=True)
class Options:
    """How a recording is to be read.

    Parameters
    ----------
    studies
        None chooses by what the recording holds.
    own_criteria
        A clinic's table.
    """

    studies: tuple[Study, ...] = ()
    own_criteria: Path | None = None
    stated: dict[str, object] = field(default_factory=dict)


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
    criteria = ElectroCriteria.read(options.own_criteria)
    studies = options.studies or _possible(recording, stimuli)
    outcomes = [_STUDIES[study](recording, stimuli, criteria, progress) for study in studies]
    problems = list(recording.problems)
    unknown = unmapped(recording)
    if unknown:
        problems.append(
            f"No muscle is known by the name of {len(unknown)} "
            f"channel{'s' if len(unknown) > 1 else ''}: {', '.join(unknown)}. Not measured."
        )
    return Result(
        provenance=Provenance(
            method=METHOD,
            method_version=METHOD_VERSION,
            program_version=__version__,
            input_name=recording.path.name.encode("utf-8", "replace").decode(),
            input_sha256=sha256,
            created_at=datetime.now(UTC).isoformat(timespec="seconds"),
            recorded_at=recording.recorded_at,
            parameters={
                "studies": [study.value for study in studies],
                "problems": problems,
                "channels": [
                    {
                        "name": one.name,
                        "site": one.site,
                        "side": one.side.value,
                        "rate_hz": one.rate_hz,
                        "filters": one.filters,
                    }
                    for one in recording.channels
                ],
                "criteria": criteria.values(),
                "own_criteria": criteria.own,
                **options.stated,
            },
        ),
        findings=tuple(finding for outcome in outcomes for finding in outcome.findings),
        events=_in_order(
            [*_stimulus_events(stimuli), *(e for outcome in outcomes for e in outcome.events)]
        ),
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


def _possible(recording: Recording, stimuli: Sequence[Stimulus]) -> tuple[Study, ...]:
    if not any(channel.site for channel in recording.channels):
        names = ", ".join(dict.fromkeys(channel.name for channel in recording.channels))
        raise InputError(
            f"{recording.path}: no channel names a muscle of the face; its channels are {names}",
            next_step="Name the muscles with a table of names: --names NAMES.tsv.",
        )
    if not stimuli:
        raise InputError(
            f"{recording.path}: no stimulus is marked in it",
            next_step="Give the stimuli as a table (--stimuli STIMULI.tsv) or say what the marks "
            "of your laboratory mean (--triggers TRIGGERS.tsv).",
        )
    return (Study.LATERAL_SPREAD,)


def _lateral_spread(
    recording: Recording,
    stimuli: Sequence[Stimulus],
    criteria: ElectroCriteria,
    progress: Progress | None,
) -> Outcome:
    from hemifacial.electro.lateral_spread.measure import measure as study_of

    chosen = [one for one in stimuli if one.branch.endswith("_branch")]
    return study_of(_cut(recording, chosen, criteria, progress), criteria)


def _cut(
    recording: Recording,
    stimuli: Sequence[Stimulus],
    criteria: ElectroCriteria,
    progress: Progress | None,
) -> EvokedStudy:
    """Sweeps of every channel with a muscle, as long as the interval between stimuli allows."""
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
    apart_ms = min(
        (1000 * (b.onset_s - a.onset_s) for a, b in zip(stimuli, stimuli[1:], strict=False)),
        default=1000.0,
    )
    after_ms = min(criteria["sweep_after_ms"], 0.8 * apart_ms)
    before_ms = min(criteria["sweep_before_ms"], 0.2 * apart_ms)
    first_s = min(one.onset_s for one in stimuli)
    last_ms = 1000 * (duration_s(recording) - max(one.onset_s for one in stimuli))
    if progress is not None:
        progress(0.0, duration_s(recording))
    study = cut(
        recording,
        stimuli,
        channels,
        before_ms=min(before_ms, max(1000 * first_s - 1, 2.0)),
        after_ms=min(after_ms, max(last_ms - 1, 20.0)),
    )
    if not study.stimuli:
        raise InputError(
            f"{recording.path}: no stimulus has a whole sweep of {after_ms:g} ms after it",
            next_step="Check the times of the stimuli against the recording.",
        )
    return study


_STUDIES: dict[
    Study,
    Callable[[Recording, Sequence[Stimulus], ElectroCriteria, Progress | None], Outcome],
] = {Study.LATERAL_SPREAD: _lateral_spread}


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
