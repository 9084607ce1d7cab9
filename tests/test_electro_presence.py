"""Tests that know no shape: right in noise, not blind to a response, equal to textbook formulas."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt
from scipy.stats import binomtest, f

from hemifacial.electro.presence import presence_of

Floats = NDArray[np.float64]
_SECTIONS = butter(2, [20, 1500], btype="bandpass", fs=5000, output="sos")
_REST, _WINDOW = slice(20, 150), slice(200, 330)


def _noise(rng: np.random.Generator, sweeps: int) -> Floats:
    white = rng.standard_normal((sweeps, 400))
    slow = 0.15 * rng.standard_normal((sweeps, 400)).cumsum(axis=1)
    return np.asarray(sosfiltfilt(_SECTIONS, white + slow, axis=1))


def _ps(sweeps_uv: Floats, seed: int) -> list[float]:
    found = presence_of(sweeps_uv[:, _WINDOW], sweeps_uv[:, _REST], seed=seed)
    assert found is not None
    return [found.split_half_p, found.fmp_p, found.hotelling_p]


@pytest.mark.parametrize("sweeps", [10, 20])
def test_in_noise_each_says_so_as_often_as_it_states(sweeps: int) -> None:
    rng = np.random.default_rng(500_000 + sweeps)
    called = np.array([_ps(_noise(rng, sweeps), k) for k in range(300)]) < 0.05
    for often in called.sum(axis=0):
        assert binomtest(int(often), 300, 0.05).pvalue > 0.001


def test_a_response_of_twice_the_noise_of_the_average_is_seen_by_each() -> None:
    rng = np.random.default_rng(500_100)
    times_ms = np.arange(130) / 5
    wave = np.sin(times_ms) * np.exp(-(((times_ms - 8) / 3) ** 2))
    called = 0
    for k in range(30):
        sweeps = _noise(rng, 20)
        sweeps[:, _WINDOW] += 1.5 * wave
        called += np.array(_ps(sweeps, k)) < 0.05
    assert np.all(np.asarray(called) >= 27)


def test_hotelling_is_that_of_the_textbook() -> None:
    """Of two bins, written out; a third part of the window carries the base line."""
    rng = np.random.default_rng(7)
    sweeps = rng.standard_normal((6, 90))
    sweeps -= sweeps.mean(axis=1, keepdims=True)
    parts = np.stack([sweeps[:, :30].mean(axis=1), sweeps[:, 30:60].mean(axis=1)], axis=1)
    apart = parts - parts.mean(axis=0)
    covariance = apart.T @ apart / 5
    square = 6 * parts.mean(axis=0) @ np.linalg.inv(covariance) @ parts.mean(axis=0)
    found = presence_of(sweeps, rng.standard_normal((6, 90)))
    assert found is not None
    assert found.hotelling_p == pytest.approx(f.sf(square * 4 / (2 * 5), 2, 4))


def test_the_same_sweep_again_and_again_is_certain() -> None:
    rng = np.random.default_rng(8)
    one = rng.standard_normal(100)
    sweeps = one + 1e-3 * rng.standard_normal((12, 100))
    found = presence_of(sweeps, sweeps)
    assert found is not None
    assert found.split_half == pytest.approx(1.0, abs=1e-4)
    assert found.fmp_p < 1e-6
    assert presence_of(sweeps[:3], sweeps) is None


@pytest.mark.parametrize("samples", range(2, 11))
def test_a_window_of_few_samples_is_judged_as_well(samples: int) -> None:
    """At a low rate a window holds fewer samples than the test has bins."""
    rng = np.random.default_rng(samples)
    found = presence_of(rng.standard_normal((30, samples)), rng.standard_normal((30, 40)))
    assert found is not None
    for p in (found.split_half_p, found.fmp_p, found.hotelling_p):
        assert 0 < p <= 1
    sure = 5.0 * np.linspace(-1, 1, samples) + rng.standard_normal((30, samples))
    again = presence_of(sure, rng.standard_normal((30, 40)))
    assert again is not None
    assert again.hotelling_p < 1e-6
