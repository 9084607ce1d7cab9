"""Bring the Chromium that the tests of the report open it in.

On Debian as root, or with a sudo that asks no password, it is installed by apt-get. Elsewhere this
says what to do and lets the tests go on, which then skip the pages aloud; with ``CI=true`` a
missing browser is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

__all__ = ["apt_commands", "find_chromium", "main"]

# The same places in which tests/browser.py looks.
NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_chromium() -> str | None:
    """The path of the Chromium or Chrome of this machine, None if there is none."""
    named = os.environ.get("HEMIFACIAL_CHROMIUM")
    return named or next(filter(None, map(shutil.which, NAMES)), None)


def apt_commands(os_release: str, *, root: bool, sudo: bool) -> list[list[str]]:
    """The commands that install Chromium, empty where this script must not or cannot.

    Debian itself only: what Ubuntu packages under that name is a door to its snap store, which
    does not run in a container.
    """
    fields = dict(line.split("=", 1) for line in os_release.splitlines() if "=" in line)
    if fields.get("ID", "").strip('"') != "debian" or not (root or sudo):
        return []
    apt = [*([] if root else ["sudo", "-n"]), "apt-get", "-q"]
    # Without a font of its own a page would be drawn as empty boxes.
    packages = ["chromium", "fonts-liberation"]
    return [[*apt, "update"], [*apt, "install", "-y", "--no-install-recommends", *packages]]


def main() -> int:
    """Bring the browser if it is missing; the exit status."""
    if find_chromium():
        return 0
    release = Path("/etc/os-release")
    sudo = shutil.which("sudo") is not None and (
        subprocess.run(["sudo", "-n", "true"], check=False, capture_output=True).returncode == 0
    )
    commands = apt_commands(
        release.read_text(encoding="utf-8") if release.is_file() else "",
        root=hasattr(os, "geteuid") and os.geteuid() == 0,
        sudo=sudo,
    )
    if commands:
        print("browser: installing Chromium for the tests of the report", file=sys.stderr)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in commands:
        # apt-get's many lines go nowhere unless it fails.
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=env)
        if done.returncode != 0:
            print(done.stdout[-2000:], done.stderr[-2000:], sep="\n", file=sys.stderr)
    if find_chromium():
        return 0
    print(
        "browser: no Chromium here, so the tests of the report's page will be skipped.\n"
        "  Next: install Chromium or Google Chrome, and if it is not on the PATH name it in "
        "HEMIFACIAL_CHROMIUM",
        file=sys.stderr,
    )
    return 1 if os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main())
