"""The brainstem auditory evoked potential of a made-up ear, and what a stretched nerve does to it.

Two families of shapes share nothing, so that what reads them is not judged on the shape on which
it was built: ``derivative`` (derivatives of Gaussians) and ``damped`` (cosines that rise fast and
die away slowly).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hemifacial.vocabulary import read_table

__all__ = [
    "FAMILIES",
    "INTACT",
    "BaepState",
    "Ear",
    "WaveFamily",
    "drawn_baep",
    "ear",
    "response_uv",
    "wave_latency_ms",
]

Values = NDArray[np.float64]
WaveFamily = Literal["derivative", "damped"]
FAMILIES: tuple[WaveFamily, ...] = ("derivative", "damped")

_LEVELS_DB = (20.0, 40.0, 60.0, 90.0)
_LATER_MS = (2.0, 1.0, 0.28, 0.0)
_LARGE = (0.63, 0.9, 1.0, 1.1)
_EARLY_LARGE = (0.1, 0.35, 0.7, 1.0)
"""By how much waves come later and how large they are at a level above hearing: wave V by
Elberling 2010 (20, 40, 60 dB); waves I and III by general knowledge."""

# How far a wave goes along with I, with the interval I-III and with the interval III-V.
_FOLLOWS: Mapping[str, tuple[float, float, float]] = {
    "I": (1, 0, 0),
    "II": (1, 0.3, 0),
    "III": (1, 1, 0),
    "IV": (1, 1, 0.6),
    "V": (1, 1, 1),
    "VI": (1, 1, 1),
    "VII": (1, 1, 1),
    "slow": (1, 1, 1),
}


@dataclass(frozen=True, kw_only=True)
class Ear:
    """One ear at one level of the click; latencies include the tube.

    Attributes
    ----------
    latency_ms, amplitude_uv, width_ms
        Of every wave by its name: its positive peak, from there to the trough after it, and the
        standard deviation of its Gaussian.
    """

    family: WaveFamily
    latency_ms: Mapping[str, float]
    amplitude_uv: Mapping[str, float]
    width_ms: Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class BaepState:
    """What has become of an ear's response; all of it as it was by default.

    Parameters
    ----------
    i_ms, i_iii_ms, iii_v_ms
        By how much wave I, the interval I-III and the interval III-V are longer.
    i_share, iii_share, v_share
        What is left of the amplitudes.
    widening
        By what share waves from III on are wider: fibres that no longer fire together.
    """

    i_ms: float = 0.0
    i_iii_ms: float = 0.0
    iii_v_ms: float = 0.0
    i_share: float = 1.0
    iii_share: float = 1.0
    v_share: float = 1.0
    widening: float = 0.0

    def shift_ms(self, wave: str) -> float:
        """By how much a wave is late."""
        one, two, three = _FOLLOWS[wave]
        return one * self.i_ms + two * self.i_iii_ms + three * self.iii_v_ms

    def share(self, wave: str) -> float:
        """What is left of a wave."""
        if wave in ("I", "II"):
            return self.i_share
        return self.iii_share if wave == "III" else self.v_share


INTACT = BaepState()


@cache
def _rows() -> dict[str, dict[str, str]]:
    return {row["word"]: row for row in read_table("hemifacial.twin.electro", "baep.tsv")}


def drawn_baep(word: str, rng: np.random.Generator) -> float:
    """A value for one ear from ``baep.tsv``; a normal draw beyond its limits is drawn again."""
    row = _rows()[word]
    low, high = float(row["low"]), float(row["high"])
    if not row["mean"]:
        return float(rng.uniform(low, high))
    while True:
        value = float(rng.normal(float(row["mean"]), float(row["sd"])))
        if low <= value <= high:
            return value


def ear(seed: int, family: WaveFamily = "derivative", level_db: float = 90.0) -> Ear:
    """An ear by its seed; `level_db` of the click is above normal hearing, 20 to 90."""
    rng = np.random.default_rng([seed, 41])
    later, large, early = (
        float(np.interp(level_db, _LEVELS_DB, row)) for row in (_LATER_MS, _LARGE, _EARLY_LARGE)
    )
    one = drawn_baep("wave_i_latency", rng) + drawn_baep("tube_delay", rng) + later
    three = one + drawn_baep("interval_i_iii", rng)
    five = three + drawn_baep("interval_iii_v", rng)
    latency = {"I": one, "III": three, "V": five}
    latency |= {"II": (one + three) / 2, "IV": three + 0.62 * (five - three)}
    latency |= {"VI": five + 1.5, "VII": five + 3.0, "slow": five + 3.0}
    words = {"II": "small_wave", "IV": "small_wave", "VI": "late_wave", "VII": "late_wave"}
    amplitude = {
        wave: drawn_baep(f"{words.get(wave, f'wave_{wave.lower()}')}_amplitude", rng)
        * (large if wave in ("IV", "V", "VI", "VII") else early)
        for wave in ("I", "II", "III", "IV", "V", "VI", "VII")
    }
    amplitude["slow"] = drawn_baep("slow_negativity", rng)
    width = {wave: drawn_baep("wave_width", rng) for wave in amplitude}
    width["V"] *= 1.25
    width["slow"] = 1.5
    return Ear(family=family, latency_ms=latency, amplitude_uv=amplitude, width_ms=width)


def wave_latency_ms(one: Ear, wave: str, state: BaepState = INTACT) -> float:
    """Where the peak of a wave is by itself; its neighbours may move the peak that is seen."""
    return one.latency_ms[wave] + state.shift_ms(wave)


def response_uv(one: Ear, latency_ms: Values, state: BaepState = INTACT) -> Values:
    """The response without noise at these latencies, in µV."""
    values = np.zeros_like(latency_ms, dtype=np.float64)
    for wave, amplitude_uv in one.amplitude_uv.items():
        after = latency_ms - wave_latency_ms(one, wave, state)
        width = one.width_ms[wave]
        if wave not in ("I", "II"):
            width *= 1 + state.widening
        size = amplitude_uv * state.share(wave)
        if wave == "slow":
            values -= size * np.exp(-0.5 * (after / width) ** 2)
        else:
            values += size * _UNITS[one.family](after / width)
    return np.where(latency_ms > 0, values, 0.0)


def _derivative(after: Values) -> Values:
    """A positive peak at 0, a trough 2 later, 1 between them."""
    x = after - 1.0
    return np.asarray(-0.5 * x * np.exp(0.5 - 0.5 * x**2))


def _damped(after: Values) -> Values:
    """A cosine under an envelope that rises faster than it falls; 1 from peak to trough."""
    envelope = np.exp(-0.5 * (after / np.where(after < 0, 0.9, 1.7)) ** 2)
    # The trough lies near half a period, 2.1 later, where the envelope has fallen to 0.46.
    return np.asarray(envelope * np.cos(np.pi * after / 2.3) / 1.42)


_UNITS = {"derivative": _derivative, "damped": _damped}
