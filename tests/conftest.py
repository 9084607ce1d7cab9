"""What every test may ask for. A thing a machine lacks is skipped aloud there and fails in CI."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import settings

from command_line import CommandLine

# How long one example takes is the machine's affair; pytest-timeout watches over the whole test.
settings.register_profile("shared machine", deadline=None)
settings.load_profile("shared machine")

ROOT = Path(__file__).resolve().parents[1]


def lacking(what: str) -> None:
    """Skip on a user's machine; fail where ``CI=true``, since CI must have everything."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must have {what}")
    pytest.skip(f"this machine lacks {what}")


@contextmanager
def usual_scheduling() -> Iterator[None]:
    """Back to ordinary scheduling after a block.

    SVT-AV1, run by root, makes the thread that called it a real-time one of the highest priority.
    Every process started later inherits that, and a browser whose helpers spin in the kernel then
    takes the whole machine: no test beside it moves on.
    """
    try:
        yield
    finally:
        if hasattr(os, "sched_setscheduler"):
            os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


@pytest.fixture(autouse=True)
def _scheduling_is_as_usual() -> Iterator[None]:
    """No test leaves this process at a priority that starves the others."""
    yield
    if hasattr(os, "sched_getscheduler"):
        assert os.sched_getscheduler(0) == os.SCHED_OTHER, "see conftest.usual_scheduling"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real recordings beside the checkout."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        lacking("the real recordings in ../shared/data")
    return folder


@pytest.fixture
def hemifacial(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """The command, to be called with its words."""
    return CommandLine(monkeypatch, capsys)
