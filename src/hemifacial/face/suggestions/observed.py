"""What a recording holds, as the rules for grades and signs ask for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from hemifacial.anatomy import SIDES, Side
from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.findings.eyes import closed
from hemifacial.face.findings.parts import Part
from hemifacial.face.regions import REGIONS
from hemifacial.findings import Event

__all__ = ["LOWER_FACE", "Observed", "counted", "evidence", "joined", "sites_of"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

LOWER_FACE = ("upper_lip", "mouth_corner", "chin", "jaw_line")
"""Regions beyond the eye. The cheek is not among them: the muscle that closes the eye lifts it."""

_ASKED_CLOSURES = ("gentle_closure", "tight_closure")
_NAMED_EVENTS = 4
_ROUNDING_S = 1e-6  # to which times of events are written


@dataclass(frozen=True, kw_only=True, eq=False)
class Observed:
    """The whole of one recording, and the criteria that the rules go by."""

    whole: Part
    criteria: FaceCriteria

    @property
    def signals(self) -> xr.Dataset:
        """All signals, over ``time``."""
        return self.whole.signals

    @property
    def events(self) -> tuple[Event, ...]:
        """All events."""
        return self.whole.events

    @property
    def times_s(self) -> Floats:
        """Time of each frame, shape (n,)."""
        return self.whole.times_s

    @property
    def judged_s(self) -> float:
        """Seconds that could be judged."""
        return self.whole.judged_s

    def of_side(self, stem: str, side: Side) -> Floats | None:
        """A signal of one side, shape (n,), or None where this recording does not hold it."""
        values = self.whole.values(f"{stem}_{side}")
        return values if values is not None and np.isfinite(values).any() else None

    def label(self, stem: str, side: Side, key: str) -> float | None:
        """A number among the attributes of a signal, or None."""
        return self.whole.label(f"{stem}_{side}", key)

    def spasms(self, side: Side | None = None) -> tuple[Event, ...]:
        """Spasms of a side, or all; one that a person called of both sides is of each."""
        if side is not None:
            return tuple(self.whole.spasms(side))
        return tuple(event for event in self.events if event.family == "spasm")

    def affected_side(self) -> Side | None:
        """The side that has the spasms, or None where neither or both have."""
        counts = {side: len(self.spasms(side)) for side in SIDES}
        more = max(SIDES, key=lambda side: counts[side])
        most, least = counts[more], counts[more.opposite]
        clear = most and least <= self.criteria["other_side_share"] * most
        return more if clear else None

    def within(self, events: Iterable[Event], *, margin_s: float = 0.0) -> Flags:
        """Frames within at least one of the events, shape (n,)."""
        inside = np.zeros(self.times_s.size, dtype=np.bool_)
        for event in events:
            edges_s = [event.onset_s - margin_s, event.offset_s + margin_s]
            first, last = np.searchsorted(self.times_s, np.array(edges_s) - _ROUNDING_S)
            inside[first:last] = True
        return inside

    def closed(self, side: Side) -> Flags | None:
        """Frames in which the eye of a side is as good as shut, as in a complete blink."""
        if any(self.of_side(stem, side) is None for stem in ("palpebral_aperture", "eye_closure")):
            return None
        return closed(self.whole, side, self.criteria)

    def time_s(self, frames: Flags) -> float:
        """Judged seconds of these frames."""
        return float(self.whole.weights_s[frames].sum())

    def change_mm(self, stem: str, event: Event, side: Side) -> float | None:
        """`Part.change_in` of a signal of one side; None where it was not measured."""
        values = self.of_side(stem, side)
        if values is None:
            return None
        return self.whole.change_in(event, values, before_s=self.criteria["just_before_s"])

    def phases(self, *names: str) -> tuple[Event, ...]:
        """The parts of the examination of these names."""
        return tuple(e for e in self.events if e.trial_type == "phase" and e.phase in names)

    def not_asked(self, *families: str) -> tuple[Event, ...]:
        """Events of these families outside the closures that the examiner asked for."""
        return tuple(
            event
            for event in self.events
            if event.family in families and event.phase not in _ASKED_CLOSURES
        )

    @cached_property
    def asked_closures(self) -> Flags:
        """Frames in which the examiner asked for closed eyes, shape (n,)."""
        return self.within(self.phases(*_ASKED_CLOSURES))


def evidence(events: Sequence[Event]) -> str:
    """The largest few of the events by their names, as a sentence; empty without events."""
    largest = sorted(events, key=lambda event: (-(event.amplitude or 0.0), event.onset_s))
    named = sorted(event.event_id for event in largest[:_NAMED_EVENTS])
    more = f" and {len(events) - len(named)} more" if len(events) > len(named) else ""
    return f"Evidence: {', '.join(named)}{more}." if named else ""


def counted(n: int) -> str:
    """``1 spasm``, ``2 spasms``."""
    return f"{n} spasm" if n == 1 else f"{n} spasms"


def sites_of(events: Iterable[Event]) -> tuple[str, ...]:
    """Every region that takes part, from above downwards."""
    involved = {site for event in events for site in event.sites}
    return tuple(site for site in REGIONS if site in involved)


def joined(*sentences: str) -> str:
    """Sentences in one line; empty ones are left out."""
    return " ".join(sentence for sentence in sentences if sentence)
