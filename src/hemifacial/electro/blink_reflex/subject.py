"""By which method the findings of a blink reflex are, and of what."""

from __future__ import annotations

from hemifacial.anatomy import Side
from hemifacial.electro.blink_reflex.components import NERVE
from hemifacial.electro.stated import Subject

__all__ = ["METHOD", "METHOD_VERSION", "subject"]

METHOD = "blink_reflex"
METHOD_VERSION = "1.0"


def subject(muscle: str, side: Side, n: int | None = None) -> Subject:
    """A muscle that answers to the nerve; `n` is the number of its sweeps."""
    return Subject(
        method=METHOD, method_version=METHOD_VERSION, side=side, sites=(NERVE, muscle), n=n
    )
