"""The program ``hemifacial``: its commands in the order of ``--help``, and how it ends."""

from __future__ import annotations

import io
import os
import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from hemifacial import __version__
from hemifacial.cli.case import case_commands
from hemifacial.cli.electro import electro
from hemifacial.cli.face import annotate, deidentify, face
from hemifacial.cli.nerve import twin_nerve
from hemifacial.cli.results import check, report, review, score
from hemifacial.cli.serve import serve
from hemifacial.cli.several import batch, compare
from hemifacial.cli.twin import demo, twin_electro, twin_face
from hemifacial.errors import HemifacialError

__all__ = ["app", "main"]

_COMMANDS = (
    face,
    electro,
    review,
    report,
    check,
    score,
    compare,
    batch,
    annotate,
    deidentify,
    serve,
    demo,
)


_ACKNOWLEDGED = "hemifacial.case.acknowledged"


class _Commands(TyperGroup):
    """The commands; typer by itself ends an interrupt and a closed pipe silently, as failures."""

    def invoke(self, ctx: Any) -> Any:
        if _ACKNOWLEDGED in sys.modules:
            import_module(_ACKNOWLEDGED).forget()
        try:
            ended = super().invoke(ctx)
            sys.stdout.flush()
        except KeyboardInterrupt:
            print(f"\nhemifacial: stopped; {_what_stands()}", file=sys.stderr)
            raise typer.Exit(130) from None
        except BrokenPipeError:
            _drop_output()  # the reader of our output has gone, which is no error of ours
            raise typer.Exit(0) from None
        return ended


def _what_stands() -> str:
    """What an interrupt has left behind, which the record alone can say of its entries."""
    unfinished = "what was not finished was not written"
    if _ACKNOWLEDGED not in sys.modules:  # importing it here would take its time
        return unfinished
    last = import_module(_ACKNOWLEDGED).last()
    if not last:
        return f"nothing was entered in the record; {unfinished}"
    return (
        f"what was entered until then is in the record and stays, the last as entry {last}\n"
        "  Next: See it with hemifacial case show, before anything is entered again."
    )


def _drop_output() -> None:
    """What is still in the buffer must go somewhere, or Python complains when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _print_version(wanted: bool) -> None:
    if wanted:
        print(__version__)
        raise typer.Exit


def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Print the version.", is_eager=True, callback=_print_version
        ),
    ] = False,
) -> None:
    pass


def _assembled() -> typer.Typer:
    """Every command, and a group of them for each wing that has several."""
    program = typer.Typer(
        cls=_Commands,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        help="Measure hemifacial spasm. Research software, not a medical device.",
    )
    program.callback()(_root)
    for command in _COMMANDS:
        program.command()(command)
    twin = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        help="Make recordings in which the truth is known.",
    )
    twin.command("face")(twin_face)
    twin.command("electro")(twin_electro)
    twin.command("nerve")(twin_nerve)
    program.add_typer(twin, name="twin")
    program.add_typer(case_commands(), name="case")
    return program


app = _assembled()
"""The commands as typer runs them."""


def main() -> None:
    """Run the command and end with its exit status; never with a traceback for bad input."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal may lack a letter
    try:
        app(prog_name="hemifacial")
    except HemifacialError as error:
        print(f"hemifacial: {error}", file=sys.stderr)
        raise SystemExit(error.exit_code) from None
    except OSError as error:
        print(f"hemifacial: {error.filename or 'the output'}: {error.strerror}", file=sys.stderr)
        print("  Next: Check the free space, the path and its rights.", file=sys.stderr)
        if error.filename is None:
            _drop_output()
        raise SystemExit(3) from None
