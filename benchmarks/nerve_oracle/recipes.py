"""The same experiments as recipes of our own solver: the only place where the two meet."""

from __future__ import annotations

from benchmarks.nerve_oracle.facts import Experiment
from hemifacial.twin.nerve.recipe import Arrival, Cleft, Fibre, Lesion, Numerics, Recipe

__all__ = ["recipe_of"]

_SETTLE_MS = 100.0
_CLOSE_MV = 1e-7


def recipe_of(
    one: Experiment, *, order: int, step_us: float | None = None, settle_ms: float = _SETTLE_MS
) -> Recipe:
    """The experiment for our solver; the start is its rest, without the nudge."""
    first = one.fibres[0].lesion
    lesion = None
    if first is not None:
        lesion = Lesion(
            length_mm=first.length_um / 1000,
            lamellae=first.lamellae,
            sodium_density=first.sodium,
            potassium_density=first.potassium,
            leak_s_per_cm2=first.leak_s_per_cm2,
            mechanosensitive_s_per_cm2=first.stretch_s_per_cm2,
            calibre=first.calibre,
            segment_um=first.length_um / first.segments,
        )
    cleft = (
        Cleft()
        if one.cleft is None
        else Cleft(area_um2=one.cleft.area_um2, shunt_us_per_mm=one.cleft.shunt_us_per_mm)
    )
    return Recipe(
        fibres=tuple(Fibre(diameter_um=fibre.diameter_um) for fibre in one.fibres),
        lesion=lesion,
        cleft=cleft,
        arrivals=tuple(
            Arrival(time_ms=pulse.start_ms, fibre=pulse.fibre, from_face=False)
            for pulse in one.pulses
        ),
        duration_ms=one.duration_ms,
        nodes=one.fibres[0].nodes,
        edge=12 if first is None else first.edge,
        numerics=Numerics(
            step_us=1000 * one.step_ms if step_us is None else step_us,
            order=order,
            settle_ms=settle_ms if first is not None else 0.0,
            nudge_mv=0.0,
            cleft_tolerance_mv=_CLOSE_MV,
        ),
    )
