"""Blinks of the human-labelled eye aspect ratios of Eyeblink8, beside JeFaPaTo's rule.

The detector is the instrument's own, on the series alone, at 30 Hz and, unchanged, on the same
series resampled. How labels become blinks and what was tuned on what stands in docs/blinks.md.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.peers import JEFAPATO, PeakRule, jefapato
from hemifacial.anatomy import Side
from hemifacial.face.blinks import blinks
from hemifacial.face.criteria import FaceCriteria
from hemifacial.findings import Event
from hemifacial.scoring import Score, pool, score
from hemifacial.signals.excursions import runs

__all__ = ["Recording", "ours", "read_recordings", "resampled", "run", "scores"]

Floats = NDArray[np.float64]

DATA = Path(__file__).parents[2] / "shared" / "data"
FOLDER = Path("video") / "annotations" / "eyeblink8_mediapipe_ear"
LABELLED_HZ = 30.0
NUMBERS = (2, 3, 4)  # the labels of recording 1 drift away from its frames
RATES_HZ = (15, 30, 60, 240)


@dataclass(frozen=True, kw_only=True, eq=False)
class Recording:
    """A series of eye aspect ratios with the blinks that a person marked in it."""

    name: str
    times_s: Floats
    aspect_ratio: Floats
    truth: tuple[Event, ...]
    duration_s: float


def read_recordings(data: Path = DATA) -> tuple[Recording, ...]:
    """Recordings 2 to 4; every run of labelled frames is one blink of both eyes.

    A frame stands for the time from half a frame before it to half a frame after: a blink lasts
    from half a frame before the first labelled frame to half a frame after the last.
    """
    paths = sorted((data / FOLDER).glob("eb8_*.csv"))
    return tuple(_read(path) for path in paths if int(path.name.split("_")[1]) in NUMBERS)


def _read(path: Path) -> Recording:
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    ratio = np.array([float(row["ear_mean_both_eyes"] or "nan") for row in rows])
    labelled = np.array([row["in_blink"] == "1" for row in rows])
    truth = [_event((a - 0.5) / LABELLED_HZ, (b - 0.5) / LABELLED_HZ, a) for a, b in runs(labelled)]
    return Recording(
        name=f"recording {path.name.split('_')[1]}",
        times_s=np.arange(ratio.size) / LABELLED_HZ,
        aspect_ratio=ratio,
        truth=tuple(truth),
        duration_s=ratio.size / LABELLED_HZ,
    )


def resampled(recording: Recording, rate_hz: float) -> tuple[Floats, Floats]:
    """Times and aspect ratios at another rate: band-limited, by a polyphase filter.

    `scipy.signal.resample_poly` with its Kaiser window; at 15 Hz it also takes out what 15 Hz
    cannot carry. One frame without a face is filled by a straight line first. Resampling gives
    the detector more samples, not more than 30 Hz had seen.
    """
    from fractions import Fraction

    from scipy.signal import resample_poly

    known = np.isfinite(recording.aspect_ratio)
    ratio = np.interp(recording.times_s, recording.times_s[known], recording.aspect_ratio[known])
    factor = Fraction(rate_hz / LABELLED_HZ).limit_denominator(100)
    if factor == 1:
        return recording.times_s, ratio
    ratio = resample_poly(ratio, factor.numerator, factor.denominator, padtype="line")
    return np.arange(ratio.size) / rate_hz, ratio


def ours(times_s: Floats, ratio: Floats, criteria: FaceCriteria) -> tuple[Event, ...]:
    """Every blink and longer closure as an event; the labels know only one kind."""
    return tuple(
        _event(one.onset_s, one.offset_s, number)
        for number, one in enumerate(blinks(times_s, [ratio], criteria))
    )


def scores(
    recordings: tuple[Recording, ...],
    rate_hz: float,
    finder: Callable[[Floats, Floats], tuple[Event, ...]],
) -> list[Score]:
    """One score a recording, by the project's own matcher."""
    return [
        score(
            one.truth,
            finder(*resampled(one, rate_hz)),
            recording_duration_s=one.duration_s,
            families=("blink",),
            name=one.name,
        )
        for one in recordings
    ]


def run() -> dict[str, Any]:
    """Ours at four frame rates and JeFaPaTo's rule at 30 Hz, each recording and all together."""
    if not (DATA / FOLDER).is_dir():
        print("skipped: the real recordings are not in ../shared/data")
        return {"skipped": True}
    recordings = read_recordings()
    criteria = FaceCriteria.read()
    rows = []
    for rate_hz in RATES_HZ:
        found = scores(recordings, rate_hz, lambda t, a: ours(t, a, criteria))
        rows.append(_row(f"hemifacial, {rate_hz} Hz", found))
    for name, rule in JEFAPATO.items():
        found = scores(recordings, LABELLED_HZ, _both_eyes(rule))
        rows.append(_row(f"JeFaPaTo, {name}", found))
    print(f"{'':48} {'F1':>5} {'right':>5} {'true':>5} {'found':>5} {'overlap':>7} {'onset ms':>8}")
    for row in rows:
        each = "  ".join(f"{value:.3f}" for value in row["each"].values())
        print(
            f"{row['rule']:48} {row['f1']:5.3f} {row['right']:5d} {row['true']:5d} "
            f"{row['found']:5d} {row['f1_by_overlap']:7.3f} {row['onset_ms']:8.0f}   {each}"
        )
    return {"blinks": rows}


def _both_eyes(rule: PeakRule) -> Callable[[Floats, Floats], tuple[Event, ...]]:
    """The peer's rule on the mean of both eyes, since Eyeblink8's series has no other."""
    return lambda times_s, ratio: jefapato(times_s, ratio, ratio, rule)


def _row(rule: str, found: list[Score]) -> dict[str, Any]:
    together = pool(found).family("blink")
    onset_s = together.onset_error_s.median
    return {
        "rule": rule,
        "f1": together.tally.f1,
        "right": together.tally.recall.k,
        "true": together.tally.recall.n,
        "found": together.tally.precision.n,
        "f1_by_overlap": _f1_by_overlap(found),
        "onset_ms": float("nan") if onset_s is None else 1000 * onset_s,
        "each": {one.recordings[0].name: one.family("blink").tally.f1 for one in found},
    }


def _f1_by_overlap(found: list[Score]) -> float:
    """F1 where any overlap makes a pair, one to one: kind to a rule that times onsets otherwise."""
    pairs = total = 0
    for one in found:
        (recording,) = one.recordings
        truth = [pair.truth for pair in recording.pairs] + list(recording.missed)
        called = [pair.found for pair in recording.pairs] + list(recording.unpaired)
        total += len(truth) + len(called)
        truth.sort(key=lambda event: -event.onset_s)
        called.sort(key=lambda event: -event.onset_s)
        while truth and called:
            if truth[-1].offset_s <= called[-1].onset_s:
                truth.pop()
            elif called[-1].offset_s <= truth[-1].onset_s:
                called.pop()
            else:
                truth.pop()
                called.pop()
                pairs += 1
    return 2 * pairs / total


def _event(onset_s: float, offset_s: float, number: int) -> Event:
    return Event(
        onset_s=max(0.0, round(onset_s, 6)),
        duration_s=round(offset_s - max(0.0, onset_s), 6),
        event_id=f"b{number:05d}",
        trial_type="blink_partial",
        side=Side.BOTH,
        sites=("eyelids",),
    )
