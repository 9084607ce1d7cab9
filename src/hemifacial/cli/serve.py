"""How the browser is started."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path
from typing import Annotated

import typer

from hemifacial.cli.case_options import By, KeyFile

__all__ = ["serve"]


def serve(
    case: Annotated[Path, typer.Argument(help="The record, e.g. clinic.db.", metavar="CASE")],
    port: Annotated[
        int, typer.Option(help="Port of this computer; 0 takes a free one.", min=0, max=65535)
    ] = 0,
    host: Annotated[str, typer.Option(help="Only 127.0.0.1.", hidden=True)] = "127.0.0.1",
    browser: Annotated[
        bool, typer.Option("--browser/--no-browser", help="Open the browser, or not.")
    ] = True,
    by: By = "",
    key_file: KeyFile = None,
) -> None:
    """Open a record in the browser of this computer; nobody else can reach it."""
    from hemifacial import terminal
    from hemifacial.web.serving import Start, serving

    def ready(address: str) -> None:
        print(address)
        sys.stdout.flush()
        terminal.narrate("Only this computer can open it. Stop with Ctrl+C.")
        if browser:
            webbrowser.open(address)

    serving(Start(case=case, host=host, port=port, by=by, key_file=key_file), ready)
