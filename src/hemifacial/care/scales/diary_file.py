"""Reading a diary that came in as a file: taken whole, or refused with one message."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from hemifacial.care.scales.diary import (
    FORMAT,
    VERSION,
    Diary,
    DiaryDay,
    check_of,
    diary_limits,
)
from hemifacial.errors import InputError

__all__ = ["read_diary"]

_KEYS = {"format", "version", "patient", "written_on", "days", "check"}
_DAY = {
    "day": str,
    "spasm_count": int,
    "spasm_level": int,
    "triggers": list,
    "sleep_minutes": int,
    "spasm_in_sleep": bool,
    "side_effects": list,
    "note": str,
}
_MAY_BE_EMPTY = {"spasm_count", "spasm_level", "sleep_minutes", "spasm_in_sleep"}


def read_diary(data: bytes, *, name: str, patient: str, today: date) -> Diary:
    """The diary in a file that a patient sent.

    Parameters
    ----------
    data
        The file, as it came.
    name
        What a message calls it.
    patient
        The pseudonym whose record it is put into.

    Raises
    ------
    InputError
        Where it is no diary, is damaged, belongs to somebody else, or lies in the future.
    """
    body = _object(data, name)
    try:
        diary = _diary(body)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _refused(name, f"damaged or changed ({str(error)[:120]})") from error
    if diary.patient != patient:
        raise InputError(
            f"{name}: the diary of another patient",
            next_step="Open the record that this diary belongs to.",
        )
    if diary.written_on > today:
        raise _refused(name, f"written on {diary.written_on}, which has not come yet")
    return diary


def _object(data: bytes, name: str) -> dict[str, Any]:
    most = diary_limits()["file_bytes_most"].value
    if len(data) > most:
        raise _refused(name, f"{len(data)} bytes; a diary has at most {most:.0f}")
    try:
        body = json.loads(data.decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise _refused(name, "no diary, or cut off on its way") from error
    if not isinstance(body, dict) or body.get("format") != FORMAT:
        raise _refused(name, "not a diary of this program")
    version = body.get("version")
    if version != VERSION or isinstance(version, bool):
        raise InputError(
            f"{name}: a diary of version {str(version)[:20]}, this program reads {VERSION}",
            next_step="Take the newest program, or give the patient the newest page.",
        )
    return body


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no number of a diary")


def _diary(body: dict[str, Any]) -> Diary:
    if set(body) != _KEYS:
        raise ValueError("it has other entries than a diary")
    if body["check"] != check_of(body):
        raise ValueError("its check does not fit")
    if not (isinstance(body["patient"], str) and isinstance(body["days"], list)):
        raise ValueError("its patient or its days are missing")
    return Diary(
        patient=body["patient"],
        written_on=date.fromisoformat(body["written_on"]),
        days=tuple(_day(one) for one in body["days"]),
    )


def _day(one: Any) -> DiaryDay:
    if not isinstance(one, dict) or set(one) != set(_DAY):
        raise ValueError("a day has other entries than a day of a diary")
    for key, kind in _DAY.items():
        value = one[key]
        if value is None and key in _MAY_BE_EMPTY:
            continue
        # A truth is a whole number to Python, and is none here.
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise ValueError(f"{key} of a day is {str(value)[:20]!r}")
    return DiaryDay(
        day=date.fromisoformat(one["day"]),
        spasm_count=one["spasm_count"],
        spasm_level=one["spasm_level"],
        triggers=_words(one["triggers"]),
        sleep_minutes=one["sleep_minutes"],
        spasm_in_sleep=one["spasm_in_sleep"],
        side_effects=_words(one["side_effects"]),
        note=one["note"],
    )


def _words(given: list[Any]) -> tuple[str, ...]:
    if not all(isinstance(word, str) for word in given):
        raise ValueError("a trigger or side effect is no word")
    return tuple(given)


def _refused(name: str, why: str) -> InputError:
    return InputError(
        f"{name}: {why}", next_step="Ask the patient to save the diary again and send it."
    )
