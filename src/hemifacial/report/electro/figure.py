"""A figure of an electrodiagnostic report."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from dataclasses import dataclass

from hemifacial.report.svg import drawing

__all__ = ["Figure", "figure"]


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


def figure(
    name: str,
    parts: Iterable[ET.Element],
    *,
    width: float,
    height: float,
    heading: str,
    said: str,
    title: str = "",
    words: str = "",
) -> Figure:
    """A figure from the parts of its drawing.

    Parameters
    ----------
    name
        Of the figure, and before the ids of its drawing.
    width, height
        Of the drawing in its own units.
    heading, said
        What stands above the figure and below it.
    title, words
        What a screen reader says, where that is not `heading` and `said`.
    """
    svg = drawing(
        name.replace("_", "-"),
        *parts,
        width=width,
        height=height,
        title=title or heading,
        words=words or said,
    )
    return Figure(name=name, heading=heading, svg=svg, said=said)
