"""Every kind of entry with the type of its body: the one place where a kind is entered.

A kind is one line of `_KINDS`: its word, the type of its body as ``module:Class`` (imported when it
is first needed), its label, and, where the body itself says its day, the name of that field. When
the type changes its form, `version` goes up by one and `upgrades` says how the plain body of the
version before becomes one of the next; what is stored is never rewritten.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib import import_module
from typing import Any

from hemifacial.case.chain import canonical
from hemifacial.case.codec import as_plain, from_plain, mistakes_of
from hemifacial.errors import InputError, UsageError

__all__ = ["KINDS", "Kind", "day_in", "decoded", "encoded", "kind_of", "type_of"]

Upgrade = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of entry.

    Parameters
    ----------
    word
        As it stands in the file, for ever.
    body
        ``module:Class`` of its body.
    label
        What a person reads.
    day
        The field of the body that says the day, or empty.
    version
        Of the form in which bodies are written today.
    upgrades
        By version: what turns a plain body of that version into one of the next.
    of_clinic
        Concerns the clinic and no patient.
    by_hand
        May be entered as such; the others come with an act of their own (erasing, for example).
    """

    word: str
    body: str
    label: str
    day: str = ""
    version: int = 1
    upgrades: Mapping[int, Upgrade] = field(default_factory=dict)
    of_clinic: bool = False
    by_hand: bool = True


_ACTS = "hemifacial.case.acts"
_OWN = "hemifacial.case.bodies"
_TOXIN = "hemifacial.care.toxin"
_DRUGS = "hemifacial.care.drugs.facts"
_MVD = "hemifacial.care.decompression"

_KINDS = (
    Kind(word="clinic", body=f"{_ACTS}:Clinic", label="Clinic", of_clinic=True, by_hand=False),
    Kind(word="profile", body=f"{_ACTS}:Profile", label="Profile", of_clinic=True),
    Kind(word="backup", body=f"{_ACTS}:Backup", label="Backup", of_clinic=True, by_hand=False),
    Kind(word="erasure", body=f"{_ACTS}:Erasure", label="Erasure", of_clinic=True, by_hand=False),
    Kind(word="patient", body=f"{_OWN}:Patient", label="Patient"),
    Kind(word="visit", body=f"{_OWN}:Visit", label="Visit"),
    Kind(word="recording", body=f"{_OWN}:Recording", label="Recording"),
    Kind(word="result", body=f"{_OWN}:MeasuredResult", label="Result"),
    Kind(word="scale", body=f"{_OWN}:Scale", label="Scale"),
    Kind(word="adverse_event", body=f"{_OWN}:AdverseEvent", label="Adverse event"),
    Kind(word="outcome", body=f"{_OWN}:Outcome", label="Outcome"),
    Kind(word="note", body=f"{_OWN}:Note", label="Note"),
    Kind(
        word="toxin_session",
        body=f"{_TOXIN}.session:Session",
        label="Botulinum toxin",
        day="happened_on",
    ),
    Kind(word="toxin_response", body=f"{_TOXIN}.response:Response", label="Effect of the toxin"),
    Kind(word="drug_change", body=f"{_DRUGS}:DrugChange", label="Drug", day="on"),
    Kind(word="laboratory_value", body=f"{_DRUGS}:LaboratoryValue", label="Laboratory", day="on"),
    Kind(word="genetic_result", body=f"{_DRUGS}:GeneticResult", label="Allele", day="on"),
    Kind(word="drug_reaction", body=f"{_DRUGS}:Reaction", label="Reaction to a drug", day="on"),
    Kind(word="circumstances", body=f"{_DRUGS}:Circumstances", label="Circumstances"),
    Kind(word="indication", body=f"{_MVD}.indication:Indication", label="Indication"),
    Kind(word="operation", body=f"{_MVD}.operation:Operation", label="Operation", day="on"),
    Kind(
        word="complication",
        body=f"{_MVD}.complications:Complication",
        label="Complication",
        day="began_on",
    ),
    Kind(
        word="operation_outcome",
        body=f"{_MVD}.follow_up:Outcome",
        label="Outcome of the operation",
        day="on",
    ),
    Kind(word="audiogram", body=f"{_MVD}.hearing:Audiogram", label="Audiogram", day="on"),
    Kind(
        word="answers",
        body="hemifacial.care.differential.answers:Answers",
        label="Answers for the differential",
    ),
    Kind(
        word="diary",
        body="hemifacial.care.scales.diary:Diary",
        label="Diary",
        day="written_on",
    ),
    Kind(word="withdrawal", body=f"{_ACTS}:Withdrawal", label="Withdrawn", by_hand=False),
)

KINDS: Mapping[str, Kind] = {kind.word: kind for kind in _KINDS}
"""The closed list, by word."""


def kind_of(word: str) -> Kind:
    """The kind of this word, or a `UsageError` that lists them."""
    if word not in KINDS:
        raise UsageError(
            f"there is no kind of entry {word!r}", next_step=f"Use one of {' '.join(KINDS)}."
        )
    return KINDS[word]


def type_of(kind: Kind) -> type[Any]:
    """The type of the bodies of a kind."""
    return _imported(kind.body)


@cache
def _imported(body: str) -> type[Any]:
    module, name = body.split(":")
    found: type[Any] = getattr(import_module(module), name)
    return found


def encoded(kind: Kind, body: Any) -> str:
    """A body as canonical JSON, after it was read back: what cannot be read is not written."""
    if not isinstance(body, type_of(kind)):
        raise TypeError(f"the body of {kind.word} is a {type_of(kind).__name__}")
    try:
        plain = as_plain(body)
        text = canonical(plain)
        text.encode("utf-8")  # half a character (a lone surrogate) cannot be written
        same = from_plain(plain, type_of(kind)) == body
    except Exception as error:  # cattrs raises groups of whatever the types raise
        raise _unusable(kind, error) from error
    if not same:
        raise TypeError(f"a {type_of(kind).__name__} does not come back from JSON as it was")
    return text


def decoded(word: str, version: int, plain: Any) -> Any:
    """The body of an entry as today's type, whatever version it was written in.

    Raises
    ------
    InputError
        If it was written by a newer program, or is not of its kind; every mistake is named.
    """
    kind = KINDS.get(word)
    if kind is None or version > kind.version:
        raise InputError(
            f"an entry of kind {word}, version {version}, is of a newer program",
            next_step="Install the newest hemifacial on this computer too.",
        )
    try:
        for step in range(version, kind.version):
            plain = kind.upgrades[step](plain)
        return from_plain(plain, type_of(kind))
    except Exception as error:  # cattrs raises groups of whatever the types raise
        raise _unusable(kind, error) from error


def day_in(kind: Kind, body: Any) -> date | None:
    """The day that a body itself says, if its kind has one."""
    said = getattr(body, kind.day) if kind.day else None
    return said.date() if isinstance(said, datetime) else said


def _unusable(kind: Kind, error: Exception) -> InputError:
    mistakes = mistakes_of(error)
    more = f"; and {len(mistakes) - 5} more" if len(mistakes) > 5 else ""
    return InputError(
        f"not a {kind.word}: {'; '.join(mistakes[:5])}{more}",
        next_step=f"See what it holds: hemifacial case kinds {kind.word}.",
    )
