"""Spasm EMG of a continuous recording: from its channels to findings, events and signals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

from hemifacial.anatomy import SIDES
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.outcome import Outcome
from hemifacial.electro.spasm_emg.channels import muscles_of
from hemifacial.electro.spasm_emg.events import events_of
from hemifacial.electro.spasm_emg.features import Pair, observations_of
from hemifacial.electro.spasm_emg.findings import findings_of
from hemifacial.electro.spasm_emg.likelihoods import evidence_of
from hemifacial.electro.spasm_emg.pieces import PIECE_S
from hemifacial.electro.spasm_emg.read import MuscleActivity, read_muscle
from hemifacial.electro.spasm_emg.signals import signals_of
from hemifacial.electro.spasm_emg.synchrony import synchrony_of
from hemifacial.errors import InputError
from hemifacial.formats.recording_facts import Recording

__all__ = ["measure", "pairs_of"]


def measure(
    recording: Recording,
    criteria: ElectroCriteria,
    *,
    in_theatre: bool = False,
    progress: Callable[[float], None] | None = None,
) -> Outcome:
    """Bursts, their synchrony, trains and what they speak for.

    Parameters
    ----------
    recording
        Any number of channels, each at its own rate. It is read piece by piece, twice.
    in_theatre
        Whether the patient is under anaesthesia. Sustained activity is then neurotonic, since
        nothing is done at will, and nothing is said of conditions.
    progress
        Is told the share that has been read, from 0 to 1.

    Raises
    ------
    InputError
        Where no channel can be read as a muscle.
    """
    muscles, not_read = muscles_of(recording, criteria)
    if not muscles and not not_read:
        raise InputError(
            f"{recording.path}: it has no channels", next_step="Give a recording of muscles."
        )
    pieces = sum(
        -(-(stretch.stop_s - stretch.start_s) // PIECE_S) for stretch in recording.stretches
    )
    done, total = 0.0, max(1.0, pieces * len(muscles))

    def tick() -> None:
        nonlocal done
        done += 1
        if progress is not None:
            progress(min(1.0, done / total))

    activities = tuple(read_muscle(recording, one, criteria, tick) for one in muscles)
    pairs = pairs_of(activities, criteria)
    observations = () if in_theatre else observations_of(activities, pairs, criteria)
    return Outcome(
        findings=findings_of(
            activities, not_read, pairs, observations, evidence_of(observations), criteria
        ),
        events=events_of(activities, criteria, in_theatre=in_theatre),
        signals=signals_of(recording, activities, criteria),
    )


def pairs_of(activities: Sequence[MuscleActivity], criteria: ElectroCriteria) -> tuple[Pair, ...]:
    """Every two muscles whose sides are known, with their synchrony."""
    sided = [one for one in activities if one.muscle.side in SIDES]
    every = list(combinations(sided or activities, 2))
    pairs = []
    for first, second in every:
        found = synchrony_of(first.onsets_s, second.onsets_s, criteria, pairs=len(every))
        called = found is not None and found.p * len(every) <= criteria["emg_synchrony_p"]
        pairs.append(Pair(first=first, second=second, synchrony=found, called=called))
    return tuple(pairs)
