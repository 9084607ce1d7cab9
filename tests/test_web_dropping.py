"""A session with everything that is known of it, and recordings of several files, in a browser."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from browser import open_browser
from dropped_files import bids, brainvision
from hemifacial.anatomy import Side
from hemifacial.web.files import PARTS
from hemifacial.web.together import main_of
from web_server import Served, record_with, served, watched

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.timeout(400)

DROP = """([files]) => {
  const transfer = new DataTransfer();
  for (const [name, content] of files) {
    const bytes = Uint8Array.from(atob(content), (one) => one.charCodeAt(0));
    transfer.items.add(new File([bytes], name));
  }
  const target = document.getElementById("target");
  for (const kind of ["dragenter", "dragover", "drop"]) {
    const told = { dataTransfer: transfer, bubbles: true, cancelable: true };
    target.dispatchEvent(new DragEvent(kind, told));
  }
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


def drop(page: Page, paths: list[Path]) -> None:
    """Let files fall onto the page, as a mouse does."""
    files = [[one.name, base64.b64encode(one.read_bytes()).decode()] for one in paths]
    page.evaluate(DROP, [files])


def drop_from_disk(page: Page, path: Path) -> None:
    """Let a file or a folder of this computer fall onto the page, through the browser itself."""
    box = page.locator("#target").bounding_box()
    assert box is not None
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    session = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        session.send("Input.dispatchDragEvent", {"type": kind, **at, "data": data})


def measured(server: Served, number: int) -> tuple[Path, str]:
    """The folder of a recording that was measured, and the name of its result's input."""
    job = server.until("done", number)
    (shown,) = (one for one in server.office.jobs.all() if one.job.number == number)
    entry = server.office.records.run(lambda record: record.entry(job["result"]))
    assert entry.body.provenance.method == "electro"
    folder = server.office.files.recording(shown.job.sha256, PARTS)
    return folder, entry.body.provenance.input_name


def test_the_three_files_of_brainvision_are_one_recording(browser: Browser, tmp_path: Path) -> None:
    header, samples, marks = brainvision(tmp_path)
    with served(record_with(tmp_path)) as server, watched(browser, server) as open_:
        page = open_.go("/patients/P1/recordings")
        page.locator("#file").set_input_files([header, samples])
        told = page.locator("#drop .mistakes")
        told.get_by_text(f"{header.name} names {marks.name}, which is missing.").wait_for()
        (refused,) = open_.complaints  # the browser tells of every refusal, this one is asked for
        assert "status of 400" in refused
        open_.complaints.clear()
        assert server.jobs() == []
        page.locator("#file").set_input_files([marks, samples, header])
        page.locator("#jobs li", has_text=f"{header.name} and 2 more").wait_for()
        assert told.is_hidden()
        folder, name = measured(server, 1)
        assert name == main_of(folder).name
        assert len(list(folder.iterdir())) == 3
        page.locator("#jobs li .state.done").wait_for(timeout=60_000)


def test_a_dataset_falls_onto_the_page_and_its_recording_is_measured(
    browser: Browser, tmp_path: Path
) -> None:
    with served(record_with(tmp_path)) as server, watched(browser, server) as open_:
        page = open_.go("/patients/P1/recordings")
        drop(page, bids(tmp_path))
        page.locator("#jobs li", has_text="sub-01_task-made_emg.bdf and").wait_for()
        out = page.locator("#left li")
        assert out.filter(has_text="participants.tsv").count() == 1
        assert out.filter(has_text="channels").count() == 0
        folder, name = measured(server, 1)
        assert name.endswith("_emg.bdf")
        assert any(one.name.endswith("_channels.tsv") for one in folder.iterdir())


def test_a_folder_falls_onto_the_page_with_all_that_is_in_it(
    browser: Browser, tmp_path: Path
) -> None:
    bids(tmp_path)
    with served(record_with(tmp_path)) as server, watched(browser, server) as open_:
        page = open_.go("/patients/P1/recordings")
        drop_from_disk(page, tmp_path / "made" / "bids")
        page.locator("#jobs li", has_text="sub-01_task-made_emg.bdf and").wait_for()
        assert page.locator("#left li", has_text="dataset_description.json").count() == 1
        server.change("/line/1/cancel", {})


def test_videos_and_recordings_that_fall_together_stay_apart(
    browser: Browser, tmp_path: Path
) -> None:
    for name in ("one.mp4", "two.mp4"):
        (tmp_path / name).write_bytes(b"words, no video: " + name.encode())
    with served(record_with(tmp_path)) as server, watched(browser, server) as open_:
        page = open_.go("/patients/P1/recordings")
        drop(page, [tmp_path / "one.mp4", tmp_path / "two.mp4"])
        page.locator("#jobs li", has_text="two.mp4").wait_for()
        assert {one["name"] for one in server.jobs()} == {"one.mp4", "two.mp4"}


def test_a_session_with_everything_that_is_known_of_it(browser: Browser, tmp_path: Path) -> None:
    with served(record_with(tmp_path)) as server, watched(browser, server) as open_:
        page = open_.go("/patients/P1/injections")
        page.get_by_label("anticoagulant").check()
        said = page.locator("[data-warnings]")
        said.get_by_text("Press after every puncture").wait_for()
        page.locator("#product").select_option("botox")
        page.locator("#jurisdiction").select_option("EU")
        page.locator("#happened_on").fill("2026-03-01")
        page.locator("#per_ml").fill("50")
        page.locator("#guidance").select_option("emg")
        page.locator("#place").select_option("left/upper_lid_lateral")
        page.locator("#add").click()
        row = page.locator("#rows tr")
        row.locator("[data-field=units]").fill("2.5")
        row.locator("[data-field=note]").fill("bled a little")
        said.get_by_text("every label of botox that has limits here: US").wait_for()
        page.locator("#jurisdiction").select_option("UK")
        said.get_by_text("are held against the label of UK").wait_for()
        fill_details(page)
        page.locator("#session button[type=submit]").click()
        page.wait_for_url("**/patients/P1")
        body = server.office.records.run(lambda record: record.entries("P1")[-1].body)
    assert body.circumstances == ("anticoagulant",)
    assert (body.injector, body.side, body.needle) == ("Dr C", Side.LEFT, "30 G")
    assert body.pre_scores == ("entry 3", "entry 4")
    assert body.per_ml is not None
    assert (body.per_ml.product, body.per_ml.units) == ("botox", 50)
    assert (body.note, body.guidance.value, body.happened_on) == ("calm", "emg", date(2026, 3, 1))
    (site,) = body.injections
    assert (site.note, site.dose.units, site.volume_ml) == ("bled a little", 2.5, 0.05)
    first, second = body.vials
    assert (first.lot, first.expires_on, first.holds.units) == ("A1", date(2027, 1, 1), 100)
    assert (first.used.units, first.wasted.units) == (2.5, 97.5)
    assert (second.lot, second.holds) == ("B2", None)


def fill_details(page: Page) -> None:
    """Vials, who injected, and the rest."""
    page.get_by_text("Vials, needle, who injected, note").click()
    for name, value in {
        "injector": "Dr C",
        "vials.0.lot": "A1",
        "vials.0.expires_on": "2027-01-01",
        "vials.0.holds.units": "100",
        "vials.0.used.units": "2.5",
        "vials.0.wasted.units": "97.5",
        "needle": "30 G",
        "pre_scores": "entry 3, entry 4",
        "note": "calm",
    }.items():
        page.locator(f"[name='{name}']").fill(value)
    page.locator("[name=side]").select_option("left")
    page.get_by_role("button", name="Add vials").click()
    page.locator("[name='vials.1.lot']").fill("B2")
