"""A small experiment on the nerve, and a program that runs it so that it can be killed."""

from __future__ import annotations

import sys
from pathlib import Path

from hemifacial.findings import Finding
from hemifacial.twin.nerve.outcome import Line, Outcome, Plot
from hemifacial.twin.nerve.recipe import Arrival, Cleft, Fibre, Recipe
from hemifacial.twin.nerve.settings import Experiment, Settings, Tools
from hemifacial.twin.nerve.sweep import ENGINE, run_all

__all__ = ["ITEMS", "SMALL"]

ITEMS = 5


def _run(settings: Settings, tools: Tools) -> Outcome:
    """When an impulse leaves a short cable, by when it came."""
    starts = [0.5 + 0.25 * n for n in range(ITEMS)]
    found = run_all(
        [
            Recipe(
                fibres=(Fibre(diameter_um=10.0),),
                lesion=settings.lesion,
                cleft=Cleft(),
                arrivals=(Arrival(time_ms=start, fibre=0),),
                duration_ms=6.0,
                nodes=6,
                edge=2,
                numerics=settings.numerics,
            )
            for start in starts
        ],
        workers=tools.workers,
        kept=tools.kept,
        progress=tools.progress,
    )
    leaves = tuple(one.brainstem[0][0] if one.brainstem[0] else float("nan") for one in found)
    return Outcome(
        experiment="small",
        title="A small experiment",
        question="When does an impulse leave?",
        sentences=("It leaves after it came.",),
        findings=(
            Finding(
                quantity="nerve_impulse_rate",
                value=1.0,
                unit="1/s",
                method="twin.nerve",
                method_version=ENGINE,
            ),
        ),
        plots=(
            Plot(
                name="passage",
                title="When it leaves",
                x_label="came, ms",
                y_label="left, ms",
                lines=(Line(label="one fibre", x=tuple(starts), y=leaves),),
            ),
        ),
        lesion={"length_mm": settings.lesion.length_mm},
        parameters={"starts_ms": starts},
    )


SMALL = Experiment(
    word="small", title="A small experiment", question="When does an impulse leave?", run=_run
)


if __name__ == "__main__":
    from hemifacial.commands.nerve import run_experiment

    run_experiment(SMALL, Settings(), Path(sys.argv[1]), workers=int(sys.argv[2]))
