"""Arguments and options that the commands on a record share, and how an entry is printed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hemifacial.cli.printing import print_json

if TYPE_CHECKING:
    from hemifacial.case.reading import Entry

__all__ = ["By", "Code", "KeyFile", "Kind", "Number", "On", "RecordFile", "Why", "print_entry"]

RecordFile = Annotated[Path, typer.Argument(help="The record, e.g. clinic.db.", metavar="CASE")]
Code = Annotated[str, typer.Argument(help="The patient's code.", metavar="PATIENT")]
Kind = Annotated[str, typer.Argument(help="A kind of entry; see `case kinds`.", metavar="KIND")]
Number = Annotated[int, typer.Argument(help="The number of the entry.", metavar="ENTRY", min=1)]
By = Annotated[
    str,
    typer.Option(
        help="Your profile, which signs the entry.", metavar="WORD", envvar="HEMIFACIAL_PROFILE"
    ),
]
On = Annotated[str, typer.Option(help="The day that it is about; by default today.", metavar="DAY")]
Why = Annotated[str, typer.Option(help="The reason, where one is due.", metavar="TEXT")]
KeyFile = Annotated[
    Path | None, typer.Option(help="A file with the key of an encrypted record.", metavar="FILE")
]


def print_entry(entry: Entry, as_json: bool) -> None:
    """Say what was entered; its warnings go to stderr, so that nobody overlooks them."""
    from hemifacial import terminal
    from hemifacial.commands.case.documents import entry_document, entry_lines

    for warning in entry.warnings:
        unverified = "" if warning.verified else " (unverified)"
        step = f" {warning.next_step}" if warning.next_step else ""
        terminal.narrate(f"{warning.severity}: {warning.text}{step} [{warning.source}{unverified}]")
    if entry.clock_behind_s:
        terminal.narrate(
            f"The clock of this computer stands {entry.clock_behind_s} s behind an earlier entry; "
            "the entry says so. Set the clock."
        )
    if as_json:
        print_json(entry_document(entry))
    else:
        print("\n".join(entry_lines((entry,))))
