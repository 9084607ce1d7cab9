"""A series of brainstem auditory evoked potentials during a made-up operation, truth beside it.

Made straight as averages with both their halves, or sweep by sweep. Noise is 1/f and white as an
amplifier of 100 to 3000 Hz passes it, and comes in episodes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hemifacial.twin.electro.baep_waves import (
    INTACT,
    BaepState,
    Ear,
    WaveFamily,
    drawn_baep,
    ear,
    response_uv,
)
from hemifacial.twin.electro.noise import density, steady_noise
from hemifacial.twin.electro.setup import Noise

__all__ = [
    "COURSES",
    "BaepPlan",
    "Course",
    "MadeAverage",
    "baep_plan",
    "made",
    "noise_levels",
    "sweeps_uv",
]

Values = NDArray[np.float64]
Course = Literal["stable", "stretch", "step", "lost", "rate", "tube"]
COURSES: tuple[Course, ...] = ("stable", "stretch", "step", "lost", "rate", "tube")
"""``stretch``: a retraction that ramps up, holds and recovers. ``step``: 0.6 ms and 40 % at once.
``lost``: III and V go and I stays. ``rate``: faster clicks delay III-V. ``tube``: it kinks, and
everything goes."""

_BAND_HZ = (150.0, 1500.0)  # The band to which `sweep_noise_uv` refers.
_AMPLIFIER_HZ = (100.0, 3000.0)
_SETTLING_MS = 40.0


@dataclass(frozen=True, kw_only=True)
class BaepPlan:
    """What is to be made.

    Parameters
    ----------
    states
        What has become of the response, a block (an average) each.
    sweep_noise_uv
        RMS of the steady noise of one sweep from 150 to 1500 Hz.
    episode_share, episode_largest
        The share of time that is noisier, and by how much at most: episodes of 80 sweeps on
        average (their lengths geometric), each by a factor between 1 and this, equally likely on
        a logarithmic scale.
    """

    seed: int
    ear: Ear
    states: tuple[BaepState, ...]
    sweep_noise_uv: float = 1.5
    episode_share: float = 0.0
    episode_largest: float = 10.0
    sweeps: int = 400
    click_rate_hz: float = 43.9
    rate_hz: float = 20_000.0
    from_ms: float = -2.0
    to_ms: float = 20.0

    @property
    def block_s(self) -> float:
        """How long one average takes."""
        return self.sweeps / self.click_rate_hz

    @property
    def latency_ms(self) -> Values:
        """The time of each sample after the click."""
        first, stop = (round(ms * self.rate_hz / 1000) for ms in (self.from_ms, self.to_ms))
        return np.arange(first, stop) * 1000 / self.rate_hz


@dataclass(frozen=True, kw_only=True, eq=False)
class MadeAverage:
    """One average with its halves (2, samples) and its truth; `start_s` from the first click."""

    start_s: float
    values_uv: Values
    halves_uv: Values
    state: BaepState


def baep_plan(
    seed: int,
    course: Course = "stable",
    *,
    blocks: int = 40,
    change_at: int = 10,
    family: WaveFamily = "derivative",
    level_db: float = 90.0,
    sweeps: int = 400,
    episode_share: float = 0.0,
) -> BaepPlan:
    """An operation on one ear, in which something begins at the block `change_at`."""
    rng = np.random.default_rng([seed, 42])
    plan = BaepPlan(
        seed=seed,
        ear=ear(seed, family, level_db),
        states=(),
        sweep_noise_uv=drawn_baep("sweep_noise", rng),
        sweeps=sweeps,
        episode_share=episode_share,
    )
    full = _full(course, rng)
    ramp_s, back_s = drawn_baep("ramp_time", rng), drawn_baep("recovery_time", rng)
    states = []
    for block in range(blocks):
        since_s = (block - change_at) * plan.block_s
        part = float(since_s >= 0)
        if course == "stretch":
            hold_s = 120.0
            up, down = since_s / ramp_s, (since_s - ramp_s - hold_s) / back_s
            part = float(np.clip(up, 0, 1) * (1 - 0.8 * np.clip(down, 0, 1)))
        states.append(_between(full, part))
    return replace(plan, states=_wandering(states, rng))


def _full(course: Course, rng: np.random.Generator) -> BaepState:
    """The state at its worst."""
    if course == "stretch":
        delay, drop = drawn_baep("stretch_delay", rng), drawn_baep("stretch_drop", rng)
        return BaepState(
            i_iii_ms=0.8 * delay,
            iii_v_ms=0.2 * delay,
            iii_share=1 - 0.7 * drop,
            v_share=1 - drop,
            widening=drawn_baep("stretch_widening", rng),
        )
    if course == "step":
        return BaepState(i_iii_ms=0.6, iii_share=0.6, v_share=0.6)
    if course == "lost":
        return BaepState(iii_share=0.0, v_share=0.0)
    if course == "rate":
        return BaepState(iii_v_ms=drawn_baep("rate_delay", rng))
    if course == "tube":
        return BaepState(i_share=0.0, iii_share=0.0, v_share=0.0)
    return INTACT


def _between(full: BaepState, part: float) -> BaepState:
    """From intact (0) to the full change (1)."""
    names = ("i_ms", "i_iii_ms", "iii_v_ms", "i_share", "iii_share", "v_share", "widening")
    return BaepState(
        **{name: (1 - part) * getattr(INTACT, name) + part * getattr(full, name) for name in names}
    )


def _wandering(states: list[BaepState], rng: np.random.Generator) -> tuple[BaepState, ...]:
    """What no response is without: it wanders by some hundredths of a ms and 5 % from before."""
    drift = np.zeros(4)
    wandering = []
    for state in states:
        drift = 0.9 * drift + rng.normal(0.0, 1.0, 4) * (0.008, 0.012, 0.012, 0.022)
        wandering.append(
            replace(
                state,
                i_ms=state.i_ms + drift[0],
                i_iii_ms=state.i_iii_ms + drift[1],
                iii_v_ms=state.iii_v_ms + drift[2],
                v_share=state.v_share * math.exp(drift[3]),
            )
        )
    return tuple(wandering)


def noise_levels(plan: BaepPlan, rng: np.random.Generator, count: int) -> Values:
    """By how much each of some sweeps is noisier than the steady noise; (count,)."""
    levels = np.ones(count)
    start = 0
    while start < count:
        length = int(rng.geometric(1 / 80))
        if rng.random() < plan.episode_share:
            largest = math.log(plan.episode_largest)
            levels[start : start + length] = math.exp(rng.uniform(0.0, largest))
        start += length
    return levels


def made(plan: BaepPlan) -> tuple[MadeAverage, ...]:
    """The averages of a plan in order of time: plain means, in two halves of alternate sweeps."""
    rng = np.random.default_rng([plan.seed, 43])
    averages = []
    for block, state in enumerate(plan.states):
        level = math.sqrt(np.mean(noise_levels(plan, rng, plan.sweeps) ** 2))
        noise_uv = _noise(plan, rng, 2) * level * math.sqrt(2 / plan.sweeps)
        halves_uv = response_uv(plan.ear, plan.latency_ms, state) + noise_uv
        averages.append(
            MadeAverage(
                start_s=block * plan.block_s,
                values_uv=halves_uv.mean(axis=0),
                halves_uv=halves_uv,
                state=state,
            )
        )
    return tuple(averages)


def sweeps_uv(plan: BaepPlan, block: int) -> Values:
    """The single sweeps of one block, (sweeps, samples) in µV."""
    rng = np.random.default_rng([plan.seed, 44, block])
    levels = noise_levels(plan, rng, plan.sweeps)
    noise_uv = _noise(plan, rng, plan.sweeps) * levels[:, np.newaxis]
    return noise_uv + response_uv(plan.ear, plan.latency_ms, plan.states[block])


def _noise(plan: BaepPlan, rng: np.random.Generator, rows: int) -> Values:
    """Noise of single sweeps without episodes, as the amplifier passes it."""
    from scipy import signal

    noise = Noise(white_uv=3.0, pink_uv=10.0)
    before = round(_SETTLING_MS * plan.rate_hz / 1000)
    samples = plan.latency_ms.size
    raw = steady_noise(noise, rng, rows, before + samples, plan.rate_hz)
    amplifier = signal.butter(2, _AMPLIFIER_HZ, "bandpass", fs=plan.rate_hz, output="sos")
    frequency_hz = np.linspace(*_BAND_HZ, 200)
    gain = np.abs(signal.freqz_sos(amplifier, frequency_hz, fs=plan.rate_hz)[1]) ** 2
    power = np.trapezoid(density(noise, frequency_hz) * gain, frequency_hz)
    passed = signal.sosfilt(amplifier, raw, axis=1)[:, before:]
    return np.asarray(passed * plan.sweep_noise_uv / math.sqrt(power))
