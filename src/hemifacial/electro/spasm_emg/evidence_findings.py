"""Findings of what the features speak for: the balance of each condition, with its sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from hemifacial.electro.spasm_emg.features import Observation
from hemifacial.electro.spasm_emg.likelihoods import CONDITIONS, OVERLAP, Evidence, Row
from hemifacial.electro.stated import Subject, stated, unjudged
from hemifacial.findings import Finding

__all__ = ["evidence_findings"]


def evidence_findings(
    observations: Sequence[Observation], evidence: Sequence[Evidence], about: Subject
) -> list[Finding]:
    """One finding a condition, what most speaks for first.

    The value is how many observations speak for it, less how many speak against it. It puts
    conditions in an order; it is neither a probability nor a diagnosis.
    """
    if not observations:
        return []
    if not evidence:
        why = "; ".join(f"{one.feature}: {one.said}" for one in observations)
        return [unjudged(about, f"emg_evidence_{condition}", why) for condition in CONDITIONS]
    said = {one.feature: one.said for one in observations}
    return [
        stated(
            about,
            f"emg_evidence_{one.condition}",
            one.balance,
            n=len(one.speaks_for) + len(one.against) + len(one.nothing),
            note=_words(one, said),
        )
        for one in evidence
    ]


def _words(one: Evidence, said: Mapping[str, str]) -> str:
    parts = [
        f"{title}: {_listed(rows, said)}"
        for title, rows in (
            ("for", one.speaks_for),
            ("against", one.against),
            ("says nothing", one.nothing),
        )
        if rows
    ]
    return "; ".join(parts) + ". " + OVERLAP


def _listed(rows: Iterable[Row], said: Mapping[str, str]) -> str:
    return ", ".join(
        f"{row.feature} ({said[row.feature]}{_ratio(row)}; {row.source}"
        f"{'' if row.verified else ', not verified'})"
        for row in rows
    )


def _ratio(row: Row) -> str:
    if row.ratio is None:
        return ""
    return f"; likelihood ratio {row.ratio:g} over {CONDITIONS[row.ratio_over]}"
