"""Planted spasms of the eyelids alone: how large one must be to be found.

The mesh ties the eyes together and under-reads a single closing eye, so this is where the
instrument is weakest. One event every 1.2 s, each size clonic and tonic, both sides.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hemifacial.anatomy import Side
from hemifacial.commands.face import measure_face
from hemifacial.demo import CAMERA, public_domain_photograph
from hemifacial.face.measure import Options
from hemifacial.findings import Event, spasm_type
from hemifacial.formats.events_table import read_events
from hemifacial.formats.result_folder import read_result
from hemifacial.scoring import match
from hemifacial.twin.face import TRUTH_EVENTS, plant

__all__ = ["run"]

SIZES_MM = (3.0, 4.0, 5.0, 6.0, 7.0)
DURATIONS_S = (0.2, 0.3, 1.2)
ROUNDS = 2


def run() -> dict[str, Any]:
    """Found of planted, by size; both sides together."""
    counts = {size_mm: [0, 0] for size_mm in SIZES_MM}
    false = 0
    for side in (Side.RIGHT, Side.LEFT):
        found, planted, wrong = _found(side)
        false += wrong
        for size_mm in SIZES_MM:
            counts[size_mm][0] += found[size_mm]
            counts[size_mm][1] += planted[size_mm]
    print("eyelids alone, planted size: found")
    for size_mm, (hit, n) in counts.items():
        print(f"{size_mm:5.0f} mm: {hit} of {n}")
    print(f"false spasms: {false}")
    return {"by_size": {f"{size_mm:g}": pair for size_mm, pair in counts.items()}, "false": false}


def _found(side: Side) -> tuple[dict[float, int], dict[float, int], int]:
    plan = _plan(side)
    with TemporaryDirectory() as name:
        folder = Path(name)
        photograph = public_domain_photograph(folder / "photograph.png")
        camera = replace(CAMERA, seconds=plan[-1].offset_s + 2.0, seed=21)
        plant(photograph, plan, folder / "planted.mp4", camera=camera)
        measure_face(folder / "planted.mp4", folder / "result", Options(), stills=False)
        truth = read_events(folder / TRUTH_EVENTS).events
        seen = [e for e in read_result(folder / "result").events if e.family == "spasm"]
    pairs = [pair for pair in match(truth, seen) if pair.truth.side == pair.found.side]
    hits = dict.fromkeys(SIZES_MM, 0)
    total = dict.fromkeys(SIZES_MM, 0)
    paired = {pair.truth.event_id for pair in pairs}
    for event in plan:
        size_mm = event.amplitude or 0.0
        total[size_mm] += 1
        hits[size_mm] += event.event_id in paired
    return hits, total, len(seen) - len(pairs)


def _plan(side: Side) -> list[Event]:
    plan: list[Event] = []
    at_s = 1.5
    for _ in range(ROUNDS):
        for size_mm in SIZES_MM:
            for duration_s in DURATIONS_S:
                plan.append(
                    Event(
                        onset_s=at_s,
                        duration_s=duration_s,
                        event_id=f"e{len(plan) + 1:03d}",
                        trial_type=spasm_type(duration_s),
                        side=side,
                        sites=("orbicularis_oculi",),
                        amplitude=size_mm,
                        amplitude_unit="mm",
                    )
                )
                at_s += duration_s + 1.0
    return plan
