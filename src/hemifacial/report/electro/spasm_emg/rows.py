"""The channels of spasm EMG as rows of a figure."""

from __future__ import annotations

from hemifacial.anatomy import structures
from hemifacial.electro.outcome import Outcome

__all__ = ["ABOVE", "BELOW", "GUTTER", "Row", "rows_of"]

ABOVE, BELOW, GUTTER = 8.0, 34.0, 190.0
"""Room above the rows, below them, and left of them for their names."""

Row = tuple[str, str, str]
"""Side, site and what stands before the row."""


def rows_of(outcome: Outcome, table: str) -> dict[str, Row]:
    """For each channel of a table its row."""
    rows = {}
    for name, signal in outcome.signals[table].data_vars.items():
        side, site = str(signal.attrs["side"]), str(signal.attrs["site"])
        known = structures().get(site)
        words = f"{side} {known.label}" if known else str(signal.attrs["channel"])
        rows[str(name)] = (side, site, words)
    return rows
