"""Reads one muscle after one kind of stimulus: whether it responds, when, how much, how sure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

from hemifacial.electro.noise import autocovariance, covariance_of, freedom
from hemifacial.electro.onset import onsets_ms
from hemifacial.electro.response_model import (
    Evidence,
    Nuisance,
    draws_of,
    evidence_of,
    hypotheses,
)

__all__ = ["Reading", "Response", "Window", "coarse", "read_response"]

Floats = NDArray[np.float64]

_RATE_HZ = 5000.0  # of the analysis: what a muscle's potential holds lies far below half of it
_PASS_HZ = 2000.0
_FINE_MS = 0.1
_DRAWS = 300
_TAIL = 0.025
_MISFIT_SHARE = 0.05
"""By how much of its amplitude a response differs from what the model can draw (one standard
deviation, measured on generated responses far above the noise; docs/electro.md)."""
_FIRST_PEAK_SHARE = 0.2  # noise in the draws lowers a small first peak
_USUAL_SHARE = 0.7
_EARLY_ODDS = 0.05  # what neither noise, artefact nor conduction explains is rare
_LIMIT_MS = 5.0  # the length of the response that a detection limit is stated for
_SEEN_AT = 6.9  # standard deviations, white: found 95 times of 100 (docs/electro.md)


@dataclass(frozen=True, kw_only=True)
class Window:
    """Latencies in ms: where the average is looked at, and where a response may begin.

    What begins from `early_from_ms` on, but before `from_ms`, is something else: it is weighed
    against a response and never called one. Where it is known when such a response usually begins
    (mean and standard deviation of patients), seven of ten are taken to begin so, the others
    anywhere in the window.
    """

    look_from_ms: float
    early_from_ms: float
    from_ms: float
    until_ms: float
    look_until_ms: float
    usual_ms: float | None = None
    usual_sd_ms: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Response:
    """A response that was found; intervals hold 95 % of what the data allow."""

    onset_ms: float
    onset_low_ms: float
    onset_high_ms: float
    amplitude_uv: float
    amplitude_low_uv: float
    amplitude_high_uv: float


@dataclass(frozen=True, kw_only=True, eq=False)
class Reading:
    """What stands in an average.

    Attributes
    ----------
    probability
        That there is a response which begins within the window, if as many averages hold one as
        do not.
    early_probability
        That something begins before.
    limit_uv
        Peak-to-peak amplitude of a response of 5 ms that would have been found 95 times of 100.
    noise_uv
        Standard deviation of the noise that is left in the average.
    freedom
        From how many independent values that noise is known.
    response
        None where the probability is below what is asked for.
    wave_uv
        The response as it most likely was, at `wave_ms`; empty where there is none.
    """

    probability: float
    early_probability: float
    limit_uv: float
    noise_uv: float
    freedom: float
    response: Response | None
    wave_ms: Floats
    wave_uv: Floats


def coarse(latency_ms: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Fewer samples of the same waves: below 2 kHz nothing changes, above nothing is left."""
    rate_hz = 1000 / float(latency_ms[1] - latency_ms[0])
    every = max(1, int(rate_hz / _RATE_HZ + 1e-6))
    if every == 1:
        return latency_ms, values
    sections = butter(4, _PASS_HZ, fs=rate_hz, output="sos")
    # So that the stimulus stays on a sample.
    start = int(np.argmin(np.abs(latency_ms))) % every
    low = sosfiltfilt(sections, values, axis=-1, padlen=min(values.shape[-1] - 1, 4 * every))
    return latency_ms[start::every], np.asarray(low[..., start::every])


def read_response(
    latency_ms: Floats,
    sweeps_uv: Floats,
    weight: Floats,
    noise: Sequence[Floats],
    window: Window,
    nuisances: Sequence[Floats],
    *,
    sure: float,
    seed: int = 0,
) -> Reading:
    """Weigh a response against none in the average of sweeps, all on the coarse samples.

    Parameters
    ----------
    sweeps_uv
        (sweeps, samples), conditioned.
    weight
        (sweeps,), of each sweep in the average; sums to 1.
    noise
        Stretches (rows, samples) of noise like that of one sweep.
    nuisances
        Alternatives (samples, shapes) of what is no response, each shape as large as it may be
        (one standard deviation); a slow drift is added.
    sure
        The probability from which on a response is called.
    """
    inside = (latency_ms >= window.look_from_ms) & (latency_ms <= window.look_until_ms)
    average_uv = weight @ sweeps_uv[:, inside]
    where_ms = latency_ms[inside]
    known = autocovariance(noise, average_uv.size)
    values = freedom(known, sum(rows.size for rows in noise))
    # Noise that is known from few values only may be larger than it looks.
    left = known * float(np.sum(weight**2)) * (1 + 2 / max(values, 2.0))
    covariance = covariance_of(left)
    drift = np.polynomial.legendre.legvander(np.linspace(-1, 1, where_ms.size), 2)
    drift *= np.sqrt(left[0])
    shapes = [np.concatenate([drift, one[inside]], axis=1) for one in nuisances]
    among = hypotheses(where_ms, window.early_from_ms, window.until_ms)
    evidence = evidence_of(
        where_ms,
        average_uv,
        covariance,
        among,
        [Nuisance(shapes=one, sizes=np.ones(one.shape[1])) for one in shapes],
    )
    prior = _prior(among.start_ms, window)
    _, early, there = _probabilities(evidence, prior)
    noise_uv = float(np.sqrt(max(left[0], 0.0)))
    reading = Reading(
        probability=there,
        early_probability=early,
        limit_uv=_limit_uv(where_ms, covariance, shapes, window),
        noise_uv=noise_uv,
        freedom=values,
        response=None,
        wave_ms=np.empty(0),
        wave_uv=np.empty(0),
    )
    if there < sure:
        return reading
    rng = np.random.default_rng(seed)
    fine_ms = np.arange(window.from_ms - 1.0, window.look_until_ms, _FINE_MS)
    draws = draws_of(evidence, prior, fine_ms, _DRAWS, rng)
    return replace(
        reading, response=_response(fine_ms, draws), wave_ms=fine_ms, wave_uv=draws.mean(axis=0)
    )


def _prior(start_ms: Floats, window: Window) -> Floats:
    """The weight of each hypothesis of a response in the window; sums to 1."""
    late = (start_ms >= window.from_ms - 1e-9).astype(np.float64)
    weight = late / late.sum()
    if window.usual_ms is None:
        return np.asarray(weight)
    usual = late * np.exp(-0.5 * ((start_ms - window.usual_ms) / window.usual_sd_ms) ** 2)
    return np.asarray(_USUAL_SHARE * usual / usual.sum() + (1 - _USUAL_SHARE) * weight)


def _probabilities(evidence: Evidence, prior: Floats) -> tuple[float, float, float]:
    """Of no response, of something early, of a response."""
    before = (prior == 0).astype(np.float64)
    log = np.array(
        [
            evidence.log_none,
            _log_weighted(evidence.log_each, before / max(before.sum(), 1.0)),
            _log_weighted(evidence.log_each, prior),
        ]
    )
    odds = np.exp(log - log.max()) * [1.0, _EARLY_ODDS, 1.0]
    none, early, there = (float(value) for value in odds / odds.sum())
    return none, early, there


def _response(fine_ms: Floats, draws: Floats) -> Response:
    onsets = onsets_ms(fine_ms, draws, first_peak_share=_FIRST_PEAK_SHARE)
    amplitudes = np.ptp(draws, axis=1)
    amplitude_uv = float(np.median(amplitudes))
    low_uv, high_uv = np.quantile(amplitudes, [_TAIL, 1 - _TAIL])
    misfit_uv = 1.96 * _MISFIT_SHARE * amplitude_uv
    return Response(
        onset_ms=float(np.median(onsets)),
        onset_low_ms=float(np.quantile(onsets, _TAIL)),
        onset_high_ms=float(np.quantile(onsets, 1 - _TAIL)),
        amplitude_uv=amplitude_uv,
        amplitude_low_uv=max(amplitude_uv - float(np.hypot(amplitude_uv - low_uv, misfit_uv)), 0.0),
        amplitude_high_uv=amplitude_uv + float(np.hypot(high_uv - amplitude_uv, misfit_uv)),
    )


def _limit_uv(
    where_ms: Floats, covariance: Floats, shapes: Sequence[Floats], window: Window
) -> float:
    """The amplitude that would have been found wherever in the window a response begins.

    The worst of several beginnings, against the alternative that hides it best.
    """
    latest_ms = min(window.until_ms, window.look_until_ms - _LIMIT_MS)
    starts = np.linspace(window.from_ms, latest_ms, 6)
    after = (where_ms[:, None] - starts[None, :]) / _LIMIT_MS
    unit = np.where((after > 0) & (after < 1), np.sin(2 * np.pi * after) / 2, 0.0)
    worst = 0.0
    for one in shapes:
        lower = np.linalg.cholesky(covariance + one @ one.T)
        white = np.linalg.solve(lower, unit)
        worst = max(worst, float((_SEEN_AT / np.sqrt(np.sum(white**2, axis=0))).max()))
    return worst


def _log_weighted(log_each: Floats, weight: Floats) -> float:
    """The log of the mean of likelihoods (hypotheses, sizes) by the weight of each hypothesis."""
    top = float(log_each.max())
    mean = float(weight @ np.exp(log_each - top).mean(axis=1))
    return top + float(np.log(mean)) if mean > 0 else -np.inf
