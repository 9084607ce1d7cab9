"""Weighted against plain averaging of sweeps, on steady noise and on noise with episodes.

Recordings are made by the twin (`hemifacial.twin.electro.baep`): an ear of loud clicks, 1/f and
white noise as an amplifier of 100 to 3000 Hz passes it. With episodes, a third of the time is
noisier by a factor between 1 and 3 or 1 and 10 (uniform in its logarithm), in episodes of 80
sweeps on average. Wave V is read in the same way from both averages of a recording: the highest
point within 0.6 ms of where it truly is, between samples by a parabola, and from there to the
lowest point of the next 1.5 ms.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.averages import average
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.twin.electro.baep import BaepPlan, baep_plan, sweeps_uv
from hemifacial.twin.electro.baep_waves import response_uv, wave_latency_ms

__all__ = ["compared", "run"]

Floats = NDArray[np.float64]

RECORDINGS = 300
SWEEPS = 1000
FIRST_SEED = 500_000
NOISE = {"steady": (0.0, 1.0), "episodes to 3": (1 / 3, 3.0), "episodes to 10": (1 / 3, 10.0)}
"""Share of time in episodes, and how much noisier they are at most."""
_NEAR_MS, _TROUGH_MS = 0.6, 1.5


def compared(
    recordings: int, sweeps: int, episode_share: float, episode_largest: float, seed: int
) -> dict[str, float]:
    """Plain and weighted averages of so many recordings, as ratios of variances and errors."""
    criteria = ElectroCriteria.read()
    low_hz, high_hz = criteria["baep_low_hz"], criteria["baep_high_hz"]
    noise, latency, amplitude = ([] for _ in range(3))
    stated = []
    for number in range(recordings):
        plan = baep_plan(seed + number, blocks=1, sweeps=sweeps, episode_share=episode_share)
        plan = replace(plan, episode_largest=episode_largest)
        values = _filtered(sweeps_uv(plan, 0), plan.rate_hz, low_hz, high_hz)
        truth = _filtered(
            response_uv(plan.ear, plan.latency_ms, plan.states[0]), plan.rate_hz, low_hz, high_hz
        )
        weighted = average(values)
        pair = (values.mean(axis=0), weighted.mean_uv)
        noise.append([float(np.mean((mean - truth) ** 2)) for mean in pair])
        stated.append(weighted.noise_uv**2)
        true_latency, true_amplitude = _wave_v(truth, plan)
        found = [_wave_v(mean, plan) for mean in pair]
        latency.append([one - true_latency for one, _ in found])
        amplitude.append([one - true_amplitude for _, one in found])
    plain, ours = np.mean(noise, axis=0)
    each = np.array(noise)[:, 1] / np.array(noise)[:, 0]
    return {
        "recordings": recordings,
        "sweeps": sweeps,
        "noise_variance_ratio": float(ours / plain),
        "noise_variance_ratio_median": float(np.median(each)),
        "better_by_a_tenth_share": float(np.mean(each < 0.9)),
        "worse_by_2_percent_share": float(np.mean(each > 1.02)),
        "stated_over_true_noise_variance": float(np.mean(stated) / ours),
        "latency_variance_ratio": _variance_ratio(latency),
        "amplitude_variance_ratio": _variance_ratio(amplitude),
        "latency_sd_plain_ms": float(np.std(np.array(latency)[:, 0])),
        "latency_sd_weighted_ms": float(np.std(np.array(latency)[:, 1])),
    }


def _variance_ratio(errors: list[list[float]]) -> float:
    plain, ours = np.var(np.array(errors), axis=0)
    return float(ours / plain)


def _filtered(values: Floats, rate_hz: float, low_hz: float, high_hz: float) -> Floats:
    from scipy import signal

    sos = signal.butter(2, (low_hz, high_hz), "bandpass", fs=rate_hz, output="sos")
    return np.asarray(signal.sosfiltfilt(sos, values, axis=-1))


def _wave_v(values: Floats, plan: BaepPlan) -> tuple[float, float]:
    """Latency and amplitude of wave V, looked for near where it truly is."""
    at_ms = wave_latency_ms(plan.ear, "V", plan.states[0])
    near = np.flatnonzero(np.abs(plan.latency_ms - at_ms) <= _NEAR_MS)
    index = int(near[np.argmax(values[near])])
    before, at, after = values[index - 1 : index + 2]
    bend = before - 2 * at + after
    # At the edge of where it is looked for the highest point need be no peak.
    away = min(max(0.5 * (before - after) / bend, -0.5), 0.5) if bend < 0 else 0.0
    step_ms = 1000 / plan.rate_hz
    trough = values[index : index + round(_TROUGH_MS / step_ms)].min()
    return float(plan.latency_ms[index] + away * step_ms), float(at - trough)


def run() -> dict[str, Any]:
    """Both kinds of noise, with a table."""
    print(f"{'':14} {'noise':>6} {'median':>6} {'latency':>8} {'amplitude':>9} {'stated/true':>11}")
    found = {}
    for name, (share, largest) in NOISE.items():
        row = compared(RECORDINGS, SWEEPS, share, largest, FIRST_SEED)
        found[name] = row
        print(
            f"{name:14} {row['noise_variance_ratio']:6.3f} "
            f"{row['noise_variance_ratio_median']:6.3f} {row['latency_variance_ratio']:8.3f} "
            f"{row['amplitude_variance_ratio']:9.3f} "
            f"{row['stated_over_true_noise_variance']:11.3f}",
            flush=True,
        )
    print("variances of weighted over plain averages; below 1 the weighted one is better")
    return {"averaging": found}
