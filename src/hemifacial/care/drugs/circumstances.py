"""What does not go together: a drug with another drug, with a pregnancy, an illness, a kidney."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hemifacial.care.drugs.catalogue import drugs, group_of, label, rows, warning_of, word_of
from hemifacial.care.drugs.facts import Circumstance, Circumstances
from hemifacial.care.warnings import CareWarning, Severity

__all__ = ["circumstance_warnings", "interaction_warnings", "not_asked", "renal_warnings"]


def interaction_warnings(
    drug: str, taken: Sequence[str], who: Circumstances
) -> Iterator[CareWarning]:
    """Every row of ``interactions.tsv`` that a drug has with the others, whichever comes first.

    Parameters
    ----------
    taken
        The drugs of the log that are taken at the same time.
    """
    partners = {other: group_of(other) or other for other in taken if other != drug}
    for name in who.other_drugs:
        group, word = group_of(name), word_of(name)
        if group is None and word not in drugs():
            yield _not_in_table(name, drug)
        else:
            partners[name] = group or word
    mine = {drug, group_of(drug) or drug}
    for row in rows("interactions.tsv"):
        for name, word in partners.items():
            if (row["drug"], row["other"]) in {pair for one in mine for pair in _both(one, word)}:
                yield warning_of("interaction", row, f"{label(drug)} with {label(name)}")


def _both(one: str, other: str) -> tuple[tuple[str, str], tuple[str, str]]:
    return (one, other), (other, one)


def _not_in_table(name: str, drug: str) -> CareWarning:
    return CareWarning(
        rule="other_drug_not_checked",
        severity=Severity.NOTE,
        text=f"{name} is not in the table: whether it goes with {label(drug)} was not checked.",
        next_step="Look it up in a full source of interactions.",
        source="this project, docs/drugs.md",
        verified=False,
        subject=name,
    )


def circumstance_warnings(drug: str, who: Circumstances) -> Iterator[CareWarning]:
    """Every row of ``circumstances.tsv`` for this drug and what is present, then what to ask."""
    for row in rows("circumstances.tsv"):
        if row["drug"] == drug and row["circumstance"] in who.present:
            yield warning_of(row["circumstance"], row, drug)
    missing = not_asked(drug, who)
    if missing:
        yield CareWarning(
            rule="not_asked",
            severity=Severity.NOTE,
            text=f"Not asked before {label(drug)}: "
            f"{', '.join(one.replace('_', ' ') for one in missing)}.",
            next_step="Ask, and write down the answer.",
            source="this project, docs/drugs.md",
            verified=False,
            subject=drug,
        )


def not_asked(drug: str, who: Circumstances) -> tuple[Circumstance, ...]:
    """What would stop this drug and is known neither to be present nor to be absent."""
    stopping = {
        Circumstance(row["circumstance"])
        for row in rows("circumstances.tsv")
        if row["drug"] == drug and row["severity"] == Severity.STOP
    }
    known = {*who.present, *who.absent}
    return tuple(one for one in Circumstance if one in stopping and one not in known)


def renal_warnings(drug: str, who: Circumstances) -> Iterator[CareWarning]:
    """Whether the kidneys clear too little for the usual dose."""
    clearance = who.renal_clearance_ml_per_min
    for row in rows("renal.tsv"):
        if row["drug"] != drug:
            continue
        below = float(row["below_ml_per_min"])
        low = clearance is not None and clearance < below
        if clearance is not None and not low:
            continue
        found = (
            f"Clearance is {clearance:g} mL/min, below {below:g}: the dose is lowered."
            if low
            else f"The clearance is not known; below {below:g} mL/min the dose is lowered."
        )
        yield CareWarning(
            rule="renal_dose" if low else "renal_clearance_unknown",
            severity=Severity.WARN if low else Severity.NOTE,
            text=f"{row['text']} {found}",
            next_step="Dose by the label's table." if low else "Measure creatinine.",
            source=row["source"],
            verified=row["verified"] == "yes",
            subject=drug,
        )
