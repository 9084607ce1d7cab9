"""The command as a shell calls it, in this process: exit status, stdout, stderr."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import pytest

from hemifacial.cli import main


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str


class CommandLine:
    """Calls ``hemifacial`` with the words given."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *words: object) -> Ended:
        self._monkeypatch.setattr(sys, "argv", ["hemifacial", *map(str, words)])
        self._monkeypatch.setenv("COLUMNS", "200")
        self._capsys.readouterr()
        status = 0
        try:
            main()
        except SystemExit as end:
            status = int(end.code or 0)
        said = self._capsys.readouterr()
        return Ended(status=status, out=said.out, err=said.err)
