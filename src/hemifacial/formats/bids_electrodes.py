"""The electrodes of a BIDS-EMG recording, from the ``_electrodes.tsv`` that applies to it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path

from hemifacial.errors import InputError
from hemifacial.formats.bids_sidecars import read_table, recording_in, table_of

__all__ = ["Electrode", "read_electrodes"]

_AXES = ("x", "y", "z")


@dataclass(frozen=True, kw_only=True)
class Electrode:
    """One electrode.

    Parameters
    ----------
    place
        x, y and z in `coordinate_system`, whose ``_coordsystem.json`` says the unit; not-a-number
        where one is not stated.
    impedance_kohm
        None where it is not stated.
    """

    name: str
    place: tuple[float, float, float]
    coordinate_system: str = ""
    impedance_kohm: float | None = None


def read_electrodes(path: Path) -> tuple[Electrode, ...]:
    """The electrodes of a recording, or of a folder with one; none where no table is there.

    Raises
    ------
    InputError
        Where the table cannot be read, or a place or an impedance in it is no number.
    """
    table = table_of(recording_in(path) if path.is_dir() else path, "electrodes")
    if table is None:
        return ()
    electrodes = []
    for number, row in enumerate(read_table(table, "name"), start=2):
        where = f"{table}, line {number}"
        x, y, z = (_number(row.get(axis, ""), axis, where) for axis in _AXES)
        impedance = _number(row.get("impedance", ""), "impedance", where)
        electrodes.append(
            Electrode(
                name=row["name"],
                place=(x, y, z),
                coordinate_system=row.get("coordinate_system", ""),
                impedance_kohm=None if math.isnan(impedance) else impedance,
            )
        )
    return tuple(electrodes)


def _number(text: str, what: str, where: str) -> float:
    if not text:
        return math.nan
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(
            f"{where}: {what} {text[:20]!r} is no number", next_step="Write a number, or n/a."
        )
    return value
