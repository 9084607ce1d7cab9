"""Block, one impulse for one, after-discharge, spontaneous activity: sodium over leak decides.

Coggan, Prescott, Bartol and Sejnowski (2010, PNAS 107:20602) found these four regimes in this order
in a demyelinated axon. Here only the leak of the lesion is varied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

import numpy as np

from hemifacial.twin.nerve.experiments.common import (
    DIAMETER_UM,
    cluster,
    finding,
    lesion_facts,
    with_ratio,
)
from hemifacial.twin.nerve.outcome import Line, Outcome, Plot, Raster, RasterRow, Target
from hemifacial.twin.nerve.recipe import Cleft
from hemifacial.twin.nerve.settings import Experiment, Settings, Tools
from hemifacial.twin.nerve.sweep import run_all

__all__ = ["EXCITABILITY", "Regime", "regime_of", "train_rates_hz"]

_SHOCK_MS = 60.0
_DURATION_MS = 160.0
_RUNS_ON_MS = 15.0
_RATIOS = (
    *(5.0, 10.0, 20.0, 30.0, 36.0, 40.0, 45.0, 50.0, 55.0, 60.0, 62.0, 64.0, 66.0, 68.0),
    *(70.0, 72.0, 74.0, 76.0, 78.0, 80.0, 83.0, 86.0, 90.0, 100.0),
)


class Regime(StrEnum):
    """What a lesion does with one impulse, in Coggan's order."""

    BLOCK = "block"
    ONE_TO_ONE = "one for one"
    AFTER_DISCHARGE = "after-discharge"
    SPONTANEOUS = "spontaneous"


def regime_of(times_ms: Sequence[float], shock_ms: float, end_ms: float) -> Regime:
    """The regime from the impulses that leave the lesion, with one shock among them.

    A train that still runs at the end of the simulation counts as spontaneous: it does not end
    by itself.
    """
    after = [one for one in times_ms if one >= shock_ms]
    if len(after) < len(times_ms) or (after and after[-1] > end_ms - _RUNS_ON_MS):
        return Regime.SPONTANEOUS
    if not after:
        return Regime.BLOCK
    return Regime.ONE_TO_ONE if len(after) == 1 else Regime.AFTER_DISCHARGE


def train_rates_hz(times_ms: Sequence[float]) -> tuple[float, ...]:
    """Impulses per second from each interval of a train."""
    return tuple(float(one) for one in 1000.0 / np.diff(np.asarray(times_ms, dtype=float)))


def _run(settings: Settings, tools: Tools) -> Outcome:
    ratios = _RATIOS[:: 3 if settings.small else 1]
    recipes = [
        cluster(
            settings,
            [DIAMETER_UM],
            [(_SHOCK_MS, 0)],
            duration_ms=_DURATION_MS,
            lesion=with_ratio(settings.lesion, ratio),
            cleft=Cleft(),
        )
        for ratio in ratios
    ]
    found = run_all(recipes, workers=tools.workers, kept=tools.kept, progress=tools.progress)
    trains = [one.brainstem[0] for one in found]
    regimes = [regime_of(one, _SHOCK_MS, _DURATION_MS) for one in trains]
    rates = [
        rate
        for regime, train in zip(regimes, trains, strict=True)
        if regime is Regime.AFTER_DISCHARGE
        for rate in train_rates_hz(train)
    ]
    median = float(np.median(rates)) if rates else None
    lowest = {
        regime: min(r for r, one in zip(ratios, regimes, strict=True) if one is regime)
        for regime in Regime
        if regime in regimes
    }
    in_order = len(lowest) == len(Regime) and sorted(lowest.values()) == list(lowest.values())
    return Outcome(
        experiment=EXCITABILITY.word,
        title=EXCITABILITY.title,
        question=EXCITABILITY.question,
        sentences=_sentences(lowest, rates),
        findings=(
            *(
                finding("nerve_window_low", value, note=f"{regime.value}: from this ratio on")
                for regime, value in lowest.items()
            ),
            finding(
                "nerve_train_rate",
                median,
                n=len(rates) or None,
                note="" if rates else "No lesion of this sweep answered with a train that ended.",
            ),
        ),
        targets=_targets(in_order, median),
        plots=(_plot(ratios, trains, regimes),),
        rasters=(_raster(ratios, trains, regimes),),
        lesion=lesion_facts(settings),
        parameters={"ratios": list(ratios), "regimes": [one.value for one in regimes]},
    )


def _sentences(lowest: Mapping[Regime, float], rates: Sequence[float]) -> tuple[str, ...]:
    said = [
        "With growing sodium over leak the lesion goes through: "
        + ", ".join(f"{regime.value} (from {value:g})" for regime, value in lowest.items())
        + "."
    ]
    if rates:
        low, middle, high = np.percentile(rates, (10, 50, 90))
        said.append(
            f"Within after-discharges it fires {middle:.0f} times a second (one in ten slower than "
            f"{low:.0f}, one in ten faster than {high:.0f})."
        )
    return tuple(said)


def _targets(in_order: bool, median_hz: float | None) -> tuple[Target, ...]:
    return (
        Target(
            what="block, one for one, after-discharge, spontaneous: in this order (1 yes)",
            unit="",
            low=1.0,
            high=1.0,
            source="Coggan et al. 2010, PNAS 107:20602",
            verified=True,
            simulated=float(in_order),
        ),
        Target(
            what="rate within after-discharges, median",
            unit="Hz",
            low=250.0,
            high=350.0,
            source="Nielsen 1984, Neurology 34:418",
            verified=True,
            simulated=median_hz,
        ),
    )


def _plot(
    ratios: Sequence[float], trains: Sequence[Sequence[float]], regimes: Sequence[Regime]
) -> Plot:
    before = tuple(float(sum(t < _SHOCK_MS for t in one)) for one in trains)
    after = tuple(float(sum(t >= _SHOCK_MS for t in one)) for one in trains)
    by_ratio = dict(zip(ratios, regimes, strict=True))
    return Plot(
        name="regimes",
        title="Impulses of one lesion by sodium over leak",
        x_label="sodium over leak conductance",
        y_label="impulses",
        lines=(
            Line(label=f"in {_SHOCK_MS:g} ms before the shock", x=tuple(ratios), y=before),
            Line(label=f"in {_DURATION_MS - _SHOCK_MS:g} ms after it", x=tuple(ratios), y=after),
        ),
        caption="; ".join(
            f"{regime.value} at " + ", ".join(f"{r:g}" for r in ratios if by_ratio[r] is regime)
            for regime in Regime
            if regime in regimes
        ),
    )


def _raster(
    ratios: Sequence[float], trains: Sequence[Sequence[float]], regimes: Sequence[Regime]
) -> Raster:
    return Raster(
        name="trains",
        title="When impulses leave the lesion",
        rows=tuple(
            RasterRow(group=regime.value, times_ms=tuple(train))
            for _, train, regime in zip(ratios, trains, regimes, strict=True)
        ),
        from_ms=0.0,
        to_ms=_DURATION_MS,
        marks_ms=(_SHOCK_MS,),
        caption="A row a ratio of sodium over leak, growing downwards; one shock.",
    )


EXCITABILITY = Experiment(
    word="excitability",
    title="Excitability of a bare lesion",
    question="What does a demyelinated stretch do with one impulse, by its sodium over leak?",
    run=_run,
)
