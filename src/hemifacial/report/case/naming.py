"""How a page names what has a word of its own in the record: products, sides."""

from __future__ import annotations

from hemifacial.anatomy import Side
from hemifacial.care.toxin.tables import ToxinTables

__all__ = ["brand", "side_note"]


def brand(product: str) -> str:
    """The name of a product as people say it."""
    known = ToxinTables.read().products.get(product)
    return known.brand.split(",")[0] if known else product


def side_note(side: Side) -> str:
    """``, right side``, or nothing."""
    return {Side.NOT_APPLICABLE: "", Side.BOTH: ", both sides"}.get(side, f", {side} side")
