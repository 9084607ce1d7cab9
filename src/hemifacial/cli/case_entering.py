"""How facts are entered into a record: patients, visits, results, tables, corrections."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from hemifacial.cli.case_options import By, Code, KeyFile, Kind, Number, On, RecordFile, Why
from hemifacial.cli.case_options import print_entry as show_entry
from hemifacial.cli.options import AsJson, ResultFolder
from hemifacial.cli.printing import print_json

__all__ = ["add", "add_result", "import_", "patient", "replace", "visit", "withdraw"]

_Body = Annotated[
    str, typer.Argument(help="Its fields as a JSON file, or - for standard input.", metavar="FILE")
]


def patient(
    case: RecordFile,
    code: Code,
    side: Annotated[str, typer.Option(help="right, left or both: the side of the spasm.")] = "n/a",
    birth_year: Annotated[int | None, typer.Option(help="The year alone.")] = None,
    sex: Annotated[str, typer.Option(help="female, male, other or unknown.")] = "unknown",
    onset: Annotated[
        str, typer.Option(help="When it began: 2019-05, or 2019.", metavar="MONTH")
    ] = "",
    note: Annotated[str, typer.Option(help="Free words; no name.")] = "",
    by: By = "",
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Enter a patient under a code: no name, no date of birth."""
    from hemifacial.case.kinds import decoded
    from hemifacial.commands.case.entering import month_from
    from hemifacial.commands.case.opening import opened

    year, month = month_from(onset)
    plain = {
        "code": code,
        "side": side,
        "birth_year": birth_year,
        "sex": sex,
        "onset_year": year,
        "onset_month": month,
        "note": note,
    }
    body = decoded("patient", 1, plain)
    with opened(case, key_file) as record:
        show_entry(record.add("", "patient", body, by=by), as_json)


def visit(
    case: RecordFile,
    code: Code,
    purpose: Annotated[
        str, typer.Option(help="first, follow_up, injection, operation, telephone or other.")
    ] = "follow_up",
    note: Annotated[str, typer.Option(help="Free words; no name.")] = "",
    on: On = "",
    by: By = "",
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Enter a visit."""
    from hemifacial.case.kinds import decoded
    from hemifacial.commands.case.entering import day_from
    from hemifacial.commands.case.opening import opened

    body = decoded("visit", 1, {"purpose": purpose, "note": note})
    with opened(case, key_file) as record:
        show_entry(record.add(code, "visit", body, by=by, happened_on=day_from(on)), as_json)


def add(
    case: RecordFile,
    code: Code,
    kind: Kind,
    body: _Body,
    on: On = "",
    why: Why = "",
    by: By = "",
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Enter a fact of any kind, checked by its rules.

    A rule that says stop is passed only with a reason (--why), which the entry keeps.
    """
    from hemifacial.case.kinds import kind_of
    from hemifacial.commands.case.entering import add as enter
    from hemifacial.commands.case.entering import body_from, day_from
    from hemifacial.commands.case.opening import opened

    known = kind_of(kind)
    fact, day = body_from(known, body), day_from(on)
    with opened(case, key_file) as record:
        show_entry(enter(record, code, known, fact, by=by, on=day, why=why), as_json)


def add_result(
    case: RecordFile,
    code: Code,
    folder: ResultFolder,
    on: Annotated[
        str, typer.Option(help="The day of the recording, if it does not say it.", metavar="DAY")
    ] = "",
    without_name: Annotated[
        bool, typer.Option("--without-name", help="Leave out the file's name: it may be a name.")
    ] = False,
    why: Why = "",
    by: By = "",
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Enter a result folder with its corrections."""
    from hemifacial.commands.case.entering import day_from
    from hemifacial.commands.case.opening import opened
    from hemifacial.commands.case.results import add_result as enter

    with opened(case, key_file) as record:
        entry = enter(
            record, code, folder, by=by, on=day_from(on), why=why, without_name=without_name
        )
        show_entry(entry, as_json)


def replace(
    case: RecordFile,
    number: Number,
    body: _Body,
    on: On = "",
    why: Why = "",
    by: By = "",
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Correct an entry; the old one stays, as replaced."""
    from hemifacial.commands.case.entering import day_from
    from hemifacial.commands.case.entering import replace as enter
    from hemifacial.commands.case.opening import opened

    with opened(case, key_file) as record:
        show_entry(enter(record, number, body, by=by, why=why, on=day_from(on)), as_json)


def withdraw(
    case: RecordFile,
    number: Number,
    why: Why = "",
    by: By = "",
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Take back an entry that should never have been."""
    from hemifacial.commands.case.opening import opened

    with opened(case, key_file) as record:
        show_entry(record.withdraw(number, by=by, why=why), as_json)


def import_(
    case: RecordFile,
    kind: Kind,
    table: Annotated[Path, typer.Argument(help="A tab-separated table.", metavar="TABLE")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Read the table and write nothing.")
    ] = False,
    by: By = "",
    key_file: KeyFile = None,
    as_json: AsJson = False,
) -> None:
    """Enter a table, checked by its rules: all rows or none."""
    from hemifacial import terminal
    from hemifacial.case.codec import as_plain
    from hemifacial.case.kinds import kind_of
    from hemifacial.commands.case.importing_tables import import_table, warning_lines
    from hemifacial.commands.case.opening import opened

    with opened(case, key_file) as record:
        imported = import_table(record, kind_of(kind), table, by=by, dry_run=dry_run)
        head = record.head
    for line in warning_lines(imported, dry_run=dry_run):
        terminal.narrate(line)
    count = len(imported.drafts)
    patients = len({draft.patient for draft in imported.drafts})
    if as_json:
        warnings = as_plain(imported.warnings)
        print_json(
            {"entries": count, "patients": patients, "written": not dry_run, "warnings": warnings}
        )
    else:
        done = "would be entered" if dry_run else f"entered, up to entry {head.number}"
        print(f"{count} of {kind}, {patients} patients: {done}")
