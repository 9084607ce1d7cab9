"""Motor units and their potentials: against a slow sum of point currents, and as published."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.errors import UsageError
from hemifacial.twin.electro.ends import ends_of
from hemifacial.twin.electro.plan import Site
from hemifacial.twin.nerve.emg.leads import (
    Needle,
    Pair,
    Place,
    belly_nasion,
    belly_tendon,
    concentric_needle,
    place_on,
)
from hemifacial.twin.nerve.emg.motor_units import MotorUnits, motor_units, usual_count
from hemifacial.twin.nerve.emg.muscle_fibre import potential_mv
from hemifacial.twin.nerve.emg.unit_potentials import STEP_MS, UnitPotentials, unit_potentials
from hemifacial.twin.nerve.emg.volume_conductor import Tissue

Floats = NDArray[np.float64]


def drawn(muscle: str, count: int, seed: int = 1, side: Side = Side.RIGHT) -> MotorUnits:
    rng = np.random.default_rng(seed)
    return motor_units(muscle, side, np.clip(rng.normal(8.0, 1.8, count), 4.0, 14.0), seed)


def wave_at(potentials: UnitPotentials, times_ms: Floats, unit: int = 0, lead: int = 0) -> Floats:
    values = potentials.values_uv[unit, lead]
    known = potentials.from_ms + np.arange(values.size) * STEP_MS
    return np.interp(times_ms, known, values, left=0.0, right=0.0)


def single_fibre(depth_mm: float) -> MotorUnits:
    """One unit of one muscle fibre; its end plate lies off the middle, and off its axis."""
    one = drawn("mentalis", 1)
    return replace(
        one,
        fibre_diameter_um=np.array([40.0]),
        owner=np.array([0]),
        end_plate_mm=np.array([-4.0]),
        across_mm=np.array([1.0]),
        depth_mm=np.array([depth_mm]),
        to_end_mm=np.array([20.3]),
        to_start_mm=np.array([11.1]),
        arrival_ms=np.array([0.0]),
    )


def sum_of_points(units: MotorUnits, times_ms: Floats, at_mm: tuple[float, float]) -> Floats:
    """The potential at the skin of muscle alone: every current through the membrane, by itself.

    Where the fibre ends, the current that still runs within it comes out at once.
    """
    velocity = 0.95 + 0.05 * 40.0
    section_mm2 = math.pi / 4 * 0.04**2
    step = 0.005
    found = np.zeros_like(times_ms)

    def seen(along: Floats) -> Floats:
        square = (at_mm[0] - along) ** 2
        square = square + 5 * ((at_mm[1] - 1.0) ** 2 + units.depth_mm[0] ** 2)
        return np.asarray(1 / (2 * math.pi * 0.1 * np.sqrt(square)))

    ways = ((1.0, units.to_end_mm[0]), (-1.0, units.to_start_mm[0]))
    for sign, length in ways:
        edges = np.linspace(0.0, length, round(length / step) + 1)
        middle = (edges[1:] + edges[:-1]) / 2
        for index, time_ms in enumerate(times_ms):
            potential = potential_mv(time_ms - middle / velocity)
            inside = -1.01 * section_mm2 * np.diff(potential) / np.diff(middle)  # at inner edges
            first = (
                -1.01
                * section_mm2
                * (potential[0] - potential_mv(np.array([time_ms]))[0])
                / (middle[0])
            )
            within = np.concatenate([[first], inside, [inside[-1]]])
            # What a piece lets out is what comes into it less what goes on; the last keeps nothing.
            out = -np.diff(within)
            place = units.end_plate_mm[0] + sign * middle
            found[index] += (out * seen(place)).sum()
            ends = units.end_plate_mm[0] + sign * np.array([0.0, length])
            found[index] += (np.array([-within[0], within[-1]]) * seen(ends)).sum()
    return found * 1000


@pytest.mark.parametrize("depth_mm", [3.0, 6.0])
def test_a_fibre_is_the_sum_of_the_currents_through_its_membrane(depth_mm: float) -> None:
    units = single_fibre(depth_mm)
    lead = Pair(site=units.site, active=place_on(units.site, 2.0), reference=Place(500.0, 400.0))
    found = unit_potentials(units, [lead], Tissue(skin_mm=0.0, fat_mm=0.0))
    times_ms = np.arange(0.1, 14.0, 0.25)
    by_hand = sum_of_points(units, times_ms, (2.0, 0.0))
    error = np.abs(wave_at(found, times_ms) - by_hand).max()
    assert error < 0.015 * np.ptp(by_hand)


@pytest.mark.parametrize("muscle", ["zygomaticus_major", "mentalis"])
def test_nothing_but_waves(muscle: str) -> None:
    # As much current leaves a fibre as enters it, at any time: no potential has a mean.
    units = drawn(muscle, 8)
    leads = [belly_tendon(units.site), belly_nasion(units.site), concentric_needle(units.site)]
    values = unit_potentials(units, leads).values_uv
    whole, size = values.sum(axis=2), np.abs(values).sum(axis=2)
    assert np.abs(whole / size)[:, :2].max() < 0.01
    assert np.abs(values[:, :, 0]).max() < 1e-9
    assert np.abs(values[:, :, -1]).max() < 0.01 * np.abs(values).max()


def test_far_electrodes_see_less() -> None:
    units = drawn("frontalis", 6)
    far = [
        Pair(
            site=Site(muscle="frontalis", side=Side.RIGHT),
            active=place_on(units.site, 0.0, across),
            reference=place_on(units.site, 20.0, across),
        )
        for across in (25.0, 35.0, 50.0, 70.0, 100.0)
    ]
    height = np.ptp(unit_potentials(units, far).values_uv, axis=2)
    assert (np.diff(height, axis=1) < 0).all()
    # A dipole falls with the square of distance at least.
    assert (height[:, -1] < height[:, 2] * (50 / 100) ** 2).all()


def test_sides_are_mirrored() -> None:
    right, left = (drawn("mentalis", 3, side=side) for side in (Side.RIGHT, Side.LEFT))
    same = replace(left, side=Side.RIGHT)
    here = unit_potentials(left, [belly_tendon(left.site)]).values_uv
    there = unit_potentials(same, [belly_tendon(same.site)]).values_uv
    assert here == pytest.approx(there)
    assert not np.array_equal(right.end_plate_mm, left.end_plate_mm)


def test_deeper_and_under_more_fat_is_smaller_and_slower() -> None:
    units = single_fibre(0.5)
    lead = [belly_tendon(units.site)]
    height = [
        np.ptp(unit_potentials(units, lead, Tissue(fat_mm=fat)).values_uv)
        for fat in (1.0, 3.0, 6.0)
    ]
    assert height[0] > height[1] > height[2]


def test_thick_nerve_fibres_have_large_units() -> None:
    units = motor_units("mentalis", Side.LEFT, [5.0, 8.0, 10.0, 12.0], 3)
    expected = np.array([25.0, 64.0, 100.0, 144.0])
    expected *= 25 / expected.mean()
    assert np.abs(units.muscle_fibres - expected).max() <= 0.5
    assert units.count == 4
    assert (units.to_end_mm > 0).all()
    assert (units.to_start_mm > 0).all()
    assert units.jitter_ms == pytest.approx(0.0215 * math.sqrt(math.pi) / 2)


def test_equal_calls_give_one_object_and_its_potentials_are_made_once() -> None:
    diameters = np.full(80, 8.0)
    one = motor_units("platysma", Side.LEFT, diameters, 9)
    assert motor_units("platysma", Side.LEFT, list(diameters), 9) is one
    assert motor_units("platysma", Side.LEFT, diameters, 10) is not one
    lead = belly_tendon(one.site)
    first = unit_potentials(one, [lead])
    start = time.perf_counter()
    assert unit_potentials(one, [lead]) is first
    assert time.perf_counter() - start < 0.05


@pytest.mark.parametrize(
    ("muscle", "least_mv"),
    [("frontalis", 0.4), ("orbicularis_oculi", 0.5), ("zygomaticus_major", 0.5), ("mentalis", 0.5)],
)
def test_the_m_wave_of_a_whole_muscle_is_as_large_as_published(
    muscle: str, least_mv: float
) -> None:
    # Frontalis, lower limit 0.4 mV (Arq Neuropsiquiatr, temporal branch, 115 people); others 0.5
    # to 5 mV in general. A quarter of the units is made, which fire together.
    count = usual_count(muscle) // 4
    units = drawn(muscle, count, seed=500_001)
    wave = unit_potentials(units, [belly_tendon(units.site)]).values_uv.sum(axis=0)[0]
    whole_mv = np.ptp(wave) / 1000 * usual_count(muscle) / count
    assert least_mv < whole_mv < 3.0
    start = np.abs(wave).argmax()
    assert wave[start] < 0  # over the end plates it begins with its negative phase


def test_a_concentric_needle_sees_short_potentials_of_few_units() -> None:
    # 50 to 300 µV and 2 to 6 ms are said of the face.
    units = drawn("zygomaticus_major", 40)
    values = unit_potentials(units, [concentric_needle(units.site)]).values_uv[:, 0]
    height = np.ptp(values, axis=1)
    assert np.count_nonzero(height > 40) >= 3
    assert np.percentile(height, 25) < 5  # of those whose fibres are all far away
    times_ms = np.arange(values.shape[1]) * STEP_MS
    lasts_ms = [np.diff(ends_of(times_ms, one)).item() for one in values[height > 40]]
    assert 1.5 < np.median(lasts_ms) < 6
    assert np.max(height) < 1500


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(UsageError, match="0 nerve fibres"):
        motor_units("mentalis", Side.RIGHT, [], 1)
    with pytest.raises(UsageError, match="both"):
        motor_units("mentalis", Side.BOTH, [8.0], 1)
    with pytest.raises(UsageError, match=r"0.1 to 8 µm[\s\S]*0.5 to 30"):
        motor_units("mentalis", Side.RIGHT, [8.0, 0.1], 1)
    with pytest.raises(UsageError, match="masseter"):
        motor_units("masseter", Side.RIGHT, [8.0], 1)


def test_a_needle_has_its_points_where_it_is_long() -> None:
    needle = Needle(
        site=Site(muscle="mentalis", side=Side.LEFT), place=Place(10.0, -105.0), depth_mm=1.2
    )
    assert np.mean(needle.core) == pytest.approx(0)
    assert max(needle.core) - min(needle.core) < needle.core_mm
    assert all(0 < one < 1.2 for one in needle.shaft)
