"""The findings of F waves; `sites` name the branch, then the muscle."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hemifacial.anatomy import Side
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.direct import DirectResponse
from hemifacial.electro.f_wave.reading import FWaves
from hemifacial.electro.stated import Subject, below_limit, stated, unjudged
from hemifacial.findings import Finding

__all__ = ["METHOD", "METHOD_VERSION", "findings_of"]

METHOD = "f_wave"
METHOD_VERSION = "1.0"

_MEAN = "95 % interval of the mean over sweeps"


def findings_of(
    side: Side,
    sites: tuple[str, str],
    sweeps: int,
    direct: DirectResponse,
    waves: FWaves | None,
    criteria: ElectroCriteria,
) -> Iterator[Finding]:
    """The findings of one side.

    Parameters
    ----------
    waves
        None where they could not be judged.
    """
    about = Subject(method=METHOD, method_version=METHOD_VERSION, side=side, sites=sites, n=sweeps)
    if waves is None:
        why = (
            f"Fewer than {criteria['f_wave_least_sweeps']:g} sweeps."
            if direct.is_there
            else "No direct response: was the branch stimulated?"
        )
        yield unjudged(about, "f_wave_persistence", why)
        return
    number = int(np.count_nonzero(waves.seen))
    low, high = _share_interval(number, sweeps)
    looked = f"Looked for from {waves.from_ms:.1f} ms on, when the direct response is over."
    yield stated(
        about,
        "f_wave_persistence",
        100 * number / sweeps,
        low=100 * low,
        high=100 * high,
        interval="95 % interval of a share (Wilson)",
        note=looked,
    )
    # As many as chance alone may give are none.
    if low <= criteria["f_wave_false_share"]:
        yield below_limit(about, "f_wave_amplitude", waves.limit_uv)
        return
    yield stated(about, "f_wave_least_latency", float(waves.onset_ms.min()), n=number)
    for quantity, values, limit in (
        ("f_wave_mean_latency", waves.onset_ms, None),
        ("f_wave_duration", waves.duration_ms, criteria.limits["f_wave_duration_healthy"]),
        ("f_wave_amplitude", waves.amplitude_uv, None),
        (
            "f_wave_ratio",
            100 * waves.amplitude_uv / direct.amplitude_uv,
            criteria.limits["f_wave_ratio_healthy"],
        ),
    ):
        reach = 1.96 * float(values.std(ddof=1)) / float(np.sqrt(number))
        mean = float(values.mean())
        yield stated(
            about,
            quantity,
            mean,
            low=mean - reach,
            high=mean + reach,
            interval=_MEAN,
            n=number,
            limit=limit,
        )


def _share_interval(number: int, of: int) -> tuple[float, float]:
    """Wilson's interval of a share."""
    z = 1.96
    centre = (number + z**2 / 2) / (of + z**2)
    reach = z / (of + z**2) * float(np.sqrt(number * (of - number) / of + z**2 / 4))
    return max(centre - reach, 0.0), min(centre + reach, 1.0)
