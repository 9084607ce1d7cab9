"""A study of the blink reflex from end to end: sweeps in, findings, averages and sweeps out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from hemifacial.electro.blink_reflex.components import (
    NERVE,
    Component,
    components_of,
    direct_responses,
)
from hemifacial.electro.blink_reflex.findings import findings_of
from hemifacial.electro.blink_reflex.recovery import pairs_of, recoveries
from hemifacial.electro.blink_reflex.subject import METHOD
from hemifacial.electro.conditioning import Conditioning, conditioned, conditioning_of
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.evoked_signals import labels_of, name_of, table_of
from hemifacial.electro.outcome import Outcome
from hemifacial.electro.study import EvokedStudy, check_rest

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["measure"]

_SHOWN_SWEEPS = 12


def measure(study: EvokedStudy, criteria: ElectroCriteria) -> Outcome:
    """R1, R2 and contralateral R2 of every muscle, and recovery after pairs of stimuli.

    Parameters
    ----------
    study
        Sweeps as they were cut, from ``blink_before_ms`` before to ``blink_after_ms`` after the
        stimulus. Stimuli of the supraorbital nerve are the study; those of branches of the facial
        nerve that supply orbicularis oculi give the direct response to which R1 is compared.

    Returns
    -------
    Outcome
        Nothing in it where no supraorbital nerve was stimulated. The tables of signals are
        ``blink_reflex_averages`` (rectified and not) and ``blink_reflex_sweeps``.

    Raises
    ------
    InputError
        Where the sweeps begin too shortly before the stimulus to tell the noise.
    """
    if not any(one.branch == NERVE for one in study.stimuli):
        return Outcome()
    check_rest(study)
    ready, done = conditioned(study, conditioning_of(criteria))
    pairs = pairs_of(ready.stimuli, criteria)
    # The second of two stimuli meets a reflex that has not recovered.
    second = {ready.stimuli[pair[1]] for pair in pairs}
    components = components_of(ready.where(lambda s: s not in second), done, criteria)
    recovered = {
        place: recoveries(ready, pairs, one, criteria)
        for place, one in enumerate(components)
        if not one.is_crossed
    }
    direct = direct_responses(ready, criteria)
    return Outcome(
        findings=findings_of(components, direct, recovered, criteria),
        signals={
            f"{METHOD}_averages": _averages(components, done),
            f"{METHOD}_sweeps": _sweeps(components, done),
        },
    )


def _averages(components: Sequence[Component], how: Conditioning) -> xr.Dataset:
    variables = {}
    for one in components:
        label = _labels(one) | {"sweeps": len(one.sweeps_uv)}
        early = one.early.reading.response if one.early is not None else None
        burst = one.late.burst if one.late is not None else None
        if early is not None:
            label["r1_onset_ms"] = early.onset_ms
        if burst is not None:
            label["r2_average_onset_ms"] = burst.average_ms
            if burst.shortest_ms is not None:
                label["r2_onset_ms"] = burst.shortest_ms
        variables[_name(one)] = ("time", one.sweeps_uv.mean(axis=0), label)
        rectified = np.abs(one.sweeps_uv).mean(axis=0)
        variables[f"{_name(one)}_rectified"] = ("time", rectified, label | {"rectified": True})
    return _table(components, variables, how)


def _sweeps(components: Sequence[Component], how: Conditioning) -> xr.Dataset:
    variables = {}
    for one in components:
        for number, sweep in enumerate(one.sweeps_uv[:_SHOWN_SWEEPS], start=1):
            variables[f"{_name(one)}_sweep_{number:03d}"] = (
                "time",
                sweep.astype(np.float32),
                _labels(one) | {"sweep": number},
            )
    return _table(components, variables, how)


def _table(
    components: Sequence[Component], variables: Mapping[str, object], how: Conditioning
) -> xr.Dataset:
    time_s = components[0].latency_ms / 1000 if components else np.empty(0)
    return table_of(variables, time_s, how.in_words())


def _name(one: Component) -> str:
    return name_of(NERVE, one.stimulus_side, one.muscle, one.side)


def _labels(one: Component) -> dict[str, object]:
    return labels_of(NERVE, one.stimulus_side, one.muscle, one.side)
