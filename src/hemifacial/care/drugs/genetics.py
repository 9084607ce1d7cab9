"""The recommendation for an order by the alleles that are known, from ``cpic.tsv``.

The table holds the guideline of CPIC 2017 whole (carbamazepine, oxcarbazepine, and what it says of
other aromatic drugs), and beside it the cases that the guideline leaves open; their rows name this
project as the source. The first row that fits is the one that holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hemifacial.care.drugs.catalogue import drugs, label, rows
from hemifacial.care.drugs.facts import (
    Allele,
    AlleleResult,
    Alternative,
    DrugRecord,
    Exposure,
    GeneticResult,
    Reaction,
    ReactionKind,
)
from hemifacial.care.warnings import CareWarning, Severity

__all__ = ["Recommendation", "allele_result", "genetic_warnings", "recommendation"]

_CPIC = "doi:10.1002/cpt.1004 (CPIC 2017)"
_ANY = "any"


@dataclass(frozen=True, kw_only=True)
class Recommendation:
    """What the table says of one drug and one patient.

    `strength` is the guideline's own (strong, optional), empty where the row is not of it.
    """

    drug: str
    advice: str
    strength: str
    severity: Severity
    text: str
    source: str
    verified: bool


def recommendation(
    drug: str,
    *,
    b1502: AlleleResult,
    a3101: AlleleResult,
    exposure: Exposure,
    alternative: Alternative,
) -> Recommendation | None:
    """The first row of the table that fits; None for a drug of which it says nothing."""
    asked = {
        "b1502": b1502.value,
        "a3101": a3101.value,
        "exposure": exposure.value,
        "alternative": alternative.value,
    }
    listed = drug in drugs()
    for row in rows("cpic.tsv"):
        of_drug = row["drug"] == drug or (row["drug"] == "any_listed" and listed)
        if of_drug and all(row[key] in (_ANY, value) for key, value in asked.items()):
            return Recommendation(
                drug=drug,
                advice=row["advice"],
                strength=row["strength"],
                severity=Severity(row["severity"]),
                text=row["text"],
                source=row["source"],
                verified=row["verified"] == "yes",
            )
    return None


def allele_result(results: Sequence[GeneticResult], allele: Allele) -> AlleleResult:
    """What is known of an allele: positive where any result is, since genes do not change."""
    said = {one.result for one in results if one.allele is allele}
    for result in (AlleleResult.POSITIVE, AlleleResult.NEGATIVE):
        if result in said:
            return result
    return AlleleResult.UNKNOWN


def genetic_warnings(drug: str, exposure: Exposure, record: DrugRecord) -> Iterator[CareWarning]:
    """What alleles and earlier reactions say of an order of this drug.

    The record does not ask whether another drug would do, so the stricter row holds.
    """
    if any(one.drug == drug for one in record.reactions):
        exposure = Exposure.REACTED
    found = recommendation(
        drug,
        b1502=allele_result(record.genetics, Allele.B1502),
        a3101=allele_result(record.genetics, Allele.A3101),
        exposure=exposure,
        alternative=Alternative.UNKNOWN,
    )
    if found is not None:
        yield CareWarning(
            rule=f"hla_{found.advice}",
            severity=found.severity,
            text=found.text,
            next_step=_next_step(found),
            source=found.source,
            verified=found.verified,
            subject=drug,
        )
    yield from _contradictions(record.genetics)
    yield from _cross_reactions(drug, record.reactions)


def _next_step(found: Recommendation) -> str:
    if found.advice == "result_missing":
        return "Wait for the result, choose another drug, or state the reason."
    if found.advice == "do_not_use":
        known = drugs()[found.drug]
        caution = " Another aromatic drug is no safe way out." if known.aromatic else ""
        return f"Choose another drug, or state the reason.{caution}"
    return ""


def _contradictions(results: Sequence[GeneticResult]) -> Iterator[CareWarning]:
    for allele in Allele:
        said = {one.result for one in results if one.allele is allele}
        if {AlleleResult.POSITIVE, AlleleResult.NEGATIVE} <= said:
            yield CareWarning(
                rule="hla_results_disagree",
                severity=Severity.WARN,
                text=f"{allele} is positive in one result and negative in another: taken as "
                "positive.",
                next_step="Ask the laboratory, and correct the wrong one.",
                source="this project, docs/drugs.md",
                verified=False,
                subject=allele,
            )


def _cross_reactions(drug: str, reactions: Sequence[Reaction]) -> Iterator[CareWarning]:
    """Aromatic drugs share reactions: one to another of them counts."""
    known = drugs().get(drug)
    for reaction in reactions:
        other = drugs().get(reaction.drug)
        if reaction.drug != drug and known and other and known.aromatic and other.aromatic:
            severe = reaction.kind is ReactionKind.SEVERE
            yield CareWarning(
                rule="aromatic_cross_reaction",
                severity=Severity.STOP if severe else Severity.WARN,
                text=f"There was a {'severe reaction' if severe else 'rash'} with "
                f"{label(reaction.drug)}; {label(drug)} is aromatic too, and such reactions are "
                "shared. That it went well with one of them says nothing about the others.",
                next_step="Choose a drug that is not aromatic, or state the reason.",
                source=f"{_CPIC} for which drugs are aromatic; the rule is general knowledge",
                verified=False,
                subject=drug,
            )
