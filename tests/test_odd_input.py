"""Odd recordings through the command: the right answer or one clear message.

The list is that of ``benchmarks/odd_input.py``, on pictures of half the size, 20 a second; what
takes long is left to it.
"""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from command_line import CommandLine
from hemifacial.formats.result_folder import read_result

BENCHMARK = Path(__file__).resolve().parents[1] / "benchmarks" / "odd_input.py"


@cache
def benchmark() -> ModuleType:
    """The benchmark as a module."""
    spec = importlib.util.spec_from_file_location("odd_input", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["odd_input"] = module  # where a dataclass looks for its own names
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def source(shared_data: Path) -> Any:
    """The planted clip, made small."""
    return benchmark().read_source(shared_data / "video", scale=0.5, every=3)


def cases() -> list[Any]:
    """The list, without what takes long."""
    return [pytest.param(case, id=case.name) for case in benchmark().CASES if not case.long]


@pytest.mark.parametrize("case", cases())
def test_odd_recording(case: Any, source: Any, hemifacial: CommandLine, tmp_path: Path) -> None:
    """Each row of the list; a failure shows what came in its place."""
    video, out = case.make(source, tmp_path), tmp_path / "result"
    ended = hemifacial("face", video, "--out", out, "--without-stills", *case.words)
    result = read_result(out) if ended.status == 0 else None
    came = benchmark().Came(status=ended.status, said=ended.err, result=result)
    assert case.holds(came), f"expected: {case.expected}; came: {benchmark().short(came)}"
    assert "Traceback" not in ended.err
