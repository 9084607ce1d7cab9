"""A file that came with others, and the tables of a laboratory among such files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hemifacial.errors import InputError

__all__ = ["Piece", "tables_among", "tables_of", "text_of"]

_TABLES = {
    "stimuli": ("onset", "branch", "side"),
    "triggers": ("trigger", "branch", "side"),
    "names": ("name", "site", "side"),
}
"""What a laboratory's table is, by the columns that its first line has."""

_LARGEST_TABLE = 64 * 1024**2


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A file that came: its name, only to be told apart and spoken of by, and its content."""

    name: str
    path: Path
    sha256: str

    @property
    def suffix(self) -> str:
        """In small letters, with its dot."""
        return Path(self.name.lower()).suffix


def tables_of(folder: Path) -> Mapping[str, Path]:
    """The laboratory's tables that were kept with a recording: ``stimuli``, ``triggers``, names."""
    return {one.stem: one for one in folder.iterdir() if one.stem in _TABLES}


def tables_among(pieces: Sequence[Piece], main: Piece) -> dict[str, bytes | Path]:
    """The laboratory's tables among the pieces; whatever else there is has no part in it.

    Raises
    ------
    InputError
        For a file that is none of them, or a second one of a kind.
    """
    found: dict[str, bytes | Path] = {}
    for piece in pieces:
        kind = _kind_of_table(piece)
        if not kind or any(Path(name).stem == kind for name in found):
            why = "a second one of its kind" if kind else "no table of stimuli, triggers or names"
            raise InputError(
                f"{piece.name} came with {main.name}, and is {why}.",
                next_step="Drop the recording without it, and it by itself if it is a recording.",
            )
        found[f"{kind}{piece.suffix}"] = piece.path
    return found


def _kind_of_table(piece: Piece) -> str:
    if piece.suffix not in (".csv", ".tsv", ".txt") or piece.path.stat().st_size > _LARGEST_TABLE:
        return ""
    with piece.path.open("rb") as file:
        first = text_of(file.readline(10_000)).strip().lower()
    cells = [cell.strip() for cell in first.split("\t" if "\t" in first else ",")]
    fitting = (kind for kind, columns in _TABLES.items() if set(columns) <= set(cells))
    return next(fitting, "")


def text_of(line: bytes) -> str:
    """A line of a text file, whichever of the two usual codes it is in."""
    try:
        return line.decode("utf-8-sig")
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace")  # what the format calls ANSI
