"""Two shocks at a short interval, and whether the second crosses to the neighbour as well.

Yamashita and colleagues (2002, Muscle Nerve) gave pairs of shocks at 0.5 to 7 ms to twelve
patients: the lateral spread of the second comes after a fixed refractory period, neither larger
nor smaller, neither earlier nor later. A synapse would add or take away.
"""

from __future__ import annotations

from collections.abc import Sequence

from hemifacial.twin.nerve.experiments.common import (
    DIAMETER_UM,
    cluster,
    finding,
    first_after,
    lesion_facts,
)
from hemifacial.twin.nerve.outcome import Line, Outcome, Plot, Target
from hemifacial.twin.nerve.settings import Experiment, Settings, Tools
from hemifacial.twin.nerve.sweep import Passages, run_all

__all__ = ["DOUBLE_SHOCK"]

_FIRST_MS = 5.0
_INTERVALS_MS = (0.5, 0.7, 0.9, 1.1, 1.3, 1.5, 1.75, 2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 7.0)
_AFTER_MS = 12.0
_NEAR_MS = 0.25
_PAIR_UM = (DIAMETER_UM, 8.0)


def _answers(one: Passages, interval_ms: float) -> tuple[float | None, float | None]:
    """Latency of the neighbour's answer to either shock; ms, None where there is none."""
    times = one.face[1]
    first = first_after(times, _FIRST_MS)
    first_ms = None if first is None else first - _FIRST_MS
    shocked = [t for t in one.face_edge[0] if t >= _FIRST_MS + interval_ms]
    second = _FIRST_MS + interval_ms
    answers = [t for t in times if t >= second + (first_ms or 0.0) - _NEAR_MS and t != first]
    if first_ms is None or not shocked or not answers:
        return first_ms, None
    return first_ms, answers[0] - second


def _run(settings: Settings, tools: Tools) -> Outcome:
    intervals = _INTERVALS_MS[:: 3 if settings.small else 1]
    recipes = [
        cluster(
            settings,
            _PAIR_UM,
            [(_FIRST_MS, 0), (_FIRST_MS + interval, 0)],
            duration_ms=_FIRST_MS + interval + _AFTER_MS,
        )
        for interval in intervals
    ]
    found = run_all(recipes, workers=tools.workers, kept=tools.kept, progress=tools.progress)
    answers = [_answers(one, gap) for one, gap in zip(found, intervals, strict=True)]
    firsts = [a for a, _ in answers if a is not None]
    seconds = {gap: b for gap, (_, b) in zip(intervals, answers, strict=True) if b is not None}
    shortest = min(seconds, default=None)
    always = shortest is not None and all(gap in seconds for gap in intervals if gap >= shortest)
    late = [
        seconds[gap] - firsts[0] for gap in seconds if shortest is not None and gap >= 2 * shortest
    ]
    return Outcome(
        experiment=DOUBLE_SHOCK.word,
        title=DOUBLE_SHOCK.title,
        question=DOUBLE_SHOCK.question,
        sentences=_sentences(shortest, always, late),
        findings=(
            finding(
                "nerve_refractory_interval",
                shortest,
                note=f"of {len(intervals)} intervals from {intervals[0]:g} to {intervals[-1]:g} ms"
                + ("" if shortest is not None else ": the second never crossed"),
            ),
        ),
        targets=(
            Target(
                what="shortest interval at which the second shock crosses",
                unit="ms",
                low=0.5,
                high=7.0,
                source="Yamashita et al. 2002, Muscle Nerve",
                verified=True,
                simulated=shortest,
                note="The source's range of intervals.",
            ),
            Target(
                what="from then on it crosses at every interval (1 yes)",
                unit="",
                low=1.0,
                high=1.0,
                source="Yamashita et al. 2002, Muscle Nerve",
                verified=True,
                simulated=float(always),
            ),
            Target(
                what="latency of the second less that of the first, largest, from twice that on",
                unit="ms",
                low=-0.2,
                high=0.2,
                source="Yamashita et al. 2002, Muscle Nerve: constant (0.2 ms: this project)",
                verified=False,
                simulated=max(late, key=abs) if late else None,
            ),
        ),
        plots=(_plot(intervals, answers),),
        lesion=lesion_facts(settings),
        parameters={"intervals_ms": list(intervals), "pair_um": list(_PAIR_UM)},
    )


def _sentences(shortest: float | None, always: bool, late: Sequence[float]) -> tuple[str, ...]:
    if shortest is None:
        return ("The second shock never crosses to the neighbour.",)
    said = [
        f"The second shock crosses from an interval of {shortest:g} ms on"
        + (", at every longer one." if always else ", but not at every longer one.")
    ]
    if late:
        said.append(
            f"From twice that interval on its latency differs from the first one's by at most "
            f"{max(abs(one) for one in late):.2f} ms."
        )
    return tuple(said)


def _plot(intervals: Sequence[float], answers: Sequence[tuple[float | None, float | None]]) -> Plot:
    def line(label: str, which: int) -> Line:
        values = tuple(float("nan") if one[which] is None else one[which] for one in answers)
        return Line(label=label, x=tuple(intervals), y=tuple(v for v in values if v is not None))

    return Plot(
        name="latency",
        title="Latency of the neighbour's answer to each of two shocks",
        x_label="interval of the shocks, ms",
        y_label="latency, ms",
        lines=(line("to the first shock", 0), line("to the second", 1)),
        caption="No point where the neighbour does not answer.",
    )


DOUBLE_SHOCK = Experiment(
    word="double_shock",
    title="Two shocks",
    question="After which interval does a second shock cross to the neighbour as the first did?",
    run=_run,
)
