"""The stimuli of a made-up recording as a table and as events: its truth, whoever made it."""

from __future__ import annotations

from collections.abc import Sequence

from hemifacial.findings import Event
from hemifacial.twin.electro.plan import Stimulus

__all__ = ["stimuli_text", "stimulus_event"]


def stimuli_text(stimuli: Sequence[Stimulus]) -> str:
    """``stimuli.tsv``: a row a stimulus, for readers of files without marks."""
    lines = ["onset\tbranch\tside\tintensity_ma\tpolarity"]
    lines += [
        f"{one.onset_s:.6f}\t{one.branch}\t{one.side.value}\t{one.intensity_ma:g}\t{one.sign}"
        for one in stimuli
    ]
    return "\n".join(lines) + "\n"


def stimulus_event(number: int, one: Stimulus) -> Event:
    """A stimulus as a true event; `number` counts from 1."""
    return Event(
        onset_s=one.onset_s,
        duration_s=0.0,
        event_id=f"stimulus{number}",
        trial_type="stimulus",
        side=one.side,
        sites=(one.branch,),
        amplitude=one.intensity_ma,
        amplitude_unit="mA",
    )
