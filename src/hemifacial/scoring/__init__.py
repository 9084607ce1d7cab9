"""The one matcher: planted or rated events against found ones.

`match` says which found event is which true one, `score` what follows from it for one
recording, `pool` for several, `tables` how to print it. The rules stand in
``docs/score.md``. Nothing here reads a file.
"""

from __future__ import annotations

from hemifacial.scoring.counting import SIZE_CLASSES_MM
from hemifacial.scoring.figures import (
    Confusion,
    FamilyScore,
    JudgedTime,
    Score,
    Spread,
    Tally,
)
from hemifacial.scoring.intervals import INTERVALS, Rate, Share, rate, share
from hemifacial.scoring.matching import (
    LONG_EVENT_S,
    OVERLAP_SHARE,
    SAME_ONSET_S,
    SCORED_FAMILIES,
    Pair,
    match,
    may_pair,
)
from hemifacial.scoring.recordings import FamilyCount, Matching
from hemifacial.scoring.summary import pool, score
from hemifacial.scoring.tables import Table, tables

__all__ = [
    "INTERVALS",
    "LONG_EVENT_S",
    "OVERLAP_SHARE",
    "SAME_ONSET_S",
    "SCORED_FAMILIES",
    "SIZE_CLASSES_MM",
    "Confusion",
    "FamilyCount",
    "FamilyScore",
    "JudgedTime",
    "Matching",
    "Pair",
    "Rate",
    "Score",
    "Share",
    "Spread",
    "Table",
    "Tally",
    "match",
    "may_pair",
    "pool",
    "rate",
    "score",
    "share",
    "tables",
]
