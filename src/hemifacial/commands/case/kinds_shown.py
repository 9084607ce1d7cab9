"""What `case kinds` prints: the fields of a kind, and an example that `case add` takes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from textwrap import wrap
from typing import Any

from hemifacial.case.codec import as_plain
from hemifacial.case.columns import Column, described, example_of
from hemifacial.case.kinds import Kind

__all__ = ["kind_document", "kind_lines"]

_WIDTH = 100
_MOST_WORDS = 50
_COMES_BY = {
    "clinic": "It is made with the record: hemifacial case create.",
    "backup": "It comes with a copy: hemifacial case backup.",
    "erasure": "It comes with erasing a patient: hemifacial case erase.",
    "withdrawal": "It comes with taking an entry back: hemifacial case withdraw.",
}


def kind_document(kind: Kind) -> dict[str, Any]:
    """A kind with its fields and its example, for ``--json``."""
    return {
        "kind": kind.word,
        "label": kind.label,
        "fields": [as_plain(column) for column in described(kind)],
        "command": _command(kind) if kind.by_hand else None,
        "example": example_of(kind),
    }


def kind_lines(kind: Kind) -> Iterator[str]:
    """The same for a person."""
    yield f"{kind.word}: {kind.label}"
    yield ""
    columns = described(kind)
    wide = max((len(one.path) for one in columns), default=0) + 2
    needed = max((len(_required(one)) for one in columns), default=0) + 2
    for one in columns:
        start = f"{one.path:{wide}}{_required(one):{needed}}"
        yield from wrap(
            _what(one, kind),
            width=_WIDTH,
            initial_indent=start,
            subsequent_indent=" " * len(start),
            break_long_words=False,
            break_on_hyphens=False,
        )
    if not kind.by_hand:
        yield _COMES_BY[kind.word]
        return
    yield ""
    yield from wrap(_table(kind), width=_WIDTH)
    yield ""
    yield f"An example. Save what follows as example.json, then: {_command(kind)}"
    yield from json.dumps(example_of(kind), indent=2, ensure_ascii=False).splitlines()


def _required(column: Column) -> str:
    return "required" if column.required == "yes" else column.required and f"({column.required})"


def _what(column: Column, kind: Kind) -> str:
    unit = f" ({column.unit})" if column.unit else ""
    if not column.words:
        said = f"{column.what}{unit}"
    elif len(column.words) > _MOST_WORDS:
        listing = f"hemifacial case kinds {kind.word} --json"
        said = f"one of {len(column.words)} words, which {listing} lists"
    else:
        said = ", ".join(word or "(empty)" for word in column.words)
        said += ", or another text" if column.others else ""
    return f"{said}; several: a list in JSON, joined by | in a table" if column.several else said


def _table(kind: Kind) -> str:
    if kind.of_clinic:
        return "It concerns the clinic and no patient, and is not imported from tables."
    day = (
        f"The column {kind.day} may also be called day."
        if kind.day
        else "The column day holds the day that it is about."
    )
    whose = "" if kind.word == "patient" else "The column patient holds the patient's code. "
    return (
        f"In a table every field is a column (hemifacial case import). {whose}{day} A point within "
        "a name stands for a field within a field of the JSON. A column stop_reason says why a "
        "fact is entered of which a rule says stop."
    )


def _command(kind: Kind) -> str:
    code = '""' if kind.of_clinic or kind.word == "patient" else "P017"
    return f"hemifacial case add clinic.db {code} {kind.word} example.json"
