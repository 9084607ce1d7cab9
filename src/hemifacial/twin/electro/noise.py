"""What is recorded without a stimulus: steady noise by its spectrum, and what comes and goes."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hemifacial.twin.electro.setup import Electrocardiogram, Mains, Noise, Pops, Setup

__all__ = ["Disturbances", "Hum", "density", "hum_of", "steady_noise"]

Values = NDArray[np.float64]

_LOW_HZ, _HIGH_HZ = 10.0, 10_000.0  # The band to which the RMS of a plan refers.
_BLOCK = 1 << 19
_FADE = 1 << 13


def density(noise: Noise, frequency_hz: Values) -> Values:
    """Power of white and 1/f noise together, µV² per Hz; 0 at 0 Hz, where 1/f has no value."""
    white = noise.white_uv**2 / (_HIGH_HZ - _LOW_HZ)
    pink = noise.pink_uv**2 / math.log(_HIGH_HZ / _LOW_HZ)
    above = np.where(frequency_hz > 0, frequency_hz, math.inf)
    return np.asarray(np.where(frequency_hz > 0, white + pink / above, 0.0))


def steady_noise(
    noise: Noise, rng: np.random.Generator, rows: int, samples: int, rate_hz: float
) -> Values:
    """White and 1/f noise in µV, rows x samples; the rows are independent of each other.

    Long rows are made of blocks that are faded over into each other with equal power, so
    that the noise is stationary; below the inverse of a block's length there is no 1/f noise.
    """
    if samples <= _BLOCK:
        return _block(noise, rng, rows, samples, rate_hz)
    values = np.zeros((rows, samples))
    angle = np.linspace(0.0, math.pi / 2, _FADE)
    start = 0
    while start < samples:
        block = _block(noise, rng, rows, _BLOCK, rate_hz)
        if start:
            block[:, :_FADE] *= np.sin(angle)
        if start + _BLOCK < samples:
            block[:, -_FADE:] *= np.cos(angle)
        stop = min(start + _BLOCK, samples)
        values[:, start:stop] += block[:, : stop - start]
        start += _BLOCK - _FADE
    return values


def _block(
    noise: Noise, rng: np.random.Generator, rows: int, samples: int, rate_hz: float
) -> Values:
    """Noise of a spectrum; made longer than needed and cut, since its two ends fit each other."""
    length = _round_length(samples + samples // 2)
    frequency_hz = np.asarray(np.fft.rfftfreq(length, 1.0 / rate_hz), dtype=np.float64)
    scale = np.sqrt(density(noise, frequency_hz) * rate_hz * length / 4)
    parts = rng.standard_normal((2, rows, frequency_hz.size))
    values = np.fft.irfft((parts[0] + 1j * parts[1]) * scale, n=length, axis=-1)
    return np.asarray(values[:, :samples])


def _round_length(least: int) -> int:
    """A length at which the Fourier transform is fast."""
    power = 1 << max(1, (least - 1).bit_length())
    return min(size for size in (power, power * 3 // 4, power * 5 // 8) if size >= least)


class Hum(NamedTuple):
    """The hum on one channel: a sine for the mains frequency and each of its harmonics."""

    frequencies_hz: Values
    amplitudes_uv: Values
    phases: Values

    def at(self, times_s: Values) -> Values:
        """The hum at these times."""
        values = np.zeros_like(times_s)
        for frequency_hz, amplitude_uv, phase in zip(*self, strict=True):
            if amplitude_uv:
                values += amplitude_uv * np.sin(2 * np.pi * frequency_hz * times_s + phase)
        return values

    def averaged_uv(self, onsets_s: Values) -> Values:
        """The amplitude of each sine in the average of sweeps with these onsets."""
        turns = np.exp(2j * np.pi * self.frequencies_hz[:, None] * onsets_s[None, :])
        return np.asarray(self.amplitudes_uv * np.abs(turns.mean(axis=1)))


def hum_of(mains: Mains, seed: int, channel: int) -> Hum:
    """The hum of a channel: its phases, and a factor by which it exceeds that of the plan."""
    rng = np.random.default_rng([seed, 6, channel])
    shares = np.array([1.0, *mains.harmonics])
    factor = math.exp(rng.normal(0.0, 0.3))
    return Hum(
        frequencies_hz=mains.frequency_hz * np.arange(1.0, shares.size + 1),
        amplitudes_uv=mains.amplitude_uv * factor * shares,
        phases=rng.uniform(0.0, 2 * np.pi, shares.size),
    )


class Disturbances:
    """What comes and goes, at any times of a recording: heart, electrode pops, cautery.

    Everything that happens is drawn when this is made, so that it can be asked for sweep by
    sweep or as a whole.
    """

    def __init__(self, setup: Setup, seed: int, channels: int, stop_s: float) -> None:
        noise, rng = setup.noise, np.random.default_rng([seed, 5, 1])
        place = np.random.default_rng([setup.electrode_seed, 8])
        self._noise = noise
        self._beats_s = _beats(noise.heart, rng, stop_s)
        self._heart_factor = place.uniform(-1.0, 1.0, channels)
        self._pops = _pops(noise.pops, rng, channels, stop_s)
        self._rng = np.random.default_rng([seed, 5, 2])

    def at(self, channel: int, times_s: Values) -> Values:
        """The disturbance of a channel in µV, in the shape of `times_s`."""
        values = np.zeros_like(times_s)
        if self._beats_s.size:
            values += self._heart_factor[channel] * self._heart(times_s)
        for place, time_s, size_uv in self._pops:
            if place == channel:
                after = times_s - time_s
                decay = np.exp(-np.maximum(after, 0.0) * 1000.0 / self._noise.pops.decay_ms)
                values += np.where(after >= 0, size_uv * decay, 0.0)
        for start_s, stop_s in self._noise.cautery.stretches_s:
            values += self._cautery(times_s, start_s, stop_s)
        return values

    def _heart(self, times_s: Values) -> Values:
        """The sharp waves of the beats: a narrow one up between two small ones down."""
        index = np.searchsorted(self._beats_s, times_s)
        values = np.zeros_like(times_s)
        for near in (np.maximum(index - 1, 0), np.minimum(index, self._beats_s.size - 1)):
            after_ms = 1000.0 * (times_s - self._beats_s[near])
            wave = np.exp(-0.5 * (after_ms / 8.0) ** 2)
            wave -= 0.25 * np.exp(-0.5 * ((after_ms - 22.0) / 9.0) ** 2)
            wave -= 0.15 * np.exp(-0.5 * ((after_ms + 20.0) / 8.0) ** 2)
            values += np.where(np.abs(after_ms) < 100.0, wave, 0.0)
        return values * self._noise.heart.amplitude_uv

    def _cautery(self, times_s: Values, start_s: float, stop_s: float) -> Values:
        cautery, mains_hz = self._noise.cautery, self._noise.mains.frequency_hz
        inside = (times_s >= start_s) & (times_s < stop_s)
        after_ms = np.maximum(times_s - stop_s, 0.0) * 1000.0
        tail = np.where(times_s >= stop_s, np.exp(-after_ms / cautery.recovery_ms), 0.0)
        values = np.asarray(0.3 * cautery.amplitude_uv * tail)
        if inside.any():
            envelope = 1.0 + 0.8 * np.sin(4 * np.pi * mains_hz * times_s[inside])
            values[inside] += (
                cautery.amplitude_uv * envelope * self._rng.standard_normal(envelope.size)
            )
        return values


def _beats(heart: Electrocardiogram, rng: np.random.Generator, stop_s: float) -> Values:
    if not heart.amplitude_uv:
        return np.empty(0)
    mean_s = 60.0 / heart.rate_per_minute
    count = int(stop_s / mean_s * 1.5) + 3
    return np.cumsum(mean_s * (1 + 0.04 * rng.standard_normal(count))) - mean_s * rng.uniform()


def _pops(
    pops: Pops, rng: np.random.Generator, channels: int, stop_s: float
) -> tuple[tuple[int, float, float], ...]:
    """Channel, time and height of every pop."""
    count = int(rng.poisson(pops.rate_per_minute * stop_s / 60.0))
    return tuple(
        (
            int(rng.integers(channels)),
            float(rng.uniform(0.0, stop_s)),
            float(rng.choice([-1.0, 1.0]) * pops.amplitude_uv * rng.uniform(0.5, 1.5)),
        )
        for _ in range(count)
    )
