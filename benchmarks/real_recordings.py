"""Real recordings of other muscles: what their origin says, what the program says, and by hand.

A mouse's M wave and H reflex, a healthy human's needle EMG, surface EMG with contractions, and a
face recorded far too slowly. None is of a patient with hemifacial spasm. By hand are a few lines of
numpy on the numbers of each file. ``python -m benchmarks real_recordings``; docs/electro.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import mouse
from benchmarks.emg_by_hand import largest_sine_share, level, long_runs, rms, tall
from benchmarks.spasm_emg import REAL
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.outcome import Outcome
from hemifacial.electro.spasm_emg.measure import measure
from hemifacial.findings import Finding, Status
from hemifacial.formats.recording import open_recording

__all__ = ["DATA", "MOUSE", "Row", "face_rows", "mouse_rows", "needle_rows", "run", "surface_rows"]

Pair = tuple[float | None, float | None]
"""What the program says and what is there by hand; None where one says nothing."""

DATA = Path(__file__).parents[2] / "shared" / "data" / "electro"
MOUSE = "mouse_cmap_hreflex/Example Data 2.csv"
_NEEDLE, _SURFACE, _FACE = REAL
_TALL_UV = 50.0
_LARGEST_UNIT_UV = 600.0
_OVER = 2.5  # robust standard deviations of the RMS of half seconds


@dataclass(frozen=True, kw_only=True)
class Row:
    """One thing that a recording shows; `right` if all agree, None where ours says nothing."""

    what: str
    target: str
    ours: str
    by_hand: str
    right: bool | None


def run() -> dict[str, Any]:
    """Every recording that is there, a row a thing."""
    if not DATA.is_dir():
        print("skipped: the real recordings are not in ../shared/data")
        return {"skipped": True}
    told: dict[str, Any] = {}
    for name, rows_of in _RECORDINGS.items():
        rows = rows_of(DATA)
        told[name] = [asdict(one) for one in rows]
        print(f"{name}\n  {'':38} {'target':20} {'ours':>8} {'by hand':>8} verdict")
        for one in rows:
            verdict = {True: "right", False: "WRONG", None: "not told"}[one.right]
            print(f"  {one.what:38} {one.target:20} {one.ours:>8} {one.by_hand:>8} {verdict}")
    return told


def mouse_rows(data: Path) -> list[Row]:
    """Recruitment of M and H in eighty sweeps."""
    a, b = mouse.ours(data / MOUSE), mouse.by_hand(data / MOUSE)

    def both(name: str, scale: float = 1.0) -> Pair:
        return scale * float(getattr(a, name)), scale * float(getattr(b, name))

    m_v, h_v = (
        (a.from_v(ours, 15 * a.noise_uv), b.from_v(by_hand, 15 * b.noise_uv))
        for ours, by_hand in ((a.m_uv, b.m_uv), (a.late_uv, b.late_uv))
    )
    between = a.h_half_v < a.h_top_v < a.m_half_v
    same = bool((a.has_peak == b.has_peak).all())
    peaks = (int(a.has_peak.sum()), int(b.has_peak.sum()))
    apart = float(np.abs(a.m_share - b.m_share).max())
    return [
        _row("sweeps", "80", (a.volts.size, b.volts.size), a.volts.size == 80, 0),
        _row(
            "M begins, strong stimuli (ms)", "1.0 to 1.6", *_in(both("m_onset_ms"), 1.0, 1.6, 0.05)
        ),
        _row("H begins, weak stimuli (ms)", "1.9 to 2.6", *_in(both("h_onset_ms"), 1.9, 2.6, 0.1)),
        _row("Mmax (mV)", "about 12.7", *_in(both("m_max_uv", 0.001), 12.6, 12.8, 0.05)),
        _row("M varies from 0.75 V on (%)", "below 2", *_in(both("m_variation", 100), 0, 2, 0.1)),
        _row("H stays from (V)", "0.34 to 0.40", *_in(h_v, 0.34, 0.40, 0.001)),
        _row("M stays from (V)", "not before H", m_v, m_v[0] >= h_v[0], 0.001),
        _row(
            "H at half its largest (V)",
            "0.1 V before M is",
            both("h_half_v"),
            a.h_half_v < a.m_half_v - 0.1,
            0.001,
        ),
        _row("H largest (V)", "between those two", both("h_top_v"), between, 0.001),
        _row("M at half its largest (V)", "about 0.6", *_in(both("m_half_v"), 0.55, 0.65, 0.001)),
        _row(
            "last H with a peak of its own (V)",
            "0.60 to 0.70",
            *_in(both("h_last_v"), 0.6, 0.7, 0.001),
        ),
        _row("sweeps in which H has one", "the same sweeps", peaks, same, 0),
        _row(
            "left there: the end of M (% of H)",
            "below 25",
            *_in(both("h_left_share", 100), 0, 25, 1),
        ),
        _row("recruitment, furthest apart (% of M)", "0", (100 * apart, 0.0), True, 5),
    ]


def needle_rows(data: Path) -> list[Row]:
    """A healthy muscle at steady effort: several units, nothing that is a disease."""
    outcome = _outcome(data, _NEEDLE)
    times_s, raw = np.loadtxt(data / REAL[_NEEDLE][0], delimiter=",").T
    line = level(1000 * raw, 100)
    active = (_value(outcome, "emg_time_active"), 100 * float(np.mean(rms(line, 400) > 20)))
    rate = tall(times_s, line, _TALL_UV).size / float(times_s[-1])
    unit = 1 / float(np.median(np.diff(tall(times_s, line, _LARGEST_UNIT_UV))))
    largest = (_value(outcome, "emg_largest_burst") / 1000, float(np.abs(line).max()) / 1000)
    kinds = [one.trial_type for one in outcome.events]
    tonic = kinds.count("emg_tonic")
    trains, sine = _value(outcome, "emg_a_train_count"), largest_sine_share(line)
    spoken = [one.status for one in outcome.findings if one.quantity.startswith("emg_evidence")]
    judged = sum(one is not Status.NOT_JUDGED for one in spoken)
    pairs = sum("coincidence" in one.quantity for one in outcome.findings)
    return [
        _row("time active (%)", "all, never at rest", *_in(active, 95, 100, 5)),
        _row("contractions", "1, sustained", (tonic, 1), True, 0),
        _row("spasm bursts, neurotonic, artefacts", "0", (len(kinds) - tonic, 0), True, 0),
        _row(
            "potentials of all units (1/s)",
            "of several units",
            *_in((_value(outcome, "emg_intraburst_rate"), rate), 20, 100, 5),
        ),
        _row("the largest unit alone (1/s)", "5 to 20", (None, unit), 5 <= unit <= 20, 0),
        _row("largest potential (mV)", "about 1", *_in(largest, 0.5, 2, 0.1)),
        _row(
            "A-trains; largest share of a sine",
            "0; below 0.8",
            (trains, sine),
            trains == 0 and sine < 0.8,
            1,
        ),
        _row("conditions spoken for, of five", "0", (judged, 0), len(spoken) == 5, 0),
        _row("pairs of muscles", "0, one channel", (pairs, 0), True, 0),
    ]


def surface_rows(data: Path) -> list[Row]:
    """Two contractions of several seconds, in counts of a converter."""
    outcome = _outcome(data, _SURFACE)
    loud = rms(level(np.loadtxt(data / REAL[_SURFACE][0], comments="#"), 50), 500)
    usual = float(np.median(loud))
    over = usual + _OVER * 1.4826 * float(np.median(np.abs(loud - usual)))
    seen = long_runs(np.repeat(loud > over, 5))
    active = np.zeros(1001, bool)
    for one in outcome.events:
        active[int(10 * one.onset_s) : int(10 * one.offset_s) + 1] = True
    found = long_runs(active)
    rate = _of(outcome, "emg_intraburst_rate").status
    rows = [_row("contractions of 3 s and more", "2", (len(found), len(seen)), len(seen) == 2, 0)]
    for number, (mine, by_hand) in enumerate(zip(found, seen, strict=False), start=1):
        ends = zip(("begins", "ends"), mine, by_hand, strict=True)
        rows += [
            _row(f"contraction {number} {word} (s)", "as seen", (at, by), True, 1.0)
            for word, at, by in ends
        ]
    told = float(rate is not Status.NOT_JUDGED)
    return [*rows, _row("rates of potentials told, at 1 kHz", "0", (told, 0), True, 0)]


def face_rows(data: Path) -> list[Row]:
    """Two muscles at 100 samples a second: too few, and the program says so."""
    outcome = _outcome(data, _FACE)
    told = [one for one in outcome.findings if one.quantity == "emg_burst_count"]
    refused = sum("100 samples per second" in one.note for one in told)
    return [_row("channels refused, with the reason", "2", (refused, 2), not outcome.events, 0)]


_RECORDINGS: Mapping[str, Callable[[Path], list[Row]]] = {
    "mouse, M wave and H reflex": mouse_rows,
    _NEEDLE: needle_rows,
    _SURFACE: surface_rows,
    _FACE: face_rows,
}


def _row(what: str, target: str, values: Pair, met: bool, within: float) -> Row:
    """`met`: what is ours is as the target says; and both are no further apart than `within`."""
    ours, by_hand = values
    if ours is None or by_hand is None:
        right = None if met else False  # what is not told is neither right nor wrong
    else:
        right = bool(met and abs(ours - by_hand) <= within)
    return Row(what=what, target=target, ours=_text(ours), by_hand=_text(by_hand), right=right)


def _in(values: Pair, low: float, high: float, within: float) -> tuple[Pair, bool, float]:
    """What `_row` needs where the target is a range."""
    ours = values[0]
    return values, ours is not None and low <= ours <= high, within


def _text(value: float | None) -> str:
    return "-" if value is None else f"{value:.4g}"


def _outcome(data: Path, name: str) -> Outcome:
    path, mapping = REAL[name]
    return measure(open_recording(data / path, mapping=mapping), ElectroCriteria.read())


def _of(outcome: Outcome, quantity: str) -> Finding:
    (one,) = (one for one in outcome.findings if one.quantity == quantity)
    return one


def _value(outcome: Outcome, quantity: str) -> float:
    value = _of(outcome, quantity).value
    return float("nan") if value is None else float(value)
