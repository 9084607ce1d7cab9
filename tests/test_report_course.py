"""The figures of the report in a real browser: zoom, move, the event close up, on paper."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from browser import Watched, open_browser, watched_page
from hemifacial.findings import Still
from hemifacial.report import render
from report_example import full_result

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.timeout(300)
JPEG = bytes.fromhex(  # one grey point
    "ffd8ffe000104a46494600010100000100010000ffdb004300080606070605080707070909080a0c140d0c0b0b0c19"
    "12130f141d1a1f1e1d1a1c1c20242e2720222c231c1c2837292c30313434341f27393d38323c2e333432ffc0000b08"
    "000100010101110000ffc4001f0000010501010101010100000000000000000102030405060708090a0bffc400b510"
    "0002010303020403050504040000017d01020300041105122131410613516107227114328191a1082342b1c11552d1"
    "f02433627282090a161718191a25262728292a3435363738393a434445464748494a535455565758595a6364656667"
    "68696a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2"
    "c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9faffda0008010100003f00"
    "fbfcffd9"
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("course") / "report.html"
    stills = [Still(jpeg=JPEG), Still(jpeg=JPEG, event_id="e0003", time_s=5.2)]
    file.write_text(render(full_result(), None, None, (), stills=stills).html, encoding="utf-8")
    return file


@pytest.fixture
def opened(browser: Browser, full: Path) -> Iterator[Watched]:
    """The report of all regions; whatever a test does with it, it neither complains nor asks."""
    with watched_page(browser, full) as watched:
        settled(watched.page)
        yield watched
        assert watched.complaints == []
        assert {url for url in watched.requests if not url.startswith(("blob:", "data:"))} == {
            full.as_uri()
        }


def settled(page: Page) -> None:
    """Wait until what was asked for is drawn."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 20)))")


def shown(page: Page) -> str:
    settled(page)
    return page.locator("#shown-time").inner_text()


def span(page: Page) -> tuple[float, float]:
    words = shown(page).split()
    return (0.0, 60.0) if words[0] == "whole" else (float(words[0]), float(words[3]))


def ink(page: Page, selector: str = "#canvases canvas") -> int:
    """How many coloured points a canvas has."""
    counted = page.evaluate(
        """(selector) => { const canvas = document.querySelector(selector);
        const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
        let count = 0;
        for (let i = 3; i < data.length; i += 4) if (data[i] > 40) count += 1;
        return count; }""",
        selector,
    )
    assert isinstance(counted, int)
    return counted


def test_keys_zoom_and_move_and_show_the_whole_again(opened: Watched) -> None:
    page = opened.page
    assert shown(page) == "whole recording, 60.0 s"
    page.locator("#course-view").focus()
    page.keyboard.press("+")
    assert span(page) == (15.0, 45.0)
    page.keyboard.press("ArrowRight")
    assert span(page) == (21.0, 51.0)
    page.keyboard.press("End")
    assert span(page) == (30.0, 60.0)
    page.keyboard.press("ArrowRight")  # not beyond the end
    assert span(page) == (30.0, 60.0)
    page.keyboard.press("Home")
    page.keyboard.press("-")
    assert shown(page) == "whole recording, 60.0 s"
    page.keyboard.press("+")
    page.keyboard.press("0")
    assert shown(page) == "whole recording, 60.0 s"


def test_buttons_do_what_the_keys_do(opened: Watched) -> None:
    page = opened.page
    for name in ("in", "in", "on"):
        page.click(f'[data-view="{name}"]')
    assert span(page) == (30.0, 45.0)
    page.click('[data-view="whole"]')
    assert shown(page).startswith("whole")
    assert page.is_disabled('[data-view="back"]')


def test_marks_and_ticks_follow_the_time_that_is_shown(opened: Watched) -> None:
    page = opened.page
    first = page.locator('#course-view [data-event="e0003"] rect').first
    before = first.bounding_box()
    page.locator('tr[data-event="e0003"]').focus()
    page.keyboard.press("z")
    settled(page)
    after = first.bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] > 10 * before["width"]
    left, right = span(page)
    box = page.locator("#course-view").bounding_box()
    assert box is not None
    gutter, margin = 118, 12
    per_s = (box["width"] - gutter - margin) / (right - left)
    onset = float(page.locator('tr[data-event="e0003"] [data-cell="onset"]').inner_text())
    assert after["x"] - box["x"] == pytest.approx(gutter + (onset - left) * per_s, abs=1.5)
    ticks = page.locator("#course-view > svg .axis text").all_text_contents()
    assert all(left - 0.01 <= float(tick) <= right + 0.01 for tick in ticks[:-1])


def test_the_mouse_moves_zooms_and_opens_an_event(opened: Watched) -> None:
    page = opened.page
    view = page.locator("#course-view")
    view.scroll_into_view_if_needed()
    box = view.bounding_box()
    assert box is not None
    middle = (box["x"] + 118 + (box["width"] - 130) / 2, box["y"] + 60)
    page.mouse.move(*middle)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.keyboard.up("Control")
    left, right = span(page)
    assert right - left == pytest.approx(48.0, abs=0.01)
    assert (left + right) / 2 == pytest.approx(30.0, abs=0.2)  # about where the pointer is
    page.mouse.down()
    page.mouse.move(middle[0] - 100, middle[1], steps=4)
    page.mouse.up()
    assert span(page)[0] > left + 3
    assert page.is_hidden("#closeup")  # a drag is no click
    page.locator('#course-view [data-event="e0012"] rect').first.click()
    assert page.is_visible("#closeup")
    assert "e0012" in page.inner_text("#closeup-name")


def test_an_interval_marked_with_shift_becomes_an_event_to_be_added(opened: Watched) -> None:
    page = opened.page
    view = page.locator("#course-view")
    view.scroll_into_view_if_needed()
    box = view.bounding_box()
    assert box is not None
    per_s = (box["width"] - 130) / 60
    page.keyboard.down("Shift")
    page.mouse.move(box["x"] + 118 + 10 * per_s, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + 118 + 12 * per_s, box["y"] + 60, steps=4)
    page.mouse.up()
    page.keyboard.up("Shift")
    assert float(page.input_value('[name="onset"]')) == pytest.approx(10.0, abs=0.1)
    assert float(page.input_value('[name="duration"]')) == pytest.approx(2.0, abs=0.1)
    for site in ("brow", "chin", "jaw_line"):
        page.check(f'[name="sites"][value="{site}"]')
    page.click(".editor [type=submit]")
    row = page.locator('tr[data-event="added-1"]')
    assert row.locator('[data-cell="sites"]').inner_text() == "brow, chin, jaw line"
    assert row.locator('[data-cell="kind"]').inner_text() == "Spasm, tonic"


def test_enter_shows_an_event_close_up_with_its_picture_and_what_each_region_did(
    opened: Watched,
) -> None:
    page = opened.page
    page.locator('tr[data-event="e0003"]').focus()
    page.keyboard.press("Enter")
    assert page.inner_text("#closeup-name").startswith("e0003 · Spasm, clonic · patient's RIGHT")
    assert page.locator('#closeup [data-part="still"] img').get_attribute("alt") == (
        "Spasm, clonic, patient's RIGHT (e0003) at its peak, 5.20 s"
    )
    rows: list[list[str]] = page.evaluate(
        "[...document.querySelectorAll('.sizes tbody tr')]"
        ".map((row) => [...row.cells].map((cell) => cell.textContent))"
    )
    assert [row[0] for row in rows] == [
        *("brow", "eyelids", "cheek", "upper lip", "mouth corner", "chin", "jaw line")
    ]
    assert rows[1][2] == "below 0.70 mm"
    assert ink(page, "#closeup canvas") > 2000
    page.keyboard.press("j")
    assert page.inner_text("#closeup-name").startswith("e0004")
    assert page.locator('#closeup [data-part="still"] img').count() == 0
    page.keyboard.press("Escape")
    assert page.is_hidden("#closeup")
    assert page.evaluate("document.activeElement.dataset.event") == "e0004"


def test_an_event_is_corrected_from_the_close_up_which_then_has_no_old_sizes(
    opened: Watched,
) -> None:
    page = opened.page
    page.locator('#course-view [data-event="e0005"] rect').first.click()
    assert page.evaluate("document.activeElement.id") == "closeup"
    page.keyboard.press("ArrowRight")  # keys of the figure do nothing here
    page.click('#closeup [data-do="re-side"]')
    page.click(".editor [type=submit]")
    row = page.locator('tr[data-event="e0005"] [data-cell="side"]')
    assert row.inner_text() == "left"
    assert page.is_hidden(".sizes")
    assert "Measured again when the corrections are applied." in page.inner_text("#closeup")
    page.keyboard.press("u")
    assert row.inner_text() == "right"
    assert page.is_visible(".sizes")


def test_the_row_that_is_chosen_is_not_hidden_behind_the_close_up(opened: Watched) -> None:
    page = opened.page
    page.locator('tr[data-event="e0003"]').focus()
    page.keyboard.press("Enter")
    for _ in range(8):
        page.keyboard.press("j")
        settled(page)
        row = page.locator("tr.selected").bounding_box()
        panel = page.locator("#closeup").bounding_box()
        assert row is not None
        assert panel is not None
        assert row["y"] >= 0
        assert row["y"] + row["height"] <= panel["y"] + 1


def test_a_shortest_spasm_is_seen_at_every_zoom(browser: Browser, full: Path) -> None:
    """The drawn trace reaches the same height whole, zoomed once and zoomed to the event."""
    with watched_page(browser, full) as watched:
        settled(watched.page)
        _check_heights(watched.page)


def _check_heights(page: Page) -> None:
    # Of a page of its own: reading a canvas back several times makes the browser complain.
    highest = """() => { const canvas = document.querySelector("#canvases canvas");
        const ratio = canvas.width / canvas.clientWidth;
        const strip = canvas.getContext("2d").getImageData(
            120 * ratio, 89 * ratio, canvas.width - 135 * ratio, 56 * ratio);
        for (let i = 0; i < strip.data.length; i += 4) {
            const [r, g, b, a] = strip.data.slice(i, i + 4);
            if (a > 200 && r > 190 && g < 140 && b < 90) return Math.floor(i / 4 / strip.width);
        } return -1; }"""
    heights: list[Any] = []
    page.locator('tr[data-event="e0005"]').focus()  # 0.12 s
    for key in ("0", "+", "z"):
        page.keyboard.press(key)
        settled(page)
        heights.append(page.evaluate(highest))
    assert min(heights) >= 0
    assert max(heights) - min(heights) <= 3


@pytest.mark.parametrize("width_px", [360, 768, 1280])
def test_all_regions_phases_and_the_close_up_fit_the_window(
    browser: Browser, full: Path, width_px: int
) -> None:
    with watched_page(browser, full, width_px=width_px) as watched:
        page = watched.page
        page.locator('tr[data-event="e0003"]').focus()
        page.keyboard.press("Enter")
        settled(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width_px
        view = page.locator("#course-view > svg").bounding_box()
        assert view is not None
        assert view["x"] + view["width"] <= width_px
        assert ink(page) > 3000
        panel = page.locator("#closeup")
        assert panel.evaluate("part => part.scrollWidth <= part.clientWidth")
        assert watched.complaints == []


WRITTEN = """(() => { window.written = []; const pen = CanvasRenderingContext2D.prototype;
    const plain = pen.fillText; pen.fillText = function (text, ...where) {
        window.written.push(text); plain.call(this, text, ...where); }; })()"""


def test_a_signal_without_a_side_is_called_by_its_own_name_in_the_close_up(
    browser: Browser, tmp_path: Path
) -> None:
    made = full_result()
    made.signals["face"]["mouth_width"].attrs["site"] = "mouth_corner"
    file = tmp_path / "report.html"
    file.write_text(render(made, None, None, ()).html, encoding="utf-8")
    with watched_page(browser, file) as watched:
        page = watched.page
        page.add_init_script(WRITTEN)
        page.reload()
        settled(page)
        page.evaluate("window.written = []")
        page.locator('tr[data-event="e0003"]').focus()
        page.keyboard.press("Enter")
        settled(page)
        names = page.evaluate("window.written")
        assert names.count("mouth corner") == names.count("cheek") > 0
        assert "Mouth width" in names


def test_on_paper_the_whole_recording_stands_as_drawing_and_nothing_is_cut(
    browser: Browser, full: Path
) -> None:
    with watched_page(browser, full) as watched:
        page = watched.page
        page.locator("#course-view").focus()
        page.keyboard.press("+")
        settled(page)
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 688, "height": 1000})
        settled(page)
        assert page.is_hidden("#canvases")
        assert page.locator("#course-view .static svg").is_visible()
        ticks = page.locator("#course-view > svg").locator(".axis text").all_text_contents()
        assert (ticks[0], ticks[-2]) == ("0", "60")
        assert page.evaluate(
            "[...document.querySelectorAll('table, svg')].filter((part) => "
            "part.getClientRects().length).every("
            "part => part.getBoundingClientRect().right <= innerWidth + 1)"
        )
        page.emulate_media(media="screen")
        page.set_viewport_size({"width": 1280, "height": 900})
        assert span(page) == (15.0, 45.0)


TIMED = """(() => { const asked = requestAnimationFrame; window.drawn = [];
    window.requestAnimationFrame = (draw) => asked((at) => { const start = performance.now();
        draw(at); window.drawn.push(performance.now() - start); }); })()"""


def test_drawing_any_part_of_ten_minutes_of_seven_regions_is_quick(
    browser: Browser, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    file.write_text(render(full_result(600.0, 300), None, None, ()).html, encoding="utf-8")
    with watched_page(browser, file) as watched:
        page = watched.page
        page.add_init_script(TIMED)
        page.reload()
        page.locator("#course-view").focus()
        settled(page)
        page.evaluate("window.drawn.length = 0")
        for key in ["+"] * 6 + ["ArrowRight"] * 10:
            page.keyboard.press(key)
            settled(page)
        drawn_ms = sorted(page.evaluate("window.drawn"))
        assert len(drawn_ms) >= 16
        assert drawn_ms[len(drawn_ms) // 2] < 60  # 5 to 15 on a quiet machine
        assert ink(page) > 3000
        assert watched.complaints == []
