"""Every experiment on the nerve against its sources, and what moves when a guess is wrong.

The second table changes each inferred number of lesion and cleft by a quarter either way and says
which verdicts turn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hemifacial.twin.nerve.experiments.catalogue import EXPERIMENTS
from hemifacial.twin.nerve.outcome import Outcome, Target
from hemifacial.twin.nerve.settings import Settings, Tools
from hemifacial.twin.nerve.sweep import executor

__all__ = ["run"]

_SENSITIVE = ("excitability", "cross_talk", "double_shock", "spontaneous", "sodium_block")
_SHARES = (0.75, 1.25)

_Change = Callable[[Settings, float], Settings]


def _lesion(name: str) -> _Change:
    def change(settings: Settings, share: float) -> Settings:
        value = getattr(settings.lesion, name) * share
        return replace(settings, lesion=replace(settings.lesion, **{name: value}))

    return change


def _cleft(settings: Settings, share: float) -> Settings:
    area = settings.cleft.area_um2 * share
    return replace(settings, cleft=replace(settings.cleft, area_um2=area))


_INFERRED: dict[str, _Change] = {
    "length of the lesion": _lesion("length_mm"),
    "sodium channels": _lesion("sodium_density"),
    "slow potassium channels": _lesion("potassium_density"),
    "leak": _lesion("leak_s_per_cm2"),
    "calibre": _lesion("calibre"),
    "area of the cleft": _cleft,
}


def run() -> dict[str, Any]:
    """Targets of every experiment, then the verdicts that turn."""
    with TemporaryDirectory() as folder, executor() as workers:
        tools = Tools(workers=workers, kept=Path(folder))
        base = {word: one.run(Settings(), tools) for word, one in EXPERIMENTS.items()}
        for outcome in base.values():
            _tell(outcome)
        turned = {}
        for name, change in _INFERRED.items():
            for share in _SHARES:
                settings = change(Settings(), share)
                turned[f"{name} x {share:g}"] = [
                    f"{word}: {target.what}: {target.verdict.value} ({target.simulated})"
                    for word in _SENSITIVE
                    for target, was in zip(
                        EXPERIMENTS[word].run(settings, tools).targets,
                        base[word].targets,
                        strict=True,
                    )
                    if target.verdict is not was.verdict
                ]
        print("\nverdicts that turn when an inferred number is a quarter smaller or larger")
        for name, rows in turned.items():
            print(f"{name}: {'; '.join(rows) or 'none'}")
    return {
        "targets": {word: [_row(one) for one in out.targets] for word, out in base.items()},
        "sentences": {word: list(out.sentences) for word, out in base.items()},
        "turned": turned,
    }


def _row(one: Target) -> dict[str, Any]:
    return {
        "what": one.what,
        "low": one.low,
        "high": one.high,
        "simulated": one.simulated,
        "verdict": one.verdict.value,
        "tuned": one.tuned,
    }


def _tell(outcome: Outcome) -> None:
    print(f"\n{outcome.title}")
    for one in outcome.sentences:
        print(f"  {one}")
    for target in outcome.targets:
        said = "not simulated" if target.simulated is None else f"{target.simulated:.3g}"
        print(
            f"  {target.verdict.value:8} {target.what}: {said} {target.unit} "
            f"(source {target.low:.3g} to {target.high:.3g}{'; tuned' * target.tuned})"
        )
