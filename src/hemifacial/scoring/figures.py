"""The facts of a score: precision, recall, side, errors, rates, each with its n."""

from __future__ import annotations

from dataclasses import dataclass

from hemifacial.scoring.intervals import Rate, Share
from hemifacial.scoring.recordings import FamilyCount, Matching

__all__ = [
    "Confusion",
    "FamilyScore",
    "JudgedTime",
    "Score",
    "Spread",
    "Tally",
]


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How well the events of one class were found.

    `recall` is over true events, `precision` over found ones; both count only events
    found on their right side. `seen` are the true events with any partner.
    `missed_unjudged` of the true events were missed in time that the finder did not
    judge; they are misses like any other. `f1` is 2 x right / (true + found), None only
    without any event.
    """

    name: str
    recall: Share
    precision: Share
    f1: float | None
    seen: int
    missed_unjudged: int


@dataclass(frozen=True, kw_only=True)
class Spread:
    """Middle and tails of `n` numbers; None when there is no number.

    `p05` and `p95` are the 5th and 95th percentile of the signed number, `median_abs`
    and `p95_abs` are of its absolute value (linear interpolation between ranks).
    """

    n: int
    median: float | None
    p05: float | None
    p95: float | None
    median_abs: float | None
    p95_abs: float | None


@dataclass(frozen=True, kw_only=True)
class FamilyScore:
    """One family of events.

    `side_accuracy` is over all pairs. Errors are found minus true, the ratio found over
    true, over pairs on the right side. `false_rate` counts found events that are not
    right, per minute judged, in all recordings; `control_rate` only in those whose
    truth has no event of this family. A rate needs the duration of every recording.
    """

    tally: Tally
    side_accuracy: Share
    onset_error_s: Spread
    duration_error_s: Spread
    amplitude_ratio: Spread
    false_rate: Rate
    control_rate: Rate
    controls: int


@dataclass(frozen=True, kw_only=True)
class Confusion:
    """`n` pairs in which the true kind was called the found kind."""

    truth: str
    found: str
    n: int


@dataclass(frozen=True, kw_only=True)
class JudgedTime:
    """How much of the recordings was judged; None when a duration is unknown."""

    recording_s: float | None
    judged_s: float | None
    share: float | None


@dataclass(frozen=True, kw_only=True)
class Score:
    """Everything that `hemifacial score` says, ready for `dataclasses.asdict`.

    `by_size` and `by_site` are of spasms only. `by_size` puts a pair where its true
    amplitude belongs, an unpaired event where its own does. `by_site` counts a region as
    right when both events of a right-sided pair name it; `site_agreement` is the share
    of right-sided pairs, both with sites, that have a region in common.
    """

    families: tuple[FamilyScore, ...]
    by_type: tuple[Tally, ...]
    by_size: tuple[Tally, ...]
    by_site: tuple[Tally, ...]
    site_agreement: Share
    confusion: tuple[Confusion, ...]
    time: JudgedTime
    not_scored: tuple[FamilyCount, ...]
    intervals: str
    recordings: tuple[Matching, ...]

    def family(self, name: str) -> FamilyScore:
        """The score of one family; `KeyError` if it was not scored."""
        for family in self.families:
            if family.tally.name == name:
                return family
        raise KeyError(name)
