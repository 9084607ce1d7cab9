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


def test_every_criterion_of_our_own_is_explained() -> None:
    page = (ROOT / "docs" / "face.md").read_text(encoding="utf-8")
    own = [
        name
        for name, limit in FaceCriteria.read().limits.items()
        if limit.source.startswith("this project")
    ]
    assert own
    assert [name for name in own if f"`{name}`" not in page] == []
