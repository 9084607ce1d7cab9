"""Stretches of a channel in which a muscle is active without a pause: one potential or more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.spasm_emg.artefacts import Span
from hemifacial.electro.spasm_emg.floor import Floor
from hemifacial.electro.spasm_emg.periodicity import repetition
from hemifacial.electro.spasm_emg.pieces import Piece

__all__ = ["Elements", "elements_of", "joined_elements"]

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

_SHARED_S = 0.4
"""An activity that ends so soon after its piece is whole in it; a longer one is cut there."""
_NEAR_S = 0.06
_FIRST_S = 0.03
_QUIET_S = 0.002
_TALL_SHARE = 0.35
_TAIL_SHARE = 0.12
_EDGE_SHARE = 0.1


@dataclass(frozen=True, kw_only=True, eq=False)
class Elements:
    """Active stretches of one channel in order of time; arrays of one length.

    Attributes
    ----------
    begins_s, ends_s
        Crossings of 10 % of the peak, or of what noise lets be seen.
    peak_times_s, peaks
        Of the largest value, without its sign, in the unit of the channel.
    spikes
        Potentials that stand out from each other.
    rates_hz, likeness
        How often the waveform repeats itself within the stretch, and how alike it is then (0 to
        1); not a number where the stretch is too short or too long to say.
    """

    begins_s: Floats
    ends_s: Floats
    peak_times_s: Floats
    peaks: Floats
    spikes: Floats
    rates_hz: Floats
    likeness: Floats

    def where(self, keep: NDArray[np.bool_]) -> Elements:
        """Some of them."""
        return Elements(**{one.name: getattr(self, one.name)[keep] for one in fields(self)})

    def without(self, spans: Sequence[Span]) -> Elements:
        """Those that no span touches."""
        keep = np.ones(self.begins_s.size, bool)
        for one in spans:
            keep &= (self.ends_s < one.start_s) | (self.begins_s > one.stop_s)
        return self.where(keep)


def joined_elements(parts: Sequence[Elements]) -> Elements:
    """Those of every piece as one, in order."""
    return Elements(
        **{
            one.name: np.concatenate([np.empty(0), *(getattr(part, one.name) for part in parts)])
            for one in fields(Elements)
        }
    )


def elements_of(piece: Piece, floor: Floor, criteria: ElectroCriteria) -> Elements:
    """The active stretches of a piece.

    The envelope is the RMS of the band of detection around each moment. A stretch reaches the
    upper multiple of the noise floor and goes on while the lower one is kept, and while it is not
    small beside what is next to it: the foot of a large potential is no activity of its own.
    """
    spans = _spans(piece, floor, criteria)
    if not spans:
        return joined_elements(())
    size = np.abs(piece.wide)
    noise = criteria["emg_edge_noise"] * floor.wide
    rows = [_element(piece, size, first, stop, noise, criteria) for first, stop in spans]
    columns = np.array(rows, dtype=np.float64).T
    return Elements(**dict(zip((one.name for one in fields(Elements)), columns, strict=True)))


def _spans(piece: Piece, floor: Floor, criteria: ElectroCriteria) -> list[tuple[int, int]]:
    """First and last sample of each stretch that is this piece's own."""
    from scipy.ndimage import maximum_filter1d

    if not floor.envelope > 0:
        return []
    rate = piece.rate_hz
    envelope = piece.envelope
    around = maximum_filter1d(envelope, 2 * round(_NEAR_S * rate / 2) + 1)
    low = np.maximum(criteria["emg_lower_threshold"] * floor.envelope, _TAIL_SHARE * around)
    active = np.concatenate([[False], envelope >= low, [False]]).astype(np.int8)
    edges = np.flatnonzero(np.diff(active))
    high = criteria["emg_upper_threshold"] * floor.envelope
    own, shared = piece.own, round(_SHARED_S * rate)
    found = []
    for first, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if envelope[first:stop].max() < high:
            continue
        begin, end = first, stop - 1
        if begin < own.start:
            if end - own.start < shared:
                continue
            begin = own.start
        if end >= own.stop and end - own.stop >= shared:
            end = own.stop - 1
        if begin < own.stop:
            found.append((begin, end))
    return found


def _element(
    piece: Piece, size: Floats, first: int, last: int, noise: float, criteria: ElectroCriteria
) -> tuple[float, ...]:
    rate = piece.rate_hz
    part = size[first : last + 1]
    reach = round(_FIRST_S * rate)
    quiet = max(2, round(_QUIET_S * rate))
    room = round(0.005 * rate)
    peak = float(part.max())
    wide_reach = round(_NEAR_S * rate)
    begin = first + _first_tall(part[:reach])
    level = max(_EDGE_SHARE * float(part[:wide_reach].max()), noise)
    begin -= _steps_to_quiet(size[max(0, first - room) : begin + 1][::-1], level, quiet)
    end = last - _first_tall(part[::-1][:reach])
    level = max(_EDGE_SHARE * float(part[::-1][:wide_reach].max()), noise)
    end += _steps_to_quiet(size[end : last + room + 1], level, quiet)
    rate_hz, likeness = np.nan, np.nan
    longest = 2 * criteria["emg_clonic_longest"] / 1000 * rate
    if 2 * quiet < end - begin <= longest:
        rate_hz, likeness = repetition(
            piece.narrow[begin : end + 1],
            rate,
            low_hz=criteria["emg_spasm_low_hz"] / 1.25,
            high_hz=criteria["emg_spasm_high_hz"] * 1.1,
        )
    at = first + int(part.argmax())
    return (
        piece.start_s + begin / rate,
        piece.start_s + max(begin, end) / rate,
        piece.start_s + at / rate,
        peak,
        float(_potentials(piece, first, last, criteria)),
        rate_hz,
        likeness,
    )


def _first_tall(size: Floats) -> int:
    """The first sample that is a good part of the largest."""
    return int(np.flatnonzero(size >= _TALL_SHARE * size.max())[0])


def _steps_to_quiet(size: Floats, level: float, quiet: int) -> int:
    """How far the line stays above a level, lapses of `quiet` samples included."""
    above = np.flatnonzero(size >= level)
    if not above.size or above[0] > quiet:
        return 0
    lapses = np.flatnonzero(np.diff(above) > quiet)
    return int(above[lapses[0]] if lapses.size else above[-1])


def _potentials(piece: Piece, first: int, last: int, criteria: ElectroCriteria) -> int:
    """How many peaks of Teager and Kaiser's energy stand out from each other."""
    from scipy.signal import find_peaks

    energy = piece.energy[max(0, first - 1) : last + 2]
    index, found = find_peaks(
        energy,
        height=criteria["emg_spike_to_largest_share"] * energy.max(),
        distance=max(1, round(criteria["emg_spike_apart"] / 1000 * piece.rate_hz)),
        prominence=0.0,
    )
    stands_out = criteria["emg_spike_prominence_share"] * energy[index]
    return max(1, int(np.count_nonzero(found["prominences"] >= stands_out)))
