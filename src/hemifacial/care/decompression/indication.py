"""Whether what is usual before a decompression is there; the decision is the surgeon's."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hemifacial.care.decompression.tables import rows
from hemifacial.care.warnings import CareWarning, Severity, gravest_first

__all__ = ["Indication", "Known", "check_indication"]


class Known(StrEnum):
    """An answer, or that there is none."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Indication:
    """What is known before the operation; everything may be unknown."""

    primary: Known = Known.UNKNOWN
    """No other cause than a vessel: no tumour, no palsy before, no lesion."""
    disabling: Known = Known.UNKNOWN
    fit_for_surgery: Known = Known.UNKNOWN
    unstable_illness: Known = Known.UNKNOWN
    mri_heavy_t2: Known = Known.UNKNOWN
    mri_angiography: Known = Known.UNKNOWN
    vessel_at_exit_zone: Known = Known.UNKNOWN
    other_ear_deaf: Known = Known.UNKNOWN
    audiogram: Known = Known.UNKNOWN
    baep: Known = Known.UNKNOWN
    electrodiagnosis: Known = Known.UNKNOWN
    video: Known = Known.UNKNOWN
    house_brackmann: int | None = None
    hfs_7: int | None = None


def check_indication(facts: Indication) -> tuple[CareWarning, ...]:
    """What speaks against, what is missing and what nobody has said, the gravest first.

    That toxin failed or was refused is not asked: it is not required.
    """
    found = [one for row in rows("indication.tsv") if (one := _of_row(row, facts)) is not None]
    for name, plain in (("house_brackmann", "House-Brackmann grade"), ("hfs_7", "HFS-7")):
        if getattr(facts, name) is None:
            found.append(_note(name, f"There is no {plain}: no change can be told later."))
    return gravest_first(found)


def _of_row(row: dict[str, str], facts: Indication) -> CareWarning | None:
    known: Known = getattr(facts, row["name"])
    if known is Known.UNKNOWN:
        return _note(row["name"], f"Not stated: {row['plain']}.")
    if known == row["wanted"]:
        return None
    return CareWarning(
        rule=f"indication_{row['name']}",
        severity=Severity(row["severity"]),
        text=f"{row['text']}.",
        source=row["source"],
        verified=row["verified"] == "yes",
    )


def _note(name: str, text: str) -> CareWarning:
    return CareWarning(
        rule=f"indication_{name}_unknown",
        severity=Severity.NOTE,
        text=text,
        source="this project, docs/decompression.md",
        verified=False,
    )
