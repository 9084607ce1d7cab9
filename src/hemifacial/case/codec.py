"""Facts to canonical JSON and back: strict, by type, every mistake with its place.

A fact is a frozen dataclass of texts, numbers, truth values, dates, times, enumerations, tuples,
mappings from text and further dataclasses. Where a field may be one of several dataclasses they
are told apart by a field that only one of them has, or by a `Literal`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from enum import Enum, IntEnum, StrEnum
from functools import cache
from typing import Any

import cattrs
from cattrs import Converter

from hemifacial.errors import HemifacialError

__all__ = ["as_plain", "from_cells", "from_plain", "mistakes_of"]

_YEARS = (1800, 2999)
_YES, _NO = ("yes", "true", "1"), ("no", "false", "0")


def as_plain(fact: Any) -> Any:
    """A fact as values of plain JSON."""
    return _quick().unstructure(fact)


def from_plain(plain: Any, kind: type[Any]) -> Any:
    """The fact of this type, or `cattrs.BaseValidationError` with every mistake in it."""
    try:
        return _quick().structure(plain, kind)
    except Exception:  # noqa: BLE001 -- whatever it was, the careful converter tells it better
        return _strict().structure(plain, kind)


def from_cells(cells: Any, kind: type[Any]) -> Any:
    """As `from_plain`, from nested texts as the cells of a table hold them."""
    return _lenient().structure(cells, kind)


def mistakes_of(error: Exception) -> list[str]:
    """Every mistake as ``place: what``; what a person typed is never repeated."""
    if not isinstance(error, cattrs.BaseValidationError):
        return [_reason(error, None)]
    told = cattrs.transform_error(error, path="", format_exception=_reason)
    return [line.removesuffix(" @ ").replace(" @ ", " at ") for line in told]


class _Mistake(ValueError):
    """A mistake whose text repeats nothing of what was typed."""


def _reason(error: BaseException, kind: type | None) -> str:
    if isinstance(error, HemifacialError):
        return error.problem
    if isinstance(error, UnicodeError):
        return "a text holds half a character"
    if isinstance(error, KeyError):
        return f"{error.args[0]} is missing"
    if isinstance(error, cattrs.ForbiddenExtraKeysError):
        return f"there is no {', '.join(sorted(map(str, error.extra_fields)))}"
    if (isinstance(error, ValueError) and kind is None) or isinstance(error, _Mistake):
        return str(error)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return f"is none of {', '.join(str(one.value) for one in kind)}"
    if isinstance(error, ValueError):
        return str(error)
    if isinstance(error, OverflowError):
        return "is too large a number"
    return "is not of the form that is asked for"


@cache
def _strict() -> Converter:
    return _of_plain(careful=True)


@cache
def _quick() -> Converter:
    """As `_strict`, twice as fast, and stopping at the first mistake without its place."""
    return _of_plain(careful=False)


def _of_plain(*, careful: bool) -> Converter:
    return _converter(
        {
            str: _exactly(str, "is no text"),
            bool: _exactly(bool, "is neither true nor false"),
            int: _exactly(int, "is no whole number"),
            float: _number,
        },
        careful=careful,
    )


@cache
def _lenient() -> Converter:
    return _converter(
        {
            str: _exactly(str, "is no text"),
            bool: _yes_or_no,
            int: lambda text, _: _parsed(int, text, "is no whole number"),
            float: lambda text, _: _number(_parsed(float, text, "is no number"), float),
        },
        careful=True,
    )


def _converter(hooks: Mapping[type[Any], Callable[[Any, Any], Any]], *, careful: bool) -> Converter:
    converter = Converter(forbid_extra_keys=True, detailed_validation=careful)
    _with_days(converter)
    for kind, hook in hooks.items():
        converter.register_structure_hook(kind, hook)
    for kind in (
        StrEnum,
        IntEnum,
    ):  # else they would be read as the texts and numbers they also are
        converter.register_structure_hook(kind, lambda value, asked: asked(value))
    return converter


def _with_days(converter: Converter) -> None:
    """Days and times in ISO 8601; a time of a clock carries its zone."""
    for kind, words in (
        (datetime, "is no date and time (2026-11-22T14:00:00+00:00)"),
        (date, "is no date (2026-11-22)"),
        (time, "is no time (14:00)"),
    ):
        converter.register_unstructure_hook(kind, lambda value: value.isoformat())
        converter.register_structure_hook(kind, _iso(kind, words))


def _iso(kind: type[Any], words: str) -> Callable[[Any, Any], Any]:
    def read(value: Any, _: Any) -> Any:
        found = _parsed(kind.fromisoformat, value, words)
        # Days are counted from, weeks and months either way.
        if kind is not time and not _YEARS[0] <= found.year <= _YEARS[1]:
            raise _Mistake(f"is not within the years {_YEARS[0]} to {_YEARS[1]}")
        return found

    return read


def _exactly(kind: type[Any], words: str) -> Callable[[Any, Any], Any]:
    def read(value: Any, _: Any) -> Any:
        if type(value) is not kind:
            raise _Mistake(words)
        return value

    return read


def _number(value: Any, _: Any) -> float:
    if type(value) not in (int, float) or not math.isfinite(value):
        raise _Mistake("is no number")
    return float(value)


def _yes_or_no(value: Any, _: Any) -> bool:
    text = str(value).lower()
    if text not in (*_YES, *_NO):
        raise _Mistake("is neither yes nor no")
    return text in _YES


def _parsed(read: Callable[[Any], Any], value: Any, words: str) -> Any:
    try:
        return read(value)
    except (ValueError, TypeError) as error:
        raise _Mistake(words) from error
