"""The rows of events: as measured and as they stand, with what a person did to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from hemifacial.corrections import Action, Correction, apply
from hemifacial.findings import Event
from hemifacial.report.words import kind_label, moment

__all__ = ["EventRow", "correction_sentence", "event_rows"]


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
