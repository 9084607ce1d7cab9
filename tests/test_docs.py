"""The pages hold together: every link leads somewhere, nothing is left to be filled in."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from hemifacial.face.criteria import FaceCriteria
from hemifacial.face.regions import REGIONS

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files_that_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text)
    missing = [
        link for link in links if "://" not in link and not (page.parent / link).resolve().exists()
    ]
    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_nothing_is_left_to_be_filled_in(page: Path) -> None:
    assert re.findall(r"@[A-Z]+@|\bTBD\b|\bXXX\b", page.read_text(encoding="utf-8")) == []


def page_of(source: str) -> str | None:
    """The page that has to explain a criterion; None where a published source stands for it.

    A choice of our own that names no page is explained on that of the face.
    """
    named = re.search(r"docs/[a-z_]+[.]md", source)
    if named is not None:
        return named.group()
    return "docs/face.md" if "this project" in source else None


@pytest.mark.parametrize(
    ("source", "page"),
    [
        ("this project, docs/compare.md", "docs/compare.md"),
        ("docs/face_phases.md, a choice of this project", "docs/face_phases.md"),
        ("this project", "docs/face.md"),
        ("doi:10.1097/01.ico.0000148312.01805.53 (11.71 mm in 743 eyes)", None),
    ],
)
def test_the_page_of_a_criterion_is_taken_from_its_source(source: str, page: str | None) -> None:
    assert page_of(source) == page


CRITERIA_PAGES = sorted(
    {page for limit in FaceCriteria.read().limits.values() if (page := page_of(limit.source))}
)


def test_the_criteria_name_the_pages_that_explain_them() -> None:
    assert {"docs/face.md", "docs/blinks.md", "docs/compare.md"} <= set(CRITERIA_PAGES)


@pytest.mark.parametrize("name", CRITERIA_PAGES)
def test_every_criterion_of_our_own_is_explained(name: str) -> None:
    page = ROOT / name
    assert page.is_file()
    text = page.read_text(encoding="utf-8")
    limits = FaceCriteria.read().limits
    own = [word for word, limit in limits.items() if page_of(limit.source) == name]
    assert [word for word in own if f"`{word}`" not in text] == []


# -- the commands that pages show ---------------------------------------------------------------


def shown_commands(text: str) -> list[list[str]]:
    """Every call of ``hemifacial`` in a code block, or in a word of code, as its words."""
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    lines += [line for line in text.splitlines() if line.startswith("    hemifacial ")]
    lines += re.findall(r"`(hemifacial [^`]+)`", text.replace("\n", " "))
    calls = [re.sub(r"\s+#.*", "", line.strip().removeprefix("$ ")) for line in lines]
    return [call.split()[1:] for call in calls if call.startswith("hemifacial ")]


def fault_of_call(words: list[str]) -> str | None:
    """The first word of a call that the command line does not know."""
    from typer.main import get_command

    from hemifacial.cli import app

    command: Any = get_command(app)
    rest = list(words)
    while hasattr(command, "commands") and rest and not rest[0].startswith("-"):
        name = rest.pop(0)
        if name not in command.commands:
            return name
        command = command.commands[name]
    known = {option for one in command.params for option in (*one.opts, *one.secondary_opts)}
    known |= {"--help", "-h", "--version"}
    return next((word for word in rest if word.startswith("-") and word not in known), None)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_shown_is_known(page: Path) -> None:
    calls = shown_commands(page.read_text(encoding="utf-8"))
    if page.name == "README.md":
        shown = {" ".join(words[:1]) for words in calls}
        assert {"face", "review", "report", "compare", "batch", "annotate", "deidentify"} <= shown
    faults = [" ".join(words) for words in calls if fault_of_call(words) is not None]
    assert faults == []


@pytest.mark.parametrize(
    ("call", "fault"),
    [
        ("face visit1.mp4 --mirrored", None),
        ("face visit1.mp4 --mirored", "--mirored"),
        ("measure visit1.mp4", "measure"),
        ("twin face still.jpg --healthy", None),
        ("twin ear", "ear"),
    ],
)
def test_a_wrong_command_would_be_found(call: str, fault: str | None) -> None:
    assert shown_commands(f"```\n$ hemifacial {call}   # why\n```\n") == [call.split()]
    assert fault_of_call(call.split()) == fault


def test_the_readme_leads_to_every_page() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    pages = {f"docs/{page.name}" for page in (ROOT / "docs").glob("*.md")}
    assert {page for page in pages if f"]({page}" not in text} == set()


_BY_REGION = (("smallest_", "_mm"), ("seen_share_", ""))  # read by names made for each region


def test_every_criterion_is_read_by_the_program() -> None:
    """A row that decides nothing would be replaced by a clinic in vain."""
    code = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "src" / "hemifacial").rglob("*.py")
    )
    by_region = {f"{stem}{site}{end}" for site in REGIONS for stem, end in _BY_REGION}
    for stem, end in _BY_REGION:
        assert re.search(rf'f"{stem}\{{\w+\}}{end}"', code)
    unread = [word for word in FaceCriteria.read().limits if f'"{word}"' not in code]
    assert set(unread) - by_region == set()
