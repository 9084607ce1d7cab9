"""The pages hold together: every link leads somewhere, nothing is left to be filled in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hemifacial.face.criteria import FaceCriteria

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
