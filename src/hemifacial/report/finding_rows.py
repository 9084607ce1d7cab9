"""The rows of findings: measured and reviewed, each with its basis and its limit in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hemifacial.anatomy import Side
from hemifacial.findings import Finding, Limit, Result, quantities
from hemifacial.report.words import interval_text, side_label, sites_label, value_text, with_unit

__all__ = ["FindingRow", "finding_rows", "limit_text"]

_ABOUT_RECORDING = frozenset(
    {
        "clipped_share",
        "detection_threshold",
        "edge_width",
        "face_brightness",
        "frame_rate",
        "head_turn",
        "image_scale",
        "judged_share",
        "judged_time",
        "noise_floor",
        "no_face_time",
        "other_face_time",
        "outer_canthal_distance",
        "recording_duration",
        "smallest_detectable_movement",
    }
)
"""Quantities that tell how good the recording is rather than what the patient does."""

_OWN_CHOICE = "this project"  # as the criteria tables name the source of what we set ourselves


@dataclass(frozen=True, kw_only=True)
class FindingRow:
    """One finding in words; `reviewed` is empty where there is no review."""

    quantity: str
    label: str
    definition: str
    side: str
    sites: str
    phase: str
    measured: str
    measured_interval: str
    reviewed: str
    reviewed_interval: str
    changed: bool
    basis: str
    limit: str
    note: str


def finding_rows(
    measured: Result, reviewed: Result | None, *, about_recording: bool
) -> tuple[FindingRow, ...]:
    """Findings side by side, in the order of the vocabulary; or those about the recording."""
    after = _by_key(reviewed.findings) if reviewed else {}
    before = _by_key(measured.findings)
    order = {word: place for place, word in enumerate(quantities())}
    keys = [key for key in {**before, **after} if (key[0] in _ABOUT_RECORDING) is about_recording]
    keys.sort(key=lambda key: order[key[0]])
    # What is known of the recording does not depend on the reader: one column, unless it does.
    with_review = reviewed is not None and (
        not about_recording or any(before.get(key) != after.get(key) for key in keys)
    )
    return tuple(
        _finding_row(before.get(key), after.get(key), with_review=with_review) for key in keys
    )


def _by_key(
    findings: Sequence[Finding],
) -> dict[tuple[str, Side, tuple[str, ...], str, int], Finding]:
    """Findings by what they are of; a second one of the same is its number two, and not lost."""
    found: dict[tuple[str, Side, tuple[str, ...], str, int], Finding] = {}
    for one in findings:
        number = 0
        while (key := (one.quantity, one.side, one.sites, one.phase, number)) in found:
            number += 1
        found[key] = one
    return found


def _finding_row(before: Finding | None, after: Finding | None, *, with_review: bool) -> FindingRow:
    finding = after or before
    if finding is None:
        raise ValueError("a row needs a finding")
    quantity = quantities()[finding.quantity]
    texts = [
        (value_text(one), interval_text(one)) if one else ("\N{EM DASH}", "")
        for one in (before, after)
    ]
    return FindingRow(
        quantity=quantity.word,
        label=quantity.label,
        definition=quantity.definition,
        side=side_label(finding.side),
        sites=sites_label(finding.sites),
        phase=finding.phase,
        measured=texts[0][0],
        measured_interval=texts[0][1],
        reviewed=texts[1][0] if with_review else "",
        reviewed_interval=texts[1][1] if with_review else "",
        changed=with_review and texts[0] != texts[1],
        basis=_basis(finding),
        limit=limit_text(finding.limit),
        note="; ".join(text for text in (finding.quality, finding.note) if text),
    )


def _basis(finding: Finding) -> str:
    parts = [f"n = {finding.n}" if finding.n is not None else "", finding.interval]
    return "; ".join(part for part in parts if part)


def limit_text(limit: Limit | None) -> str:
    """A limit with its source and whether it was checked against it; "" for none."""
    if limit is None:
        return ""
    value = f"{limit.meaning}: {with_unit(limit.value, limit.unit)}"
    if limit.source.startswith(_OWN_CHOICE):
        return f"{value} (our own choice, {limit.source.removeprefix(_OWN_CHOICE).strip(', ')})"
    mark = "checked against its source" if limit.verified else "NOT checked against its source"
    return f"{value} ({limit.source}; {mark})"
