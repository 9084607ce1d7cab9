"""A study of the facial F wave from end to end: sweeps in, findings and sweeps out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import SIDES, Side
from hemifacial.electro.artefact_tails import no_template
from hemifacial.electro.averages import average
from hemifacial.electro.conditioning import Conditioning, conditioned, conditioning_of
from hemifacial.electro.criteria import Artefact, ElectroCriteria
from hemifacial.electro.direct import DirectResponse, direct_response
from hemifacial.electro.evoked_signals import labels_of, table_of
from hemifacial.electro.f_wave.findings import METHOD, findings_of
from hemifacial.electro.f_wave.reading import FWaves, f_waves, without_direct
from hemifacial.electro.noise import left_uv
from hemifacial.electro.outcome import Outcome
from hemifacial.electro.reading import coarse
from hemifacial.electro.study import EvokedStudy, check_rest

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["BRANCH", "MUSCLE", "measure"]

Floats = NDArray[np.float64]

BRANCH, MUSCLE = "marginal_mandibular_branch", "mentalis"
"""What is stimulated and read; of no other muscle F waves are known well enough."""

_SHOWN_SWEEPS = 20


@dataclass(frozen=True, kw_only=True, eq=False)
class _Read:
    """One side: its sweeps, direct response and F waves."""

    side: Side
    latency_ms: Floats
    sweeps_uv: Floats
    direct: DirectResponse
    waves: FWaves | None


def measure(study: EvokedStudy, criteria: ElectroCriteria) -> Outcome:
    """The F waves of mentalis after the marginal mandibular branch, side by side.

    Parameters
    ----------
    study
        Sweeps as they were cut; only the strongest stimuli of a side are read.

    Returns
    -------
    Outcome
        Nothing in it where that branch was not stimulated, or mentalis not recorded. The table
        of signals is ``f_wave_sweeps``, the direct response taken off.

    Raises
    ------
    InputError
        Where the sweeps begin too shortly before the stimulus to tell the noise, or the artefact
        was to be taken from stimuli that evoke a response.
    """
    chosen = study.where(lambda s: s.branch == BRANCH)
    if not chosen.stimuli:
        return Outcome()
    check_rest(chosen)
    ready, done = conditioned(chosen, conditioning_of(criteria))
    if done.artefact is Artefact.TEMPLATE:
        _check_template(ready, criteria)
    read = list(_sides(ready, criteria))
    found = [
        finding
        for one in read
        for finding in findings_of(
            one.side, (BRANCH, MUSCLE), len(one.sweeps_uv), one.direct, one.waves, criteria
        )
    ]
    signals = {f"{METHOD}_sweeps": _sweeps(read, done)} if read else {}
    return Outcome(findings=tuple(found), signals=signals)


def _sides(study: EvokedStudy, criteria: ElectroCriteria) -> Iterator[_Read]:
    for side in SIDES:
        index = [i for i, c in enumerate(study.channels) if (c.site, c.side) == (MUSCLE, side)]
        own = study.where(lambda s, d=side: s.side is d)  # type: ignore[misc]
        if not index or not own.stimuli:
            continue
        top = max(one.intensity_ma or 0.0 for one in own.stimuli)
        part = own.where(lambda s, ma=top: (s.intensity_ma or 0.0) == ma)  # type: ignore[misc]
        raw = part.sweeps_uv[:, index[0]]
        direct = _direct(part, index[0], criteria)
        latency_ms, sweeps = coarse(part.latency_ms, raw)
        enough = direct.is_there and len(raw) >= criteria["f_wave_least_sweeps"]
        yield _Read(
            side=side,
            latency_ms=latency_ms,
            sweeps_uv=sweeps,
            direct=direct,
            waves=f_waves(latency_ms, sweeps, direct, criteria) if enough else None,
        )


def _direct(part: EvokedStudy, index: int, criteria: ElectroCriteria) -> DirectResponse:
    """That in the average of one channel."""
    raw = part.sweeps_uv[:, index]
    mean = average(raw, noise_part=part.rest)
    noise_uv = left_uv(raw[:, part.rest], mean.weight)
    return direct_response(part.latency_ms, mean.mean_uv, noise_uv, criteria)


def _check_template(study: EvokedStudy, criteria: ElectroCriteria) -> None:
    """What is taken for the artefact alone must hold no direct response."""
    for index, channel in enumerate(study.channels):
        own = [one.intensity_ma or 0.0 for one in study.stimuli if one.side is channel.side]
        if channel.site != MUSCLE or not own:
            continue
        weakest_ma = min(own)
        weakest = study.where(
            lambda s, d=channel.side, ma=weakest_ma: (s.side, s.intensity_ma) == (d, ma)  # type: ignore[misc]
        )
        if _direct(weakest, index, criteria).is_there:
            raise no_template(BRANCH, MUSCLE, weakest_ma)


def _sweeps(read: Sequence[_Read], how: Conditioning) -> xr.Dataset:
    variables = {}
    for one in read:
        drawn = one.sweeps_uv
        if one.waves is not None:
            drawn = without_direct(one.latency_ms, drawn, one.direct)
        for number, sweep in enumerate(drawn[:_SHOWN_SWEEPS], start=1):
            label = labels_of(BRANCH, one.side, MUSCLE, one.side) | {"sweep": number}
            if one.waves is not None and one.waves.seen[number - 1]:
                place = int(np.count_nonzero(one.waves.seen[:number])) - 1
                label["onset_ms"] = float(one.waves.onset_ms[place])
            variables[f"{BRANCH}_{one.side}_{MUSCLE}_sweep_{number:03d}"] = (
                "time",
                sweep.astype(np.float32),
                label,
            )
    return table_of(variables, read[0].latency_ms / 1000, how.in_words())
