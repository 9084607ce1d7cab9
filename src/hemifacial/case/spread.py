"""The lateral spread of an operation on a timeline: how its series ended, and its course in words.

All of a series lies on one day. What an axis of days can show is its end: how much is left, below
which limit it is gone, or that it cannot be told. The stages before it stand in `Point.course`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hemifacial.anatomy import Side
from hemifacial.case.points import Point, SeriesKey
from hemifacial.case.reading import Entry
from hemifacial.findings import Finding, Status, quantities

__all__ = ["STATES", "is_end_of_series", "spread_of_operation", "spread_of_result"]

_LEFT, _STATE = "lateral_spread_left", "lateral_spread_state"
_PRESENT, _GONE, _OPEN = "present", "gone", "cannot_tell"
_VALUES = {_PRESENT: 2.0, _GONE: 1.0, _OPEN: 0.0}
STATES = {value: word.replace("_", " ") for word, value in _VALUES.items()}
"""What the values of the quantity lateral_spread_state say."""

_OF_STATUS = {
    Status.MEASURED: _PRESENT,
    Status.BELOW_DETECTION_LIMIT: _GONE,
    Status.NOT_JUDGED: _OPEN,
}
Drawn = tuple[SeriesKey, Point]


@dataclass(frozen=True, kw_only=True)
class _Stage:
    """The answer at one stage; in percent of the baseline what is left, or may be left."""

    word: str
    state: str
    left: float | None = None
    low: float | None = None
    high: float | None = None
    limit: float | None = None
    note: str = ""

    @property
    def has_number(self) -> bool:
        """Whether more is known than present or gone."""
        return (self.left if self.state == _PRESENT else self.limit) is not None

    @property
    def said(self) -> str:
        """``vessel off gone (below 6 %)``."""
        words = f"{self.word} {self.state}".replace("_", " ")
        if self.state == _PRESENT and self.left is not None:
            return f"{words} ({self.left:.3g} %)"
        if self.state == _GONE and self.limit is not None:
            return f"{words} (below {self.limit:.3g} %)"
        return words


def spread_of_operation(entry: Entry) -> Iterator[Drawn]:
    """The points of an operation: of the last step at which the lateral spread was looked at."""
    looked = [
        _Stage(
            word=one.step,
            state=one.lateral_spread.value,
            left=one.left_percent,
            limit=one.limit_percent,
            note=one.note,
        )
        for one in entry.body.steps
        if one.lateral_spread.value in _VALUES
    ]
    if looked:
        yield _state(entry, entry.body.side, (), looked)
        if any(one.has_number for one in (looked if looked[-1].state == _OPEN else looked[-1:])):
            yield _left(entry, entry.body.side, (), looked)


def spread_of_result(entry: Entry) -> Iterator[Drawn]:
    """The points of a result: of each side, branch and muscle how its series ended."""
    series: dict[tuple[str, Side, tuple[str, ...]], list[Finding]] = {}
    for one in entry.body.standing_findings:
        if one.quantity in (_LEFT, _STATE) and one.phase:
            series.setdefault((one.quantity, one.side, one.sites), []).append(one)
    for (quantity, side, sites), findings in series.items():
        stages = [_stage(one) for one in _in_order(findings)]
        if quantity == _LEFT:
            yield _left(entry, side, sites, stages)
        if quantity == _STATE or (_STATE, side, sites) not in series:
            yield _state(entry, side, sites, stages)


def is_end_of_series(finding: Finding, among: Sequence[Finding]) -> bool:
    """Whether a finding stands for all stages of a series through an operation."""
    if finding.quantity != _LEFT or not finding.phase:
        return False
    about = (finding.quantity, finding.side, finding.sites)
    same = [one for one in among if (one.quantity, one.side, one.sites) == about]
    return _in_order(same)[-1] is finding


def _in_order(stages: Sequence[Finding]) -> list[Finding]:
    """Stages as an operation goes through them; those of another name keep their places."""
    from hemifacial.care.decompression.operation import step_words

    order = {word: number for number, word in enumerate(step_words())}
    known = all(one.phase in order for one in stages)
    return sorted(stages, key=lambda one: order[one.phase]) if known else list(stages)


def _stage(one: Finding) -> _Stage:
    if one.quantity == _STATE:
        names = {value: word for word, value in _VALUES.items()}
        state = _OPEN if one.value is None else names.get(one.value, _OPEN)
        return _Stage(word=one.phase, state=state, note=one.note)
    return _Stage(
        word=one.phase,
        state=_OF_STATUS[one.status],
        left=one.value,
        low=one.low,
        high=one.high,
        limit=one.detection_limit,
        note=one.note,
    )


def _state(entry: Entry, side: Side, sites: tuple[str, ...], stages: Sequence[_Stage]) -> Drawn:
    point = Point(
        day=entry.happened_on,
        value=_VALUES[stages[-1].state],
        entry=entry.number,
        course=_course(stages),
    )
    return _key(_STATE, side, sites), point


def _left(entry: Entry, side: Side, sites: tuple[str, ...], stages: Sequence[_Stage]) -> Drawn:
    end = stages[-1]
    status = Status.NOT_JUDGED
    if end.state == _PRESENT and end.left is not None:
        status = Status.MEASURED
    elif end.state == _GONE and end.limit is not None:
        status = Status.BELOW_DETECTION_LIMIT
    measured = status is Status.MEASURED
    point = Point(
        day=entry.happened_on,
        value=end.left if measured else None,
        entry=entry.number,
        low=end.low if measured else None,
        high=end.high if measured else None,
        status=status,
        detection_limit=end.limit if status is Status.BELOW_DETECTION_LIMIT else None,
        note=end.note,
        course=_course(stages),
    )
    return _key(_LEFT, side, sites), point


def _course(stages: Sequence[_Stage]) -> str:
    return ", ".join(one.said for one in stages)


def _key(quantity: str, side: Side, sites: tuple[str, ...]) -> SeriesKey:
    known = quantities()[quantity]
    return SeriesKey(quantity=quantity, label=known.label, unit=known.unit, side=side, sites=sites)
