"""The rows of the report: findings measured and reviewed, events with what was done to them."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hemifacial.anatomy import Side
from hemifacial.corrections import Action, Correction, apply
from hemifacial.findings import Event, Finding, Limit, Provenance, Result, quantities
from hemifacial.report.words import (
    interval_text,
    kind_label,
    moment,
    side_label,
    sites_label,
    value_text,
    with_unit,
)

__all__ = [
    "EventRow",
    "FindingRow",
    "command_again",
    "correction_sentence",
    "event_rows",
    "finding_rows",
    "limit_text",
    "own_criteria_rows",
    "provenance_rows",
]

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


_OWN_CRITERIA = "own_criteria"
"""The parameter with what a clinic's own table of criteria said."""


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


@dataclass(frozen=True, kw_only=True)
class EventRow:
    """One event through its corrections: as measured, as it stands, and its lines.

    `measured` is None for an event that a person added, `standing` is None for one that a
    person rejected; for a run of spasms, which is made from its events, both follow from what
    was done to those. `shown` is the event whose numbers the row shows.
    """

    measured: Event | None
    standing: Event | None
    shown: Event
    lines: tuple[Correction, ...]

    @property
    def state(self) -> str:
        """``measured``, ``rejected``, ``added`` or ``corrected``."""
        if self.standing is None:
            return "rejected"
        if self.measured is None:
            return "added"
        # Which run it belongs to is no reading of the event itself.
        same = replace(self.standing, parent_id="") == replace(self.measured, parent_id="")
        return "measured" if same else "corrected"

    @property
    def note(self) -> str:
        """Why the row cannot be corrected, if a reader might expect that it can."""
        return "Made from its events" if self.shown.family == "burst" else ""


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


_OWN_CHOICE = "this project"  # as the criteria tables name the source of what we set ourselves


def limit_text(limit: Limit | None) -> str:
    """A limit with its source and whether it was checked against it; "" for none."""
    if limit is None:
        return ""
    value = f"{limit.meaning}: {with_unit(limit.value, limit.unit)}"
    if limit.source.startswith(_OWN_CHOICE):
        return f"{value} (our own choice, {limit.source.removeprefix(_OWN_CHOICE).strip(', ')})"
    mark = "checked against its source" if limit.verified else "NOT checked against its source"
    return f"{value} ({limit.source}; {mark})"


def event_rows(
    events: Sequence[Event],
    corrections: Sequence[Correction],
    reviewed: Sequence[Event] | None = None,
) -> tuple[EventRow, ...]:
    """Every event that was measured or added, by onset, with the lines that concern it.

    Parameters
    ----------
    events
        As measured.
    corrections
        Applied one at a time by `hemifacial.corrections.apply`, to know which line is of which
        event.
    reviewed
        The events of the result that was recomputed with the corrections: what stands is taken
        from here, so that a row says exactly what the reviewed findings rest on. Without them,
        what `apply` left.
    """
    rows = _rows_by_name(events, corrections)
    if reviewed is None:
        return tuple(sorted(rows.values(), key=_place))
    now = {event.event_id: event for event in reviewed}
    single = [
        replace(row, standing=now.get(name), shown=now.get(name, row.shown))
        for name, row in rows.items()
        if row.shown.family != "burst"
    ]
    return tuple(sorted((*single, *_burst_rows(events, reviewed)), key=_place))


def _burst_rows(measured: Sequence[Event], reviewed: Sequence[Event]) -> Iterator[EventRow]:
    """Runs before and after a review, joined where they overlap: their names are given anew."""
    before = [event for event in measured if event.family == "burst"]
    taken = {event.event_id for event in reviewed}
    for run in reviewed:
        if run.family == "burst":
            was = next((one for one in before if one.side is run.side and _overlap(one, run)), None)
            if was is not None:
                before.remove(was)
                was = replace(was, event_id=run.event_id)
            yield EventRow(measured=was, standing=run, shown=run, lines=())
    for gone in before:
        name = f"{gone.event_id} as measured" if gone.event_id in taken else gone.event_id
        gone = replace(gone, event_id=name)
        yield EventRow(measured=gone, standing=None, shown=gone, lines=())


def _overlap(one: Event, other: Event) -> bool:
    return one.onset_s < other.offset_s and other.onset_s < one.offset_s


def _rows_by_name(
    events: Sequence[Event], corrections: Sequence[Correction]
) -> dict[str, EventRow]:
    rows = {
        event.event_id: EventRow(measured=event, standing=event, shown=event, lines=())
        for event in events
    }
    standing = {event.event_id: event for event in events}
    for correction in corrections:
        review = apply(standing.values(), [correction])
        if review.not_applied:
            continue
        now = {event.event_id: event for event in review.events}
        name = _touched(standing, now, correction)
        row = rows.get(name) or EventRow(measured=None, standing=None, shown=now[name], lines=())
        after = now.get(name)
        rows[name] = replace(
            row, standing=after, shown=after or row.shown, lines=(*row.lines, correction)
        )
        standing = now
    return rows


def _place(row: EventRow) -> tuple[float, bool, str]:
    event = row.shown
    return (event.onset_s, event.family != "burst", event.event_id)  # a run before its first spasm


def _touched(
    before: Mapping[str, Event], after: Mapping[str, Event], correction: Correction
) -> str:
    """The name of the event that one applied correction changed, took away or added."""
    for name in {**before, **after}:
        if before.get(name) != after.get(name):
            return name
    # A line that changes nothing (a move to where it was) still belongs to its event.
    kept = correction.before or correction.after
    return kept.event_id if kept is not None and kept.event_id in before else next(iter(before))


def correction_sentence(correction: Correction) -> str:
    """One line of the review in words: what, by whom, when and why."""
    before, after = correction.before, correction.after
    if correction.action is Action.RE_SIDE and before is not None and after is not None:
        what = f"Side changed from {before.side} to {after.side}"
    elif correction.action is Action.MOVE and before is not None and after is not None:
        what = f"Moved from {_span(before)} to {_span(after)}"
    elif correction.action is Action.ADD and after is not None:
        what = f"Added: {kind_label(after.trial_type).lower()}, {after.side}, {_span(after)}"
    else:
        what = "Rejected"
    why = f": {correction.why}" if correction.why else ""
    return f"{what} by {correction.who}, {moment(correction.when)}{why}"


def _span(event: Event) -> str:
    return f"{event.onset_s:.3f} s ({event.duration_s:.3f} s long)"


def provenance_rows(provenance: Provenance) -> tuple[tuple[str, str], ...]:
    """What is needed to know this measurement again, name by name."""
    rows = [
        ("Recording", provenance.input_name),
        ("SHA-256 of the recording", provenance.input_sha256),
        ("Recorded at", provenance.recorded_at or "not stated by the file"),
        ("Measured at", provenance.created_at),
        ("Method", f"{provenance.method} {provenance.method_version}"),
        ("Program", f"hemifacial {provenance.program_version}"),
    ]
    return (*rows, *_parameter_rows(provenance.parameters, "Parameter "))


def _parameter_rows(parameters: Mapping[str, Any], before: str) -> Iterator[tuple[str, str]]:
    for name, value in parameters.items():
        if name == _OWN_CRITERIA:
            continue  # `own_criteria_rows` tells them beside the command that needs them
        if isinstance(value, Mapping):
            yield from _parameter_rows(value, f"{before}{name}: ")
        else:
            yield f"{before}{name}", _plain(value)


def command_again(provenance: Provenance) -> str:
    """The command that measures the recording again; a parameter that is true is a flag of it.

    Phases that were stated stand in ``events.tsv``, which may be given for ``PHASES.tsv``. A
    clinic's own criteria were a table, which the command needs again: ``OWN.tsv`` stands for
    it, and `own_criteria_rows` says what is in it.
    """
    flags = [f"--{name}" for name, value in provenance.parameters.items() if value is True]
    if provenance.parameters.get("phases") == "stated":
        flags += ["--phases", "PHASES.tsv"]
    if provenance.parameters.get(_OWN_CRITERIA):
        flags += ["--criteria", "OWN.tsv"]
    return shlex.join(["hemifacial", provenance.method, provenance.input_name, *flags])


def own_criteria_rows(provenance: Provenance) -> tuple[tuple[str, str, str], ...]:
    """Name, value and source of every criterion that a clinic's own table set."""
    rows = provenance.parameters.get(_OWN_CRITERIA) or {}
    return tuple(
        (name, _plain(row.get("value")), str(row.get("source", "")))
        if isinstance(row, Mapping)
        else (name, _plain(row), "")
        for name, row in rows.items()
    )


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
