"""Stimuli: when, which branch, which side, how strong; from marks of a recording or a table."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from hemifacial.anatomy import Kind, Side, structure, structures
from hemifacial.errors import InputError
from hemifacial.formats.recording_facts import Mark, Recording

__all__ = ["Stimulus", "read_stimuli", "stimuli_of"]

_WORD = "stimulus"
_POLARITIES = {"+": 1, "-": -1, "n/a": 0, "": 0}
_COLUMNS = ("onset", "branch", "side", "intensity_ma", "polarity")


@dataclass(frozen=True, kw_only=True)
class Stimulus:
    """One stimulus; time in s from the first sample.

    `branch` is a branch of the facial nerve, the supraorbital nerve, or a vessel whose wall was
    stimulated, in the words of the anatomy; `intensity_ma` is None where it is not stated;
    `polarity` is 1, -1, or 0 where it is not stated.
    """

    onset_s: float
    branch: str
    side: Side
    intensity_ma: float | None = None
    polarity: int = 0

    @property
    def on_vessel(self) -> bool:
        """Whether the wall of a vessel was stimulated."""
        return structure(self.branch).kind is Kind.VESSEL


def stimuli_of(recording: Recording) -> tuple[Stimulus, ...]:
    """The stimuli that the marks of a recording tell, in order of time.

    A mark that begins with ``stimulus`` tells one: ``stimulus branch=zygomatic_branch side=right
    intensity_ma=12 polarity=+``. Marks that say anything else are not stimuli.

    Raises
    ------
    InputError
        A mark that begins so and cannot be read; the message holds it.
    """
    told = [mark for mark in recording.marks if mark.text.split()[:1] == [_WORD]]
    return _in_order(_of_mark(mark, recording.path) for mark in told)


def read_stimuli(path: Path) -> tuple[Stimulus, ...]:
    """The stimuli of a table: tab-separated, a row a stimulus.

    Columns ``onset`` (s), ``branch``, ``side``, ``intensity_ma`` and ``polarity`` (``+`` or
    ``-``); the last two may be missing or ``n/a``.

    Raises
    ------
    InputError
        The table cannot be read; the message says which row and why.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, delimiter="\t"))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"{path} cannot be read as a table of stimuli: {error}",
            next_step=f"Give a tab-separated text file with the columns {', '.join(_COLUMNS)}.",
        ) from None
    return _in_order(
        _stimulus(row.get("onset"), row, f"{path}, row {number}")
        for number, row in enumerate(rows, start=2)
    )


def _of_mark(mark: Mark, path: Path) -> Stimulus:
    told = dict(pair.partition("=")[::2] for pair in mark.text.split()[1:] if "=" in pair)
    return _stimulus(str(mark.onset_s), told, f'{path}, mark "{mark.text}"')


def _stimulus(onset: str | None, told: Mapping[str, str | None], where: str) -> Stimulus:
    branch, side = told.get("branch") or "", told.get("side") or ""
    known = [word for word, one in structures().items() if one.kind in (Kind.BRANCH, Kind.VESSEL)]
    if branch not in known:
        raise InputError(
            f"{where}: {branch or 'no'} branch; known are {', '.join(known)}",
            next_step="Name the branch or vessel that was stimulated with one of these words.",
        )
    if side not in (Side.RIGHT, Side.LEFT):
        raise InputError(
            f"{where}: side {side or 'missing'}; it is right or left, the patient's own",
            next_step="Name the side that was stimulated.",
        )
    polarity = (told.get("polarity") or "").strip()
    if polarity not in _POLARITIES:
        raise InputError(
            f"{where}: polarity {polarity}; it is +, - or n/a",
            next_step="State the polarity so, or leave it out.",
        )
    onset_s = _number(onset, "onset", where)
    if onset_s is None or onset_s < 0:
        raise InputError(
            f"{where}: onset {onset or 'missing'}; it is a time in s from the first sample",
            next_step="State when the stimulus was given.",
        )
    intensity_ma = _number(told.get("intensity_ma"), "intensity_ma", where)
    return Stimulus(
        onset_s=onset_s,
        branch=branch,
        side=Side(side),
        intensity_ma=intensity_ma,
        polarity=_POLARITIES[polarity],
    )


def _number(text: str | None, name: str, where: str) -> float | None:
    if text is None or text.strip() in ("", "n/a"):
        return None
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(
            f"{where}: {name} {text} is not a number", next_step=f"State {name} as a number."
        )
    return value


def _in_order(stimuli: Iterable[Stimulus]) -> tuple[Stimulus, ...]:
    return tuple(sorted(stimuli, key=lambda one: one.onset_s))
