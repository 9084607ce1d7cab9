"""The tail of the stimulus artefact: what of it the sweeps themselves tell, and taking it out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.criteria import Artefact
from hemifacial.electro.study import EvokedStudy
from hemifacial.errors import InputError

__all__ = ["bridged_alone", "check_currents", "decays", "no_template", "take_out_tails"]

Floats = NDArray[np.float64]

_DECAYS_MS = (0.7, 2.0, 5.0, 12.0)


def decays(latency_ms: Floats) -> Floats:
    """The exponentials that make up a tail, (shapes, samples), from the stimulus on."""
    after_ms = np.maximum(latency_ms, 0.0)
    shapes = [np.where(latency_ms >= 0, np.exp(-after_ms / one), 0.0) for one in _DECAYS_MS]
    return np.stack(shapes)


def check_currents(study: EvokedStudy) -> None:
    """Whether every branch was stimulated with a weaker current, which shows its artefact alone.

    Raises
    ------
    InputError
        If one was not.
    """
    currents: dict[tuple[str, str], set[float | None]] = {}
    for one in study.stimuli:
        currents.setdefault((one.branch, one.side), set()).add(one.intensity_ma)
    for (branch, side), found in currents.items():
        known = [current for current in found if current]  # of no current there is no artefact
        if len(known) < 2 or len(known) < len(found):
            raise InputError(
                "a template of the stimulus artefact needs stimuli of two stated currents on each "
                f"branch, the weaker below every threshold; the {branch.replace('_', ' ')} "
                f"({side}) was not given two",
                next_step="Record some stimuli below threshold, or choose another way with "
                "--artefact.",
            )


def no_template(branch: str, muscle: str, weakest_ma: float) -> InputError:
    """What is said where the weakest stimuli of a branch show more than the artefact."""
    return InputError(
        f"the weakest stimulus of the {branch.replace('_', ' ')} ({weakest_ma:g} mA) already "
        f"evokes a response in {muscle.replace('_', ' ')}: it is no template of the artefact",
        next_step="Record some stimuli below threshold, or choose another way with --artefact.",
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class _Branch:
    """The sweeps of one branch, (sweeps,) each: which they are, how much of the tail each holds.

    `weight` makes the tail of one unit out of them; None where they do not tell it.
    """

    name: str
    here: NDArray[np.bool_]
    factor: Floats
    weight: Floats | None


def _branches(study: EvokedStudy, artefact: Artefact | None) -> Iterator[_Branch]:
    """An artefact grows with the current and turns with the polarity, where these are stated.

    Where all intensities are stated, one tail in µV per mA serves them all.
    """
    branches = np.array([f"{one.branch} {one.side}" for one in study.stimuli])
    stated = all(one.intensity_ma is not None for one in study.stimuli)
    strength = np.array([(one.intensity_ma if stated else 1.0) or 0.0 for one in study.stimuli])
    polarity = np.array([float(one.polarity) for one in study.stimuli])
    if artefact is Artefact.TEMPLATE:
        polarity[polarity == 0] = 1.0
    weights = _of_the_weakest if artefact is Artefact.TEMPLATE else _contrast
    factor = strength * polarity
    for branch in np.unique(branches):
        here = branches == branch
        name = str(branch).replace("_", " ")
        weight = weights(strength[here], factor[here])
        yield _Branch(name=name, here=here, factor=factor[here], weight=weight)


def bridged_alone(study: EvokedStudy, artefact: Artefact | None) -> tuple[str, ...]:
    """What was stimulated with one polarity alone, where the artefact is told by polarity."""
    if artefact is not Artefact.POLARITY:
        return ()
    return tuple(branch.name for branch in _branches(study, artefact) if branch.weight is None)


def take_out_tails(
    study: EvokedStudy, sweeps_uv: Floats, artefact: Artefact | None, blank_ms: float
) -> None:
    """Subtract the tail from sweeps (sweeps, samples) in place; fitted branch by branch.

    `blank_ms` is from when on the sweeps are believed.
    """
    after = study.latency_ms >= blank_ms
    shapes = np.ascontiguousarray(decays(study.latency_ms[after]).T)
    solve = np.linalg.pinv(shapes)
    for branch in _branches(study, artefact):
        if branch.weight is None:
            continue
        odd = branch.weight @ sweeps_uv[np.ix_(branch.here, after)]
        tail = shapes @ (solve @ odd)
        sweeps_uv[np.ix_(branch.here, after)] -= branch.factor[:, None] * tail


def _of_the_weakest(strength: Floats, factor: Floats) -> Floats | None:
    """Weights of sweeps whose sum is the tail of one unit, as the weakest stimuli show it.

    None where all stimuli are of one strength.
    """
    if not np.ptp(strength) > 0:
        return None
    weakest = np.where(strength == strength.min(), factor, 0.0)
    power = float(weakest @ weakest)
    return weakest / power if power else None


def _contrast(strength: Floats, factor: Floats) -> Floats | None:
    """Weights of sweeps whose sum is the tail of one unit, with responses cancelled out.

    Within each intensity the two polarities are set against each other, so that a response that
    grows with the current leaves nothing; None where no intensity was given in both.
    """
    weight = np.zeros_like(factor)
    power = 0.0
    for size in np.unique(strength):
        plus, minus = (strength == size) & (factor > 0), (strength == size) & (factor < 0)
        if size > 0 and plus.any() and minus.any():
            fewer = 1 / (1 / plus.sum() + 1 / minus.sum())
            weight[plus] += fewer * size / plus.sum()
            weight[minus] -= fewer * size / minus.sum()
            power += fewer * 2 * size**2
    return weight / power if power else None
