"""Videos of one patient made comparable: spasms counted from what each of them could call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import xarray as xr

from hemifacial.anatomy import SIDES, Side
from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.detect import bursts
from hemifacial.face.findings.parts import in_phases
from hemifacial.face.regions import REGIONS, signal_of
from hemifacial.face.summary import METHOD, summarise
from hemifacial.findings import Event, Finding, Result

__all__ = ["Video", "at_thresholds", "common_thresholds_mm", "findings_of", "not_shared"]


@dataclass(frozen=True, kw_only=True)
class Video:
    """One recording that was measured before, as it stands after review."""

    name: str
    result: Result


def common_thresholds_mm(videos: Sequence[Video]) -> dict[str, float]:
    """The highest threshold of each site that every video has measured."""
    common = {}
    for site in REGIONS:
        each = [_threshold_mm(video.result.signals[METHOD], site) for video in videos]
        known = [mm for mm in each if mm is not None]
        if len(known) == len(videos):
            common[site] = max(known)
    return common


def not_shared(videos: Sequence[Video]) -> tuple[str, ...]:
    """The regions that some of the videos have measured and some have not."""
    shared = common_thresholds_mm(videos)
    return tuple(
        site
        for site in REGIONS
        if site not in shared
        and any(_threshold_mm(video.result.signals[METHOD], site) for video in videos)
    )


def _threshold_mm(signals: xr.Dataset, site: str) -> float | None:
    """From which size on a site is called, the higher of its sides; None if not measured."""
    labels = [
        signals[name].attrs.get("threshold")
        for side in SIDES
        if (name := signal_of(site, side)) in signals
    ]
    known = [float(mm) for mm in labels if isinstance(mm, int | float) and np.isfinite(mm)]
    return max(known) if len(known) == len(SIDES) else None


def at_thresholds(
    video: Video, thresholds_mm: Mapping[str, float], criteria: FaceCriteria
) -> Video:
    """The video with the spasms, and regions of spasms, that all videos could have shown."""
    signals = video.result.signals[METHOD]
    raised = signals.copy()
    for site in REGIONS:
        for side in SIDES:
            name = signal_of(site, side)
            if name in raised and site in thresholds_mm:
                labels = {**raised[name].attrs, "threshold": thresholds_mm[site]}
                raised[name] = ("time", raised[name].values, labels)
            elif name in raised:
                raised = raised.drop_vars(name)
    kept = [
        large
        for event in video.result.events
        if (large := _large_enough(event, signals, thresholds_mm)) is not None
    ]
    events = in_phases(bursts(kept, criteria))
    findings = summarise(raised, events, criteria)
    result = replace(video.result, events=events, findings=findings, signals={METHOD: raised})
    return replace(video, result=result)


def _large_enough(
    event: Event, signals: xr.Dataset, thresholds_mm: Mapping[str, float]
) -> Event | None:
    """The event with those of its regions that reach the shared thresholds; None if none does."""
    if event.family != "spasm" or not event.sites:
        return event
    sides = SIDES if event.side is Side.BOTH else (event.side,)
    times_s = signals["time"].values
    inside = (times_s >= event.onset_s) & (times_s <= event.offset_s)
    sites = []
    for site in event.sites:
        if site not in thresholds_mm:
            continue
        moved = np.concatenate([signals[signal_of(site, side)].values[inside] for side in sides])
        # Between two frames the event was a little larger than in either.
        at_most = max(float(np.nanmax(moved)) if np.isfinite(moved).any() else 0.0, 0.0)
        if len(event.sites) == 1 and event.amplitude is not None:
            at_most = max(at_most, event.amplitude)
        if at_most >= thresholds_mm[site]:
            sites.append(site)
    return replace(event, sites=tuple(sites)) if sites else None


def findings_of(video: Video, quantity: str, side: Side) -> Iterator[Finding]:
    """The findings of one quantity and side that are of the whole recording."""
    for finding in video.result.findings:
        if (finding.quantity, finding.side, finding.phase) == (quantity, side, ""):
            yield finding
