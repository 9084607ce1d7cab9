"""The noise floor of a channel: how small its quietest part is, and whether that is believable."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.spasm_emg.channels import Muscle
from hemifacial.electro.spasm_emg.pieces import Piece

__all__ = ["Floor", "floor_of"]

Floats = NDArray[np.float64]

_WINDOW_S = 0.1


@dataclass(frozen=True, kw_only=True)
class Floor:
    """Noise of a channel in its own unit.

    `wide` is the RMS within the band of EMG, `envelope` that within the band of detection.
    `is_rest` is False where even the quietest part is too loud for noise: the muscle is then
    never at rest, and the largest believable noise stands in its place.
    """

    wide: float
    envelope: float
    is_rest: bool


def floor_of(pieces: Iterable[Piece], muscle: Muscle, criteria: ElectroCriteria) -> Floor:
    """The floor from windows of 0.1 s: a low quantile, whatever goes on in the others.

    A spread over the whole recording would grow with the spasm and hide it.
    """
    wide: list[Floats] = []
    narrow: list[Floats] = []
    for piece in pieces:
        window = max(1, round(_WINDOW_S * piece.rate_hz))
        for values, kept in ((piece.wide, wide), (piece.narrow, narrow)):
            own = values[piece.own]
            count = own.size // window
            if count:
                kept.append(np.sqrt((own[: count * window].reshape(count, -1) ** 2).mean(axis=1)))
    if not wide:
        return Floor(wide=0.0, envelope=0.0, is_rest=False)
    loud, power = np.concatenate(wide), np.concatenate(narrow)
    # A line that lies still at one value, as an electrode that is off, is no quiet muscle.
    alive = loud > 0
    if not alive.any():
        return Floor(wide=0.0, envelope=0.0, is_rest=False)
    share = criteria["emg_quiet_quantile"]
    wide_floor = float(np.quantile(loud[alive], share))
    envelope_floor = float(np.quantile(power[alive], share))
    most = criteria["emg_largest_floor"]
    if muscle.unit == "µV" and wide_floor > most:
        return Floor(wide=most, envelope=envelope_floor * most / wide_floor, is_rest=False)
    return Floor(wide=wide_floor, envelope=envelope_floor, is_rest=True)
