"""What is not of a muscle: steps of an electrode, an amplifier at its limit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.spasm_emg.floor import Floor
from hemifacial.electro.spasm_emg.pieces import Piece

__all__ = ["Span", "artefacts_of", "joined"]

Floats = NDArray[np.float64]

_BESIDE_S, _BEHIND_S = 0.001, 0.008
_STEP_SHARE = 0.55
_STEP_TO_FLOOR = 12.0
_KEPT_SHARE = 0.6
_LEVEL_SHARE = 0.25
_REACH_S = 0.012
_ASIDE_S = 0.012
_BESIDE_SHARE = 0.3
_AFTER_LIMIT_S = 0.3


@dataclass(frozen=True, kw_only=True)
class Span:
    """Time from one moment to another."""

    start_s: float
    stop_s: float


def artefacts_of(
    piece: Piece, floor: Floor, criteria: ElectroCriteria, *, is_voltage: bool
) -> list[Span]:
    """Artefacts that begin within a piece.

    An electrode that pops leaves the line elsewhere than where it was: the means of 7 ms before
    and behind the step differ by about its height, and 7 ms later they still do. A motor unit
    potential comes back to where it began, and so does the wave of the heart within that time.
    """
    found = _steps(piece, floor)
    if is_voltage:
        after = round(_AFTER_LIMIT_S * piece.rate_hz)
        beyond = np.flatnonzero(np.abs(piece.raw) >= criteria["emg_limit_uv"])
        found += [(one, one + after) for one in beyond.tolist()]
    spans = [
        Span(
            start_s=float(piece.time_s(np.array(first))), stop_s=float(piece.time_s(np.array(last)))
        )
        for first, last in sorted(found)
        if piece.own.start <= first < piece.own.stop
    ]
    return joined(spans, _REACH_S)


def joined(spans: list[Span], gap_s: float) -> list[Span]:
    """Spans in order of time; those closer than a gap as one."""
    whole: list[Span] = []
    for one in sorted(spans, key=lambda span: span.start_s):
        if whole and one.start_s - whole[-1].stop_s <= gap_s:
            stop_s = max(one.stop_s, whole[-1].stop_s)
            whole[-1] = Span(start_s=whole[-1].start_s, stop_s=stop_s)
        else:
            whole.append(one)
    return whole


def _steps(piece: Piece, floor: Floor) -> list[tuple[int, int]]:
    """First and last sample of what a step spoils."""
    from scipy.ndimage import maximum_filter1d

    rate = piece.rate_hz
    near, far = max(1, round(_BESIDE_S * rate)), max(2, round(_BEHIND_S * rate))
    sums = np.concatenate([[0.0], np.cumsum(piece.raw)])
    count = piece.raw.size
    step = np.zeros(count)
    index = np.arange(far, count - 2 * far)
    after = sums[index + far] - sums[index + near]
    before = sums[index - near + 1] - sums[index - far + 1]
    later = sums[index + 2 * far - near] - sums[index + far]
    height, kept = (after - before) / (far - near), (later - before) / (far - near)
    step[index] = np.where(kept * np.sign(height) > _KEPT_SHARE * np.abs(height), np.abs(height), 0)
    # In the band of EMG a step is about as large as it is; a potential is far larger than the
    # difference of the means around it. And beside a step it is quiet, as it is not in a burst.
    largest = maximum_filter1d(np.abs(piece.wide), 2 * far + 1)
    size = np.abs(piece.narrow)
    here = maximum_filter1d(size, 2 * 3 * near + 1)
    aside, shift = round(_ASIDE_S * rate) | 1, round(_ASIDE_S * rate / 2) + 6 * near
    beside = maximum_filter1d(size, aside)
    beside = np.maximum(_moved(beside, shift), _moved(beside, -shift))
    fast = np.abs(np.diff(piece.raw, prepend=piece.raw[0]))
    sudden = maximum_filter1d(fast, 2 * near + 1) > 0.4 * step
    level = _scatter_before(piece.raw, near, far) < _LEVEL_SHARE * step
    is_step = (
        (step > _STEP_TO_FLOOR * floor.wide)
        & (step > _STEP_SHARE * largest)
        & (beside < _BESIDE_SHARE * here)
        & sudden
        & level
    )
    reach = round(_REACH_S * rate)
    return [(int(one) - reach, int(one) + 2 * reach) for one in np.flatnonzero(is_step)]


def _scatter_before(raw: Floats, near: int, far: int) -> Floats:
    """Standard deviation of the line from `far` to `near` samples before each sample."""
    line = raw - np.median(raw)
    sums = np.concatenate([[0.0], np.cumsum(line)])
    squares = np.concatenate([[0.0], np.cumsum(line**2)])
    scatter = np.zeros(line.size)
    index = np.arange(far, line.size)
    first, stop, length = index - far + 1, index - near + 1, far - near
    mean = (sums[stop] - sums[first]) / length
    scatter[index] = np.sqrt(np.maximum((squares[stop] - squares[first]) / length - mean**2, 0.0))
    return scatter


def _moved(values: Floats, by: int) -> Floats:
    """The values `by` samples later (or earlier); beyond the ends there is nothing."""
    moved = np.zeros_like(values)
    if by > 0:
        moved[:-by] = values[by:]
    else:
        moved[-by:] = values[:by]
    return moved
