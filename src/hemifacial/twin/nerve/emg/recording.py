"""Firing motor units as a recording on disk (EDF+, BDF+, XDF, BIDS-EMG), its truth beside it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from hemifacial.errors import UsageError
from hemifacial.findings import Event
from hemifacial.formats.destination import check_own
from hemifacial.formats.events_table import write_events
from hemifacial.formats.files import new_folder, write_text
from hemifacial.twin.electro.kinds import OWN, Kind, MadeSignals, write_signals
from hemifacial.twin.electro.plan import Stimulus
from hemifacial.twin.electro.setup import Setup
from hemifacial.twin.electro.stimuli import stimuli_text
from hemifacial.twin.electro.truth import Truth
from hemifacial.twin.nerve.emg.discharges import Discharges
from hemifacial.twin.nerve.emg.leads import Lead
from hemifacial.twin.nerve.emg.motor_units import MotorUnits
from hemifacial.twin.nerve.emg.signals import MadeNerveRecording, nerve_signals

__all__ = [
    "FILES",
    "METHOD",
    "METHOD_VERSION",
    "WrittenNerveRecording",
    "write_nerve_recording",
]

METHOD = "twin.nerve.emg"
METHOD_VERSION = "1"

_RESPONSES, _SPIKES = "truth_responses.json", "truth_spikes.tsv"
FILES = ("stimuli.tsv", "truth_events.tsv", "truth_events.json", _RESPONSES, _SPIKES)
"""What lies beside the recording itself."""


@dataclass(frozen=True, kw_only=True, eq=False)
class WrittenNerveRecording:
    """A recording that was written, and what is true of it."""

    path: Path
    truth: Truth
    events: tuple[Event, ...]
    fired: Discharges
    duration_s: float


def write_nerve_recording(
    folder: Path,
    units: Sequence[MotorUnits],
    discharges: Discharges,
    stimuli: Sequence[Stimulus] = (),
    setup: Setup | None = None,
    *,
    kind: Kind = "edf",
    leads: Sequence[Lead] | None = None,
    seconds: float | None = None,
    seed: int = 0,
) -> WrittenNerveRecording:
    """Write a recording with its truth into a folder of its own, whole or not at all.

    ``recording.edf``, ``.bdf``, ``.xdf``, or a dataset in the folder ``bids``, by `kind`. Beside
    it: ``stimuli.tsv``; ``truth_events.tsv`` with its ``.json`` (stimuli and bursts);
    ``truth_responses.json`` (every response of every branch and muscle, present or not);
    ``truth_spikes.tsv`` (every discharge: when muscle fibres fire, unit, muscle, side).

    Parameters are those of `nerve_signals`.

    Raises
    ------
    UsageError
        As there, or the folder holds what was not written here.
    """
    _refuse_not_ours(folder)
    setup = setup or Setup()
    made = nerve_signals(
        units, discharges, stimuli, setup, leads=leads, seconds=seconds, seed=seed
    )  # fmt: skip
    signals = MadeSignals(
        sites=made.truth.sites,
        values_uv=list(made.values_uv),
        rate_hz=setup.rate_hz,
        limit_uv=setup.amplifier_range_uv,
        marks=tuple((one.onset_s, one.text) for one in stimuli),
    )
    with new_folder(folder) as partial:
        path = write_signals(kind, partial, signals).relative_to(partial)
        write_text(partial / "stimuli.tsv", stimuli_text(stimuli))
        write_events(
            partial / "truth_events.tsv", made.events, recording_duration_s=made.duration_s
        )
        write_text(partial / _SPIKES, _spikes_text(units, made.fired))
        write_text(partial / _RESPONSES, _truth_text(made, units, setup, seed, path))
    return WrittenNerveRecording(
        path=folder / path,
        truth=made.truth,
        events=made.events,
        fired=made.fired,
        duration_s=made.duration_s,
    )


def _spikes_text(units: Sequence[MotorUnits], fired: Discharges) -> str:
    muscle = [one.muscle for one in units for _ in range(one.count)]
    side = [one.side.value for one in units for _ in range(one.count)]
    order = np.argsort(fired.time_ms, kind="stable")
    lines = ["onset\tunit\tmuscle\tside"]
    lines += [
        f"{time_ms / 1000:.6f}\t{unit}\t{muscle[unit]}\t{side[unit]}"
        for unit, time_ms in zip(
            fired.unit[order].tolist(), fired.time_ms[order].tolist(), strict=True
        )
    ]
    return "\n".join(lines) + "\n"


def _truth_text(
    made: MadeNerveRecording, units: Sequence[MotorUnits], setup: Setup, seed: int, path: Path
) -> str:
    document = {
        "method": METHOD,
        "method_version": METHOD_VERSION,
        "recording": path.as_posix(),
        "duration_s": made.duration_s,
        "channels": [
            {"label": site.label, "muscle": site.muscle, "side": site.side}
            for site in made.truth.sites
        ],
        "units": [{"muscle": one.muscle, "side": one.side, "count": one.count} for one in units],
        "responses": [asdict(one) for one in made.truth.responses],
        "setup": asdict(setup),
        "seed": seed,
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _refuse_not_ours(folder: Path) -> None:
    """A folder that holds anything else is left alone: what is written replaces all of it."""
    check_own(folder, (*FILES, *OWN), what="a made-up recording")
    names = {path.name for path in folder.iterdir()} if folder.exists() else set()
    recordings = sorted(names & {pattern.partition("/")[0] for pattern in OWN})
    if recordings and not {_RESPONSES, _SPIKES} <= names:
        raise UsageError(
            f"{folder / recordings[0]}: was not made here, since no {_SPIKES} lies beside it",
            next_step="Name a new folder; a made-up recording has one of its own.",
        )
