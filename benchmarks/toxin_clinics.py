"""Made-up clinics whose patients are injected for years, with the true course of every effect.

Nothing here is drawn from the model that is fitted: patients are gamma, cycles are Weibull, the
effect declines along a straight line, a logistic curve or a power of time, patients have their own
idea of "wearing off", remember days badly, often to the week, and often not at all; they come back
by appointment or when it wears off, and some leave.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from hemifacial.anatomy import Side
from hemifacial.care.toxin.dose import ToxinDose
from hemifacial.care.toxin.response import Reading, Response
from hemifacial.care.toxin.session import Injection, Session

__all__ = ["Clinic", "Patient", "make_clinic"]

Curve = Callable[[float], float]


@dataclass(frozen=True, kw_only=True)
class Patient:
    """Sessions, what was said of them, and the true day at which each effect fell to half.

    The last session is the one to be predicted: nothing is said of it. `began_days` is the true day
    on which this patient thinks that it begins to wear off.
    """

    name: str
    sessions: tuple[Session, ...]
    responses: tuple[Response, ...]
    half_days: tuple[float, ...]
    began_days: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Clinic:
    """Patients of one clinic."""

    patients: tuple[Patient, ...]
    trend_percent: float


def make_clinic(
    seed: int,
    *,
    patients: int = 30,
    cycles: int = 8,
    trend_percent: float = 0.0,
    trend_patients: int | None = None,
    dropout_share: float = 0.05,
) -> Clinic:
    """A clinic of its own habits.

    Parameters
    ----------
    cycles
        Sessions of a patient who stays, the one to be predicted among them.
    trend_percent
        How the duration changes from each cycle to the next.
    trend_patients
        In how many patients it does; in all if None.
    dropout_share
        How many leave after each cycle.
    """
    rng = np.random.default_rng(seed)
    habits = _Habits(
        mean_days=float(rng.uniform(70, 110)),
        between=float(rng.uniform(0.15, 0.4)),
        within=float(rng.uniform(0.15, 0.4)),
        missing=float(rng.uniform(0.1, 0.5)),
        weekly=float(rng.uniform(0, 1)),
        flexible=bool(rng.random() < 0.5),
        products=("botox",) if rng.random() < 0.6 else ("botox", "dysport"),
    )
    made = []
    for number in range(patients):
        trend = trend_percent if trend_patients is None or number < trend_patients else 0.0
        made.append(_patient(f"p{number}", habits, cycles, trend, dropout_share, rng))
    return Clinic(patients=tuple(made), trend_percent=trend_percent)


@dataclass(frozen=True, kw_only=True)
class _Habits:
    mean_days: float
    between: float
    within: float
    missing: float
    weekly: float
    flexible: bool
    products: tuple[str, ...]


def _patient(
    name: str,
    habits: _Habits,
    cycles: int,
    trend_percent: float,
    dropout_share: float,
    rng: np.random.Generator,
) -> Patient:
    shape = 1 / habits.between**2
    own_days = habits.mean_days * rng.gamma(shape, 1 / shape)
    product = str(rng.choice(habits.products))
    stretch = 1.2 if product == "dysport" else 1.0
    curve_of = _CURVES[int(rng.integers(len(_CURVES)))]
    begins, ends = float(rng.uniform(0.65, 0.85)), float(rng.uniform(0.1, 0.3))
    filmed = rng.random() < 0.2
    day = date(2020, 1, 6) + timedelta(days=int(rng.integers(0, 400)))
    sessions, responses, half, began = [], [], [], []
    for number in range(cycles):
        luck = _weibull(habits.within, rng)
        days = own_days * stretch * luck * (1 + trend_percent / 100) ** number
        curve = curve_of(max(days, 10.0))
        sessions.append(_session(day, product))
        half.append(_falls_below(curve, 0.5))
        began.append(_falls_below(curve, begins))
        last = number == cycles - 1 or (number > 1 and rng.random() < dropout_share)
        if last:
            break
        over = _falls_below(curve, ends)
        wait = _wait(habits, began[-1], rng)
        response = _response(day, curve, began[-1], over, wait, habits, filmed, rng)
        responses += [response] if response is not None else []
        day += timedelta(days=wait)
    return Patient(
        name=name,
        sessions=tuple(sessions),
        responses=tuple(responses),
        half_days=tuple(half),
        began_days=tuple(began),
    )


def _wait(habits: _Habits, began: float, rng: np.random.Generator) -> int:
    """Days until the next session: an appointment after 12 weeks, or a call when it wears off."""
    if habits.flexible:
        return max(round(began + rng.uniform(5, 30)), 35)
    return round(84 + rng.uniform(-4, 21))


def _response(
    day: date,
    curve: Curve,
    began: float,
    over: float,
    wait: int,
    habits: _Habits,
    filmed: bool,
    rng: np.random.Generator,
) -> Response | None:
    """What is known at the next session; None where nobody asked."""
    if rng.random() < 0.5 * habits.missing:
        return None
    if rng.random() < 0.05:
        return Response(session_on=day, improvement_percent=0)
    wearing, still = _remembered(day, began, wait, habits, rng)
    gone, some = _remembered(day, over, wait, habits, rng)
    if wearing and gone and gone < wearing:
        gone = wearing
    return Response(
        session_on=day,
        first_effect_on=day + timedelta(days=min(int(rng.exponential(5.0)), 20)),
        improvement_percent=float(np.clip(round(rng.normal(77, 12), -1), 10, 100)),
        wearing_off_on=wearing,
        over_on=gone,
        still_good_on=still,
        still_some_on=some,
        readings=_readings(day, curve, wait, rng) if filmed else (),
    )


def _remembered(
    day: date, true_days: float, wait: int, habits: _Habits, rng: np.random.Generator
) -> tuple[date | None, date | None]:
    """The day as it is told, or the day of the next session if it had not come by then."""
    if rng.random() < habits.missing:
        return None, None
    if true_days >= wait:
        return None, day + timedelta(days=wait)
    told = true_days + rng.normal(0, 5)
    if rng.random() < habits.weekly:
        told = 7 * round(told / 7)
    return day + timedelta(days=int(np.clip(round(told), 21, wait))), None


def _readings(day: date, curve: Curve, wait: int, rng: np.random.Generator) -> tuple[Reading, ...]:
    """Videos at 2 weeks and then every 2 to 4, the peak being 80 % less spasm."""
    days = np.cumsum([14, *rng.integers(14, 29, size=12)])
    return tuple(
        Reading(
            measured_on=day + timedelta(days=int(at)),
            spasm_share=max(1 - 0.8 * curve(float(at)) + rng.normal(0, 0.05), 0.0),
        )
        for at in days[days <= wait]
    )


def _session(day: date, product: str) -> Session:
    dose = ToxinDose(product=product, units=25.0 if product == "botox" else 80.0)
    injection = Injection(muscle="orbicularis_oculi", side=Side.LEFT, dose=dose)
    return Session(happened_on=day, product=product, injections=(injection,))


def _weibull(spread: float, rng: np.random.Generator) -> float:
    """A factor of mean about 1 with this coefficient of variation, skewed to short effects."""
    shape = spread**-1.086  # a usual approximation for the Weibull shape
    return float(rng.weibull(shape) / math.gamma(1 + 1 / shape))


def _straight(days: float) -> Curve:
    """Full until 55 % of the time, then along a straight line to nothing at 120 %."""
    return lambda day: float(np.clip(1 - (day / days - 0.55) / 0.65, 0, 1))


def _logistic(days: float) -> Curve:
    """Half at 85 % of the time."""
    return lambda day: 0.5 - 0.5 * math.tanh((day / days - 0.85) / 0.24)


def _power(days: float) -> Curve:
    """Falls with the cube of time, to nothing at 110 %."""
    return lambda day: float(max(1 - (day / days / 1.1) ** 3, 0.0))


_CURVES = (_straight, _logistic, _power)


def _falls_below(curve: Curve, share: float) -> float:
    """The day on which a falling curve passes a share, by halving."""
    low, high = 0.0, 2000.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if curve(middle) > share else (low, middle)
    return high
