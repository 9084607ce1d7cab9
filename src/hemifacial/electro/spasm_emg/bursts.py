"""Activity to bursts and contractions: how a run of it is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.spasm_emg.elements import Elements
from hemifacial.signals.runs import close_runs

__all__ = ["Burst", "Firing", "Tonic", "bursts_of", "tonic_of"]

Floats = NDArray[np.float64]
Firing = Literal["spasm", "slow", "voluntary"]
"""``spasm``: a short burst of potentials in quick succession. ``slow``: single potentials that do
not overlap, in a group. ``voluntary``: many units at once, as in a contraction at will."""

_POTENTIAL_S = 0.004
_SINGLE_S = 0.012
_NOT_ONE_S = 0.025
_SINGLE_SHARE = 0.7
_FAST_SHARE = 0.6
_SEEN_SHARE = 0.35


@dataclass(frozen=True, kw_only=True)
class Burst:
    """One burst or contraction of one muscle.

    `rate_hz` is that of potentials within it: how often the waveform of a spasm burst repeats
    itself; of slow potentials the inverse of their median interval; of a contraction all potentials
    that stand out, of whichever units, in a second. None where the samples are too few.
    `peak` is in the unit of the channel.
    """

    onset_s: float
    offset_s: float
    peak_time_s: float
    peak: float
    spikes: int
    rate_hz: float | None
    firing: Firing

    @property
    def duration_s(self) -> float:
        """From onset to offset."""
        return self.offset_s - self.onset_s


@dataclass(frozen=True, kw_only=True)
class Tonic:
    """A run of bursts that lasts as long as a tonic spasm; `members` are places of its bursts."""

    onset_s: float
    offset_s: float
    members: tuple[int, ...]


def bursts_of(
    elements: Elements, criteria: ElectroCriteria, *, rate_is_enough: bool = True
) -> tuple[Burst, ...]:
    """The bursts of a muscle in order of time.

    Activity without a pause of 120 ms is one run. It is read as bursts of a spasm if most of its
    time is in stretches that are short and repeat themselves 150 to 400 times a second; each is
    then a burst. Any other run is one contraction, or one group of slow potentials. Fewer than
    three potentials are no burst, unless they fuse: no two of them last 25 ms without a pause.
    """
    begins, ends = elements.begins_s.tolist(), elements.ends_s.tolist()
    fast = _is_fast(elements, criteria) if rate_is_enough else np.zeros(len(begins), bool)
    least = criteria["emg_burst_least_spikes"]
    found: list[Burst] = []
    for run in close_runs(begins, ends, criteria["emg_run_gap"] / 1000):
        of_run = (
            _spasm_bursts(elements, run, fast)
            if _is_spasm(elements, run, fast, criteria)
            else iter([_contraction(elements, run, criteria, rate_is_enough)])
        )
        longest_s = float((elements.ends_s - elements.begins_s)[run].max())
        found += [one for one in of_run if one.spikes >= least or longest_s >= _NOT_ONE_S]
    return tuple(found)


def tonic_of(bursts: tuple[Burst, ...], criteria: ElectroCriteria) -> tuple[Tonic, ...]:
    """Bursts of spasm that follow each other so closely and so long that they fuse."""
    places = [index for index, one in enumerate(bursts) if one.firing == "spasm"]
    onsets = [bursts[index].onset_s for index in places]
    offsets = [bursts[index].offset_s for index in places]
    found = []
    for run in close_runs(onsets, offsets, criteria["emg_tonic_gap"] / 1000):
        one = Tonic(
            onset_s=onsets[run.start], offset_s=max(offsets[run]), members=tuple(places[run])
        )
        if len(one.members) > 1 and one.offset_s - one.onset_s >= criteria["emg_tonic_least"]:
            found.append(one)
    return tuple(found)


def _is_fast(elements: Elements, criteria: ElectroCriteria) -> NDArray[np.bool_]:
    """Whether each stretch could be a burst of a spasm: it repeats itself, often enough."""
    low, high = 0.8 * criteria["emg_spasm_low_hz"], 1.1 * criteria["emg_spasm_high_hz"]
    known = np.nan_to_num(elements.rates_hz)
    counted = _counted(elements.ends_s - elements.begins_s, known)
    # A wave that swings fast is like itself too: so many potentials must be seen to stand out.
    return np.asarray((known >= low) & (known <= high) & (elements.spikes >= _SEEN_SHARE * counted))


def _counted(lasting_s: Floats, rates_hz: Floats) -> Floats:
    """Potentials that overlap are counted by how often a burst can repeat itself."""
    return np.asarray(1 + np.round(np.maximum(0.0, lasting_s - _POTENTIAL_S) * rates_hz))


def _is_spasm(
    elements: Elements, run: slice, fast: NDArray[np.bool_], criteria: ElectroCriteria
) -> bool:
    """Whether a run repeats itself clearly, or less clearly but with rests within it."""
    lasting = (elements.ends_s - elements.begins_s)[run]
    if not float(lasting[fast[run]].sum()) >= _FAST_SHARE * float(lasting.sum()) > 0:
        return False
    likeness = float(np.average(np.nan_to_num(elements.likeness[run]), weights=lasting))
    rests = elements.begins_s[run][1:] - elements.ends_s[run][:-1]
    if not rests.size:
        return likeness >= criteria["emg_alone_likeness_share"]
    rested = float(np.median(rests)) >= criteria["emg_burst_rest"] / 1000
    return likeness >= criteria["emg_rested_likeness_share" if rested else "emg_likeness_share"]


def _spasm_bursts(elements: Elements, run: slice, fast: NDArray[np.bool_]) -> Iterator[Burst]:
    for place in range(run.start, run.stop):
        begin, end = float(elements.begins_s[place]), float(elements.ends_s[place])
        rate = float(elements.rates_hz[place])
        if not fast[place]:
            continue
        counted = int(_counted(np.array(end - begin), np.array(rate)))
        yield Burst(
            onset_s=begin,
            offset_s=end,
            peak_time_s=float(elements.peak_times_s[place]),
            peak=float(elements.peaks[place]),
            spikes=max(counted, int(elements.spikes[place])),
            rate_hz=rate,
            firing="spasm",
        )


def _contraction(
    elements: Elements, run: slice, criteria: ElectroCriteria, rate_is_enough: bool
) -> Burst:
    begin, end = float(elements.begins_s[run.start]), float(elements.ends_s[run].max())
    spikes = int(elements.spikes[run].sum())
    highest = run.start + int(elements.peaks[run].argmax())
    lasting = (elements.ends_s - elements.begins_s)[run]
    intervals = np.diff(elements.peak_times_s[run])
    slow = (
        intervals.size > 0
        and float(np.mean(lasting <= _SINGLE_S)) >= _SINGLE_SHARE
        and 1 / float(np.median(intervals)) <= 1.1 * criteria["emg_slow_high_hz"]
    )
    rate = 1 / float(np.median(intervals)) if slow else spikes / max(end - begin, 1e-3)
    return Burst(
        onset_s=begin,
        offset_s=end,
        peak_time_s=float(elements.peak_times_s[highest]),
        peak=float(elements.peaks[highest]),
        spikes=spikes,
        rate_hz=rate if rate_is_enough else None,
        firing="slow" if slow and rate_is_enough else "voluntary",
    )
