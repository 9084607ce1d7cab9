"""A recording without stimuli as a file: a continuous EDF+, and its truth beside it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from hemifacial.errors import UsageError
from hemifacial.formats.destination import check_own
from hemifacial.formats.events_table import write_events
from hemifacial.formats.files import new_folder, write_text
from hemifacial.twin.electro.emg_plan import EmgPlan
from hemifacial.twin.electro.emg_signal import EmgRecording, made_emg
from hemifacial.twin.electro.recording import RECORDING

__all__ = ["FILES", "write_emg"]

_TRUTH = "truth_emg.json"
FILES = (RECORDING, "truth_events.tsv", "truth_events.json", _TRUTH)
"""What a folder of such a recording holds."""

_METHOD, _METHOD_VERSION = "twin.electro.emg", "1"


def write_emg(plan: EmgPlan, folder: Path) -> EmgRecording:
    """Write ``recording.edf`` with its truth into a folder of its own, whole or not at all.

    Beside it lie ``truth_events.tsv`` with its ``.json`` (bursts, contractions, A-trains, each in
    the columns of the contract) and ``truth_emg.json`` (condition, side, plan, SNR by channel).

    Raises
    ------
    UsageError
        The folder holds files that were not written here.
    """
    from edfio import Edf, EdfSignal

    check_own(folder, FILES, what="a made-up recording")
    names = {path.name for path in folder.iterdir()} if folder.exists() else set()
    if RECORDING in names and _TRUTH not in names:
        raise UsageError(
            f"{folder / RECORDING}: was not made here, since no {_TRUTH} lies beside it",
            next_step="Name a new folder; a made-up recording has one of its own.",
        )
    made = made_emg(plan)
    limit_uv = plan.amplifier_range_uv
    edf = Edf(
        [
            EdfSignal(
                values,
                sampling_frequency=plan.rate_hz,
                label=site.label,
                transducer_type="simulated",
                physical_dimension="uV",
                physical_range=(-limit_uv, limit_uv),
            )
            for site, values in zip(plan.sites, made.values_uv, strict=True)
        ],
        data_record_duration=1,
    )
    with new_folder(folder) as partial:
        edf.write(partial / RECORDING)
        write_events(
            partial / "truth_events.tsv", made.events, recording_duration_s=plan.duration_s
        )
        write_text(partial / _TRUTH, _truth_text(made))
    return made


def _truth_text(made: EmgRecording) -> str:
    document = {
        "method": _METHOD,
        "method_version": _METHOD_VERSION,
        "recording": RECORDING,
        "duration_s": made.plan.duration_s,
        "condition": made.plan.condition,
        "side": made.plan.side,
        "snr_db": [None if one != one else round(one, 2) for one in made.snr_db],
        "plan": asdict(made.plan),
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
