"""The model of wearing off: published anchors, algebra done again, made-up clinics.

The clinics of `benchmarks.toxin_clinics` decline by other formulas than the model's. What is here
is the small form of ``python -m benchmarks wearing_off``; seeds are from 500,000 up.
"""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from benchmarks.toxin_clinics import make_clinic
from benchmarks.wearing_off import fitted, next_date, trend_found
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from hemifacial.anatomy import Side
from hemifacial.care.toxin.dose import ToxinDose
from hemifacial.care.toxin.response import Reading, Response
from hemifacial.care.toxin.session import Injection, Session
from hemifacial.care.toxin.wearing_off.answers import course, next_injection, trend
from hemifacial.care.toxin.wearing_off.cycles import Cycle, Mark, cycles_of
from hemifacial.care.toxin.wearing_off.fit import fit_cycles
from hemifacial.care.toxin.wearing_off.normal import truncated_normal
from hemifacial.care.toxin.wearing_off.sampler import Priors, Problem, sample
from hemifacial.care.toxin.wearing_off.series import expected, published
from hemifacial.errors import InputError
from toxin_weibull import weibull_from

DAY = date(2026, 1, 5)


# -- published anchors ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("product", "shape", "scale", "median", "beyond_84", "beyond_56"),
    [("botox", 2.16, 96.4, 81, 0.48, 0.73), ("dysport", 2.05, 119.5, 100, 0.62, 0.81)],
)
def test_weibull_of_bentivoglio_2009(
    product: str, shape: float, scale: float, median: int, beyond_84: float, beyond_56: float
) -> None:
    (row,) = [
        one
        for one in published()
        if (one.study, one.product, one.quantity) == ("Bentivoglio 2009", product, "duration")
    ]
    assert row.sd is not None
    found = weibull_from(row.value, row.sd)
    assert round(found.shape, 2) == shape
    assert round(found.scale_days, 1) == scale
    assert round(found.median_days) == median
    assert round(found.beyond(84), 2) == beyond_84
    assert round(found.beyond(56), 2) == beyond_56


def test_onset_of_bentivoglio_2009_is_about_exponential() -> None:
    onsets = [one for one in published() if one.prior and one.quantity == "onset"]
    assert {one.value for one in onsets} == {5.4, 4.9}
    for one in onsets:
        assert one.sd is not None
        assert weibull_from(one.value, one.sd).shape == pytest.approx(1.0, abs=0.1)


@given(st.floats(20, 200), st.floats(0.1, 1.2))
@settings(max_examples=30)
def test_a_weibull_has_the_moments_it_was_made_from(mean: float, share: float) -> None:
    found = weibull_from(mean, share * mean)
    by_scipy = stats.weibull_min(found.shape, scale=found.scale_days)
    assert by_scipy.mean() == pytest.approx(mean)
    assert by_scipy.std() == pytest.approx(share * mean)
    assert by_scipy.median() == pytest.approx(found.median_days)
    assert by_scipy.sf(84) == pytest.approx(found.beyond(84))


def test_the_prior_of_a_product_has_the_published_mean_and_sd() -> None:
    for product, mean, sd in (("botox", 85.4, 41.6), ("dysport", 105.9, 54.2)):
        prior = expected(product)
        by_scipy = stats.lognorm(prior.log_sd, scale=math.exp(prior.log_median))
        assert by_scipy.mean() == pytest.approx(mean)
        assert by_scipy.std() == pytest.approx(sd)
        assert prior.verified
    assert expected("newtox").product == "newtox"
    assert not expected("newtox").verified


# -- from reports to marks -----------------------------------------------------------------------


def session(day: date = DAY, units: float = 25.0, product: str = "botox") -> Session:
    dose = ToxinDose(product=product, units=units)
    one = Injection(muscle="orbicularis_oculi", side=Side.LEFT, dose=dose)
    return Session(happened_on=day, product=product, injections=(one,))


def after(days: int) -> date:
    return DAY + timedelta(days=days)


def marks(**told: object) -> tuple[Mark, ...]:
    response = Response(session_on=DAY, **told)  # type: ignore[arg-type]
    (cycle,) = cycles_of("p", [session()], [response])
    return cycle.marks


def test_what_is_told_becomes_days_between() -> None:
    assert marks(wearing_off_on=after(70), over_on=after(90)) == (
        Mark(share=0.75, low_days=66.5, high_days=73.5),
        Mark(share=0.2, low_days=86.5, high_days=93.5),
    )
    assert marks(still_good_on=after(84)) == (Mark(share=0.75, low_days=84),)
    assert marks(wearing_off_on=after(70), still_good_on=after(60), still_some_on=after(84)) == (
        Mark(share=0.75, low_days=66.5, high_days=73.5),
        Mark(share=0.2, low_days=84),
    )
    # Nothing told is nothing known, whenever the next injection was.
    assert marks() == marks(best_on=after(14)) == ()


def test_readings_fall_below_half_of_the_best_between_two_of_them() -> None:
    def read(*pairs: tuple[int, float]) -> tuple[Reading, ...]:
        return tuple(Reading(measured_on=after(day), spasm_share=share) for day, share in pairs)

    fallen = marks(readings=read((14, 0.2), (42, 0.3), (70, 0.5), (98, 0.8)))
    assert fallen == (Mark(share=0.5, low_days=70, high_days=98),)
    assert marks(readings=read((14, 0.2), (42, 0.3))) == (Mark(share=0.5, low_days=42),)
    # The rise before the best day is no end, one reading is none, and no effect has no half.
    assert marks(readings=read((3, 0.9), (14, 0.2), (42, 0.3)))[0].low_days == 42
    assert marks(readings=read((14, 0.2))) == marks(readings=read((14, 1.0), (40, 1.1))) == ()


def test_a_failed_cycle_has_no_end() -> None:
    response = Response(session_on=DAY, improvement_percent=0, over_on=after(3))
    (cycle,) = cycles_of("p", [session()], [response])
    assert cycle.failed
    assert cycle.marks == ()


# -- the sampler against other ways to the same answer -------------------------------------------


@pytest.mark.parametrize(
    ("low", "high"), [(-1.0, 2.0), (3.0, np.inf), (-np.inf, -4.0), (9.0, 9.5), (-0.1, 0.1)]
)
def test_truncated_normal_draws_have_scipy_s_moments(low: float, high: float) -> None:
    rng = np.random.default_rng(5)
    n = 20_000
    drawn = truncated_normal(
        np.full(n, 0.3), 0.7, np.full(n, 0.3 + 0.7 * low), np.full(n, 0.3 + 0.7 * high), rng
    )
    right = stats.truncnorm(low, high, loc=0.3, scale=0.7)
    assert drawn.mean() == pytest.approx(right.mean(), abs=5 * right.std() / n**0.5)
    assert drawn.std() == pytest.approx(right.std(), rel=0.05)
    assert drawn.min() >= 0.3 + 0.7 * low
    assert drawn.max() <= 0.3 + 0.7 * high


def test_with_known_spreads_the_posterior_is_that_of_generalised_least_squares() -> None:
    """Days told exactly and variances held fast: then one linear system gives the answer."""
    rng = np.random.default_rng(7)
    patients, each = 6, 5
    patient = np.repeat(np.arange(patients), each)
    number = np.tile(np.arange(each, dtype=float), patients)
    fixed = np.stack([np.ones_like(number), number, rng.normal(0, 0.3, number.size)], axis=1)
    cycle = np.tile(np.arange(number.size), 2)
    q = np.where(np.arange(cycle.size) < number.size, -1.2, 0.4)
    y = 4.3 + rng.normal(0, 0.4, patients)[patient] + rng.normal(0, 0.3, number.size)
    y = y[cycle] + 0.3 * q + rng.normal(0, 0.1, cycle.size)
    sure = 1e9
    priors = Priors(
        fixed_mean=np.array([4.2, 0.0, 0.0]),
        fixed_sd=np.array([0.2, 0.1, 0.3]),
        shape_mean=0.3,
        shape_sd=0.02,
        noise_sd=0.1,
        noise_weight=sure,
        cycle_sd=0.3,
        cycle_weight=sure,
        level_sd=0.4,
        slope_sd=0.05,
        patient_weight=sure,
        slope_weight=sure,
    )
    problem = Problem(
        low=y - 1e-4,
        high=y + 1e-4,
        q=q,
        cycle=cycle,
        fixed=fixed,
        number=number,
        patient=patient,
        patients=patients,
        products=1,
        q_reference=0.5,
    )
    draws = sample(problem, priors, np.random.default_rng(1), kept=3000, warm_up=100)

    of_patient = np.eye(patients)[patient][cycle]
    wide = np.hstack(
        [fixed[cycle], (q - 0.5)[:, None], of_patient, of_patient * number[cycle][:, None]]
    )
    across = np.eye(number.size)[cycle]
    weight = np.linalg.inv(0.1**2 * np.eye(cycle.size) + 0.3**2 * across @ across.T)
    prior_sd = np.array([0.2, 0.1, 0.3, 0.02, *[0.4] * patients, *[0.05] * patients])
    prior_mean = np.array([4.2, 0, 0, 0.3, *[0] * (2 * patients)])
    covariance = np.linalg.inv(wide.T @ weight @ wide + np.diag(prior_sd**-2.0))
    mean = covariance @ (wide.T @ weight @ y + prior_mean / prior_sd**2)
    # The first fixed term of the sampler lies at the mean q, that of the system at q_reference.
    drawn = np.hstack(
        [draws.fixed, draws.shape[:, None], draws.patient[:, :, 0], draws.patient[:, :, 1]]
    )
    drawn[:, 0] -= draws.shape * (draws.q_mean - 0.5)
    sd = np.sqrt(np.diag(covariance))
    np.testing.assert_allclose(drawn.mean(axis=0), mean, atol=float(0.15 * sd.max()))
    assert np.abs((drawn.mean(axis=0) - mean) / sd).max() < 0.2
    np.testing.assert_allclose(drawn.std(axis=0), sd, rtol=0.15)


# -- what is answered ----------------------------------------------------------------------------


def course_of(days: list[int], *, patient: str = "p", gap: int = 100) -> list[Cycle]:
    """A patient whose effect wore off after these days, and a last session that runs."""
    made = []
    for number, wore_off in enumerate([*days, 0]):
        started = DAY + timedelta(days=gap * number)
        mark = Mark(share=0.75, low_days=wore_off - 2.0, high_days=wore_off + 2.0)
        made.append(
            Cycle(
                patient=patient,
                number=number,
                started_on=started,
                dose=ToxinDose(product="botox", units=25.0),
                marks=(mark,) if wore_off else (),
            )
        )
    return made


def test_the_same_cycles_give_the_same_answer() -> None:
    first, second = (next_injection(fit_cycles(course_of([60, 70])), "p") for _ in range(2))
    assert first == second
    assert first != next_injection(fit_cycles(course_of([60, 70]), seed=2), "p")


def test_dates_follow_days_and_own_cycles_narrow_the_interval() -> None:
    none = next_injection(fit_cycles(course_of([])), "p", share=0.2)
    many = next_injection(fit_cycles(course_of([40, 42, 41, 40, 43, 40])), "p", share=0.75)
    assert none.own_cycles == 0
    assert none.days.value == pytest.approx(math.exp(expected("botox").log_median), rel=0.1)
    assert many.own_cycles == 6
    assert many.days.value == pytest.approx(41, rel=0.15)
    assert many.days.low is not None
    assert many.days.high is not None
    assert none.days.low is not None
    assert none.days.high is not None
    assert many.days.high / many.days.low < none.days.high / none.days.low
    assert many.earliest_on < many.due_on < many.latest_on
    assert (many.due_on - many.started_on).days == round(many.days.value)
    assert many.source


def test_less_effect_takes_longer_and_shares_are_checked() -> None:
    fit = fit_cycles(course_of([60, 70, 65]))
    days = [next_injection(fit, "p", share=share).days.value for share in (0.9, 0.75, 0.5, 0.2)]
    assert days == sorted(days)
    for wrong in (0.0, 1.0, 2.0):
        with pytest.raises(InputError, match="a share of"):
            next_injection(fit, "p", share=wrong)
    with pytest.raises(InputError, match="no cycle of patient 'q'"):
        next_injection(fit, "q")
    with pytest.raises(InputError, match="no session"):
        fit_cycles([])


def test_an_effect_that_is_said_to_last_moves_the_date() -> None:
    *known, running = course_of([60, 65, 62, 60])
    lasting = replace(running, marks=(Mark(share=0.75, low_days=90),))
    before = next_injection(fit_cycles([*known, running]), "p", share=0.75)
    after_it = next_injection(fit_cycles([*known, lasting]), "p", share=0.75)
    assert before.days.value < 75
    assert after_it.days.value > 88


def test_the_course_rises_and_falls_and_stays_between_none_and_full() -> None:
    points = course(fit_cycles(course_of([60, 70])), "p", [0, 2, 5, 14, 40, 80, 120, 1000])
    values = [one.effect_share.value for one in points]
    peak = values.index(max(values))
    assert values[: peak + 1] == sorted(values[: peak + 1])
    assert values[peak:] == sorted(values[peak:], reverse=True)
    assert values[0] == 0
    assert values[-1] == pytest.approx(0, abs=1e-6)
    for one in points:
        low, high = one.effect_share.low, one.effect_share.high
        assert low is not None
        assert high is not None
        assert 0 <= low <= one.effect_share.value <= high <= 1
    with pytest.raises(InputError, match="before the injection"):
        course(fit_cycles(course_of([60])), "p", [-1])


# -- made-up clinics -----------------------------------------------------------------------------


def test_intervals_hold_the_true_day_of_the_next_cycle() -> None:
    found = next_date(6, patients=25, cycles=5, first_seed=560_000)
    assert found["patients"] == 150
    for name in ("coverage_of_half", "coverage_of_wearing_off"):
        assert 0.88 <= found[name][0] <= 0.99
    assert found["off_days"] < found["off_days_of_84"]


def test_a_planted_trend_is_found_and_none_is_not() -> None:
    planted = trend_found(2, patients=30, cycles=12, percent=-5.0, first_seed=561_000)
    assert planted["found"][0] == 1.0
    assert planted["mean"] == pytest.approx(-5, abs=1.5)
    none = trend_found(2, patients=30, cycles=12, percent=0.0, first_seed=562_000)
    assert none["mean"] == pytest.approx(0, abs=1.5)


def test_a_trend_of_a_patient_leans_towards_the_clinic_s() -> None:
    falling = course_of([100, 95, 90, 86, 81, 77, 73, 70], patient="falls")
    others = [
        cycle for n in range(8) for cycle in course_of([80, 75, 84, 79, 82, 77], patient=f"s{n}")
    ]
    alone = trend(fit_cycles(falling), "falls").percent_per_cycle
    among = trend(fit_cycles([*falling, *others]), "falls").percent_per_cycle
    clinic = trend(fit_cycles([*falling, *others])).percent_per_cycle
    assert alone.value < -2
    assert alone.value < among.value < 0
    assert abs(clinic.value) < 1.5


def test_patients_who_never_said_a_word_are_predicted_from_the_others() -> None:
    clinic = make_clinic(563_000, patients=10, cycles=5)
    silent = replace(clinic.patients[0], responses=())
    fit = fitted(replace(clinic, patients=(silent, *clinic.patients[1:])), 1, kept=300)
    answer = next_injection(fit, silent.name)
    assert answer.own_cycles == 0
    assert 30 < answer.days.value < 130
