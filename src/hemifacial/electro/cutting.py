"""Sweeps of a recording for one study: as long as its stimuli and its ends allow, and no longer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.stimuli import Stimulus
from hemifacial.electro.study import LEAST_REST_MS, EvokedStudy, cut
from hemifacial.errors import InputError, UsageError
from hemifacial.formats.recording_facts import Recording

__all__ = ["Sweeps", "nothing_for", "sweeps_of"]

Floats = NDArray[np.float64]

_LEAST_AFTER_MS = 20.0
"""A sweep that holds less after its stimulus is not whole."""
_BEFORE_SHARE, _AFTER_SHARE = 0.2, 0.8
"""How much of the time between two stimuli belongs to the later one and to the earlier one."""
_USUAL_APART_MS = 1000.0  # of a single stimulus
_ODD_SHARE = 0.5  # of the usual interval: stimuli that come sooner may be one, marked twice
_ONE_IN = 10  # intervals may be odd; more of them are how the study was made
_LEAST_INTERVALS = 3


@dataclass(frozen=True, kw_only=True)
class Sweeps:
    """What was cut out of a recording, and what its reader must know of it."""

    study: EvokedStudy
    problems: tuple[str, ...]


def sweeps_of(
    recording: Recording,
    stimuli: Sequence[Stimulus],
    criteria: ElectroCriteria,
    *,
    study: str,
    span_ms: tuple[float, float] | None = None,
    rest_ms: float = LEAST_REST_MS,
) -> Sweeps:
    """Sweeps of every channel with a muscle.

    Parameters
    ----------
    stimuli
        In order of time.
    study
        The word of the study, for messages.
    span_ms
        How much is wanted before and after a stimulus, whatever comes next (pairs of stimuli are
        read together); None takes what the interval between stimuli allows.
    rest_ms
        How much the study needs before a stimulus.

    Raises
    ------
    UsageError
        Where there is no stimulus, or no channel with a muscle.
    InputError
        Where stimuli are too near to each other, no sweep is whole, or every channel is flat.
    """
    channels = [
        index
        for index, channel in enumerate(recording.channels)
        if channel.site and channel.microvolts_per_unit is not None
    ]
    if not stimuli or not channels:
        raise nothing_for(recording.path, study)
    told: tuple[str, ...] = ()
    if span_ms is None:
        stimuli, span_ms, told = _spaced(recording.path, stimuli, criteria, rest_ms)
    room_before_ms, room_after_ms = _room_ms(recording, stimuli)
    before_ms, after_ms = min(span_ms[0], room_before_ms), min(span_ms[1], room_after_ms)
    found = cut(recording, stimuli, channels, before_ms=before_ms, after_ms=after_ms)
    if not found.stimuli:
        raise InputError(
            f"{recording.path}: no stimulus has a whole sweep, from {before_ms:g} ms before it to "
            f"{after_ms:g} ms after it",
            next_step="Check the times of the stimuli against the recording, and that its parts "
            "are as long as that.",
        )
    connected, flat = _connected(recording.path, found)
    return Sweeps(study=connected, problems=(*told, *flat))


def nothing_for(path: Path, study: str) -> UsageError:
    """What is said where a recording holds nothing that a study is made of."""
    return UsageError(
        f"{path}: holds no stimulus and muscle for the study {study}",
        next_step="Ask for another with --study, or for none: then what it holds is found.",
    )


def _spaced(
    path: Path, stimuli: Sequence[Stimulus], criteria: ElectroCriteria, rest_ms: float
) -> tuple[list[Stimulus], tuple[float, float], tuple[str, ...]]:
    """Stimuli with room for a sweep each, how much room before and after, and what is left out."""
    wanted_ms = criteria["sweep_before_ms"], criteria["sweep_after_ms"]
    apart_ms = 1000 * np.diff([one.onset_s for one in stimuli])
    needed_ms = max(wanted_ms[0] / _BEFORE_SHARE, wanted_ms[1] / _AFTER_SHARE)
    odd = _odd(apart_ms, needed_ms)
    shortest_ms = float(np.min(apart_ms[~odd], initial=_USUAL_APART_MS))
    before_ms = min(wanted_ms[0], _BEFORE_SHARE * shortest_ms)
    if before_ms < rest_ms:
        here = int(np.argmin(np.where(odd, np.inf, apart_ms)))
        raise InputError(
            f"{path}: the stimuli at {stimuli[here].onset_s:.3f} s and "
            f"{stimuli[here + 1].onset_s:.3f} s are {apart_ms[here]:.3g} ms apart, which leaves "
            f"{before_ms:.3g} ms before each; {rest_ms:g} ms are needed to tell the noise",
            next_step="Take out what was no stimulus, or measure trains as fast as these apart.",
        )
    alone = [
        one for number, one in enumerate(stimuli) if not odd[max(number - 1, 0) : number + 1].any()
    ]
    return alone, (before_ms, min(wanted_ms[1], _AFTER_SHARE * shortest_ms)), _told(stimuli, odd)


def _odd(apart_ms: Floats, needed_ms: float) -> NDArray[np.bool_]:
    """Which intervals between stimuli are much shorter than the others, and too short.

    A stimulus that is marked twice would else shorten every sweep of a study.
    """
    none = np.zeros(apart_ms.size, dtype=bool)
    if apart_ms.size < _LEAST_INTERVALS:
        return none
    short = apart_ms < min(needed_ms, _ODD_SHARE * float(np.median(apart_ms)))
    return short if short.sum() <= max(1, apart_ms.size // _ONE_IN) else none


def _told(stimuli: Sequence[Stimulus], odd: NDArray[np.bool_]) -> tuple[str, ...]:
    """The stimuli that are left out, in words."""
    places = np.flatnonzero(odd)
    if not places.size:
        return ()
    first, second = stimuli[int(places[0])], stimuli[int(places[0]) + 1]
    more = f", and so are {places.size - 1} more such pairs" if places.size > 1 else ""
    return (
        f"The stimuli at {first.onset_s:.3f} s and {second.onset_s:.3f} s are only "
        f"{1000 * (second.onset_s - first.onset_s):.3g} ms apart: both are left out{more}. "
        "Was one of them marked twice?",
    )


def _room_ms(recording: Recording, stimuli: Sequence[Stimulus]) -> tuple[float, float]:
    """How much is recorded before and after a stimulus, for the worst of most of them.

    The first sweep and the last may be shorter than is wanted, and are then not lost; nor are those
    of a recording that is kept in pieces. One in ten may be.
    """
    rooms = [
        (1000 * (one.onset_s - part.start_s), 1000 * (part.stop_s - one.onset_s))
        for one in stimuli
        for part in recording.stretches
        if part.start_s <= one.onset_s < part.stop_s
    ]
    if not rooms:
        return LEAST_REST_MS, _LEAST_AFTER_MS
    skipped = len(rooms) // _ONE_IN if len(recording.stretches) > 1 else 0
    before_ms = sorted(before for before, _ in rooms)[skipped]
    after_ms = sorted(after for _, after in rooms)[skipped]
    return max(before_ms - 1, LEAST_REST_MS), max(after_ms - 1, _LEAST_AFTER_MS)


def _connected(path: Path, study: EvokedStudy) -> tuple[EvokedStudy, tuple[str, ...]]:
    """The study without channels that hold no rest, and these as problems.

    A lead that was not connected is flat throughout; one that a stimulator blanks is flat before
    the stimulus, and then nothing tells its noise.
    """
    rest = study.sweeps_uv[..., study.rest]
    moves = np.ptp(rest, axis=-1) > 0 if rest.size else np.ptp(study.sweeps_uv, axis=-1) > 0
    kept = np.flatnonzero(np.median(moves, axis=0) > 0)
    flat = tuple(
        f"Channel {study.channels[index].name!r} is flat before the stimuli, so that nothing "
        "tells its noise: not measured."
        for index in set(range(len(study.channels))) - set(kept)
    )
    if not kept.size:
        raise InputError(
            f"{path}: every channel with a muscle is flat before the stimuli",
            next_step="Check that the electrodes were connected and the right channels exported.",
        )
    return study.of_channels(kept.tolist()), flat
