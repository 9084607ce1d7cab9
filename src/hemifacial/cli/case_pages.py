"""How the pages of a patient are called for: page, letter, sheet, diary."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hemifacial.cli.case_options import Code, KeyFile, RecordFile
from hemifacial.cli.options import named_path

if TYPE_CHECKING:
    from hemifacial.report.html import Report

__all__ = ["diary", "letter", "page", "sheet"]

_Out = Annotated[
    Path | None,
    typer.Option(
        help="The page to write; by default named after the command and the patient's code.",
        parser=named_path,
        metavar="FILE",
    ),
]
_Call = Annotated[str, typer.Option(help="Whom to call, as the page says it.", metavar="TEXT")]


def page(case: RecordFile, code: Code, out: _Out = None, key_file: KeyFile = None) -> None:
    """Write the whole case of a patient as one page."""
    from hemifacial.commands.case.opening import opened
    from hemifacial.commands.case.pages import case_page, default_path

    with opened(case, key_file) as record:
        _write(case_page(record, code), out or default_path("case", code))


def letter(
    case: RecordFile,
    code: Code,
    question: Annotated[str, typer.Option(help="What is asked of the reader.", metavar="TEXT")],
    to: Annotated[str, typer.Option(help="Whom it goes to.", metavar="TEXT")] = "",
    out: _Out = None,
    key_file: KeyFile = None,
) -> None:
    """Write a referral letter with its evidence."""
    from hemifacial.commands.case.opening import opened
    from hemifacial.commands.case.pages import default_path, letter_page

    with opened(case, key_file) as record:
        written = letter_page(record, code, question=question, to=to)
        _write(written, out or default_path("letter", code))


def sheet(
    case: RecordFile,
    code: Code,
    seen: Annotated[
        list[str] | None,
        typer.Option(help="What was seen, in a short sentence; several may be given."),
    ] = None,
    option: Annotated[
        list[str] | None,
        typer.Option(help="toxin, decompression, drugs or waiting; several may be given."),
    ] = None,
    next_visit: Annotated[
        str, typer.Option(help="When the patient is seen again.", metavar="DAY")
    ] = "",
    call: _Call = "",
    out: _Out = None,
    key_file: KeyFile = None,
) -> None:
    """Write one page in plain words for the patient."""
    from hemifacial.commands.case.entering import day_from
    from hemifacial.commands.case.opening import opened
    from hemifacial.commands.case.pages import default_path, sheet_page

    with opened(case, key_file) as record:
        written = sheet_page(
            record,
            code,
            seen=seen or (),
            options=option or (),
            next_visit=day_from(next_visit),
            call=call,
        )
        _write(written, out or default_path("sheet", code))


def diary(
    case: RecordFile,
    code: Code,
    call: _Call = "",
    out: _Out = None,
    key_file: KeyFile = None,
) -> None:
    """Write a diary that the patient keeps at home."""
    from hemifacial.commands.case.opening import opened
    from hemifacial.commands.case.pages import default_path, diary_page

    with opened(case, key_file) as record:
        _write(diary_page(record, code, call=call), out or default_path("diary", code))


def _write(written: Report, out: Path) -> None:
    from hemifacial.commands.case.pages import write_page

    write_page(written, out)
    print(out)
