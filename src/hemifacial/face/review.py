"""A measured result with a person's corrections in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hemifacial.corrections import Correction, Review, apply
from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.detect import bursts
from hemifacial.face.summary import METHOD, summarise
from hemifacial.findings import Result

__all__ = ["reviewed"]


def reviewed(result: Result, corrections: Sequence[Correction]) -> tuple[Result, Review]:
    """The result as corrected: bursts and findings made anew by the functions that made them."""
    criteria = FaceCriteria.read().as_used(result.provenance.parameters["criteria"])
    review = apply(result.events, corrections)
    events = bursts(review.events, criteria)
    findings = summarise(result.signals[METHOD], events, criteria)
    return replace(result, events=events, findings=findings), review
