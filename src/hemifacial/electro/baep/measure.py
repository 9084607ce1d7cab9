"""From a series of averages to findings, events and signals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hemifacial.electro.baep.course import changes_found, course_signals, events_of
from hemifacial.electro.baep.ears import ears_of
from hemifacial.electro.baep.findings import side_differences, waves_found
from hemifacial.electro.baep.series import BaepAverage
from hemifacial.electro.baep.stored import signals_of
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.outcome import Outcome

__all__ = ["measure"]


def measure(averages: Sequence[BaepAverage], criteria: ElectroCriteria) -> Outcome:
    """What a series of brainstem auditory evoked potentials shows.

    Parameters
    ----------
    averages
        Of one or both ears; their order in time is that of `start_s`.

    Returns
    -------
    Outcome
        Findings of the baseline (latencies, intervals, amplitudes against their limits, difference
        of the sides) and of the course (how late and small wave V became, how much could be read);
        an event from the first to the last average of each change that is called; and a signal
        over time of each wave's delay and amplitude, missing where not read.

    Raises
    ------
    InputError
        Where there is no average, or none of an ear can be used.
    """
    ears = ears_of(averages, criteria)
    findings = [found for ear in ears for found in waves_found(ear, criteria)]
    findings += side_differences(ears, criteria)
    findings += [found for ear in ears for found in changes_found(ear, criteria)]
    events = [event for ear in ears for event in events_of(ear)]
    events.sort(key=lambda event: (event.onset_s, event.trial_type))
    numbered = tuple(
        replace(event, event_id=f"baep{number:04d}") for number, event in enumerate(events, start=1)
    )
    signals = {f"baep_{ear.side.value}": course_signals(ear) for ear in ears if ear.readings}
    signals |= signals_of(averages)
    return Outcome(findings=tuple(findings), events=numbered, signals=signals)
