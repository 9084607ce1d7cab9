"""Which peaks of an average are waves I, III and V."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.baep.noise import Conditioned
from hemifacial.electro.criteria import ElectroCriteria

__all__ = ["WAVES", "Wave", "labelled", "slope_noise_uv_per_ms"]

Floats = NDArray[np.float64]

WAVES = ("I", "III", "V")
_TROUGH_MS = 1.8  # a wave's trough follows within this time
_CAP = 6.0  # standard deviations of noise above which a larger wave is no better evidence


@dataclass(frozen=True, kw_only=True)
class Wave:
    """A wave of an average.

    Attributes
    ----------
    latency_ms, latency_sd_ms
        Of its positive peak, and by how much noise moves that peak.
    amplitude_uv
        From the peak to the trough after it.
    """

    name: str
    latency_ms: float
    latency_sd_ms: float
    amplitude_uv: float


def labelled(one: Conditioned, criteria: ElectroCriteria) -> Mapping[str, Wave]:
    """The waves that are there, by name, in order of time; empty where there is not even V.

    Of all ways to call peaks by these names the likeliest: large waves count by how far they
    stand out of the noise, and pairs of waves by how usual their interval is. V is needed; each
    has to stand out of the noise by `baep_v_noise_multiple` or `baep_wave_noise_multiple`. A wave
    that only shoulders another, without a peak of its own, is not found.
    """
    peaks = _peaks(one, criteria)
    if not peaks:
        return {}
    slope = slope_noise_uv_per_ms(one)
    best = max(_ways(peaks, one, criteria), default=(0.0, ()), key=lambda way: way[0])
    return {
        name: _wave(name, one, index, drop, slope)
        for name, (index, drop) in zip(
            ("I", "III", "V") if len(best[1]) == 3 else (), best[1], strict=True
        )
        if index >= 0
    }


def slope_noise_uv_per_ms(one: Conditioned) -> float:
    """Standard deviation of the slope of the noise."""
    step_ms = float(one.latency_ms[1] - one.latency_ms[0])
    # Of a central difference: half the difference of values two samples apart.
    square = (1 - one.correlation[2]) / 2 / step_ms**2
    return float(one.noise_uv * np.sqrt(max(square, 0.0)))


_Peak = tuple[int, float]
_NOTHING: _Peak = (-1, 0.0)


def _ways(
    peaks: list[_Peak], one: Conditioned, criteria: ElectroCriteria
) -> Iterator[tuple[float, tuple[_Peak, _Peak, _Peak]]]:
    """Every way to call three peaks I, III and V, with its log likelihood; I and III may lack."""
    latency = one.latency_ms

    def worth(peak: _Peak) -> float:
        return 0.5 * min(peak[1] / one.noise_uv / 2**0.5, _CAP) ** 2

    def usual(name: str, value_ms: float) -> float:
        z = (value_ms - criteria[f"baep_{name}_usual"]) / criteria[f"baep_{name}_spread"]
        return float(-0.5 * z**2)

    earliest, latest = criteria["baep_v_earliest_ms"], criteria["baep_v_latest_ms"]
    least_uv = criteria["baep_wave_noise_multiple"] * one.noise_uv
    least_v_uv = criteria["baep_v_noise_multiple"] * one.noise_uv
    for five in peaks:
        if five[1] < least_v_uv or not earliest <= latency[five[0]] <= latest:
            continue
        alone = 2 * worth(five)
        yield alone, (_NOTHING, _NOTHING, five)
        before = [peak for peak in peaks if peak[0] < five[0] and peak[1] >= least_uv]
        for three in before:
            late = usual("iii_v", latency[five[0]] - latency[three[0]])
            with_three = alone + worth(three) + late
            yield with_three, (_NOTHING, three, five)
            for first in before:
                if first[0] < three[0]:
                    early = usual("i_iii", latency[three[0]] - latency[first[0]])
                    yield with_three + worth(first) + early, (first, three, five)


def _peaks(one: Conditioned, criteria: ElectroCriteria) -> list[_Peak]:
    """Positive peaks with how far it goes down after each, before anything is higher."""
    from scipy import signal

    values, latency = one.values_uv, one.latency_ms
    reach = round(_TROUGH_MS / float(latency[1] - latency[0]))
    found = []
    for index in signal.find_peaks(values)[0]:
        if not 0.8 <= latency[index] <= criteria["baep_v_latest_ms"]:
            continue
        after = values[index + 1 : index + 1 + reach]
        higher = np.flatnonzero(after > values[index])
        until = int(higher[0]) if higher.size else after.size
        drop = float(values[index] - after[:until].min(initial=values[index]))
        if drop > one.noise_uv:
            found.append((int(index), drop))
    return found


def _wave(name: str, one: Conditioned, index: int, drop: float, slope: float) -> Wave:
    """The wave at a sample; its peak between samples by a parabola."""
    step_ms = float(one.latency_ms[1] - one.latency_ms[0])
    before, at, after = one.values_uv[index - 1 : index + 2]
    bend = before - 2 * at + after
    away = 0.5 * (before - after) / bend if bend < 0 else 0.0
    bend_per_ms = max(-bend / step_ms**2, 1e-9)
    return Wave(
        name=name,
        latency_ms=float(one.latency_ms[index] + away * step_ms),
        latency_sd_ms=float(np.hypot(slope / bend_per_ms, step_ms / np.sqrt(12))),
        amplitude_uv=drop,
    )
