"""Cross-talk between two fibres in one cleft: by its width, and in either direction."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from hemifacial.twin.nerve.experiments.common import (
    DIAMETER_UM,
    cluster,
    filmed,
    finding,
    first_after,
    lesion_facts,
)
from hemifacial.twin.nerve.outcome import Line, Outcome, Plot, SpaceTime, Target
from hemifacial.twin.nerve.recipe import Cleft, Recipe
from hemifacial.twin.nerve.settings import Experiment, Settings, Tools
from hemifacial.twin.nerve.sweep import Passages, run_all

__all__ = ["CROSS_TALK", "Crossing", "crossing_of"]

_AREAS_UM2 = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 12.0, 15.0, 17.0, 20.0, 25.0, 30.0, 40.0)
_SHOCK_MS = 5.0
_DURATION_MS = 25.0
_PAIRS = ((DIAMETER_UM, DIAMETER_UM), (9.0, 6.0), (8.0, 7.0))
_RASMINSKY_MS = (0.10, 0.24)
_MOLLER_MS = (2.2, 2.5)
_LAMELLAE = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 2.1, 2.4)
_SHEATHED_UM2 = (5.0, 8.0, 12.0)


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """What the neighbour of a shocked fibre does.

    `delay_ms` is from the impulse at the edge of the lesion to the neighbour's at the same edge;
    None where nothing crosses.
    """

    delay_ms: float | None
    impulses: int


def crossing_of(one: Passages, source: int, target: int, shock_ms: float) -> Crossing:
    """Whether an impulse crossed from one fibre to another, and after how long."""
    arrived = first_after(one.face_edge[source], shock_ms)
    crossed = first_after(one.face_edge[target], shock_ms)
    left = [t for t in one.face[target] if t >= shock_ms]
    if arrived is None or crossed is None or not left:
        return Crossing(delay_ms=None, impulses=len(left))
    return Crossing(delay_ms=crossed - arrived, impulses=len(left))


def _run(settings: Settings, tools: Tools) -> Outcome:
    areas = _AREAS_UM2[:: 3 if settings.small else 1]
    asked = [(pair, source, area) for pair in _PAIRS for source in (0, 1) for area in areas]
    sheathed = [
        (area, lamellae)
        for area in _SHEATHED_UM2
        for lamellae in _LAMELLAE[:: 3 if settings.small else 1]
    ]
    recipes = [_recipe(settings, *one) for one in asked]
    recipes += [_recipe(settings, _PAIRS[0], 0, area, lamellae) for area, lamellae in sheathed]
    found = run_all(recipes, workers=tools.workers, kept=tools.kept, progress=tools.progress)
    crossings = {
        one: crossing_of(passages, one[1], 1 - one[1], _SHOCK_MS)
        for one, passages in zip(asked, found, strict=False)
    }
    late = {
        one: crossing_of(passages, 0, 1, _SHOCK_MS).delay_ms
        for one, passages in zip(sheathed, found[len(asked) :], strict=True)
    }
    longest = max((one for one in late.values() if one is not None), default=None)

    def widest(pair: tuple[float, float], source: int) -> float:
        """The widest cleft that is crossed, um2; 0 where none is."""
        return max(
            (a for a in areas if crossings[pair, source, a].delay_ms is not None), default=0.0
        )

    uneven = _PAIRS[1]
    tight = [a for a in areas if 6.0 <= a <= 10.0] or [areas[len(areas) // 2]]
    delays = [crossings[_PAIRS[0], 0, a].delay_ms for a in tight]
    known = [one for one in delays if one is not None]
    both_ways, one_way = widest(uneven, 1), widest(uneven, 0)
    return Outcome(
        experiment=CROSS_TALK.word,
        title=CROSS_TALK.title,
        question=CROSS_TALK.question,
        sentences=(
            f"Between two fibres of {_PAIRS[0][0]:g} um an impulse crosses up to a cleft of "
            f"{widest(_PAIRS[0], 0):g} um2 (steps of the sweep).",
            f"A thick fibre ({uneven[0]:g} um) excites a thin one ({uneven[1]:g} um) up to "
            f"{one_way:g} um2, the thin one the thick one up to {both_ways:g} um2: as the cleft "
            "widens, cross-talk runs both ways, then one way, then not at all.",
            _lateness(late),
        ),
        findings=tuple(
            finding(
                "nerve_ephaptic_delay",
                crossings[_PAIRS[0], 0, area].delay_ms,
                note=f"cleft {area:g} um2"
                + (
                    "" if crossings[_PAIRS[0], 0, area].delay_ms is not None else ": does not cross"
                ),
            )
            for area in areas
        ),
        targets=(
            Target(
                what="ephaptic delay, mean over clefts of "
                + ", ".join(f"{one:g}" for one in tight)
                + " um2",
                unit="ms",
                low=_RASMINSKY_MS[0],
                high=_RASMINSKY_MS[1],
                source="Rasminsky 1980, J Physiol 305:151",
                verified=True,
                simulated=sum(known) / len(known) if len(known) == len(delays) else None,
                note="The width of the cleft is inferred, not measured.",
            ),
            Target(
                what="widening turns cross-talk both ways into one way before it ends (1 yes)",
                unit="",
                low=1.0,
                high=1.0,
                source="Nielsen and Jannetta 1984, Neurology III",
                verified=True,
                simulated=float(0 < both_ways < one_way < max(areas)),
            ),
            Target(
                what="the longest delay under thin new myelin reaches what is missing in the "
                "latency of the lateral spread",
                unit="ms",
                low=_MOLLER_MS[0],
                high=100.0,
                source="Moller and Jannetta 1984, J Neurosurg; 1985, Neurology 35:969: 2.2-2.5 ms",
                verified=True,
                simulated=longest,
            ),
        ),
        plots=(_plot(areas, crossings), _sheathed_plot(late)),
        space_times=_films(settings),
        lesion=lesion_facts(settings),
        parameters={"areas_um2": list(areas), "pairs_um": [list(one) for one in _PAIRS]},
    )


def _films(settings: Settings) -> tuple[SpaceTime, ...]:
    """A shock that comes from the face, and what the neighbour makes of it."""
    thick, thin = _PAIRS[2]
    pair = cluster(settings, (thick, thin), [(0.3, 0)], duration_ms=3.0)
    where = f"in a cleft of {settings.cleft.area_um2:g} um2"
    return filmed(
        pair,
        (f"The shocked fibre, {thick:g} um", f"Its neighbour, {thin:g} um, {where}"),
        name="film",
    )


def _recipe(
    settings: Settings,
    pair: tuple[float, float],
    source: int,
    area: float,
    lamellae: float | None = None,
) -> Recipe:
    lesion = settings.lesion
    return cluster(
        settings,
        pair,
        [(_SHOCK_MS, source)],
        duration_ms=_DURATION_MS,
        lesion=lesion if lamellae is None else replace(lesion, lamellae=lamellae),
        cleft=Cleft(area_um2=area, shunt_us_per_mm=settings.cleft.shunt_us_per_mm),
    )


def _lateness(late: Mapping[tuple[float, float], float | None]) -> str:
    """What it takes to be as late as the lateral spread of patients is."""
    low, high = _MOLLER_MS
    fits = [key for key, one in late.items() if one is not None and low <= one <= high]
    if fits:
        named = "; ".join(f"{lamellae:g} lamellae in a cleft of {a:g} um2" for a, lamellae in fits)
        return f"A delay of {low:g} to {high:g} ms takes thin new myelin: {named}."
    known = [one for one in late.values() if one is not None]
    reached = f"the longest was {max(known):.1f} ms" if known else "nothing crossed"
    return f"No thin new myelin of this sweep gave a delay of {low:g} to {high:g} ms: {reached}."


def _sheathed_plot(late: Mapping[tuple[float, float], float | None]) -> Plot:
    lines = []
    for area in dict.fromkeys(key[0] for key in late):
        rows = [(lamellae, one) for (a, lamellae), one in late.items() if a == area]
        lines.append(
            Line(
                label=f"cleft {area:g} um2",
                x=tuple(lamellae for lamellae, _ in rows),
                y=tuple(math.nan if one is None else one for _, one in rows),
            )
        )
    return Plot(
        name="myelin",
        title="Delay of cross-talk under thin new myelin",
        x_label="lamellae",
        y_label="delay, ms",
        lines=tuple(lines),
        bands=((*_MOLLER_MS, "missing in patients' latency (Moller)"),),
        caption="A line ends where nothing crosses any more.",
    )


def _plot(
    areas: Sequence[float], crossings: dict[tuple[tuple[float, float], int, float], Crossing]
) -> Plot:
    lines = []
    for pair in _PAIRS:
        for source in (0, 1):
            if pair[0] == pair[1] and source == 1:
                continue
            delays = [crossings[pair, source, a].delay_ms for a in areas]
            lines.append(
                Line(
                    label=f"{pair[source]:g} to {pair[1 - source]:g} um",
                    x=tuple(areas),
                    y=tuple(float("nan") if one is None else one for one in delays),
                )
            )
    return Plot(
        name="delay",
        title="Delay of cross-talk by the width of the cleft",
        x_label="cleft, um2",
        y_label="delay, ms",
        lines=tuple(lines),
        log_x=True,
        bands=((*_RASMINSKY_MS, "Rasminsky 1980"),),
        caption="A line ends where nothing crosses any more.",
    )


CROSS_TALK = Experiment(
    word="cross_talk",
    title="Cross-talk between two fibres",
    question="When does an impulse cross from one bare fibre to its neighbour, how late, and which "
    "way?",
    run=_run,
)
