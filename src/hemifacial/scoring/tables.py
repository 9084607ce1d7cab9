"""A score as plain tables of text, for a terminal or a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hemifacial.scoring.figures import FamilyScore, Score, Spread, Tally
from hemifacial.scoring.intervals import Rate, Share

__all__ = ["Table", "tables"]

NOTHING = "n/a"


@dataclass(frozen=True, kw_only=True)
class Table:
    """A heading, the names of the columns, and rows of text of that many cells."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables(score: Score) -> tuple[Table, ...]:
    """The score as tables, without rows and tables that no event stands behind.

    Spasms and the time judged are always shown, since no spasm in a healthy face is the
    result. Where a figure is undefined the cell says ``n/a``.
    """
    shown = (
        _families(score),
        _errors(score),
        _tallies("By kind", score.by_type),
        _tallies("Spasms by true size", score.by_size),
        _tallies("Spasms by site", score.by_site),
        _confusion(score),
        _rates(score),
        _time(score),
        _not_scored(score),
    )
    return tuple(table for table in shown if table.rows)


def _families(score: Score) -> Table:
    return Table(
        heading="Found, with the right side",
        columns=("family", "recall", "precision", "F1", "right side", "missed in unjudged time"),
        rows=tuple(
            (
                *_tally_cells(family.tally),
                _share(family.side_accuracy),
                str(family.tally.missed_unjudged),
            )
            for family in _stating(score)
        ),
    )


def _tallies(heading: str, tallies: Iterable[Tally]) -> Table:
    return Table(
        heading=heading,
        columns=("", "recall", "precision", "F1"),
        rows=tuple(_tally_cells(tally) for tally in tallies if tally.f1 is not None),
    )


def _tally_cells(tally: Tally) -> tuple[str, str, str, str]:
    return tally.name, _share(tally.recall), _share(tally.precision), _number(tally.f1)


def _errors(score: Score) -> Table:
    return Table(
        heading="Errors of those found (median; median and 95th percentile of the absolute error)",
        columns=("family", "n", "onset, ms", "duration, ms", "amplitude, found/true"),
        rows=tuple(
            (
                family.tally.name,
                str(family.onset_error_s.n),
                _error_ms(family.onset_error_s),
                _error_ms(family.duration_error_s),
                _ratio(family.amplitude_ratio),
            )
            for family in score.families
            if family.onset_error_s.n
        ),
    )


def _confusion(score: Score) -> Table:
    return Table(
        heading="Kinds among pairs",
        columns=("true kind", "found as", "n"),
        rows=tuple((cell.truth, cell.found, str(cell.n)) for cell in score.confusion),
    )


def _rates(score: Score) -> Table:
    return Table(
        heading="False events per minute judged",
        columns=("family", "all recordings", "controls", "number of controls"),
        rows=tuple(
            (
                family.tally.name,
                _rate(family.false_rate),
                _rate(family.control_rate) if family.controls else NOTHING,
                str(family.controls),
            )
            for family in _stating(score)
        ),
    )


def _time(score: Score) -> Table:
    time = score.time
    return Table(
        heading="Time judged",
        columns=("recordings", "length, s", "judged, s", "share"),
        rows=(
            (
                str(len(score.recordings)),
                _number(time.recording_s, 1),
                _number(time.judged_s, 1),
                NOTHING if time.share is None else f"{100 * time.share:.1f} %",
            ),
        ),
    )


def _not_scored(score: Score) -> Table:
    return Table(
        heading="Not scored",
        columns=("family", "in the truth", "found"),
        rows=tuple((row.family, str(row.truth), str(row.found)) for row in score.not_scored),
    )


def _stating(score: Score) -> list[FamilyScore]:
    return [f for f in score.families if f.tally.name == "spasm" or f.tally.f1 is not None]


def _share(share: Share) -> str:
    if share.value is None or share.low is None or share.high is None:
        return NOTHING
    interval = f"{100 * share.low:.0f}-{100 * share.high:.0f}"
    return f"{share.k}/{share.n} = {100 * share.value:.0f} % ({interval})"


def _rate(rate: Rate) -> str:
    if rate.per_min is None or rate.low is None or rate.high is None or rate.minutes is None:
        return NOTHING
    interval = f"{rate.low:.2f}-{rate.high:.2f}"
    return f"{rate.count} in {rate.minutes:.1f} min = {rate.per_min:.2f} ({interval})"


def _error_ms(spread: Spread) -> str:
    if spread.median is None or spread.median_abs is None or spread.p95_abs is None:
        return NOTHING
    cells = (f"{1000 * spread.median:+.0f}", f"{1000 * spread.median_abs:.0f}")
    return f"{cells[0]}; {cells[1]}, {1000 * spread.p95_abs:.0f}"


def _ratio(spread: Spread) -> str:
    if spread.median is None or spread.p05 is None or spread.p95 is None:
        return NOTHING
    return f"{spread.median:.2f} ({spread.p05:.2f}-{spread.p95:.2f})"


def _number(value: float | None, decimals: int = 2) -> str:
    return NOTHING if value is None else f"{value:.{decimals}f}"
