"""The direct response of neighbours as a far muscle's electrode sees it through the tissue.

Tissue conducts without delay and smooths: the wave is the direct one, smaller, somewhat wider, a
little shifted. All of that enters as shapes of unknown size, so that no wave which they make up is
ever taken for a lateral spread response.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.onset import onsets_ms

__all__ = ["WIDER", "conducted_shapes"]

Floats = NDArray[np.float64]

WIDER = (0.9, 1.0, 1.1, 1.2, 1.3, 1.4)
"""By which factors a conducted wave may last longer than the direct one; between them the shapes
interpolate."""

_SHARE = 0.03
_APART = 0.012  # by how much the shares of two muscles of one branch differ
_SHIFT_MS = 0.05
_SMOOTH_MS = 0.2
_WIDEN = 0.03


def conducted_shapes(
    latency_ms: Floats,
    direct_uv: Floats,
    average_uv: Floats,
    noise_uv: float,
    *,
    early: NDArray[np.bool_],
    wider: float,
) -> Floats:
    """Shapes (samples, shapes) of the conducted waves of some direct ones.

    Their sum and, since an electrode may lie nearer to one of them, each by itself; and what their
    conducted wave changes by when it is shifted, smoothed or widened a little. Each is as large as
    it may be, one standard deviation. How large the changes may be depends on how much of the
    direct waves is there at all, which the average tells before a lateral spread could begin.

    Parameters
    ----------
    direct_uv
        (muscles, samples), averages of the muscles that the branch supplies.
    average_uv, noise_uv
        Of the far muscle, and the standard deviation of the noise that is left in it.
    early
        (samples,), before a lateral spread could begin.
    wider
        By which factor the conducted wave lasts longer.
    """
    widened = [one for wave in direct_uv if (one := _widened(latency_ms, wave, wider)) is not None]
    if not widened:
        return np.zeros((latency_ms.size, 0))
    onsets, waves = zip(*widened, strict=True)
    columns = np.array(waves)
    prior = np.full((len(waves), len(waves)), _SHARE**2) + np.eye(len(waves)) * _APART**2
    known = columns[:, early]
    # Neighbouring samples share their noise: as if one of four told something new.
    precision = known @ known.T / (4 * noise_uv**2) + np.linalg.inv(prior)
    covariance = np.linalg.inv(precision)
    amount = covariance @ known @ average_uv[early] / (4 * noise_uv**2)
    shares = np.copysign(np.sqrt(amount**2 + np.diag(covariance)), amount)
    step_ms = float(latency_ms[1] - latency_ms[0])
    slopes = np.gradient(columns, step_ms, axis=1)
    bends = np.gradient(slopes, step_ms, axis=1)
    stretches = (latency_ms - np.array(onsets)[:, None]) * slopes
    shapes = [
        _SHARE * columns.sum(axis=0),
        *(_APART * wave for wave in columns if len(waves) > 1),
        _SHIFT_MS * shares @ slopes,
        _SMOOTH_MS**2 / 2 * shares @ bends,
        _WIDEN * shares @ stretches,
    ]
    return np.array(shapes).T


def _widened(latency_ms: Floats, wave: Floats, wider: float) -> tuple[float, Floats] | None:
    """Onset and wave of a direct response that lasts longer from its onset on; None if none."""
    after_stimulus = np.where(latency_ms > 0, wave, 0.0)
    onset_ms = float(onsets_ms(latency_ms, after_stimulus[None])[0])
    if not np.isfinite(onset_ms):
        return None
    source_ms = onset_ms + (latency_ms - onset_ms) / wider
    return onset_ms, np.interp(source_ms, latency_ms, after_stimulus, left=0.0, right=0.0)
