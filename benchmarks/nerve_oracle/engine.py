"""NEURON with our membrane mechanism: compiled once for each version of both, then loaded."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["hoc", "missing"]

MECHANISM = Path(__file__).with_name("axolemma.mod")


def missing() -> str | None:
    """What this machine lacks for a live run, in words; None if nothing."""
    try:
        importlib.metadata.version("neuron")
    except importlib.metadata.PackageNotFoundError:
        return "NEURON (package neuron)"
    if shutil.which("g++") is None and shutil.which("c++") is None:
        return "a C++ compiler"
    return None if shutil.which("make") else "make"


@cache
def hoc() -> Any:
    """NEURON's interpreter with the mechanism loaded; one for the process, as NEURON has it."""
    # It would open a window, and say so where there is no display.
    os.environ.setdefault("NEURON_MODULE_OPTIONS", "-nogui")
    library = _compiled()
    import neuron  # type: ignore[import-untyped]  # only here: most of the project's tests have no need of it

    if not neuron.load_mechanisms(str(library)):
        raise RuntimeError(f"NEURON did not load the mechanism compiled in {library}")
    return neuron.h


def _compiled() -> Path:
    """The folder of the compiled mechanism, by what it was compiled from and with."""
    made_of = MECHANISM.read_bytes() + importlib.metadata.version("neuron").encode()
    made_of += sys.version.encode() + sys.prefix.encode()
    name = f"hemifacial-nerve-oracle-{hashlib.sha256(made_of).hexdigest()[:16]}"
    folder = Path(tempfile.gettempdir()) / name
    if not folder.is_dir():
        _compile(folder)
    return folder


def _compile(folder: Path) -> None:
    """Compile beside `folder` and move it there in one stroke: two processes may both try."""
    work = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=folder.parent))
    shutil.copy(MECHANISM, work)
    compiler = Path(sys.executable).parent / "nrnivmodl"
    done = subprocess.run(
        [str(compiler), "."], cwd=work, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"nrnivmodl failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    try:
        work.rename(folder)
    except OSError:  # another process was first
        shutil.rmtree(work)
