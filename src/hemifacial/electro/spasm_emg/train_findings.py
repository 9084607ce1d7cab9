"""Findings of A-trains: how many, how long per channel and in all, clusters over many channels."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.spasm_emg.read import MuscleActivity
from hemifacial.electro.spasm_emg.trains import clusters_of
from hemifacial.electro.stated import Subject, below_limit, stated, unjudged
from hemifacial.findings import Finding

__all__ = ["train_findings"]

_SURGERY = "what is known of A-trains comes from surgery of vestibular schwannoma"
_CLUSTER_CHANNELS = 3


def train_findings(
    activities: Sequence[MuscleActivity], criteria: ElectroCriteria, about: Subject
) -> list[Finding]:
    """Number and time of the trains of each voltage channel, and of all together.

    Train time of all channels is the sum over channels (Prell 2014). Its logarithm goes with the
    risk of a palsy; no threshold is a verdict.
    """
    able = [one for one in activities if one.muscle.unit == "µV" and one.judged_s > 0]
    found = [finding for one in able for finding in _of_muscle(one, criteria, about)]
    if able:
        found += _of_all(able, criteria, about)
    return found


def _of_muscle(
    activity: MuscleActivity, criteria: ElectroCriteria, recording: Subject
) -> Iterator[Finding]:
    about = replace(recording, side=activity.muscle.side, sites=activity.muscle.sites)
    name = f"channel {activity.muscle.name}"
    count = len(activity.trains)
    yield stated(about, "emg_a_train_count", count, note=name)
    if activity.trains:
        total_s = math.fsum(one.duration_s for one in activity.trains)
        yield stated(about, "emg_train_time", total_s, n=count, note=name)
        return
    amplitude_uv = criteria["emg_a_train_amplitude"]
    yield below_limit(
        about,
        "emg_train_time",
        criteria["emg_a_train_least"] / 1000,
        note=f"{name}: no A-train of {amplitude_uv:g} µV from peak to peak",
    )


def _of_all(
    activities: Sequence[MuscleActivity], criteria: ElectroCriteria, about: Subject
) -> Iterator[Finding]:
    total_s = math.fsum(one.duration_s for activity in activities for one in activity.trains)
    count = sum(len(activity.trains) for activity in activities)
    risk = f"; log10 of it is {math.log10(total_s):.2f}" if total_s > 0 else ""
    yield stated(
        about,
        "emg_train_time_total",
        total_s,
        n=count,
        limit=criteria.limits["emg_train_time_watch"],
        note=f"sum over {len(activities)} channels{risk}; {_SURGERY}",
    )
    if len(activities) < _CLUSTER_CHANNELS:
        why = f"{len(activities)} channels are too few to speak of most of them"
        yield unjudged(about, "emg_train_clusters", why)
        return
    clusters = clusters_of(
        {one.muscle.channel: one.trains for one in activities}, criteria["emg_cluster_window"]
    )
    said = ", ".join(f"{start_s:.1f} s" for start_s in clusters) or "none"
    yield stated(
        about,
        "emg_train_clusters",
        len(clusters),
        limit=criteria.limits["emg_cluster_window"],
        note=(
            f"from {said}; a cluster may be of the nervus intermedius and then says little of the "
            f"facial nerve (Rampp 2019); {_SURGERY}"
        ),
    )
