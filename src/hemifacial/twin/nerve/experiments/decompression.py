"""The vessel is lifted: what is gone at once, and what heals over months.

Patients are pairs of fibres (`patient.contacts`); of each, a shock to either fibre before, at once
after, and weeks after decompression. Nielsen and Jannetta (1984) examined 59 patients within a
week, and 30 after two to eight months.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from hemifacial.twin.nerve.experiments.common import cluster, finding, lesion_facts
from hemifacial.twin.nerve.outcome import Line, Outcome, Plot, Target
from hemifacial.twin.nerve.patient import Contact, contacts, decompressed, numbers
from hemifacial.twin.nerve.recipe import Recipe
from hemifacial.twin.nerve.settings import Experiment, Settings, Tools
from hemifacial.twin.nerve.sweep import Passages, run_all

__all__ = ["DECOMPRESSION", "Direction", "State", "state_of"]

_SHOCK_MS = 5.0
_DURATION_MS = 40.0
_BEFORE = -1.0
_WEEKS = (_BEFORE, 0.0, 2.0, 4.0, 8.0, 13.0, 20.0, 26.0, 35.0)
_LATE_WEEKS = 20.0
"""Within the two to eight months of the source."""

_NIELSEN = "Nielsen and Jannetta 1984, Neurology III"


class Direction(StrEnum):
    """Which way an impulse crosses between the two fibres of a pair."""

    BOTH = "both ways"
    ONE = "one way"
    NONE = "not at all"


@dataclass(frozen=True, kw_only=True)
class State:
    """A pair at one time."""

    direction: Direction
    after_discharge: bool
    conducts: bool


def state_of(first: Passages, second: Passages) -> State:
    """From a shock to the first fibre, and one to the second."""
    crosses = [bool(first.face[1]), bool(second.face[0])]
    ways = (Direction.NONE, Direction.ONE, Direction.BOTH)
    own = [first.brainstem[0], second.brainstem[1]]
    return State(
        direction=ways[sum(crosses)],
        after_discharge=any(len([t for t in one if t >= _SHOCK_MS]) > 1 for one in own),
        conducts=all(own),
    )


def _recipes(one: Contact, weeks: float, settings: Settings) -> tuple[Recipe, Recipe]:
    lesion, cleft = (one.lesion, one.cleft) if weeks == _BEFORE else decompressed(one, weeks)
    first, second = (
        cluster(
            settings,
            one.diameters_um,
            [(_SHOCK_MS, fibre)],
            duration_ms=_DURATION_MS,
            lesion=lesion,
            cleft=cleft,
        )
        for fibre in (0, 1)
    )
    coarse = replace(settings.numerics, step_us=min(5.0, 2 * settings.numerics.step_us))
    return replace(first, numerics=coarse), replace(second, numerics=coarse)


def _run(settings: Settings, tools: Tools) -> Outcome:
    pairs = contacts(10 if settings.small else 60, settings.seed, settings.lesion)
    weeks = (_BEFORE, 0.0, _LATE_WEEKS) if settings.small else _WEEKS
    asked = [recipe for at in weeks for one in pairs for recipe in _recipes(one, at, settings)]
    found = run_all(asked, workers=tools.workers, kept=tools.kept, progress=tools.progress)
    each = iter(found)
    states = {at: [state_of(next(each), next(each)) for _ in pairs] for at in weeks}
    # Patients of the source had cross-talk before, or nothing could go.
    had = [i for i, one in enumerate(states[_BEFORE]) if one.direction is not Direction.NONE]
    trained = [i for i, one in enumerate(states[_BEFORE]) if one.after_discharge]

    def share(at: float, direction: Direction) -> float:
        return _share([states[at][i].direction is direction for i in had])

    def quiet(at: float) -> float:
        return _share([not states[at][i].after_discharge for i in trained])

    after = [at for at in weeks if at != _BEFORE]
    return Outcome(
        experiment=DECOMPRESSION.word,
        title=DECOMPRESSION.title,
        question=DECOMPRESSION.question,
        sentences=(
            f"Of {len(pairs)} pairs {len(had)} have cross-talk and {len(trained)} after-discharge "
            "before the operation.",
            f"At once cross-talk is gone in {share(0.0, Direction.NONE):.0f} %, runs one way in "
            f"{share(0.0, Direction.ONE):.0f} %; after-discharge is gone in {quiet(0.0):.0f} %.",
            f"After {_LATE_WEEKS:g} weeks cross-talk is gone in "
            f"{share(_LATE_WEEKS, Direction.NONE):.0f} %, after-discharge in "
            f"{quiet(_LATE_WEEKS):.0f} %.",
            f"Conduction through the lesion fails in {_blocked(states[_LATE_WEEKS]):.0f} % then.",
        ),
        findings=tuple(
            finding(
                "nerve_cross_talk_share",
                100.0 - share(at, Direction.NONE),
                n=len(had),
                note=f"{at:g} weeks after; of pairs with cross-talk before",
            )
            for at in after
        )
        + tuple(
            finding(
                "nerve_after_discharge_share",
                100.0 - quiet(at),
                n=len(trained),
                note=f"{at:g} weeks after; of pairs with after-discharge before",
            )
            for at in after
        ),
        targets=_targets(
            {
                "gone": share(0.0, Direction.NONE),
                "one way": share(0.0, Direction.ONE),
                "quiet": quiet(0.0),
                "late gone": share(_LATE_WEEKS, Direction.NONE),
                "late one way": share(_LATE_WEEKS, Direction.ONE),
                "late quiet": quiet(_LATE_WEEKS),
            }
        ),
        plots=(
            Plot(
                name="course",
                title="After decompression",
                x_label="weeks after decompression",
                y_label="share of pairs, %",
                lines=(
                    *(
                        Line(
                            label=f"cross-talk {one.value}",
                            x=tuple(after),
                            y=tuple(share(at, one) for at in after),
                        )
                        for one in Direction
                    ),
                    Line(
                        label="after-discharge gone",
                        x=tuple(after),
                        y=tuple(quiet(at) for at in after),
                    ),
                ),
            ),
        ),
        lesion=lesion_facts(settings),
        parameters={"pairs": len(pairs), "seed": settings.seed, **numbers()},
    )


def _share(which: Sequence[bool]) -> float:
    return 100.0 * sum(which) / len(which) if which else 0.0


def _blocked(states: Sequence[State]) -> float:
    return _share([not one.conducts for one in states])


def _targets(shares: dict[str, float]) -> tuple[Target, ...]:
    rows = (
        ("cross-talk gone within a week", "gone", 23.0, 8.0, True),
        ("cross-talk one way only within a week", "one way", 45.0, 10.0, True),
        ("after-discharge gone within a week", "quiet", 64.0, 10.0, True),
        ("cross-talk gone after 2 to 8 months", "late gone", 73.0, 10.0, True),
        ("cross-talk one way only after 2 to 8 months", "late one way", 17.0, 10.0, False),
        ("after-discharge gone after 2 to 8 months", "late quiet", 90.0, 10.0, False),
    )
    return tuple(
        Target(
            what=what,
            unit="%",
            low=middle - around,
            high=middle + around,
            source=_NIELSEN,
            verified=True,
            simulated=shares[word],
            tuned=tuned,
            note="Widening, stretch and speed of healing were chosen for it." if tuned else "",
        )
        for what, word, middle, around, tuned in rows
    )


DECOMPRESSION = Experiment(
    word="decompression",
    title="Decompression and recovery",
    question="What ends when the vessel is lifted, and what only over months?",
    run=_run,
)
