"""Carbamazepine by dose: bursts go, conduction stays."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from hemifacial.twin.nerve.drug import (
    Blocked,
    drugged,
    free_um_of_dose,
    free_um_of_plasma,
    numbers,
)
from hemifacial.twin.nerve.experiments.common import (
    DIAMETER_UM,
    cluster,
    finding,
    lesion_facts,
    with_ratio,
)
from hemifacial.twin.nerve.experiments.cross_talk import crossing_of
from hemifacial.twin.nerve.experiments.spontaneous import burster
from hemifacial.twin.nerve.outcome import Line, Outcome, Plot, Raster, RasterRow, Target
from hemifacial.twin.nerve.recipe import Cleft, Recipe
from hemifacial.twin.nerve.settings import Experiment, Settings, Tools
from hemifacial.twin.nerve.sweep import Passages, run_all

__all__ = ["SODIUM_BLOCK"]

_FREE_UM = (0.0, 2.0, 4.0, 6.0, 8.0, 10.0, 13.0, 16.0, 20.0, 30.0, 50.0, 100.0)
_LEAD_MS = 100.0
_SHOCK_MS = 5.0
_TRAIN_RATIO = 68.0
_DOSES_MG = (200.0, 400.0, 600.0, 800.0, 1200.0, 1600.0)


def _recipes(
    settings: Settings, free_um: float, burst_ms: float
) -> tuple[tuple[Recipe, Blocked], ...]:
    """A lesion that bursts, one that answers with a train, and a pair of fibres."""
    train = cluster(
        settings,
        [DIAMETER_UM],
        [(_SHOCK_MS, 0)],
        duration_ms=60.0,
        lesion=with_ratio(settings.lesion, _TRAIN_RATIO),
        cleft=Cleft(),
    )
    pair = cluster(settings, [DIAMETER_UM, DIAMETER_UM], [(_SHOCK_MS, 0)], duration_ms=15.0)
    return tuple(drugged(one, free_um) for one in (burster(settings, burst_ms), train, pair))


def _run(settings: Settings, tools: Tools) -> Outcome:
    burst_ms = 400.0 if settings.small else 800.0
    levels = _FREE_UM[:: 3 if settings.small else 1]
    made = [_recipes(settings, one, burst_ms) for one in levels]
    flat = [recipe for three in made for recipe, _ in three]
    found = run_all(flat, workers=tools.workers, kept=tools.kept, progress=tools.progress)
    three = [found[3 * i : 3 * i + 3] for i in range(len(levels))]
    rates = [_rate_per_s(one[0], burst_ms) for one in three]
    trains = [float(sum(t >= _SHOCK_MS for t in one[1].brainstem[0])) for one in three]
    conducts = [any(t >= _SHOCK_MS for t in one[2].brainstem[0]) for one in three]
    crosses = [crossing_of(one[2], 0, 1, _SHOCK_MS).delay_ms is not None for one in three]
    blocked = [one[0][1].lesion for one in made]
    n = numbers()
    low = free_um_of_plasma(n["therapeutic_low_mg_per_l"])
    high = free_um_of_plasma(n["therapeutic_high_mg_per_l"])
    inside = [i for i, one in enumerate(levels) if low - 0.5 <= one <= high + 0.5]
    graded = _is_graded([rates[i] for i in inside], rates[0])
    return Outcome(
        experiment=SODIUM_BLOCK.word,
        title=SODIUM_BLOCK.title,
        question=SODIUM_BLOCK.question,
        sentences=_sentences(levels, rates, trains, conducts, crosses),
        findings=(
            *(
                finding("nerve_impulse_rate", rate, note=f"{level:g} uM free; a lesion that bursts")
                for level, rate in zip(levels, rates, strict=True)
            ),
            *(
                finding(
                    "nerve_blocked_share", 100 * share, note=f"{level:g} uM free, in the lesion"
                )
                for level, share in zip(levels, blocked, strict=True)
            ),
        ),
        targets=(
            Target(
                what=f"from {low:.1f} to {high:.1f} uM bursts are less, step by step, and not all "
                "gone at the lowest (1 yes)",
                unit="",
                low=1.0,
                high=1.0,
                source="clinical: weak and variable effect; reference of the twin, 1c",
                verified=False,
                simulated=float(graded),
                note="The affinity of the drug is taken from one source and not verified.",
            ),
            Target(
                what="at all of these levels impulses still pass the lesion (1 yes)",
                unit="",
                low=1.0,
                high=1.0,
                source="clinical: no facial weakness under carbamazepine; reference of the twin, 5",
                verified=False,
                simulated=float(all(conducts[i] for i in inside)),
            ),
        ),
        plots=_plots(levels, rates, trains, blocked, (low, high)),
        rasters=(_raster(levels, [one[0] for one in three], burst_ms),),
        lesion=lesion_facts(settings, flat[0].lesion),
        parameters={
            "free_um": list(levels),
            "conducts": conducts,
            "crosses": crosses,
            "doses": {f"{one:g} mg a day": free_um_of_dose(one) for one in _DOSES_MG},
        },
    )


def _rate_per_s(one: Passages, duration_ms: float) -> float:
    late = [t for t in one.brainstem[0] if t >= _LEAD_MS]
    return 1000.0 * len(late) / (duration_ms - _LEAD_MS)


def _is_graded(inside: Sequence[float], without: float) -> bool:
    """Fewer than without the drug, never more at a higher level, and at the lowest not gone."""
    falls = all(a >= b for a, b in pairwise(inside))
    return bool(inside) and falls and 0 < inside[0] <= without and inside[-1] < inside[0]


def _sentences(
    levels: Sequence[float],
    rates: Sequence[float],
    trains: Sequence[float],
    conducts: Sequence[bool],
    crosses: Sequence[bool],
) -> tuple[str, ...]:
    silent = next((lv for lv, r in zip(levels, rates, strict=True) if r == 0), None)
    fails = next((lv for lv, c in zip(levels, conducts, strict=True) if not c), None)
    alone = next((lv for lv, c in zip(levels, crosses, strict=True) if not c), None)
    single = next((lv for lv, t in zip(levels, trains, strict=True) if t <= 1), None)

    def ends(level: float | None) -> str:
        return f"ends at {level:g} µM" if level is not None else f"stays up to {levels[-1]:g} µM"

    return (
        f"Of the levels tried, bursting {ends(silent)}, the train after one shock {ends(single)}.",
        f"Cross-talk of a pair {ends(alone)}; conduction through the lesion {ends(fails)}.",
    )


def _plots(
    levels: Sequence[float],
    rates: Sequence[float],
    trains: Sequence[float],
    blocked: Sequence[float],
    therapeutic: tuple[float, float],
) -> tuple[Plot, ...]:
    x = tuple(levels)
    span = f"{therapeutic[0]:.1f} to {therapeutic[1]:.1f} uM are free at usual plasma levels."
    return (
        Plot(
            name="suppression",
            title="Impulses by free carbamazepine",
            x_label="free carbamazepine, uM",
            y_label="impulses",
            lines=(
                Line(label="of a bursting lesion, per second", x=x, y=tuple(rates)),
                Line(label="of a train after one shock", x=x, y=tuple(trains)),
            ),
            caption=span,
        ),
        Plot(
            name="blocked",
            title="Sodium channels of the lesion kept shut",
            x_label="free carbamazepine, uM",
            y_label="share, %",
            lines=(Line(label="at rest", x=x, y=tuple(100 * one for one in blocked)),),
        ),
    )


def _raster(levels: Sequence[float], found: Sequence[Passages], end_ms: float) -> Raster:
    return Raster(
        name="bursts",
        title="A bursting lesion under the drug",
        rows=tuple(
            RasterRow(group=f"{level:g} uM", times_ms=one.brainstem[0])
            for level, one in zip(levels, found, strict=True)
        ),
        from_ms=0.0,
        to_ms=end_ms,
    )


SODIUM_BLOCK = Experiment(
    word="sodium_block",
    title="Carbamazepine",
    question="Which dose quiets a bursting lesion, and does the fibre still conduct?",
    run=_run,
)
