"""Two or more videos of one patient: side, thresholds, changes, sentences, the command."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from command_line import CommandLine
from hemifacial.anatomy import Side
from hemifacial.commands.compare import compare_folders
from hemifacial.corrections import Action, Correction
from hemifacial.errors import InputError, UsageError
from hemifacial.face.comparison.compare import Change, Comparison, Video, compare
from hemifacial.findings import Result
from hemifacial.formats.result_folder import REVIEW, write_result
from hemifacial.formats.review_file import write_review
from hemifacial.report.compare_page import pages
from whole_face import CRITERIA, WholeFace

RIGHT, LEFT = Side.RIGHT, Side.LEFT
WHEN = "2026-11-22T14:00:00+00:00"


def visit(
    count: int, *, side: str = "right", mm: float = 4.0, seconds: float = 180, name: str
) -> Result:
    """Spasms spread evenly, and a few blinks."""
    face = WholeFace(seconds=seconds, rate_hz=30)
    for k in range(count):
        face.spasm(side, 3 + k * (seconds - 8) / max(count, 1), 0.3, mm, "mouth_corner")
    for k in range(6):
        face.both("blink_complete", 20.0 + 25 * k, 0.3, 8.0, "eyelids")
    return face.result(name)


def compared(*results: Result, side: Side | None = None) -> Comparison:
    videos = [Video(name=f"visit {n}", result=one) for n, one in enumerate(results, start=1)]
    return compare(videos, CRITERIA, affected_side=side)


def change(of: Comparison, quantity: str, side: Side = RIGHT, *, phase: str = "") -> Change:
    found = [
        one
        for one in of.changes
        if (one.before.quantity, one.before.side, one.before.phase) == (quantity, side, phase)
    ]
    assert len(found) == 1, (quantity, len(found))
    return found[0]


def test_fewer_spasms_are_less_and_what_stays_is_not_detected() -> None:
    found = compared(visit(30, name="a.mp4"), visit(4, name="b.mp4"))
    rate = change(found, "spasm_rate")
    assert rate.verdict == "less"
    assert rate.change is not None
    assert rate.change.value == pytest.approx((4 - 30) / 3)
    assert rate.change.high < 0
    assert abs(rate.change.value) > rate.change.smallest_detectable
    assert change(found, "spasm_rate", LEFT).verdict == "not detected"
    assert change(found, "blink_rate", Side.BOTH).verdict == "not detected"
    assert found.affected_side is RIGHT


def test_small_change_is_not_detected() -> None:
    found = compared(visit(8, name="a.mp4"), visit(6, name="b.mp4"))
    rate = change(found, "spasm_rate")
    assert rate.verdict == "not detected"
    assert rate.change is not None
    assert rate.change.low < 0 < rate.change.high


def test_turned_round_comparison_has_the_opposite_change() -> None:
    first, last = visit(30, name="a.mp4"), visit(4, name="b.mp4")
    there, back = compared(first, last), compared(last, first)
    for one in there.changes:
        if one.change is not None:
            sites = one.before.sites
            other = next(
                o for o in back.changes
                if (o.before.quantity, o.before.side, o.before.sites)
                == (one.before.quantity, one.before.side, sites)
            )  # fmt: skip
            assert other.change is not None
            assert other.change.value == pytest.approx(-one.change.value)
            assert other.change.is_detected is one.change.is_detected


def test_sharper_camera_does_not_make_a_worse_patient() -> None:
    """The same small spasms, which only the second camera could call."""
    blurred = WholeFace(seconds=180, rate_hz=30)
    blurred.threshold = dict.fromkeys(blurred.threshold, 3.0)
    sharp = visit(30, mm=2.0, name="b.mp4")
    found = compared(blurred.result("a.mp4"), sharp)
    assert found.thresholds_mm["mouth_corner"] == 3.0
    assert change(found, "spasm_rate").verdict == "not detected"
    assert change(found, "spasm_rate").after.value == 0
    assert any("3.0 mm at the corner of the mouth" in text for text in found.sentences)


def test_spasm_keeps_only_the_regions_that_both_could_see() -> None:
    coarse, fine = WholeFace(rate_hz=30), WholeFace(rate_hz=30)
    coarse.threshold["chin"] = 5.0
    for face in (coarse, fine):
        for k in range(5):
            face.spasm("right", 5 + 10.0 * k, 0.3, 4.0, "mouth_corner", "chin")
    found = compared(coarse.result("a.mp4"), fine.result("b.mp4"))
    later = [e for e in found.videos[1].result.events if e.family == "spasm"]
    assert {event.sites for event in later} == {("mouth_corner",)}
    assert len(later) == 5


def test_region_that_one_video_lacks_is_left_out_and_said() -> None:
    old, new = WholeFace(rate_hz=30), WholeFace(rate_hz=30)
    for side in ("right", "left"):
        del old.values[f"chin_excursion_{side}"]
    new.spasm("right", 10, 0.3, 4.0, "chin")
    found = compared(old.result("a.mp4"), new.result("b.mp4"))
    assert "chin" not in found.thresholds_mm
    assert change(found, "spasm_rate").after.value == 0
    assert any("Not compared" in text and "chin" in text for text in found.sentences)


def test_side_is_that_of_the_first_and_a_changed_one_is_said() -> None:
    found = compared(visit(12, name="a.mp4"), visit(12, side="left", name="b.mp4"))
    assert found.affected_side is RIGHT
    warned = [text for text in found.sentences if "mirrored" in text]
    assert len(warned) == 1
    assert "visit 2" in warned[0]
    assert "12 against 0" in warned[0]
    agreed = compared(visit(12, name="a.mp4"), visit(3, name="b.mp4"))
    assert not [text for text in agreed.sentences if "mirrored" in text]


def test_side_that_a_clinician_states_stands_before_the_first_video() -> None:
    found = compared(visit(12, name="a.mp4"), visit(12, name="b.mp4"), side=LEFT)
    assert found.affected_side is LEFT
    assert sum("mirrored" in text for text in found.sentences) == 2


def test_no_spasm_in_the_first_video_gives_no_side() -> None:
    found = compared(visit(0, name="a.mp4"), visit(12, name="b.mp4"))
    assert found.affected_side is Side.NOT_APPLICABLE
    assert any(text.startswith("No side is affected") for text in found.sentences)
    assert change(found, "spasm_rate").verdict == "more"


def test_largest_value_is_shown_but_not_judged() -> None:
    found = compared(visit(12, mm=4.0, name="a.mp4"), visit(12, mm=9.0, name="b.mp4"))
    largest = change(found, "largest_mouth_excursion")
    assert largest.verdict == "not judged"
    assert "length of the video" in largest.note
    assert change(found, "spasm_size_median").verdict == "more"


def test_millimetres_carry_the_error_of_the_scale() -> None:
    """Nine mm twice: the interval of the difference is 1.96 times the error of two scales."""
    found = compared(visit(1, name="a.mp4"), visit(1, name="b.mp4"))
    aperture = change(found, "palpebral_aperture")
    assert aperture.change is not None
    expected = 1.96 * CRITERIA["scale_repeat_sd_share"] * 9.0 * 2**0.5
    assert aperture.change.smallest_detectable == pytest.approx(expected)


def test_phases_are_compared_with_themselves() -> None:
    faces = []
    for count in (30, 1):
        face = WholeFace(seconds=240, rate_hz=30).phase("rest", 0, 180).phase("pucker", 180, 50)
        for k in range(count):
            face.spasm("right", 2 + 5.5 * k, 0.3)
        face.spasm("right", 185)
        faces.append(face)
    found = compared(faces[0].result("a.mp4"), faces[1].result("b.mp4"))
    assert change(found, "spasm_rate", phase="rest").verdict == "less"
    assert change(found, "spasm_rate", phase="rest").before.value == 10


def test_always_said_that_two_videos_are_two_videos() -> None:
    found = compared(visit(5, name="a.mp4"), visit(5, name="b.mp4"))
    assert "Two videos show two videos" in found.sentences[-1]
    assert any("one in twenty" in text for text in found.sentences)


def test_other_version_criteria_or_order_are_said() -> None:
    first, last = visit(5, name="a.mp4"), visit(5, name="b.mp4")
    other = {**CRITERIA.values(), "burst_gap_s": 0.9}
    first = replace(first, provenance=replace(first.provenance, recorded_at="2026-03-01T09:00"))
    last = replace(
        last,
        provenance=replace(
            last.provenance,
            method_version="0.1",
            recorded_at="2026-01-01T09:00",
            parameters={"criteria": other},
        ),
    )
    text = " ".join(compared(first, last).sentences)
    assert "measured with version 0.1" in text
    assert "other criteria" in text
    assert "earlier date" in text


def test_no_spasm_afterwards_is_told_by_its_rate() -> None:
    found = compared(visit(30, name="a.mp4"), visit(0, name="b.mp4"))
    assert change(found, "spasm_rate").verdict == "less"
    time = change(found, "time_in_spasm")
    assert time.verdict == "not judged"
    assert time.note == "none in the later video; its spasm rate says how sure that is"
    few = compared(visit(30, name="a.mp4"), visit(3, name="b.mp4"))
    assert (
        change(few, "spasm_size_median").note == "too few events in the later video for an interval"
    )


def test_three_videos_are_each_held_against_the_first() -> None:
    found = compared(
        *(visit(n, name=f"{name}.mp4") for n, name in ((30, "a"), (15, "b"), (2, "c")))
    )
    rates = [one for one in found.changes if one.before.quantity == "spasm_rate"]
    right = [one for one in rates if one.before.side is RIGHT]
    assert [one.video for one in right] == ["visit 2", "visit 3"]
    assert {one.before.value for one in right} == {10}
    with pytest.raises(ValueError, match="at least two"):
        compared(visit(1, name="a.mp4"))


# -- folders, page and command -----------------------------------------------------------------


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    made = []
    for name, count in (("before", 20), ("after", 2)):
        folder = tmp_path / f"{name}.hemifacial"
        result = visit(count, seconds=120, name=f"{name}.mp4")
        write_result(folder, result, recording_duration_s=120.0, pages={})
        made.append(folder)
    return made[0], made[1]


def test_command_writes_page_table_and_document(
    folders: tuple[Path, Path], tmp_path: Path, hemifacial: CommandLine
) -> None:
    out = tmp_path / "change"
    ended = hemifacial("compare", *folders, "--out", out)
    assert ended.status == 0, ended.err
    assert "after against before" in ended.out
    assert "Two videos show two videos" in ended.out
    assert {path.name for path in out.iterdir()} == {
        "comparison.html", "comparison.json", "comparison.tsv",
    }  # fmt: skip
    with (out / "comparison.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    row = next(r for r in rows if r["quantity"] == "spasm_rate" and r["side"] == "right")
    assert (row["first"], row["later"], row["change"]) == ("10", "1", "-9")
    assert (row["role"], row["verdict"], row["phase"]) == ("affected", "less", "n/a")
    page = (out / "comparison.html").read_text(encoding="utf-8")
    assert "less than in the first" in page
    assert "not a medical device" in page
    assert "http" not in page.replace("http-equiv", "")
    again = hemifacial("compare", *folders, "--out", out)
    assert again.status == 0, again.err


def test_command_as_json(folders: tuple[Path, Path], hemifacial: CommandLine) -> None:
    ended = hemifacial("compare", *folders, "--json")
    told = json.loads(ended.out)
    assert told["affected_side"] == "right"
    assert [video["name"] for video in told["videos"]] == ["before", "after"]
    assert any(one["verdict"] == "less" for one in told["changes"])


def test_review_counts_in_a_comparison(folders: tuple[Path, Path]) -> None:
    from hemifacial.formats.result_folder import read_result

    before = read_result(folders[0])
    lines = [
        Correction(action=Action.REJECT, before=event, after=None, who="A", when=WHEN)
        for event in before.events
        if event.family == "spasm"
    ]
    write_review(folders[0] / REVIEW, before.provenance, lines)
    found = compare_folders(folders)
    assert change(found, "spasm_rate").before.value == 0


@pytest.mark.parametrize("words", [("--side", "up"), ()])
def test_wrong_use_is_said(
    folders: tuple[Path, Path], hemifacial: CommandLine, words: tuple[str, ...]
) -> None:
    given = folders if words else folders[:1]
    ended = hemifacial("compare", *given, *words)
    assert ended.status == 2
    assert "Next:" in ended.err
    assert "Traceback" not in ended.err


def test_same_recording_twice_is_refused(folders: tuple[Path, Path]) -> None:
    with pytest.raises(InputError, match=r"same recording as .*before.hemifacial, before.mp4"):
        compare_folders([folders[0], folders[0]])


def test_no_result_folder_is_bad_input(
    folders: tuple[Path, Path], tmp_path: Path, hemifacial: CommandLine
) -> None:
    ended = hemifacial("compare", folders[0], tmp_path / "nothing")
    assert ended.status == 3
    assert "not a result folder" in ended.err


def test_folder_with_something_else_is_not_replaced(
    folders: tuple[Path, Path], tmp_path: Path
) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(UsageError, match=r"thesis.txt"):
        compare_folders(folders, out=tmp_path / "mine")
    assert (tmp_path / "mine" / "thesis.txt").read_text(encoding="utf-8") == "years of work"


def test_names_from_outside_are_escaped() -> None:
    name = "<script>alert(1)</script>"
    videos = [
        Video(name=name, result=visit(2, name="a.mp4")),
        Video(name="b", result=visit(1, name="b.mp4")),
    ]
    page = pages(compare(videos, CRITERIA))["comparison.html"]
    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_order_is_always_the_same_with_the_affected_side_first() -> None:
    first = compared(visit(3, side="left", name="a.mp4"), visit(2, side="left", name="b.mp4"))
    rates = [one.before.side for one in first.changes if one.before.quantity == "spasm_rate"]
    assert rates == [LEFT, RIGHT]
    keys = [(c.before.quantity, c.before.phase, c.before.sites) for c in first.changes]
    again = compared(*(video.result for video in first.videos))
    assert [(c.before.quantity, c.before.phase, c.before.sites) for c in again.changes] == keys
