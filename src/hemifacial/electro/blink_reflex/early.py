"""R1, or an early synkinetic response: a wave of one shape in every sweep, read in the average."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.averages import average
from hemifacial.electro.background import tails_uv
from hemifacial.electro.bursts import fast_part, loud_level, loudest
from hemifacial.electro.conditioning import Conditioning
from hemifacial.electro.conducted import WIDER, conducted_shapes
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.noise import left_uv
from hemifacial.electro.reading import Reading, Window, read_response
from hemifacial.electro.study import REST_UNTIL_MS

__all__ = ["Early", "early_response"]

Floats = NDArray[np.float64]

_SHORT_MS = 5.0
_QUIET_MS = (3.0, 6.0)
_USUAL_SHARE = 0.06  # of the eye, as `conducted_shapes` allows for
_SURE, _LEAST_LEFT = 2.0, 0.35  # errors of a fitted share; what a fit on R2 may always leave of R1


@dataclass(frozen=True, kw_only=True, eq=False)
class Early:
    """An early response that was looked for; what is None was not found.

    `mean_uv` (samples,) is the average at the latencies of the sweeps.
    """

    reading: Reading
    mean_uv: Floats
    area_uv_ms: float | None = None
    end_ms: float | None = None
    persistence_share: float | None = None

    @property
    def is_there(self) -> bool:
        """Whether it was found."""
        return self.reading.response is not None


def early_response(
    latency_ms: Floats,
    sweeps_uv: Floats,
    fine_ms: Floats,
    how: Conditioning,
    criteria: ElectroCriteria,
    *,
    sources: Sequence[Early] = (),
    share_error: float = float("inf"),
) -> Early:
    """The early response of one muscle.

    Parameters
    ----------
    latency_ms, sweeps_uv
        (sweeps, samples), conditioned, on the coarse samples.
    fine_ms
        The samples before they were made coarse, on which the tail of the artefact is shaped.
    sources
        Responses of the eyes that this muscle's electrode may see through the tissue: whatever
        their R1 explains is none of this muscle's own.
    share_error
        Where what is conducted has already been taken out, as fitted on R2: how uncertain the
        share still is.
    """
    rest = latency_ms <= REST_UNTIL_MS
    mean = average(sweeps_uv, noise_part=slice(0, int(rest.sum())))
    window = _window(criteria, sources)
    quiet = (latency_ms >= _QUIET_MS[0]) & (latency_ms < _QUIET_MS[1])
    noise = [sweeps_uv[:, rest]]
    if len(sweeps_uv) > 1:
        noise.append(mean.residuals_uv[:, quiet])
    least_uv = left_uv(noise[0], mean.weight)
    first = (latency_ms >= window.look_from_ms) & (latency_ms < window.look_from_ms + 1)
    tails = tails_uv(fine_ms, how, mean.mean_uv[first], least_uv)
    reading = read_response(
        latency_ms,
        sweeps_uv,
        mean.weight,
        noise,
        window,
        _alternatives(latency_ms, mean.mean_uv, least_uv, tails, sources, share_error),
        sure=criteria["r1_probability_share"],
    )
    return _described(latency_ms, sweeps_uv, mean.mean_uv, reading, criteria)


def _window(criteria: ElectroCriteria, sources: Sequence[Early]) -> Window:
    usual_ms = criteria["r1_usual_ms"]
    known = [one.reading.response.onset_ms for one in sources if one.reading.response is not None]
    if sources:
        usual_ms = min(known, default=usual_ms) + criteria["synkinetic_delay_ms"]
    return Window(
        look_from_ms=_QUIET_MS[0],
        early_from_ms=_QUIET_MS[0] + 0.5,
        from_ms=criteria["r1_from_ms"],
        until_ms=criteria["r1_until_ms"],
        look_until_ms=criteria["r1_until_ms"] + criteria["r1_longest_ms"],
        usual_ms=usual_ms,
        usual_sd_ms=criteria["r1_usual_sd_ms"],
    )


def _alternatives(
    latency_ms: Floats,
    mean_uv: Floats,
    noise_uv: float,
    tails: Floats,
    sources: Sequence[Early],
    share_error: float,
) -> list[Floats]:
    """The tail of the artefact, with what is conducted from the eyes at several widths."""
    waves, onsets = [], []
    for one in sources:
        response = one.reading.response
        if response is not None and one.end_ms is not None:
            # Its R1 alone, fading out at its ends so that no step is made.
            inside = np.clip((latency_ms - response.onset_ms + 2.5) / 1.5, 0, 1)
            inside *= np.clip((one.end_ms + 3.0 - latency_ms) / 1.5, 0, 1)
            waves.append(one.mean_uv * inside)
            onsets.append(response.onset_ms)
    if not waves:
        return [tails]
    early = (latency_ms >= _QUIET_MS[0]) & (latency_ms < min(onsets) + 0.4)
    left = float(np.clip(_SURE * share_error / _USUAL_SHARE, _LEAST_LEFT, 1.0))
    return [
        np.concatenate(
            [
                tails,
                left
                * conducted_shapes(
                    latency_ms, np.array(waves), mean_uv, noise_uv, early=early, wider=wider
                ),
            ],
            axis=1,
        )
        for wider in WIDER
    ]


def _described(
    latency_ms: Floats,
    sweeps_uv: Floats,
    mean_uv: Floats,
    reading: Reading,
    criteria: ElectroCriteria,
) -> Early:
    """With area, end and persistence, where there is one."""
    if reading.response is None:
        return Early(reading=reading, mean_uv=mean_uv)
    size = np.abs(reading.wave_uv)
    step_ms = float(latency_ms[1] - latency_ms[0])
    wave_step_ms = float(reading.wave_ms[1] - reading.wave_ms[0])
    end_ms = float(reading.wave_ms[np.flatnonzero(size >= 0.1 * size.max())[-1]])
    fast = fast_part(sweeps_uv, step_ms)
    onset_ms = reading.response.onset_ms
    inside = (latency_ms >= onset_ms - 1) & (latency_ms <= max(end_ms, onset_ms + _SHORT_MS) + 1)
    rest = fast[:, latency_ms <= REST_UNTIL_MS]
    searched_ms = float(np.count_nonzero(inside)) * step_ms
    level = loud_level(latency_ms, rest, _SHORT_MS, searched_ms, criteria["burst_chance_share"])
    energy, _ = loudest(latency_ms[inside], fast[:, inside], _SHORT_MS)
    return Early(
        reading=reading,
        mean_uv=mean_uv,
        area_uv_ms=float(size.sum() * wave_step_ms),
        end_ms=end_ms,
        persistence_share=float(np.mean(energy > level)) if np.isfinite(level) else None,
    )
