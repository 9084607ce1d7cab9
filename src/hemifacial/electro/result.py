"""The result of an electrical recording: what its studies say, with enough to make it again."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hemifacial import __version__
from hemifacial.anatomy import Side
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.outcome import Outcome
from hemifacial.electro.stimuli import Stimulus
from hemifacial.findings import Event, Provenance, Result

__all__ = ["METHOD", "METHOD_VERSION", "About", "result_of"]

METHOD = "electro"
METHOD_VERSION = "1.0"


@dataclass(frozen=True, kw_only=True)
class About:
    """What was measured, and how.

    `stated` are parameters of the provenance beside the studies and criteria.
    """

    path: Path
    sha256: str
    recorded_at: str
    studies: tuple[str, ...]
    criteria: ElectroCriteria
    stated: Mapping[str, object]


def result_of(
    about: About, outcomes: Sequence[Outcome], stimuli: Sequence[Stimulus] = ()
) -> Result:
    """The result, its events in order of time; every stimulus is one."""
    criteria = about.criteria
    events = [*_stimulus_events(stimuli), *(e for outcome in outcomes for e in outcome.events)]
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
                "studies": list(about.studies),
                **about.stated,
                "criteria": criteria.values(),
                "own_criteria": criteria.own,
                "artefact": criteria.artefact.value if criteria.artefact else "chosen",
            },
        ),
        findings=tuple(finding for outcome in outcomes for finding in outcome.findings),
        events=tuple(sorted(events, key=lambda event: (event.onset_s, event.event_id))),
        signals={name: table for outcome in outcomes for name, table in outcome.signals.items()},
    )


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
