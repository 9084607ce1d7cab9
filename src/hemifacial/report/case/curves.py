"""The two curves of a case with their sentences: how an injection fades, when relief comes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from hemifacial.report.case.expectation import expectation_figure, expectation_words
from hemifacial.report.case.facts import CaseFacts
from hemifacial.report.case.timeline import NARROW_PX
from hemifacial.report.case.wearing_off import (
    CURVE_DAYS,
    did_nothing,
    wearing_off_figure,
    wearing_off_words,
)

if TYPE_CHECKING:
    from hemifacial.care.toxin.wearing_off.loss import LossVerdict

__all__ = ["Curve", "fading_curve", "relief_curve"]

_WIDE_PX = 620.0


@dataclass(frozen=True, kw_only=True)
class Curve:
    """A figure for a screen and for a telephone, and the same in sentences."""

    wide: str
    narrow: str
    said: tuple[str, ...]


def fading_curve(facts: CaseFacts) -> Curve | None:
    """How the last session fades and when the next is due; None where there was no session.

    The model is fitted to this patient's sessions alone, beside the published series; that takes
    about a second.
    """
    if not facts.sessions:
        return None
    from hemifacial.care.toxin.wearing_off.answers import course, next_injection
    from hemifacial.care.toxin.wearing_off.cycles import cycles_of
    from hemifacial.care.toxin.wearing_off.fit import fit_cycles
    from hemifacial.care.toxin.wearing_off.loss import judge_loss

    code = facts.patient.code
    cycles = cycles_of(code, facts.sessions, facts.responses)
    fit = fit_cycles(cycles)
    due = next_injection(fit, code)
    points = course(fit, code, CURVE_DAYS)
    mine = [one for one in cycles if one.dose.product == due.product]
    wide, narrow = (
        wearing_off_figure(points, cycles, due, today=facts.today, name=name, width=width)
        for name, width in (("wearing-off", _WIDE_PX), ("wearing-off-narrow", NARROW_PX))
    )
    past = () if did_nothing(due, mine) else _past(facts, due.latest_on)
    said = (*wearing_off_words(due, mine), *past, _still(judge_loss(cycles)))
    return Curve(wide=wide, narrow=narrow, said=said)


def _still(verdict: LossVerdict) -> str:
    """Whether it still works, what to do, and what that rests on."""
    source = f"{verdict.source}{'' if verdict.verified else '; not verified'}"
    said = ("Does it still work?", verdict.text, verdict.next_step, f"({source})")
    return " ".join(filter(None, said))


def relief_curve(facts: CaseFacts) -> Curve | None:
    """When relief is to be expected; None without an operation in the year before today."""
    if facts.operated is None or facts.relief is None or facts.verdict is None:
        return None
    on, verdict, ahead = facts.operated.on, facts.verdict, facts.relief
    wide, narrow = (
        expectation_figure(ahead, operated_on=on, verdict=verdict, name=name, width=width)
        for name, width in (("relief", _WIDE_PX), ("relief-narrow", NARROW_PX))
    )
    said = expectation_words(ahead, operated_on=on, verdict=verdict)
    return Curve(wide=wide, narrow=narrow, said=said)


def _past(facts: CaseFacts, latest_on: date) -> Iterator[str]:
    """Why a date in the figure is history."""
    if facts.operated is not None and facts.operated.on > facts.sessions[-1].happened_on:
        yield f"The operation of {facts.operated.on} came after this session: the date is history."
    elif latest_on < facts.today:
        yield "These days have passed."
