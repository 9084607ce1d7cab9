"""The direct response (M wave) of a muscle that the stimulated branch supplies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.onset import ONSET_SHARE, onsets_ms
from hemifacial.electro.reading import coarse

__all__ = ["DirectResponse", "direct_response"]

Floats = NDArray[np.float64]

_DRAWS = 200
_BASE_MS = 0.4
_CLEAR_OF_NOISE = 3.0  # times the noise by which 10 % of the peak must stand out to be followed


@dataclass(frozen=True, kw_only=True)
class DirectResponse:
    """A direct response, or how large one could have been.

    The onset is None where there is none; `limit_uv` is the peak-to-peak amplitude from which on
    one would have been called. `end_ms` is the last crossing of 10 % of the peak; None where noise
    hides it, or where the wave is not over when a direct response should be.
    """

    amplitude_uv: float
    area_uv_ms: float
    limit_uv: float
    noise_uv: float
    onset_ms: float | None = None
    onset_low_ms: float | None = None
    onset_high_ms: float | None = None
    end_ms: float | None = None

    @property
    def is_there(self) -> bool:
        """Whether there is one."""
        return self.onset_ms is not None


def direct_response(
    latency_ms: Floats, mean_uv: Floats, noise_uv: float, criteria: ElectroCriteria
) -> DirectResponse:
    """The direct response in an average.

    It is large: noise hardly moves it. Its interval is the onset on the same average with as much
    noise added again.

    Parameters
    ----------
    mean_uv
        (samples,), conditioned.
    noise_uv
        Standard deviation of the noise that is left in it.
    """
    from_ms, until_ms = criteria["direct_from_ms"], criteria["direct_until_ms"]
    inside = (latency_ms >= from_ms) & (latency_ms <= until_ms + criteria["direct_longest_ms"])
    where_ms, wave = latency_ms[inside], mean_uv[inside]
    if wave.size:
        # A filter without delay lets a large wave shift what comes before it: the base line is
        # that of just before. With few samples per second the first one stands for it.
        wave = wave - wave[: max(1, np.count_nonzero(where_ms <= from_ms + _BASE_MS))].mean()
    limit_uv = criteria["direct_noise_multiple"] * noise_uv
    amplitude_uv = float(np.ptp(wave)) if wave.size else 0.0
    found = DirectResponse(
        amplitude_uv=amplitude_uv,
        area_uv_ms=float(np.abs(wave).sum() * (latency_ms[1] - latency_ms[0])),
        limit_uv=limit_uv,
        noise_uv=noise_uv,
    )
    if not amplitude_uv > limit_uv:
        return found
    onset_ms = float(onsets_ms(where_ms, wave[None])[0])
    if not from_ms <= onset_ms <= until_ms:
        return found
    rng = np.random.default_rng(0)
    few_ms, few = coarse(where_ms, wave)
    others = onsets_ms(few_ms, few + noise_uv * rng.standard_normal((_DRAWS, few.size)))
    off = others - float(onsets_ms(few_ms, few[None])[0])
    return DirectResponse(
        amplitude_uv=amplitude_uv,
        area_uv_ms=found.area_uv_ms,
        limit_uv=limit_uv,
        noise_uv=noise_uv,
        onset_ms=onset_ms,
        onset_low_ms=float(onset_ms - max(np.quantile(off, 0.975), 0.0)),
        onset_high_ms=float(onset_ms - min(np.quantile(off, 0.025), 0.0)),
        end_ms=_end_ms(where_ms, wave, noise_uv),
    )


def _end_ms(latency_ms: Floats, wave_uv: Floats, noise_uv: float) -> float | None:
    """The last crossing of 10 % of the largest peak, between samples as a straight line."""
    size = np.abs(wave_uv)
    level = ONSET_SHARE * float(size.max())
    last = int(np.flatnonzero(size >= level)[-1])
    if level < _CLEAR_OF_NOISE * noise_uv or last + 1 == size.size:
        return None
    share = float((size[last] - level) / (size[last] - size[last + 1]))
    return float(latency_ms[last] + share * (latency_ms[last + 1] - latency_ms[last]))
