"""The electrodiagnostic report in a real browser: cursors that move, and what is taken away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from browser import open_browser, watched_page
from hemifacial.commands.electro import Tables, measure_electro
from hemifacial.commands.results import review
from hemifacial.electro.measure import Options
from hemifacial.twin.electro.lateral_spread import LateralSpreadPlan, lateral_spread_plan
from hemifacial.twin.electro.recording import write_recording

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The result folder of a made-up patient."""
    base = LateralSpreadPlan(
        branches=("zygomatic_branch",), muscles=("orbicularis_oculi", "mentalis"), sweeps=6
    )
    made = write_recording(lateral_spread_plan(12, base=base), tmp_path / "case")
    measure_electro(made.path, tmp_path / "case.hemifacial", Options(), Tables())
    return tmp_path / "case.hemifacial"


def test_a_cursor_is_moved_by_keys_signed_and_applied(
    browser: Browser, folder: Path, tmp_path: Path
) -> None:
    with watched_page(browser, folder / "report.html") as watched:
        page = watched.page
        cursor = page.locator(".cursor[data-event^=lateral-spread]")
        before = float(cursor.get_attribute("aria-valuenow") or "nan")
        cursor.focus()
        for _ in range(4):
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Shift+ArrowRight")
        assert float(cursor.get_attribute("aria-valuenow") or "nan") == pytest.approx(
            before + 0.7, abs=0.011
        )
        page.locator("#undo").click()
        assert float(cursor.get_attribute("aria-valuenow") or "nan") == pytest.approx(
            before + 0.2, abs=0.011
        )
        page.locator("#save").click()
        assert "Your name is needed" in page.locator("#status").inner_text()
        page.locator("#who").fill("A. Reader")
        with page.expect_download() as taken:
            page.locator("#save").click()
        brought = tmp_path / "review.json"
        taken.value.save_as(brought)
        assert watched.complaints == []
        assert all(url.startswith(("file:", "blob:", "data:")) for url in watched.requests)
    lines = json.loads(brought.read_text(encoding="utf-8"))["corrections"]
    assert len(lines) == 4
    standing, applied = review(folder, brought)
    assert len(applied.applied) == 4
    (latency,) = (f for f in standing.findings if f.quantity == "lateral_spread_latency")
    assert latency.value == pytest.approx(before + 0.2, abs=0.011)
    assert "placed by a reader" in latency.note
    with watched_page(browser, folder / "report.html") as watched:
        assert "As reviewed by A. Reader" in watched.page.locator("#summary").inner_text()
        moved = watched.page.locator(".cursor.moved")
        assert moved.count() == 1


def test_a_cursor_is_dragged_and_a_response_rejected(browser: Browser, folder: Path) -> None:
    with watched_page(browser, folder / "report.html") as watched:
        page = watched.page
        cursor = page.locator(".cursor[data-event^=direct-response]")
        before = float(cursor.get_attribute("aria-valuenow") or "nan")
        cursor.scroll_into_view_if_needed()
        box = cursor.locator("line").bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 60)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] / 2 + 30, box["y"] + 60, steps=4)
        page.mouse.up()
        assert float(cursor.get_attribute("aria-valuenow") or "nan") > before + 1.0
        page.keyboard.press("Delete")
        assert cursor.locator("text").text_content() == "rejected"
        assert "rejected" in page.locator("#status").inner_text()
        assert watched.complaints == []


def test_on_a_narrow_screen_nothing_is_cut_off(browser: Browser, folder: Path) -> None:
    with watched_page(browser, folder / "report.html") as watched:
        watched.page.set_viewport_size({"width": 360, "height": 700})
        wide = watched.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 361
        assert watched.page.locator("#table-matrix").is_visible()
