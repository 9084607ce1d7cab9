"""Conduction velocity of healthy fibres by diameter, and how it converges with the step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from hemifacial.twin.nerve.bundle import run
from hemifacial.twin.nerve.constants import morphology
from hemifacial.twin.nerve.experiments.common import finding
from hemifacial.twin.nerve.outcome import Line, Outcome, Plot, SpaceTime, Target
from hemifacial.twin.nerve.recipe import Arrival, Fibre, Numerics, Recipe
from hemifacial.twin.nerve.settings import Experiment, Settings, Tools

__all__ = ["PUBLISHED_UM", "VELOCITY", "velocity_m_per_s"]

PUBLISHED_UM = (5.7, 7.3, 8.7, 10.0, 11.5, 12.8, 14.0, 15.0, 16.0)
_STEPS_US = (20.0, 10.0, 5.0, 2.5, 1.25, 0.625)
_NODES = 26
_FROM, _TO = 11, 22
_ALLOWED = 0.01


def _recipe(diameter_um: float, numerics: Numerics) -> Recipe:
    return Recipe(
        fibres=(Fibre(diameter_um=diameter_um),),
        arrivals=(Arrival(time_ms=0.0, fibre=0, from_face=False),),
        duration_ms=2.0,
        nodes=_NODES,
        numerics=numerics,
    )


def velocity_m_per_s(diameter_um: float, numerics: Numerics) -> float:
    """Between nodes far from the ends of a healthy fibre."""
    spikes = run(_recipe(diameter_um, numerics)).spikes
    took_ms = float(spikes.at(0, _TO)[0] - spikes.at(0, _FROM)[0])
    return (_TO - _FROM) * morphology(diameter_um).internodal_length_um / 1000 / took_ms


def _converged(diameter_um: float, numerics: Numerics) -> float:
    """At no step at all: the error falls with the square of the step."""
    coarse = velocity_m_per_s(diameter_um, replace(numerics, order=2, step_us=1.0))
    fine = velocity_m_per_s(diameter_um, replace(numerics, order=2, step_us=0.5))
    return fine + (fine - coarse) / 3.0


def _run(settings: Settings, tools: Tools) -> Outcome:
    numerics = replace(settings.numerics, settle_ms=0.5)
    diameters = PUBLISHED_UM[:: 4 if settings.small else 1]
    steps = _STEPS_US[1 : 4 if settings.small else None]
    tests = 2 * len(steps) + len(diameters)
    done = 0

    def measured(diameter_um: float, how: Numerics) -> float:
        nonlocal done
        done += 1
        if tools.progress is not None:
            tools.progress(float(done), float(tests))
        return velocity_m_per_s(diameter_um, how)

    shown = [measured(one, numerics) for one in diameters]
    limits = [_converged(one, numerics) for one in diameters]
    by_step = {
        order: [measured(10.0, replace(numerics, order=order, step_us=one)) for one in steps]
        for order in (1, 2)
    }
    limit = _converged(10.0, numerics)
    worst = max(abs(a / b - 1.0) for a, b in zip(shown, limits, strict=True))
    film = run(_recipe(10.0, numerics), film_of=(0,)).films[0]
    internode_mm = morphology(10.0).internodal_length_um / 1000
    return Outcome(
        experiment=VELOCITY.word,
        title=VELOCITY.title,
        question=VELOCITY.question,
        sentences=(
            f"From {shown[0]:.1f} m/s at {diameters[0]:g} um to {shown[-1]:.1f} m/s at "
            f"{diameters[-1]:g} um; at a step of {numerics.step_us:g} us the largest error is "
            f"{100 * worst:.2f} % of the converged value.",
        ),
        findings=tuple(
            finding("nerve_conduction_velocity", value, note=f"{one:g} um; converged {end:.2f} m/s")
            for one, value, end in zip(diameters, shown, limits, strict=True)
        ),
        targets=(
            Target(
                what="largest error of velocity at this step, share of the converged value",
                unit="",
                low=0.0,
                high=_ALLOWED,
                source="this project, docs/twin_nerve.md",
                verified=True,
                simulated=worst,
            ),
        ),
        plots=(
            Plot(
                name="velocity",
                title="Conduction velocity by diameter",
                x_label="diameter of the fibre, um",
                y_label="velocity, m/s",
                lines=(
                    Line(label=f"step {numerics.step_us:g} us", x=diameters, y=tuple(shown)),
                    Line(label="converged", x=diameters, y=tuple(limits), points=False),
                ),
            ),
            Plot(
                name="convergence",
                title="Error of velocity by step, 10 um",
                x_label="step, us",
                y_label="error, %",
                lines=tuple(
                    Line(
                        label="backward Euler" if order == 1 else "second order",
                        x=steps,
                        y=tuple(100 * (one / limit - 1.0) for one in values),
                    )
                    for order, values in by_step.items()
                ),
                log_x=True,
                bands=((-1.0, 1.0, "within 1 %"),),
            ),
        ),
        space_times=(
            SpaceTime(
                name="impulse",
                title="An impulse along a healthy fibre of 10 um",
                time_ms=film.time_ms,
                place_mm=np.arange(_NODES, dtype=np.float64) * internode_mm,
                voltage_mv=film.membrane_mv,
                lesion_mm=None,
            ),
        ),
        parameters={"diameters_um": list(diameters), "steps_us": list(steps)},
    )


VELOCITY = Experiment(
    word="velocity",
    title="Conduction velocity",
    question="How fast do healthy fibres conduct, and how exact is that at this step?",
    run=_run,
)
