"""Simulated nerves, written to disk and read by `electro` as any file.

A lateral spread study of nerves with contacts and of the same nerves with an open cleft, and the
needle EMG of spasms. Seeds from 500000 on.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from hemifacial.electro.measure import Options, measure
from hemifacial.electro.stimuli import stimuli_of
from hemifacial.findings import Finding, Result, Status
from hemifacial.formats.recording import open_recording
from hemifacial.twin.nerve.emg import WrittenNerveRecording
from hemifacial.twin.nerve.recordings import (
    DIRECT,
    SPREAD,
    StudyPlan,
    write_lateral_spread,
    write_spasm,
)
from hemifacial.twin.nerve.settings import Settings, Tools
from hemifacial.twin.nerve.sweep import executor

__all__ = ["read", "run", "told"]

_SEEDS = tuple(range(500_000, 500_012))
_CALLED = 0.8
_GAP_MS = 15.0


def run() -> dict[str, Any]:
    """Latency, amplitude, presence and rates, found beside true."""
    with TemporaryDirectory() as folder, executor() as workers:
        tools = Tools(workers=workers)
        studies = [_study(Path(folder) / f"l{seed}", seed, tools) for seed in _SEEDS]
        quiet = [_quiet(Path(folder) / f"q{seed}", seed, tools) for seed in _SEEDS]
        spasms = [_spasm(Path(folder) / f"s{seed}", seed) for seed in _SEEDS[:6]]
    there = [one for one in studies if one["present"]]
    errors = [abs(one["latency_ms"] - one["true_latency_ms"]) for one in there if one["called"]]
    ratios = [one["amplitude_uv"] / one["true_amplitude_uv"] for one in there if one["called"]]
    print(f"lateral spread there: called {sum(o['called'] for o in there)} of {len(there)}")
    print(f"cleft open: called {sum(quiet)} of {len(quiet)}")
    if errors:
        print(
            f"latency: median error {np.median(errors):.2f} ms, worst {max(errors):.2f}; "
            f"amplitude found over true {np.median(ratios):.2f}"
        )
    direct = [abs(one["direct_ms"] - one["true_direct_ms"]) for one in studies]
    print(f"direct response: median error of latency {np.median(direct):.2f} ms")
    for one in spasms:
        print(
            f"bursts: {one['found']} of {one['true']}; rate within {one['rate_hz']:.0f} Hz, "
            f"true {one['true_rate_hz']:.0f}; repetition {one['repetition']:.1f} a second, "
            f"true {one['true_repetition']:.1f}"
        )
    return {"studies": studies, "quiet_called": quiet, "spasms": spasms}


def read(written: WrittenNerveRecording) -> Result:
    """What `electro` finds in the file."""
    recording = open_recording(written.path)
    return measure(recording, stimuli_of(recording), Options(), sha256="0" * 64)


def told(result: Result, quantity: str, muscle: str) -> Finding | None:
    """The finding of a quantity in a muscle, whatever the branch."""
    found = [f for f in result.findings if f.quantity == quantity and f.sites[-1:] == (muscle,)]
    return found[0] if found else None


def _value(result: Result, quantity: str, muscle: str) -> float:
    one = told(result, quantity, muscle)
    measured = one is not None and one.status is Status.MEASURED and one.value is not None
    return float(one.value) if measured and one is not None and one.value is not None else np.nan


def _study(folder: Path, seed: int, tools: Tools) -> dict[str, Any]:
    written = write_lateral_spread(folder, Settings(seed=seed), tools, StudyPlan())
    result = read(written)
    branch = "marginal_mandibular_branch"
    spread = written.truth.find("spread", branch, SPREAD)
    direct = written.truth.find("direct", branch, DIRECT)
    return {
        "present": spread.present,
        "called": _value(result, "lateral_spread_probability", SPREAD) >= _CALLED,
        "latency_ms": _value(result, "lateral_spread_latency", SPREAD),
        "true_latency_ms": spread.onset_ms,
        "amplitude_uv": _value(result, "lateral_spread_amplitude", SPREAD),
        "true_amplitude_uv": spread.amplitude_uv,
        "direct_ms": _value(result, "direct_response_latency", DIRECT),
        "true_direct_ms": direct.onset_ms,
    }


def _quiet(folder: Path, seed: int, tools: Tools) -> bool:
    """The same nerve whose contacts do not reach each other: half a millimetre of open cleft."""
    settings = Settings(seed=seed)
    healthy = replace(settings, lesion=replace(settings.lesion, lamellae=60.0))
    result = read(write_lateral_spread(folder, healthy, tools, StudyPlan()))
    return _value(result, "lateral_spread_probability", SPREAD) >= _CALLED


def _spasm(folder: Path, seed: int) -> dict[str, Any]:
    written = write_spasm(folder, Settings(seed=seed), seconds=4.0)
    result = read(written)
    bursts = [one for one in written.events if one.trial_type == "emg_burst"]
    mine = [one for one in bursts if one.sites == (SPREAD,)]
    onsets = np.array([one.onset_s for one in mine])
    found = [
        one for one in result.events if one.trial_type == "emg_burst" and one.sites == (SPREAD,)
    ]
    one_unit = np.sort(written.fired.time_ms[written.fired.unit == written.fired.unit.max()])
    gaps = np.diff(one_unit)
    within = gaps[gaps < _GAP_MS]
    return {
        "true": len(mine),
        "found": len(found),
        "rate_hz": _value(result, "emg_intraburst_rate", SPREAD),
        "true_rate_hz": float(1000.0 / np.median(within)) if within.size else np.nan,
        "repetition": _value(result, "emg_burst_repetition", SPREAD),
        "true_repetition": float(1.0 / np.median(np.diff(onsets))) if onsets.size > 1 else np.nan,
    }
