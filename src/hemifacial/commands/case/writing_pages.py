"""Pages of patients as files: readable by their owner alone, never over the page of another."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from hemifacial.errors import InputError, UsageError
from hemifacial.report.html import Report

__all__ = ["default_path", "with_mark", "write_page"]

_MARK = re.compile(r'<meta name="hemifacial-page" content="([0-9a-f]{32})">')
_HEAD_BYTES = 4096


def default_path(what: str, code: str) -> Path:
    """``letter-P017.html`` in this folder: two patients never share a page."""
    return Path(f"{what}-{code}.html")


def with_mark(html: str, mark: str) -> str:
    """A page that says in its head, to programs alone, whose page of what it is."""
    return html.replace("<head>", f'<head>\n<meta name="hemifacial-page" content="{mark}">', 1)


def write_page(page: Report, out: Path) -> None:
    """Write a page, whole or not at all, with the rights of its owner alone.

    Raises
    ------
    UsageError
        If something is there that is not the same page of the same patient, written before.
    InputError
        If the disk or its rights refuse.
    """
    try:
        if out.is_symlink() or out.exists():
            _check_ours(page, out)
        _write(page, out)
    except OSError as error:
        raise InputError(
            f"{out}: cannot be written ({error.strerror or error})",
            next_step="Check the rights and the free space of the folder, or choose another --out.",
        ) from error


def _check_ours(page: Report, out: Path) -> None:
    mark = _MARK.search(page.html)
    if mark is not None and out.is_file() and not out.is_symlink():
        with out.open("rb") as file:
            theirs = _MARK.search(file.read(_HEAD_BYTES).decode("utf-8", "replace"))
        if theirs is not None and theirs[1] == mark[1]:
            return
    raise UsageError(
        f"{out}: is there already and is not this page of this patient, so it is not written over",
        next_step="Choose another name with --out, or move that file elsewhere.",
    )


def _write(page: Report, out: Path) -> None:
    """As `hemifacial.formats.files.new_file`, but private from the first byte to the end."""
    handle, name = tempfile.mkstemp(prefix=f".{out.stem}.partial-", suffix=".html", dir=out.parent)
    partial = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:  # made with mode 0600
            file.write(page.html)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(out)
    finally:
        partial.unlink(missing_ok=True)
