"""How the commands on a record are called: make it, look at it, check it, copy it, erase."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from string import hexdigits
from typing import TYPE_CHECKING, Annotated

import typer

from hemifacial.cli import case_entering, case_pages
from hemifacial.cli.case_options import By, Code, KeyFile, RecordFile, Why, print_entry
from hemifacial.cli.options import AsJson, named_path
from hemifacial.cli.printing import print_json
from hemifacial.errors import CheckFailed, UsageError

if TYPE_CHECKING:
    from hemifacial.case import Record

__all__ = ["case_commands"]


def case_commands() -> typer.Typer:
    """The group of commands, in the order in which a clinic meets them."""
    group = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        help="Keep the record of patients: entries that are signed and never changed.",
    )
    for command in _COMMANDS:
        group.command(command.__name__.strip("_").replace("_", "-"))(command)
    return group


def create(
    case: Annotated[Path, typer.Argument(help="New file.", parser=named_path, metavar="CASE")],
    profile: Annotated[str, typer.Option(help="Your profile, the first.", metavar="WORD")],
    name: Annotated[str, typer.Option(help="Your name, as pages show it.")],
    clinic: Annotated[str, typer.Option(help="The name of the clinic.")] = "",
    encrypted: Annotated[
        bool, typer.Option("--encrypted", help="Ask for a key, without which nobody can read it.")
    ] = False,
    key_file: KeyFile = None,
) -> None:
    """Make a new record, on a disk of this computer."""
    from hemifacial import terminal
    from hemifacial.case.kinds import decoded
    from hemifacial.commands.case.documents import NOT_ENCRYPTED
    from hemifacial.commands.case.opening import create as make

    first = decoded("profile", 1, {"word": profile, "name": name})
    make(case, clinic=clinic, profile=first, encrypted=encrypted, key_file=key_file)
    if not encrypted and key_file is None:
        terminal.narrate(NOT_ENCRYPTED)
    print(case)


def profile(
    case: RecordFile,
    word: Annotated[str, typer.Argument(help="Of letters and digits: it signs.", metavar="WORD")],
    name: Annotated[str, typer.Option(help="The name, as pages show it.")] = "",
    role: Annotated[str, typer.Option(help="E.g. neurologist.")] = "",
    retire: Annotated[
        bool, typer.Option("--retire", help="This person no longer writes here.")
    ] = False,
    why: Why = "",
    by: By = "",
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Enter a person who writes in the record, or retire one."""
    from hemifacial.commands.case.opening import opened
    from hemifacial.commands.case.profiles import enter, retired

    with opened(case, key_file) as record:
        entry = (
            retired(record, word, by=by, why=why)
            if retire
            else enter(record, word, name, role, by=by)
        )
        print_entry(entry, as_json)


def show(
    case: RecordFile,
    code: Annotated[
        str,
        typer.Argument(help="The patient's code; else the whole record.", metavar="PATIENT"),
    ] = "",
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Show the record, or the entries of a patient."""
    from hemifacial.commands.case import documents
    from hemifacial.commands.case.opening import opened

    with opened(case, key_file) as record:
        if code:
            entries = record.entries(code)
            document: object = [documents.entry_document(entry) for entry in entries]
            lines = list(documents.entry_lines(entries))
        else:
            document = documents.record_document(record)
            lines = list(documents.record_lines(document))
    if as_json:
        print_json(document)
    else:
        print("\n".join(lines))


def timeline(
    case: RecordFile, code: Code, key_file: KeyFile = None, as_json: AsJson = False
) -> None:
    """Show a patient's course on one axis of days."""
    from hemifacial.case.codec import as_plain
    from hemifacial.commands.case.documents import timeline_lines
    from hemifacial.commands.case.opening import opened

    with opened(case, key_file) as record:
        course = record.timeline(code)
    if as_json:
        print_json(as_plain(course))
    else:
        print("\n".join(timeline_lines(course)))


def kinds(
    kind: Annotated[str, typer.Argument(help="One of them.", metavar="KIND")] = "",
    as_json: AsJson = False,
) -> None:
    """List the kinds of entries, or show one with an example.

    A field is a column of a table, and a key of JSON.
    """
    from hemifacial.case.kinds import KINDS, kind_of
    from hemifacial.commands.case.kinds_shown import kind_document, kind_lines

    if not kind:
        known = {one.word: one.label for one in KINDS.values()}
        lines = [f"{word:18}  {label}" for word, label in known.items()]
    else:
        lines = list(kind_lines(kind_of(kind)))
    if as_json:
        print_json(kind_document(kind_of(kind)) if kind else known)
    else:
        print("\n".join(lines))


def verify(
    case: RecordFile,
    head: Annotated[
        str, typer.Option(help="The head that a report was printed with.", metavar="HASH")
    ] = "",
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Walk the chain and name every entry that was edited.

    An end that was cut off, and a chain that was written anew, show by a printed head alone.
    """
    from hemifacial.commands.case import documents
    from hemifacial.commands.case.opening import opened

    head = head.strip()
    if head and not (16 <= len(head) <= 64 and set(head.lower()) <= set(hexdigits)):
        raise UsageError(
            "a head has 64 letters and digits, 0 to 9 and a to f",
            next_step="Give at least the first 16, as they were printed.",
        )
    with opened(case, key_file) as record:
        found = record.verify(anchor=head)
    if as_json:
        print_json(documents.verification_document(found))
    else:
        print("\n".join(documents.verification_lines(found, head)))
    if found.faults:
        raise CheckFailed(
            f"{case}: is not as it was written",
            next_step="Keep the file as it is, and compare it with the latest backup.",
        )


def backup(
    case: RecordFile,
    into: Annotated[
        Path, typer.Argument(help="New file; never over one.", parser=named_path, metavar="COPY")
    ],
    by: By = "",
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Copy the record to a new file and verify the copy."""
    from hemifacial.commands.case.opening import opened

    with opened(case, key_file) as record:
        print_entry(record.backup(into, by=by), as_json)


def erase(
    case: RecordFile,
    code: Code,
    why: Why = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False,
    by: By = "",
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Erase a patient for good, with the files beside the record.

    Copies that were made before keep what they hold.
    """
    from hemifacial.commands.case.opening import opened

    with opened(case, key_file) as record:
        count = len(record.entries(code))
        if not yes:
            if not sys.stdin.isatty():
                raise UsageError("erasing cannot be undone", next_step="Confirm it with --yes.")
            typer.confirm(f"Erase all {count} entries of {code} for good?", abort=True, err=True)
        try:
            entry = record.erase(code, by=by, why=why)
        finally:
            if record.swept is not None:  # it is erased, whatever went wrong afterwards
                _tell_what_is_left(record)
    print_entry(entry, as_json)


def _tell_what_is_left(record: Record) -> None:
    from hemifacial import terminal
    from hemifacial.commands.case.erasing import erased_lines

    for line in erased_lines(record):
        terminal.narrate(line)


_COMMANDS: tuple[Callable[..., None], ...] = (
    create,
    profile,
    case_entering.patient,
    case_entering.visit,
    case_entering.add,
    case_entering.add_result,
    case_entering.replace,
    case_entering.withdraw,
    case_entering.import_,
    show,
    timeline,
    kinds,
    verify,
    backup,
    erase,
    case_pages.page,
    case_pages.letter,
    case_pages.sheet,
    case_pages.diary,
)
