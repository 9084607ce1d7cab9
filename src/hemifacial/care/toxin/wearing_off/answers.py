"""What the model says to a clinic: the next date, the trend, the course that is expected."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from hemifacial.care.estimates import Estimate
from hemifacial.care.toxin.wearing_off.fit import Fit
from hemifacial.care.toxin.wearing_off.series import expected
from hemifacial.errors import InputError

__all__ = ["CoursePoint", "NextInjection", "Trend", "course", "next_injection", "trend"]

_INTERVAL = (0.025, 0.5, 0.975)
_MODEL = "hierarchical model of wearing off (docs/toxin.md)"


@dataclass(frozen=True, kw_only=True)
class NextInjection:
    """When the effect of a session falls below a share of the full effect.

    Parameters
    ----------
    days
        After the session, with the 95 % predictive interval of this one cycle.
    due_on, earliest_on, latest_on
        The same as dates.
    own_cycles
        From how many of the patient's own sessions something was known. With none the answer is
        that of the clinic's other patients and of the published series.
    source, verified
        Of the published series that is the prior of the product.
    """

    patient: str
    product: str
    started_on: date
    share: float
    days: Estimate
    due_on: date
    earliest_on: date
    latest_on: date
    own_cycles: int
    source: str
    verified: bool


def next_injection(fit: Fit, patient: str, *, share: float | None = None) -> NextInjection:
    """When the effect of the patient's last session falls below a share of the full effect.

    The share is `due_share` of the criteria if none is given. What is known of that session so far
    counts. No label is asked here: a date may be earlier than one allows, as `check_session` says.

    Raises
    ------
    InputError
        If the fit holds no session of the patient, or the share is not between 0 and 1.
    """
    if share is None:
        share = fit.criteria["due_share"].value
    places = fit.cycles_of(patient)
    cycle = fit.cycles[places[-1]]
    own = sum(bool(fit.cycles[at].marks) for at in places)
    low, middle, high = np.quantile(fit.days_until(places[-1], share), _INTERVAL)
    known = expected(cycle.dose.product)

    def on(days: float) -> date:
        return cycle.started_on + timedelta(days=round(min(days, 3650.0)))

    return NextInjection(
        patient=patient,
        product=cycle.dose.product,
        started_on=cycle.started_on,
        share=share,
        days=Estimate(
            value=float(middle),
            unit="d",
            low=float(low),
            high=float(high),
            how=f"median and 95 % predictive interval of a {_MODEL}; prior: {known.source}",
            n=own,
        ),
        due_on=on(middle),
        earliest_on=on(low),
        latest_on=on(high),
        own_cycles=own,
        source=known.source,
        verified=known.verified,
    )


@dataclass(frozen=True, kw_only=True)
class Trend:
    """How the duration changes from each cycle to the next, in percent.

    `patient` is empty for the clinic. `excludes_none` says that the interval does not hold 0.
    """

    patient: str
    percent_per_cycle: Estimate

    @property
    def excludes_none(self) -> bool:
        """Whether there is a trend, up or down, as far as the interval tells."""
        low, high = self.percent_per_cycle.low, self.percent_per_cycle.high
        return low is not None and high is not None and not low <= 0 <= high


def trend(fit: Fit, patient: str = "") -> Trend:
    """The trend of a patient, or of the mean patient of the clinic.

    That of a patient leans towards that of the clinic the fewer cycles there are.

    Raises
    ------
    InputError
        If the fit holds no session of the patient.
    """
    slope = fit.draws.fixed[:, -2]
    places = fit.cycles_of(patient) if patient else range(len(fit.cycles))
    if patient:
        slope = slope + fit.draws.patient[:, fit.patients.index(patient), 1]
    low, middle, high = (float(one) for one in 100 * np.expm1(np.quantile(slope, _INTERVAL)))
    return Trend(
        patient=patient,
        percent_per_cycle=Estimate(
            value=middle,
            unit="% a cycle",
            low=low,
            high=high,
            how=f"median and 95 % posterior interval of a {_MODEL}",
            n=sum(bool(fit.cycles[at].marks) for at in places),
        ),
    )


@dataclass(frozen=True, kw_only=True)
class CoursePoint:
    """The effect that is expected on a day, as a part of the full one."""

    day: float
    effect_share: Estimate


def course(fit: Fit, patient: str, days: Sequence[float]) -> tuple[CoursePoint, ...]:
    """The course of the effect of the patient's last session, for a page to draw.

    E(t) = (1 - exp(-t / onset)) exp(-(t / scale)^(1 / shape)); the onset is that of the series.

    Raises
    ------
    InputError
        If a day is below 0, or the fit holds no session of the patient.
    """
    if any(not (math.isfinite(day) and day >= 0) for day in days):
        raise InputError("a day before the injection", next_step="Give days of 0 or more.")
    at = fit.cycles_of(patient)[-1]
    scale = fit.days_until(at, math.exp(-1))
    shape = fit.draws.shape
    onset = expected(fit.cycles[at].dose.product).onset_days
    return tuple(_point(day, _effect(day, onset, scale, shape)) for day in days)


def _effect(
    day: float, onset: float, scale: NDArray[np.float64], shape: NDArray[np.float64]
) -> NDArray[np.float64]:
    with np.errstate(over="ignore"):
        left = np.exp(-((day / scale) ** (1 / shape)))
    return np.asarray((1 - math.exp(-day / onset)) * left)


def _point(day: float, effect: NDArray[np.float64]) -> CoursePoint:
    low, middle, high = (float(one) for one in np.quantile(effect, _INTERVAL))
    return CoursePoint(
        day=day,
        effect_share=Estimate(
            value=middle,
            unit="1",
            low=low,
            high=high,
            how=f"median and 95 % predictive interval of a {_MODEL}",
        ),
    )
