"""Findings of a baseline: waves, intervals and the difference of the sides against limits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hemifacial.anatomy import Side
from hemifacial.electro.baep.ears import EarSeries
from hemifacial.electro.baep.stated import measured, subject
from hemifacial.electro.baep.waves import Wave
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.stated import below_limit, unjudged
from hemifacial.findings import Finding

__all__ = ["side_differences", "waves_found"]

_INTERVALS = (("i_iii", "I", "III"), ("iii_v", "III", "V"), ("i_v", "I", "V"))
_WAVE_WORDS = (("I", "i"), ("III", "iii"), ("V", "v"))


def waves_found(ear: EarSeries, criteria: ElectroCriteria) -> list[Finding]:
    """Latency and amplitude of waves I, III and V at baseline, their intervals, V over I."""
    about, count = subject(ear.side), len(ear.baseline)
    noise_uv = ear.mean.noise_uv
    found = [measured(about, "baep_residual_noise", 1000 * noise_uv, n=count)]
    for name, low in _WAVE_WORDS:
        wave = ear.waves.get(name)
        if wave is None:
            note = ear.why or f"wave {name} does not stand out of the noise"
            found.append(unjudged(about, f"baep_{low}_latency", note))
            found.append(
                below_limit(
                    about,
                    f"baep_{low}_amplitude",
                    _detection_limit_nv(name, noise_uv, criteria),
                    n=count,
                    note=note,
                )
            )
            continue
        latency, spread_nv = wave.latency_ms, 1000 * np.sqrt(2) * noise_uv
        found.append(
            measured(about, f"baep_{low}_latency", latency, sd=wave.latency_sd_ms, n=count)
        )
        found.append(
            measured(
                about,
                f"baep_{low}_amplitude",
                1000 * wave.amplitude_uv,
                sd=spread_nv,
                n=count,
            )
        )
    found += _intervals(ear, criteria)
    return found


def _detection_limit_nv(name: str, noise_uv: float, criteria: ElectroCriteria) -> float:
    """The amplitude that is called a wave in 97.5 % of cases, though both its ends have noise."""
    word = "v" if name == "V" else "wave"
    return float(1000 * noise_uv * (criteria[f"baep_{word}_noise_multiple"] + 1.96 * 2**0.5))


def _intervals(ear: EarSeries, criteria: ElectroCriteria) -> list[Finding]:
    about = subject(ear.side)
    found = []
    for word, first, second in _INTERVALS:
        one, two = ear.waves.get(first), ear.waves.get(second)
        quantity = f"baep_{word}_interval"
        if one is None or two is None:
            missing = first if one is None else second
            found.append(unjudged(about, quantity, f"there is no wave {missing}"))
            continue
        found.append(
            measured(
                about,
                quantity,
                two.latency_ms - one.latency_ms,
                sd=float(np.hypot(one.latency_sd_ms, two.latency_sd_ms)),
                limit=criteria.limits[f"baep_{word}_longest"],
                n=len(ear.baseline),
            )
        )
    found.append(_ratio(ear, criteria))
    return found


def _ratio(ear: EarSeries, criteria: ElectroCriteria) -> Finding:
    about = subject(ear.side)
    one, five = ear.waves.get("I"), ear.waves.get("V")
    if one is None or five is None:
        missing = "I" if one is None else "V"
        return unjudged(about, "baep_v_i_ratio", f"there is no wave {missing}")
    ratio = five.amplitude_uv / one.amplitude_uv
    noise = np.sqrt(2) * ear.mean.noise_uv
    relative = float(np.hypot(noise / one.amplitude_uv, noise / five.amplitude_uv))
    return measured(
        about,
        "baep_v_i_ratio",
        ratio,
        sd=ratio * relative,
        limit=criteria.limits["baep_v_i_least"],
        n=len(ear.baseline),
    )


def side_differences(ears: Sequence[EarSeries], criteria: ElectroCriteria) -> list[Finding]:
    """Right less left of wave V and of the interval I-V, where both ears have them."""
    by_side = {ear.side: ear for ear in ears}
    if Side.RIGHT not in by_side or Side.LEFT not in by_side:
        return []
    limit = criteria.limits["baep_side_difference_longest"]
    found = []
    for quantity, needed in (
        ("baep_v_latency_difference", ("V",)),
        ("baep_i_v_interval_difference", ("V", "I")),
    ):
        waves = {
            side: [by_side[side].waves.get(name) for name in needed]
            for side in (Side.RIGHT, Side.LEFT)
        }
        if any(wave is None for ear in waves.values() for wave in ear):
            found.append(unjudged(subject(Side.BOTH), quantity, "not both ears have these waves"))
            continue
        right, left = (_value(waves[side]) for side in (Side.RIGHT, Side.LEFT))
        sd = [wave.latency_sd_ms for ear in waves.values() for wave in ear if wave]
        found.append(
            measured(
                subject(Side.BOTH),
                quantity,
                right - left,
                sd=float(np.sqrt(np.sum(np.square(sd)))),
                limit=limit,
            )
        )
    return found


def _value(waves: Sequence[Wave | None]) -> float:
    """The latency of the first wave, less that of the second where there is one."""
    latencies = [wave.latency_ms for wave in waves if wave is not None]
    return latencies[0] - sum(latencies[1:])
