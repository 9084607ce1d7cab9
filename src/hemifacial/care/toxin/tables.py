"""The tables that the rules rest on, each row with its source.

A program that calls the rules itself may read a folder beside ours, with tables of the same names
and columns and only the rows that differ or are new. The record, its commands and its pages do not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol, TypeVar

from hemifacial.care.toxin.product_rows import Label, LabelLimit, Product
from hemifacial.care.toxin.rows import Circumstance, Place, Risk, SideEffectKind, UsualDose
from hemifacial.errors import InputError
from hemifacial.findings import Limit
from hemifacial.formats.clinic_table import read_clinic_table
from hemifacial.formats.criteria import read_criteria
from hemifacial.vocabulary import read_table

__all__ = ["ToxinTables"]

_PACKAGE = "hemifacial.care.toxin"


@dataclass(frozen=True, kw_only=True)
class ToxinTables:
    """Every table of the rules of botulinum toxin."""

    products: Mapping[str, Product]
    labels: tuple[Label, ...]
    limits: tuple[LabelLimit, ...]
    places: Mapping[str, Place]
    usual_doses: tuple[UsualDose, ...]
    risks: tuple[Risk, ...]
    side_effects: Mapping[str, SideEffectKind]
    circumstances: Mapping[str, Circumstance]
    criteria: Mapping[str, Limit]

    @staticmethod
    def read(own: Path | None = None) -> ToxinTables:
        """The tables that we carry, with the rows of a clinic's folder in their place.

        Raises
        ------
        InputError
            If the folder is none, or a row of its files lacks a column, a source or a number.
        """
        if own is None:
            return _carried()
        if not own.is_dir():
            raise InputError(f"{own}: not a folder", next_step="Give the folder of your tables.")
        return _with_own(own)

    def product(self, word: str) -> Product:
        """The product of this word.

        Raises
        ------
        InputError
            If neither our table nor the clinic's has it.
        """
        if word not in self.products:
            raise InputError(
                f"there is no product {word!r}; there are {' '.join(self.products)}",
                next_step="Give one of these.",
            )
        return self.products[word]


@cache
def _carried() -> ToxinTables:
    return _with_own(None)


def _with_own(own: Path | None) -> ToxinTables:
    criteria = own / "criteria.tsv" if own is not None else None
    return ToxinTables(
        products=_by_word(_rows(own, "products.tsv", "word", Product.of)),
        labels=_rows(own, "labels.tsv", "product jurisdiction", Label.of),
        limits=_rows(own, "limits.tsv", "product jurisdiction kind", LabelLimit.of),
        places=_by_word(_rows(own, "places.tsv", "word", Place.of)),
        usual_doses=_rows(own, "site_doses.tsv", "product muscle", UsualDose.of),
        risks=_rows(own, "risks.tsv", "place muscle layer side_effect", Risk.of),
        side_effects=_by_word(_rows(own, "side_effects.tsv", "word", SideEffectKind.of)),
        circumstances=_by_word(_rows(own, "circumstances.tsv", "word", Circumstance.of)),
        criteria=read_criteria(
            _PACKAGE, "criteria.tsv", criteria if criteria and criteria.exists() else None
        ),
    )


class _Worded(Protocol):
    @property
    def word(self) -> str: ...


R = TypeVar("R")
W = TypeVar("W", bound=_Worded)


def _by_word(rows: tuple[W, ...]) -> dict[str, W]:
    return {one.word: one for one in rows}


def _rows(
    own: Path | None, name: str, key: str, of: Callable[[dict[str, str]], R]
) -> tuple[R, ...]:
    """The rows of one table; a row of the clinic's replaces the one with the same key."""
    ours = read_table(_PACKAGE, name)
    columns = tuple(ours[0])
    found = {_key(row, key): of(row) for row in ours}
    if own is None or not (own / name).exists():
        return tuple(found.values())
    added = read_clinic_table(
        own / name,
        columns,
        what=f"a table {name}",
        next_step="Give the columns " + " ".join(columns) + ".",
    )
    for where, row in added:
        try:
            if not row["source"].strip():
                raise ValueError("a row names its source")
            found[_key(row, key)] = of(row)
        except ValueError as error:
            raise InputError(f"{where}: {error}", next_step="Correct this row.") from error
    return tuple(found.values())


def _key(row: dict[str, str], names: str) -> tuple[str, ...]:
    return tuple(row[name] for name in names.split())
