"""What a page is asked with, and what it answers: plain values on both sides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hemifacial.case import Record
from hemifacial.case.clinic_day import today
from hemifacial.errors import InputError, UsageError
from hemifacial.web.office import Office

__all__ = ["Answer", "Asked", "Data", "Go", "Page", "RawPage"]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request, in the thread of the record.

    Parameters
    ----------
    path, query
        What the address says.
    sent
        The JSON that came with a change; empty otherwise.
    """

    office: Office
    record: Record
    path: Mapping[str, str]
    query: Mapping[str, str]
    sent: Mapping[str, Any] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The patient of the address."""
        return self.path["code"]

    @property
    def number(self) -> int:
        """The entry of the address."""
        text = self.path["number"]
        if not (text.isascii() and text.isdigit() and len(text) < 16):
            raise UsageError("an entry is named by its number")
        return int(text)

    @property
    def by(self) -> str:
        """Who signs."""
        if not self.office.signer:
            raise UsageError(
                "An entry is signed, and nobody has been chosen yet.",
                next_step="Choose who signs, at the top of the page.",
            )
        return self.office.signer

    @property
    def today(self) -> date:
        """The day of this computer."""
        return today()

    def text(self, name: str) -> str:
        """A text that was sent, or empty."""
        found = self.sent.get(name, "")
        if not isinstance(found, str):
            raise InputError(f"{name} is no text")
        return found.strip()

    def cells(self) -> dict[str, Any]:
        """The fields of a form by path; each a text, a truth value or a list of texts."""
        found = self.sent.get("fields", {})
        if not isinstance(found, dict):
            raise InputError("the fields of the form are missing")
        return dict(found)


@dataclass(frozen=True, kw_only=True)
class Page:
    """A template with what it shows; `code` is the patient whose page it is."""

    template: str
    title: str
    shown: Mapping[str, Any] = field(default_factory=dict)
    code: str = ""


@dataclass(frozen=True, kw_only=True)
class RawPage:
    """A page that is complete in itself, with its own Content-Security-Policy, to be framed."""

    html: str


@dataclass(frozen=True, kw_only=True)
class Go:
    """Done; the browser goes on to this address."""

    to: str


@dataclass(frozen=True, kw_only=True)
class Data:
    """Values for a script."""

    values: Mapping[str, Any]


Answer = Page | RawPage | Go | Data
