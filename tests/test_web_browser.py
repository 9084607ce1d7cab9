"""The pages in a real browser: a clinic's day by keyboard, what is seen, and who cannot see."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from browser import open_browser
from hemifacial.anatomy import Side
from hemifacial.care.drugs.facts import ChangeKind, DrugChange
from hemifacial.care.toxin.dose import ToxinDose
from hemifacial.care.toxin.session import Injection, Session
from hemifacial.case import Record, open_record
from hemifacial.case.bodies import AdverseEvent, Note, Purpose, Scale, Severity, Visit
from hemifacial.formats.result_folder import write_result
from hemifacial.report import render
from report_example import example_result
from web_server import Served, WatchedPages, record_with, served, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.timeout(400)
NASTY = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'"
TODAY = datetime.now(UTC).astimezone().date()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


def filled(record: Path) -> None:
    """Years of a patient, with script in every free text."""
    with open_record(record) as opened:

        def add(kind: str, body: Any, on: date | None = None) -> int:
            return opened.add("P1", kind, body, by="anna", happened_on=on).number

        for day, total in ((date(2025, 1, 10), 21), (date(2026, 3, 1), 7)):
            items = {str(item): total // 7 for item in range(1, 8)}
            add("scale", Scale(scale="hfs_7", items=items, total=total, note=NASTY), day)
        for day in (date(2025, 1, 12), date(2025, 9, 2)):
            add("toxin_session", session(day))
        add(
            "drug_change",
            DrugChange(
                drug="carbamazepine", kind=ChangeKind.START, on=date(2024, 11, 1), mg_per_day=200
            ),
        )
        add("visit", Visit(purpose=Purpose.OPERATION, note=NASTY), date(2026, 1, 20))
        add("adverse_event", AdverseEvent(what=NASTY, severity=Severity.MILD), date(2026, 1, 22))
        number = add("note", Note(text=NASTY), date(2026, 2, 1))
        opened.replace(number, Note(text="better"), by="anna", why=NASTY)
        opened.withdraw(add("note", Note(text=NASTY)), by="anna", why=NASTY)


def session(day: date) -> Session:
    dose = ToxinDose(product="botox", units=2.5)
    sites = ("upper_lid_lateral", "lower_lid_lateral")
    return Session(
        happened_on=day,
        product="botox",
        jurisdiction="UK",
        note=NASTY,
        injections=tuple(
            Injection(muscle="orbicularis_oculi", side=Side.LEFT, place=place, dose=dose)
            for place in sites
        ),
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    record = record_with(tmp_path_factory.mktemp("pages"), onset_year=2019, note=NASTY)
    filled(record)
    with served(record) as running:
        with_result(running)
        running.put("P1", "%3Cimg%20src%3Dx%20onerror%3Dalert(3)%3E.mp4", b"words, no video")
        yield running


def with_result(server: Served) -> None:
    """A result that was measured here: number 14 of a filled record."""
    result = example_result()
    folder = server.office.files.result(result.provenance.input_sha256)
    folder.parent.mkdir(parents=True, exist_ok=True)
    report = render(result, None, None, ())
    pages: dict[str, str | bytes] = {"report.html": report.html}
    pages |= {f"figures/{name}": svg for name, svg in report.figures.items()}
    write_result(folder, result, recording_duration_s=20.0, pages=pages)

    def enter(record: Record) -> int:
        from hemifacial.commands.case.results import add_result

        return add_result(record, "P1", folder, by="anna", on=date(2026, 2, 3)).number

    server.office.records.run(enter)


def number_of_result(server: Served) -> int:
    def find(record: Record) -> int:
        found = [one for one in record.entries("P1") if one.kind == "result" and one.standing]
        return found[-1].number

    return server.office.records.run(find)


def pages_of(server: Served) -> list[str]:
    """Every page that a person opens, each of its own kind."""
    patient = "/patients/P1"
    return [
        "/",
        "/new-patient",
        "/line",
        patient,
        *(f"{patient}/{one}" for one in ("recordings", "injections", "drugs", "operations")),
        f"{patient}/scales",
        f"{patient}/scales?scale=kondo_e",
        f"{patient}/differential",
        f"{patient}/erase",
        f"{patient}/enter/toxin_response",
        f"{patient}/enter/operation",
        f"{patient}/documents/letter",
        "/entries/6",
        "/entries/4/replace",
        f"/results/{number_of_result(server)}",
    ]


def test_every_page_is_quiet_and_open_to_all_and_shows_script_as_text(
    browser: Browser, server: Served
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    rules = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    wrong = []
    with watched(browser, server) as open_:
        for path in pages_of(server):
            page = open_.go(path)
            page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
            found = axe.run(page, options={"resultTypes": ["violations"], **rules})
            wrong += [
                f"{path}: {one['id']} {one['nodes'][0]['target']} {one['nodes'][0]['html'][:120]}"
                for one in found.response["violations"]
            ]
            assert page.locator("h1").count() == 1, path
            assert page.evaluate("document.querySelectorAll('img[src=x], main script').length") == 0
        assert open_.go("/patients/P1").get_by_text("<script>alert(1)</script>").count() > 0
        assert open_.go("/line").get_by_text("<img src=x onerror=alert(3)>.mp4").count() == 1
    assert wrong == []


def test_nothing_is_cut_off_at_360_pixels_and_the_dark_is_readable(
    browser: Browser, server: Served
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    looked_at = [f"/patients/P1{one}" for one in ("", "/injections", "/drugs", "/recordings")]
    with watched(browser, server, width_px=360, dark=True) as open_:
        for path in pages_of(server):
            page = open_.go(path)
            page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
            assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
            if path not in looked_at:
                continue
            options = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "target-size"]}
            found = axe.run(page, options=options).response["violations"]
            assert [(path, one["id"], one["nodes"][0]["html"][:150]) for one in found] == []


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def tab_to(page: Page, selector: str) -> None:
    """Walk with the Tab key until this has the focus, as a person without a mouse does."""
    for _ in range(150):
        if page.evaluate("(s) => document.activeElement?.matches(s) ?? false", selector):
            return
        press(page, "Tab")
    raise AssertionError(f"{selector} is not reached by the keyboard")


def test_a_clinics_day_by_keyboard_alone(browser: Browser, tmp_path: Path) -> None:
    record = record_with(tmp_path)
    with served(record) as server, watched(browser, server) as open_:
        page = open_.page
        tab_to(page, "a[href='/new-patient']")
        press(page, "Enter")
        page.wait_for_url("**/new-patient")
        tab_to(page, "[name=code]")
        page.keyboard.type("K17")
        tab_to(page, "[name=birth_year]")
        page.keyboard.type("1958")
        tab_to(page, "[name=side]")
        page.keyboard.type("left")
        press(page, "Enter") if page.locator("[name=side]").input_value() != "left" else None
        tab_to(page, "button[type=submit]")
        press(page, "Enter")
        page.wait_for_url("**/patients/K17")

        inject(open_)
        stop_passed(open_)

        words = page.locator("details", has_text="The course in words").first
        words.locator("summary").first.focus()
        press(page, "Enter")
        said = words.inner_text()
        assert "carbamazepine" in said.lower()
        assert "200 mg a day" in said
        assert "botox" in said.lower()
        assert "Reason: HLA typing is under way" in page.locator("table.entries").inner_text()
        assert "a stop among them" in page.locator("table.entries").inner_text()

        undo = page.locator("details.undo summary")
        undo.focus()
        press(page, "Enter")
        tab_to(page, "details.undo button")
        press(page, "Enter")
        page.wait_for_selector("tr.withdrawn")
        assert "withdrawn by" in page.locator("tr.withdrawn").inner_text()
    with open_record(record) as opened:
        kinds = [one.kind for one in opened.entries("K17")]
        assert kinds == ["patient", "toxin_session", "drug_change", "withdrawal"]
        sites = opened.entries("K17")[1].body.injections
        assert [(one.side, one.dose.units, one.volume_ml) for one in sites] == [
            (Side.LEFT, 2.5, 0.05),
            (Side.LEFT, 5.0, 0.1),
        ]
        assert sites[0].x is not None
        assert opened.verify().faults == ()


def inject(open_: WatchedPages) -> None:
    """A session of two sites: placed, moved, dosed and entered."""
    page = open_.page
    tab_to(page, "a[href$='/injections']")
    press(page, "Enter")
    page.wait_for_url("**/injections")
    tab_to(page, "#product")
    page.keyboard.type("Botox")
    tab_to(page, "#jurisdiction")
    page.keyboard.type("UK")
    tab_to(page, "#per_ml")
    page.keyboard.type("50")
    tab_to(page, "#place")
    page.keyboard.type("left: upper lid, lat")
    tab_to(page, "#add")
    press(page, "Enter")
    before = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert "Site 1, left, orbicularis oculi, upper lid, lateral third, no dose yet" in before
    press(page, "ArrowRight", "Shift+ArrowDown", "Enter")
    page.keyboard.type("2.5")
    press(page, "Enter")
    assert "2.5 units" in page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.locator("#place").focus()
    page.keyboard.type("left: lateral to")
    tab_to(page, "#add")
    press(page, "Enter", "Enter")
    page.keyboard.type("5")
    press(page, "Enter", "Shift+Tab")
    assert "Site 1" in page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert "7.5 units of Botox at 2 sites." in page.locator("#total").inner_text()
    page.locator("[data-warnings] :text('No rule speaks'), [data-warnings] li").first.wait_for()
    tab_to(page, "#session button[type=submit]")
    press(page, "Enter")
    page.wait_for_url("**/patients/K17")


def stop_passed(open_: WatchedPages) -> None:
    """Carbamazepine without its allele: stopped, and entered with a reason only."""
    page = open_.page
    tab_to(page, "a[href$='/drugs']")
    press(page, "Enter")
    page.wait_for_url("**/drugs")
    tab_to(page, "[name=drug]")
    page.keyboard.type("carbamazepine")
    tab_to(page, "[name=kind]")
    page.keyboard.type("start")
    tab_to(page, "[name=mg_per_day]")
    page.keyboard.type("200")
    page.locator(".warnings .stop", has_text="HLA-B*15:02").wait_for()
    tab_to(page, "form.entry button[type=submit]")
    press(page, "Enter")
    page.locator(".mistakes .problem").wait_for()
    assert "A rule says stop" in page.locator(".mistakes").inner_text()
    (refused,) = open_.complaints  # the browser tells of every refusal, this one is asked for
    assert "status of 400" in refused
    open_.complaints.clear()
    tab_to(page, "#why")
    page.keyboard.type("HLA typing is under way")
    tab_to(page, "form.entry button[type=submit]")
    press(page, "Enter")
    page.wait_for_url("**/patients/K17")


def test_a_video_is_dropped_measured_with_its_tab_closed_and_corrected(
    browser: Browser, tmp_path: Path, shared_data: Path
) -> None:
    clip = shared_data / "video" / "permissive" / "jefapato_2sec.mp4"
    with served(record_with(tmp_path)) as server:
        with watched(browser, server) as open_:
            page = open_.go("/patients/P1/recordings")
            page.locator("#file").set_input_files(clip)
            page.locator("#jobs li", has_text="jefapato_2sec.mp4").wait_for()
            page.close()
        job = server.until("done", 1)
        with watched(browser, server) as open_:
            page = open_.go("/patients/P1/recordings")
            page.get_by_role("link", name="See the result").click()
            correct(page)
            page.wait_for_url(lambda url: not url.endswith(f"/results/{job['result']}"))
            assert "1 correction" in page.locator(".lead").first.inner_text()
            old = open_.go(f"/results/{job['result']}")
            assert "no longer holds" in old.locator("main").inner_text()
        found = server.office.records.run(lambda record: record.entries("P1")[-1])
        (line,) = found.body.corrections
        assert (line.who, line.why) == ("Dr Example", "a smile")
        assert found.body.reviewed_findings is not None
        assert found.replaces == job["result"]


def correct(page: Page) -> None:
    """Add an event in the report that stands in the page, and save it."""
    frame = page.frame_locator("#report")
    frame.locator("#add").click()
    form = frame.locator(".editor form")
    form.locator("[name=onset]").fill("0.5")
    form.locator("[name=duration]").fill("0.3")
    form.locator("[name=sites]").first.check()
    form.locator("[name=why]").fill("a smile")
    form.locator("[name=why]").press("Enter")
    assert frame.locator("#who").input_value() == "Dr Example"
    frame.locator("#save").click()


def test_pages_print_on_paper(browser: Browser, server: Served) -> None:
    with watched(browser, server) as open_:
        page = open_.go("/patients/P1")
        made = page.pdf(format="A4")
        assert len(made) > 10_000
        assert io.BytesIO(made).read(5) == b"%PDF-"
        page.emulate_media(media="print")
        assert page.locator("header.frame").is_hidden()
        head = server.office.records.run(lambda record: record.head.link)
        assert head in page.locator("footer").inner_text().replace("\n", "")
