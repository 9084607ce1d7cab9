"""What others published, re-implemented from what they say: rules on a pair of aperture series.

Written by us from the papers, the help texts and the parameters; no line of theirs is here. Each
function takes ``times_s, aperture_right, aperture_left`` (shape (n,), any unit, 0 where the lids
meet) and returns events, so that all are scored as ours are. Frame counts are those of the
authors, which is the point: see `jefapato`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.face.blinks import blinks
from hemifacial.face.criteria import FaceCriteria
from hemifacial.findings import Event, spasm_type
from hemifacial.signals.excursions import runs

__all__ = ["JEFAPATO", "PeakRule", "affected_side", "jefapato", "nomura_sakai"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class PeakRule:
    """The settings of JeFaPaTo's blink rule; distances and widths in frames, as there."""

    distance: int = 50
    prominence: float = 0.05
    narrowest: int = 10
    widest: int = 250
    matching: int = 30
    smoothed: bool = False

    def at(self, rate_hz: float, *, made_for_hz: float = 240.0) -> PeakRule:
        """The same rule with its frames scaled by hand to another frame rate."""
        scale = rate_hz / made_for_hz
        return replace(
            self,
            distance=max(1, round(self.distance * scale)),
            narrowest=max(1, round(self.narrowest * scale)),
            widest=max(1, round(self.widest * scale)),
            matching=max(1, round(self.matching * scale)),
        )


JEFAPATO: Mapping[str, PeakRule] = MappingProxyType(
    {
        "as published": PeakRule(),
        "frames scaled by hand": PeakRule().at(30),
        "frames scaled by hand, prominence 0.1": replace(PeakRule().at(30), prominence=0.1),
        "advised for 30 Hz": PeakRule(
            distance=10, prominence=0.1, narrowest=4, widest=20, matching=15
        ),
        "advised for 30 Hz, smoothed": PeakRule(
            distance=10, prominence=0.1, narrowest=4, widest=20, matching=15, smoothed=True
        ),
    }
)
"""The function's defaults (for 240 Hz), what a careful user would make of them at 30 Hz, and what
the program's own help advises at 30 Hz. The second and third are the two that the field's
comparison used; all are shown, so that none is picked to look bad."""


def jefapato(
    times_s: Floats, aperture_right: Floats, aperture_left: Floats, rule: PeakRule
) -> tuple[Event, ...]:
    """Blinks by JeFaPaTo's published rule (v1.2, doi:10.21105/joss.06425).

    A blink of an eye is a peak of the negative eye aspect ratio by `scipy.signal.find_peaks`, with
    a least distance, a least prominence and a width at half prominence within two limits. Blinks
    of both eyes whose lowest points lie within `matching` frames are one. The prominence is in
    units of the eye aspect ratio: the rule means nothing on millimetres.

    The interval of an event is theirs, between the crossings of half the prominence: its onset is
    a frame later than the contract's, well within what may pair.
    """
    right = _peaks(aperture_right, rule)
    left = _peaks(aperture_left, rule)
    events: list[tuple[float, float, float, Side]] = []
    taken: set[int] = set()
    for peak, onset, offset in right:
        near = [j for j, other in enumerate(left) if j not in taken]
        near = [j for j in near if abs(left[j][0] - peak) <= rule.matching]
        if near:
            j = min(near, key=lambda j: abs(left[j][0] - peak))
            taken.add(j)
            onset, offset = min(onset, left[j][1]), max(offset, left[j][2])
        events.append((peak, onset, offset, Side.BOTH if near else Side.RIGHT))
    alone = [one for j, one in enumerate(left) if j not in taken]
    events += [(peak, onset, offset, Side.LEFT) for peak, onset, offset in alone]
    return tuple(
        _event("blink_partial", side, _time(times_s, onset), _time(times_s, offset), number)
        for number, (_, onset, offset, side) in enumerate(sorted(events), start=1)
    )


def _peaks(aperture: Floats, rule: PeakRule) -> list[tuple[float, float, float]]:
    """Lowest point, beginning and end of each blink of one eye, in frames."""
    from scipy.signal import find_peaks, savgol_filter

    known = np.isfinite(aperture)
    if np.count_nonzero(known) < 2:
        return []
    frames = np.arange(aperture.size)
    series = -np.interp(frames, frames[known], aperture[known])
    if rule.smoothed:
        series = savgol_filter(series, 7, 3)
    peaks, found = find_peaks(
        series, distance=rule.distance, prominence=rule.prominence, width=rule.narrowest
    )
    begins, ends = found["left_ips"], found["right_ips"]
    kept = ends.astype(int) - begins.astype(int) <= rule.widest
    return [
        (float(peak), float(begin), float(end))
        for peak, begin, end in zip(peaks[kept], begins[kept], ends[kept], strict=True)
    ]


# Nomura and Sakai: the parameters of HFS_analysis_app (doi:10.5281/zenodo.18845312).
_TONIC_S = 3.0
_THRESHOLD_SD = 0.5
_LEAST_S = 4 / 60
_BLINK_MARGIN_S = 3 / 60


def nomura_sakai(
    times_s: Floats,
    aperture_right: Floats,
    aperture_left: Floats,
    *,
    affected: Side | None = None,
    without_blinks: bool = True,
) -> tuple[Event, ...]:
    """Clonic spasms by the published threshold of Nomura and Sakai (2026).

    The affected eye is the one whose aperture has the larger coefficient of variation, unless it
    is given (theirs is anchored to the first video). The difference of the eyes over the healthy
    one is smoothed by a Savitzky-Golay filter of 3 s and order 2: that is tonic. What is left is
    clonic, and a spasm is where it exceeds half of its own standard deviation for at least 4
    frames of 60 Hz. Blinks of the healthy eye, widened by 3 frames of 60 Hz, are left out.

    What is not theirs: their blink detector and the module with the episode rule are not public,
    so ours finds the blinks, frames are given as seconds, a threshold above 0 is read from the
    text, and moments that were not judged end an episode. Their pursing mask needs a provocation,
    which no resting clip has.
    """
    from scipy.signal import savgol_filter

    affected = affected or affected_side(aperture_right, aperture_left)
    eyes = {Side.RIGHT: aperture_right, Side.LEFT: aperture_left}
    healthy, ill = eyes[affected.opposite], eyes[affected]
    grid_s, known, healthy, ill = _on_a_grid(times_s, healthy, ill)
    if grid_s.size == 0:
        return ()
    difference = np.divide(healthy - ill, healthy, out=np.zeros_like(ill), where=healthy > 0)
    frame_s = float(grid_s[1] - grid_s[0])
    window = 2 * round(_TONIC_S / frame_s / 2) + 1
    if grid_s.size < window:
        return ()
    clonic = difference - savgol_filter(difference, window, 2)
    excluded = ~known
    if without_blinks:
        excluded |= _blinking(grid_s, healthy)
    spasm = (clonic > _THRESHOLD_SD * float(np.std(clonic))) & ~excluded
    episodes = [
        (float(grid_s[a]), float(grid_s[b - 1] + frame_s))
        for a, b in runs(spasm)
        if (b - a) * frame_s >= _LEAST_S - 1e-9
    ]
    return tuple(
        _event(spasm_type(stop - start), affected, start, stop, number)
        for number, (start, stop) in enumerate(episodes, start=1)
    )


def affected_side(aperture_right: Floats, aperture_left: Floats) -> Side:
    """The side of the eye whose aperture varies more, relative to its mean."""
    variation = [
        float(np.nanstd(aperture) / np.nanmean(aperture))
        for aperture in (aperture_right, aperture_left)
    ]
    return Side.RIGHT if variation[0] >= variation[1] else Side.LEFT


def _on_a_grid(
    times_s: Floats, healthy: Floats, ill: Floats
) -> tuple[Floats, Flags, Floats, Floats]:
    """Even time stamps, as the filter needs; which of them were measured; both series, filled."""
    known = np.isfinite(healthy) & np.isfinite(ill)
    nothing = np.empty(0)
    if np.count_nonzero(known) < 2:
        return nothing, np.empty(0, dtype=bool), nothing, nothing
    frame_s = float(np.median(np.diff(times_s)))
    count = round((times_s[-1] - times_s[0]) / frame_s) + 1
    grid_s = times_s[0] + frame_s * np.arange(count)
    nearest = np.clip(np.searchsorted(times_s, grid_s - frame_s / 2), 0, times_s.size - 1)
    series = [np.interp(grid_s, times_s[known], one[known]) for one in (healthy, ill)]
    return grid_s, known[nearest], series[0], series[1]


def _blinking(times_s: Floats, healthy: Floats) -> Flags:
    found = blinks(times_s, [healthy], FaceCriteria.read())
    mask = np.zeros(times_s.size, dtype=bool)
    for one in found:
        mask |= (times_s >= one.onset_s - _BLINK_MARGIN_S) & (
            times_s <= one.offset_s + _BLINK_MARGIN_S
        )
    return mask


def _time(times_s: Floats, frame: float) -> float:
    return float(np.interp(frame, np.arange(times_s.size), times_s))


def _event(trial_type: str, side: Side, onset_s: float, offset_s: float, number: int) -> Event:
    return Event(
        onset_s=round(onset_s, 6),
        duration_s=round(offset_s - onset_s, 6),
        event_id=f"p{number:04d}",
        trial_type=trial_type,
        side=side,
        sites=("eyelids",),
    )
