"""Scales: numbers by item, the wording stays with whoever holds its licence."""

from __future__ import annotations

import math
from datetime import date
from typing import Any

from hemifacial.anatomy import SIDES, Side
from hemifacial.care.scales.scale import Direction, Scale, grades, scales
from hemifacial.care.scales.scoring import ScaleAnswers, score, score_warnings
from hemifacial.case.bodies import Scale as Filled
from hemifacial.case.kinds import kind_of
from hemifacial.errors import InputError, UsageError
from hemifacial.web.asked import Answer, Asked, Data, Go, Page
from hemifacial.web.checking import plain_warnings, said_of
from hemifacial.web.pages.entries import check_stops, day_sent

__all__ = ["check_scale", "enter_scale", "scale_page"]


def scale_page(asked: Asked) -> Answer:
    """The page on which a scale is filled in."""
    asked.record.entries(asked.code)
    known = scales().get(asked.query.get("scale", "")) or scales()["hfs_7"]
    return Page(
        template="scale.html.j2",
        title="Scales",
        code=asked.code,
        shown={
            "scales": list(scales().values()),
            "scale": known,
            "numbers": list(range(known.item_low, known.item_high + 1)),
            "by_number": known.item_high - known.item_low > 10,
            "is_profile": known.direction is Direction.PROFILE,
            "grades": grades(known.word),
            "subscales": known.subscales if len(known.subscales) == known.items else (),
            "today": asked.today.isoformat(),
            "earlier": _earlier(asked, known),
        },
    )


def _earlier(asked: Asked, known: Scale) -> list[tuple[date, float | None]]:
    found = [
        (one.happened_on, one.body.total)
        for one in asked.record.entries(asked.code)
        if one.standing and one.kind == "scale" and one.body.scale == known.word
    ]
    return sorted(found, reverse=True)[:6]


def check_scale(asked: Asked) -> Answer:
    """The total so far, and what must not wait."""
    answers = _answers(asked)
    found = score(answers)
    grade = "" if found.grade is None else found.grade.meaning
    if found.answered == 0:
        said = ""
    elif found.total is not None:
        said = f"Total {found.total:g} of {found.of}. {grade}".strip()
    else:
        said = found.note[:1].upper() + found.note[1:] + f" ({found.low} to {found.high})."
    if found.profile and found.answered:
        said = f"Profile {found.profile}: {found.note}."
    return Data(values={"said": said, "warnings": plain_warnings(score_warnings(answers))})


def enter_scale(asked: Asked) -> Answer:
    """Enter a scale with its total, or a total alone where nobody knows the items."""
    answers, why = _answers(asked), asked.text("why")
    found, side = score(answers), asked.text("side")
    typed = _total(asked.text("total"))
    if found.answered == 0 and typed is None:
        raise InputError("No item is answered.", next_step="Answer the items, then enter.")
    if found.answered and typed is not None:
        raise InputError(
            "Items and a total were typed; the total is made of the items.",
            next_step="Take the total out, or the items.",
        )
    body = Filled(
        scale=answers.scale,
        items={str(n): answer for n, answer in enumerate(answers.items, start=1)}
        if found.answered
        else {},
        total=found.total if typed is None else typed,
        side=Side(side) if side in [one.value for one in SIDES] else Side.NOT_APPLICABLE,
        rater=asked.text("rater"),
        note=asked.text("note"),
    )
    warnings = said_of(asked.record, asked.code, kind_of("scale"), body)
    check_stops(warnings, why)
    asked.record.add(
        asked.code,
        "scale",
        body,
        by=asked.by,
        happened_on=day_sent(asked),
        why=why,
        warnings=warnings,
    )
    return Go(to=f"/patients/{asked.code}")


def _total(text: str) -> float | None:
    try:
        found = float(text.replace(",", ".")) if text else None
    except ValueError:
        found = math.nan
    if found is not None and not math.isfinite(found):
        raise InputError("The total is no number.", next_step="Correct it, or leave it out.")
    return found


def _answers(asked: Asked) -> ScaleAnswers:
    known = scales().get(asked.text("scale"))
    if known is None:
        raise UsageError("there is no such scale", next_step="Choose one of the list.")
    cells = asked.cells()
    items = tuple(_number(cells.get(f"item.{n}", "")) for n in range(1, known.items + 1))
    try:
        return ScaleAnswers(scale=known.word, items=items, on=day_sent(asked) or asked.today)
    except ValueError as error:
        raise InputError(f"{error}.", next_step="Correct the item.") from error


def _number(value: Any) -> int | None:
    text = str(value).strip()
    if not text:
        return None
    if not (text.lstrip("-").isascii() and text.lstrip("-").isdigit() and len(text) < 6):
        raise InputError("An item is answered by a whole number.", next_step="Correct the item.")
    return int(text)
