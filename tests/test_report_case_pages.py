"""Pages of a case in Chromium: no message, no request, nothing cut off; the diary and its file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from browser import open_browser, watched_page
from case_stories import TODAY, drug, hfs, many, rate, result, session, story
from command_line import CommandLine
from hemifacial.anatomy import Side
from hemifacial.care.decompression.follow_up import Outcome
from hemifacial.care.decompression.hearing import Audiogram
from hemifacial.care.decompression.operation import Operation, Technique
from hemifacial.care.decompression.outcome import Spasm
from hemifacial.care.drugs.facts import Allele, AlleleResult, GeneticResult
from hemifacial.care.scales.diary import Diary, DiaryDay, diary_text
from hemifacial.care.scales.diary_file import read_diary
from hemifacial.care.toxin.response import Response
from hemifacial.case.bodies import Note
from hemifacial.commands.case.pages import (
    case_page,
    diary_page,
    letter_page,
    sheet_page,
    write_page,
)
from hemifacial.errors import UsageError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

BAD = '<img src=x onerror="alert(1)">'


def whole_story() -> list[tuple[str, Any, date | None]]:
    """A patient with everything: drug, allele, injections with a response, operation, outcome."""
    start = date(2026, 3, 2)
    operation = Operation(
        on=start,
        side=Side.RIGHT,
        vessels=("vertebral_artery",),
        technique=Technique.SLING,
        note=BAD,
    )
    told = Response(session_on=date(2025, 6, 1), improvement_percent=70, over_on=date(2025, 9, 1))
    allele = GeneticResult(allele=Allele.B1502, result=AlleleResult.NEGATIVE, on=date(2025, 4, 1))
    return [
        ("genetic_result", allele, None),
        drug(date(2025, 5, 1), 200.0),
        session(date(2025, 6, 1)),
        ("toxin_response", told, date(2025, 9, 2)),
        session(date(2025, 10, 1), 20.0, "dysport"),
        result(date(2025, 5, 2), rate(12.0, low=8.0, high=16.0), name=f"{BAD}.mp4"),
        hfs(date(2025, 5, 2), 19),
        ("operation", operation, None),
        ("operation_outcome", Outcome(on=date(2026, 5, 20), spasm=Spasm.PRESENT), None),
        ("note", Note(text="of the spouse, by telephone"), date(2026, 5, 21)),
    ]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Every page of a patient with everything, as files."""
    folder = tmp_path_factory.mktemp("pages")
    with story(folder, whole_story(), note=BAD) as record:
        made = {
            "case": case_page(record, "P1", today=TODAY),
            "letter": letter_page(record, "P1", question=f"A second look? {BAD}", to=BAD),
            "sheet": sheet_page(record, "P1", seen=[BAD], call=BAD),
            "diary": diary_page(record, "P1", call=BAD),
        }
    for name, page in made.items():
        write_page(page, folder / f"{name}.html")
    return {name: folder / f"{name}.html" for name in made}


PAGES = ("case", "letter", "sheet", "diary")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width_px", [360, 1280])
def test_a_page_is_quiet_asks_for_nothing_and_fits(
    browser: Browser, pages: dict[str, Path], name: str, width_px: int
) -> None:
    with watched_page(browser, pages[name], width_px=width_px) as watched:
        assert watched.complaints == []
        assert watched.requests == [pages[name].as_uri()]
        page = watched.page
        assert page.evaluate("document.documentElement.scrollWidth") == width_px
        assert page.evaluate("document.querySelectorAll('img').length") == 0
        for opened in page.query_selector_all("details"):
            opened.evaluate("one => { one.open = true; }")
        assert page.evaluate("document.documentElement.scrollWidth") == width_px


@pytest.mark.parametrize("name", PAGES)
def test_a_page_can_be_read_without_seeing_it(
    browser: Browser, pages: dict[str, Path], name: str
) -> None:
    with watched_page(browser, pages[name]) as watched:
        nameless = watched.page.evaluate(
            """() => {
              const ids = [...document.querySelectorAll("[id]")].map((one) => one.id);
              const twice = ids.filter((id, place) => ids.indexOf(id) !== place);
              const fields = [...document.querySelectorAll("input, textarea")].filter(
                (one) => one.labels.length === 0).map((one) => one.id);
              const drawings = [...document.querySelectorAll("svg")].filter((one) =>
                !one.getAttribute("aria-labelledby").split(" ").every(
                  (id) => one.querySelector(`#${id}`)?.textContent.trim()));
              const tables = [...document.querySelectorAll("table")].filter((one) =>
                !one.caption || !one.querySelector("th[scope=col]"));
              return [...twice, ...fields, ...drawings, ...tables,
                document.documentElement.lang === "en" ? null : "lang",
                document.querySelectorAll("h1").length === 1 ? null : "h1"].filter(Boolean);
            }"""
        )
    assert nameless == []


def test_the_figure_for_telephones_takes_the_place_of_the_wide_one(
    browser: Browser, pages: dict[str, Path]
) -> None:
    for width_px, shown in ((360, "timeline-narrow-title"), (1280, "timeline-title")):
        with watched_page(browser, pages["case"], width_px=width_px) as watched:
            ids = watched.page.evaluate(
                "[...document.querySelectorAll('#course svg')].filter((one) =>"
                " one.getBoundingClientRect().width > 0).map((one) => one.firstElementChild.id)"
            )
            letters = watched.page.evaluate(
                """() => Math.min(...[...document.querySelectorAll("#course svg")].filter((one) =>
                one.getBoundingClientRect().width > 0).map((one) =>
                11 * one.getScreenCTM().a))"""
            )
        assert ids == [shown]
        assert letters > 9  # pixels, of the smallest letters


def test_a_risky_place_says_its_warning_to_the_keyboard(
    browser: Browser, pages: dict[str, Path]
) -> None:
    with watched_page(browser, pages["case"]) as watched:
        place = watched.page.locator("#injections .risk").first
        tip = place.locator(".tip")
        assert tip.evaluate("one => getComputedStyle(one).visibility") == "hidden"
        place.focus()
        assert tip.evaluate("one => getComputedStyle(one).visibility") == "visible"


def test_sheet_is_one_sheet_of_paper(
    browser: Browser, pages: dict[str, Path], tmp_path: Path
) -> None:
    for name, most in (("sheet", 1), ("case", 7)):
        with watched_page(browser, pages[name]) as watched:
            data = watched.page.pdf(format="A4", prefer_css_page_size=True)
        assert 1 <= data.count(b"/Type /Page\n") + data.count(b"/Type /Page ") <= most, name


# -- what the pages say


def test_the_page_says_what_stands_and_its_anchor(tmp_path: Path) -> None:
    with story(tmp_path, whole_story()) as record:
        html, head = case_page(record, "P1", today=TODAY).html, record.head
    assert head.link in html
    assert "not encrypted" in html
    assert "All sides are the patient" in html
    assert "Research use only" in html
    assert "carbamazepine 200 mg a day, since 2025-05-01" in html
    assert "cannot be judged before 2026-09-02" in html
    assert "Sling" in html or "sling" in html
    assert "units of Dysport" in html


def test_totals_of_which_no_item_is_known_are_compared_too(tmp_path: Path) -> None:
    facts = [hfs(date(2026, 1, 1), 19), hfs(date(2026, 3, 1), 9)]
    with story(tmp_path, facts) as record:
        html = case_page(record, "P1", today=TODAY).html
    assert "HFS-7: 9 of 28 on 2026-03-01, 19 on 2026-01-01" in html
    assert "112 patients): better." in html


@pytest.mark.parametrize("facts", [[], [hfs(date(2026, 1, 1), 9)], many(40)], ids=["0", "1", "40"])
def test_a_page_is_made_of_any_number_of_entries(
    tmp_path: Path, facts: list[tuple[str, Any, date | None]]
) -> None:
    with story(tmp_path, facts) as record:
        html = case_page(record, "P1", today=TODAY).html
        letter_page(record, "P1", question="What now?")
        sheet_page(record, "P1")
    assert ("Nothing has been entered yet" in html) is (not facts)


def test_a_made_up_patient_is_called_so_on_every_page(tmp_path: Path) -> None:
    note = "Nobody of this page exists."
    with story(tmp_path, [], code="MADE-UP-1", note=note) as record:
        pages = [
            case_page(record, "MADE-UP-1", today=TODAY),
            letter_page(record, "MADE-UP-1", question="?"),
            sheet_page(record, "MADE-UP-1"),
            diary_page(record, "MADE-UP-1"),
        ]
    assert all(f'class="made">{note}' in page.html for page in pages)


def test_a_note_on_a_patient_does_not_go_home_with_him(tmp_path: Path) -> None:
    note = "the spouse must not know"
    with story(tmp_path, [], note=note) as record:
        home = sheet_page(record, "P1").html + diary_page(record, "P1").html
        assert note in case_page(record, "P1", today=TODAY).html
    assert note not in home
    assert "P1" not in sheet_page_of(tmp_path / "second")


def sheet_page_of(folder: Path) -> str:
    folder.mkdir()
    with story(folder, []) as record:
        return sheet_page(record, "P1").html


def test_every_statement_of_the_letter_rests_on_what_is_attached(tmp_path: Path) -> None:
    from hemifacial.report.case.letter import letter_facts

    heard = Audiogram(
        on=date(2026, 1, 8), pure_tone_average_db=20, speech_discrimination_percent=96
    )
    with story(tmp_path, [*whole_story(), ("audiogram", heard, None)]) as record:
        entries = record.entries("P1")
    facts = letter_facts(entries, question="?", to="", today=TODAY)
    keys = {one.key for one in facts.evidence}
    for statement in (*facts.video, *facts.scales, *facts.hearing):
        assert statement.evidence
        assert set(statement.evidence) <= keys
    assert "class A" in facts.hearing[0].text
    assert "0" * 64 in facts.evidence[0].reference
    assert any("12.0 per minute (95 % 8.0" in one.text for one in facts.video)


def test_what_cannot_be_asked_for_is_refused(tmp_path: Path) -> None:
    with story(tmp_path, []) as record:
        with pytest.raises(UsageError, match="no option"):
            sheet_page(record, "P1", options=["prayer"])
        with pytest.raises(UsageError, match="asks something"):
            letter_page(record, "P1", question=" ")


def test_the_commands_write_pages(hemifacial: CommandLine, tmp_path: Path) -> None:
    with story(tmp_path, whole_story()) as record:
        path = record.path
    for name, more in (
        ("page", ()),
        ("letter", ("--question", "Operate?")),
        ("sheet", ("--seen", "You twitch.", "--next-visit", "2026-07-01")),
        ("diary", ("--call", "the clinic")),
    ):
        out = tmp_path / f"{name}.html"
        ended = hemifacial("case", name, path, "P1", *more, "--out", out)
        assert ended.status == 0, ended.err
        assert ended.out.strip() == str(out)
        assert out.read_text(encoding="utf-8").startswith("<!doctype html>")


# -- the diary


def saved(page: Page, into: Path) -> bytes:
    """The file that the page writes."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Save my diary").click()
    download.value.save_as(into)
    return into.read_bytes()


def test_a_diary_that_is_filled_in_with_the_keyboard_is_read(
    browser: Browser, pages: dict[str, Path], tmp_path: Path
) -> None:
    today = datetime.now().astimezone().date()
    yesterday = today - timedelta(days=1)
    note = 'Müde, "müde" \\ \u2028 \U0001f600'
    with watched_page(browser, pages["diary"]) as watched:
        page = watched.page
        page.get_by_label("Which day?").fill(yesterday.isoformat())
        page.get_by_label("How many spasms").fill("12")
        page.get_by_label("7", exact=True).focus()
        page.keyboard.press("Space")
        page.get_by_label("Stress").focus()
        page.keyboard.press("Space")
        page.get_by_label("Hours").fill("7")
        page.get_by_label("Minutes").fill("30")
        page.get_by_label("Yes", exact=True).check()
        page.get_by_label("The eye is dry").check()
        page.get_by_label("Anything else?").fill(note)
        page.get_by_label("Hours").focus()
        page.keyboard.press("Enter")
        assert "is kept" in page.get_by_role("status").inner_text()
        data = saved(page, tmp_path / "d.json")
        assert watched.complaints == []
        assert {one.split(":")[0] for one in watched.requests} <= {"file", "blob"}
    diary = read_diary(data, name="d.json", patient="P1", today=today)
    (day,) = diary.days
    assert day == DiaryDay(
        day=yesterday,
        spasm_count=12,
        spasm_level=7,
        triggers=("stress",),
        sleep_minutes=450,
        spasm_in_sleep=True,
        side_effects=("dry_eye",),
        note=day.note,
    )
    assert day.note.startswith('Müde, "müde" \\')
    assert data.decode("utf-8") == diary_text(diary)


def test_a_diary_goes_on_from_its_file(
    browser: Browser, pages: dict[str, Path], tmp_path: Path
) -> None:
    today = datetime.now().astimezone().date()
    days = tuple(DiaryDay(day=today - timedelta(days=ago), spasm_count=ago) for ago in (9, 5, 2))
    file = tmp_path / "before.json"
    before = Diary(patient="P1", written_on=today, days=days)
    file.write_text(diary_text(before), encoding="utf-8")
    with watched_page(browser, pages["diary"]) as watched:
        page = watched.page
        page.get_by_label("Open its file").set_input_files(file)
        page.get_by_text("3 days were opened").wait_for()
        page.get_by_role("button", name=f"Change {days[1].day}").click()
        page.get_by_label("How many spasms").fill("")
        page.get_by_role("button", name="Keep this day").click()
        page.get_by_role("button", name=f"Change {days[0].day}").click()
        page.get_by_role("button", name="Remove this day").click()
        data = saved(page, tmp_path / "after.json")
    after = read_diary(data, name="d", patient="P1", today=today)
    assert [(one.day, one.spasm_count) for one in after.days] == [
        (days[1].day, None),
        (days[2].day, 2),
    ]


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (lambda text: text[:-9], "no diary, or it was cut off"),
        (lambda text: text.replace('"spasm_count":4', '"spasm_count":5'), "damaged or changed"),
        (lambda text: text.replace("P1", "P2"), "belongs to somebody else"),
        (lambda text: json.dumps({"format": "other"}), "no diary"),
        (lambda text: "null", "no diary"),
    ],
)
def test_a_file_that_is_not_this_diary_is_refused(
    browser: Browser, pages: dict[str, Path], tmp_path: Path, edit: Any, words: str
) -> None:
    today = datetime.now().astimezone().date()
    diary = Diary(patient="P1", written_on=today, days=(DiaryDay(day=today, spasm_count=4),))
    file = tmp_path / "odd.json"
    file.write_text(edit(diary_text(diary)), encoding="utf-8")
    with watched_page(browser, pages["diary"]) as watched:
        watched.page.get_by_label("Open its file").set_input_files(file)
        watched.page.get_by_role("status").get_by_text(words).wait_for()
        assert watched.page.get_by_role("button", name="Save my diary").is_disabled()


@pytest.mark.parametrize(
    ("label", "value", "words"),
    [
        ("Which day?", "2999-01-01", "has not come yet"),
        ("How many spasms", "1.5", "whole number"),
        ("How many spasms", "-1", "whole number"),
        ("Hours", "25", "24 hours"),
    ],
)
def test_a_day_that_cannot_be_is_not_kept(
    browser: Browser, pages: dict[str, Path], label: str, value: str, words: str
) -> None:
    with watched_page(browser, pages["diary"]) as watched:
        watched.page.get_by_label(label).fill(value)
        watched.page.get_by_role("button", name="Keep this day").click()
        watched.page.get_by_role("status").get_by_text(words).wait_for()
        assert watched.page.get_by_role("button", name="Save my diary").is_disabled()
