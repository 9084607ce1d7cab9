"""The simulated nerve from outside: rest, order, coupling, refusals, the same again."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from hemifacial.errors import UsageError
from hemifacial.twin.nerve import bundle
from hemifacial.twin.nerve.bundle import Diverged, run
from hemifacial.twin.nerve.constants import morphology
from hemifacial.twin.nerve.drug import drugged, free_um_of_dose, free_um_of_plasma
from hemifacial.twin.nerve.limits import ranges
from hemifacial.twin.nerve.patient import conduction_ms, contacts, decompressed
from hemifacial.twin.nerve.recipe import (
    Arrival,
    Cleft,
    Fibre,
    Lesion,
    Numerics,
    Pulse,
    Recipe,
)
from hemifacial.twin.nerve.settings import Settings

pytestmark = pytest.mark.timeout(300)  # The first test compiles the solver.

QUIET = Lesion(sodium_density=0.1, potassium_density=0.07, leak_s_per_cm2=0.005)


def pair(**changes: object) -> Recipe:
    """A thick and a thin fibre in one cleft; the thick one is shocked."""
    base = Recipe(
        fibres=(Fibre(diameter_um=10.0), Fibre(diameter_um=7.0)),
        lesion=QUIET,
        cleft=Cleft(area_um2=5.0),
        arrivals=(Arrival(time_ms=0.5, fibre=0),),
        duration_ms=4.0,
        nodes=11,
        edge=4,
        numerics=Numerics(step_us=5.0),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def test_at_rest_nothing_happens() -> None:
    still = pair(
        arrivals=(), cleft=Cleft(), numerics=Numerics(step_us=5.0, nudge_mv=0.0, settle_ms=0.0)
    )
    # The rest is found with the cleft at ground: where it is not, it has to settle a little.
    for one, allowed_mv in ((still, 1e-4), (replace(still, cleft=Cleft(area_um2=5.0)), 1.0)):
        found = run(one, film_of=(0, 1))
        assert found.spikes.time_ms.size == 0
        for film in found.films:
            assert np.abs(film.membrane_mv - film.membrane_mv[0]).max() < allowed_mv


def test_an_impulse_that_crosses_leaves_both_ways() -> None:
    spikes = run(pair()).spikes
    for place in (0, 4, 5, 10):
        assert spikes.at(1, place).size == 1
    # From the lesion outwards on either side.
    assert spikes.at(1, 0)[0] > spikes.at(1, 4)[0]
    assert spikes.at(1, 10)[0] > spikes.at(1, 5)[0]


def test_a_cleft_that_is_wide_open_couples_nothing() -> None:
    both = run(pair(cleft=Cleft())).spikes
    alone = run(pair(cleft=Cleft(), fibres=(Fibre(diameter_um=10.0),))).spikes
    assert both.at(1, 5).size == 0
    np.testing.assert_allclose(both.at(0, 0), alone.at(0, 0), atol=1e-9)
    wide = run(pair(cleft=Cleft(area_um2=1e5))).spikes
    np.testing.assert_allclose(wide.at(0, 0), alone.at(0, 0), atol=1e-3)


def test_the_order_of_the_fibres_does_not_matter() -> None:
    there = run(pair()).spikes
    back = run(
        pair(
            fibres=(Fibre(diameter_um=7.0), Fibre(diameter_um=10.0)),
            arrivals=(Arrival(time_ms=0.5, fibre=1),),
        )
    ).spikes
    for fibre in (0, 1):
        np.testing.assert_allclose(there.at(fibre, 10), back.at(1 - fibre, 10), atol=1e-6)


def test_a_shock_from_the_brainstem_mirrors_one_from_the_face() -> None:
    mirror = pair(nodes=12, edge=5)
    face = run(mirror).spikes
    brainstem = run(
        replace(mirror, arrivals=(Arrival(time_ms=0.5, fibre=0, from_face=False),))
    ).spikes
    np.testing.assert_allclose(face.at(1, 0), brainstem.at(1, 11), atol=1e-6)


def test_a_shunt_and_a_wider_cleft_take_the_cross_talk_away() -> None:
    assert run(pair(cleft=Cleft(area_um2=5.0, shunt_us_per_mm=5.0))).spikes.at(1, 10).size == 0
    assert run(pair(cleft=Cleft(area_um2=60.0))).spikes.at(1, 10).size == 0


def test_stretch_depolarises_and_the_pulse_takes_it_away_between_beats() -> None:
    stretched = replace(QUIET, mechanosensitive_s_per_cm2=3e-4)
    one = pair(
        fibres=(Fibre(diameter_um=10.0),),
        lesion=stretched,
        cleft=Cleft(),
        arrivals=(),
        duration_ms=60.0,
    )
    assert run(one).spikes.at(0, 0).size > 5
    # At the beginning of a beat the stretch is away.
    pulsed = replace(one, pulse=Pulse(depth=1.0, rate_per_minute=40.0))
    assert run(pulsed).spikes.at(0, 0).size == 0


def test_the_same_recipe_gives_the_same_bits() -> None:
    first, second = run(pair(), film_of=(1,)), run(pair(), film_of=(1,))
    np.testing.assert_array_equal(first.spikes.time_ms, second.spikes.time_ms)
    np.testing.assert_array_equal(first.films[0].membrane_mv, second.films[0].membrane_mv)


def test_a_film_does_not_change_what_is_filmed() -> None:
    filmed, plain = run(pair(), film_of=(0,)), run(pair())
    np.testing.assert_array_equal(filmed.spikes.time_ms, plain.spikes.time_ms)


def test_the_error_falls_with_the_square_of_the_step() -> None:
    def leaves(step_us: float) -> float:
        return float(run(pair(numerics=Numerics(step_us=step_us))).spikes.at(1, 10)[0])

    truth = leaves(0.5)
    coarse, fine = abs(leaves(5.0) - truth), abs(leaves(2.5) - truth)
    assert fine < coarse / 2.5


@pytest.mark.parametrize("diameter_um", [6.0, 8.0, 12.0])
def test_a_delay_stands_for_the_rest_of_the_nerve(diameter_um: float) -> None:
    """The arrival at the lesion over a full cable, and over a short one and a delay."""

    def reaches(nodes: int, edge: int) -> float:
        one = pair(
            fibres=(Fibre(diameter_um=diameter_um),),
            cleft=Cleft(),
            arrivals=(Arrival(time_ms=0.0, fibre=0),),
            nodes=nodes,
            edge=edge,
            duration_ms=8.0,
            numerics=Numerics(step_us=2.5),
        )
        return float(run(one).spikes.at(0, edge + 1)[0])

    more = 60
    length_mm = more * morphology(diameter_um).internodal_length_um / 1000
    full, short = reaches(11 + more, 4), reaches(11, 4)
    assert full - short == pytest.approx(conduction_ms(length_mm, diameter_um), rel=0.01)


def test_a_run_that_diverges_says_where_and_when(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundle, "_LARGEST_MV", 85.0)
    with pytest.raises(Diverged, match=r"diverged at 0\.\d+ ms in fibre \d, segment \d+") as caught:
        run(pair(arrivals=(Arrival(time_ms=0.0, fibre=0),) * 9))
    assert "--step-us" in str(caught.value.next_step)


@pytest.mark.parametrize(
    ("of", "name"), [key for key in ranges() if key[0] in ("lesion", "cleft", "pulse", "numerics")]
)
def test_what_cannot_be_is_refused_with_its_range_and_reason(of: str, name: str) -> None:
    one = ranges()[of, name]
    facts = {"lesion": Lesion, "cleft": Cleft, "pulse": Pulse, "numerics": Numerics}[of]
    base = {"area_um2": 5.0} if of == "cleft" else {}
    for value in (one.high * 1.01 + 1e-9, one.low - 1.0, math.nan):
        with pytest.raises(UsageError) as caught:
            facts(**{**base, name: value})
        assert one.reason in str(caught.value)
        assert f"{one.low:g} to {one.high:g}" in str(caught.value.next_step)


@pytest.mark.parametrize("diameter_um", [5.0, 16.5])
def test_a_diameter_that_nobody_published_is_refused(diameter_um: float) -> None:
    with pytest.raises(UsageError, match="published"):
        run(pair(fibres=(Fibre(diameter_um=diameter_um),), arrivals=()))


def test_impulses_of_no_fibre_and_edges_of_no_node_are_refused() -> None:
    with pytest.raises(UsageError, match="fibre 2"):
        pair(arrivals=(Arrival(time_ms=0.0, fibre=2),))
    with pytest.raises(UsageError, match="edge 10"):
        pair(edge=10)
    with pytest.raises(UsageError, match="without fibres"):
        pair(fibres=(), arrivals=())


def test_the_drug_binds_the_lesion_more_than_the_node_and_more_at_higher_doses() -> None:
    one = pair(lesion=replace(QUIET, mechanosensitive_s_per_cm2=1e-4))
    before = 0.0
    for free_um in (2.0, 8.0, 30.0):
        recipe, blocked = drugged(one, free_um)
        assert before < blocked.node < blocked.lesion < 1.0
        assert recipe.lesion_sodium_block == blocked.lesion
        before = blocked.node
    assert drugged(one, 0.0)[1].lesion == 0.0
    with pytest.raises(UsageError, match="carbamazepine"):
        drugged(one, 1000.0)


def test_plasma_levels_of_the_range_are_4_to_13_um_free() -> None:
    assert free_um_of_plasma(4.0) == pytest.approx(4.2, abs=0.1)
    assert free_um_of_plasma(12.0) == pytest.approx(12.7, abs=0.1)
    assert free_um_of_dose(800.0) == pytest.approx(2 * free_um_of_dose(400.0))


def test_the_first_patients_stay_when_more_are_drawn() -> None:
    base = Settings().lesion
    assert contacts(3, 7, base) == contacts(9, 7, base)[:3]
    assert contacts(3, 8, base) != contacts(3, 7, base)


def test_decompression_opens_the_cleft_at_once_and_heals_the_rest_over_weeks() -> None:
    one = contacts(1, 3, Settings().lesion)[0]
    at_once, cleft = decompressed(one, 0.0)
    assert at_once.mechanosensitive_s_per_cm2 == 0.0
    assert at_once.leak_s_per_cm2 == one.lesion.leak_s_per_cm2
    assert at_once.lamellae == one.lesion.lamellae
    assert cleft.area_um2 == pytest.approx(one.cleft.area_um2 * one.widening)
    later, same = decompressed(one, 30.0)
    assert same == cleft
    assert later.leak_s_per_cm2 > at_once.leak_s_per_cm2
    assert later.sodium_density < at_once.sodium_density
