"""What a person reads in the terminal: findings and scores to stdout, progress to stderr."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from hemifacial.anatomy import Side
from hemifacial.findings import Event, Finding, Result, Status, quantities
from hemifacial.report.sentences import reservations
from hemifacial.report.words import short_sites
from hemifacial.scoring import Score, tables

if TYPE_CHECKING:
    from hemifacial.face.comparison.compare import Change, Comparison

__all__ = ["narrate", "print_comparison", "print_result", "print_score", "progress_bar"]

_MOST_EVENTS = 60  # in a terminal; the report has all
_OF_THE_NERVE = " of the facial nerve"
_IN_DETAIL = frozenset(
    "locked_split_half locked_split_half_p locked_fmp_p locked_hotelling_p direct_response_area "
    "lateral_spread_phases lateral_spread_persistence lateral_spread_onset_variation "
    "lateral_spread_ratio z_l_response_phases z_l_response_persistence "
    "z_l_response_onset_variation afterdischarge_persistence afterdischarge_duration".split()
)
"""Of these a matrix of branches and muscles has too many for a terminal."""

_SHOWN = (
    "spasm_count",
    "spasm_rate",
    "time_in_spasm",
    "tonic_share",
    "eye_closed_time",
    "largest_spasm",
    "blink_count",
    "judged_time",
)


class _Console(Console):
    def on_broken_pipe(self) -> None:
        raise BrokenPipeError  # rich would call it a failure; `hemifacial.cli` knows better


@contextmanager
def progress_bar(work: str) -> Iterator[Callable[[float, float | None], None]]:
    """A bar on stderr, only where a person looks; yields ``report(done, total)``."""
    console = _Console(stderr=True)
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
    )
    with Progress(
        *columns,
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task(work, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def narrate(text: str) -> None:
    """A line on stderr."""
    _Console(stderr=True, highlight=False, soft_wrap=True).print(text, markup=False)


def print_result(result: Result, folder: Path) -> None:
    """The findings that a clinician asks for first, the events, and where the report lies."""
    if result.provenance.method == "electro":
        _print_electro(result, folder)
        return
    console = _Console(highlight=False)
    findings = Table(
        title=_text(f"{result.provenance.input_name}: sides are the patient's own"),
        title_justify="left",
    )
    for column in ("finding", "side", "value", "95 % interval", "unit"):
        findings.add_column(column, justify="right" if column == "value" else "left")
    limited = reservations(result)
    notes: dict[str, list[str]] = {}  # below the table: a column of them leaves it no room
    for finding in result.findings:
        if finding.quantity in _SHOWN and not finding.phase:
            cells = _finding_cells(finding)
            findings.add_row(*map(_text, cells))
            labels = notes.setdefault(finding.note.rstrip("."), [])
            if cells[0] not in labels:
                labels.append(cells[0])
    for reservation in limited:
        console.print(_text(reservation), soft_wrap=True)
    console.print(findings)
    for note, labels in notes.items():
        if note and note not in {sentence.rstrip(".") for sentence in limited}:
            console.print(_text(f"{', '.join(labels)}: {note}."), soft_wrap=True)
    if phases := _phases_table(result):
        console.print(phases)
    if result.events:
        console.print(_events_table(result.events))
    console.print(f"Report: {folder / 'report.html'}", soft_wrap=True, markup=False)


def _print_electro(result: Result, folder: Path) -> None:
    """The main findings with where they were made; what happened, without each single stimulus."""
    console = _Console(highlight=False)
    for problem in result.provenance.parameters.get("problems", ()):
        console.print(_text(str(problem)), soft_wrap=True)
    title = f"{result.provenance.input_name}: sides are the patient's own"
    table = Table(title=_text(title), title_justify="left")
    for column in ("finding", "side", "where", "value", "95 % interval", "unit"):
        table.add_column(column, justify="right" if column == "value" else "left")
    shown = [one for one in result.findings if one.quantity not in _IN_DETAIL]
    for finding in shown:
        label, side, *others = _finding_cells(finding)
        where = short_sites(finding.sites).replace(_OF_THE_NERVE, "")
        table.add_row(*map(_text, (label, side, where, *others)))
    console.print(table)
    if further := len(result.findings) - len(shown):
        console.print(f"{further} findings more: see the report.", soft_wrap=True)
    events = [event for event in result.events if event.family not in ("stimulus", "response")]
    if 0 < len(events) <= _MOST_EVENTS:
        console.print(_events_table(events))
    elif events:
        console.print(_text(f"{len(events)} events: see events.tsv and the report."))
    console.print(f"Report: {folder / 'report.html'}", soft_wrap=True, markup=False)


def print_comparison(comparison: Comparison) -> None:
    """What must be said, and every change that could be judged."""
    console = _Console(highlight=False)
    for sentence in comparison.sentences:
        console.print(_text(sentence), soft_wrap=True)
    first = comparison.videos[0].name
    for video in comparison.videos[1:]:
        table = Table(title=_text(f"{video.name} against {first}"), title_justify="left")
        for column in ("finding", "side", "phase", "first", "later", "change", "95 %", "verdict"):
            table.add_column(column, justify="right" if column in ("first", "later") else "left")
        for change in comparison.changes:
            if change.video == video.name and change.change is not None:
                table.add_row(*map(_text, _change_cells(change)))
        console.print(table)


def print_score(score: Score) -> None:
    """A score as its tables."""
    console = _Console(highlight=False)
    for part in tables(score):
        table = Table(title=_text(part.heading), title_justify="left")
        for number, column in enumerate(part.columns):
            table.add_column(column, justify="left" if number == 0 else "right")
        for row in part.rows:
            table.add_row(*map(_text, row))
        console.print(table)


def _text(text: str) -> Text:
    """Text as it is: brackets are no markup, and what would steer the terminal is shown."""
    return Text("".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text))


def _finding_cells(finding: Finding) -> tuple[str, ...]:
    side = "" if finding.side is Side.NOT_APPLICABLE else finding.side.value
    interval = (
        f"{finding.low:.3g} to {finding.high:.3g}"
        if finding.low is not None and finding.high is not None
        else ""
    )
    unit = "" if finding.unit == "1" else finding.unit
    return quantities()[finding.quantity].label, side, _value(finding), interval, unit


def _value(finding: Finding) -> str:
    if finding.status is Status.NOT_JUDGED:
        return "not judged"
    if finding.status is Status.BELOW_DETECTION_LIMIT:
        return f"below {finding.detection_limit:.3g}"
    return f"{finding.value:.4g}"


def _change_cells(one: Change) -> tuple[str, ...]:
    _, side, before, _, unit = _finding_cells(one.before)
    after = _finding_cells(one.after)[2]
    label = quantities()[one.before.quantity].label
    sites = f" ({', '.join(one.before.sites)})" if one.before.quantity == "site_involvement" else ""
    change, interval = "", ""
    if one.change is not None:
        change = f"{one.change.value:+.3g} {unit}".rstrip()
        interval = f"{one.change.low:+.3g} to {one.change.high:+.3g}"
    return label + sites, side, one.before.phase, before, after, change, interval, one.verdict


def _phases_table(result: Result) -> Table | None:
    """Spasm rates of each phase, if the recording has phases."""
    rates = [one for one in result.findings if one.phase and one.quantity == "spasm_rate"]
    if not rates:
        return None
    table = Table(title="Spasm rate by phase", title_justify="left")
    for column in ("phase", "side", "value", "95 % interval", "unit"):
        table.add_column(column, justify="right" if column == "value" else "left")
    for finding in rates:
        table.add_row(*map(_text, (finding.phase, *_finding_cells(finding)[1:])))
    return table


def _events_table(events: Sequence[Event]) -> Table:
    table = Table(title="Events", title_justify="left")
    for column in ("id", "onset, s", "lasts, s", "kind", "side", "sites", "size"):
        table.add_column(
            column, justify="right" if column in ("onset, s", "lasts, s", "size") else "left"
        )
    for event in events:
        size = "" if event.amplitude is None else f"{event.amplitude:.1f} {event.amplitude_unit}"
        cells = (
            event.event_id,
            f"{event.onset_s:.2f}",
            f"{event.duration_s:.2f}",
            f"phase {event.phase}" if event.family == "phase" else event.trial_type,
            "" if event.side is Side.NOT_APPLICABLE else event.side.value,
            ", ".join(event.sites),
            size,
        )
        table.add_row(*map(_text, cells))
    return table
