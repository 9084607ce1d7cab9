"""A recipe run: the spikes of every fibre, and where asked for the voltage along the way."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hemifacial.errors import HemifacialError
from hemifacial.twin.nerve.cable import chain_of, lesion_segments
from hemifacial.twin.nerve.constants import membrane, morphology
from hemifacial.twin.nerve.kernel import advance
from hemifacial.twin.nerve.kinetics import FIRST_MV, PER_MV, rates, table
from hemifacial.twin.nerve.layout import Cells, Cleft, Drive, Gates, Scheme, State
from hemifacial.twin.nerve.recipe import Recipe
from hemifacial.twin.nerve.rest import resting

__all__ = ["Diverged", "Film", "Run", "Spikes", "run"]

Values = NDArray[np.float64]
Progress = Callable[[float, float], None]

LEVEL_MV = -20.0
"""A spike is the upward crossing of this voltage."""

_CHUNK_MS = 0.5
_MOST_ITERATIONS = 200
_LARGEST_MV = 500.0
_IMPULSE_MS = 0.1
_IMPULSE_NA_PER_UM2 = 0.06
"""Current of an arriving impulse by the section of the axon: about three times the threshold."""


class Diverged(HemifacialError):
    """A run whose numbers left every physiological range; it says where and when."""


class Spikes(NamedTuple):
    """Upward crossings of -20 mV, in order of time; equal lengths.

    `place` counts the nodes from the side of the brainstem, and after the last node the segments
    of the lesion.
    """

    fibre: NDArray[np.int64]
    place: NDArray[np.int64]
    time_ms: Values

    def at(self, fibre: int, place: int) -> Values:
        """The times of one fibre at one place, ms."""
        chosen: Values = self.time_ms[(self.fibre == fibre) & (self.place == place)]
        return chosen


@dataclass(frozen=True, kw_only=True)
class Film:
    """Voltage along one fibre over time, as (samples, places), and the cleft's (samples, segments).

    Places are as in `Spikes`.
    """

    fibre: int
    time_ms: Values
    membrane_mv: Values
    cleft_mv: Values


@dataclass(frozen=True, kw_only=True)
class Run:
    """What came of a recipe."""

    recipe: Recipe
    spikes: Spikes
    films: tuple[Film, ...]
    iterations_per_step: float


def _cells(inside: Values, outside: Values, scheme: Scheme) -> Cells:
    """Cells that have stood at these voltages for long."""
    old = scheme.now + scheme.before
    return Cells(inside=inside, outside=outside, inside_old=inside * old, outside_old=outside * old)


def _gates(voltage_mv: Values) -> Gates:
    """Gates open as they stay at each voltage."""
    found = rates(voltage_mv)
    m, h, p, s = (a / (a + b) for a, b in zip(found.opening, found.closing, strict=True))
    return Gates(m=m, h=h, p=p, s=s)


def _state(recipe: Recipe, scheme: Scheme) -> State:
    """Every fibre at its rest, but for the nudge of the lesion."""
    rests = [
        resting(
            one.diameter_um,
            nodes=recipe.nodes,
            edge=recipe.edge,
            lesion=recipe.lesion,
            sodium_block=recipe.sodium_block,
            lesion_sodium_block=recipe.lesion_sodium_block,
        )
        for one in recipe.fibres
    ]

    def stacked(word: str) -> Values:
        return np.ascontiguousarray(np.stack([getattr(one, word) for one in rests], axis=-1))

    node = stacked("node")
    inside = stacked("lesion_inside") + recipe.numerics.nudge_mv
    lesion = _cells(inside, stacked("lesion_outside"), scheme)
    voltage = lesion.inside - lesion.outside
    segments = voltage.shape[0]
    return State(
        node=_cells(node, np.zeros_like(node), scheme),
        node_gates=_gates(node),
        cells=_cells(stacked("inside"), stacked("outside"), scheme),
        lesion=lesion,
        lesion_gates=_gates(voltage),
        space=np.zeros(segments),
        space_old=np.zeros((2, segments)),
        node_before=node.copy(),
        lesion_before=voltage,
    )


def _scheme(order: int) -> Scheme:
    if order == 1:
        return Scheme(now=1.0, before=0.0, ahead=0.0, first_mv=FIRST_MV, per_mv=PER_MV)
    return Scheme(now=2.0, before=-0.5, ahead=-0.5, first_mv=FIRST_MV, per_mv=PER_MV)


def _cleft(recipe: Recipe) -> Cleft:
    """The cleft between two grounded ends; half a segment lies before the first middle."""
    segments = lesion_segments(recipe.lesion)
    is_open = recipe.lesion is None or math.isinf(recipe.cleft.area_um2)
    along = np.zeros(segments + 1)
    shunt = np.zeros(segments)
    if recipe.lesion is not None and not is_open:
        length_cm = recipe.lesion.length_mm / 10 / segments
        resistivity = membrane()["cleft_resistivity_ohm_cm"]
        along[:] = recipe.cleft.area_um2 * 1e-8 / (resistivity * length_cm) * 1e6
        along[[0, -1]] *= 2
        shunt[:] = recipe.cleft.shunt_us_per_mm * length_cm * 10
    return Cleft(
        is_open=is_open,
        along=along,
        shunt=shunt,
        tolerance_mv=recipe.numerics.cleft_tolerance_mv,
    )


def _drive(recipe: Recipe, time_ms: Values) -> Drive:
    """Arriving impulses and the pulse, at the end of each step."""
    first = np.zeros((time_ms.size, len(recipe.fibres)))
    last = np.zeros_like(first)
    for one in recipe.arrivals:
        on = (time_ms > one.time_ms) & (time_ms <= one.time_ms + _IMPULSE_MS + 1e-9)
        axon_um = morphology(recipe.fibres[one.fibre].diameter_um).axon_diameter_um
        (last if one.from_face else first)[on, one.fibre] += _IMPULSE_NA_PER_UM2 * axon_um**2
    pulse = np.array([recipe.pulse.factor(float(one)) for one in time_ms])
    return Drive(first_na=first, last_na=last, mechanical=pulse)


def run(
    recipe: Recipe,
    *,
    film_of: Sequence[int] = (),
    film_every_ms: float = 0.02,
    progress: Progress | None = None,
) -> Run:
    """Simulate a recipe.

    Parameters
    ----------
    film_of
        Fibres whose voltage is kept everywhere, every `film_every_ms`.
    progress
        Told (done, all) in ms.

    Raises
    ------
    Diverged
        If a voltage left every physiological range, or the cleft had no solution.
    """
    numerics = recipe.numerics
    step_ms = numerics.step_us / 1000
    scheme = _scheme(numerics.order)
    chain = chain_of(
        [one.diameter_um for one in recipe.fibres],
        nodes=recipe.nodes,
        edge=recipe.edge,
        lesion=recipe.lesion,
        step_ms=step_ms,
        weight=1.5 if numerics.order == 2 else 1.0,
        sodium_block=recipe.sodium_block,
        lesion_sodium_block=recipe.lesion_sodium_block,
    )
    cleft = _cleft(recipe)
    state = _state(recipe, scheme)
    every = max(1, round((film_every_ms if film_of else _CHUNK_MS) / step_ms))
    first_step = -round(numerics.settle_ms / step_ms)
    last_step = round(recipe.duration_ms / step_ms)
    found: list[Values] = []
    frames: list[tuple[float, Values, Values]] = []
    iterations = 0
    for start in range(first_step, last_step, every):
        steps = min(every, last_step - start)
        time_ms = np.asarray((start + 1 + np.arange(steps)) * step_ms, dtype=np.float64)
        drive = _drive(recipe, time_ms)
        places = state.node_before.size + state.lesion_before.size
        spikes = np.empty((places * (1 + math.ceil(steps * step_ms)), 3))
        count, used = advance(
            chain,
            cleft,
            scheme,
            table(step_ms),
            state,
            drive,
            start,
            step_ms,
            LEVEL_MV,
            spikes,
            _MOST_ITERATIONS,
        )
        if count < 0:
            raise _diverged(recipe, state, (start + used) * step_ms)
        iterations += used
        _check(recipe, state, (start + steps) * step_ms)
        found.append(spikes[:count].copy())
        if film_of and start + steps >= 0:
            frames.append(_frame(state, film_of, (start + steps) * step_ms))
        if progress is not None:
            progress(max(0.0, (start + steps) * step_ms), recipe.duration_ms)
    return Run(
        recipe=recipe,
        spikes=_sorted(np.concatenate(found)),
        films=_films(film_of, frames),
        iterations_per_step=iterations / max(1, last_step - first_step),
    )


def _frame(state: State, film_of: Sequence[int], time_ms: float) -> tuple[float, Values, Values]:
    chosen = list(film_of)
    voltage = np.concatenate([state.node_before[:, chosen], state.lesion_before[:, chosen]])
    return time_ms, voltage, state.space.copy()


def _films(film_of: Sequence[int], frames: list[tuple[float, Values, Values]]) -> tuple[Film, ...]:
    if not frames:
        return ()
    time_ms = np.array([one[0] for one in frames])
    voltage = np.stack([one[1] for one in frames])
    cleft = np.stack([one[2] for one in frames])
    return tuple(
        Film(fibre=fibre, time_ms=time_ms, membrane_mv=voltage[:, :, index], cleft_mv=cleft)
        for index, fibre in enumerate(film_of)
    )


def _sorted(rows: Values) -> Spikes:
    order = np.lexsort((rows[:, 0], rows[:, 1], rows[:, 2]))
    rows = rows[order]
    return Spikes(
        fibre=rows[:, 1].astype(np.int64), place=rows[:, 0].astype(np.int64), time_ms=rows[:, 2]
    )


def _check(recipe: Recipe, state: State, time_ms: float) -> None:
    """Stop where a number is none, or no membrane could have it."""
    for cells in (state.node_before, state.lesion_before):
        if cells.size and not np.abs(cells).max() < _LARGEST_MV:
            raise _diverged(recipe, state, time_ms)


def _diverged(recipe: Recipe, state: State, time_ms: float) -> Diverged:
    voltage = np.concatenate([state.node_before, state.lesion_before])
    bad = ~(np.abs(voltage) < _LARGEST_MV)
    where = "in the cleft"
    if bad.any():
        place, fibre = np.argwhere(bad)[0]
        lies = f"node {place}" if place < recipe.nodes else f"segment {place - recipe.nodes}"
        where = f"in fibre {fibre}, {lies}"
    return Diverged(
        f"the simulation diverged at {time_ms:.3f} ms {where}",
        next_step="Take a shorter step (--step-us).",
    )
