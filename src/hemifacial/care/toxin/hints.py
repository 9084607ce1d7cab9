"""What is known of two products beside each other: a sentence that a named person confirms.

Nothing here returns a dose, and nothing takes one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hemifacial.care.toxin.tables import ToxinTables
from hemifacial.errors import InputError

__all__ = ["NOT_INTERCHANGEABLE", "ConfirmedHint", "confirm_hint"]

NOT_INTERCHANGEABLE = "Units of two products are not interchangeable."


@dataclass(frozen=True, kw_only=True)
class ConfirmedHint:
    """A hint that somebody asked for by name: the record keeps it as it was shown."""

    product: str
    other: str
    sentence: str
    source: str
    verified: bool
    confirmed_by: str
    confirmed_on: date


def confirm_hint(
    product: str,
    other: str,
    *,
    confirmed_by: str,
    confirmed_on: date,
    tables: ToxinTables | None = None,
) -> ConfirmedHint | None:
    """The sentence on two products, for a person who confirms that he reads it as a hint.

    Returns
    -------
    ConfirmedHint or None
        None where no source is known; then there is nothing to confirm.

    Raises
    ------
    InputError
        If nobody is named, or a product is unknown.
    """
    known = tables or ToxinTables.read()
    known.product(product)
    known.product(other)
    if not confirmed_by.strip():
        raise InputError(
            f"{NOT_INTERCHANGEABLE} A hint on {product} and {other} is shown to a named person",
            next_step="Give your name, which is kept beside the hint.",
        )
    for row in known.hints:
        if {row.product, row.other} == {product, other}:
            return ConfirmedHint(
                product=product,
                other=other,
                sentence=f"{NOT_INTERCHANGEABLE} {row.sentence}",
                source=row.source,
                verified=row.verified,
                confirmed_by=confirmed_by.strip(),
                confirmed_on=confirmed_on,
            )
    return None
