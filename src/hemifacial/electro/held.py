"""Whether a result says the same of its responses twice: as findings, and as events.

Nothing else of an electrodiagnostic study can be made anew without the recording.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hemifacial.anatomy import Side
from hemifacial.electro.lateral_spread.findings import METHOD
from hemifacial.findings import Event, Result, trial_types

__all__ = ["differences"]

_RESPONSE, _STIMULUS = "response", "stimulus"
_TOLERANCE = {"latency": 0.002, "amplitude": 0.011}
"""Times of events are written to the microsecond, and two of them make a latency in ms; sizes are
written to 0.01 µV."""

_Place = tuple[str, Side, tuple[str, ...]]
"""Quantity, side and sites."""


def differences(result: Result) -> Iterator[str]:
    """Every latency or amplitude of a response that is not that of its event, in words.

    A latency is the onset of the event less that of the last stimulus of its branch before it. A
    finding without an event is told, and an event without a finding. Responses are events in a
    study of the lateral spread alone: of other studies nothing is said.
    """
    kinds = [word for word, kind in trial_types().items() if kind.family == _RESPONSE]
    words = {f"{kind}_{ending}" for kind in kinds for ending in _TOLERANCE}
    stated = _by_place(
        ((one.quantity, one.side, one.sites), one.value)
        for one in result.findings
        if one.method == METHOD and one.quantity in words
    )
    by_event = _by_place(_of_events(result.events))
    for place in {**stated, **by_event}:
        one, other = stated.get(place, []), by_event.get(place, [])
        quantity, side, sites = place
        near = _TOLERANCE[quantity.rpartition("_")[2]]
        if len(one) != len(other) or any(
            abs(a - b) > near for a, b in zip(one, other, strict=True)
        ):
            where = " ".join((side.value, *sites))
            yield f"{quantity} ({where}) is {_told(one)}, by its event {_told(other)}"


def _of_events(events: Iterable[Event]) -> Iterator[tuple[_Place, float | None]]:
    """Latency and amplitude of every response, as its event has them."""
    given: dict[str, list[float]] = {}
    for event in sorted(events, key=lambda one: (one.onset_s, one.family != _STIMULUS)):
        if event.family == _STIMULUS:
            given.setdefault(event.sites[0], []).append(event.onset_s)
        elif event.family == _RESPONSE:
            before = given.get(event.sites[0])
            latency_ms = 1000 * (event.onset_s - before[-1]) if before else None
            yield (f"{event.trial_type}_latency", event.side, event.sites), latency_ms
            yield (f"{event.trial_type}_amplitude", event.side, event.sites), event.amplitude


def _by_place(values: Iterable[tuple[_Place, float | None]]) -> dict[_Place, list[float]]:
    """The values of each place, in order: the same muscle may answer stimuli of both sides."""
    found: dict[_Place, list[float]] = {}
    for place, value in values:
        if value is not None:
            found.setdefault(place, []).append(value)
    return {place: sorted(those) for place, those in found.items()}


def _told(values: list[float]) -> str:
    return " and ".join(f"{value:.4g}" for value in values) or "not there"
