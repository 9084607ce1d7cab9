"""A series of averages of one or both ears: from a SmartEP export, or cut from a recording."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.anatomy import Side
from hemifacial.electro.averages import average
from hemifacial.electro.stimuli import Stimulus
from hemifacial.electro.study import EvokedStudy
from hemifacial.errors import InputError
from hemifacial.formats.recording_facts import Recording
from hemifacial.formats.smartep import AveragedRecording

__all__ = ["BaepAverage", "clicks_of", "of_smartep", "of_study"]

Floats = NDArray[np.float64]

_WORD = "click"
_NERVE = "vestibulocochlear_nerve"
_POLARITIES = {"+": 1, "-": -1, "n/a": 0, "": 0}


@dataclass(frozen=True, kw_only=True, eq=False)
class BaepAverage:
    """One average of one ear, the vertex positive upward.

    Attributes
    ----------
    start_s, duration_s
        When its first click was and how long it took, from the first click of the series.
    latency_ms, values_uv
        (samples,), evenly spaced, 0 at the click.
    difference_uv
        (samples,): noise without response, as strong as the noise that is left in the average
        (half the difference of two halves, or of sweeps with alternating signs); None where
        there is none, and then noise is measured where the response is over.
    band_hz, stimulus_rate_hz
        Of the amplifier and of the clicks; None where they are not stated.
    polarity
        Of the click: condensation 1, rarefaction -1, alternating or not stated 0.
    """

    name: str
    side: Side
    start_s: float
    duration_s: float
    latency_ms: Floats
    values_uv: Floats
    difference_uv: Floats | None = None
    sweeps: int | None = None
    rejected: int = 0
    level: str = ""
    stimulus_rate_hz: float | None = None
    band_hz: tuple[float, float] | None = None
    polarity: int = 0

    @property
    def rate_hz(self) -> float:
        """Samples per second."""
        return 1000 * (self.latency_ms.size - 1) / float(self.latency_ms[-1] - self.latency_ms[0])

    @property
    def end_s(self) -> float:
        """When it was complete."""
        return self.start_s + self.duration_s


def of_smartep(recording: AveragedRecording) -> tuple[BaepAverage, ...]:
    """The averages of an export in the order of the file, one after the other without pauses.

    The file does not say when an average was made: `start_s` is what the sweeps before it took.
    What the instrument filled in with zeros before the first sample is left out.
    """
    averages = []
    now_s = 0.0
    for one in recording.averages:
        rate_hz = one.stimulus_rate_hz
        duration_s = one.sweeps / rate_hz if rate_hz else 0.0
        recorded = slice(one.first_sample, None)
        averages.append(
            BaepAverage(
                name=one.name,
                side=one.ear,
                start_s=now_s,
                duration_s=duration_s,
                latency_ms=one.latency_ms[recorded],
                values_uv=one.values_uv[recorded],
                difference_uv=(one.halves_uv[0] - one.halves_uv[1])[recorded] / 2,
                sweeps=one.sweeps,
                rejected=one.rejected,
                level=f"{one.intensity:g} dB as the file states it",
                stimulus_rate_hz=rate_hz or None,
                band_hz=one.band_hz,
            )
        )
        now_s += duration_s
    return tuple(averages)


def clicks_of(recording: Recording) -> tuple[Stimulus, ...]:
    """The clicks that the marks of a recording tell: ``click side=right polarity=-``.

    Raises
    ------
    InputError
        A mark that begins so and names no side; the message holds it.
    """
    clicks = []
    for mark in recording.marks:
        words = mark.text.split()
        if words[:1] != [_WORD]:
            continue
        told = dict(word.partition("=")[::2] for word in words[1:])
        side, sign = told.get("side", ""), told.get("polarity", "")
        if side not in (Side.RIGHT, Side.LEFT) or sign not in _POLARITIES:
            raise InputError(
                f'{recording.path}, mark "{mark.text}": side {side or "missing"}, '
                f"polarity {sign or 'not stated'}; known are right and left, + and -",
                next_step="Write such a mark as: click side=right polarity=-",
            )
        clicks.append(
            Stimulus(
                onset_s=mark.onset_s, branch=_NERVE, side=Side(side), polarity=_POLARITIES[sign]
            )
        )
    return tuple(sorted(clicks, key=lambda click: click.onset_s))


def of_study(
    study: EvokedStudy, channel: int = 0, *, sweeps: int = 400, name: str = "average"
) -> tuple[BaepAverage, ...]:
    """Weighted averages of so many clicks of one side each, in order of time.

    What is left over at the end of a side, fewer than `sweeps`, makes no average.

    Parameters
    ----------
    channel
        Index among the channels of the study.
    """
    averages = []
    first_s = min((click.onset_s for click in study.stimuli), default=0.0)
    for side in (Side.RIGHT, Side.LEFT):
        index = [i for i, click in enumerate(study.stimuli) if click.side is side]
        for start in range(0, len(index) - sweeps + 1, sweeps):
            part = index[start : start + sweeps]
            averages.append(_averaged(study, channel, part, first_s, f"{name} {start // sweeps}"))
    return tuple(sorted(averages, key=lambda one: one.start_s))


def _averaged(
    study: EvokedStudy, channel: int, part: Sequence[int], first_s: float, name: str
) -> BaepAverage:
    clicks = [study.stimuli[i] for i in part]
    one = average(study.sweeps_uv[part, channel])
    duration_s = clicks[-1].onset_s - clicks[0].onset_s
    # In pairs, so that alternating clicks do not leave their artefact in the difference.
    signs = np.where(np.arange(len(part)) // 2 % 2, -1.0, 1.0)
    polarities = {click.polarity for click in clicks}
    return BaepAverage(
        name=name,
        side=clicks[0].side,
        start_s=clicks[0].onset_s - first_s,
        duration_s=duration_s,
        latency_ms=study.latency_ms,
        values_uv=one.mean_uv,
        difference_uv=(signs * one.weight) @ one.residuals_uv,
        sweeps=len(part),
        stimulus_rate_hz=(len(part) - 1) / duration_s if duration_s else None,
        polarity=polarities.pop() if len(polarities) == 1 else 0,
    )
