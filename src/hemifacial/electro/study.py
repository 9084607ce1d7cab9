"""Sweeps that are locked to stimuli: the one type for every evoked response."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.stimuli import Stimulus
from hemifacial.errors import InputError
from hemifacial.formats.recording_facts import Channel, Recording

__all__ = ["LEAST_REST_MS", "REST_UNTIL_MS", "USUAL_REST_MS", "EvokedStudy", "check_rest", "cut"]

Floats = NDArray[np.float64]

REST_UNTIL_MS = -1.0
"""Up to here, before the stimulus, a muscle is at rest."""

LEAST_REST_MS, USUAL_REST_MS = 3.0, 8.0
"""How much before the stimulus tells the noise of one muscle at the least, and of most studies."""


@dataclass(frozen=True, kw_only=True, eq=False)
class EvokedStudy:
    """Sweeps of some channels around some stimuli.

    Attributes
    ----------
    sweeps_uv
        (stimuli, channels, samples).
    latency_ms
        (samples,), 0 at the stimulus; evenly spaced.
    left_out
        How many stimuli had no whole sweep: at the ends of the recording and beside its gaps.
    """

    sweeps_uv: Floats
    latency_ms: Floats
    stimuli: tuple[Stimulus, ...]
    channels: tuple[Channel, ...]
    left_out: int = 0

    @property
    def rest(self) -> slice:
        """The samples before the stimulus in which a muscle is at rest; may be none."""
        return slice(0, int(np.searchsorted(self.latency_ms, REST_UNTIL_MS, side="right")))

    @property
    def rate_hz(self) -> float:
        """Samples per second."""
        return 1000 / float(self.latency_ms[1] - self.latency_ms[0])

    def where(self, chosen: Callable[[Stimulus], bool]) -> EvokedStudy:
        """The part of the study of some of its stimuli."""
        index = [i for i, stimulus in enumerate(self.stimuli) if chosen(stimulus)]
        return replace(
            self,
            sweeps_uv=self.sweeps_uv[index],
            stimuli=tuple(self.stimuli[i] for i in index),
        )

    def of_channels(self, chosen: Sequence[int]) -> EvokedStudy:
        """The part of the study of some of its channels, by their indices."""
        return replace(
            self,
            sweeps_uv=self.sweeps_uv[:, chosen],
            channels=tuple(self.channels[index] for index in chosen),
        )


def cut(
    recording: Recording,
    stimuli: Sequence[Stimulus],
    channels: Sequence[int],
    *,
    before_ms: float,
    after_ms: float,
) -> EvokedStudy:
    """Cut sweeps out of a recording; a sweep that a gap interrupts is left out.

    Parameters
    ----------
    channels
        Indices of channels of one rate, each in a unit of voltage.
    before_ms, after_ms
        How much of a sweep lies before its stimulus, and after.

    Raises
    ------
    ValueError
        Where the channels differ in rate.

    Notes
    -----
    A sweep begins at the sample nearest to its stimulus, so that latencies are off by up to half
    an interval between samples.
    """
    rates = {recording.channels[channel].rate_hz for channel in channels}
    if len(rates) != 1:
        raise ValueError(f"channels of {sorted(rates)} samples per second in one study")
    (rate_hz,) = rates
    before, after = round(before_ms * rate_hz / 1000), round(after_ms * rate_hz / 1000)
    places = []
    kept = []
    for stimulus in stimuli:
        place = _place(recording, channels, stimulus.onset_s, rate_hz, before, after)
        if place is not None:
            places.append(place)
            kept.append(stimulus)
    sweeps = np.empty((len(kept), len(channels), before + after + 1))
    for column, channel in enumerate(channels):
        sweeps[:, column] = recording.read_rows(channel, places, before + after + 1)
    return EvokedStudy(
        sweeps_uv=sweeps,
        latency_ms=np.arange(-before, after + 1) * 1000 / rate_hz,
        stimuli=tuple(kept),
        channels=tuple(recording.channels[channel] for channel in channels),
        left_out=len(stimuli) - len(kept),
    )


def check_rest(study: EvokedStudy, least_ms: float = USUAL_REST_MS) -> None:
    """Whether there is enough before the stimulus to tell the noise.

    Raises
    ------
    InputError
        If there is not.
    """
    if study.latency_ms[0] > -least_ms:
        raise InputError(
            f"the sweeps begin {-study.latency_ms[0]:g} ms before the stimulus; "
            f"at least {least_ms:g} ms are needed to tell the noise",
            next_step="Cut or export sweeps that begin earlier.",
        )


def _place(
    recording: Recording,
    channels: Sequence[int],
    onset_s: float,
    rate_hz: float,
    before: int,
    after: int,
) -> tuple[int, int] | None:
    """The stretch and the first sample of a sweep; None where there is no whole one."""
    for index, stretch in enumerate(recording.stretches):
        first = round((onset_s - stretch.start_s) * rate_hz) - before
        last = first + before + after
        count = min(recording.count(channel, index) for channel in channels)
        if first >= 0 and last < count:
            return index, first
    return None
