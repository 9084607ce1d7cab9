"""A figure of an electrodiagnostic report."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Figure"]


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One drawing with what a reader needs beside it.

    `name` becomes ``figures/NAME.svg``; `said` is one sentence on what is drawn and how
    (channels, polarity, filter, gain and sweep belong in it or in the drawing).
    """

    name: str
    heading: str
    svg: str
    said: str
