"""The house as drawn in docs/design.md: its floors, its papers, and what is on the table.

`faults_of_floors` and `faults_of_names` read any tree, so that each is also shown a bad one.
"""

from __future__ import annotations

import ast
import importlib.metadata
import re
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, TypeGuard

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from conftest import lacking

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "hemifacial"

FLOORS = {
    0: ("hemifacial", "errors", "anatomy", "findings", "vocabulary"),
    1: ("formats", "signals", "landmarks", "corrections", "scoring"),
    2: ("face", "electro", "imaging", "care", "twin"),
    3: ("case", "monitor"),
    4: ("report", "cohort"),
    5: (
        "cli",
        "commands",
        "terminal",
        "demo",
        "web",
        "__main__",
    ),
}
FLOOR_OF = {unit: floor for floor, units in FLOORS.items() for unit in units}
# The wings above floor 1 never import a neighbour; here neighbours may, but in no circle.
NEIGHBOURLY = (0, 1, 5)
HEAVY = {
    "ai_edge_litert",
    "av",
    "cv2",
    "jinja2",
    "numpy",
    "pandas",
    "pyarrow",
    "scipy",
    "skimage",
    "xarray",
}


def modules(package: Path) -> Iterator[tuple[Path, ast.Module]]:
    """Every module of a package with its syntax tree."""
    for path in sorted(package.rglob("*.py")):
        yield path, ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported(path: Path, tree: ast.Module, package: Path) -> Iterator[tuple[str, ...]]:
    """The dotted names that a module imports, wherever in it, each as its parts.

    ``from a.b import c`` gives both readings, ``a.b`` and ``a.b.c``, since `c` may be a module.
    """
    here = (package.name, *path.relative_to(package).with_suffix("").parts)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = here[: -node.level] if node.level else ()
            base += tuple(node.module.split(".")) if node.module else ()
            yield base
            yield from ((*base, alias.name) for alias in node.names)
        elif isinstance(node, ast.Call) and node.args and _is_import_call(node.func):
            name = node.args[0]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                yield tuple(name.value.split("."))


def _is_import_call(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in ("import_module", "__import__")


def unit_of(path: Path, package: Path) -> str:
    """The room a module stands in: the first part of its name within the package."""
    first = path.relative_to(package).with_suffix("").parts[0]
    return package.name if first == "__init__" else first


def faults_of_floors(package: Path) -> list[str]:
    """Every import that goes up, or sideways where it must not, and every room off the plan."""
    faults = []
    sideways: dict[str, set[str]] = {}
    for path, tree in modules(package):
        unit = unit_of(path, package)
        if unit not in FLOOR_OF:
            faults.append(f"{unit} stands on no floor")
            continue
        for name in imported(path, tree, package):
            if name[0] != package.name or len(name) < 2 or name[1] == unit:
                continue
            other = name[1]
            if other not in FLOOR_OF:
                # `from hemifacial import __version__` names a thing, not a room.
                if (package / other).is_dir() or (package / f"{other}.py").is_file():
                    faults.append(f"{unit} imports {other}, which stands on no floor")
                continue
            floor, below = FLOOR_OF[unit], FLOOR_OF[other]
            if below > floor:
                faults.append(f"{unit} (floor {floor}) imports {other} (floor {below})")
            elif below == floor and floor not in NEIGHBOURLY:
                faults.append(f"{unit} imports its neighbour {other} (floor {floor})")
            elif below == floor:
                sideways.setdefault(unit, set()).add(other)
    try:
        TopologicalSorter(sideways).prepare()
    except CycleError as error:
        faults.append(f"a circle of imports: {' -> '.join(error.args[1])}")
    return sorted(set(faults))


def faults_of_names(package: Path) -> list[str]:
    """Every module without a docstring, or whose ``__all__`` does not say what it offers."""
    faults = []
    for path, tree in modules(package):
        where = path.relative_to(package).as_posix()
        if not ast.get_docstring(tree):
            faults.append(f"{where} has no docstring")
        bound, own = _top_level_names(tree)
        listed = _listed(tree)
        if listed is None:
            if own:
                faults.append(f"{where} has no __all__ and defines {', '.join(sorted(own))}")
            continue
        if missing := set(listed) - bound:
            faults.append(f"{where} lists {', '.join(sorted(missing))}, which it does not have")
        if len(set(listed)) != len(listed):
            faults.append(f"{where} lists a name twice")
    return faults


def _top_level_names(tree: ast.Module) -> tuple[set[str], set[str]]:
    """All names bound at the top of a module, and the public ones that it defines itself."""
    bound: set[str] = set()
    own: set[str] = set()
    for node in ast.walk(ast.Module(body=_unnested(tree.body), type_ignores=[])):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            bound |= {(alias.asname or alias.name).split(".")[0] for alias in node.names}
    for node in _unnested(tree.body):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            own.add(node.name)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = (inner for target in targets for inner in ast.walk(target))
            own |= {name.id for name in names if _is_bound_name(name)}
    return bound | own, {name for name in own if not name.startswith("_")}


def _is_bound_name(node: ast.AST) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)


def _unnested(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements of a module, those under a plain ``if`` at its top among them."""
    flat: list[ast.stmt] = []
    for node in body:
        flat += _unnested([*node.body, *node.orelse]) if isinstance(node, ast.If) else [node]
    return flat


def _listed(tree: ast.Module) -> list[str] | None:
    for node in tree.body:
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets
        ):
            return list(ast.literal_eval(node.value))
    return None


def circles_of_rooms(package: Path, wing: str) -> list[str]:
    """Rooms of a wing that import each other in a circle; a module beside them is a room too."""
    needed: dict[str, set[str]] = {}
    for path, tree in modules(package / wing):
        parts = path.relative_to(package / wing).with_suffix("").parts
        room = needed.setdefault(parts[0], set())
        for name in imported(path, tree, package):
            if name[:2] == (package.name, wing) and len(name) > 2 and name[2] != parts[0]:
                room.add(name[2])
    try:
        TopologicalSorter(needed).prepare()
    except CycleError as error:
        return [" -> ".join(error.args[1])]
    return []


def test_imports_go_down_only() -> None:
    assert faults_of_floors(SOURCE) == []


@pytest.mark.parametrize(
    "wing",
    [
        "face",
        "twin",
        "care",
        "case",
        "report",
        "formats",
        "landmarks",
        "signals",
        "cli",
        "commands",
        "electro",
        "web",
    ],
)
def test_no_two_rooms_of_a_wing_need_each_other(wing: str) -> None:
    assert circles_of_rooms(SOURCE, wing) == []


def test_a_circle_of_rooms_is_found(tmp_path: Path) -> None:
    files = {
        "face/findings/eyes.py": "from hemifacial.face.signs.mimics import weights",
        "face/signs/mimics.py": "from hemifacial.face import regions, findings",
        "face/regions.py": "import numpy",
    }
    package = planted(tmp_path, files)
    assert len(circles_of_rooms(package, "face")) == 1
    (package / "face/signs/mimics.py").write_text("from hemifacial.face import regions")
    assert circles_of_rooms(package, "face") == []


def test_every_module_says_what_it_is_and_offers() -> None:
    assert faults_of_names(SOURCE) == []


@pytest.mark.parametrize(
    ("files", "fault"),
    [
        ({"formats/a.py": "import hemifacial.face"}, "formats (floor 1) imports face (floor 2)"),
        (
            {"anatomy.py": "def f():\n    from hemifacial.formats import video"},
            "anatomy (floor 0) imports formats (floor 1)",
        ),
        (
            {"twin/a.py": "from hemifacial import face"},
            "twin imports its neighbour face (floor 2)",
        ),
        ({"twin/b.py": "from ..face import detect"}, "twin imports its neighbour face (floor 2)"),
        ({"twin/c.py": "from .. import face"}, "twin imports its neighbour face (floor 2)"),
        (
            {"errors.py": "import importlib\nimportlib.import_module('hemifacial.cli')"},
            "errors (floor 0) imports cli (floor 5)",
        ),
        (
            {"face/a.py": "if TYPE_CHECKING:\n    from hemifacial.report.page import Page"},
            "face (floor 2) imports report (floor 4)",
        ),
        ({"cellar.py": "import os"}, "cellar stands on no floor"),
        (
            {"__init__.py": "from hemifacial.cli import main"},
            "hemifacial (floor 0) imports cli (floor 5)",
        ),
        (
            {
                "formats/a.py": "import hemifacial.signals.b",
                "signals/b.py": "import hemifacial.formats",
            },
            "a circle of imports: ",
        ),
    ],
)
def test_a_wrong_import_is_found(tmp_path: Path, files: dict[str, str], fault: str) -> None:
    found = faults_of_floors(planted(tmp_path, files))
    assert len(found) == 1
    assert found[0].startswith(fault)


def test_right_imports_are_let_through(tmp_path: Path) -> None:
    package = planted(
        tmp_path,
        {
            "__init__.py": "__version__ = '1'",
            "face/a.py": "from hemifacial import __version__, anatomy\nfrom . import b",
            "face/b.py": "from hemifacial.formats.video import open_video\nimport numpy",
            "formats/video.py": "from hemifacial.signals import filters",
            "cli.py": "from hemifacial.report import page\nimport hemifacial.demo",
        },
    )
    assert faults_of_floors(package) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("__all__ = []", "errors.py has no docstring"),
        ('"""A."""\ndef f(): ...', "errors.py has no __all__ and defines f"),
        ('"""A."""\nLIMIT: int = 3', "errors.py has no __all__ and defines LIMIT"),
        ('"""A."""\n__all__ = ["g"]\ndef f(): ...', "errors.py lists g, which it does not have"),
        ('"""A."""\n__all__ = ["f", "f"]\ndef f(): ...', "errors.py lists a name twice"),
    ],
)
def test_a_nameless_offer_is_found(tmp_path: Path, text: str, fault: str) -> None:
    assert faults_of_names(planted(tmp_path, {"errors.py": text})) == [fault]


def planted(folder: Path, files: dict[str, str]) -> Path:
    """A package ``hemifacial`` of these files."""
    package = folder / "hemifacial"
    for name, text in files.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return package


@pytest.mark.parametrize("module", ["hemifacial", "hemifacial.cli"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert "hemifacial" in loaded
    assert loaded & HEAVY == set()


# -- what is on the table: the files that git holds or would take ------------------------------

# Written so that this file does not name what it looks for.
HOSTS = re.compile(r"(?:pypi|pythonhosted|deb[.]debian)[.]org|registry[.]npmjs|npmjs[.]com/")
MACHINE = re.compile(r"(?:^|[^A-Za-z0-9_.])/(?:work|farm|tmp|root|home|Users|opt)/[A-Za-z]")


def tracked_texts() -> Iterator[tuple[str, str]]:
    """Name and text of every file that is in the repository or would be on the next commit."""
    if not (ROOT / ".git").exists():
        lacking("a git checkout, which says what files belong to the project")
    command = ["git", "-c", "safe.directory=*", "ls-files", "-co", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.is_file() and b"\0" not in (data := path.read_bytes()):
            yield name, data.decode("utf-8")


def test_no_file_names_a_registry_or_a_path_of_a_machine() -> None:
    named = [
        f"{name}:{number}: {line.strip()[:100]}"
        for name, text in tracked_texts()
        for number, line in enumerate(text.splitlines(), start=1)
        if HOSTS.search(line) or MACHINE.search(line)
    ]
    assert named == []


def test_there_is_no_lock_file_with_addresses() -> None:
    names = {Path(name).name for name, _ in tracked_texts()}
    assert "constraints.txt" in names
    assert names & {"uv.lock", "poetry.lock", "Pipfile.lock"} == set()


@pytest.mark.parametrize(
    "line",
    ["see https://pypi" + ".org/simple", "open('/" + "tmp/x.mp4')", "/" + "home/someone/video.mp4"],
)
def test_an_address_or_path_would_be_found(line: str) -> None:
    assert HOSTS.search(line) or MACHINE.search(line)


# -- papers ------------------------------------------------------------------------------------


def project() -> dict[str, Any]:
    """The table ``[project]`` of pyproject.toml."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        return dict(tomllib.load(file)["project"])


def runtime_packages() -> set[str]:
    """Every package that the project or its extras import, and what these bring, by name."""
    table = project()
    extras = table["optional-dependencies"].values()
    waiting = [*table["dependencies"], *(line for lines in extras for line in lines)]
    found: set[str] = set()
    while waiting:
        requirement = Requirement(waiting.pop())
        name = canonicalize_name(requirement.name)
        wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if wanted and name not in found:
            found.add(name)
            waiting += importlib.metadata.requires(name) or []
    return found


def noticed() -> dict[str, str]:
    """The packages that NOTICE lists, each with its licence."""
    text = (ROOT / "NOTICE").read_text(encoding="utf-8")
    return dict(re.findall(r"^    ([a-z][a-z0-9-]+)  +(\S.*)$", text, re.MULTILINE))


def test_what_the_program_imports_is_a_dependency_and_the_other_way_round() -> None:
    """A library that nothing imports any more is not asked of anybody."""
    imports = {
        name[0]
        for path, tree in modules(SOURCE)
        for name in imported(path, tree, SOURCE)
        if name and name[0] not in sys.stdlib_module_names
    } - {"hemifacial"}
    given = importlib.metadata.packages_distributions()
    needed = {canonicalize_name(given[name][0]) for name in imports}
    asked = {canonicalize_name(Requirement(line).name) for line in project()["dependencies"]}
    extra = {
        canonicalize_name(Requirement(line).name)
        for lines in project()["optional-dependencies"].values()
        for line in lines
    }
    assert needed - asked - extra == set()
    assert asked - needed == set()


def test_notice_lists_every_runtime_package() -> None:
    packages = runtime_packages()
    assert {"av", "numpy", "scikit-image"} <= packages
    assert packages - set(noticed()) == set()
    # And none that has left: colorama comes on Windows alone.
    assert set(noticed()) - packages <= {"colorama"}


def test_notice_gives_the_licence_that_each_package_declares() -> None:
    wrong = {}
    for name in runtime_packages():
        declared = importlib.metadata.metadata(name).get("License-Expression")
        if declared and not noticed()[name].startswith(declared):
            wrong[name] = declared
    assert wrong == {}


def test_notice_names_the_model_and_what_video_wheels_carry() -> None:
    text = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for words in (
        "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff",
        "x264",
        "x265",
        "FFmpeg",
        "GPL-2.0-or-later",
    ):
        assert words in text


def test_every_dependency_is_pinned() -> None:
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pins = set(re.findall(r"^([a-z0-9-]+)==", text, re.MULTILINE))
    assert runtime_packages() - pins == set()


def test_the_licence_is_the_apache_licence_in_full() -> None:
    text = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Version 2.0, January 2004" in text
    assert "END OF TERMS AND CONDITIONS" in text
    assert project()["license"] == "Apache-2.0"


# -- the wheel ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    """The wheel as a user would get it, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=100
    )
    assert done.returncode == 0, done.stderr
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as opened:
        yield opened


def test_the_wheel_carries_every_file_of_the_package(wheel: zipfile.ZipFile) -> None:
    there = {name for name in wheel.namelist() if name.startswith("hemifacial/")}
    wanted = {
        f"hemifacial/{path.relative_to(SOURCE).as_posix()}"
        for path in SOURCE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert there == wanted
    assert "hemifacial/vocabulary/anatomy.tsv" in there


def test_the_wheel_carries_its_papers_and_command(wheel: zipfile.ZipFile) -> None:
    import hemifacial

    (info,) = {name.partition("/")[0] for name in wheel.namelist() if ".dist-info/" in name}
    assert info == f"hemifacial-{hemifacial.__version__}.dist-info"
    names = set(wheel.namelist())
    assert {f"{info}/licenses/LICENSE", f"{info}/licenses/NOTICE"} <= names
    entry_points = wheel.read(f"{info}/entry_points.txt").decode()
    assert "hemifacial = hemifacial.cli:main" in entry_points
