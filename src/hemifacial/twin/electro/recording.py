"""A plan as a file (EDF+, BDF+, XDF, BIDS-EMG), its stimuli as marks, and its truth beside it."""

from __future__ import annotations

import json
import math
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hemifacial.errors import UsageError
from hemifacial.formats.destination import check_own
from hemifacial.formats.events_table import write_events
from hemifacial.formats.files import new_folder, write_text
from hemifacial.twin.electro.artefact import artefact_factors, artefact_wave
from hemifacial.twin.electro.kinds import OWN, Kind, MadeSignals, write_signals
from hemifacial.twin.electro.noise import Disturbances, hum_of, steady_noise
from hemifacial.twin.electro.plan import EvokedPlan, check_responses, stimuli_of
from hemifacial.twin.electro.stimuli import stimuli_text, stimulus_event
from hemifacial.twin.electro.study import noise_free_sweeps
from hemifacial.twin.electro.truth import Truth

__all__ = ["FILES", "METHOD", "METHOD_VERSION", "RECORDING", "WrittenRecording", "write_recording"]

Values = NDArray[np.float64]

METHOD = "twin.electro"
METHOD_VERSION = "1"

RECORDING = "recording.edf"
_RESPONSES = "truth_responses.json"
FILES = (RECORDING, "stimuli.tsv", "truth_events.tsv", "truth_events.json", _RESPONSES)
"""What a folder of a made-up recording holds that is written as EDF."""

_LONGEST_S = 1800.0
_LAST_S = 0.5
_AFTER_MS = 150.0  # What an afterdischarge or an artefact may last beyond the sweep.


@dataclass(frozen=True, kw_only=True)
class WrittenRecording:
    """A recording that was written, and what is true of it."""

    path: Path
    truth: Truth
    duration_s: float


def write_recording(plan: EvokedPlan, folder: Path, *, kind: Kind = "edf") -> WrittenRecording:
    """Write ``recording.edf`` with its truth into a folder of its own, whole or not at all.

    Or ``recording.bdf``, ``recording.xdf``, or a dataset in the folder ``bids``, by `kind`.
    Beside it lie ``stimuli.tsv`` (a row a stimulus, for readers of files without marks),
    ``truth_events.tsv`` with its ``.json`` (the stimuli as events) and ``truth_responses.json``
    (every response of every branch and muscle, present or not, and the plan).
    The responses are those of `hemifacial.twin.electro.study.sweeps`, sample by sample.

    Raises
    ------
    UsageError
        The plan makes no sense, or lasts longer than 30 minutes, or its rate is not a whole
        number of Hz; or there is no such kind, or the folder holds files that were not written
        here.
    """
    check_responses(plan)
    _refuse_not_ours(folder)
    latency_ms = _long_latencies_ms(plan)
    seconds = math.ceil(stimuli_of(plan)[-1].onset_s + latency_ms[-1] / 1000 + _LAST_S)
    rate_hz = plan.setup.rate_hz
    if seconds > _LONGEST_S or rate_hz != round(rate_hz):
        raise UsageError(
            f"plan: {seconds} s at {rate_hz:g} Hz cannot be written",
            next_step=f"Stay below {_LONGEST_S:g} s, and use a rate of whole samples per second.",
        )
    clean = noise_free_sweeps(plan, latency_ms)
    made = _signals(plan, clean.truth, clean.values_uv, clean.latency_ms, seconds)
    with new_folder(folder) as partial:
        path = write_signals(kind, partial, made).relative_to(partial)
        write_text(partial / "stimuli.tsv", stimuli_text(clean.truth.stimuli))
        events = [
            stimulus_event(index, one) for index, one in enumerate(clean.truth.stimuli, start=1)
        ]
        write_events(partial / "truth_events.tsv", events, recording_duration_s=float(seconds))
        write_text(partial / _RESPONSES, _truth_text(plan, clean.truth, float(seconds), path))
    return WrittenRecording(path=folder / path, truth=clean.truth, duration_s=float(seconds))


def _long_latencies_ms(plan: EvokedPlan) -> Values:
    """The sweep and what may follow it, shorter than any interval between stimuli."""
    setup = plan.setup
    shortest_ms = 1000 * setup.interval_s * (1 - setup.interval_variation)
    stop_ms = max(setup.to_ms, min(_AFTER_MS, shortest_ms + setup.from_ms))
    first = round(setup.from_ms / 1000 * setup.rate_hz)
    stop = round(stop_ms / 1000 * setup.rate_hz)
    return np.arange(first, stop) / setup.rate_hz * 1000.0


def _signals(
    plan: EvokedPlan, truth: Truth, clean_uv: Values, latency_ms: Values, seconds: int
) -> MadeSignals:
    """Background and what follows each stimulus, before the amplifier cuts it off."""
    artefacts = [artefact_wave(plan.setup.artefact, one, latency_ms) for one in truth.stimuli]
    factors = artefact_factors(plan)
    signals = []
    for channel in range(len(plan.sites)):
        values = _background(plan, channel, seconds)
        for index, one in enumerate(truth.stimuli):
            start = round((one.onset_s + latency_ms[0] / 1000) * plan.setup.rate_hz)
            evoked = clean_uv[index, channel] + factors[channel] * artefacts[index]
            values[start : start + latency_ms.size] += evoked
        signals.append(values)
    return MadeSignals(
        sites=plan.sites,
        values_uv=signals,
        rate_hz=plan.setup.rate_hz,
        limit_uv=plan.setup.amplifier_range_uv,
        marks=tuple((one.onset_s, one.text) for one in truth.stimuli),
    )


def _background(plan: EvokedPlan, channel: int, seconds: int) -> Values:
    """A channel without stimuli."""
    setup, noise = plan.setup, plan.setup.noise
    samples = round(seconds * setup.rate_hz)
    rng = np.random.default_rng([plan.seed, 7, channel])
    values: Values = steady_noise(noise, rng, 1, samples, setup.rate_hz)[0]
    times_s = np.arange(samples) / setup.rate_hz
    values += hum_of(noise.mains, setup.electrode_seed, channel).at(times_s)
    values += Disturbances(setup, plan.seed, len(plan.sites), float(seconds)).at(channel, times_s)
    return values


def _truth_text(plan: EvokedPlan, truth: Truth, seconds: float, path: Path) -> str:
    document = {
        "method": METHOD,
        "method_version": METHOD_VERSION,
        "recording": path.as_posix(),
        "duration_s": seconds,
        "channels": [
            {"label": site.label, "muscle": site.muscle, "side": site.side} for site in plan.sites
        ],
        "responses": [asdict(one) for one in truth.responses],
        "plan": asdict(plan),
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _refuse_not_ours(folder: Path) -> None:
    """A folder that holds anything else is left alone: what is written replaces all of it."""
    check_own(folder, (*FILES, *OWN), what="a made-up recording")
    names = {path.name for path in folder.iterdir()} if folder.exists() else set()
    recordings = sorted(names & {pattern.partition("/")[0] for pattern in OWN})
    if recordings and _RESPONSES not in names:
        raise UsageError(
            f"{folder / recordings[0]}: was not made here, since no {_RESPONSES} lies beside it",
            next_step="Name a new folder; a made-up recording has one of its own.",
        )
