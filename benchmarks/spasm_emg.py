"""Spasm EMG on made-up recordings whose truth is known, and on the real ones that there are.

Seeds begin at 500000; nothing was tuned on them. Two families of potentials, three signal-to-noise
ratios, hum, heart and pops of electrodes on every recording. What the conditions are made of is
this project's own idea of them (docs/spasm_emg.md), so that the table of conditions shows that
the reading is consistent, not that it is right of patients.
"""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.outcome import Outcome
from hemifacial.electro.spasm_emg.measure import measure
from hemifacial.findings import Event, Finding, Status
from hemifacial.formats.recording import open_recording
from hemifacial.formats.recording_table import TableMapping
from hemifacial.scoring import match
from hemifacial.twin.electro.emg_plan import Condition, EmgPlan
from hemifacial.twin.electro.emg_recording import write_emg
from hemifacial.twin.electro.emg_signal import EmgRecording
from hemifacial.twin.electro.setup import Electrocardiogram, Mains, Noise, Pops
from hemifacial.twin.electro.shapes import FAMILIES

__all__ = ["FIRST_SEED", "REAL", "Pool", "real_recordings", "run", "tally"]

DATA = Path(__file__).parents[2] / "shared" / "data" / "electro"
FIRST_SEED = 500_000
CONDITIONS: tuple[Condition, ...] = (
    "hemifacial_spasm",
    "synkinesis",
    "blepharospasm",
    "myokymia",
    "tic",
)
SNR_DB = (6.0, 12.0, 20.0)
REPEATS = 4
"""Recordings of each condition, family and SNR."""

NOISE = Noise(
    white_uv=4.0,
    pink_uv=3.0,
    mains=Mains(amplitude_uv=15.0),
    heart=Electrocardiogram(amplitude_uv=60.0),
    pops=Pops(rate_per_minute=4.0),
)
_NEAR_S = 0.02
_CALLED = {
    "hemifacial_spasm": "hemifacial_spasm",
    "synkinesis": "postparalytic_synkinesis",
    "blepharospasm": "blepharospasm",
    "myokymia": "facial_myokymia",
    "tic": "tic_or_functional",
}
_EVIDENCE = "emg_evidence_"


@dataclass(kw_only=True)
class Pool:
    """What is counted over recordings."""

    true: int = 0
    found: int = 0
    right: int = 0
    onset_ms: list[float] = field(default_factory=list)
    offset_ms: list[float] = field(default_factory=list)
    rate_ratio: list[float] = field(default_factory=list)

    def line(self) -> dict[str, float]:
        """Figures of the pool."""
        onset, offset = np.array(self.onset_ms), np.array(self.offset_ms)
        ratio = np.abs(np.array(self.rate_ratio) - 1)
        return {
            "true": self.true,
            "recall": self.right / max(self.true, 1),
            "precision": self.right / max(self.found, 1),
            "onset_median_ms": float(np.median(np.abs(onset))) if onset.size else float("nan"),
            "onset_bias_ms": float(np.median(onset)) if onset.size else float("nan"),
            "onset_p95_ms": float(np.quantile(np.abs(onset), 0.95)) if onset.size else float("nan"),
            "offset_median_ms": float(np.median(np.abs(offset))) if offset.size else float("nan"),
            "rate_error": float(np.median(ratio)) if ratio.size else float("nan"),
            "rate_within_10": float((ratio <= 0.1).mean()) if ratio.size else float("nan"),
        }


def tally(pool: Pool, made: EmgRecording, outcome: Outcome) -> None:
    """Add the bursts of one recording, channel by channel, parents left out.

    A pair is right if its onsets are within 20 ms; two events that merely overlap are not.
    """
    place = {(site.side, (site.muscle,)) for site in made.plan.sites}
    for side, sites in sorted(place):
        truth = [
            replace(one, trial_type="emg_burst")
            for one in made.events
            if (one.side, one.sites) == (side, sites) and one.event_id.startswith("truth")
        ]
        found = [
            replace(one, trial_type="emg_burst")
            for one in outcome.events
            if (one.side, one.sites) == (side, sites) and one.event_id.startswith("burst")
        ]
        pairs = match(truth, found, families=("emg",))
        good = [pair for pair in pairs if abs(pair.onset_error_s) <= _NEAR_S]
        pool.true += len(truth)
        pool.found += len(found)
        pool.right += len(good)
        pool.onset_ms += [1000 * pair.onset_error_s for pair in good]
        pool.offset_ms += [1000 * (pair.found.offset_s - pair.truth.offset_s) for pair in good]


def true_rates_hz(made: EmgRecording, site: int) -> list[float]:
    """Of each true spasm burst of a channel, from the potentials of the unit that never fails."""
    return [
        1 / float(np.median(np.diff(np.sort(one.times_s[one.units == 0]))))
        for one in made.groups
        if one.site == site and one.firing == "spasm"
    ]


def run() -> dict[str, Any]:
    """Everything."""
    criteria = ElectroCriteria.read()
    figures: dict[str, Any] = {"seeds_from": FIRST_SEED}
    seed = iter(range(FIRST_SEED, FIRST_SEED + 100_000))
    figures |= _bursts_and_conditions(criteria, seed)
    figures["synchrony"] = _synchrony(criteria, seed)
    figures["a_trains"] = _a_trains(criteria, seed)
    figures["noise"] = _noise_alone(criteria, seed)
    figures["real"] = real_recordings(criteria)
    return figures


def _made(plan: EmgPlan, criteria: ElectroCriteria) -> tuple[EmgRecording, Outcome]:
    """Made, written as EDF, read again and measured."""
    with tempfile.TemporaryDirectory() as folder:
        made = write_emg(plan, Path(folder) / "made")
        recording = open_recording(Path(folder) / "made" / "recording.edf")
        in_theatre = plan.condition == "a_trains"
        return made, measure(recording, criteria, in_theatre=in_theatre)


def _bursts_and_conditions(criteria: ElectroCriteria, seed: Iterator[int]) -> dict[str, Any]:
    pools: dict[tuple[str, str, float], Pool] = defaultdict(Pool)
    confusion: dict[str, Counter[str]] = defaultdict(Counter)
    for condition in CONDITIONS:
        for family in FAMILIES:
            for snr_db in SNR_DB:
                for _ in range(REPEATS):
                    made, outcome = _made(
                        EmgPlan(
                            condition=condition,
                            seed=next(seed),
                            family=family,
                            snr_db=snr_db,
                            noise=NOISE,
                        ),
                        criteria,
                    )
                    pool = pools[condition, family, snr_db]
                    tally(pool, made, outcome)
                    if condition == "hemifacial_spasm":
                        _rates(pool, made, outcome)
                    confusion[condition][_first(outcome.findings)] += 1
    print(
        f"{'bursts':36}{'true':>6}{'recall':>8}{'prec':>7}{'onset':>7}{'p95':>6}{'rate':>7}{'<10%':>6}"
    )
    lines = []
    for (condition, family, snr_db), pool in pools.items():
        line = {"condition": condition, "family": family, "snr_db": snr_db, **pool.line()}
        lines.append(line)
        print(
            f"{condition:18}{family:12}{snr_db:5.0f} {line['true']:6.0f}{line['recall']:8.3f}"
            f"{line['precision']:7.3f}{line['onset_median_ms']:7.2f}{line['onset_p95_ms']:6.1f}"
            f"{line['rate_error']:7.3f}{line['rate_within_10']:6.2f}"
        )
    for condition, counts in confusion.items():
        print(f"{condition:18} ranked first: {dict(counts)}")
    return {"bursts": lines, "ranked_first": {one: dict(n) for one, n in confusion.items()}}


def _rates(pool: Pool, made: EmgRecording, outcome: Outcome) -> None:
    """Median rate of each channel over the true one."""
    for index, site in enumerate(made.plan.sites):
        true = true_rates_hz(made, index)
        found = [
            one.value
            for one in outcome.findings
            if one.quantity == "emg_intraburst_rate"
            and (one.side, one.sites) == (site.side, (site.muscle,))
            and "bursts of a spasm" in one.note
        ]
        if true and found and found[0] is not None:
            pool.rate_ratio.append(found[0] / float(np.median(true)))


def _first(findings: Sequence[Finding]) -> str:
    """The condition with most for it; ``a, b`` for two that share this place, or why none is."""
    told = {
        one.quantity.removeprefix(_EVIDENCE): one.value
        for one in findings
        if one.quantity.startswith(_EVIDENCE) and one.value is not None
    }
    if not told:
        return "not judged"
    return ", ".join(sorted(name for name, value in told.items() if value == max(told.values())))


def _synchrony(criteria: ElectroCriteria, seed: Iterator[int]) -> dict[str, Any]:
    """Pairs of one side: how often called where there is synchrony, and where there is none."""
    lines = {}
    for synchronous in (True, False):
        called = judged = silent = 0
        for number in range(20):
            plan = EmgPlan(
                condition="hemifacial_spasm",
                seed=next(seed),
                family=FAMILIES[number % 2],
                snr_db=SNR_DB[number % 3],
                noise=NOISE,
                synchronous=synchronous,
            )
            _, outcome = _made(plan, criteria)
            for one in outcome.findings:
                if one.quantity == "emg_coincidence_index" and one.side is plan.side:
                    judged += one.status is not Status.NOT_JUDGED
                    silent += one.status is Status.NOT_JUDGED
                    called += one.status is Status.MEASURED
        name = "synchronous" if synchronous else "independent"
        lines[name] = {"pairs": judged, "called": called, "not_judged": silent}
        print(f"{name} pairs of one side: {called} of {judged} called, {silent} not judged")
    return lines


def _a_trains(criteria: ElectroCriteria, seed: Iterator[int]) -> dict[str, Any]:
    true_s, found_s, shared_s = [], [], 0.0
    for number in range(30):
        plan = EmgPlan(
            condition="a_trains", seed=next(seed), family=FAMILIES[number % 2], noise=NOISE
        )
        made, outcome = _made(plan, criteria)
        truth = [one for one in made.events if one.trial_type == "a_train"]
        found = [one for one in outcome.events if one.trial_type == "a_train"]
        true_s.append(sum(one.duration_s for one in truth))
        found_s.append(sum(one.duration_s for one in found))
        shared_s += sum(_shared_s(a, b) for a in truth for b in found)
    r = float(np.corrcoef(true_s, found_s)[0, 1])
    figures = {
        "recordings": len(true_s),
        "r": r,
        "share_of_true_time_found": shared_s / sum(true_s),
        "share_of_found_time_true": shared_s / max(sum(found_s), 1e-9),
    }
    print("A-trains: " + ", ".join(f"{name} {value:.3f}" for name, value in figures.items()))
    return figures


def _shared_s(one: Event, other: Event) -> float:
    if (one.side, one.sites) != (other.side, other.sites):
        return 0.0
    return max(0.0, min(one.offset_s, other.offset_s) - max(one.onset_s, other.onset_s))


def _noise_alone(criteria: ElectroCriteria, seed: Iterator[int]) -> dict[str, Any]:
    """Bursts per minute of a channel that no muscle is on: the other lower face in a spasm."""
    bursts = minutes = artefacts = 0.0
    for number in range(10):
        plan = EmgPlan(
            condition="hemifacial_spasm",
            seed=next(seed),
            family=FAMILIES[number % 2],
            noise=NOISE,
            blinks_per_minute=0.0,
        )
        _, outcome = _made(plan, criteria)
        other = [one for one in outcome.events if one.side is plan.side.opposite]
        bursts += sum(one.trial_type in ("emg_burst", "emg_tonic") for one in other)
        artefacts += sum(one.trial_type == "artefact" for one in other)
        minutes += 3 * plan.duration_s / 60
    print(f"silent channels: {bursts:.0f} bursts, {artefacts:.0f} artefacts in {minutes:.0f} min")
    return {"bursts": bursts, "artefacts": artefacts, "channel_minutes": minutes}


REAL: dict[str, tuple[str, TableMapping]] = {
    "needle, healthy tibialis anterior": (
        "needle_emg/emgdb_emg_healthy.csv",
        TableMapping(header_rows=0, time_column=1, columns=((2, "R tibialis anterior", "mV"),)),
    ),
    "surface, bursts": (
        "surface_emg/biosppy_emg.txt",
        TableMapping(header_rows=4, rate_hz=1000, columns=((1, "EMG", "counts"),)),
    ),
    "face, undersampled": (
        "facial_emg/09_FMOV_preprocessed.txt",
        TableMapping(
            header_rows=0,
            rate_hz=100,
            delimiter="tab",
            columns=((2, "zygomaticus", "V"), (3, "corrugator", "V")),
        ),
    ),
}
"""The real recordings, each with what its origin says that its columns are."""


def real_recordings(criteria: ElectroCriteria) -> dict[str, Any]:
    """What is found in the real recordings; their origin says what should be there."""
    if not DATA.is_dir():
        print("skipped: the real recordings are not in ../shared/data")
        return {"skipped": True}
    told = {}
    for name, (path, mapping) in REAL.items():
        outcome = measure(open_recording(DATA / path, mapping=mapping), criteria)
        kinds = Counter(one.trial_type for one in outcome.events)
        told[name] = {
            "events": dict(kinds),
            "findings": [_said(one) for one in outcome.findings if not one.sites or one.value],
        }
        print(f"{name}: {dict(kinds)}")
        for line in told[name]["findings"]:
            print(f"    {line}")
    return told


def _said(one: Finding) -> str:
    value = one.status.value if one.value is None else f"{one.value:.4g} {one.unit}"
    return f"{one.quantity} {value} ({one.note[:90]})"
