"""What is known before a decompression, for the letter: stated, against it, and not said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hemifacial.care.decompression.indication import Indication, Known, check_indication
from hemifacial.care.decompression.tables import rows
from hemifacial.care.scales.letter import Statement
from hemifacial.care.warnings import CareWarning, Severity

__all__ = ["imaging_of", "indication_told", "sentence", "with_source"]

_OF_IMAGING = ("mri_heavy_t2", "mri_angiography", "vessel_at_exit_zone")


def indication_told(indication: Indication, key: str) -> tuple[Statement, ...]:
    """What was stated before the operation, what speaks against it, and what nobody has said."""
    said = [
        _said(indication, row)
        for row in rows("indication.tsv")
        if _known(indication, row) is not Known.UNKNOWN
    ]
    for value, name in (
        (indication.house_brackmann, "House-Brackmann grade {}"),
        (indication.hfs_7, "HFS-7 {}"),
    ):
        said += [name.format(value)] if value is not None else []
    warnings = check_indication(indication)
    unsaid = [one for one in warnings if one.rule.endswith("_unknown")]
    found = [Statement(text=sentence("; ".join(said)), evidence=(key,))] if said else []
    for one in warnings:
        if one not in unsaid:
            against = "Stop: " if one.severity is Severity.STOP else ""
            found.append(Statement(text=f"{against}{with_source(one)}", evidence=(key,)))
    if unsaid:
        names = [row["plain"] for row in rows("indication.tsv")
                 if _known(indication, row) is Known.UNKNOWN]  # fmt: skip
        names += ["House-Brackmann grade"] if indication.house_brackmann is None else []
        names += ["HFS-7"] if indication.hfs_7 is None else []
        found.append(Statement(text=f"Not stated: {', '.join(names)}.", evidence=(key,)))
    return tuple(found)


def imaging_of(
    indication: Indication, key: str, told: Sequence[Statement]
) -> tuple[Statement, ...]:
    """What the check of the indication says of the imaging, beside what was `told` of it already.

    Where the two contradict each other both stand.
    """
    known = " ".join(one.text for one in told).lower()
    said = [
        phrase
        for row in rows("indication.tsv")
        if row["name"] in _OF_IMAGING and _known(indication, row) is not Known.UNKNOWN
        if (phrase := _said(indication, row)).lower() not in known
    ]
    return (Statement(text=sentence("; ".join(said)), evidence=(key,)),) if said else ()


def _said(indication: Indication, row: Mapping[str, str]) -> str:
    return row["said_yes"] if _known(indication, row) is Known.YES else row["said_no"]


def _known(indication: Indication, row: Mapping[str, str]) -> Known:
    found: Known = getattr(indication, row["name"])
    return found


def with_source(one: CareWarning) -> str:
    """A warning with what it rests on."""
    unread = "" if one.verified else "; not verified"
    step = f" {one.next_step}" if one.next_step else ""
    return f"{one.text}{step} ({one.source}{unread})"


def sentence(text: str) -> str:
    """The words as a sentence."""
    return f"{text[:1].upper()}{text[1:]}."
