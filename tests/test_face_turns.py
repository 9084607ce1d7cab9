"""What goes along with a turn of the head is taken out of the skin, and twitches stay."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.turns import without_turns

CRITERIA = FaceCriteria.read()
TIMES_S = np.arange(0, 40, 1 / 30)
TURN_MM_PER_RAD = np.array([12 + 4j, -6 + 9j])  # of two patches: 0.2 mm a degree and less

Complexes = NDArray[np.complex128]


def facing(largest_deg: float = 3.0) -> Complexes:
    """A head that sways slowly, to the side and up and down, and trembles as landmarks do."""
    noise = np.random.default_rng(3).normal(0, 0.001, (2, TIMES_S.size))
    slow = np.sin(2 * np.pi * TIMES_S / 7.3) + 0.6j * np.cos(2 * np.pi * TIMES_S / 4.1)
    return np.asarray(np.radians(largest_deg) * slow + noise[0] + 1j * noise[1])


def twitches(mm: complex, every_s: float = 3.0, lasts_s: float = 0.4) -> Complexes:
    phase_s = TIMES_S % every_s
    shape = np.where(phase_s < lasts_s, np.sin(np.pi * phase_s / lasts_s), 0.0)
    return np.asarray(mm * shape)


def skin(moved: Complexes, turned: Complexes) -> Complexes:
    """Two patches; each sees a share of where the head looks, its own in each direction."""
    seen = np.outer(turned.real, TURN_MM_PER_RAD) + np.outer(turned.imag, TURN_MM_PER_RAD[::-1])
    noise = np.random.default_rng(4).normal(0, 0.03, (TIMES_S.size, 2))
    return np.asarray(moved[:, np.newaxis] + seen + noise + (2 - 1j))


def test_a_turning_head_moves_no_skin() -> None:
    turned = facing(2.5)
    still = skin(np.zeros(TIMES_S.size, dtype=complex), turned)
    assert np.ptp(np.abs(still), axis=0).min() > 1.0
    left = without_turns(TIMES_S, still, turned, CRITERIA)
    assert np.abs(left - left.mean(axis=0)).max() < 0.2


@pytest.mark.parametrize("mm", [1.0 + 0j, 3j, -2 + 2j])
def test_twitches_keep_their_size_and_direction(mm: complex) -> None:
    turned, moved = facing(), twitches(mm)
    left = without_turns(TIMES_S, skin(moved, turned), turned, CRITERIA)
    rest = left[moved == 0].mean(axis=0)
    tops = left[np.abs(moved) > 0.98 * abs(mm)].mean(axis=0) - rest
    assert np.abs(tops / mm - 1).max() < 0.05


def test_a_spasm_that_seems_to_turn_the_head_does_not_take_itself_away() -> None:
    """Landmarks of a face in spasm look a little to the side."""
    moved = twitches(4.0 + 0j, every_s=2.5, lasts_s=1.2)
    leaked = np.radians(0.1) * moved.real  # 0.4 degrees at the top
    turned = facing(0.1) + leaked
    values = moved[:, np.newaxis] + np.random.default_rng(4).normal(0, 0.03, (TIMES_S.size, 2))
    left = without_turns(TIMES_S, values.astype(complex), turned, CRITERIA)
    rest, top = left[moved == 0].mean(axis=0), left[moved.real > 3.9].mean(axis=0)
    assert np.abs((top - rest) / 3.96 - 1).max() < 0.06


def test_a_head_that_looks_elsewhere_most_of_the_time_is_left_alone() -> None:
    turned = facing(20.0)
    values = skin(np.zeros(TIMES_S.size, dtype=complex), turned)
    assert np.array_equal(without_turns(TIMES_S, values, turned, CRITERIA), values)


def test_a_still_head_takes_nothing_away() -> None:
    turned, moved = facing(0.0), twitches(2j)
    values = skin(moved, turned)
    left = without_turns(TIMES_S, values, turned, CRITERIA)
    assert np.abs(left - values - (left - values).mean(axis=0)).max() < 0.1


def test_what_is_not_known_stays_unknown_and_too_little_is_left_alone() -> None:
    turned = facing()
    values = skin(np.zeros(TIMES_S.size, dtype=complex), turned)
    values[100:130, 0] = np.nan
    left = without_turns(TIMES_S, values, turned, CRITERIA)
    assert np.array_equal(np.isnan(left), np.isnan(values))
    few = slice(0, 40)
    assert np.array_equal(
        without_turns(TIMES_S[few], values[few], turned[few], CRITERIA), values[few]
    )
    unseen = np.full(TIMES_S.size, complex("nan+nanj"))
    assert np.array_equal(without_turns(TIMES_S, values, unseen, CRITERIA), values, equal_nan=True)
