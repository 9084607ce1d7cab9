"""What in the average of a far muscle is no response, and what its noise is like.

No response are the tail of the stimulus artefact and what tissue conducts of the direct responses
of other muscles. What noise is like is told by the rest before the stimuli, and by what sweeps
differ by once all responses are over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemifacial.electro.conditioning import Conditioning, tail_shapes
from hemifacial.electro.conducted import WIDER, conducted_shapes
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.noise import left_uv
from hemifacial.electro.reading import Window, coarse
from hemifacial.electro.study import REST_UNTIL_MS, EvokedStudy

__all__ = ["Background", "background_of", "tails_uv", "window_of"]

Floats = NDArray[np.float64]

_QUIET = 2.5  # times the power at rest
_SAME = 1e-12  # of the power at rest: less is what numbers are rounded by


@dataclass(frozen=True, kw_only=True, eq=False)
class Background:
    """The average of a far muscle before anything is looked for in it.

    Attributes
    ----------
    latency_ms, sweeps_uv, mean_uv
        On few samples: (samples,), (sweeps, samples) and (samples,).
    noise
        Stretches (rows, samples) like the noise of one sweep.
    shapes
        Alternatives (samples, shapes) of what may stand in the average and is no response, each
        shape as large as it may be (one standard deviation).
    early_uv
        The largest value before a lateral spread could begin, once the artefact is over: how
        much of the direct response is conducted here.
    """

    latency_ms: Floats
    sweeps_uv: Floats
    mean_uv: Floats
    noise: tuple[Floats, ...]
    shapes: tuple[Floats, ...]
    early_uv: float


def background_of(
    study: EvokedStudy,
    whole: EvokedStudy,
    index: int,
    weight: Floats,
    direct_uv: Floats,
    how: Conditioning,
    criteria: ElectroCriteria,
) -> Background:
    """What is no response in one channel.

    Parameters
    ----------
    study
        Conditioned as `how` says, of one branch at one intensity.
    whole
        Likewise, of all stimuli: it tells what rest is like.
    weight
        (sweeps,), of each sweep in the average; sums to 1.
    direct_uv
        (muscles, samples), averages of the muscles that the branch supplies.
    """
    window = window_of(criteria, on_vessel=study.stimuli[0].on_vessel)
    latency_ms, sweeps = coarse(study.latency_ms, study.sweeps_uv[:, index])
    mean_uv = weight @ sweeps
    rest = _rest(whole, index, latency_ms <= REST_UNTIL_MS)
    noise = _noise(latency_ms, sweeps, weight, rest, window)
    left = left_uv(noise[0] if noise else rest, weight)
    early = (latency_ms >= window.look_from_ms) & (latency_ms < window.from_ms)
    first = early & (latency_ms < window.look_from_ms + 1)
    waves = coarse(study.latency_ms, direct_uv)[1] if direct_uv.size else direct_uv
    tails = tails_uv(study.latency_ms, how, mean_uv[first], left)
    return Background(
        latency_ms=latency_ms,
        sweeps_uv=sweeps,
        mean_uv=mean_uv,
        noise=tuple(noise),
        shapes=tuple(
            np.concatenate(
                [
                    tails,
                    conducted_shapes(latency_ms, waves, mean_uv, left, early=early, wider=wider),
                ],
                axis=1,
            )
            for wider in (WIDER if len(waves) else WIDER[:1])
        ),
        early_uv=float(np.abs(mean_uv[early & ~first]).max(initial=0.0)),
    )


def window_of(criteria: ElectroCriteria, *, on_vessel: bool = False) -> Window:
    """Where a lateral spread, or a Z-L response, may begin, and where it is looked at."""
    kind = "z_l" if on_vessel else "spread"
    return Window(
        look_from_ms=criteria["direct_from_ms"],
        early_from_ms=criteria["direct_from_ms"] + 0.5,
        from_ms=criteria[f"{kind}_from_ms"],
        until_ms=criteria[f"{kind}_until_ms"],
        look_until_ms=criteria[f"{kind}_until_ms"] + criteria["spread_longest_ms"],
        usual_ms=criteria[f"{kind}_usual_ms"],
        usual_sd_ms=criteria[f"{kind}_usual_sd_ms"],
    )


def tails_uv(fine_ms: Floats, how: Conditioning, first_uv: Floats, least_uv: float) -> Floats:
    """Shapes (samples, shapes) of the tail of the artefact, on few samples, as large as may be.

    Parameters
    ----------
    fine_ms
        The samples before they were made few, on which the tail is shaped.
    first_uv
        The average just after the artefact: the tail is no larger than that, or than `least_uv`.
    """
    size_uv = max(float(np.abs(first_uv).max(initial=0.0)), least_uv)
    return np.asarray(coarse(fine_ms, tail_shapes(fine_ms, how).T)[1].T * size_uv)


def _rest(whole: EvokedStudy, index: int, before: NDArray[np.bool_]) -> Floats:
    """What stands before all the stimuli of a channel, less what is the same in every sweep.

    A filter without delay lays a little of a large wave before it, the same in each sweep of a
    branch and intensity: that is no noise.
    """
    rest = coarse(whole.latency_ms, whole.sweeps_uv[:, index])[1][:, before]
    as_it_is = rest.copy()
    kinds = np.array([f"{one.branch} {one.side} {one.intensity_ma}" for one in whole.stimuli])
    for kind in np.unique(kinds):
        rows = kinds == kind
        count = int(rows.sum())
        if count > 1:
            apart = rest[rows] - rest[rows].mean(axis=0)
            rest[rows] = apart * np.sqrt(count / (count - 1))
    # Where one sweep stands again and again, all of it is the same: then it counts as it is.
    return rest if np.sum(rest**2) > _SAME * np.sum(as_it_is**2) else as_it_is


def _noise(
    latency_ms: Floats, sweeps_uv: Floats, weight: Floats, rest_uv: Floats, window: Window
) -> list[Floats]:
    """Stretches like the noise of one sweep: before stimuli, and what sweeps differ by late.

    Where a response may be, sweeps differ by more than noise: it is never twice the same. A sweep
    whose end is not quiet (an afterdischarge) tells nothing of noise either.
    """
    late = latency_ms >= window.look_until_ms
    apart = (sweeps_uv - weight @ sweeps_uv)[:, late]
    apart /= np.sqrt(1 - np.minimum(weight, 0.9))[:, np.newaxis]
    if len(sweeps_uv) < 2 or not apart.size:
        return [rest_uv] if rest_uv.size else []
    if not rest_uv.size:
        return [apart]
    return [rest_uv, apart[np.mean(apart**2, axis=1) < _QUIET * np.mean(rest_uv**2)]]
