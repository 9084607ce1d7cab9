"""Build ``.venv-peers``: the programs that the benchmarks are compared with, pinned.

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

__all__ = ["PEERS", "is_complete", "main"]

PEERS = ROOT / ".venv-peers"
CONSTRAINTS = ROOT / "constraints-peers.txt"
MARK = PEERS / ".pinned"
"""Holds the constraints that the environment was built from, and is written last."""


def is_complete() -> bool:
    """Whether the environment is there and is of the constraints as they stand."""
    return MARK.is_file() and MARK.read_bytes() == CONSTRAINTS.read_bytes()


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
    if is_complete():
        return 0
    uv = Path(sys.executable).with_name("uv")
    print(f"peers: building {PEERS.name} from {CONSTRAINTS.name}", file=sys.stderr, flush=True)
    python = str(PEERS / "bin" / "python")
    for command in (
        [str(uv), "venv", "--quiet", "--clear", "--python", sys.executable, str(PEERS)],
        [
            *(str(uv), "pip", "install", "--quiet", "--python", python, "--no-deps"),
            *("--only-binary", ":all:", "--requirements", str(CONSTRAINTS)),
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
    MARK.write_bytes(CONSTRAINTS.read_bytes())
    return 0


if __name__ == "__main__":
    sys.exit(main())
