"""How much of a known wave stands in an average: generalised least squares, small shifts allowed.

The noise is that of the average. What else may stand there (tail of the stimulus artefact, direct
responses of neighbours through the tissue, slow drift) enters with the noise as shapes of unknown
size, as in the reading of a single study: what they explain as well as the wave does counts for
neither.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve_triangular

from hemifacial.electro.series.traces import Trace

__all__ = ["Amount", "amount_of", "amounts_of_sweeps"]

Floats = NDArray[np.float64]

_SHIFT_MS = 0.15  # standard deviation of the latency of an average from one run to the next
_SHIFTS_MS = np.arange(-0.4, 0.41, 0.1)
_OTHER_HZ = np.arange(80.0, 481.0, 40.0)
_OTHER_MS = 13.0


@dataclass(frozen=True, kw_only=True)
class Amount:
    """How much of a wave there is, as a share of it.

    Attributes
    ----------
    share, error
        With its standard error.
    shift_ms
        By how much later it most likely is.
    other_uv
        Peak to peak of what else stands in the window, of waves that a muscle could give.
    other_p
        Probability of as much of that in noise.
    """

    share: float
    error: float
    shift_ms: float
    other_uv: float
    other_p: float


def amount_of(trace: Trace, wave_ms: Floats, wave_uv: Floats) -> Amount:
    """The share of a wave that stands in an average.

    Every alternative of what is no response, and every shift, gives a share; they are put together
    by how well each explains the average.

    Parameters
    ----------
    wave_ms, wave_uv
        (samples,), the wave; 0 outside.
    """
    waves = _shifted(trace, wave_ms, wave_uv)
    shares, errors, logs = [], [], []
    best: tuple[float, Floats, Floats, Floats] | None = None
    for one in trace.shapes:
        lower = _root(trace.covariance_uv2 + one @ one.T)
        white = _white(lower, np.concatenate([trace.mean_uv[:, None], waves], axis=1))
        power = np.maximum(np.sum(white[:, 1:] ** 2, axis=0), 1e-30)
        share = white[:, 1:].T @ white[:, 0] / power
        log = 0.5 * share**2 * power - 0.5 * np.log(power)
        log += -0.5 * float(white[:, 0] @ white[:, 0]) - np.log(np.diag(lower)).sum()
        log += -0.5 * (_SHIFTS_MS / _SHIFT_MS) ** 2
        shares.append(share)
        errors.append(power**-0.5)
        logs.append(log)
        if best is None or log.max() > best[0]:
            here = int(log.argmax())
            rest = white[:, 0] - share[here] * white[:, 1 + here]
            best = float(log.max()), lower, rest, white[:, 1 + here]
    weight = np.exp(np.array(logs) - np.max(logs))
    weight /= weight.sum()
    mean = float(np.sum(weight * np.array(shares)))
    spread = np.array(errors) ** 2 + (np.array(shares) - mean) ** 2
    other_uv, other_p = _other(trace, wave_ms, wave_uv, best) if best is not None else (0.0, 1.0)
    return Amount(
        share=mean,
        error=float(np.sqrt(np.sum(weight * spread))),
        shift_ms=float(np.sum(weight.sum(axis=0) * _SHIFTS_MS)),
        other_uv=other_uv,
        other_p=other_p,
    )


def amounts_of_sweeps(trace: Trace, wave_ms: Floats, wave_uv: Floats) -> tuple[Floats, float]:
    """The share of a wave in every sweep (sweeps,), and its standard error from noise."""
    (shape, *_) = trace.shapes
    lower = _root(trace.covariance_uv2 * trace.sweep_factor + shape @ shape.T)
    wave = np.interp(trace.latency_ms, wave_ms, wave_uv, left=0.0, right=0.0)
    white = _white(lower, np.concatenate([wave[:, None], trace.sweeps_uv.T], axis=1))
    power = max(float(white[:, 0] @ white[:, 0]), 1e-30)
    return np.asarray(white[:, 1:].T @ white[:, 0] / power), power**-0.5


def _shifted(trace: Trace, wave_ms: Floats, wave_uv: Floats) -> Floats:
    """(samples, shifts)."""
    return np.stack(
        [
            np.interp(trace.latency_ms - shift, wave_ms, wave_uv, left=0.0, right=0.0)
            for shift in _SHIFTS_MS
        ],
        axis=1,
    )


def _other(
    trace: Trace,
    wave_ms: Floats,
    wave_uv: Floats,
    best: tuple[float, Floats, Floats, Floats],
) -> tuple[float, float]:
    """What else there is, peak to peak in µV, and how likely noise gives as much (F test)."""
    from scipy.stats import f

    _, lower, rest, known = best
    tall = np.flatnonzero(np.abs(wave_uv) >= 0.1 * np.abs(wave_uv).max(initial=0.0))
    from_ms = float(wave_ms[tall[0]]) - 1.0 if tall.size else 0.0
    after = trace.latency_ms - from_ms
    inside = (after > 0) & (after < _OTHER_MS)
    envelope = np.where(inside, np.sin(np.pi * np.clip(after / _OTHER_MS, 0, 1)), 0.0)
    angle = 2 * np.pi / 1000 * after[:, None] * _OTHER_HZ[None, :]
    basis = np.concatenate([np.sin(angle), np.cos(angle)], axis=1) * envelope[:, None]
    # Waves that differ by less than noise can tell are one: the large ones are kept.
    values, vectors = np.linalg.eigh(basis.T @ basis)
    basis = basis @ vectors[:, values > 1e-2 * values.max()]
    white = _white(lower, basis)
    # What the known wave explains is not something else.
    unit = known / max(float(np.linalg.norm(known)), 1e-30)
    white = white - unit[:, None] * (unit @ white)
    size, *_ = np.linalg.lstsq(white, rest, rcond=1e-6)
    gain = float(rest @ (white @ size))
    count = white.shape[1]
    p = float(f.sf(gain / count, count, max(trace.freedom, 4.0)))
    return float(np.ptp((basis @ size)[inside])) if inside.any() else 0.0, p


def _root(covariance_uv2: Floats) -> Floats:
    return np.asarray(np.linalg.cholesky(covariance_uv2), np.float64)


def _white(lower: Floats, columns: Floats) -> Floats:
    return np.asarray(solve_triangular(lower, columns, lower=True, check_finite=False))
