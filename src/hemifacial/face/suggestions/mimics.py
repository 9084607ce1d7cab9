"""Signs that speak for hemifacial spasm or for a mimic, each with its published weight.

Signs and weights stand in ``mimic_signs.tsv``, one row a published figure; the rules by which a
sign is called are in `signs_of_spasms`, `signs_of_movement` and
`signs_between`. Signs are never summed: they do
not come independently, and hardly any of them was weighed on video.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from hemifacial.face.findings.quality import found
from hemifacial.face.suggestions.observed import Observed, evidence, joined
from hemifacial.face.suggestions.sign import Sign
from hemifacial.face.suggestions.signs_between import RULES as BETWEEN
from hemifacial.face.suggestions.signs_of_movement import RULES as OF_MOVEMENT
from hemifacial.face.suggestions.signs_of_spasms import RULES as OF_SPASMS
from hemifacial.findings import Finding, Limit
from hemifacial.vocabulary import read_table
from hemifacial.vocabulary.published import likelihood_ratio
from hemifacial.vocabulary.published import published as published_counts

__all__ = ["Weight", "signs", "weights"]

_RULES = {**OF_SPASMS, **OF_MOVEMENT, **BETWEEN}


@dataclass(frozen=True, kw_only=True)
class Weight:
    """One published figure of a sign; counts or shares that were not read are None.

    `cases` are people with what the sign speaks for, `others` those with what it speaks
    against; `verified` says that the figure itself was read in the source.
    """

    sign: str
    speaks_for: str
    against: str
    cases: int | None
    positive_cases: int | None
    others: int | None
    positive_others: int | None
    sensitivity: float | None
    specificity: float | None
    figure: str
    source: str
    verified: bool

    @property
    def corrected(self) -> bool:
        """Whether a count is 0, so that 0.5 is added to each (Haldane and Anscombe)."""
        counts = self._table()
        return counts is not None and 0 in counts

    @property
    def likelihood_ratio(self) -> float | None:
        """How much oftener the sign is there in cases than in others, if the counts are known."""
        return self._ratio(present=True)

    @property
    def likelihood_ratio_absent(self) -> float | None:
        """How much oftener the sign is lacking in cases than in others."""
        return self._ratio(present=False)

    def _table(self) -> tuple[int, int, int, int] | None:
        """Cases with and without, others with and without; None if a count is not known."""
        if self.cases is None or self.positive_cases is None:
            return None
        if self.others is None or self.positive_others is None:
            return None
        return (
            self.positive_cases,
            self.cases - self.positive_cases,
            self.positive_others,
            self.others - self.positive_others,
        )

    def _ratio(self, *, present: bool) -> float | None:
        table = self._table()
        return None if table is None else likelihood_ratio(table, present=present)

    def sentence(self) -> str:
        """The figure in words, with its source."""
        parts = []
        if self.cases is not None and self.positive_cases is not None:
            parts.append(f"{self.positive_cases} of {self.cases} with {self.speaks_for}")
        if self.others is not None and self.positive_others is not None:
            parts.append(f"{self.positive_others} of {self.others} with {self.against}")
        told = [" against ".join(parts)] if parts else []
        told += [f"sensitivity {self.sensitivity:.2f}"] if self.sensitivity is not None else []
        told += [f"specificity {self.specificity:.2f}"] if self.specificity is not None else []
        told += [self._ratios()] if self.likelihood_ratio is not None else []
        told += [self.figure] if self.figure else []
        if not told:
            return f"No published weight ({self.source})."
        unread = "" if self.verified else ", not verified"
        against = f" against {self.against}" if self.against and not parts else ""
        return f"Weight{against}: {'; '.join(told)} ({self.source}{unread})."

    def _ratios(self) -> str:
        added = ", 0.5 added to each count" if self.corrected else ""
        present, absent = self.likelihood_ratio or 0.0, self.likelihood_ratio_absent or 0.0
        return f"likelihood ratio {present:.2g} present, {absent:.2g} absent{added}"


@cache
def weights() -> dict[str, tuple[Weight, ...]]:
    """The published figures of every sign, by its quantity, in the order of the table."""
    rows = read_table("hemifacial.face.suggestions", "mimic_signs.tsv")
    table: dict[str, tuple[Weight, ...]] = {}
    for row in rows:
        weight = _weight(row)
        table[weight.sign] = (*table.get(weight.sign, ()), weight)
    return table


def _weight(row: dict[str, str]) -> Weight:
    """The figure of a row, or the one that it names among those that other tables read too."""
    sign, speaks_for, against = row["sign"], row["speaks_for"], row["against"]
    sensitivity, specificity = (
        float(row[name]) if row[name] else None for name in ("sensitivity", "specificity")
    )
    if row["counts"]:
        found = published_counts()[row["counts"]]
        return Weight(
            sign=sign,
            speaks_for=speaks_for,
            against=against,
            cases=found.cases,
            positive_cases=found.positive_cases,
            others=found.others,
            positive_others=found.positive_others,
            sensitivity=sensitivity,
            specificity=specificity,
            figure=found.figure,
            source=found.source,
            verified=found.verified,
        )
    return Weight(
        sign=sign,
        speaks_for=speaks_for,
        against=against,
        cases=_whole(row["cases"]),
        positive_cases=_whole(row["positive_cases"]),
        others=_whole(row["others"]),
        positive_others=_whole(row["positive_others"]),
        sensitivity=sensitivity,
        specificity=specificity,
        figure=row["figure"],
        source=row["source"],
        verified=row["verified"] == "yes",
    )


def _whole(text: str) -> int | None:
    return int(text) if text else None


def signs(seen: Observed) -> Iterator[Finding]:
    """Every sign as a finding: 1 present, 0 absent, not judged with the reason."""
    least_s = seen.criteria["grade_least_judged_s"]
    for quantity, published in weights().items():
        if seen.judged_s < least_s:
            reason = f"only {seen.judged_s:.0f} s were judged, {least_s:.0f} s are needed."
            sign = Sign(present=None, said=reason)
        else:
            sign = _RULES[quantity](seen)
        yield _finding(quantity, sign, published)


def _finding(quantity: str, sign: Sign, published: Sequence[Weight]) -> Finding:
    called = {True: "Present", False: "Absent", None: "Cannot tell"}[sign.present]
    note = joined(
        f"{called}: {sign.said}",
        f"Speaks for {published[0].speaks_for}.",
        *(weight.sentence() for weight in published),
        evidence(sign.events),
    )
    return found(
        quantity,
        None if sign.present is None else float(sign.present),
        side=sign.side,
        sites=sign.sites,
        n=sign.n,
        limit=_limit(published),
        note=note,
    )


def _limit(published: Sequence[Weight]) -> Limit | None:
    """The first likelihood ratio that could be computed, with what it is of."""
    for weight in published:
        ratio = weight.likelihood_ratio
        if ratio is not None:
            return Limit(
                value=round(ratio, 2),
                unit="1",
                meaning=f"Likelihood ratio of the sign for {weight.speaks_for} against "
                f"{weight.against}",
                source=weight.source,
                verified=weight.verified,
            )
    return None
