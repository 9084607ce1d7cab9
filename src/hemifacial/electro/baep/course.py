"""What became of a baseline: findings, events of the changes that are called, signals."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from hemifacial.anatomy import Side
from hemifacial.electro.baep.ears import EarSeries
from hemifacial.electro.baep.reading import Reading
from hemifacial.electro.baep.stated import SITES, measured, subject
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.stated import unjudged
from hemifacial.findings import Event, Finding

if TYPE_CHECKING:
    import xarray as xr

__all__ = ["changes_found", "course_signals", "events_of"]

_TYPES = {
    "watch": "baep_watch",
    "warning": "baep_warning",
    "critical": "baep_critical",
    "critical_both": "baep_critical_both",
    "lost": "baep_lost",
    "i_iii_delay": "baep_i_iii_delay",
}


def changes_found(ear: EarSeries, criteria: ElectroCriteria) -> list[Finding]:
    """How many averages were read, and the longest delay and smallest amplitude of wave V."""
    if not ear.readings:
        return []
    about = subject(ear.side)
    read = sum(one.is_read for one in ear.readings)
    total = len(ear.readings)
    found = [
        measured(about, "baep_averages_read", 100 * read / total, n=total),
    ]
    waves = [wave for reading in ear.readings if (wave := reading.wave("V")) is not None]
    delays = [wave.delay_ms for wave in waves if wave.delay_ms is not None]
    shares = [wave.share for wave in waves if wave.share is not None]
    note = "in no average was it read"
    if delays:
        worst = max(delays, key=lambda one: one.value)
        found.append(
            measured(
                about,
                "baep_v_delay",
                worst.value,
                ends=(worst.low, worst.high),
                limit=criteria.limits["baep_v_delay_critical"],
                n=len(delays),
                note="the longest of the averages in which it was read",
            )
        )
    else:
        found.append(unjudged(about, "baep_v_delay", note))
    if shares:
        least = min(shares, key=lambda one: one.value)
        found.append(
            measured(
                about,
                "baep_v_amplitude_left",
                100 * least.value,
                ends=(100 * least.low, 100 * least.high),
                n=len(shares),
                note="the smallest of the averages in which it was read; "
                f"critical is a loss of {criteria['baep_v_drop_critical']:g} %",
            )
        )
    else:
        found.append(unjudged(about, "baep_v_amplitude_left", note))
    return found


def events_of(ear: EarSeries) -> list[Event]:
    """Each run of averages in which a change is called; what is not read does not end it."""
    events = []
    for kind, word in _TYPES.items():
        run: list[Reading] = []
        for reading in ear.readings:
            if kind in reading.calls:
                run.append(reading)
            elif kind in reading.probability and run:
                events.append(_event(ear.side, kind, word, run))
                run = []
        if run:
            events.append(_event(ear.side, kind, word, run))
    return events


def _event(side: Side, kind: str, word: str, run: Sequence[Reading]) -> Event:
    onset_s = run[0].average.start_s
    waves = [wave for reading in run if (wave := reading.wave("V")) is not None]
    delays = [wave.delay_ms.value for wave in waves if wave.delay_ms is not None]
    shares = [wave.share.value for wave in waves if wave.share is not None]
    amplitude, unit = (max(delays), "ms") if delays else (None, "")
    if kind == "lost" or not delays:
        amplitude, unit = (100 * (1 - min(shares)), "%") if shares else (None, "")
    if kind == "i_iii_delay":
        amplitude, unit = _longest_i_iii(run), "ms"
    return Event(
        onset_s=onset_s,
        duration_s=run[-1].average.end_s - onset_s,
        event_id="baep",
        trial_type=word,
        side=side,
        sites=SITES,
        amplitude=amplitude,
        amplitude_unit=unit,
        confidence=max(reading.probability[kind] for reading in run),
    )


def _longest_i_iii(run: Sequence[Reading]) -> float | None:
    found = []
    for reading in run:
        one, three = reading.wave("I"), reading.wave("III")
        if one and three and one.delay_ms and three.delay_ms:
            found.append(three.delay_ms.value - one.delay_ms.value)
    return max(found, default=None)


def course_signals(ear: EarSeries) -> xr.Dataset:
    """Delay and amplitude of each wave over the ends of averages, with the residual noise."""
    import xarray as xr

    side = ear.side.value
    times_s = np.array([reading.average.end_s for reading in ear.readings])
    attributes = {"side": side, "site": SITES[0]}
    noise = [1000 * one.noise_uv if one.noise_uv else np.nan for one in ear.readings]
    columns = {
        f"baep_residual_noise_{side}": (
            "time",
            np.array(noise),
            {"unit": "nV", "quantity": "baep_residual_noise", **attributes},
        )
    }
    for name in ear.waves:
        waves = [reading.wave(name) for reading in ear.readings]
        low = name.lower()
        delay = [one.delay_ms.value if one and one.delay_ms else np.nan for one in waves]
        share = [100 * one.share.value if one and one.share else np.nan for one in waves]
        columns[f"baep_{low}_delay_{side}"] = (
            "time",
            np.array(delay),
            {"unit": "ms", "quantity": f"baep_{low}_delay", **attributes},
        )
        columns[f"baep_{low}_amplitude_left_{side}"] = (
            "time",
            np.array(share),
            {"unit": "%", "quantity": f"baep_{low}_amplitude_left", **attributes},
        )
    return xr.Dataset(columns, coords={"time": ("time", times_s, {"unit": "s"})})
