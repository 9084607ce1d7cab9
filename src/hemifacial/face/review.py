"""A measured result with a person's corrections in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from hemifacial.anatomy import SIDES, Side
from hemifacial.corrections import Correction, Review, apply
from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.detect import bursts
from hemifacial.face.findings.parts import in_phases
from hemifacial.face.regions import REGIONS, signal_of
from hemifacial.face.summary import METHOD, summarise
from hemifacial.findings import Event, Result, spasm_type

__all__ = ["reviewed"]


def reviewed(result: Result, corrections: Sequence[Correction]) -> tuple[Result, Review]:
    """The result as corrected: bursts, phases and findings made anew by what made them.

    An event that a person added, moved or gave another side is measured again where it now
    stands; its size is what the signals say there, which may be nothing much.
    """
    criteria = FaceCriteria.read().as_used(result.provenance.parameters["criteria"])
    signals = result.signals[METHOD]
    review = apply(result.events, corrections)
    as_measured = {event.event_id: event for event in result.events}
    standing = (_standing(e, as_measured.get(e.event_id), signals) for e in review.events)
    events = in_phases(bursts(standing, criteria))
    findings = summarise(signals, events, criteria)
    return replace(result, events=events, findings=findings), review


def _standing(event: Event, measured: Event | None, signals: xr.Dataset) -> Event:
    """The event with its kind and size as they are where it now stands."""
    if measured is not None and _bare(event) == _bare(measured):
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


def _bare(event: Event) -> Event:
    """The event by itself: its burst and its phase follow from others."""
    return replace(event, parent_id="", phase="")


def _retyped(event: Event) -> Event:
    """A spasm is named by how long it lasts, also after a person moved its borders."""
    if event.family != "spasm":
        return event
    return replace(event, trial_type=spasm_type(event.duration_s))


def _measured_again(event: Event, signals: xr.Dataset) -> Event:
    """The event with the size and the peak that the signals have within its time.

    Of the regions that it names. Where it names none, those that reach their threshold are
    its regions; a person saw something where the program did not look.
    """
    times_s = signals["time"].values
    within = (times_s >= event.onset_s) & (times_s <= event.offset_s)
    largest = {
        site: moved
        for site in event.sites or REGIONS
        if (moved := _largest_of(signals, site, event, within)) is not None
    }
    sites = event.sites or tuple(
        sorted(site for site in largest if np.nanmax(largest[site]) >= _threshold(signals, site))
    )
    taken = [largest[site] for site in sites if site in largest] or list(largest.values())
    if not taken:
        return replace(event, peak_time_s=None, amplitude=None, amplitude_unit="")
    most = np.max(np.nan_to_num(taken, nan=-np.inf), axis=0)
    peak = int(np.argmax(most))
    return replace(
        event,
        sites=sites,
        peak_time_s=round(float(times_s[within][peak]), 6),
        amplitude=round(max(0.0, float(most[peak])), 3),
        amplitude_unit="mm",
    )


def _largest_of(
    signals: xr.Dataset, site: str, event: Event, within: NDArray[np.bool_]
) -> NDArray[np.float64] | None:
    """How far a region moved in each frame of the event, on the side that moved more."""
    if site not in REGIONS:
        return None
    names = [signal_of(site, side) for side in _sides(event)]
    moved = np.array([signals[name].values[within] for name in names if name in signals])
    if not np.isfinite(moved).any():
        return None
    largest: NDArray[np.float64] = np.max(np.nan_to_num(moved, nan=-np.inf), axis=0)
    return np.where(np.isfinite(largest), largest, np.nan)


def _threshold(signals: xr.Dataset, site: str) -> float:
    """The higher threshold of the two sides."""
    labels = [signals[name].attrs for side in SIDES if (name := signal_of(site, side)) in signals]
    return max(float(label["threshold"]) for label in labels)


def _sides(event: Event) -> Iterable[Side]:
    return (event.side,) if event.side in SIDES else SIDES
