"""The model of wearing off, fitted to the cycles of a clinic, or of one patient."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from statistics import median

import numpy as np
from numpy.typing import NDArray

from hemifacial.care.toxin.wearing_off.criteria import read_wearing_off_criteria
from hemifacial.care.toxin.wearing_off.cycles import Cycle
from hemifacial.care.toxin.wearing_off.sampler import Draws, Priors, Problem, sample
from hemifacial.care.toxin.wearing_off.series import expected
from hemifacial.errors import InputError
from hemifacial.findings import Limit

__all__ = ["Fit", "fit_cycles"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Fit:
    """Draws from the posterior with the cycles that they belong to.

    `informed` says of each cycle at which column of ``draws.theta`` it stands; a cycle without a
    mark has none, and is drawn from its patient.
    """

    cycles: tuple[Cycle, ...]
    draws: Draws
    seed: int
    criteria: Mapping[str, Limit]
    informed: Mapping[int, int]
    design: Floats

    @cached_property
    def products(self) -> tuple[str, ...]:
        """The products in the order of the columns of the design."""
        return _products(self.cycles)

    @cached_property
    def patients(self) -> tuple[str, ...]:
        """The patients in the order of ``draws.patient``."""
        return _patients(self.cycles)

    def cycles_of(self, patient: str) -> list[int]:
        """Where the cycles of a patient stand.

        Raises
        ------
        InputError
            If there is none of this patient.
        """
        found = [at for at, one in enumerate(self.cycles) if one.patient == patient]
        if not found:
            raise InputError(
                f"there is no cycle of patient {patient!r} in the fit",
                next_step="Give the patient's sessions to the fit.",
            )
        return found

    def theta(self, at: int) -> Floats:
        """(draws,) what the logarithm of days of a cycle rests on."""
        if at in self.informed:
            return self.draws.theta[:, self.informed[at]]
        cycle = self.cycles[at]
        terms = self.draws.patient[:, self.patients.index(cycle.patient)]
        mean = self.draws.fixed @ self.design[at] + terms[:, 0] + terms[:, 1] * cycle.number
        rng = np.random.default_rng((self.seed, at))
        return np.asarray(mean + self.draws.cycle_sd * rng.standard_normal(mean.size))

    def days_until(self, at: int, share: float) -> Floats:
        """(draws,) days until the effect of a cycle falls below a share of the full effect.

        Raises
        ------
        InputError
            If the share is not between 0 and 1.
        """
        if not 0 < share < 1:
            raise InputError(
                f"a share of {share} of the full effect", next_step="Give it between 0 and 1."
            )
        step = math.log(-math.log(share)) - self.draws.q_mean
        return np.asarray(np.exp(self.theta(at) + self.draws.shape * step))


def fit_cycles(
    cycles: Sequence[Cycle],
    *,
    seed: int = 1,
    criteria: Mapping[str, Limit] | None = None,
    kept: int = 1000,
    warm_up: int = 300,
) -> Fit:
    """Fit the model; the same cycles and seed give the same answer.

    Parameters
    ----------
    cycles
        Of all patients of a clinic, or of one; a cycle under way, or one yet to come, has no marks.
        Failed cycles have no end and teach nothing here.
    kept, warm_up
        Draws that are kept, and thrown away before.

    Raises
    ------
    InputError
        If there is no cycle.
    """
    known = criteria or read_wearing_off_criteria()
    cycles = tuple(cycles)
    if not cycles:
        raise InputError("no session", next_step="Give the sessions of at least one patient.")
    design = _design(cycles)
    informed = {
        at: column for column, at in enumerate(at for at, one in enumerate(cycles) if one.marks)
    }
    problem = _problem(cycles, design, list(informed), known)
    rng = np.random.default_rng(seed)
    draws = sample(problem, _priors(cycles, known), rng, kept=kept, warm_up=warm_up)
    return Fit(
        cycles=cycles, draws=draws, seed=seed, criteria=known, informed=informed, design=design
    )


def _products(cycles: Sequence[Cycle]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.dose.product for one in cycles))


def _patients(cycles: Sequence[Cycle]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.patient for one in cycles))


def _design(cycles: Sequence[Cycle]) -> Floats:
    """One column a product, the number of the cycle, the dose against the patient's usual one."""
    products = _products(cycles)
    doses: dict[tuple[str, str], list[Cycle]] = {}
    for one in cycles:
        doses.setdefault((one.patient, one.dose.product), []).append(one)
    design = np.zeros((len(cycles), len(products) + 2))
    for at, one in enumerate(cycles):
        same = doses[one.patient, one.dose.product]
        usual = median(other.dose.units for other in same)
        design[at, products.index(one.dose.product)] = 1
        design[at, -2] = one.number
        design[at, -1] = math.log(one.dose.units / usual) if one.dose.units and usual else 0
    return design


def _problem(
    cycles: Sequence[Cycle], design: Floats, rows: list[int], criteria: Mapping[str, Limit]
) -> Problem:
    patients = _patients(cycles)
    marks = [(column, mark) for column, at in enumerate(rows) for mark in cycles[at].marks]
    return Problem(
        low=np.log([mark.low_days for _, mark in marks]),
        high=np.log([mark.high_days for _, mark in marks]),
        q=np.array([math.log(-math.log(mark.share)) for _, mark in marks]),
        cycle=np.array([column for column, _ in marks], dtype=np.int64),
        fixed=design[rows],
        number=design[rows, -2],
        patient=np.array([patients.index(cycles[at].patient) for at in rows], dtype=np.int64),
        patients=len(patients),
        products=design.shape[1] - 2,
        q_reference=math.log(-math.log(criteria["end_share"].value)),
    )


def _priors(cycles: Sequence[Cycle], criteria: Mapping[str, Limit]) -> Priors:
    number = {name: limit.value for name, limit in criteria.items()}
    products = _products(cycles)
    return Priors(
        fixed_mean=np.array([*(expected(one).log_median for one in products), 0.0, 0.0]),
        fixed_sd=np.array(
            [*([number["level_sd"]] * len(products)), number["slope_sd"], number["dose_sd"]]
        ),
        shape_mean=number["shape_mean"],
        shape_sd=number["shape_sd"],
        noise_sd=number["report_sd"],
        noise_weight=number["report_weight"],
        cycle_sd=number["cycle_sd"],
        cycle_weight=number["cycle_weight"],
        level_sd=number["patient_sd"],
        patient_weight=number["patient_weight"],
        slope_sd=number["patient_slope_sd"],
        slope_weight=number["patient_slope_weight"],
    )
