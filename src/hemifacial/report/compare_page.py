"""A comparison of videos as a page, a tidy table and a JSON document."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hemifacial.anatomy import Side
from hemifacial.face.comparison.compare import Change, Comparison
from hemifacial.face.summary import METHOD_VERSION
from hemifacial.findings import Finding, quantities
from hemifacial.formats.manifest import table_text
from hemifacial.report import sentences, words
from hemifacial.report.html import asset, environment, markup, policy

__all__ = ["COLUMNS", "FILES", "as_document", "pages"]

FILES = ("comparison.html", "comparison.json", "comparison.tsv")
"""Everything that the folder of a comparison holds."""

COLUMNS = (
    "video",
    "quantity",
    "side",
    "role",
    "sites",
    "phase",
    "unit",
    "first",
    "first_low",
    "first_high",
    "later",
    "later_low",
    "later_high",
    "change",
    "change_low",
    "change_high",
    "smallest_detectable_change",
    "verdict",
    "note",
)
_SCHEMA_VERSION = 1
_VERDICTS = {
    "more": "more than in the first",
    "less": "less than in the first",
    "not detected": "no change detected",
    "not judged": "not judged",
}


@dataclass(frozen=True, kw_only=True)
class _Row:
    """A change in a reader's words."""

    label: str
    definition: str
    side: str
    sites: str
    before: str
    after: str
    change: str
    detectable: str
    verdict: str
    is_detected: bool
    note: str


@dataclass(frozen=True, kw_only=True)
class _Table:
    """The changes of one video in one phase."""

    heading: str
    rows: tuple[_Row, ...]


def pages(comparison: Comparison) -> dict[str, str]:
    """The texts of a comparison by file name."""
    document = as_document(comparison)
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
    return {
        "comparison.html": _page(comparison),
        "comparison.json": text + "\n",
        "comparison.tsv": table_text(COLUMNS, _records(comparison)),
    }


def as_document(comparison: Comparison) -> dict[str, Any]:
    """A comparison as a JSON object; empty values are null."""
    return {
        "schema_version": _SCHEMA_VERSION,
        "method": "face comparison",
        "method_version": METHOD_VERSION,
        "affected_side": comparison.affected_side.value,
        "thresholds_mm": dict(comparison.thresholds_mm),
        "sentences": list(comparison.sentences),
        "videos": [
            {
                "name": video.name,
                "input_name": video.result.provenance.input_name,
                "input_sha256": video.result.provenance.input_sha256,
                "recorded_at": video.result.provenance.recorded_at or None,
                "method_version": video.result.provenance.method_version,
            }
            for video in comparison.videos
        ],
        "changes": list(_records(comparison)),
    }


def _records(comparison: Comparison) -> Iterator[dict[str, Any]]:
    for one in comparison.changes:
        change = one.change
        yield {
            "video": one.video,
            "quantity": one.before.quantity,
            "side": one.before.side.value,
            "role": _role(one.before.side, comparison.affected_side),
            "sites": "|".join(one.before.sites),
            "phase": one.before.phase,
            "unit": one.before.unit,
            "first": one.before.value,
            "first_low": one.before.low,
            "first_high": one.before.high,
            "later": one.after.value,
            "later_low": one.after.low,
            "later_high": one.after.high,
            "change": None if change is None else round(change.value, 6),
            "change_low": None if change is None else round(change.low, 6),
            "change_high": None if change is None else round(change.high, 6),
            "smallest_detectable_change": (
                None if change is None else round(change.smallest_detectable, 6)
            ),
            "verdict": one.verdict,
            "note": one.note,
        }


def _role(side: Side, affected: Side) -> str:
    if side not in (Side.RIGHT, Side.LEFT) or affected is Side.NOT_APPLICABLE:
        return ""
    return "affected" if side is affected else "other"


def _page(comparison: Comparison) -> str:
    style = asset("compare.css")
    template = environment().get_template("compare.html.j2")
    html: str = template.render(
        policy=policy(style),
        style=markup(style),
        videos=[(video.name, video.result.provenance) for video in comparison.videos],
        sentences=comparison.sentences,
        tables=_tables(comparison),
        limits=sentences.cannot_tell("face"),
    )
    return html


def _tables(comparison: Comparison) -> tuple[_Table, ...]:
    """A table for each later video and phase; whole recording and affected side first."""
    grouped: dict[tuple[str, str], list[Change]] = {}
    for change in comparison.changes:
        grouped.setdefault((change.video, change.before.phase), []).append(change)
    first = comparison.videos[0].name
    return tuple(
        _Table(
            heading=f"{video} against {first}" + (f": {_phase(phase)}" if phase else ""),
            rows=tuple(_row(change) for change in _ordered(changes, comparison.affected_side)),
        )
        for (video, phase), changes in grouped.items()
    )


def _ordered(changes: Sequence[Change], affected: Side) -> list[Change]:
    order = {affected: 0, affected.opposite: 1}
    return sorted(changes, key=lambda change: order.get(change.before.side, 2))


def _row(change: Change) -> _Row:
    known = quantities()[change.before.quantity]
    difference, unit = change.change, change.before.unit
    interval = ""
    if difference is not None:
        low, high = (_signed(bound, unit) for bound in (difference.low, difference.high))
        interval = f"{_signed(difference.value, unit)} ({low} to {high})"
    return _Row(
        label=known.label,
        definition=known.definition,
        side=words.side_label(change.before.side),
        sites=words.sites_label(change.before.sites),
        before=_told(change.before),
        after=_told(change.after),
        change=interval,
        detectable=words.with_unit(difference.smallest_detectable, unit) if difference else "",
        verdict=_VERDICTS[change.verdict],
        is_detected=bool(difference and difference.is_detected),
        note=change.note,
    )


def _told(finding: Finding) -> str:
    interval = words.interval_text(finding)
    return words.value_text(finding) + (f" ({interval})" if interval else "")


def _signed(value: float, unit: str) -> str:
    sign = "+" if value > 0 else "\N{MINUS SIGN}" if value < 0 else ""
    return sign + words.number(abs(value), unit)


def _phase(word: str) -> str:
    from hemifacial.formats.protocol import phase_labels

    labels: Mapping[str, str] = phase_labels()
    return labels.get(word, word).lower()
