"""Weighted averages: no worse on steady noise, better in episodes, and how much noise is left."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hemifacial.electro.averages import Average, average, independent_values

Floats = NDArray[np.float64]


def noise(seed: int, sweeps: int, samples: int, levels: Floats | float = 1.0) -> Floats:
    """White noise that a moving mean of five samples has coloured, each sweep with its level."""
    raw = np.random.default_rng(seed).standard_normal((sweeps, samples + 4))
    kernel = np.ones(5) / np.sqrt(5)
    coloured = np.array([np.convolve(row, kernel, mode="valid") for row in raw])
    return np.asarray(coloured * np.broadcast_to(levels, (sweeps,))[:, np.newaxis])


def episodes(seed: int, sweeps: int) -> Floats:
    """Every third stretch of forty sweeps is noisier by a factor between 1 and 10."""
    rng = np.random.default_rng([seed, 1])
    levels = np.ones(sweeps)
    for start in range(0, sweeps, 120):
        levels[start : start + 40] = 10 ** rng.uniform(0, 1)
    return levels


def variance(means: list[Floats]) -> float:
    return float(np.mean(np.square(means)))


@pytest.mark.parametrize(("sweeps", "samples"), [(3, 200), (10, 60), (40, 400), (400, 60)])
def test_on_steady_noise_it_is_at_most_2_percent_worse_than_plain(
    sweeps: int, samples: int
) -> None:
    draws = [noise(600_000 + seed, sweeps, samples) for seed in range(30)]
    ours = variance([average(one).mean_uv for one in draws])
    assert ours <= 1.02 * variance([one.mean(axis=0) for one in draws])


def test_in_episodes_the_noise_that_is_left_is_less_than_half() -> None:
    draws = [noise(610_000 + s, 400, 60, episodes(s, 400)) for s in range(40)]
    ours = [average(one) for one in draws]
    plain = variance([one.mean(axis=0) for one in draws])
    assert variance([one.mean_uv for one in ours]) < 0.5 * plain
    assert not any(one.is_plain for one in ours)


def test_it_nears_the_best_that_known_variances_allow() -> None:
    # Six sweeps share a variance here, and 198 are a whole number of such blocks. Variances that
    # are known to one in a hundred degrees of freedom cost 2 %.
    levels = np.where(np.arange(396) < 198, 1.0, 5.0)
    draws = [noise(620_000 + seed, 396, 60, levels) for seed in range(40)]
    best = levels**-2 / np.sum(levels**-2)
    ours = variance([average(one).mean_uv for one in draws])
    assert ours <= 1.05 * variance([best @ one for one in draws])


@pytest.mark.parametrize("levels", ["steady", "episodes"])
@pytest.mark.parametrize("sweeps", [4, 40, 400])
def test_the_noise_it_states_is_the_noise_that_is_left(sweeps: int, levels: str) -> None:
    draws = [
        noise(630_000 + s, sweeps, 100, 1.0 if levels == "steady" else episodes(s, sweeps))
        for s in range(80)
    ]
    ours = [average(one) for one in draws]
    stated = np.mean([one.noise_uv**2 for one in ours])
    assert stated == pytest.approx(variance([one.mean_uv for one in ours]), rel=0.12)


def test_a_response_that_differs_does_not_count_as_noise_where_noise_is_measured() -> None:
    """Sweeps 0 to 9 have a response, the others none; noise is measured before it."""
    sweeps = noise(1, 40, 300)
    sweeps[:10, 200:] += 8.0
    assert not average(sweeps).is_plain
    assert average(sweeps, noise_part=slice(0, 150)).is_plain


def test_one_and_two_sweeps() -> None:
    single = average(np.arange(6.0)[np.newaxis])
    assert single.mean_uv.tolist() == [0, 1, 2, 3, 4, 5]
    assert np.isnan(single.noise_uv)
    assert single.count == 1
    two = average(np.array([[0.0, 2.0, 0.0, 2.0], [2.0, 0.0, 2.0, 0.0]]))
    assert two.mean_uv.tolist() == [1, 1, 1, 1]
    # Each sweep is 1 off its mean of two: 2 is its variance, and half of that is left.
    assert two.noise_uv == pytest.approx(1.0)
    assert average(np.ones((5, 4))).noise_uv == 0


def test_how_many_values_are_independent() -> None:
    white = np.random.default_rng(5).standard_normal((400, 100))
    assert independent_values(white) == pytest.approx(100, rel=0.05)
    # The sum of squared correlations of a moving mean of five is 3.4.
    assert independent_values(noise(6, 400, 400)) == pytest.approx(400 / 3.4, rel=0.08)


@settings(max_examples=25)
@given(
    seed=st.integers(0, 1000),
    sweeps=st.integers(2, 60),
    scale=st.floats(1e-3, 1e3),
    offset=st.floats(-100, 100),
)
def test_scale_and_offset_pass_through(seed: int, sweeps: int, scale: float, offset: float) -> None:
    values = noise(seed, sweeps, 40, episodes(seed, sweeps))
    one, two = average(values), average(scale * values + offset)
    assert one.weight.sum() == pytest.approx(1)
    assert np.all(one.weight > 0)
    np.testing.assert_allclose(two.mean_uv, scale * one.mean_uv + offset, rtol=1e-4, atol=1e-3)
    assert two.noise_uv == pytest.approx(scale * one.noise_uv, rel=1e-3)


@pytest.mark.parametrize(
    "sweeps", [np.empty((0, 5)), np.empty((3, 0)), np.ones(4), np.array([[1.0, np.nan]])]
)
def test_what_is_no_sweep_is_refused(sweeps: Floats) -> None:
    with pytest.raises(ValueError, match="need finite"):
        average(sweeps)


def test_residuals_are_as_strong_as_the_noise_of_a_sweep() -> None:
    found: Average = average(noise(7, 10, 5000))
    assert np.mean(found.residuals_uv**2) == pytest.approx(1, rel=0.05)
