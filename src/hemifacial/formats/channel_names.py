"""From the name of a channel to a word of the anatomy and a side, by a table that a clinic extends.

The table is ``vocabulary/channel_names.tsv``. A row with a site and no side names a muscle
(``orb oculi``), one with a side and no site a side (``re``), and one with both a whole name
(``ch3``), as a clinic's own table may need it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from hemifacial.anatomy import SIDES, Side
from hemifacial.errors import InputError
from hemifacial.formats.clinic_table import check_anatomy, read_clinic_table
from hemifacial.vocabulary import read_vocabulary

__all__ = ["ChannelNames", "read_channel_names"]

_COLUMNS = ("name", "site", "side")
_SEAMS = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[\W_]+")
_FILLERS = frozenset({"emg", "m", "musc", "muscle", "musculus"})


@dataclass(frozen=True, kw_only=True)
class ChannelNames:
    """What names mean; `read_channel_names` reads a clinic's own, `ChannelNames()` has ours alone.

    Parameters
    ----------
    own
        Normalised names of the clinic's table with site and side; they come first.
    """

    own: tuple[tuple[str, str, Side], ...] = ()

    def of(self, name: str) -> tuple[str, Side]:
        """The site and the side that a name says.

        Capitals, points, dashes and underscores only part words: ``OrbOculi_L``, ``orb. oculi L``
        and ``L-ORB OCULI`` are one name. The side is the first or the last word, and the rest must
        be a name of the table as a whole.

        Returns
        -------
        tuple
            ``("", Side.NOT_APPLICABLE)`` where the table has no such name, or where a name says
            both sides: nothing is guessed.
        """
        nothing = ("", Side.NOT_APPLICABLE)
        known = {**_known(), **_as_table(self.own)}
        words = _normal(name)
        if (whole := known.get(words)) and whole[0]:
            return whole
        parts = [word for word in words.split() if word not in _FILLERS]
        sides = [known[word][1] for word in parts if _is_side(known.get(word))]
        if len(sides) > 1:
            return nothing
        side = sides[0] if sides else Side.NOT_APPLICABLE
        if sides and _is_side(known.get(parts[0])):
            parts = parts[1:]
        elif sides and _is_side(known.get(parts[-1])):
            parts = parts[:-1]
        site, stated = known.get(" ".join(parts), nothing)
        if not site or (sides and stated in SIDES and stated is not side):
            return nothing
        return site, side if sides else stated


def read_channel_names(path: Path) -> ChannelNames:
    """A clinic's own table: columns ``name``, ``site`` and ``side``, parted by tabs or commas.

    `site` is a word of the anatomy or empty, `side` is right, left, n/a or empty.

    Raises
    ------
    InputError
        Where a column is missing, a word is not of the anatomy, or a name stands twice.
    """
    rows = read_clinic_table(
        path,
        _COLUMNS,
        what="a table of channel names",
        next_step="Write these three words as its first line.",
    )
    own = tuple(_row(where, row) for where, row in rows)
    names = [name for name, _, _ in own]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise InputError(
            f"{path}: {twice[0]!r} stands more than once (capitals and signs do not count)",
            next_step="Leave one row a name.",
        )
    return ChannelNames(own=own)


def _row(where: str, row: dict[str, str]) -> tuple[str, str, Side]:
    name, site, side = (row[column].strip() for column in _COLUMNS)
    if not _normal(name):
        raise InputError(f"{where}: the name is empty", next_step="Write the channel's name.")
    if site:
        check_anatomy(where, site)
    if side not in {"", *(known.value for known in Side)}:
        raise InputError(
            f"{where}: {side[:40]!r} is no side", next_step="Write right, left, both or n/a."
        )
    return _normal(name), site, Side(side) if side else Side.NOT_APPLICABLE


def _normal(name: str) -> str:
    return " ".join(_SEAMS.sub(" ", name).lower().split())


def _is_side(entry: tuple[str, Side] | None) -> bool:
    return entry is not None and not entry[0] and entry[1] in SIDES


def _as_table(rows: tuple[tuple[str, str, Side], ...]) -> dict[str, tuple[str, Side]]:
    return {name: (site, side) for name, site, side in rows}


@cache
def _known() -> dict[str, tuple[str, Side]]:
    return {
        row["name"]: (row["site"], Side(row["side"]) if row["side"] else Side.NOT_APPLICABLE)
        for row in read_vocabulary("channel_names.tsv")
    }
