"""Names and amplitudes of a lateral spread as its reader meets them."""

from __future__ import annotations

from hemifacial.anatomy import structures

__all__ = ["ANSWERS", "amplitude_words", "label_of"]

ANSWERS = {"lateral_spread": "lateral spread response", "z_l_response": "Z-L response"}
"""What the answer of a far muscle is called, by the word that its findings begin with."""


def label_of(word: str) -> str:
    """The name of a branch or a muscle."""
    return structures()[word].label


def amplitude_words(value_uv: float) -> str:
    """An amplitude with its unit, from 10 µV on whole."""
    return f"{value_uv:.0f} µV" if value_uv >= 10 else f"{value_uv:.1f} µV"
