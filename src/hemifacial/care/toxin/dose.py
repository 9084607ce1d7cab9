"""A dose, which cannot be had without its product.

A unit is what one maker's own assay calls a unit, so that units of two products have no sum, no
difference, no ratio and no order. There is no conversion here, and none elsewhere.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar, overload

from hemifacial.errors import InputError

__all__ = ["ToxinDose", "total", "totals"]

P = TypeVar("P", bound=str)
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_EQUAL_SHARE = 1e-9


@dataclass(frozen=True, kw_only=True)
class ToxinDose(Generic[P]):
    """Units of one product.

    Doses of one product are added, subtracted, compared and divided by each other; a number scales
    them. Whatever mixes two products, or a dose with a bare number, is a `TypeError`. A dose whose
    product is written as a `Literal` is told apart by mypy as well.

    Parameters
    ----------
    product
        A word of ``products.tsv``, or of a table that is read beside it.
    units
        0 or more, in units of that product alone.
    """

    product: P
    units: float

    def __post_init__(self) -> None:
        if not _WORD.fullmatch(self.product):
            raise InputError(
                f"{self.product!r} is no word of a product",
                next_step="Give the product by its word, such as botox; products.tsv lists them.",
            )
        if not (math.isfinite(self.units) and self.units >= 0):
            raise InputError(
                f"{self.units} units of {self.product}: a dose is 0 or more",
                next_step="Write the units as a number.",
            )

    def __str__(self) -> str:
        return f"{self.units:g} units of {self.product}"

    def __add__(self, other: ToxinDose[P]) -> ToxinDose[P]:
        return ToxinDose(product=self.product, units=self.units + self._units_of(other, "+"))

    def __sub__(self, other: ToxinDose[P]) -> ToxinDose[P]:
        left = self.units - self._units_of(other, "-")
        return ToxinDose(product=self.product, units=0.0 if _is_nothing(left, self) else left)

    def __mul__(self, factor: float) -> ToxinDose[P]:
        return ToxinDose(product=self.product, units=self.units * _number(factor, "*"))

    __rmul__ = __mul__

    @overload
    def __truediv__(self, other: ToxinDose[P]) -> float: ...
    @overload
    def __truediv__(self, other: float) -> ToxinDose[P]: ...
    def __truediv__(self, other: ToxinDose[P] | float) -> ToxinDose[P] | float:
        if isinstance(other, ToxinDose):
            return self.units / self._units_of(other, "/")
        return ToxinDose(product=self.product, units=self.units / _number(other, "/"))

    def __lt__(self, other: ToxinDose[P]) -> bool:
        return self.units < self._units_of(other, "<")

    def __le__(self, other: ToxinDose[P]) -> bool:
        return self.units <= self._units_of(other, "<=")

    def __gt__(self, other: ToxinDose[P]) -> bool:
        return self.units > self._units_of(other, ">")

    def __ge__(self, other: ToxinDose[P]) -> bool:
        return self.units >= self._units_of(other, ">=")

    def is_above(self, limit: ToxinDose[P]) -> bool:
        """Whether it exceeds a limit of its product; rounding of sums does not count."""
        most = self._units_of_limit(limit)
        return self.units > most * (1 + _EQUAL_SHARE)

    def differs_from(self, other: ToxinDose[P], share: float) -> bool:
        """Whether two doses of one product differ by more than a share of the larger one."""
        units = self._units_of(other, "-")
        return abs(self.units - units) > (share + _EQUAL_SHARE) * max(self.units, units)

    def _units_of_limit(self, limit: ToxinDose[P]) -> float:
        return self._units_of(limit, ">")

    def _units_of(self, other: object, operation: str) -> float:
        if not isinstance(other, ToxinDose):
            raise TypeError(f"{self} {operation} {other!r}: units without a product mean nothing")
        if other.product != self.product:
            raise TypeError(
                f"{self} {operation} {other}: units of two products are not interchangeable"
            )
        return float(other.units)


def _number(value: object, operation: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError(f"a dose {operation} {value!r}: only a number scales a dose")
    return float(value)


def _is_nothing(units: float, of: ToxinDose[P]) -> bool:
    """What rounding leaves of a difference of equal doses, which may be below zero."""
    return abs(units) <= _EQUAL_SHARE * of.units


def total(doses: Iterable[ToxinDose[P]], product: P) -> ToxinDose[P]:
    """The sum of doses of this product; `TypeError` if one is of another, 0 if there is none."""
    nothing: ToxinDose[P] = ToxinDose(product=product, units=0.0)
    return ToxinDose(product=product, units=math.fsum((nothing + dose).units for dose in doses))


def totals(doses: Iterable[ToxinDose[str]]) -> tuple[ToxinDose[str], ...]:
    """One sum for each product, in the order of first appearance; never one over products."""
    found: dict[str, list[ToxinDose[str]]] = {}
    for dose in doses:
        found.setdefault(dose.product, []).append(dose)
    return tuple(total(some, product) for product, some in found.items())
