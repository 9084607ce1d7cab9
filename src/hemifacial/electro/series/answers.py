"""Three answers for every run and muscle: present, gone, cannot tell; each with its limit."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.series.amplitude import Amount, amount_of
from hemifacial.electro.series.baseline import Baseline
from hemifacial.electro.series.chance import draws_of, variation_share
from hemifacial.electro.series.traces import ReadyRun, Trace

__all__ = ["Answer", "State", "answer_of"]

_TWO_SIDED = 1.96


class State(StrEnum):
    """Whether the response of the baseline is still there."""

    PRESENT = "present"
    GONE = "gone"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """Of one muscle in one run.

    Attributes
    ----------
    share, share_low, share_high
        Amplitude over that of the baseline, freed of the change of the direct response; 95 %. A
        fall of that below ``series_direct_least_share`` is not allowed for any further.
    amplitude_uv, amplitude_low_uv, amplitude_high_uv
        As it stands in the average; may be below 0 in noise.
    limit_uv
        A response of more than this would have shown itself 99 times of 100 by more than was
        seen. None where even the largest could be missing in so few sweeps.
    reachable_uv
        What this limit stays below 95 times of 100 if nothing is left; None likewise.
    confidence
        Of `present`: that noise would have given less. Of `gone`: that 5 % of the baseline
        would have given more. None where it cannot be told.
    direct_share
        The direct response over that of the baseline; None where there was or is none.
    expected_share
        The share of the baseline that an unchanged response would have, by the direct response.
    why
        Why it cannot be told, or empty.
    """

    state: State
    share: float
    share_low: float
    share_high: float
    amplitude_uv: float
    amplitude_low_uv: float
    amplitude_high_uv: float
    limit_uv: float | None
    reachable_uv: float | None
    confidence: float | None
    direct_share: float | None
    expected_share: float
    why: str = ""


def answer_of(
    trace: Trace, prepared: ReadyRun, baseline: Baseline, criteria: ElectroCriteria
) -> Answer:
    """Whether the response of the baseline is in a run.

    Gone
        Whatever is left lies below ``series_gone_below_share`` of the baseline, at a confidence of
        ``series_gone_probability_share``; the stimulus was no weaker than it has to be; the
        direct response shows that it worked; nothing else that a muscle could give is there.
    Present
        Not gone, and noise gives as much less often than once in a hundred.
    Cannot tell
        All else.
    """
    amount = amount_of(trace, baseline.wave_ms, baseline.wave_uv)
    direct = prepared.direct.get(baseline.direct_muscle)
    direct_share = (
        direct.amplitude_uv / baseline.direct_uv
        if direct is not None and direct.is_there and baseline.direct_uv
        else None
    )
    # What lowers every response of a muscle alike is not the operation.
    expected = max(direct_share or 1.0, criteria["series_direct_least_share"])
    # What the shapes of conducted waves miss of them grows with these waves.
    conducted = criteria["series_conducted_error_share"] * trace.early_uv / baseline.amplitude_uv
    unknown = float(np.hypot(criteria["series_model_error_share"], conducted))
    error = float(np.hypot(amount.error, unknown)) / expected
    seen = amount.share / expected
    draws = draws_of(trace, prepared.sweeps, baseline, error, criteria)
    chance = 1 - criteria["series_gone_probability_share"]
    least = criteria["series_gone_below_share"]
    limit = draws.limit(seen, chance)
    noise = 1 - draws.below(0.0, seen)
    unit_uv = baseline.amplitude_uv * expected
    present = noise < chance
    state, confidence = State.CANNOT_TELL, None
    doubt = _doubt(amount, prepared, baseline, direct_share, least * unit_uv, criteria)
    if limit is not None and limit < least and not doubt:
        state, confidence = State.GONE, 1 - draws.below(least, seen)
    elif present and (limit is None or limit >= least):
        state, confidence = State.PRESENT, 1 - noise
    elif not doubt:
        doubt = _too_little(limit, least)
    reachable = draws.limit(1.645 * error, chance)
    varies = variation_share(prepared.sweeps, baseline, criteria)
    wide = float(np.hypot(error, seen * np.hypot(baseline.error_share, varies)))
    return Answer(
        state=state,
        share=seen,
        share_low=seen - _TWO_SIDED * wide,
        share_high=seen + _TWO_SIDED * wide,
        amplitude_uv=amount.share * baseline.amplitude_uv,
        amplitude_low_uv=(amount.share - _TWO_SIDED * amount.error) * baseline.amplitude_uv,
        amplitude_high_uv=(amount.share + _TWO_SIDED * amount.error) * baseline.amplitude_uv,
        limit_uv=None if limit is None else limit * unit_uv,
        reachable_uv=None if reachable is None else reachable * unit_uv,
        confidence=confidence,
        direct_share=direct_share,
        expected_share=expected,
        why=doubt if state is State.CANNOT_TELL else "",
    )


def _doubt(
    amount: Amount,
    prepared: ReadyRun,
    baseline: Baseline,
    direct_share: float | None,
    least_uv: float,
    criteria: ElectroCriteria,
) -> str:
    """Why an absent response would mean little, or nothing."""
    if baseline.direct_uv is None:
        return "No direct response of the stimulated branch at baseline tells that stimuli worked."
    if direct_share is None:
        return "The stimulated branch gave no direct response: stimulus failed, or relaxant."
    if direct_share < criteria["series_direct_least_share"]:
        return (
            f"The direct response has fallen to {100 * direct_share:.0f} % of the baseline: weak "
            "stimulus, or relaxant."
        )
    given, threshold = prepared.intensity_ma, baseline.threshold_ma
    if baseline.intensity_ma is not None:
        needed = baseline.intensity_ma
        if threshold is not None:
            needed = min(needed, criteria["series_over_threshold"] * threshold)
        if given is None or given < 0.98 * needed:
            said = "of unknown strength" if given is None else f"of {given:g} mA"
            return f"Stimuli {said}; {needed:g} mA are needed, judged by the baseline."
    if amount.other_p < criteria["series_other_p"] and amount.other_uv > least_uv:
        return "Something is there that does not look like the response of the baseline."
    return ""


def _too_little(limit: float | None, least: float) -> str:
    if limit is None:
        return "In so few sweeps a response that drops out may be missing in all of them."
    return (
        f"What may be left lies below {100 * limit:.0f} % of the baseline, not below "
        f"{100 * least:.0f} %: more sweeps, or less noise."
    )
