"""What became of the files of an erased patient, by kind and number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from hemifacial.case import beside
from hemifacial.errors import HemifacialError

__all__ = ["Counts", "Swept", "swept_words"]


@dataclass(frozen=True, kw_only=True)
class Swept:
    """What became of the files beside the record, by kind and number, and never by name.

    Parameters
    ----------
    removed, left
        What is gone, and what could not be removed, `reason` says why.
    shared
        Kept, because entries of another patient use the same recording.
    nobodys
        Of no entry and of no job, so that nobody can tell whose it is.
    elsewhere
        Recordings of the patient that lie, if they still do, outside of this folder.
    """

    removed: Mapping[str, int] = field(default_factory=dict)
    left: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    shared: Mapping[str, int] = field(default_factory=dict)
    nobodys: Mapping[str, int] = field(default_factory=dict)
    elsewhere: int = 0


@dataclass(kw_only=True)
class Counts:
    """What is gathered on the way; `kept_back` are the notes that have to stay."""

    removed: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    shared: Counter[str] = field(default_factory=Counter)
    nobodys: Counter[str] = field(default_factory=Counter)
    kept_back: set[str] = field(default_factory=set)
    reason: str = ""

    def fail(self, kind: str, error: OSError | HemifacialError, count: int = 1) -> None:
        """Something of this kind is still there."""
        self.left[kind] += count
        self.reason = (
            error.problem if isinstance(error, HemifacialError) else error.strerror or str(error)
        )

    def told(self) -> Swept:
        """What is to be said of it."""
        return Swept(
            removed=+self.removed,
            left=+self.left,
            reason=self.reason,
            shared=+self.shared,
            nobodys=+self.nobodys,
        )


def swept_words(counts: Mapping[str, int]) -> str:
    """``2 recordings, 1 result folder``; empty where there is nothing."""
    plural = {beside.JOBS: "lines of jobs", beside.FOLDER: "folders of files"}
    return ", ".join(
        f"{count} {kind if count == 1 else plural.get(kind, f'{kind}s')}"
        for kind, count in counts.items()
        if count
    )
