"""A made-up outcome of an experiment on the nerve, with everything that one may hold."""

from __future__ import annotations

import math

import numpy as np

from hemifacial.findings import Finding, Provenance, Status, quantities
from hemifacial.twin.nerve.outcome import (
    Line,
    Outcome,
    Plot,
    Raster,
    RasterRow,
    SpaceTime,
    Target,
)

__all__ = ["LESION", "PROVENANCE", "made_up_outcome", "made_up_space_time"]

LESION = {
    "length_mm": 1.15,
    "lamellae": 0.0,
    "sodium_density": 0.1,
    "potassium_density": 0.07,
    "leak_s_per_cm2": 0.005,
    "mechanosensitive_s_per_cm2": 0.0,
    "calibre": 0.75,
    "segment_um": 17.0,
    "cleft_area_um2": 8.0,
    "cleft_shunt_us_per_mm": 0.0,
}

PROVENANCE = Provenance(
    method="twin.nerve",
    method_version="1",
    program_version="0.1.0",
    input_name="made_up",
    input_sha256="0" * 64,
    created_at="2026-11-23T07:00:00+00:00",
    parameters={"seed": 0, "settings": {"lesion": LESION}, "ratios": [5.0, 10.0]},
)


def _finding(
    value: float | None, note: str, low: float | None = None, high: float | None = None
) -> Finding:
    word = "lateral_spread_latency"
    return Finding(
        quantity=word,
        value=value,
        unit=quantities()[word].unit,
        method="twin.nerve",
        method_version="1",
        status=Status.NOT_JUDGED if value is None else Status.MEASURED,
        note=note,
        interval="" if low is None else "percentiles of fibres",
        low=low,
        high=high,
    )


def made_up_space_time(name: str = "voltage", samples: int = 900) -> SpaceTime:
    """An impulse that runs from the face to the brainstem, slower in the lesion, and echoes."""
    lesion_mm = (5.75, 6.9)
    place_mm = np.concatenate(
        [np.arange(6) * 1.15, 5.75 + (np.arange(68) + 0.5) * 1.15 / 68, 6.9 + np.arange(6) * 1.15]
    )
    time_ms = np.linspace(0.0, 20.0, samples)
    slow = np.clip(place_mm - lesion_mm[0], 0, lesion_mm[1] - lesion_mm[0])
    arrives_ms = 2.0 + (place_mm[-1] - place_mm) / 45.0 + (1.15 - slow) / 2.0
    rest_mv = np.where((place_mm > lesion_mm[0]) & (place_mm < lesion_mm[1]), -72.0, -80.0)
    voltage = np.tile(rest_mv, (samples, 1))
    for late_ms in (0.0, 3.6, 7.1, 10.7):
        since = time_ms[:, None] - arrives_ms[None, :] - late_ms
        voltage += np.where(since > 0, 105 * (np.exp(-since / 0.35) - np.exp(-since / 0.06)), 0)
        voltage -= np.where(since > 0.5, 6 * np.exp(-(since - 0.5) / 2.0), 0)
    return SpaceTime(
        name=name,
        title="Voltage along the shocked fibre",
        time_ms=time_ms,
        place_mm=place_mm,
        voltage_mv=voltage,
        lesion_mm=lesion_mm,
        caption="One shock at 2 ms, cleft 8 um2.",
    )


def made_up_outcome() -> Outcome:
    """As an experiment gives it."""
    areas = (1.0, 2.0, 5.0, 8.0, 10.0, 15.0, 20.0, 30.0)
    delays = (0.02, 0.05, 0.11, 0.13, 0.19, 0.4, 0.77, math.nan)
    rng = np.random.default_rng(3)
    rows = [
        RasterRow(
            group=group,
            times_ms=tuple(
                float(t) for t in np.cumsum(rng.uniform(2.8, 3.9, trains)) + rng.uniform(10.2, 10.8)
            ),
        )
        for group, trains in (
            *[("zygomatic_branch", int(n)) for n in rng.integers(1, 9, 24)],
            *[("marginal_mandibular_branch", int(n)) for n in rng.integers(0, 4, 12)],
        )
    ]
    return Outcome(
        experiment="made_up",
        title="Cross-talk between two fibres",
        question="When does an impulse cross from one bare fibre to its neighbour, and how late?",
        sentences=(
            "Between two fibres of 10 um an impulse crosses up to a cleft of 20 um2.",
            "A thick fibre (9 um) excites a thin one up to 20 um2, the thin one the thick one "
            "up to 8 um2.",
        ),
        findings=(
            _finding(9.2, "cleft 8 um2", low=8.9, high=9.6),
            _finding(None, "cleft 30 um2: does not cross"),
        ),
        targets=(
            Target(
                what="ephaptic delay, mean over clefts of 6, 8, 10 um2",
                unit="ms",
                low=0.10,
                high=0.24,
                source="Rasminsky 1980, J Physiol 305:151",
                verified=True,
                simulated=0.143,
                note="The width of the cleft is inferred, not measured.",
            ),
            Target(
                what="lateral spread response",
                unit="ms",
                low=7.9,
                high=10.1,
                source="Moller and Jannetta 1984",
                verified=False,
                simulated=6.8,
            ),
            Target(
                what="F-wave persistence",
                unit="",
                low=0.2,
                high=0.9,
                source="a series of 2019",
                verified=False,
                simulated=None,
                note="No motoneuron is simulated.",
            ),
            Target(
                what="path to the root zone",
                unit="ms",
                low=3.51,
                high=4.23,
                source="Moller and Jannetta 1984",
                verified=True,
                simulated=3.87,
                tuned=True,
            ),
        ),
        plots=(
            Plot(
                name="delay",
                title="Delay of cross-talk by the width of the cleft",
                x_label="cleft, um2",
                y_label="delay, ms",
                lines=(
                    Line(label="10 to 10 um", x=areas, y=delays),
                    Line(label="9 to 6 um", x=areas, y=tuple(0.8 * d + 0.02 for d in delays)),
                    Line(
                        label="6 to 9 um",
                        x=areas,
                        y=(0.1, 0.15, 0.31, 0.62, *(math.nan,) * 4),
                    ),
                ),
                log_x=True,
                bands=((0.10, 0.24, "Rasminsky 1980"),),
                caption="A line ends where nothing crosses any more.",
            ),
            Plot(
                name="recovery",
                title="Recovery after decompression",
                x_label="weeks",
                y_label="fibres with after-discharge, %",
                lines=(
                    Line(
                        label="all fibres",
                        x=tuple(float(w) for w in range(200)),
                        y=tuple(60 * math.exp(-w / 40) for w in range(200)),
                        points=False,
                    ),
                ),
            ),
        ),
        rasters=(
            Raster(
                name="trains",
                title="Impulses on their way to the face",
                rows=tuple(rows),
                from_ms=0.0,
                to_ms=45.0,
                marks_ms=(10.0,),
                caption="A shock to the zygomatic branch at 10 ms.",
            ),
        ),
        space_times=(made_up_space_time(),),
        lesion=LESION,
        parameters={"areas_um2": list(areas), "pair_um": [10.0, 10.0]},
    )
