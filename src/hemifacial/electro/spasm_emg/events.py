"""Bursts, trains and artefacts as events of the contract."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.spasm_emg.artefacts import Span
from hemifacial.electro.spasm_emg.bursts import Burst
from hemifacial.electro.spasm_emg.read import MuscleActivity
from hemifacial.electro.spasm_emg.trains import Train
from hemifacial.findings import Event

__all__ = ["events_of"]

_SURE = 10.0


def events_of(
    activities: Sequence[MuscleActivity], criteria: ElectroCriteria, *, in_theatre: bool
) -> tuple[Event, ...]:
    """Every event in order of onset; bursts of a tonic spasm name it as their parent."""
    found = [one for activity in activities for one in _of_muscle(activity, criteria, in_theatre)]
    return tuple(sorted(found, key=lambda one: (one.onset_s, one.event_id)))


def _of_muscle(
    activity: MuscleActivity, criteria: ElectroCriteria, in_theatre: bool
) -> Iterator[Event]:
    channel = activity.muscle.channel + 1
    parent = {
        place: f"tonic{channel}_{number}"
        for number, one in enumerate(activity.tonic, start=1)
        for place in one.members
    }
    for number, tonic in enumerate(activity.tonic, start=1):
        members = [activity.bursts[place] for place in tonic.members]
        highest = max(members, key=lambda one: one.peak)
        yield _event(
            activity,
            onset_s=tonic.onset_s,
            offset_s=tonic.offset_s,
            event_id=f"tonic{channel}_{number}",
            trial_type="neurotonic" if in_theatre else "emg_tonic",
            peak=highest,
        )
    for place, burst in enumerate(activity.bursts):
        yield _event(
            activity,
            onset_s=burst.onset_s,
            offset_s=burst.offset_s,
            event_id=f"burst{channel}_{place + 1}",
            trial_type=_kind(burst, criteria, in_theatre),
            peak=burst,
            parent_id=parent.get(place, ""),
        )
    yield from (_train(activity, one, n) for n, one in enumerate(activity.trains, start=1))
    yield from (_artefact(activity, one, n) for n, one in enumerate(activity.artefacts, start=1))


def _kind(burst: Burst, criteria: ElectroCriteria, in_theatre: bool) -> str:
    if in_theatre and burst.duration_s >= criteria["emg_neurotonic_least"]:
        return "neurotonic"
    return "emg_tonic" if burst.duration_s >= criteria["emg_tonic_least"] else "emg_burst"


def _event(
    activity: MuscleActivity,
    *,
    onset_s: float,
    offset_s: float,
    event_id: str,
    trial_type: str,
    peak: Burst,
    parent_id: str = "",
) -> Event:
    noise = activity.floor.wide
    return Event(
        onset_s=onset_s,
        duration_s=max(0.0, offset_s - onset_s),
        event_id=event_id,
        trial_type=trial_type,
        side=activity.muscle.side,
        sites=activity.muscle.sites,
        peak_time_s=peak.peak_time_s,
        amplitude=peak.peak,
        amplitude_unit=activity.muscle.unit,
        confidence=min(1.0, peak.peak / (_SURE * noise)) if noise else 1.0,
        parent_id=parent_id,
    )


def _train(activity: MuscleActivity, one: Train, number: int) -> Event:
    return Event(
        onset_s=one.onset_s,
        duration_s=one.duration_s,
        event_id=f"train{activity.muscle.channel + 1}_{number}",
        trial_type="a_train",
        side=activity.muscle.side,
        sites=activity.muscle.sites,
        amplitude=one.amplitude,
        amplitude_unit=activity.muscle.unit,
    )


def _artefact(activity: MuscleActivity, one: Span, number: int) -> Event:
    start_s = max(0.0, one.start_s)
    return Event(
        onset_s=start_s,
        duration_s=max(0.0, one.stop_s - start_s),
        event_id=f"artefact{activity.muscle.channel + 1}_{number}",
        trial_type="artefact",
        side=activity.muscle.side,
        sites=activity.muscle.sites,
    )
