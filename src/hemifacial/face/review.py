"""A measured result with a person's corrections in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import xarray as xr

from hemifacial.anatomy import Side
from hemifacial.corrections import Correction, Review, apply
from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.detect import bursts
from hemifacial.face.summary import METHOD, summarise
from hemifacial.findings import Event, Result, spasm_type

__all__ = ["reviewed"]

_SIGNAL_OF = {"eyelids": "eye_closure", "mouth_corner": "mouth_corner_excursion"}


def reviewed(result: Result, corrections: Sequence[Correction]) -> tuple[Result, Review]:
    """The result as corrected: bursts and findings made anew by the functions that made them.

    An event that a person added, moved or gave another side is measured again where it now
    stands; its size is what the signals say there, which may be nothing much.
    """
    criteria = FaceCriteria.read().as_used(result.provenance.parameters["criteria"])
    signals = result.signals[METHOD]
    review = apply(result.events, corrections)
    as_measured = {event.event_id: event for event in result.events}
    standing = (_standing(e, as_measured.get(e.event_id), signals) for e in review.events)
    events = bursts(standing, criteria)
    findings = summarise(signals, events, criteria)
    return replace(result, events=events, findings=findings), review


def _standing(event: Event, measured: Event | None, signals: xr.Dataset) -> Event:
    """The event with its kind and size as they are where it now stands."""
    if measured is not None and replace(event, parent_id="") == replace(measured, parent_id=""):
        return measured
    event = _retyped(event)
    if (
        measured is not None
        and measured.peak_time_s is not None
        and (measured.side, measured.sites) == (event.side, event.sites)
        and event.onset_s <= measured.peak_time_s <= event.offset_s
    ):
        # Its borders were moved around the same peak.
        return replace(
            event,
            peak_time_s=measured.peak_time_s,
            amplitude=measured.amplitude,
            amplitude_unit=measured.amplitude_unit,
        )
    return _measured_again(event, signals)


def _retyped(event: Event) -> Event:
    """A spasm is named by how long it lasts, also after a person moved its borders."""
    if event.family != "spasm":
        return event
    return replace(event, trial_type=spasm_type(event.duration_s))


def _measured_again(event: Event, signals: xr.Dataset) -> Event:
    """The event with the size and the peak that the signals have within its time."""
    sites = [site for site in event.sites or _SIGNAL_OF if site in _SIGNAL_OF]
    times_s = signals["time"].values
    within = (times_s >= event.onset_s) & (times_s <= event.offset_s)
    moved = [
        signals[f"{_SIGNAL_OF[site]}_{side}"].values for site in sites for side in _sides(event)
    ]
    if not moved or not np.isfinite(np.array(moved)[:, within]).any():
        return replace(event, peak_time_s=None, amplitude=None, amplitude_unit="")
    largest = np.where(within, np.nanmax(np.nan_to_num(moved, nan=-np.inf), axis=0), -np.inf)
    peak = int(np.argmax(largest))
    return replace(
        event,
        peak_time_s=round(float(times_s[peak]), 6),
        amplitude=round(max(0.0, float(largest[peak])), 3),
        amplitude_unit="mm",
    )


def _sides(event: Event) -> Iterable[Side]:
    return (event.side,) if event.side in (Side.RIGHT, Side.LEFT) else (Side.RIGHT, Side.LEFT)
