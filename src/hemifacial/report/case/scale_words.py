"""Scales that were filled in, in sentences: the last value, and the change from the first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from hemifacial.care.scales.scale import scales
from hemifacial.care.scales.scoring import ScaleAnswers, ScaleScore, change, score
from hemifacial.report.case.facts import CaseFacts

__all__ = ["scale_sentences"]


def scale_sentences(facts: CaseFacts) -> Iterator[str]:
    """Each scale that was filled in: the last value, and the change from the first."""
    by_scale: dict[str, list[tuple[date, float, ScaleScore | None]]] = {}
    for day, word, total, scored in sorted(_filled(facts), key=lambda row: row[0]):
        by_scale.setdefault(word, []).append((day, total, scored))
    for word, rows in by_scale.items():
        known = scales().get(word)
        label = known.label if known else word
        first, last = rows[0], rows[-1]
        of = f" of {known.total_high}" if known else ""
        meaning = ""
        if last[2] is not None and last[2].grade is not None:
            meaning = f" ({last[2].grade.meaning[:1].lower()}{last[2].grade.meaning[1:]})"
        said = f"{label}: {last[1]:g}{of}{meaning} on {last[0]}"
        if len(rows) > 1:
            said += f", {first[1]:g} on {first[0]}"
            if first[2] is not None and last[2] is not None and word == "hfs_7":
                told = change(first[2], last[2]).text.partition(". ")[2]
                said += f". {told.rstrip('.')}" if told else ""
        yield f"{said}."


def _filled(facts: CaseFacts) -> Iterator[tuple[date, str, float, ScaleScore | None]]:
    """Every scale that was filled in, by itself or at a visit after the operation."""
    for entry in facts.entries:
        on, body = entry.happened_on, entry.body
        if entry.kind == "scale":
            scored = _scored(body.scale, body.items, body.total, on)
            total = body.total if scored is None or scored.total is None else scored.total
            if total is not None:
                yield on, body.scale, total, scored
        elif entry.kind == "operation_outcome":
            for word, name in (("smc", "smc_grade"), ("house_brackmann", "house_brackmann")):
                grade = getattr(body, name)
                if grade is not None:
                    yield on, word, float(grade), _scored(word, {}, grade, on)
            if body.hfs_7 is not None and (found := score(body.hfs_7)).total is not None:
                yield on, "hfs_7", found.total or 0.0, found


def _scored(
    word: str, items: Mapping[str, int | None], total: float | None, on: date
) -> ScaleScore | None:
    """The score of the items, or of the total of a scale that has one item."""
    known = scales().get(word)
    if known is None:
        return None
    answers = [items.get(str(number)) for number in range(1, known.items + 1)]
    if not items and known.items == 1 and total is not None:
        answers = [round(total)]
    try:
        found = score(ScaleAnswers(scale=known.word, items=tuple(answers), on=on))
        if not items and total is not None and known.total_low <= total <= known.total_high:
            return replace(found, total=float(total), low=int(total), high=int(total))
        return found
    except ValueError:  # an answer that the scale does not have: the total alone is told
        return None
