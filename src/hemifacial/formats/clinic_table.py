"""The small tables in which a clinic says what its own words mean, row by row."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from hemifacial.anatomy import structures
from hemifacial.errors import InputError
from hemifacial.formats.files import read_text

__all__ = ["check_anatomy", "read_clinic_table"]


def read_clinic_table(
    path: Path, columns: Sequence[str], *, what: str, next_step: str
) -> list[tuple[str, dict[str, str]]]:
    """The rows of a table that is parted by tabs or commas, as its first line is.

    Parameters
    ----------
    columns
        What its first line must have; it may have more.
    what
        What the table is, as a message calls it: ``a table of triggers``.
    next_step
        What a reader does where a column is missing.

    Returns
    -------
    list
        Of each row the file with the line, as a message names it, and its cells by column; a
        missing cell is empty.

    Raises
    ------
    InputError
        Where it is no table, has no row, or lacks a column.
    """
    lines = read_text(path).splitlines()
    delimiter = "\t" if lines and "\t" in lines[0] else ","
    try:
        rows = list(csv.DictReader(lines, delimiter=delimiter, restval=""))
    except csv.Error as error:
        raise InputError(
            f"{path}: not a table ({error})", next_step="Save it as CSV or TSV."
        ) from error
    if not rows or not set(columns) <= set(rows[0]):
        named = f"{', '.join(columns[:-1])} and {columns[-1]}"
        raise InputError(f"{path}: {what} has the columns {named}, and a row", next_step=next_step)
    return [(f"{path}, line {number}", row) for number, row in enumerate(rows, start=2)]


def check_anatomy(where: str, word: str) -> None:
    """Hold a cell against the words of the anatomy.

    Raises
    ------
    InputError
        That names the row as `where` does, and says which words there are.
    """
    if word not in structures():
        raise InputError(
            f"{where}: {word[:40]!r} is no word of the anatomy",
            next_step=f"Write one of {', '.join(structures())}.",
        )
