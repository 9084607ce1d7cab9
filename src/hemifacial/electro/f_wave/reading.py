"""F waves sweep by sweep: what follows the direct response, of a new shape each time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.bursts import burst_span, fast_part, loud_level, loudest
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.direct import DirectResponse
from hemifacial.electro.study import REST_UNTIL_MS

__all__ = ["FWaves", "f_waves", "without_direct"]

Floats = NDArray[np.float64]

_SEEN_OVER_MS = 5.0
_BEFORE_MS, _AFTER_MS = 6.0, 14.0
_DIRECT_LASTS_MS = 12.0
_FITTED_MS = 9.0
_OVER_NOISE = 3.0
_LEFT_SHARE = 0.03  # of the direct response, down to which its fit may leave something
_SPAN_SLOW_MS = 2.5


@dataclass(frozen=True, kw_only=True, eq=False)
class FWaves:
    """The F waves of one muscle; arrays hold one value for each sweep in which one is seen.

    Attributes
    ----------
    seen
        (sweeps,), in which there is one.
    from_ms
        From where on they could be looked for: the end of what the direct response leaves.
    limit_uv
        Peak-to-peak amplitude of an F wave that would be seen in nearly every sweep.
    """

    seen: NDArray[np.bool_]
    onset_ms: Floats
    duration_ms: Floats
    amplitude_uv: Floats
    from_ms: float
    limit_uv: float


def without_direct(latency_ms: Floats, sweeps_uv: Floats, direct: DirectResponse) -> Floats:
    """Sweeps less their direct response: the median of all, fitted in size and time to each.

    An F wave, which is new in each sweep, has little part in the median and none in the fit. What
    F waves of most sweeps have in common is lost with it.
    """
    shape = np.median(sweeps_uv, axis=0)
    step_ms = float(latency_ms[1] - latency_ms[0])
    onset_ms = direct.onset_ms or 0.0
    inside = (latency_ms >= onset_ms - 0.5) & (latency_ms <= onset_ms + _FITTED_MS)
    shapes = np.stack([shape, np.gradient(shape, step_ms)], axis=1)
    amounts, *_ = np.linalg.lstsq(shapes[inside], sweeps_uv[:, inside].T, rcond=None)
    return np.asarray(sweeps_uv - (shapes @ amounts).T)


def f_waves(
    latency_ms: Floats, sweeps_uv: Floats, direct: DirectResponse, criteria: ElectroCriteria
) -> FWaves:
    """The F waves of one muscle.

    Parameters
    ----------
    sweeps_uv
        (sweeps, samples), conditioned, on the coarse samples.
    """
    left = without_direct(latency_ms, sweeps_uv, direct)
    fast = fast_part(left, float(latency_ms[1] - latency_ms[0]))
    rest = latency_ms <= REST_UNTIL_MS
    # For onset and end only the slowest is taken off, which would hide them.
    flat = fast_part(left, float(latency_ms[1] - latency_ms[0]), _SPAN_SLOW_MS)
    noise_uv = float(np.sqrt(np.mean(flat[:, rest] ** 2)))
    from_ms = _from_ms(latency_ms, sweeps_uv, noise_uv, direct, criteria)
    searched = (latency_ms >= from_ms) & (latency_ms <= criteria["f_wave_until_ms"])
    where_ms = latency_ms[searched]
    level = loud_level(
        latency_ms,
        fast[:, rest],
        _SEEN_OVER_MS,
        float(np.ptp(where_ms)),
        criteria["f_wave_chance_share"],
    )
    level = max(level, (criteria["f_wave_least_share"] * direct.amplitude_uv) ** 2)
    energy, at_ms = loudest(where_ms, fast[:, searched], _SEEN_OVER_MS)
    seen = energy > level
    spans = [
        _span(latency_ms, sweep, noise_uv, from_ms, float(start))
        for sweep, start in zip(flat[seen], at_ms[seen], strict=True)
    ]
    added_uv = _noise_peak_to_peak(flat[:, rest])
    peaks = np.array([one[2] for one in spans])
    return FWaves(
        seen=seen,
        onset_ms=np.array([one[0] for one in spans]),
        duration_ms=np.array([one[1] - one[0] for one in spans]),
        amplitude_uv=np.sqrt(np.maximum(peaks**2 - added_uv**2, 0.0)),
        from_ms=from_ms,
        limit_uv=float(2 * np.sqrt(2) * np.sqrt(level) * 1.5),
    )


def _from_ms(
    latency_ms: Floats,
    sweeps_uv: Floats,
    noise_uv: float,
    direct: DirectResponse,
    criteria: ElectroCriteria,
) -> float:
    """After the direct response has sunk to what its own variation leaves in the noise."""
    median = np.abs(np.median(sweeps_uv, axis=0))
    onset_ms = direct.onset_ms or 0.0
    still = (
        (latency_ms > onset_ms)
        & (latency_ms < onset_ms + _DIRECT_LASTS_MS)
        & (median > max(_OVER_NOISE * noise_uv, _LEFT_SHARE * direct.amplitude_uv))
    )
    end_ms = float(latency_ms[np.flatnonzero(still)[-1]]) if still.any() else onset_ms
    return max(criteria["f_wave_from_ms"], end_ms)


def _span(
    latency_ms: Floats, sweep_uv: Floats, noise_uv: float, from_ms: float, at_ms: float
) -> tuple[float, float, float]:
    """Onset, end and peak-to-peak amplitude of the F wave around where it is loudest."""
    inside = (latency_ms >= max(from_ms, at_ms - _BEFORE_MS)) & (latency_ms <= at_ms + _AFTER_MS)
    onset_ms, end_ms = burst_span(latency_ms[inside], sweep_uv[inside], noise_uv)
    return onset_ms, max(end_ms, onset_ms), float(np.ptp(sweep_uv[inside]))


def _noise_peak_to_peak(rest_uv: Floats) -> float:
    """What noise alone reaches from peak to peak, as a root mean square over sweeps."""
    return float(np.sqrt(np.mean(np.ptp(rest_uv, axis=1) ** 2))) if rest_uv.size else 0.0
