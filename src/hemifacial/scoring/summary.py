"""Score one recording, or pool several."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from hemifacial.errors import UsageError
from hemifacial.findings import Event, trial_types
from hemifacial.scoring.counting import (
    Row,
    by_site,
    confusion,
    found_rows,
    site_agreement,
    size_class,
    size_classes,
    spread,
    tallies,
    true_rows,
)
from hemifacial.scoring.figures import FamilyScore, JudgedTime, Score, Tally
from hemifacial.scoring.intervals import INTERVALS, Rate, rate, share
from hemifacial.scoring.matching import SCORED_FAMILIES
from hemifacial.scoring.recordings import FamilyCount, Matching, compare

__all__ = ["pool", "score"]


def score(
    truth: Iterable[Event],
    found: Iterable[Event],
    *,
    recording_duration_s: float | None = None,
    families: Sequence[str] = SCORED_FAMILIES,
    name: str = "",
) -> Score:
    """Score the found events of one recording against its true ones.

    Parameters
    ----------
    truth, found
        Planted or rated events, and those to be judged; the order of rows means nothing.
        Exchanging the two exchanges precision and recall.
    recording_duration_s
        Length of the recording; without it there are no rates and no judged time.
    families
        The families that the truth speaks of. A rater who marked only spasms says
        nothing on blinks: pass ``("spasm",)``, or every blink found counts as false.
    name
        What to call the recording when several are pooled.

    Raises
    ------
    InputError
        If a true spasm has no side, or an event begins after the end of the recording.
    UsageError
        If a family cannot be scored.
    """
    recording = compare(
        truth, found, duration_s=recording_duration_s, families=tuple(families), name=name
    )
    return _summary((recording,))


def pool(scores: Iterable[Score]) -> Score:
    """Several recordings as one: counts are added, never percentages averaged.

    The recordings stay apart in `Score.recordings`. Intervals take all events for
    independent, which those of one patient are not.

    Raises
    ------
    UsageError
        If there is nothing to pool, or the scores are not of the same families.
    """
    recordings = tuple(recording for score in scores for recording in score.recordings)
    if len({recording.families for recording in recordings}) != 1:
        raise UsageError(
            f"{len(recordings)} recordings, not all scored for the same families, cannot be pooled",
            next_step="score at least one recording, all with the same families",
        )
    return _summary(recordings)


def _summary(recordings: tuple[Matching, ...]) -> Score:
    truth = [row for recording in recordings for row in true_rows(recording)]
    found = [row for recording in recordings for row in found_rows(recording)]
    families = recordings[0].families
    kinds = [kind.word for kind in trial_types().values() if kind.family in families]
    spasms = [row for row in truth if row.event.family == "spasm"]
    calls = [row for row in found if row.event.family == "spasm"]
    of_families = tallies(families, truth, found, lambda row: row.event.family)
    return Score(
        families=tuple(_family_score(tally, truth, recordings) for tally in of_families),
        by_type=tallies(kinds, truth, found, lambda row: row.event.trial_type),
        by_size=tallies(size_classes(), spasms, calls, lambda row: size_class(row.amplitude_from)),
        by_site=by_site(spasms, calls),
        site_agreement=site_agreement(spasms),
        confusion=confusion([row.pair for row in truth if row.pair is not None]),
        time=_time(recordings),
        not_scored=_not_scored(recordings),
        intervals=INTERVALS,
        recordings=recordings,
    )


def _family_score(tally: Tally, truth: list[Row], recordings: tuple[Matching, ...]) -> FamilyScore:
    pairs = [row.pair for row in truth if row.pair and row.event.family == tally.name]
    right = [pair for pair in pairs if pair.same_side]
    ratios = [pair.amplitude_ratio for pair in right]
    controls = [recording for recording in recordings if recording.is_control_for(tally.name)]
    return FamilyScore(
        tally=tally,
        side_accuracy=share(len(right), len(pairs)),
        onset_error_s=spread([pair.onset_error_s for pair in right]),
        duration_error_s=spread([pair.duration_error_s for pair in right]),
        amplitude_ratio=spread([ratio for ratio in ratios if ratio is not None]),
        false_rate=_false_rate(tally.name, recordings),
        control_rate=_false_rate(tally.name, controls),
        controls=len(controls),
    )


def _false_rate(family: str, recordings: Sequence[Matching]) -> Rate:
    false = sum(
        row.event.family == family and not row.right
        for recording in recordings
        for row in found_rows(recording)
    )
    judged_s = _sum_known([recording.judged_s for recording in recordings])
    return rate(false, None if judged_s is None else judged_s / 60)


def _time(recordings: tuple[Matching, ...]) -> JudgedTime:
    recording_s = _sum_known([recording.duration_s for recording in recordings])
    judged_s = _sum_known([recording.judged_s for recording in recordings])
    return JudgedTime(
        recording_s=recording_s,
        judged_s=judged_s,
        share=judged_s / recording_s if recording_s and judged_s is not None else None,
    )


def _sum_known(times_s: list[float | None]) -> float | None:
    """The sum, or None if there is nothing to add or any of it is unknown."""
    known = [time_s for time_s in times_s if time_s is not None]
    return math.fsum(known) if known and len(known) == len(times_s) else None


def _not_scored(recordings: tuple[Matching, ...]) -> tuple[FamilyCount, ...]:
    counts = [count for recording in recordings for count in recording.not_scored]
    return tuple(
        FamilyCount(
            family=family,
            truth=sum(count.truth for count in counts if count.family == family),
            found=sum(count.found for count in counts if count.family == family),
        )
        for family in sorted({count.family for count in counts})
    )
