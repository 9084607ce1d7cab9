"""A real, stable ear (SmartEP exports beside the checkout): errors and false calls, and a peer.

One ear of one person, three files (50, 55 and 60 dB as the files state it) of nine averages each:
three of 500, of 1000 and of 2000 sweeps. Nothing was tuned to them. The ear is stable, so that any
change that is called is false. Each average in turn is left out and read by a template of the other
eight; the peer finds where their wave V fits best by cross-correlation, in the same search window.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.baep.noise import conditioned
from hemifacial.electro.baep.series import BaepAverage, of_smartep
from hemifacial.electro.baep.template import Template
from hemifacial.electro.baep.tracking import followed, tracked, tracker_of
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.formats.smartep import read_smartep

__all__ = ["EarRow", "altered", "by_itself", "ear_files", "left_out", "peer", "seen", "summary"]

Floats = NDArray[np.float64]

DATA = Path(__file__).parents[2] / "shared" / "data" / "electro" / "human_abr_smartep"
LEVELS = ("50db", "55db", "60db")
COUNTS = (500, 1000, 2000)
DELAY_MS, SHARE = 0.6, 0.6
LATE_MS, SMALL = 1.0, 0.5
GROSS_MS = 0.5


@dataclass(frozen=True, kw_only=True)
class EarRow:
    """One average that was left out; None where it was not read.

    `false_call` of ours is what is said of this average alone, before persistence.
    """

    level: str
    sweeps: int
    error_ms: float | None
    share: float | None
    false_call: bool
    peer_error_ms: float
    peer_share: float

    @property
    def peer_false_call(self) -> bool:
        """1 ms or 50 %, as the peer reads it."""
        return self.peer_error_ms >= LATE_MS or self.peer_share <= SMALL

    @property
    def point_false_call(self) -> bool:
        """The same rule on our estimates, without their probability."""
        late = self.error_ms is not None and self.error_ms >= LATE_MS
        return late or (self.share is not None and self.share <= SMALL)


def ear_files(data: Path = DATA) -> tuple[tuple[BaepAverage, ...], ...]:
    """The averages of each file of these levels; none where the data are not there."""
    paths = sorted(path for path in data.rglob("*.TXT") if path.stem.endswith(LEVELS))
    return tuple(of_smartep(read_smartep(path)) for path in paths)


def left_out(
    files: Sequence[Sequence[BaepAverage]], criteria: ElectroCriteria
) -> tuple[EarRow, ...]:
    """Every average, read by the others of its file."""
    rows = []
    for averages in files:
        for one in averages:
            others = [other for other in averages if other is not one]
            state = tracker_of(others, criteria)
            after = replace(one, start_s=state.last_s)
            reading = tracked(state, after, criteria)[1]
            five = reading.wave("V")
            sure = criteria["baep_call_probability_share"]
            delay = None if five is None or five.delay_ms is None else five.delay_ms.value
            share = None if five is None or five.share is None else five.share.value
            lag_ms, size = peer(state.template, conditioned(one, criteria).values_uv)
            rows.append(
                EarRow(
                    level=one.level.partition(" ")[0],
                    sweeps=one.sweeps or 0,
                    error_ms=delay,
                    share=share,
                    false_call=reading.probability.get("critical", 0.0) >= sure,
                    peer_error_ms=lag_ms,
                    peer_share=size,
                )
            )
    return tuple(rows)


def by_itself(criteria: ElectroCriteria) -> ElectroCriteria:
    """Criteria under which the averages before one say next to nothing of it.

    A stable ear is easy for who expects it to be stable; with these, nothing is expected.
    """
    values = {
        **criteria.values(),
        "baep_change_s": 0.5,
        "baep_change_ms": 1.0,
        "baep_change_share": 1.0,
        "baep_gone_share": 1e-9,
    }
    return criteria.as_used(values)


def peer(template: Template, values_uv: Floats) -> tuple[float, float]:
    """Delay and share by plain cross-correlation with wave V of the template.

    The best normalised correlation over the delays that our grid has for wave V; the share is
    that of least squares there.
    """
    part = template.parts_uv[-1]
    latency = template.latency_ms
    inside = np.flatnonzero(np.abs(part) > 0)
    piece = part[inside[0] : inside[-1] + 1]
    step_ms = float(latency[1] - latency[0])
    shifts = template.shifts_ms[template.allowed][:, -1]
    first, last = (round(float(end) / step_ms) for end in (shifts.min(), shifts.max()))
    best = (-2.0, 0.0, 0.0)
    for lag in range(first, last + 1):
        start = inside[0] + lag
        if start < 0 or start + piece.size > values_uv.size:
            continue
        here = values_uv[start : start + piece.size]
        product = float(here @ piece)
        fit = product / float(np.linalg.norm(here) * np.linalg.norm(piece))
        best = max(best, (fit, lag * step_ms, product / float(piece @ piece)))
    return best[1], best[2]


def altered(average: BaepAverage, other: BaepAverage, from_ms: float) -> BaepAverage:
    """An average in which everything after `from_ms` comes 0.6 ms later and 40 % smaller.

    What is made smaller is made as noisy again as it was, with the difference of halves of another
    average, so that the change does not come with less noise. The seam of 0.5 ms is smooth.
    """
    if other.difference_uv is None or average.difference_uv is None:
        raise ValueError("noise of another average is needed")
    latency = average.latency_ms
    late = np.interp(latency - DELAY_MS, latency, average.values_uv)
    scale = np.std(average.difference_uv) / np.std(other.difference_uv)
    noise = np.sqrt(1 - SHARE**2) * scale * other.difference_uv
    rise = 0.5 - 0.5 * np.cos(np.pi * np.clip((latency - from_ms) / 0.5, 0.0, 1.0))
    values = (1 - rise) * average.values_uv + rise * (SHARE * late + noise)
    return replace(average, values_uv=values)


def seen(
    files: Sequence[Sequence[BaepAverage]], sweeps: int, criteria: ElectroCriteria, change: bool
) -> tuple[tuple[str, ...], ...]:
    """What is called within three averages of so many sweeps, file by file.

    The template is of the six other averages of the file; the three come one after the other,
    altered if `change`.
    """
    called = []
    for averages in files:
        three = [one for one in averages if one.sweeps == sweeps]
        state = tracker_of([one for one in averages if one.sweeps != sweeps], criteria)
        first, five = state.template.waves[0], state.template.waves[-1]
        # After wave I where there is one, else well before V.
        from_ms = first.latency_ms + 0.5 if first.name == "I" else five.latency_ms - 2.5
        now_s, blocks = state.last_s, []
        for one, other in zip(three, [*three[1:], three[0]], strict=True):
            block = altered(one, other, from_ms) if change else one
            blocks.append(replace(block, start_s=now_s))
            now_s += one.duration_s
        calls = {kind for reading in followed(state, blocks, criteria) for kind in reading.calls}
        called.append(tuple(sorted(calls)))
    return tuple(called)


def summary(rows: Sequence[EarRow], seed: int = 0) -> dict[str, Any]:
    """Counts of ours and of the peer, with a paired bootstrap of the difference of mean errors."""
    read = [row for row in rows if row.error_ms is not None]
    pairs = np.array([(abs(row.error_ms or 0.0), abs(row.peer_error_ms)) for row in read])
    rng = np.random.default_rng(seed)
    draws = pairs[rng.integers(len(pairs), size=(4000, len(pairs)))].mean(axis=1)
    low, high = np.quantile(draws[:, 0] - draws[:, 1], (0.025, 0.975))
    peer_all = np.array([abs(row.peer_error_ms) for row in rows])
    return {
        "averages": len(rows),
        "latency_read": len(read),
        "amplitude_read": sum(row.share is not None for row in rows),
        "mean_error_ms": float(pairs[:, 0].mean()),
        "gross": int(np.sum(pairs[:, 0] > GROSS_MS)),
        "false_calls": sum(row.false_call for row in rows),
        "false_by_estimate": sum(row.point_false_call for row in rows),
        "peer_mean_error_ms": float(peer_all.mean()),
        "peer_mean_error_where_we_read_ms": float(pairs[:, 1].mean()),
        "peer_gross": int(np.sum(peer_all > GROSS_MS)),
        "peer_false_calls": sum(row.peer_false_call for row in rows),
        "difference_ms": float(np.mean(pairs[:, 0] - pairs[:, 1])),
        "difference_low_ms": float(low),
        "difference_high_ms": float(high),
    }
