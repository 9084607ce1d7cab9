"""The report in a real browser: what a person sees, presses and takes away as review.json."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from browser import Watched, open_browser, watched_page
from hemifacial.anatomy import Side
from hemifacial.corrections import Action, Correction, apply
from hemifacial.formats.review_file import read_review
from hemifacial.report import render
from report_example import (
    SHA256,
    example_corrections,
    example_events,
    example_findings,
    example_result,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.timeout(300)
PROVENANCE = example_result().provenance
NASTY = "<script>alert(1)</script><img src=x onerror=alert(2)>"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(render(example_result(), None, None, ()).html, encoding="utf-8")
    return file


@pytest.fixture
def opened(browser: Browser, plain: Path) -> Iterator[Watched]:
    """The plain report; whatever a test does with it, it neither complains nor asks."""
    with watched_page(browser, plain) as watched:
        yield watched
        assert watched.complaints == []
        assert {url for url in watched.requests if not url.startswith(("blob:", "data:"))} == {
            plain.as_uri()
        }


def reviewed_page(
    folder: Path, corrections: tuple[Correction, ...], name: str = "report.html"
) -> Path:
    measured = example_result()
    review = apply(measured.events, corrections)
    after = example_result(findings=example_findings(6, 1), events=review.events)
    file = folder / name
    file.write_text(render(measured, after, review, corrections).html, encoding="utf-8")
    return file


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def cell(page: Page, event_id: str, name: str) -> str:
    return page.locator(f'tr[data-event="{event_id}"] [data-cell="{name}"]').inner_text()


def status(page: Page) -> str:
    return page.locator("#status").inner_text()


def saved(page: Page, folder: Path, who: str = "Dr Ada Weiss") -> Path:
    """Save by keyboard alone: w asks for the name, which is typed, and Enter downloads."""
    press(page, "w")
    if page.evaluate("document.activeElement.id") == "who":
        assert "Enter your name" in status(page)
        page.keyboard.type(who)
        with page.expect_download() as download:
            press(page, "Enter")
    else:
        pytest.fail("the page did not ask for a name")
    assert download.value.suggested_filename == "review.json"
    path = folder / "review.json"
    download.value.save_as(path)
    return path


def lines_of(path: Path) -> list[dict[str, Any]]:
    document = json.loads(path.read_text(encoding="utf-8"))
    assert {key: document[key] for key in ("schema_version", "input_sha256", "method")} == {
        "schema_version": 1,
        "input_sha256": SHA256,
        "method": "face",
    }
    corrections = document["corrections"]
    assert isinstance(corrections, list)
    return corrections


def test_every_action_by_keyboard_alone_ends_in_a_review_that_is_read_and_applied(
    opened: Watched, tmp_path: Path
) -> None:
    page = opened.page
    press(page, "j")  # the first event, e0001
    press(page, "r")
    page.keyboard.type("a smile")
    press(page, "Enter", "j", "s", "Enter")  # e0002 to the other side
    press(page, "j", "j", "m")  # past the blink e0008 to e0003
    page.keyboard.type("4.05")
    press(page, "Tab")
    page.keyboard.type("1.2")
    press(page, "Enter", "a")
    press(page, "Tab", "ArrowDown", "Tab")  # a spasm, on the left
    page.keyboard.type("19")
    press(page, "Tab")
    page.keyboard.type("0.3")
    for _ in range(5):
        press(page, "Tab")
    press(page, "Space", "Enter")
    review = read_review(saved(page, tmp_path), PROVENANCE)

    assert [line.action for line in review] == [
        Action.REJECT,
        Action.RE_SIDE,
        Action.MOVE,
        Action.ADD,
    ]
    assert {line.who for line in review} == {"Dr Ada Weiss"}
    named = {one.event_id: one for one in example_events()}
    assert review[0].before == named["e0001"]
    assert review[0].why == "a smile"
    second, third = (
        replace(named[name], peak_time_s=None, amplitude=None, amplitude_unit="")
        for name in ("e0002", "e0003")
    )
    assert review[1].after == replace(second, side=Side.LEFT)
    assert review[2].after == replace(third, onset_s=4.05, duration_s=1.2, trial_type="spasm_tonic")
    new = review[3].after
    assert new is not None
    assert (new.trial_type, new.side, new.sites, new.onset_s, new.duration_s) == (
        "spasm_clonic",
        Side.LEFT,
        ("mouth_corner",),
        19.0,
        0.3,
    )
    outcome = apply(example_events(), review)
    assert outcome.not_applied == ()
    assert "e0001" not in {one.event_id for one in outcome.events}
    assert "hemifacial review FOLDER --corrections review.json" in page.inner_text("#next")


def test_saving_needs_a_name_and_says_so(opened: Watched) -> None:
    page = opened.page
    press(page, "j", "r", "Enter")
    page.click("#save")
    assert status(page) == "Enter your name: a correction is signed."
    assert page.get_attribute("#who", "aria-invalid") == "true"
    assert page.evaluate("document.activeElement.id") == "who"


def test_enter_in_the_name_saves_and_the_keys_act_again(opened: Watched, tmp_path: Path) -> None:
    page = opened.page
    press(page, "j", "r", "Enter", "w", "Enter")
    assert status(page) == "Enter your name: a correction is signed."
    press(page, "Tab")  # from the name to the button, where w is a key again
    (line,) = lines_of(saved(page, tmp_path, who="Dr Bo Lind"))
    assert line["who"] == "Dr Bo Lind"
    assert page.evaluate("document.activeElement.id") == "next"
    press(page, "j")
    assert page.input_value("#who") == "Dr Bo Lind"
    assert page.evaluate("document.activeElement.dataset.event") == "e0001"
    page.focus("#who")
    press(page, "Enter")
    assert status(page) == "Nothing to save."


def test_undo_takes_out_what_is_not_saved_and_leaves_no_line(
    opened: Watched, tmp_path: Path
) -> None:
    page = opened.page
    press(page, "j", "r", "Enter")
    assert "rejected" in (page.get_attribute('tr[data-event="e0001"]', "class") or "")
    assert "6 right, 0 left" in status(page)
    press(page, "u")
    assert "measured" in (page.get_attribute('tr[data-event="e0001"]', "class") or "")
    assert "7 right, 0 left" in status(page)
    assert page.is_disabled("#save")
    press(page, "s", "Enter", "j", "r", "Enter", "u")
    (line,) = lines_of(saved(page, tmp_path))
    assert (line["action"], line["before"]["event_id"]) == ("re-side", "e0001")


def test_undo_of_an_added_event_takes_its_row_away(opened: Watched) -> None:
    page = opened.page
    rows = page.locator("#table-events tbody tr").count()
    press(page, "a")
    page.fill('[name="onset"]', "1")
    page.fill('[name="duration"]', "0.2")
    press(page, "Enter")
    assert page.evaluate("document.activeElement.dataset.event") == "added-1"
    press(page, "u")
    assert page.locator("#table-events tbody tr").count() == rows


@pytest.mark.parametrize(
    ("onset", "duration", "problem"),
    [
        ("-1", "0.2", "The onset must be a number of seconds, 0 or more."),
        ("", "0.2", "The onset must be a number of seconds, 0 or more."),
        ("3", "0", "The duration must be a number of seconds above 0."),
        ("19.5", "1", "The event would end at 20.50 s; the recording ends at 20.00 s."),
        ("1.42", "0.24", "Nothing was changed."),
    ],
)
def test_times_that_cannot_be_are_refused_and_named(
    opened: Watched, onset: str, duration: str, problem: str
) -> None:
    page = opened.page
    press(page, "j", "m")
    page.fill('[name="onset"]', onset)
    page.fill('[name="duration"]', duration)
    press(page, "Enter")
    assert page.inner_text(".editor [role=alert]") == problem
    press(page, "Escape")
    assert page.locator(".editor").count() == 0
    assert page.evaluate("document.activeElement.dataset.event") == "e0001"
    assert page.is_disabled("#save")


def test_a_decimal_comma_is_a_decimal_point(opened: Watched, tmp_path: Path) -> None:
    page = opened.page
    given = {
        ("1,8", "0,25"): (1.8, 0.25),
        (" 1.8 ", ".5"): (1.8, 0.5),
        ("1,", ",75"): (1.0, 0.75),
        ("1.234567", "2"): (1.234567, 2.0),
    }
    press(page, "j")
    for key in "ma":
        for typed in given:
            press(page, key)
            for field, text in zip(("onset", "duration"), typed, strict=True):
                page.locator(f'[name="{field}"]').select_text()
                page.keyboard.type(text)
            press(page, "Enter")
    kept = [
        (line["after"]["onset"], line["after"]["duration"])
        for line in lines_of(saved(page, tmp_path))
    ]
    assert kept == [*given.values(), *given.values()]


@pytest.mark.parametrize(("key", "field"), [("m", "onset"), ("a", "duration")])
def test_what_is_not_a_plain_number_is_refused_and_stays_as_typed(
    opened: Watched, key: str, field: str
) -> None:
    page = opened.page
    press(page, "j", key)
    page.fill('[name="onset"]', "3")
    page.fill('[name="duration"]', "0.2")
    for typed in (
        *("1,8,2", "1.234,5", "1 800", "1e1", "0x10", "NaN", "Infinity", "1.8 s", "--1", ","),
        "1.2345678",
    ):
        page.fill(f'[name="{field}"]', typed)
        press(page, "Enter")
        assert page.inner_text(".editor [role=alert]") == (
            f'The {field} "{typed}" is not a plain number: '
            "write seconds such as 1.8 or 1,8, with at most 6 decimals."
        )
        assert page.input_value(f'[name="{field}"]') == typed
        assert page.get_attribute(f'[name="{field}"]', "aria-invalid") == "true"
        assert page.evaluate("document.activeElement.name") == field
    assert page.is_disabled("#save")


@pytest.mark.parametrize(
    ("duration", "kind"),
    [("0.499", "clonic"), ("0.5", "prolonged"), ("0.999", "prolonged"), ("1", "tonic")],
)
def test_a_moved_spasm_is_of_the_kind_that_its_duration_makes_it(
    opened: Watched, duration: str, kind: str
) -> None:
    page = opened.page
    press(page, "j", "m")
    page.fill('[name="duration"]', duration)
    press(page, "Enter")
    assert cell(page, "e0001", "kind") == f"Spasm, {kind}"


@pytest.mark.parametrize("keys", [("m", "1", ".", "6", "Enter"), ("s", "Enter")])
def test_the_size_of_a_corrected_event_is_not_said_before_it_is_measured_again(
    opened: Watched, tmp_path: Path, keys: tuple[str, ...]
) -> None:
    page = opened.page
    press(page, "j", *keys)
    assert cell(page, "e0001", "amplitude") == "measured when applied"
    (line,) = lines_of(saved(page, tmp_path))
    assert line["before"]["amplitude"] == 3.1
    assert [line["after"][key] for key in ("peak_time", "amplitude", "amplitude_unit")] == [
        None
    ] * 3


def test_a_gap_and_a_two_sided_event_say_why_they_cannot_be_changed(opened: Watched) -> None:
    page = opened.page
    page.locator('tr[data-event="e0012"]').focus()
    press(page, "r")
    assert "a fact of the recording" in status(page)
    page.locator('tr[data-event="e0008"]').focus()
    press(page, "s")
    assert "reject it, and add a spasm on one side" in status(page)


def test_keys_do_nothing_while_typing_and_can_be_switched_off(opened: Watched) -> None:
    page = opened.page
    page.focus("#who")
    page.keyboard.type("jramsut?")
    assert page.input_value("#who") == "jramsut?"
    assert page.locator(".editor").count() == 0
    assert page.is_hidden("#help")
    page.locator("#keys").focus()
    press(page, "?")
    page.uncheck("#single-keys")
    press(page, "Escape", "r", "?")
    assert page.locator(".editor").count() == 0
    assert page.is_hidden("#help")


def test_the_list_of_keys_is_seen_and_focused_wherever_the_page_is(opened: Watched) -> None:
    page = opened.page
    press(page, "?")
    assert page.evaluate("scrollY") == 0
    box = page.locator("#help").bounding_box()
    assert box is not None
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 900
    assert page.evaluate("document.activeElement.closest('dialog')?.id") == "help"
    press(page, "r", "a")
    assert page.locator(".editor").count() == 0  # no key acts on what lies behind
    press(page, "Escape")
    assert page.is_hidden("#help")
    press(page, "j", "m", "Tab", "Tab", "Tab", "?", "Escape")
    assert page.locator(".editor").count() == 0  # on Apply ? is no key; Esc left the form
    press(page, "j", "?", "?")
    assert page.is_hidden("#help")
    assert page.evaluate("document.activeElement.dataset.event") == "e0002"
    page.click("#keys")
    page.click("#close-keys")
    assert page.is_hidden("#help")
    assert page.evaluate("document.activeElement.id") == "keys"


def test_tab_leaves_the_table_again_and_focus_is_seen(opened: Watched) -> None:
    page = opened.page
    press(page, "j", "j", "j")
    row = page.locator("tr[data-event]:focus")
    assert row.get_attribute("data-event") == "e0008"
    assert row.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
    stops = []
    for _ in range(6):
        press(page, "Tab")
        stops.append(page.evaluate("document.activeElement.closest('#table-events') !== null"))
    assert stops[0]
    assert not stops[-1]
    press(page, "j", "k", "ArrowDown", "ArrowUp")
    assert page.locator("tr[data-event]:focus").get_attribute("data-event") == "e0002"


def test_a_draft_outlives_a_reload_and_ends_once_the_page_holds_it(
    browser: Browser, plain: Path, tmp_path: Path
) -> None:
    with watched_page(browser, plain) as watched:
        page = watched.page
        press(page, "j", "r", "Enter")
        page.locator("#status", has_text="6 right, 0 left").wait_for()
        page.reload()
        earlier = "1 correction of an earlier visit, not saved yet."
        page.locator("#status", has_text=earlier).wait_for(timeout=30_000)
        assert "rejected" in (page.get_attribute('tr[data-event="e0001"]', "class") or "")
        corrections = read_review(saved(page, tmp_path), PROVENANCE)
        page.goto(reviewed_page(tmp_path, corrections).as_uri())
        assert page.is_disabled("#save")
        assert status(page) == ""
        assert cell(page, "e0001", "unsaved") == ""
        assert "Rejected by Dr Ada Weiss" in cell(page, "e0001", "saved")


def test_without_storage_the_page_works_all_the_same(browser: Browser, plain: Path) -> None:
    with watched_page(browser, plain) as watched:
        watched.page.add_init_script(
            "Object.defineProperty(window, 'localStorage', {get() { throw new Error('denied'); }});"
        )
        watched.page.reload()
        press(watched.page, "j", "r", "Enter")
        assert "6 right, 0 left" in status(watched.page)
        assert watched.complaints == []


def test_leaving_with_unsaved_corrections_warns_and_otherwise_does_not(
    browser: Browser, plain: Path, tmp_path: Path
) -> None:
    with watched_page(browser, plain) as watched:
        warnings: list[str] = []
        watched.page.on("dialog", lambda dialog: warnings.append(dialog.type))
        watched.page.click("h1")
        watched.page.reload()
        assert warnings == []
        press(watched.page, "j", "r", "Enter")
        watched.page.reload()
        assert warnings == ["beforeunload"]
        press(watched.page, "j")
        saved(watched.page, tmp_path)
        watched.page.reload()
        assert warnings == ["beforeunload"]


def test_saved_lines_are_kept_and_each_can_be_taken_back(browser: Browser, tmp_path: Path) -> None:
    standing = example_corrections()
    with watched_page(browser, reviewed_page(tmp_path, standing)) as watched:
        page = watched.page
        for name in ("e0001", "e0002", "e0006", "added-1"):
            page.locator(f'tr[data-event="{name}"]').focus()
            press(page, "t")
        review = read_review(saved(page, tmp_path), PROVENANCE)
        assert watched.complaints == []
    assert review[: len(standing)] == standing
    assert [line.action for line in review[len(standing) :]] == [
        Action.ADD,
        Action.RE_SIDE,
        Action.MOVE,
        Action.REJECT,
    ]
    outcome = apply(example_events(), review)
    assert len(outcome.not_applied) == 1  # the one that fitted nothing before
    assert {*outcome.events} == {*example_events()}


def test_by_mouse_an_event_is_chosen_in_the_figure_and_corrected_in_its_row(
    opened: Watched, tmp_path: Path
) -> None:
    page = opened.page
    page.locator('svg [data-event="e0003"] rect').first.click()
    assert page.inner_text("#closeup-name").startswith("e0003")
    page.keyboard.press("Escape")
    row = page.locator('tr[data-event="e0003"]')
    row.get_by_text("Side", exact=True).click()
    page.click(".editor [type=submit]")
    assert cell(page, "e0003", "side") == "left"
    page.fill("#who", "Ö. <b>")
    with page.expect_download() as download:
        page.click("#save")
    download.value.save_as(tmp_path / "review.json")
    (line,) = lines_of(tmp_path / "review.json")
    assert line["who"] == "Ö. <b>"


@pytest.mark.parametrize("width_px", [360, 768, 1280])
def test_the_page_is_never_wider_than_its_window(
    browser: Browser, tmp_path: Path, width_px: int
) -> None:
    file = reviewed_page(tmp_path, example_corrections())
    with watched_page(browser, file, width_px=width_px) as watched:
        for keys in ((), ("?",), ("Escape", "j", "m"), ("Escape", "a")):
            press(watched.page, *keys)
            wide = watched.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width_px, keys


@pytest.mark.parametrize("reviewed", [False, True])
def test_on_a_telephone_every_value_and_button_is_within_the_window(
    browser: Browser, plain: Path, tmp_path: Path, reviewed: bool
) -> None:
    file = reviewed_page(tmp_path, example_corrections()) if reviewed else plain
    with watched_page(browser, file, width_px=360) as watched:
        page = watched.page
        outside = page.evaluate(
            """() => [...document.querySelectorAll(
                "table :is(td, th, li, button, span), .parameters *, pre, h1")]
            .filter((part) => !part.closest("thead, template") && part.getClientRects().length)
            .filter((part) => part.getBoundingClientRect().right > 360
                || part.scrollWidth > part.clientWidth + 1
                && getComputedStyle(part).display !== "inline")
            .map((part) => part.outerHTML)"""
        )
        assert outside == []
        row = page.locator('tr[data-event="e0003"]')
        labels = row.evaluate(
            """row => [...row.cells].filter((cell) => cell.getClientRects().length)
            .map((cell) => getComputedStyle(cell, "::before").content)"""
        )
        said = ("Onset (s)", "Duration (s)", "Kind", "Side", "Region", "Peak", "Conf.")
        assert labels == ["none", *(f'"{word}: "' for word in said), "none"]
        row.get_by_text("Move", exact=True).click()
        page.fill('[name="onset"]', "4,2")
        page.locator(".editor [type=submit]").click()
        assert cell(page, "e0003", "onset") == "4.200"
        told = page.locator("#status").bounding_box()
        assert told is not None
        assert told["y"] + told["height"] <= 900  # seen, though its bar has scrolled away


def test_a_figure_is_as_wide_as_its_window_and_says_so_where_no_script_can_make_it_so(
    browser: Browser, plain: Path
) -> None:
    for width_px in (360, 660, 1280):
        with watched_page(browser, plain, width_px=width_px) as watched:
            page = watched.page
            # A function that is waited for would be an eval, which the page forbids.
            page.locator("#shown-time", has_text=re.compile(r"\S")).wait_for()
            assert page.locator("#course .box").evaluate(
                "box => box.scrollWidth <= box.clientWidth"
            )
            assert page.locator("#course .sideways").is_hidden()
        context = browser.new_context(
            viewport={"width": width_px, "height": 900}, java_script_enabled=False
        )
        page = context.new_page()
        page.goto(plain.as_uri())
        assert page.locator("#course .sideways").is_visible() == (width_px < 680)
        assert page.locator("#course .static svg").is_visible()
        assert page.locator("#course button").first.is_hidden()
        context.close()


@pytest.mark.parametrize(
    ("created_at", "shown"),
    [
        ("2026-11-22T13:00:00+00:00", "2026-11-22 13:00 UTC"),
        ("2026-11-22T13:00:00Z", "2026-11-22 13:00 UTC"),
        ("2026-11-22T13:00:00-05:30", "2026-11-22 13:00 -05:30"),
        ("2026-11-22T13:00:00", "2026-11-22 13:00 (its time zone is not stated)"),
    ],
)
def test_the_time_in_the_header_names_its_zone(
    browser: Browser, tmp_path: Path, created_at: str, shown: str
) -> None:
    measured = example_result(provenance=replace(PROVENANCE, created_at=created_at))
    file = tmp_path / "report.html"
    file.write_text(render(measured, None, None, ()).html, encoding="utf-8")
    with watched_page(browser, file) as watched:
        time = watched.page.locator("header time").last
        assert time.inner_text() == shown
        assert time.get_attribute("datetime") == created_at


def test_many_parameters_take_little_room_and_none_is_lost(
    browser: Browser, tmp_path: Path
) -> None:
    criteria = {f"criterion_number_{place}_mm": place / 8 for place in range(24)}
    given = {"mirrored": False, "model_sha256": SHA256, "criteria": criteria}
    measured = example_result(provenance=replace(PROVENANCE, parameters=given))
    file = tmp_path / "report.html"
    file.write_text(render(measured, None, None, ()).html, encoding="utf-8")
    with watched_page(browser, file) as watched:
        page = watched.page
        assert not page.locator(".parameters").last.is_visible()
        page.locator("#method summary").click()
        assert page.locator("#method h3").all_inner_texts() == [
            "Parameters",
            "Parameters: criteria",
        ]
        told = page.locator(".parameters").last.locator("div").all_inner_texts()
        assert [one.split("\n") for one in told] == [
            [name, str(value)] for name, value in criteria.items()
        ]
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 688, "height": 1000})
        box = page.locator("#method").bounding_box()
        assert box is not None
        assert box["height"] < 500  # half of the page that they took


def test_on_paper_there_are_no_controls_and_nothing_is_cut(
    browser: Browser, tmp_path: Path
) -> None:
    with watched_page(browser, reviewed_page(tmp_path, example_corrections())) as watched:
        page = watched.page
        press(page, "j", "r", "?")
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 688, "height": 1000})  # 182 mm, A4 less its margins
        for gone in ("button", "input", "select", "#help", "#status", ".editor"):
            assert page.locator(f"{gone}:visible").count() == 0, gone
        assert page.evaluate(
            "[...document.querySelectorAll('table, svg')].every("
            "part => !part.getClientRects().length "
            "|| part.getBoundingClientRect().right <= innerWidth + 1)"
        )
        pdf = page.pdf(prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    assert b"/MediaBox [0 0 594" in pdf.replace(b"/MediaBox[", b"/MediaBox [")  # A4 in points
    assert len(pdf) > 20_000
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 3


def test_texts_from_outside_stay_texts(browser: Browser, tmp_path: Path) -> None:
    measured = example_result(
        provenance=replace(PROVENANCE, input_name=NASTY, parameters={NASTY: "</script>" + NASTY}),
        events=tuple(
            replace(one, event_id=one.event_id + '"><script>alert(3)</script>')
            for one in example_events()
        ),
    )
    first = measured.events[0]
    why = "</script><script>alert(4)</script>"
    line = Correction(
        action=Action.REJECT, before=first, after=None, who=NASTY, when="2026-11-22", why=why
    )
    review = apply(measured.events, [line])
    file = tmp_path / "report.html"
    html = render(measured, replace(measured, events=review.events), review, [line]).html
    file.write_text(html, encoding="utf-8")
    with watched_page(browser, file) as watched:
        page = watched.page
        alerts: list[str] = []
        page.on("dialog", lambda dialog: alerts.append(dialog.message))
        assert page.inner_text("h1") == NASTY
        assert why in page.locator("[data-cell=saved] li").first.inner_text()
        press(page, "j", "j", "r")
        page.keyboard.type(NASTY)
        press(page, "Enter")
        assert NASTY in status(page)
        assert page.locator("script").count() == 2
        assert alerts == []
        assert watched.complaints == []


def test_a_script_that_gets_into_the_file_is_not_run(
    browser: Browser, plain: Path, tmp_path: Path
) -> None:
    file = tmp_path / "changed.html"
    foreign = (
        "<script>document.title = 'run'</script><p onclick='0' id='in' style='color:red'>x</p>"
    )
    text = plain.read_text(encoding="utf-8").replace("</main>", foreign + "</main>")
    file.write_text(text, encoding="utf-8")
    with watched_page(browser, file) as watched:
        assert watched.page.title() != "run"
        assert any("Content Security Policy" in told for told in watched.complaints)
        colour = watched.page.evaluate("getComputedStyle(document.getElementById('in')).color")
        assert colour != "rgb(255, 0, 0)"


def test_five_hundred_events_are_still_quick_to_go_through(
    browser: Browser, tmp_path: Path
) -> None:
    first = example_events()[0]
    events = tuple(
        replace(first, event_id=f"n{place:04}", onset_s=place * 0.036, duration_s=0.02)
        for place in range(500)
    )
    file = tmp_path / "report.html"
    html = render(example_result(events=events), None, None, ()).html
    file.write_text(html, encoding="utf-8")
    with watched_page(browser, file) as watched:
        press(watched.page, "j")
        took_ms = watched.page.evaluate(
            """() => { const start = performance.now();
            for (let i = 0; i < 20; i += 1) document.activeElement.dispatchEvent(
              new KeyboardEvent("keydown", {key: "j", bubbles: true}));
            return (performance.now() - start) / 20; }"""
        )
        assert watched.page.evaluate("document.activeElement.dataset.event") == "n0020"
        assert took_ms < 100
