"""What is asked of an electrical recording: which studies it allows, and each of them made."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from hemifacial.electro.criteria import Artefact, ElectroCriteria
from hemifacial.electro.cutting import nothing_for, sweeps_of
from hemifacial.electro.outcome import Outcome
from hemifacial.electro.stimuli import Stimulus
from hemifacial.electro.study import LEAST_REST_MS, USUAL_REST_MS, EvokedStudy, cut
from hemifacial.errors import InputError, UsageError
from hemifacial.formats.recording_facts import Recording

__all__ = ["Asked", "Progress", "Study", "check_template", "duration_s", "made", "possible"]

_SUPRAORBITAL = "supraorbital_nerve"

Progress = Callable[[float, float | None], None]
"""How far a measurement is: seconds done, and of how many where that is known."""


class Study(StrEnum):
    """What is asked of a recording."""

    LATERAL_SPREAD = "lateral_spread"
    SERIES = "series"
    BLINK_REFLEX = "blink_reflex"
    F_WAVE = "f_wave"
    SPASM_EMG = "spasm_emg"
    BAEP = "baep"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What a study is made of; `problems` grows with what its reader must know."""

    recording: Recording
    stimuli: tuple[Stimulus, ...]
    criteria: ElectroCriteria
    tell: Progress | None
    problems: list[str]


def duration_s(recording: Recording) -> float:
    """From the first sample to the last, gaps included."""
    return max((stretch.stop_s for stretch in recording.stretches), default=0.0)


def possible(asked: Asked) -> tuple[Study, ...]:
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
    if any(not _is_supraorbital(one) for one in asked.stimuli):
        found.append(Study.LATERAL_SPREAD)
    if any(_is_of_branch(one) for one in asked.stimuli) and _has_stages(recording):
        found.append(Study.SERIES)
    if any(_is_supraorbital(one) for one in asked.stimuli):
        found.append(Study.BLINK_REFLEX)
    return tuple(found) or (Study.SPASM_EMG,)


def _is_supraorbital(stimulus: Stimulus) -> bool:
    return stimulus.branch == _SUPRAORBITAL


def _is_of_branch(stimulus: Stimulus) -> bool:
    """Whether a branch of the facial nerve was stimulated, not the wall of a vessel."""
    return not _is_supraorbital(stimulus) and not stimulus.on_vessel


def _has_stages(recording: Recording) -> bool:
    return any(mark.text.split()[:1] == ["stage"] for mark in recording.marks)


def check_template(asked: Asked, studies: Sequence[Study]) -> None:
    """A template is made of two currents side by side, which not every study has.

    Raises
    ------
    UsageError
        Where one is asked for and a study has none.
    """
    others = [study.value for study in studies if study not in _TEMPLATED]
    if asked.criteria.artefact is Artefact.TEMPLATE and others:
        raise UsageError(
            f"{asked.recording.path}: a template of the stimulus artefact cannot be made for the "
            f"study {' and '.join(others)}, which has no stimuli below threshold beside the others",
            next_step="Ask with --study for lateral_spread or f_wave alone, or choose another way "
            "with --artefact.",
        )


def made(study: Study, asked: Asked) -> Outcome:
    """What a study says of the recording.

    Raises
    ------
    UsageError
        Where the recording holds nothing that the study is made of.
    InputError
        Where what it holds cannot be studied; the message names the file and the study.
    """
    return _STUDIES[study](asked)


def _lateral_spread(asked: Asked) -> Outcome:
    from hemifacial.electro.lateral_spread.measure import measure as study_of

    stimuli = [one for one in asked.stimuli if not _is_supraorbital(one)]
    study = _swept(asked, stimuli, Study.LATERAL_SPREAD)
    with _naming(asked, Study.LATERAL_SPREAD):
        return study_of(study, asked.criteria)


def _series(asked: Asked) -> Outcome:
    from hemifacial.electro.series.measure import measure_series
    from hemifacial.electro.series.runs import stages_of

    stimuli = [one for one in asked.stimuli if _is_of_branch(one)]
    study, stages = _swept(asked, stimuli, Study.SERIES), stages_of(asked.recording)
    with _naming(asked, Study.SERIES):
        return measure_series(study, stages, asked.criteria)


def _blink_reflex(asked: Asked) -> Outcome:
    from hemifacial.electro.blink_reflex.measure import measure as study_of

    if not any(_is_supraorbital(one) for one in asked.stimuli):
        raise nothing_for(asked.recording.path, Study.BLINK_REFLEX)
    span_ms = asked.criteria["blink_before_ms"], asked.criteria["blink_after_ms"]
    study = _swept(asked, asked.stimuli, Study.BLINK_REFLEX, span_ms=span_ms)
    with _naming(asked, Study.BLINK_REFLEX):
        return study_of(study, asked.criteria)


def _f_wave(asked: Asked) -> Outcome:
    from hemifacial.electro.f_wave.measure import BRANCH, MUSCLE
    from hemifacial.electro.f_wave.measure import measure as study_of

    read = {one.side for one in asked.recording.channels if one.site == MUSCLE}
    if not any(one.branch == BRANCH and one.side in read for one in asked.stimuli):
        raise nothing_for(asked.recording.path, Study.F_WAVE)
    stimuli = [one for one in asked.stimuli if not _is_supraorbital(one)]
    study = _swept(asked, stimuli, Study.F_WAVE, rest_ms=USUAL_REST_MS)
    with _naming(asked, Study.F_WAVE):
        return study_of(study, asked.criteria)


def _spasm_emg(asked: Asked) -> Outcome:
    from hemifacial.electro.spasm_emg.measure import measure as study_of

    tell, length_s = asked.tell, duration_s(asked.recording)

    def shown(share: float) -> None:
        if tell is not None:
            tell(share * length_s, length_s)

    return study_of(asked.recording, asked.criteria, progress=shown)


def _baep(asked: Asked) -> Outcome:
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


def _swept(
    asked: Asked,
    stimuli: Sequence[Stimulus],
    study: Study,
    *,
    span_ms: tuple[float, float] | None = None,
    rest_ms: float = LEAST_REST_MS,
) -> EvokedStudy:
    """The sweeps of a study; what its reader must know joins the problems."""
    if asked.tell is not None:
        asked.tell(0.0, duration_s(asked.recording))
    found = sweeps_of(
        asked.recording,
        stimuli,
        asked.criteria,
        study=study.value,
        span_ms=span_ms,
        rest_ms=rest_ms,
    )
    asked.problems.extend(one for one in found.problems if one not in asked.problems)
    return found.study


@contextmanager
def _naming(asked: Asked, study: Study) -> Iterator[None]:
    """What is wrong with sweeps, which know neither their file nor their study, said with both."""
    try:
        yield
    except InputError as error:
        raise InputError(
            f"{asked.recording.path}, study {study.value}: {error.problem}",
            next_step=error.next_step,
        ) from error


_TEMPLATED = (Study.LATERAL_SPREAD, Study.F_WAVE)
"""Studies with stimuli of several currents, of which the weakest may show the artefact alone."""

_STUDIES: dict[Study, Callable[[Asked], Outcome]] = {
    Study.LATERAL_SPREAD: _lateral_spread,
    Study.SERIES: _series,
    Study.BLINK_REFLEX: _blink_reflex,
    Study.F_WAVE: _f_wave,
    Study.SPASM_EMG: _spasm_emg,
    Study.BAEP: _baep,
}
