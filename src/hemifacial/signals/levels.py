"""Resting level and noise floor of a signal with irregular time stamps and gaps."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import gammaincinv, ndtri

__all__ = ["flicker_sd", "quiet_sd", "resting_level", "rolling_quantile"]

Floats = NDArray[np.float64]

_LEAST_SAMPLES = 3


def rolling_quantile(
    times_s: Floats, values: Floats, *, window_s: float, quantile: float
) -> Floats:
    """A quantile over a centred window of time.

    Parameters
    ----------
    times_s, values
        Shape (n,); `times_s` does not fall; a NaN in `values` does not count.
    window_s
        Full width. At both ends the window is cut, not padded.

    Returns
    -------
    Shape (n,); NaN where the whole window is NaN.
    """
    index = pd.to_timedelta(np.round(times_s * 1e6).astype(np.int64), unit="us")
    series = pd.Series(values, index=index)
    window = pd.Timedelta(microseconds=round(window_s * 1e6))
    rolled = series.rolling(window, center=True, min_periods=1).quantile(quantile)
    return rolled.to_numpy(dtype=np.float64)


def resting_level(
    times_s: Floats, values: Floats, *, window_s: float, quantile: float, moved: float
) -> Floats:
    """Where a signal rests, slowly followed, without what moves away from it.

    A first guess is the rolling `quantile`, which a long contraction cannot drag along
    while it fills less than that share of the window; samples further than `moved` from the guess
    are then left out and the rolling median of the rest is the level. Where nothing is left
    in a window, the first guess stands.

    Parameters
    ----------
    times_s, values
        Shape (n,).
    window_s
        Full width of the window.
    quantile
        Between 0 and 1; 0.5 for a signal that moves both ways, higher where movement lowers it.
    moved
        In the unit of `values`.
    """
    guess = rolling_quantile(times_s, values, window_s=window_s, quantile=quantile)
    at_rest = np.where(np.abs(values - guess) <= moved, values, np.nan)
    level = rolling_quantile(times_s, at_rest, window_s=window_s, quantile=0.5)
    return np.where(np.isfinite(level), level, guess)


def quiet_sd(
    times_s: Floats, values: Floats, *, window_s: float = 0.5, share: float = 0.25
) -> float:
    """Standard deviation within the quietest windows: the noise floor of a signal.

    A recording full of movement has the same noise floor as a quiet one, as long as `share` of
    it is at rest; a spread over the whole recording has not, and would hide what it should show.

    Parameters
    ----------
    times_s, values
        Shape (n,); NaN in `values` does not count.
    window_s
        Length of the windows that the recording is cut into, each against its own mean.
    share
        The quantile over the windows that is returned.

    Returns
    -------
    In the unit of `values`; NaN where no window holds three samples.
    """
    finite = np.isfinite(values)
    if not finite.any():
        return float("nan")
    window = np.floor(times_s[finite] / window_s).astype(np.int64)
    window -= window.min()
    counts = np.bincount(window)
    level = np.bincount(window, weights=values[finite]) / np.maximum(counts, 1)
    squares = np.bincount(window, weights=(values[finite] - level[window]) ** 2)
    usable = counts >= _LEAST_SAMPLES
    if not usable.any():
        return float("nan")
    spread = np.sqrt(squares[usable] / (counts[usable] - 1))
    # The quietest of many windows of pure noise are quieter than the noise itself: by this much.
    freedom = float(np.median(counts[usable])) - 1
    shortfall = np.sqrt(2 * gammaincinv(freedom / 2, share) / freedom)  # of the chi-square law
    return float(np.quantile(spread, share) / shortfall)


def flicker_sd(times_s: Floats, values: Floats, *, window_s: float, quantile: float) -> Floats:
    """Standard deviation of what a signal does from frame to frame, around each moment.

    A low quantile of the second difference: a movement is smooth from frame to frame, and between
    movements there is rest.

    Parameters
    ----------
    times_s, values
        Shape (n,).
    window_s, quantile
        As `rolling_quantile` takes them.

    Returns
    -------
    Shape (n,), in the unit of `values`; NaN where the window holds no three samples in a row.
    """
    if values.size == 0:
        return np.empty(0)
    second = np.abs(np.diff(values, n=2, prepend=values[:1], append=values[-1:]))
    usual = rolling_quantile(times_s, second, window_s=window_s, quantile=quantile)
    # Of white noise the second difference has the square root of 6 times its standard deviation.
    return np.asarray(usual / (float(ndtri((1 + quantile) / 2)) * np.sqrt(6)))
