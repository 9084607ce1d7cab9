"""Activity without a shock: what stretch does to a lesion, and what the pulse does with stretch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from hemifacial.twin.nerve.experiments.bursts import bursts_of, locking
from hemifacial.twin.nerve.experiments.common import (
    DIAMETER_UM,
    cluster,
    finding,
    lesion_facts,
    with_ratio,
)
from hemifacial.twin.nerve.experiments.excitability import train_rates_hz
from hemifacial.twin.nerve.outcome import Line, Outcome, Plot, Raster, RasterRow, Target
from hemifacial.twin.nerve.recipe import Cleft, Numerics, Pulse, Recipe
from hemifacial.twin.nerve.settings import Experiment, Settings, Tools
from hemifacial.twin.nerve.sweep import Passages, run_all

__all__ = ["BURSTER_RATIO", "SPONTANEOUS", "burster"]

BURSTER_RATIO = 110.0
_BURSTER_POTASSIUM = 0.1
_STRETCHES = (0.0, 1e-5, 3e-5, 6e-5, 1e-4, 1.5e-4, 2e-4, 3e-4, 4e-4)
_QUIET_RATIO = 80.0
_PULSE_PER_MINUTE = 70.0
_LEAD_MS = 100.0


def burster(settings: Settings, duration_ms: float) -> Recipe:
    """A single fibre whose lesion fires in bursts by itself."""
    lesion = with_ratio(
        replace(
            settings.lesion,
            potassium_density=_BURSTER_POTASSIUM,
            mechanosensitive_s_per_cm2=0.0,
        ),
        BURSTER_RATIO,
    )
    return replace(
        cluster(settings, [DIAMETER_UM], [], duration_ms=duration_ms, lesion=lesion, cleft=Cleft()),
        numerics=_coarse(settings.numerics),
    )


def _coarse(numerics: Numerics) -> Numerics:
    """Twice the step: seconds are simulated here, and no velocity is read."""
    return replace(numerics, step_us=min(5.0, 2 * numerics.step_us))


def _stretched(settings: Settings, stretch: float, pulse: Pulse, duration_ms: float) -> Recipe:
    lesion = with_ratio(
        replace(settings.lesion, potassium_density=_BURSTER_POTASSIUM), _QUIET_RATIO
    )
    one = cluster(
        settings,
        [DIAMETER_UM],
        [],
        duration_ms=duration_ms,
        lesion=replace(lesion, mechanosensitive_s_per_cm2=stretch),
        cleft=Cleft(),
    )
    return replace(one, pulse=pulse, numerics=_coarse(settings.numerics))


def _run(settings: Settings, tools: Tools) -> Outcome:
    burst_ms = 400.0 if settings.small else 1000.0
    steady_ms = 300.0 if settings.small else 600.0
    period_ms = 60_000.0 / _PULSE_PER_MINUTE
    beats = 2 if settings.small else 4
    stretches = _STRETCHES[:: 3 if settings.small else 1]
    pulsing = Pulse(rate_per_minute=_PULSE_PER_MINUTE, depth=1.0)
    recipes = [
        burster(settings, burst_ms),
        *(_stretched(settings, one, Pulse(), steady_ms) for one in stretches),
        *(_stretched(settings, one, pulsing, beats * period_ms) for one in stretches[1:]),
    ]
    found = run_all(recipes, workers=tools.workers, kept=tools.kept, progress=tools.progress)
    bursting = bursts_of([t for t in found[0].brainstem[0] if t >= _LEAD_MS])
    steady = found[1 : 1 + len(stretches)]
    pulsed = found[1 + len(stretches) :]
    groups = [one for one in bursting if len(one) > 1]
    within = [rate for one in groups for rate in train_rates_hz(one)]
    repeats = [1000.0 / gap for gap in np.diff([one[0] for one in bursting])]
    rates = [_rate_per_s(one, steady_ms) for one in steady]
    pulse_rates = [_rate_per_s(one, beats * period_ms) for one in pulsed]
    locked = [locking(one.brainstem[0], period_ms) for one in pulsed]
    threshold = next((s for s, r in zip(stretches, rates, strict=True) if r > 0), None)
    median = float(np.median(within)) if within else None
    return Outcome(
        experiment=SPONTANEOUS.word,
        title=SPONTANEOUS.title,
        question=SPONTANEOUS.question,
        sentences=_sentences(groups, median, repeats, threshold, locked),
        findings=(
            finding("nerve_train_rate", median, note="within spontaneous bursts"),
            *(
                finding("nerve_impulse_rate", rate, note=f"steady, {1e6 * stretch:.0f} µS/cm2")
                for stretch, rate in zip(stretches, rates, strict=True)
            ),
            *(
                finding(
                    "nerve_pulse_locking",
                    one,
                    note=f"with the pulse up to {1e6 * stretch:.0f} µS/cm2, {rate:.1f} impulses/s"
                    + ("" if one is not None else ": no impulse"),
                )
                for stretch, one, rate in zip(stretches[1:], locked, pulse_rates, strict=True)
            ),
        ),
        targets=(
            Target(
                what="rate within spontaneous bursts, median",
                unit="Hz",
                low=250.0,
                high=350.0,
                source="Nielsen 1984, Neurology 34:418",
                verified=True,
                simulated=median,
            ),
            Target(
                what="repetition of spontaneous bursts",
                unit="1/s",
                low=5.0,
                high=20.0,
                source="Baker and Bostock, PMC1176175: pacemaker of demyelinated roots of the rat",
                verified=True,
                simulated=float(np.median(repeats)) if repeats else None,
            ),
        ),
        plots=(
            Plot(
                name="stretch",
                title="Impulses by mechanosensitive current",
                x_label="mechanosensitive conductance, S/cm2",
                y_label="impulses per second",
                lines=(
                    Line(label="steady", x=tuple(stretches), y=tuple(rates)),
                    Line(label="with the pulse", x=tuple(stretches[1:]), y=tuple(pulse_rates)),
                ),
            ),
        ),
        rasters=(_raster(stretches, pulsed, beats * period_ms, period_ms),),
        lesion=lesion_facts(settings, recipes[0].lesion),
        parameters={
            "burster": {"sodium_over_leak": BURSTER_RATIO, "potassium": _BURSTER_POTASSIUM},
            "stretches_s_per_cm2": list(stretches),
            "pulse_per_minute": _PULSE_PER_MINUTE,
        },
    )


def _rate_per_s(one: Passages, duration_ms: float) -> float:
    return 1000.0 * len(one.brainstem[0]) / duration_ms


def _sentences(
    groups: Sequence[Sequence[float]],
    median_hz: float | None,
    repeats: Sequence[float],
    threshold: float | None,
    locked: Sequence[float | None],
) -> tuple[str, ...]:
    said = []
    if median_hz is not None and repeats:
        sizes = sorted({len(one) for one in groups})
        size = f"{sizes[0]}" if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
        said.append(
            f"A lesion with little leak fires by itself in bursts of {size} "
            f"impulses at {median_hz:.0f} Hz, {np.median(repeats):.0f} times a second."
        )
    else:
        said.append("No lesion of this experiment fires in bursts by itself.")
    if threshold is not None:
        said.append(f"A quiet lesion starts to fire at a stretch of {1e6 * threshold:.0f} µS/cm2.")
    known = [one for one in locked if one is not None]
    if known:
        said.append(
            "Where stretch comes with the pulse, impulses lock to it: mean vector "
            f"{min(known):.2f} to {max(known):.2f}."
        )
    return tuple(said)


def _raster(
    stretches: Sequence[float], pulsed: Sequence[Passages], end_ms: float, period_ms: float
) -> Raster:
    beats = round(end_ms / period_ms)
    return Raster(
        name="pulse",
        title="Impulses under a stretch that comes with the pulse",
        rows=tuple(
            RasterRow(group=f"{1e6 * stretch:.0f} µS/cm2", times_ms=one.brainstem[0])
            for stretch, one in zip(stretches[1:], pulsed, strict=True)
        ),
        from_ms=0.0,
        to_ms=end_ms,
        marks_ms=tuple((beat + 0.5) * period_ms for beat in range(beats)),
        mark="beat",
        caption="A row a strength; marks: the height of each beat.",
    )


SPONTANEOUS = Experiment(
    word="spontaneous",
    title="Activity without a shock",
    question="When does a lesion fire by itself, how, and does the pulse drive it?",
    run=_run,
)
