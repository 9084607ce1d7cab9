"""A shock to one branch, and what arrives in the muscle of another: by intensity, and how late.

Pairs of fibres, one of the marginal mandibular and one of the zygomatic branch, share clefts in the
lesion. The stretch from the shock to the lesion and from it to the muscle is a delay by the
diameter of each fibre; only the lesion and its surroundings are cable.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from hemifacial.twin.nerve.constants import morphology
from hemifacial.twin.nerve.experiments.common import EDGE, NODES, finding, lesion_facts
from hemifacial.twin.nerve.outcome import Line, Outcome, Plot, Raster, RasterRow, Target
from hemifacial.twin.nerve.patient import Contact, conduction_ms, contacts, numbers
from hemifacial.twin.nerve.recipe import Arrival, Fibre, Recipe
from hemifacial.twin.nerve.settings import Experiment, Settings, Tools
from hemifacial.twin.nerve.sweep import Passages, run_all

__all__ = ["LATERAL_SPREAD", "Arrivals", "arrivals_of", "recipe_of"]

STIMULATED = "marginal_mandibular_branch"
ANSWERING = "zygomatic_branch"
_INTENSITIES_MA = (2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0, 15.0, 20.0)
_AFTER_MS = 40.0
_ONSET_SHARE = 0.1
"""The onset of a summed potential is that of its early fibres: one in ten."""


@dataclass(frozen=True, kw_only=True)
class Arrivals:
    """Impulses of one pair after one shock, ms from the shock.

    `root` is when the impulse of the stimulated fibre reaches the lesion, `muscle` when those of
    the other fibre reach its muscle.
    """

    root_ms: float | None
    muscle_ms: tuple[float, ...]


def _arm_mm(diameter_um: float) -> float:
    """The healthy cable between the lesion and the end towards the face."""
    return (NODES - 2 - EDGE) * morphology(diameter_um).internodal_length_um / 1000


def _into_cable_ms(one: Contact) -> float:
    """From the shock until the impulse enters the cable."""
    n = numbers()
    length_mm = n["branch_to_root_mm"] - _arm_mm(one.diameters_um[0])
    return n["activation_ms"] + one.jitters_ms[0] + conduction_ms(length_mm, one.diameters_um[0])


def recipe_of(
    one: Contact, settings: Settings, shocks_ms: Sequence[float] = (0.0,), intensity_ma: float = 1e9
) -> Recipe:
    """The pair with the impulses that shocks of an intensity send into it."""
    recruited = one.thresholds_ma[0] <= intensity_ma
    times = [shock + _into_cable_ms(one) for shock in shocks_ms] if recruited else []
    return Recipe(
        fibres=(
            Fibre(diameter_um=one.diameters_um[0], branch=STIMULATED),
            Fibre(diameter_um=one.diameters_um[1], branch=ANSWERING),
        ),
        lesion=one.lesion,
        cleft=one.cleft,
        arrivals=tuple(Arrival(time_ms=time_ms, fibre=0) for time_ms in times),
        duration_ms=max(shocks_ms, default=0.0) + _into_cable_ms(one) + _AFTER_MS,
        nodes=NODES,
        edge=EDGE,
        numerics=settings.numerics,
    )


def arrivals_of(one: Contact, found: Passages) -> Arrivals:
    """From the cable to the muscle, as far as the other fibre has to go."""
    n = numbers()
    length_mm = n["root_to_muscle_mm"] - _arm_mm(one.diameters_um[1])
    out_ms = conduction_ms(length_mm, one.diameters_um[1]) + n["terminal_delay_ms"]
    root = found.face_edge[0]
    return Arrivals(
        root_ms=root[0] if root else None,
        muscle_ms=tuple(one_ms + out_ms + one.jitters_ms[1] for one_ms in found.face[1]),
    )


def _onset_ms(latencies_ms: Sequence[float]) -> float | None:
    return float(np.quantile(latencies_ms, _ONSET_SHARE)) if latencies_ms else None


def _run(settings: Settings, tools: Tools) -> Outcome:
    pairs = contacts(12 if settings.small else 80, settings.seed, settings.lesion)
    # Unshocked pairs stay silent or not whatever the intensity: each pair is run once with its
    # shock and once without.
    recipes = [recipe_of(one, settings) for one in pairs]
    quiet = [recipe_of(one, settings, intensity_ma=0.0) for one in pairs]
    found = run_all(
        [*recipes, *quiet], workers=tools.workers, kept=tools.kept, progress=tools.progress
    )
    shocked = [arrivals_of(p, f) for p, f in zip(pairs, found, strict=False)]
    firing = [any(map(bool, f.face)) for f in found[len(pairs) :]]
    firsts = [
        a.muscle_ms[0] for a, busy in zip(shocked, firing, strict=True) if a.muscle_ms and not busy
    ]
    trains = [len(a.muscle_ms) for a in shocked if a.muscle_ms]
    # A lesion that fires by itself says nothing of when the shock came.
    roots = [
        one.root_ms
        for one, busy in zip(shocked, firing, strict=True)
        if one.root_ms is not None and not busy
    ]
    n = numbers()
    outs = [
        conduction_ms(n["root_to_muscle_mm"], p.diameters_um[1]) + n["terminal_delay_ms"]
        for p in pairs
    ]
    onset, root, out = _onset_ms(firsts), _onset_ms(roots), _onset_ms(outs)
    counts = [
        sum(
            bool(a.muscle_ms)
            for a, p in zip(shocked, pairs, strict=True)
            if p.thresholds_ma[0] <= ma
        )
        for ma in _INTENSITIES_MA
    ]
    crossed = len(trains)
    return Outcome(
        experiment=LATERAL_SPREAD.word,
        title=LATERAL_SPREAD.title,
        question=LATERAL_SPREAD.question,
        sentences=(
            f"Of {len(pairs)} pairs {crossed} cross; of these {sum(one > 1 for one in trains)} "
            "answer with more than one impulse.",
            *(
                (f"The lateral spread begins {onset:.1f} ms after the shock.",)
                if onset is not None
                else ("No impulse reached the muscle of the other branch.",)
            ),
        ),
        findings=(
            finding(
                "nerve_cross_talk_latency",
                onset,
                n=len(firsts) or None,
                note="one impulse in ten is earlier" if firsts else "nothing crossed",
            ),
            finding("nerve_path_latency", root, note="from the shock to the root exit zone"),
            finding("nerve_path_latency", out, note="from the root exit zone to the muscle"),
            finding("nerve_cross_talk_share", 100.0 * crossed / len(pairs), n=len(pairs)),
        ),
        targets=_targets(root, out, onset),
        plots=(
            Plot(
                name="recruitment",
                title="Pairs in which the shock crosses, by intensity",
                x_label="intensity, mA",
                y_label="pairs",
                lines=(
                    Line(
                        label="the other branch answers",
                        x=_INTENSITIES_MA,
                        y=tuple(float(one) for one in counts),
                    ),
                    Line(
                        label="stimulated fibres",
                        x=_INTENSITIES_MA,
                        y=tuple(
                            float(sum(p.thresholds_ma[0] <= ma for p in pairs))
                            for ma in _INTENSITIES_MA
                        ),
                    ),
                ),
            ),
        ),
        rasters=(_raster(shocked),),
        lesion=lesion_facts(settings),
        parameters={"pairs": len(pairs), "seed": settings.seed, **numbers()},
    )


def _targets(
    root_ms: float | None, out_ms: float | None, onset_ms: float | None
) -> tuple[Target, ...]:
    moller = "Moller and Jannetta 1984, J Neurosurg"
    extra = (
        onset_ms - root_ms - out_ms
        if onset_ms is not None and root_ms is not None and out_ms is not None
        else None
    )
    return (
        Target(
            what="shock to the marginal mandibular branch to root exit zone, onset",
            unit="ms",
            low=3.87 - 0.36,
            high=3.87 + 0.36,
            source=moller,
            verified=True,
            simulated=root_ms,
            tuned=True,
            note="The length of the path was chosen for it.",
        ),
        Target(
            what="root exit zone to orbicularis oculi, onset",
            unit="ms",
            low=4.65 - 0.25,
            high=4.65 + 0.25,
            source=moller,
            verified=True,
            simulated=out_ms,
            tuned=True,
            note="The length of the path was chosen for it.",
        ),
        Target(
            what="lateral spread to orbicularis oculi, onset",
            unit="ms",
            low=9.0 - 1.1,
            high=9.0 + 1.1,
            source="J Korean Acad Rehabil Med 1992;16:101",
            verified=True,
            simulated=onset_ms,
        ),
        Target(
            what="lateral spread later than the sum of both paths",
            unit="ms",
            low=2.2,
            high=2.5,
            source=moller + "; Neurology 1985;35:969",
            verified=True,
            simulated=extra,
            note="What it takes to reach it: the experiment cross_talk, by lamellae.",
        ),
    )


def _raster(shocked: Sequence[Arrivals]) -> Raster:
    rows = [
        RasterRow(group="root exit zone, stimulated fibre", times_ms=(one.root_ms,))
        for one in shocked
        if one.root_ms is not None
    ]
    rows += [
        RasterRow(group="muscle of the other branch", times_ms=one.muscle_ms)
        for one in shocked
        if one.muscle_ms
    ]
    return Raster(
        name="arrivals",
        title="Impulses after one shock at full intensity",
        rows=tuple(rows),
        from_ms=0.0,
        to_ms=_AFTER_MS,
        marks_ms=(0.0,),
        caption="A row a fibre.",
    )


LATERAL_SPREAD = Experiment(
    word="lateral_spread",
    title="Lateral spread",
    question="What reaches the muscle of another branch after a shock, when, and from which "
    "intensity on?",
    run=_run,
)
