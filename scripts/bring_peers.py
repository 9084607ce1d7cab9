"""Build ``.venv-peers``: the programs that the benchmarks are compared with, pinned.

``bring_peers.py nerve`` builds ``.venv-peers-nerve`` instead, for one that wants other versions.

They stay out of ``.venv``, whose OpenCV theirs would replace. Nothing but ``make bench`` needs
them; where they cannot be had, the benchmarks say so and leave the comparison out.

Runs in ``.venv``, whose uv it uses, and asks the package index that the user configured.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from set_up import ROOT, pip_settings, pips, run, uv_environment

__all__ = ["is_complete", "main", "peers"]

_MARK = ".pinned"
"""Holds the constraints that an environment was built from, and is written last."""


def peers(which: str = "") -> Path:
    """The folder of an environment; `which` is empty or ``nerve``."""
    return ROOT / f".venv-peers{which and '-'}{which}"


def _constraints(which: str) -> Path:
    return ROOT / f"constraints-peers{which and '-'}{which}.txt"


def is_complete(which: str = "") -> bool:
    """Whether the environment is there and is of the constraints as they stand."""
    mark = peers(which) / _MARK
    return mark.is_file() and mark.read_bytes() == _constraints(which).read_bytes()


def environment() -> dict[str, str]:
    """The environment for uv, with what pip was told."""
    settings: dict[str, str] = {}
    for pip in pips():
        if (listed := run([*pip, "config", "list"])).returncode == 0:
            settings = pip_settings(listed.stdout)
            break
    return uv_environment(settings, dict(os.environ))


def main() -> int:
    """Build the environment unless it is complete; the exit status."""
    which = sys.argv[1] if len(sys.argv) > 1 else ""
    folder, constraints = peers(which), _constraints(which)
    if not constraints.is_file():
        print(
            f"peers: there are none called {which}\n  Next: give nerve, or nothing", file=sys.stderr
        )
        return 2
    if is_complete(which):
        return 0
    uv = Path(sys.executable).with_name("uv")
    print(f"peers: building {folder.name} from {constraints.name}", file=sys.stderr, flush=True)
    python = str(folder / "bin" / "python")
    for command in (
        [str(uv), "venv", "--quiet", "--clear", "--python", sys.executable, str(folder)],
        [
            *(str(uv), "pip", "install", "--quiet", "--python", python, "--no-deps"),
            *("--only-binary", ":all:", "--requirements", str(constraints)),
        ],
    ):
        try:
            done = subprocess.run(command, env=environment(), cwd=ROOT, check=False)
        except OSError as error:
            print(f"peers: {uv}: {error}\n  Next: run `make`", file=sys.stderr)
            return 2
        if done.returncode != 0:
            print(
                "peers: uv could not install them; what it says above names the package",
                file=sys.stderr,
            )
            return 2
    (folder / _MARK).write_bytes(constraints.read_bytes())
    return 0


if __name__ == "__main__":
    sys.exit(main())
