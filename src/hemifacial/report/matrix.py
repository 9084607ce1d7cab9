"""Findings as a reader compares them: right beside left, phase beside phase, sign by sign."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hemifacial.anatomy import Side
from hemifacial.findings import Event, Finding, Result, quantities
from hemifacial.report.finding_rows import FindingRow, finding_rows, limit_text
from hemifacial.report.words import phase_label, side_label

__all__ = [
    "MatrixRow",
    "PhaseRow",
    "PhaseTable",
    "SignRow",
    "matrix_rows",
    "phase_table",
    "sign_rows",
]

_SIDES = ("right", "left")


@dataclass(frozen=True, kw_only=True)
class MatrixRow:
    """One quantity at one site: the patient's right, the left, and what has no side.

    `sites` is empty where the cells have sites of their own.
    """

    label: str
    definition: str
    sites: str
    right: FindingRow | None
    left: FindingRow | None
    other: FindingRow | None
    basis: str
    limit: str
    note: str

    @property
    def changed(self) -> bool:
        """Whether the review changed any of its values."""
        return any(one.changed for one in self._cells)

    @property
    def lacks_events(self) -> bool:
        """Whether it is of events and there was none to measure it on, reviewed or not."""
        return all(
            {one.measured, one.reviewed} <= {"not judged", ""} and one.note.startswith("No event")
            for one in self._cells
        )

    @property
    def _cells(self) -> tuple[FindingRow, ...]:
        return tuple(one for one in (self.right, self.left, self.other) if one is not None)


@dataclass(frozen=True, kw_only=True)
class PhaseRow:
    """One quantity: for each phase its findings, the right before the left.

    `unit` is what all values end with, so that the cells need not say it again.
    """

    label: str
    sites: str
    unit: str
    cells: tuple[tuple[FindingRow, ...], ...]


@dataclass(frozen=True, kw_only=True)
class PhaseTable:
    """What was found in each part of the examination; `phases` are name and length in s."""

    phases: tuple[tuple[str, float | None], ...]
    rows: tuple[PhaseRow, ...]


@dataclass(frozen=True, kw_only=True)
class SignRow:
    """One sign: present, absent or cannot tell, with its published weight and what was seen.

    `was` is the state before a review; it is `state` where the review changed nothing.
    """

    label: str
    definition: str
    side: str
    state: str
    was: str
    weight: str
    note: str


def matrix_rows(
    measured: Result, reviewed: Result | None, *, about_recording: bool
) -> tuple[MatrixRow, ...]:
    """Findings of the whole recording, one row a quantity and site, in the vocabulary's order."""
    rows = [
        row
        for row in finding_rows(measured, reviewed, about_recording=about_recording)
        if not row.phase and not _is_sign(row.quantity)
    ]
    return tuple(_matrix_row(group) for group in _grouped(rows))


def _grouped(rows: Sequence[FindingRow]) -> list[list[FindingRow]]:
    """Rows that stand beside each other: of one quantity, and of one site unless it has but one.

    The largest spasm is one of a side, at whatever site: right and left still stand together.
    """
    groups: dict[tuple[str, str, int], list[FindingRow]] = {}
    for row in rows:
        sides = [one.side for one in rows if one.quantity == row.quantity]
        sites = row.sites if len(set(sides)) < len(sides) else ""
        place = 0
        # Two findings of one place, as from two rules, stay two rows and none is lost.
        while any(row.side == one.side for one in groups.get((row.quantity, sites, place), [])):
            place += 1
        groups.setdefault((row.quantity, sites, place), []).append(row)
    return list(groups.values())


def _matrix_row(group: Sequence[FindingRow]) -> MatrixRow:
    of_side = {row.side if row.side in _SIDES else "": row for row in group}
    first = group[0]
    return MatrixRow(
        label=first.label,
        definition=first.definition,
        sites=first.sites if len({row.sites for row in group}) == 1 else "",
        right=of_side.get("right"),
        left=of_side.get("left"),
        other=of_side.get(""),
        basis=_merged(group, "basis"),
        limit=_merged(group, "limit"),
        note=_merged(group, "note"),
    )


def _merged(group: Sequence[FindingRow], field: str) -> str:
    """What the sides say; once where they say the same, else each with its side."""
    told = {row.side: str(getattr(row, field)) for row in group if getattr(row, field)}
    if len(set(told.values())) <= 1 and (len(told) == len(group) or field == "limit"):
        return next(iter(told.values()), "")
    return "; ".join(f"{side}: {said}" if side in _SIDES else said for side, said in told.items())


def _is_sign(quantity: str) -> bool:
    return quantity.startswith("sign_")


def sign_rows(measured: Result, reviewed: Result | None) -> tuple[SignRow, ...]:
    """Signs that speak for or against a mimic: those present first; never summed to a verdict."""
    signs = [one for one in (reviewed or measured).findings if _is_sign(one.quantity)]
    before = {(one.quantity, one.side): one for one in measured.findings}
    rows = [
        SignRow(
            label=quantities()[one.quantity].label.removeprefix("Sign: "),
            definition=quantities()[one.quantity].definition,
            side=side_label(one.side),
            state=_state(one),
            was=_state(was) if (was := before.get((one.quantity, one.side))) else "",
            weight=limit_text(one.limit),
            note=one.note.removeprefix(f"{_state(one).capitalize()}: "),
        )
        for one in signs
        if not one.phase
    ]
    order = ("present", "absent", "cannot tell")
    return tuple(sorted(rows, key=lambda row: order.index(row.state)))


def _state(finding: Finding) -> str:
    if finding.value is None:
        return "cannot tell"
    return "present" if finding.value else "absent"


def phase_table(measured: Result, reviewed: Result | None, events: Sequence[Event]) -> PhaseTable:
    """Findings by phase, phases in the order of the examination; empty where there are none."""
    lengths: dict[str, float] = {}
    for event in sorted(events, key=lambda one: one.onset_s):
        if event.family == "phase" and event.phase:
            lengths[event.phase] = lengths.get(event.phase, 0.0) + event.duration_s
    rows = [
        row
        for about in (False, True)
        for row in finding_rows(measured, reviewed, about_recording=about)
        if row.phase and not _is_sign(row.quantity)
    ]
    phases = list(dict.fromkeys([*lengths, *(row.phase for row in rows)]))
    order = {side.value: place for place, side in enumerate(Side)}
    table: dict[tuple[str, str], dict[str, list[FindingRow]]] = {}
    for row in rows:
        table.setdefault((row.label, row.sites), {}).setdefault(row.phase, []).append(row)
    return PhaseTable(
        phases=tuple((phase_label(phase), lengths.get(phase)) for phase in phases),
        rows=tuple(
            PhaseRow(
                label=label,
                sites=sites,
                unit=_common_unit([row for rows in of.values() for row in rows]),
                cells=tuple(
                    tuple(sorted(of.get(phase, ()), key=lambda row: order.get(row.side, 9)))
                    for phase in phases
                ),
            )
            for (label, sites), of in table.items()
        ),
    )


def _common_unit(rows: Sequence[FindingRow]) -> str:
    """What follows the number in every value; "" where values differ in that."""
    texts = [text for row in rows for text in (row.measured, row.reviewed) if text]
    units = {text.partition(" ")[2] for text in texts if text[:1].isdigit()}
    return next(iter(units)) if len(units) == 1 else ""
