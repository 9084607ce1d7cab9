"""What of all muscles together tells conditions apart: five features and what is seen of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from hemifacial.anatomy import SIDES, Side, region_of
from hemifacial.electro.criteria import ElectroCriteria
from hemifacial.electro.spasm_emg.bursts import Burst, Firing
from hemifacial.electro.spasm_emg.read import MuscleActivity
from hemifacial.electro.spasm_emg.synchrony import Synchrony
from hemifacial.signals.runs import close_runs

__all__ = ["Observation", "Pair", "observations_of"]

_UPPER = ("brow", "eyelids")
_SAME_S = 0.05
_BLINK_S = 0.03
_PERIODS = 6
_RUN_S = 0.25
_NOT_ENOUGH = "not enough bursts"
_TOO_SLOW = "too few samples per second to tell potentials apart"
_EYE = "orbicularis_oculi"


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Synchrony of two channels; None where there are too few bursts to say."""

    first: MuscleActivity
    second: MuscleActivity
    synchrony: Synchrony | None
    called: bool

    @property
    def one_side(self) -> bool:
        """Whether both muscles are of the same side."""
        return self.first.muscle.side is self.second.muscle.side and (
            self.first.muscle.side in SIDES
        )


@dataclass(frozen=True, kw_only=True)
class Observation:
    """A feature; `seen` is a word of the table of likelihoods, or empty where nothing can be said.

    `said` is what was seen in words, or why nothing can be said.
    """

    feature: str
    seen: str
    said: str


def observations_of(
    activities: Sequence[MuscleActivity], pairs: Sequence[Pair], criteria: ElectroCriteria
) -> tuple[Observation, ...]:
    """The five features: firing, synchrony, sides, cocontraction, rhythm.

    Blinks (both orbicularis oculi within 30 ms, and short) belong to everybody and are left out.
    """
    kept = _without_blinks(activities, criteria["emg_blink_longest"])
    firing = _firing(kept, criteria)
    return (
        firing,
        _synchrony(pairs),
        _sides(kept, criteria),
        _cocontraction(kept, firing.seen, criteria),
        _rhythm(kept, criteria),
    )


@dataclass(frozen=True, kw_only=True)
class _Bursts:
    """Bursts of every channel without blinks."""

    activities: Sequence[MuscleActivity]
    bursts: Mapping[int, Sequence[Burst]]

    def every(self, side: Side | None = None) -> list[Burst]:
        return [
            one
            for activity in self.activities
            if side is None or activity.muscle.side is side
            for one in self.bursts[activity.muscle.channel]
        ]


def _without_blinks(activities: Sequence[MuscleActivity], longest_s: float) -> _Bursts:
    eyes = {
        side: [one for one in activities if (one.muscle.site, one.muscle.side) == (_EYE, side)]
        for side in SIDES
    }
    kept: dict[int, Sequence[Burst]] = {}
    for activity in activities:
        others = [
            burst
            for other in eyes.get(activity.muscle.side.opposite, ())
            for burst in other.bursts
            if burst.duration_s <= longest_s
        ]
        is_eye = activity.muscle.site == _EYE
        kept[activity.muscle.channel] = [
            one
            for one in activity.bursts
            if not (
                is_eye
                and one.duration_s <= longest_s
                and one.firing != "spasm"
                and any(abs(one.onset_s - other.onset_s) <= _BLINK_S for other in others)
            )
        ]
    return _Bursts(activities=activities, bursts=kept)


def _firing(kept: _Bursts, criteria: ElectroCriteria) -> Observation:
    """How the muscles fire most often; bursts that follow each other closely have one voice."""
    if len(kept.every()) < criteria["emg_features_least"]:
        return Observation(feature="firing", seen="", said=_NOT_ENOUGH)
    if not any(one.muscle.rate_is_enough for one in kept.activities):
        return Observation(feature="firing", seen="", said=_TOO_SLOW)
    voices = Counter(_voices(kept))
    most = max(_WORDS, key=lambda kind: voices[kind])
    word, said = _WORDS[most]
    share = 100 * voices[most] / voices.total()
    return Observation(
        feature="firing",
        seen=word,
        said=f"{said} in {share:.0f} % of {voices.total()} runs of activity",
    )


def _voices(kept: _Bursts) -> Iterator[Firing]:
    """For each run of bursts of a channel the way of firing that takes most of its time."""
    for bursts in kept.bursts.values():
        onsets, offsets = [one.onset_s for one in bursts], [one.offset_s for one in bursts]
        for run in close_runs(onsets, offsets, _RUN_S):
            lasting: Counter[Firing] = Counter()
            for one in bursts[run]:
                lasting[one.firing] += round(1e6 * one.duration_s)
            yield lasting.most_common(1)[0][0]


_WORDS: Mapping[Firing, tuple[str, str]] = {
    "spasm": ("fast_bursts", "short bursts of potentials 150 to 400 times a second"),
    "slow": ("slow_bursts", "bursts of single potentials, no more than 60 a second"),
    "voluntary": ("voluntary_rates", "contractions of many units, as at will"),
}


def _synchrony(pairs: Sequence[Pair]) -> Observation:
    judged = [one for one in pairs if one.one_side and one.synchrony is not None]
    if not judged:
        return Observation(feature="synchrony", seen="", said="no pair with enough bursts")
    called = sum(one.called for one in judged)
    return Observation(
        feature="synchrony",
        seen="present" if called else "absent",
        said=f"{called} of {len(judged)} pairs of muscles of one side burst within milliseconds",
    )


def _sides(kept: _Bursts, criteria: ElectroCriteria) -> Observation:
    recorded = {one.muscle.side for one in kept.activities}
    if not set(SIDES) <= recorded:
        return Observation(feature="sides", seen="", said="only one side was recorded")
    # Of each side the busiest muscle: two channels of one side are no more active than one.
    count = {
        side: max(
            len(kept.bursts[one.muscle.channel])
            for one in kept.activities
            if one.muscle.side is side
        )
        for side in SIDES
    }
    if max(count.values()) < criteria["emg_features_least"]:
        return Observation(feature="sides", seen="", said=_NOT_ENOUGH)
    less, more = sorted(SIDES, key=lambda side: count[side])
    words = f"{count[less]} bursts on the {less.value}, {count[more]} on the {more.value}"
    if count[less] < criteria["emg_other_side_share"] * count[more]:
        return Observation(feature="sides", seen="one_side", said=words)
    theirs, others = kept.every(less), kept.every(more)
    together = np.mean([any(_begin_together(a, b) for b in others) for a in theirs])
    seen = "both_together" if together >= 0.5 else "both_apart"
    return Observation(
        feature="sides", seen=seen, said=f"{words}; {100 * together:.0f} % begin together"
    )


def _begin_together(one: Burst, other: Burst) -> bool:
    return abs(one.onset_s - other.onset_s) <= _SAME_S


def _cocontraction(kept: _Bursts, firing: str, criteria: ElectroCriteria) -> Observation:
    """Whether the lower face contracts with the eye, on one side alone."""
    feature = "cocontraction"
    if firing != "voluntary_rates":
        return Observation(feature=feature, seen="", said="asked only of contractions as at will")
    shares = {side: _followed(kept, side, criteria["emg_features_least"]) for side in SIDES}
    if None in shares.values():
        return Observation(
            feature=feature, seen="", said="needs upper and lower face of both sides, and movement"
        )
    right, left = (shares[side] or 0.0 for side in SIDES)
    words = f"lower face with the eye in {100 * right:.0f} % (right), {100 * left:.0f} % (left)"
    often = criteria["emg_cocontraction_share"]
    one_sided = max(right, left) >= often and min(right, left) <= 0.5 * often
    return Observation(feature=feature, seen="one_side" if one_sided else "none", said=words)


def _followed(kept: _Bursts, side: Side, least: float) -> float | None:
    """Of the contractions of the eye, the share that a muscle of the lower face goes along with."""
    mine = [one for one in kept.activities if one.muscle.side is side and one.muscle.site]
    upper = [one for one in mine if region_of(one.muscle.site) in _UPPER]
    lower = [one for one in mine if region_of(one.muscle.site) not in _UPPER]
    moves = [b for one in upper for b in kept.bursts[one.muscle.channel]]
    if not lower or len(moves) < least:
        return None
    return max(
        float(
            np.mean(
                [
                    any(
                        min(a.offset_s, b.offset_s) - max(a.onset_s, b.onset_s)
                        >= 0.5 * a.duration_s
                        for b in kept.bursts[one.muscle.channel]
                    )
                    for a in moves
                ]
            )
        )
        for one in lower
    )


def _rhythm(kept: _Bursts, criteria: ElectroCriteria) -> Observation:
    """How even the intervals between bursts are, pauses left out; of the busiest muscle."""
    spread = []
    for activity in kept.activities:
        onsets = np.array([one.onset_s for one in kept.bursts[activity.muscle.channel]])
        if onsets.size > _PERIODS:
            intervals = np.diff(onsets)
            usual = intervals[intervals <= 2 * np.median(intervals)]
            low, high = np.quantile(usual, [0.25, 0.75])
            # Of a normal law the quartiles are 1.35 standard deviations apart.
            spread.append((onsets.size, float((high - low) / 1.349 / np.median(usual))))
    if not spread:
        return Observation(feature="rhythm", seen="", said=_NOT_ENOUGH)
    _, uneven = max(spread)
    seen = "semi_rhythmic" if uneven <= criteria["emg_rhythm_variation"] else "irregular"
    return Observation(
        feature="rhythm", seen=seen, said=f"intervals between bursts vary by {100 * uneven:.0f} %"
    )
