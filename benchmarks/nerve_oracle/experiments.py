"""The experiments whose answers are frozen, by name. The parameters are those of the reference."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.nerve_oracle.facts import SHAPES, Cleft, Experiment, Fibre, Lesion, Place, Pulse

__all__ = ["EXPERIMENTS", "PLACES", "SEARCHED", "STEPS_MS", "pair"]

STEPS_MS = (0.005, 0.0025, 0.001, 0.0005, 0.00025)
AREAS_UM2 = (5, 10, 20, 25, 30)

# 2.3 mm, bare: silent by itself, and two fibres close together excite each other.
CLEAN = Lesion(length_um=2300, segments=135, sodium=0.1, potassium=0.2, leak_s_per_cm2=0.004)
SHORT = replace(CLEAN, length_um=1150, segments=68)
# 1.15 mm, bare: silent by itself; one impulse is answered by a train that ends.
TRAIN = Lesion(length_um=1150, segments=68, sodium=0.1, potassium=0.07, leak_s_per_cm2=0.3 / 70)
MIDDLE = 67


def pair(area_um2: float, step_ms: float = 0.005, lesion: Lesion = CLEAN) -> Experiment:
    """Two equal fibres in one cleft; the first is stimulated."""
    fibre = Fibre(lesion=lesion)
    return Experiment(
        fibres=(fibre, fibre), cleft=Cleft(area_um2=area_um2), duration_ms=4, step_ms=step_ms
    )


def _experiments() -> dict[str, Experiment]:
    made = {
        f"single_{diameter:g}um_{1000 * step:g}us": Experiment(
            fibres=(Fibre(diameter_um=diameter),), duration_ms=1.6, step_ms=step
        )
        for diameter in SHAPES
        for step in (0.005, 0.001)
    }
    for area in AREAS_UM2:
        for step in (0.005, 0.001):
            made[f"pair_{area}um2_{1000 * step:g}us"] = pair(area, step)
    for step in (0.005, 0.001):
        made[f"train_{1000 * step:g}us"] = Experiment(
            fibres=(Fibre(lesion=TRAIN),), duration_ms=60, step_ms=step
        )
    made["stretch_5us"] = Experiment(
        fibres=(Fibre(lesion=replace(TRAIN, stretch_s_per_cm2=2e-4)),),
        pulses=(),
        duration_ms=20,
        settle_ms=0,
    )
    made["pair_10um2_shunted_5us"] = replace(
        pair(10), cleft=Cleft(area_um2=10, shunt_us_per_mm=0.4)
    )
    made["pair_5um2_thin_myelin_5us"] = pair(5, lesion=replace(SHORT, lamellae=0.6))
    made["pair_5um2_thicker_myelin_5us"] = pair(5, lesion=replace(SHORT, lamellae=1.2))
    thick, thin = (Fibre(diameter_um=d, lesion=CLEAN) for d in (12.8, 7.3))
    made["thick_to_thin_15um2_5us"] = replace(pair(15), fibres=(thick, thin))
    made["thin_to_thick_15um2_5us"] = replace(pair(15), fibres=(thin, thick))
    made["five_fibres_40um2_5us"] = replace(
        pair(40),
        fibres=(Fibre(lesion=CLEAN),) * 5,
        pulses=tuple(Pulse(fibre=fibre) for fibre in range(3)),
    )
    return made


EXPERIMENTS = _experiments()

# Potentials kept of these, every so many steps.
PLACES: dict[str, tuple[tuple[Place, ...], int]] = {
    "single_10um_5us": (tuple(Place(0, "node", node) for node in (0, 11, 22)), 1),
    "single_10um_1us": (tuple(Place(0, "node", node) for node in (0, 11, 22)), 5),
    "pair_20um2_5us": (
        tuple(Place(*where, MIDDLE) for where in ((0, "lesion"), (1, "lesion"), (0, "cleft"))),
        1,
    ),
    "train_5us": ((Place(0, "lesion", 34),), 10),
}

# For which the widest cleft that still transmits is searched, to 1 um2.
SEARCHED = {f"pair_{1000 * step:g}us": pair(10, step) for step in (0.005, 0.001)}
