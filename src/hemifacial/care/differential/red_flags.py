"""What asks for MRI, whatever the order of conditions."""

from __future__ import annotations

from hemifacial.care.differential.answers import Answer, Answers
from hemifacial.care.differential.tables import limits, rows
from hemifacial.care.warnings import CareWarning, Severity

__all__ = ["red_flags"]

_STEP = "MRI of the brain with the cerebellopontine angle, and a neurologist."


def red_flags(answers: Answers) -> tuple[CareWarning, ...]:
    """Every red flag that anybody answered to, in the order of the table, then a young age.

    A flag stands even where another answer contradicts it: it is looked into, not weighed.
    """
    said = {(one.feature, one.answer) for one in answers.given}
    found = [
        CareWarning(
            rule=f"red_flag_{row['feature']}",
            severity=Severity.WARN,
            text=f"{row['text']}.",
            next_step=_STEP,
            source=row["source"],
            verified=row["verified"] == "yes",
            subject=row["feature"],
        )
        for row in rows("red_flags.tsv")
        if (row["feature"], Answer(row["answer"])) in said
    ]
    age, limit = answers.age_at_onset_years, limits()["young_years"]
    if age is not None and age < limit.value:
        found.append(
            CareWarning(
                rule="red_flag_young",
                severity=Severity.WARN,
                text=f"It began at {age:g} years, before {limit.value:g}.",
                next_step=_STEP,
                source=limit.source,
                verified=limit.verified,
                subject="age",
            )
        )
    return tuple(found)
