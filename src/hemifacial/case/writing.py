"""Appending to the chain: the one way in which anything comes into the record."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hemifacial.care.warnings import CareWarning, Severity
from hemifacial.case import acknowledged
from hemifacial.case.bodies import EARLIEST_YEAR
from hemifacial.case.chain import FIRST_LINK, canonical, commitment_of, link_of, new_salt
from hemifacial.case.codec import as_plain
from hemifacial.case.drivers import Connection
from hemifacial.case.kinds import Kind, day_in, encoded, kind_of
from hemifacial.case.reading import patient_key, profiles_of, profiles_standing
from hemifacial.errors import UsageError

__all__ = ["SAID", "Clock", "Draft", "append", "check_alone", "check_profile"]

Clock = Callable[[], datetime]
"""Gives the time of now, with its zone."""

SAID = (
    "number",
    "patient",
    "kind",
    "version",
    "happened_on",
    "body",
    "warnings",
    "replaces",
    "entered_at",
    "clock_behind_s",
    "entered_by",
    "why",
)
"""The columns that a commitment covers, in its order."""

_INSERT = (
    f"INSERT INTO entry ({', '.join(SAID)}, salt, commitment, link)"
    f" VALUES ({', '.join('?' * (len(SAID) + 3))})"
)
_ROWS_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What is to be entered.

    Parameters
    ----------
    kind, body
        A word of `hemifacial.case.kinds.KINDS` and a fact of its type.
    patient
        The code; empty of what concerns the clinic. Of a new patient that of the body.
    happened_on
        The day; by default the one that the body says, else today.
    why
        Required where a warning that says stop is passed, or something is replaced.
    warnings
        What care checks said of it; they are kept with the entry.
    replaces
        The number of the entry that this one corrects.
    """

    kind: str
    body: Any
    patient: str = ""
    happened_on: date | None = None
    why: str = ""
    warnings: tuple[CareWarning, ...] = ()
    replaces: int | None = None


@dataclass(kw_only=True)
class _Tail:
    """The end of the chain while it grows."""

    number: int
    link: bytes
    latest: datetime | None  # the latest time that any entry was written


def append(connection: Connection, drafts: Iterable[Draft], *, by: str, clock: Clock) -> list[int]:
    """Enter drafts in their order, within a transaction that is open; their numbers.

    Raises
    ------
    UsageError
        If a draft is signed by nobody, of no known patient, of the future, or passes a stop
        without a reason.
    InputError
        If a body cannot be written as its kind.
    """
    tail, now = _tail(connection), clock()
    keys: dict[str, int | None] = {"": None}
    numbers: list[int] = []
    rows: list[tuple[Any, ...]] = []
    for draft in drafts:
        rows.append(_row(connection, draft, tail, keys, by, now))
        numbers.append(tail.number)
        if len(rows) == _ROWS_AT_ONCE:
            connection.executemany(_INSERT, rows)
            rows = []
    connection.executemany(_INSERT, rows)
    acknowledged.promise(tail.number)
    return numbers


def check_profile(connection: Connection, by: str) -> None:
    """`UsageError` if nobody of this name may write in the record."""
    active = [profile.word for profile in profiles_of(connection) if profile.active]
    if by not in active:
        raise UsageError(
            f"{by!r} is no active profile of this record" if by else "an entry is signed; by whom?",
            next_step=f"Sign as one of {', '.join(active)}, or enter a profile: "
            "hemifacial case profile.",
        )


def _row(
    connection: Connection,
    draft: Draft,
    tail: _Tail,
    keys: dict[str, int | None],
    by: str,
    now: datetime,
) -> tuple[Any, ...]:
    kind = kind_of(draft.kind)
    _check_reason(draft)
    day = check_alone(draft, now.astimezone().date())
    if kind.word == "profile":
        _check_profile(connection, draft)
    text = encoded(kind, draft.body)
    number = tail.number + 1
    if draft.kind == "patient":
        _keep_code(connection, draft, number, keys)
    if draft.patient not in keys:
        keys[draft.patient] = patient_key(connection, draft.patient)
    written_at = now.astimezone(UTC).replace(microsecond=0)
    behind = max(timedelta(0), (tail.latest or written_at) - written_at)
    said: tuple[int | str | None, ...] = (
        number,
        keys[draft.patient],
        kind.word,
        kind.version,
        day.isoformat(),
        text,
        canonical(as_plain(draft.warnings)) if draft.warnings else "[]",
        draft.replaces,
        written_at.isoformat(),
        int(behind.total_seconds()),
        by,
        draft.why.strip(),
    )
    salt = new_salt()
    commitment = commitment_of(salt, said)
    tail.number, tail.latest = number, written_at + behind
    tail.link = link_of(tail.link, number, commitment)
    return (*said, salt, commitment, tail.link)


def _tail(connection: Connection) -> _Tail:
    row = connection.execute(
        "SELECT number, link FROM entry ORDER BY number DESC LIMIT 1"
    ).fetchone()
    if row is None:
        return _Tail(number=0, link=FIRST_LINK, latest=None)
    # Each entry states by how much it was behind, so the last one knows the latest time of all.
    entered_at, behind_s = connection.execute(
        "SELECT entered_at, clock_behind_s FROM entry WHERE entered_at IS NOT NULL"
        " ORDER BY number DESC LIMIT 1"
    ).fetchone()
    latest = datetime.fromisoformat(entered_at) + timedelta(seconds=behind_s)
    return _Tail(number=row[0], link=bytes(row[1]), latest=latest)


def check_alone(draft: Draft, today: date) -> date:
    """The day of a draft; `UsageError` where it cannot be entered, whatever the record holds."""
    kind = kind_of(draft.kind)
    _check_whose(kind, draft)
    return _day(kind, draft, today)


def _check_whose(kind: Kind, draft: Draft) -> None:
    """Nothing of a patient is entered under nobody."""
    if kind.word != "patient" and kind.of_clinic is bool(draft.patient):
        raise UsageError(
            f"a {kind.word} concerns the clinic and no patient"
            if kind.of_clinic
            else f"a {kind.word} is of a patient; of whom?",
            next_step="Leave the code out: an empty word in quotes."
            if kind.of_clinic
            else "Give the patient's code.",
        )
    if kind.word == "diary" and draft.replaces is None and draft.body.patient != draft.patient:
        raise UsageError(
            "the diary of another patient", next_step="Enter it under the code that it bears."
        )


def _check_profile(connection: Connection, draft: Draft) -> None:
    """Somebody must still be able to write, and no word sign for two."""
    others = [
        entry.body for entry in profiles_standing(connection) if entry.number != draft.replaces
    ]
    if any(one.word == draft.body.word for one in others):
        raise UsageError("a profile of this word is there already", next_step="Correct it.")
    if not (draft.body.active or any(one.active for one in others)):
        raise UsageError(
            "the last active profile cannot retire: nobody could write any more",
            next_step="Enter another one first.",
        )


def _check_reason(draft: Draft) -> None:
    if draft.why.strip():
        return
    stops = [one for one in draft.warnings if one.severity is Severity.STOP]
    if stops:
        said = "".join(
            f"\n  {one.text}{f' {one.next_step}' if one.next_step else ''}" for one in stops
        )
        raise UsageError(
            f"a stop is passed ({', '.join(one.rule for one in stops)}) without a reason; nothing "
            f"was entered:{said}",
            next_step="State the reason with --why, or what was done about it.",
        )
    if draft.replaces is not None:
        raise UsageError(
            f"entry {draft.replaces} is replaced without a reason",
            next_step="State the reason with --why.",
        )


def _day(kind: Kind, draft: Draft, today: date) -> date:
    said = day_in(kind, draft.body)
    if said is not None and draft.happened_on not in (None, said):
        raise UsageError(
            f"the {kind.label.lower()} says another day than was given",
            next_step="Give the day once.",
        )
    day = said or draft.happened_on or today
    if day.year < EARLIEST_YEAR:
        raise UsageError(f"{day} is no day of a patient", next_step="Correct the year.")
    if draft.kind == "patient":
        years = (draft.body.birth_year, draft.body.onset_year)
        if any(year is not None and year > today.year for year in years):
            raise UsageError("a year of the patient is in the future", next_step="Correct it.")
    if day > today:
        raise UsageError(
            f"{day} is in the future", next_step="Enter what has happened, when it has happened."
        )
    return day


def _keep_code(
    connection: Connection, draft: Draft, number: int, keys: dict[str, int | None]
) -> None:
    """A new patient gets a key; one whose code was corrected keeps it."""
    code = draft.body.code
    taken = connection.execute("SELECT key FROM patient WHERE code = ?", (code,)).fetchone()
    if draft.replaces is None:
        if draft.patient not in ("", code):
            raise UsageError("a patient is entered under its own code")
        if taken is not None:
            raise UsageError(
                "a patient of this code is there already",
                next_step="Choose another code, or correct the entry: hemifacial case replace.",
            )
        connection.execute("INSERT INTO patient (key, code) VALUES (?, ?)", (number, code))
        keys[code] = keys[draft.patient] = number
        return
    key = patient_key(connection, draft.patient)
    if taken is not None and taken[0] != key:
        raise UsageError("another patient has this code", next_step="Choose another code.")
    connection.execute("UPDATE patient SET code = ? WHERE key = ?", (code, key))
    keys[draft.patient] = keys[code] = key
