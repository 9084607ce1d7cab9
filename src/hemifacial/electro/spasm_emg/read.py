"""What one channel holds: its floor, bursts, trains, artefacts and envelope, piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.spasm_emg.artefacts import Span, artefacts_of, joined
from hemifacial.electro.spasm_emg.bursts import Burst, Tonic, bursts_of, tonic_of
from hemifacial.electro.spasm_emg.channels import Muscle
from hemifacial.electro.spasm_emg.elements import elements_of, joined_elements
from hemifacial.electro.spasm_emg.floor import Floor, floor_of
from hemifacial.electro.spasm_emg.pieces import Piece, pieces_of
from hemifacial.electro.spasm_emg.trains import Train, sine_windows, trains_of_windows
from hemifacial.formats.recording_facts import Recording

__all__ = ["ENVELOPE_HZ", "MuscleActivity", "read_muscle", "stretch_of"]

Floats = NDArray[np.float64]

ENVELOPE_HZ = 200.0

_ARTEFACT_GAP_S = 0.05


@dataclass(frozen=True, kw_only=True, eq=False)
class MuscleActivity:
    """Everything that is found on one channel.

    `envelope` is the RMS within 5 ms at `ENVELOPE_HZ` from the start of the recording, not a
    number in gaps. `judged_s` is the time read less that of artefacts.
    """

    muscle: Muscle
    floor: Floor
    bursts: tuple[Burst, ...]
    tonic: tuple[Tonic, ...]
    trains: tuple[Train, ...]
    artefacts: tuple[Span, ...]
    envelope: Floats
    judged_s: float

    @property
    def onsets_s(self) -> Floats:
        """Onsets of the bursts in order."""
        return np.sort(np.array([one.onset_s for one in self.bursts]))


def read_muscle(
    recording: Recording,
    muscle: Muscle,
    criteria: ElectroCriteria,
    progress: Callable[[], None] = lambda: None,
) -> MuscleActivity:
    """Read a channel twice: for its floor, then for what rises above it."""
    floor = floor_of(pieces_of(recording, muscle, criteria), muscle, criteria)
    elements, windows, artefacts = [], [], []
    read_s = 0.0
    envelope = np.full(round(recording.stretches[-1].stop_s * ENVELOPE_HZ) + 1, np.nan)
    for piece in pieces_of(recording, muscle, criteria):
        artefacts += artefacts_of(piece, floor, criteria, is_voltage=muscle.unit == "µV")
        elements.append(elements_of(piece, floor, criteria))
        if muscle.unit == "µV":
            windows.append(sine_windows(piece, criteria))
        _fill(envelope, piece)
        read_s += (piece.own.stop - piece.own.start) / piece.rate_hz
        progress()
    spans = tuple(joined(artefacts, _ARTEFACT_GAP_S))
    trains = tuple(one for one in trains_of_windows(windows, criteria) if not _spoilt(one, spans))
    within = [Span(start_s=one.onset_s - 0.05, stop_s=one.offset_s + 0.05) for one in trains]
    found = joined_elements(elements).without([*spans, *within])
    bursts = bursts_of(found, criteria, rate_is_enough=muscle.rate_is_enough)
    return MuscleActivity(
        muscle=muscle,
        floor=floor,
        bursts=bursts,
        tonic=tonic_of(bursts, criteria),
        trains=trains,
        artefacts=spans,
        envelope=envelope,
        judged_s=max(0.0, read_s - sum(one.stop_s - one.start_s for one in spans)),
    )


def stretch_of(
    recording: Recording,
    muscle: Muscle,
    criteria: ElectroCriteria,
    times_s: Floats,
) -> Floats:
    """A channel within the band of EMG at some even times; not a number where it has none."""
    values = np.full(times_s.size, np.nan)
    from_s, to_s = (float(times_s[0]), float(times_s[-1])) if times_s.size else (0.0, 0.0)
    for piece in pieces_of(recording, muscle, criteria, from_s=from_s, to_s=to_s):
        own = np.arange(piece.own.start, piece.own.stop)
        at_s = piece.time_s(own)
        here = (times_s >= at_s[0]) & (times_s <= at_s[-1])
        if here.any():
            values[here] = np.interp(times_s[here], at_s, piece.wide[piece.own])
    return values


def _spoilt(one: Train, spans: Sequence[Span]) -> bool:
    return any(span.start_s < one.offset_s and span.stop_s > one.onset_s for span in spans)


def _fill(envelope: Floats, piece: Piece) -> None:
    """Put a piece's RMS where it belongs; the array is the caller's own."""
    from scipy.ndimage import uniform_filter1d

    length = max(1, round(piece.rate_hz / ENVELOPE_HZ))
    power = uniform_filter1d(piece.wide**2, length)
    own = np.arange(piece.own.start, piece.own.stop)
    at_s = piece.time_s(own)
    first, last = np.ceil(at_s[0] * ENVELOPE_HZ), np.floor(at_s[-1] * ENVELOPE_HZ)
    places = np.arange(int(first), min(int(last), envelope.size - 1) + 1)
    if places.size:
        rms = np.sqrt(np.maximum(power[piece.own], 0.0))
        envelope[places] = np.interp(places / ENVELOPE_HZ, at_s, rms)
