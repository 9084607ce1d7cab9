"""An average in the band in which it is read, and how much noise is left in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.averages import independent_values
from hemifacial.electro.baep.series import BaepAverage
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.errors import InputError

__all__ = ["Conditioned", "conditioned", "pooled"]

Floats = NDArray[np.float64]

_EDGE_MS = 1.0  # the ends of a filtered trace, in which the filter has seen only one side
_LEAST_LATE_MS = 5.0


@dataclass(frozen=True, kw_only=True, eq=False)
class Conditioned:
    """An average after the filter.

    Attributes
    ----------
    noise_uv
        Standard deviation of the noise that is left, in the same band.
    freedom
        From how many independent values `noise_uv` is estimated.
    correlation
        (samples,): the autocorrelation of the noise by lag, 1 at lag 0, drawn towards 0 at long
        lags as short traces ask for.
    noise_from
        ``the difference of halves`` or ``the late part``.
    """

    latency_ms: Floats
    values_uv: Floats
    noise_uv: float
    freedom: float
    correlation: Floats
    noise_from: str


def conditioned(average: BaepAverage, criteria: ElectroCriteria) -> Conditioned:
    """An average in the band of `baep_low_hz` to `baep_high_hz`, with its residual noise.

    Butterworth of order 2 forwards and backwards, so that no latency moves.

    Raises
    ------
    InputError
        Where the average is too short for the filter, is sampled too slowly, has a value that
        is not finite, or shows no place in which its noise could be measured.
    """
    low_hz, high_hz = criteria["baep_low_hz"], criteria["baep_high_hz"]
    rate_hz = average.rate_hz
    if rate_hz < 4 * high_hz:
        raise _unfit(average, f"is sampled {rate_hz:g} times a second, not {4 * high_hz:g}")
    if not np.isfinite(average.values_uv).all():
        raise _unfit(average, "has a value that is not a number")
    values_uv = _filtered(average, average.values_uv, low_hz, high_hz)
    edge = round(_EDGE_MS * rate_hz / 1000)
    if average.difference_uv is not None and np.any(average.difference_uv):
        trace = _filtered(average, average.difference_uv, low_hz, high_hz)[edge:-edge]
        origin = "the difference of halves"
    else:
        late = average.latency_ms > criteria["baep_response_end_ms"]
        trace = values_uv[late][:-edge]
        origin = "the late part"
        if trace.size < _LEAST_LATE_MS * rate_hz / 1000:
            raise _unfit(
                average,
                f"has neither halves nor {_LEAST_LATE_MS:g} ms after "
                f"{criteria['baep_response_end_ms']:g} ms in which noise could be measured",
            )
    noise_uv = float(np.sqrt(np.mean(trace**2)))
    if noise_uv <= 0:
        raise _unfit(average, "is flat where its noise is measured")
    return Conditioned(
        latency_ms=average.latency_ms,
        values_uv=values_uv,
        noise_uv=noise_uv,
        freedom=independent_values(trace[np.newaxis]),
        correlation=_correlation(trace, average.latency_ms.size),
        noise_from=origin,
    )


def pooled(parts: tuple[Conditioned, ...]) -> Conditioned:
    """The mean of some averages of one ear, weighted by the inverse of their noise variance.

    Raises
    ------
    ValueError
        Where they are not sampled at the same latencies.
    """
    first = parts[0]
    for one in parts[1:]:
        if not np.allclose(one.latency_ms, first.latency_ms, atol=1e-6):
            raise ValueError("averages of different latencies cannot be pooled")
    precision = np.array([one.noise_uv**-2 for one in parts])
    weight = precision / precision.sum()
    return Conditioned(
        latency_ms=first.latency_ms,
        values_uv=weight @ np.array([one.values_uv for one in parts]),
        noise_uv=float(precision.sum() ** -0.5),
        freedom=sum(one.freedom for one in parts),
        correlation=np.average(
            [one.correlation for one in parts], axis=0, weights=[one.freedom for one in parts]
        ),
        noise_from=first.noise_from,
    )


def _correlation(trace: Floats, samples: int) -> Floats:
    """By lag, of a trace; the biased estimate, so that its matrix has no negative eigenvalue."""
    power = np.abs(np.fft.rfft(trace, n=2 * trace.size)) ** 2
    covariance = np.fft.irfft(power)[: min(trace.size, samples)]
    correlation = np.zeros(samples)
    correlation[: covariance.size] = covariance / covariance[0]
    return correlation


def _filtered(average: BaepAverage, values_uv: Floats, low_hz: float, high_hz: float) -> Floats:
    from scipy import signal

    sos = signal.butter(2, (low_hz, high_hz), "bandpass", fs=average.rate_hz, output="sos")
    # Two periods of the lowest frequency beyond either end.
    beyond = round(2 * average.rate_hz / low_hz)
    if values_uv.size <= beyond:
        raise _unfit(
            average, f"lasts {1000 * values_uv.size / average.rate_hz:.1f} ms, which is too short"
        )
    return np.asarray(signal.sosfiltfilt(sos, values_uv, padtype="odd", padlen=beyond))


def _unfit(average: BaepAverage, what: str) -> InputError:
    return InputError(
        f"average {average.name}: it {what}",
        next_step="Export it whole, with both halves, from 2 ms before the click to 15 ms after.",
    )
