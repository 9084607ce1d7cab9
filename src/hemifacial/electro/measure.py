"""The electrodiagnostic wing from end to end: a recording in, a result out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from hemifacial.electro.criteria import Artefact, ElectroCriteria
from hemifacial.electro.result import METHOD, METHOD_VERSION, About, result_of
from hemifacial.electro.stimuli import Stimulus
from hemifacial.electro.studies import (
    Asked,
    Progress,
    Study,
    check_template,
    duration_s,
    made,
    possible,
)
from hemifacial.errors import UsageError
from hemifacial.findings import Result
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
    tables, trigger_line
        Which tables a laboratory gave beside the recording, and of which channel the steps are
        triggers: kept with the result, so that it can be made again.
    """

    studies: tuple[Study, ...] = ()
    own_criteria: Path | None = None
    artefact: Artefact | None = None
    tables: tuple[str, ...] = ()
    trigger_line: str = ""


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
    asked = Asked(
        recording=recording,
        stimuli=tuple(stimuli),
        criteria=criteria,
        tell=progress,
        problems=list(recording.problems),
    )
    studies = options.studies or possible(asked)
    check_template(asked, studies)
    outcomes = [made(study, asked) for study in studies]
    stated = _tables(options) | {
        "problems": [*asked.problems, *_unknown(recording)],
        "channels": _channels(recording),
    }
    about = About(
        path=recording.path,
        sha256=sha256,
        recorded_at=recording.recorded_at,
        studies=tuple(study.value for study in studies),
        criteria=criteria,
        stated=stated,
    )
    return result_of(about, outcomes, stimuli)


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
    about = About(
        path=path,
        sha256=sha256,
        recorded_at="",
        studies=(Study.BAEP.value,),
        criteria=criteria,
        stated={"problems": [], "channels": []},
    )
    outcome = study_of(averages, criteria)
    return result_of(about, [outcome]), max(one.end_s for one in averages)


def studies_of(words: Iterable[str]) -> tuple[Study, ...]:
    """The studies that are asked for by name."""
    known = [study.value for study in Study]
    for word in words:
        if word not in known:
            raise UsageError(
                f"--study is {word!r}", next_step="The studies are: " + ", ".join(known) + "."
            )
    return tuple(Study(word) for word in words)


def _tables(options: Options) -> dict[str, object]:
    """What a laboratory gave beside the recording; nothing where it gave nothing."""
    given = {"tables": list(options.tables), "trigger_line": options.trigger_line}
    return {name: value for name, value in given.items() if value}


def _unknown(recording: Recording) -> list[str]:
    """The channels that name no muscle, as a problem."""
    unknown = unmapped(recording)
    if not unknown:
        return []
    left_out = " Not measured." if any(one.site for one in recording.channels) else ""
    return [
        f"No muscle is known by the name of {len(unknown)} "
        f"channel{'s' if len(unknown) > 1 else ''}: {', '.join(unknown)}.{left_out}"
    ]


def _channels(recording: Recording) -> list[dict[str, object]]:
    """The channels as the provenance states them."""
    return [
        {
            "name": one.name,
            "site": one.site,
            "side": one.side.value,
            "rate_hz": one.rate_hz,
            "filters": one.filters,
        }
        for one in recording.channels
    ]
