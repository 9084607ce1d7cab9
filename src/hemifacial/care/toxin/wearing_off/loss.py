"""Whether toxin has stopped working: the published rule, and how far chance explains the cycles.

The rule asks for failed cycles in a row at an adequate dose. A patient whose best cycles were good
luck returns to his usual level afterwards, and single cycles fail for reasons that pass; both are
weighed against a lasting loss. Whatever the answer, it says nothing of antibodies.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

from hemifacial.care.estimates import Estimate
from hemifacial.care.toxin.wearing_off.criteria import read_wearing_off_criteria
from hemifacial.care.toxin.wearing_off.cycles import Cycle
from hemifacial.findings import Limit

__all__ = ["Answer", "LossVerdict", "judge_loss"]


class Answer(StrEnum):
    """Yes, no, or not to be told from what is known."""

    YES = "yes"
    NO = "no"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, kw_only=True)
class LossVerdict:
    """Whether the effect is lost (secondary non-response), and what that rests on.

    Parameters
    ----------
    rule_met
        Whether the published rule holds: failed cycles in a row at an adequate dose.
    failed_cycles
        How many of the last cycles in a row were below the limit.
    probability
        That the loss is lasting, given the patient's cycles; None where the rule does not hold.
    text, next_step
        For a person to read.
    """

    answer: Answer
    rule_met: bool
    failed_cycles: int
    probability: Estimate | None
    text: str
    next_step: str
    source: str
    verified: bool


_TEST = (
    "Check dose, sites, dilution and storage; a test injection (frontalis or extensor digitorum "
    "brevis) tells more than another full session."
)


def judge_loss(cycles: Sequence[Cycle], criteria: Mapping[str, Limit] | None = None) -> LossVerdict:
    """Judge the cycles of one patient by the improvement that was reported at its best.

    Parameters
    ----------
    cycles
        Of one patient in order of time; those without a stated improvement are left out.
    """
    known = criteria or read_wearing_off_criteria()
    told = [one for one in cycles if one.improvement_percent is not None]
    effects = [max(one.improvement_percent or 0.0, 0.0) for one in told]
    earlier_least = int(known["least_earlier_cycles"].value)
    if len(effects) <= earlier_least:
        text = f"The improvement is known of {len(effects)} cycles: too few for a usual effect."
        return _verdict(Answer.CANNOT_TELL, known, text=text)
    failed = _failed_in_a_row(effects, known["remaining_share"].value, earlier_least)
    if failed == 0:
        text = "The last cycle worked as cycles of this patient do."
        return _verdict(Answer.NO, known, text=text)
    if failed < known["least_failed_cycles"].value:
        text = "One cycle has failed. One is no loss: single cycles fail for reasons that pass."
        return _verdict(Answer.NO, known, text=text, failed=failed)
    reason = _inadequate(told[:-failed], told[-failed:], known["adequate_dose_share"].value)
    if reason:
        text = f"{failed} cycles in a row have failed, but {reason}."
        return _verdict(
            Answer.CANNOT_TELL, known, text=text, failed=failed, next_step="Judge an adequate dose."
        )
    return _weighed(effects, failed, known)


def _failed_in_a_row(effects: Sequence[float], share: float, earlier_least: int) -> int:
    """The longest run at the end that is below the share of the median of all before it."""
    for run in range(len(effects) - earlier_least, 0, -1):
        usual = median(effects[:-run])
        if all(effect < share * usual for effect in effects[-run:]):
            return run
    return 0


def _inadequate(worked: Sequence[Cycle], failed: Sequence[Cycle], share: float) -> str:
    """Why the failed cycles cannot be held against the others, or empty."""
    for one in failed:
        same = [other.dose.units for other in worked if other.dose.product == one.dose.product]
        if not same:
            return f"no earlier cycle of {one.dose.product} is known to have worked"
        if one.dose.units < share * median(same):
            return f"the dose of {one.started_on} was below those that worked"
    return ""


def _weighed(effects: Sequence[float], failed: int, known: Mapping[str, Limit]) -> LossVerdict:
    from hemifacial.care.toxin.wearing_off.lasting import probability_of_loss

    chance = probability_of_loss(effects, known)
    answer = Answer.CANNOT_TELL
    if chance >= known["real_probability_share"].value:
        answer = Answer.YES
    elif chance <= known["unlikely_probability_share"].value:
        answer = Answer.NO
    said = {
        Answer.YES: "chance and return to the usual level do not explain it",
        Answer.NO: "chance and return to the usual level explain it",
        Answer.CANNOT_TELL: "chance may explain it; another cycle or a test will tell",
    }[answer]
    return _verdict(
        answer,
        known,
        text=f"{failed} cycles in a row had less than "
        f"{100 * known['remaining_share'].value:g} % of the usual effect at an adequate dose; "
        f"{said} (probability of a lasting loss {chance:.2f}). This says nothing of its cause.",
        failed=failed,
        rule_met=True,
        probability=Estimate(
            value=chance,
            unit="1",
            low=None,
            high=None,
            how="posterior probability of a lasting loss against stable cycles that fail by chance "
            f"(docs/toxin.md); prior: {known['lost_share'].source}; it is itself a measure of "
            "doubt and has no interval",
            n=len(effects),
        ),
        next_step=_TEST,
    )


def _verdict(
    answer: Answer,
    known: Mapping[str, Limit],
    *,
    text: str,
    failed: int = 0,
    rule_met: bool = False,
    probability: Estimate | None = None,
    next_step: str = "",
) -> LossVerdict:
    return LossVerdict(
        answer=answer,
        rule_met=rule_met,
        failed_cycles=failed,
        probability=probability,
        text=text,
        next_step=next_step,
        source=known["least_failed_cycles"].source,
        verified=known["least_failed_cycles"].verified,
    )
