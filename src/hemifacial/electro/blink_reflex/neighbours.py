"""What a muscle's electrode sees of the eyes through the tissue, taken out sweep by sweep.

Each R2 has new potentials in every sweep, so that what a neighbour shares with the eye in all
sweeps, at the same time and in the same proportion, is conducted. It is fitted and subtracted.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["without_neighbours"]

Floats = NDArray[np.float64]

_LARGEST_SHARE = 0.15
"""Above this share of the eye it is no conduction: then nothing more is taken out."""

_PER_MS = 0.8  # independent values a ms of muscle activity, whose fast part ends at about 400 Hz


def without_neighbours(
    latency_ms: Floats, sweeps_uv: Floats, sources_uv: Sequence[Floats], from_ms: float
) -> tuple[Floats, float]:
    """Sweeps (sweeps, samples) less what they share with others, and how well that is known.

    The second value is the standard error of the share of the source that is known worst; infinite
    where there is no source.

    Parameters
    ----------
    sources_uv
        Sweeps of other muscles, each (sweeps, samples). Their slopes and bends are fitted too:
        tissue smooths, and electrodes differ a little in time.
    from_ms
        The shares are fitted from this latency on and hold for the whole sweep.
    """
    if not sources_uv:
        return sweeps_uv, float("inf")
    after = latency_ms >= from_ms
    step_ms = float(latency_ms[1] - latency_ms[0])
    shapes = []
    for source in sources_uv:
        slope = np.gradient(source, step_ms, axis=1)
        shapes += [source, slope, np.gradient(slope, step_ms, axis=1)]
    fitted = np.array([one[:, after].ravel() for one in shapes]).T
    amounts, *_ = np.linalg.lstsq(fitted, sweeps_uv[:, after].ravel(), rcond=None)
    # What shares more than tissue conducts moves along by itself: no more is taken out.
    shares = np.clip(amounts[::3], -_LARGEST_SHARE, _LARGEST_SHARE)
    scale = np.divide(shares, amounts[::3], out=np.ones_like(shares), where=amounts[::3] != 0)
    amounts = amounts * np.repeat(scale, 3)
    own = sweeps_uv - sum(amount * one for amount, one in zip(amounts, shapes, strict=True))
    errors = [_share_error(own[:, after], source[:, after], step_ms) for source in sources_uv]
    return np.asarray(own), max(errors)


def _share_error(own_uv: Floats, source_uv: Floats, step_ms: float) -> float:
    """Standard error of the share of a source, from where that source is active."""
    power = source_uv**2
    total = float(power.sum())
    if not total > 0:
        return float("inf")
    # The noise where the source is active; neighbouring samples say the same.
    noise = float(np.sum(power * own_uv**2)) / total
    return float(np.sqrt(noise / total / min(step_ms * _PER_MS, 1.0)))
