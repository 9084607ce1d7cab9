"""The tissue between muscle fibre and electrode, against images, finite volumes and symmetries."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import cg

from hemifacial.errors import UsageError
from hemifacial.twin.nerve.emg.muscle_fibre import (
    LASTS_MS,
    axial_current,
    potential_mv,
    velocity_m_per_s,
)
from hemifacial.twin.nerve.emg.seeing import slopes
from hemifacial.twin.nerve.emg.values import muscles, rows, value_of
from hemifacial.twin.nerve.emg.volume_conductor import Tissue, spectrum_at_skin

Floats = NDArray[np.float64]

FACE = Tissue(skin_mm=1.0, fat_mm=2.0)
BARE = Tissue(skin_mm=0.0, fat_mm=0.0)


def one(value: float) -> Floats:
    return np.array([value])


# -- numbers -----------------------------------------------------------------------------------


def test_every_muscle_has_every_number_with_a_source() -> None:
    words = {word for muscle, word in rows() if muscle == "frontalis"}
    assert muscles()[0] == "frontalis"
    assert len(muscles()) == 6
    for muscle in muscles():
        assert {word for other, word in rows() if other == muscle} == words
        assert Tissue.over(muscle).cover_mm > 1
    assert all(row.source for row in rows().values())
    assert any(row.verified for row in rows().values())
    with pytest.raises(UsageError, match=r"'masseter'[\s\S]*zygomaticus_major"):
        value_of("length", "masseter")


# -- source ------------------------------------------------------------------------------------


def test_the_potential_is_rosenfalcks_and_its_current_the_slope_of_it() -> None:
    after_ms = np.linspace(0, LASTS_MS, 20001)
    potential = potential_mv(after_ms)
    assert potential.max() == pytest.approx(96 * 27 * math.exp(-3))
    assert after_ms[potential.argmax()] == pytest.approx(3 / 4, abs=1e-3)
    assert potential[-1] < 1e-3 * potential.max()
    section = math.pi / 4 * 0.04**2
    by_hand = 1.01 * section * np.gradient(potential, after_ms)
    current = axial_current(after_ms, 40.0)
    assert np.abs(current - by_hand).max() < 1e-3 * current.max()
    assert axial_current(one(-0.1), 40.0) == 0


def test_thicker_muscle_fibres_conduct_faster() -> None:
    assert velocity_m_per_s(np.array([20.0, 55.0])) == pytest.approx([1.95, 3.7])


# -- tissue ------------------------------------------------------------------------------------


def test_muscle_alone_is_the_half_space_in_closed_form() -> None:
    along, across, depth = np.array([-3.0, 0.0, 2.0, 40.0]), one(1.5), one(4.0)
    step = 1e-4

    def potential(x: Floats) -> Floats:
        return np.asarray(1 / (2 * math.pi * 0.1 * np.sqrt(x**2 + 5 * (1.5**2 + 4.0**2))))

    # The source moves towards the electrode as `along` falls.
    by_hand = (potential(along - step) - potential(along + step)) / (2 * step)
    assert slopes(BARE, along, across, depth) == pytest.approx(by_hand, rel=1e-6, abs=1e-12)


def test_a_layer_on_isotropic_muscle_is_a_series_of_images() -> None:
    tissue = Tissue(skin_mm=0.0, fat_mm=2.5, along_s_per_m=0.3, across_s_per_m=0.3)
    along, depth = np.array([1.0, 3.0, 6.0, 12.0, 30.0]), 1.5
    share = (0.05 - 0.3) / (0.05 + 0.3)
    by_hand = np.zeros_like(along)
    for image in range(200):
        away = along**2 + (depth + (2 * image + 1) * 2.5) ** 2
        by_hand += share**image * along * away**-1.5 / (math.pi * (0.3 + 0.05))
    assert slopes(tissue, along, one(0.0), one(depth)) == pytest.approx(by_hand, rel=0.01)


@cache
def finite_volumes(tissue: Tissue, at_mm: float) -> tuple[Floats, Floats]:
    """Potential of 1 A at a depth below the skin: depths of cells, and (depth, across, along).

    A quarter of space, of which the rest is a mirror; the far walls are at 0 V.
    """
    across, along = 36, 46
    below = np.concatenate([np.full(28, 0.5), 0.5 * 1.15 ** np.arange(1, 22)])
    edges = np.concatenate([[0.0], np.cumsum(below)])
    middle = (edges[1:] + edges[:-1]) / 2
    layer = np.searchsorted([tissue.skin_mm, tissue.cover_mm], middle)
    side = np.array([tissue.skin_s_per_m, tissue.fat_s_per_m, tissue.across_s_per_m])[layer]
    long = np.array([tissue.skin_s_per_m, tissue.fat_s_per_m, tissue.along_s_per_m])[layer]
    number = np.arange(below.size * across * along).reshape(below.size, across, along)
    # The cells on a mirror are half as wide.
    wide_y, wide_x = np.r_[0.5, np.ones(across - 1)], np.r_[0.5, np.ones(along - 1)]
    pairs, weights = [], []

    def join(first: NDArray[np.int64], second: NDArray[np.int64], weight: Floats) -> None:
        pairs.append(np.stack([first.ravel(), second.ravel()]))
        weights.append(np.broadcast_to(weight, first.shape).ravel())

    thick = below[:, None, None]
    join(number[:, :, 1:], number[:, :, :-1], long[:, None, None] * thick * wide_y[None, :, None])
    join(number[:, 1:], number[:, :-1], side[:, None, None] * thick * wide_x[None, None, :])
    half = below / 2 / side
    area = wide_y[:, None] * wide_x[None, :]
    join(number[1:], number[:-1], area[None] / (half[1:] + half[:-1])[:, None, None])
    first, second = np.concatenate(pairs, axis=1)
    weight = np.concatenate(weights)
    ground = np.zeros(number.shape)
    ground[:, :, -1] += 2 * long[:, None] * below[:, None] * wide_y[None, :]
    ground[:, -1, :] += 2 * side[:, None] * below[:, None] * wide_x[None, :]
    ground[-1] += area / half[-1]
    diagonal = ground.ravel() + np.bincount(first, weight, number.size)
    diagonal += np.bincount(second, weight, number.size)
    matrix = sparse.coo_matrix((-weight, (first, second)), (number.size, number.size))
    system = (matrix + matrix.T + sparse.diags(diagonal)).tocsr()
    current = np.zeros(number.size)
    current[number[np.abs(middle - at_mm).argmin(), 0, 0]] = 0.25
    found, failed = cg(
        system, current, rtol=1e-6, maxiter=3000, M=sparse.diags(1 / diagonal)
    )  # fmt: skip
    assert not failed
    return middle, found.reshape(number.shape)


@pytest.mark.parametrize("across_mm", [0, 4])
def test_layers_on_anisotropic_muscle_are_as_finite_volumes_say(across_mm: int) -> None:
    # Current into the skin, potential in the muscle: by reciprocity the same as the other way.
    middle, potential = finite_volumes(FACE, 0.0)
    for row in (10, 14, 18):
        seen = potential[row, across_mm, :]
        along = np.array([3.0, 5.0, 8.0, 12.0])
        by_hand = np.array([(seen[int(x) - 1] - seen[int(x) + 1]) / 2 for x in along])
        # With growing distance from the walls at 0 V left out, a few per cent are theirs.
        found = slopes(FACE, along, one(float(across_mm)), one(float(middle[row]) - 3.0))
        assert found == pytest.approx(by_hand, rel=0.06)


def test_within_the_muscle_the_layers_throw_back_as_finite_volumes_say() -> None:
    middle, potential = finite_volumes(FACE, 5.25)
    level = float(middle[np.abs(middle - 5.25).argmin()]) - 3.0
    for row in (13, 16):
        along = np.array([4.0, 6.0, 10.0])
        seen = potential[row, 3, :]
        by_hand = np.array([(seen[int(x) - 1] - seen[int(x) + 1]) / 2 for x in along])
        depth = float(middle[row]) - 3.0
        found = slopes(FACE, along, one(3.0), one(depth), level_mm=level)
        assert found == pytest.approx(by_hand, rel=0.06)
        bare = slopes(BARE, along, one(3.0), one(depth), level_mm=level)
        assert np.abs(bare / by_hand - 1).max() > 0.06  # the layers matter here


@settings(max_examples=40, deadline=None)
@given(
    along=st.floats(-60, 60),
    across=st.floats(-30, 30),
    depth=st.floats(0.3, 3.5),
    other=st.floats(0.3, 3.5),
)
def test_symmetries(along: float, across: float, depth: float, other: float) -> None:
    def slope(x: float, y: float, z: float, level: float | None = None) -> float:
        return slopes(FACE, one(x), one(y), one(z), level_mm=level).item()

    assert slope(-along, across, depth) == pytest.approx(-slope(along, across, depth), abs=1e-12)
    assert slope(along, -across, depth) == pytest.approx(slope(along, across, depth), abs=1e-12)
    # Source and electrode exchanged: the potential is the same.
    there, back = slope(along, across, depth, other), slope(along, across, other, depth)
    assert there == pytest.approx(back, rel=1e-9, abs=1e-12)
    assert abs(slope(0.0, across, depth)) < 1e-12


def test_a_long_wave_does_not_see_the_layers_and_a_short_one_does() -> None:
    slow, fast = one(1e-4), one(2.0)
    for wave, least, most in ((slow, 0.99, 1.01), (fast, 0.0, 0.05)):
        with_layers = spectrum_at_skin(FACE, wave, wave, 1.0)
        without = spectrum_at_skin(BARE, wave, wave, 1.0)
        assert least < (with_layers / without).item() < most


def test_tissue_that_cannot_be_is_refused() -> None:
    with pytest.raises(UsageError, match="conductivity 0 S/m"):
        Tissue(fat_s_per_m=0.0)
    with pytest.raises(UsageError, match="thinner than 0 mm"):
        Tissue(fat_mm=-1.0)
