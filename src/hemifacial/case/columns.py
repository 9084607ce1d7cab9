"""The fields of every kind as columns of a table: what each holds, its unit and its words."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from importlib.resources import files
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from hemifacial.case.allowed import unit_of, words_of
from hemifacial.case.kinds import Kind, type_of

__all__ = [
    "Column",
    "alternatives",
    "columns_of",
    "described",
    "example_of",
    "hints_of",
    "part_of",
    "plain_type",
]

_WORDS = {
    int: "whole number",
    float: "number",
    bool: "yes or no",
    date: "date, 2026-11-22",
    datetime: "time with its zone, 2026-11-22T14:00:00+00:00",
}


@dataclass(frozen=True, kw_only=True)
class Column:
    """One field.

    Parameters
    ----------
    path
        Its column of a table; in JSON the fields after a point stand within the one before it.
    required
        ``yes``; ``with X`` where X as a whole may be left out; or empty.
    what
        A word of `_WORDS`, ``text``, or ``word`` where `words` lists what it may be.
    several
        Whether there may be more than one: joined by ``|`` in a table, a list in JSON.
    others
        Whether a text is taken that is none of `words`.
    """

    path: str
    required: str
    what: str
    unit: str = ""
    several: bool = False
    words: tuple[str, ...] = ()
    others: bool = False


def described(kind: Kind) -> tuple[Column, ...]:
    """Every field of a kind."""
    return tuple(_described(type_of(kind), "", ""))


def example_of(kind: Kind) -> dict[str, Any] | None:
    """The JSON of one that `case add` takes, of patient P017; None where it cannot be added."""
    found: dict[str, Any] | None = _examples().get(kind.word)
    return found


@cache
def _examples() -> Mapping[str, Any]:
    text = files("hemifacial.case").joinpath("examples.json").read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found


def columns_of(kind: Kind) -> dict[str, str]:
    """Every field of a kind, as it stands in a table, with what it holds in a few words."""
    return {one.path: _short(one) for one in described(kind)}


def _short(column: Column) -> str:
    if column.several:
        return "words joined by |"
    if column.words and not column.others and column.what == "word":
        return ", ".join(word or "(empty)" for word in column.words)
    return "text" if column.what == "word" else column.what


def _described(of: type[Any], before: str, within: str) -> Iterator[Column]:
    """The fields of a type; `within` is what has to be given for them to be asked for."""
    needed = {one.name for one in fields(of) if _has_no_default(one)}
    for name, hint in hints_of(of).items():
        path = f"{before}{name}"
        required = (within or "yes") if name in needed else ""
        for one in alternatives(hint):
            part = part_of(one) or one
            if is_dataclass(plain_type(part)):
                inner = within if name in needed else f"with {path}"
                yield from _described(plain_type(part), f"{path}.", inner)
            else:
                yield _column(of, name, one, path, required)


def _column(of: type[Any], name: str, hint: Any, path: str, required: str) -> Column:
    several = get_origin(hint) is tuple
    inner = alternatives(get_args(hint)[0])[0] if several and get_args(hint) else hint
    unit = unit_of(of.__name__, name)
    if plain_type(hint) is Mapping:
        return Column(path=f"{path}.NAME", required=required, what="number", unit=unit)
    words, others = words_of(of.__name__, name)
    if not words and isinstance(inner, type) and issubclass(inner, Enum):
        words, others = tuple(str(member.value) for member in inner), False
    what = "word" if words else _WORDS.get(inner, "text")
    return Column(
        path=path,
        required=required,
        what=what,
        unit=unit if inner in (int, float) else "",
        several=several,
        words=words,
        others=others and bool(words),
    )


def _has_no_default(field: Any) -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def hints_of(kind: type[Any]) -> dict[str, Any]:
    """The type of every field of a dataclass, by its name."""
    hints = get_type_hints(kind)
    return {field.name: hints[field.name] for field in fields(kind)}


def alternatives(hint: Any) -> tuple[Any, ...]:
    """The types that a field may have, None left out."""
    if get_origin(hint) in (tuple, dict, Mapping) or not get_args(hint) or is_dataclass(hint):
        return (hint,)
    if is_dataclass(get_origin(hint)):
        return (hint,)
    return tuple(one for one in get_args(hint) if one is not NoneType)


def plain_type(hint: Any) -> Any:
    """A type without what stands in its brackets."""
    return get_origin(hint) or hint


def part_of(hint: Any) -> Any:
    """The dataclass of which a field is a list, or None."""
    for one in alternatives(hint):
        if get_origin(one) is tuple and is_dataclass(plain_type(get_args(one)[0])):
            return get_args(one)[0]
    return None
