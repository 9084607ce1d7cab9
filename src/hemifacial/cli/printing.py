"""Results on stdout, as JSON or in words."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hemifacial.findings import Result

__all__ = ["print_json", "print_result"]


def print_result(result: Result, folder: Path, as_json: bool) -> None:
    """Print a result, as one JSON document if wanted."""
    from hemifacial import terminal
    from hemifacial.commands.results import document

    if as_json:
        print_json(document(result))
    else:
        terminal.print_result(result, folder)


def print_json(document: object) -> None:
    """Print a document of plain values; what the terminal cannot show is escaped."""
    plain = not (sys.stdout.encoding or "").lower().startswith("utf")
    json.dump(document, sys.stdout, indent=2, ensure_ascii=plain)
    print()
