"""What a page says of regions, sides, phases and signs: first screen, close-up, face, tables."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import numpy as np
import pytest

from hemifacial.anatomy import Side
from hemifacial.corrections import Review
from hemifacial.findings import Finding, Result, Status
from hemifacial.report import render
from hemifacial.report.answers import Answer, affected_side, answers
from hemifacial.report.closeup import closeups, lag_sentence, regions_in
from hemifacial.report.event_rows import event_rows
from hemifacial.report.face_map import (
    draw_involvement,
    draw_sensitivity,
    involvement,
    involvement_words,
    sensitivity,
)
from hemifacial.report.lanes import lanes_of
from hemifacial.report.matrix import matrix_rows, phase_table, sign_rows
from report_example import (
    PHASES,
    REGIONS,
    event,
    example_findings,
    example_result,
    finding,
    full_result,
)

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def full() -> Result:
    return full_result()


def asked(result: Result) -> dict[str, Answer]:
    return {one.question: one for one in answers(result)}


# The first screen -------------------------------------------------------------------------------


def test_the_first_questions_are_answered_with_side_interval_and_what_it_rests_on(
    full: Result,
) -> None:
    told = asked(full)
    assert told["Side of spasms"].answer == "patient's RIGHT"
    assert told["Side of spasms"].detail == "spasms: 24 right, 0 left"
    assert told["Spasm rate"].answer == "24.0 per minute"
    assert told["Spasm rate"].detail == "95 % interval 0.0–28.0"
    assert told["Time in spasm"].answer == "12.5 %"
    assert told["Largest spasm"].detail == "eyelids"
    assert told["Eye closed in spasm"].answer == "8.0 %"
    assert told["Regions in spasm"].answer == "7 regions"
    assert told["Suggested SMC grade"].answer == "II (I to II)"
    assert told["Suggested Jankovic frequency item"].answer == "not judged"
    assert told["Signs for or against a mimic"].answer == "1 of 3 present"
    assert told["Signs for or against a mimic"].detail == (
        "brow rises as the eye closes; 1 cannot be told"
    )
    none = tuple(
        replace(one, value=None, status=Status.NOT_JUDGED)
        for one in full.findings
        if one.quantity.startswith("sign_") and not one.phase
    )
    unknown = asked(replace(full, findings=none))["Signs for or against a mimic"]
    assert (unknown.answer, unknown.detail) == ("none can be told", "3 cannot be told")


@pytest.mark.parametrize(
    ("right", "left", "side", "answer"),
    [
        (7, 0, Side.RIGHT, "patient's RIGHT"),
        (2, 5, Side.LEFT, "patient's LEFT"),
        (0, 0, None, "no spasm found"),
        (4, 4, None, "both alike"),
    ],
)
def test_the_affected_side_is_the_one_with_more_spasms(
    right: int, left: int, side: Side | None, answer: str
) -> None:
    result = example_result(findings=example_findings(right, left))
    assert affected_side(result) is side
    assert asked(result)["Side of spasms"].answer == answer


def test_where_no_side_is_affected_both_are_told() -> None:
    told = asked(example_result(findings=example_findings(0, 0)))
    assert told["Spasm rate"].answer == "0.0 per minute right, 0.0 per minute left"
    assert "Regions in spasm" not in told


def test_a_side_that_was_not_judged_is_no_healthy_side() -> None:
    counts = tuple(
        finding("spasm_count", None, "1", side=side, status=Status.NOT_JUDGED)
        for side in (Side.RIGHT, Side.LEFT)
    )
    told = asked(example_result(findings=counts, events=()))
    assert told["Side of spasms"].answer == "not judged"


def test_a_result_without_spasm_counts_has_no_such_answers() -> None:
    assert answers(example_result(findings=(finding("frame_rate", 30.0, "1/s"),))) == ()


def test_the_largest_is_not_that_of_a_phase() -> None:
    of_phase = finding("largest_spasm", 99.0, "mm", side=Side.RIGHT, phase="smile")
    result = example_result(findings=(of_phase, *example_findings()))
    assert asked(result)["Largest spasm"].answer == "7.9 mm"


# The face ---------------------------------------------------------------------------------------


def test_each_region_of_either_side_has_its_count_of_spasms(full: Result) -> None:
    found = involvement(full, full.events)
    spasms = [one for one in full.events if one.family == "spasm"]
    assert found.spasms == {Side.RIGHT: len(spasms), Side.LEFT: 0}
    for site in REGIONS:
        assert found.counts[Side.RIGHT, site] == sum(site in one.sites for one in spasms)
        assert found.counts[Side.LEFT, site] == 0
    assert involvement_words(found)[1] == "Patient's LEFT: no spasm."


def test_a_muscle_counts_for_the_region_in_which_it_shows() -> None:
    one = event(1, 1.0, 0.2, "spasm_clonic", side=Side.LEFT, sites=("zygomaticus_major",))
    assert involvement(example_result(), [one]).counts[Side.LEFT, "mouth_corner"] == 1


def letters(svg: str) -> dict[str, list[float]]:
    """Where each text of a drawing stands, from the viewer's left."""
    found: dict[str, list[float]] = {}
    for element in ET.fromstring(svg).iter(f"{SVG}text"):
        found.setdefault(element.text or "", []).append(float(element.attrib["x"]))
    return found


@pytest.mark.parametrize("side", [Side.RIGHT, Side.LEFT])
def test_the_patients_right_is_on_the_viewers_left_and_says_so(side: Side) -> None:
    one = event(1, 1.0, 0.2, "spasm_clonic", side=side, sites=("chin",))
    found = letters(draw_involvement(involvement(example_result(), [one])))
    assert found["patient's RIGHT"][0] < 130 < found["LEFT"][0]
    assert (found["1"][0] < 130) is (side is Side.RIGHT)


def test_sizes_come_from_the_signals_and_older_folders_show_the_threshold(full: Result) -> None:
    seen = sensitivity(full)
    assert seen.is_threshold is False
    assert seen.sizes_mm[Side.LEFT, "jaw_line"] == pytest.approx(0.9 + 0.4 * 6)
    older = sensitivity(example_result())
    assert older.is_threshold is True
    assert older.sizes_mm[Side.LEFT, "eyelids"] == 1.2
    dashes = letters(draw_sensitivity(older))["–"]
    assert len(dashes) == 2 * (len(REGIONS) - 2)
    page = render(example_result(), None, None, ()).html
    assert "Events called from, mm" in page
    assert "Smallest that could be seen" not in page


def test_a_recording_without_signals_has_no_face() -> None:
    assert 'class="faces"' not in render(example_result(signals={}), None, None, ()).html


# One event close up -----------------------------------------------------------------------------


def test_each_region_of_an_event_has_its_size_and_beginning() -> None:
    times_s = np.arange(1200) / 60
    shape = np.sin(np.pi * np.clip((times_s - 5.0) / 0.6, 0, 1))
    later = np.sin(np.pi * np.clip((times_s - 5.05) / 0.6, 0, 1))
    result = full_result()
    table = result.signals["face"].isel(time=slice(0, 1200))
    for name in table.data_vars:
        table[name] = table[name].copy(data=np.zeros(1200))
    table["eye_closure_right"] = table["eye_closure_right"].copy(data=6 * shape)
    table["mouth_corner_excursion_right"] = table["mouth_corner_excursion_right"].copy(
        data=3 * later
    )
    one = event(1, 5.0, 0.6, "spasm_prolonged", side=Side.RIGHT, sites=("eyelids",))
    traces = [trace for lane in lanes_of(table) for trace in lane.traces]
    found = regions_in(one, times_s, traces)
    named = {(region.site, region.side): region for region in found}
    lids, mouth = named["eyelids", Side.RIGHT], named["mouth_corner", Side.RIGHT]
    assert lids.peak == pytest.approx(6.0, abs=0.01)
    assert mouth.peak == pytest.approx(3.0, abs=0.01)
    assert lids.begins_ms is not None
    assert mouth.begins_ms is not None
    assert mouth.begins_ms - lids.begins_ms == pytest.approx(50, abs=1.5)
    assert lag_sentence(one, found) in (
        "Against the eyelids: mouth corner 49 ms after.",
        "Against the eyelids: mouth corner 50 ms after.",
        "Against the eyelids: mouth corner 51 ms after.",
    )
    assert named["chin", Side.RIGHT].begins_ms is None
    assert lag_sentence(one, found, frame_ms=66.7) == (
        "Against the eyelids: mouth corner within one frame."
    )


def test_what_stays_small_or_was_never_judged_is_said_in_words(full: Result) -> None:
    told = closeups(full, event_rows(full.events, ()))
    first = next(one for one in full.events if one.family == "spasm")
    rows = {row[0]: row[1:] for row in told[first.event_id]["regions"]}
    assert set(rows) == {re.sub("_", " ", site) for site in REGIONS}
    assert rows["eyelids"][1] == "below 0.70 mm"
    assert rows["upper lip"][1] == "not judged"
    assert "p1" not in told
    assert "g0001" not in told


def test_a_contraction_that_was_under_way_before_has_no_beginning() -> None:
    times_s = np.arange(600) / 60
    result = full_result()
    table = result.signals["face"].isel(time=slice(0, 600))
    table["eye_closure_right"] = table["eye_closure_right"].copy(data=np.full(600, 5.0))
    one = event(1, 5.0, 0.6, "spasm_prolonged", side=Side.RIGHT, sites=("eyelids",))
    (lids,) = [
        region
        for region in regions_in(one, times_s, [t for la in lanes_of(table) for t in la.traces])
        if (region.site, region.side) == ("eyelids", Side.RIGHT)
    ]
    assert (lids.peak, lids.begins_ms) == (5.0, None)


# Tables -----------------------------------------------------------------------------------------


def test_right_and_left_stand_in_one_row_and_no_finding_is_lost(full: Result) -> None:
    every = [
        cell
        for about in (True, False)
        for row in matrix_rows(full, None, about_recording=about)
        for cell in (row.right, row.left, row.other)
        if cell is not None
    ]
    of_phases = [one for one in full.findings if one.phase]
    assert len(every) + len(of_phases) + len(sign_rows(full, None)) == len(full.findings)
    counts = next(
        row for row in matrix_rows(full, None, about_recording=False) if row.label == "Spasms"
    )
    assert counts.right is not None
    assert counts.left is not None
    assert (counts.right.measured, counts.left.measured) == ("24", "0")


def test_two_findings_of_one_place_stay_two_rows() -> None:
    twice = tuple(finding("largest_spasm", size, "mm", side=Side.RIGHT) for size in (2.0, 3.0))
    result = example_result(findings=twice)
    rows = matrix_rows(result, None, about_recording=False)
    assert [row.right.measured for row in rows if row.right] == ["2.0 mm", "3.0 mm"]


def test_one_finding_a_side_stands_in_one_row_whatever_its_site() -> None:
    rows = matrix_rows(example_result(), None, about_recording=False)
    (row,) = (row for row in rows if row.label == "Largest spasm")
    assert row.right is not None
    assert row.left is not None
    assert (row.sites, row.right.sites, row.left.sites) == ("", "corner of the mouth", "")
    assert row.left.measured == "below 1.2 mm"


def test_notes_that_differ_between_the_sides_name_their_side() -> None:
    def told(right: str, left: str) -> str:
        sides = ((Side.RIGHT, right), (Side.LEFT, left))
        found = tuple(finding("spasm_count", 1, "1", side=s, note=note) for s, note in sides)
        (row,) = matrix_rows(example_result(findings=found), None, about_recording=False)
        return row.note

    assert told("covered", "covered") == "covered"
    assert told("covered", "seen") == "right: covered; left: seen"
    assert told("", "seen") == "left: seen"


def test_a_value_that_the_review_changed_shows_both() -> None:
    before, after = (
        example_result(findings=example_findings(right, left)) for right, left in ((7, 0), (6, 1))
    )
    counts = next(
        row for row in matrix_rows(before, after, about_recording=False) if row.label == "Spasms"
    )
    assert counts.changed
    assert counts.right is not None
    assert (counts.right.measured, counts.right.reviewed) == ("7", "6")


def test_phases_stand_side_by_side_in_the_order_of_the_examination(full: Result) -> None:
    table = phase_table(full, None, full.events)
    assert [name for name, _ in table.phases] == [name.replace("_", " ") for _, name in PHASES]
    assert table.phases[0][1] == pytest.approx(18.0)
    rate = next(row for row in table.rows if row.label == "Spasm rate")
    assert rate.unit == "per minute"
    assert [[one.measured for one in cells] for cells in rate.cells][:2] == [
        ["0.0 per minute"],
        ["4.0 per minute"],
    ]
    page = render(full, None, None, ()).html
    assert "By part of the examination" in page
    assert "By part of the examination" not in render(example_result(), None, None, ()).html


def test_a_phase_without_an_event_is_shown_all_the_same() -> None:
    one = finding("spasm_rate", 3.0, "1/min", side=Side.LEFT, phase="smile")
    table = phase_table(example_result(findings=(one,)), None, ())
    assert table.phases == (("smile", None),)


def test_signs_are_present_absent_or_cannot_be_told_in_this_order(full: Result) -> None:
    rows = sign_rows(full, None)
    assert [row.state for row in rows] == ["present", "absent", "cannot tell"]
    assert rows[0].label == "brow rises as the eye closes"
    assert rows[0].note == "the brow rises in 6 of 9. Speaks for hemifacial spasm."
    assert "Likelihood ratio of the sign" in rows[0].weight
    assert "NOT checked against its source" in rows[0].weight
    assert rows[2].note == "no pucker in this recording."


def test_a_sign_that_a_review_turned_says_what_it_was(full: Result) -> None:
    def turned(one: Finding) -> Finding:
        return replace(one, value=1.0) if one.quantity == "sign_sides_alternate" else one

    after = replace(full, findings=tuple(turned(one) for one in full.findings))
    row = next(row for row in sign_rows(full, after) if row.label == "sides alternate")
    assert (row.state, row.was) == ("present", "absent")


def table_of(page: str, name: str) -> str:
    """The text of one table of the page."""
    start = page.index(f'id="{name}"')
    return re.sub(r"<[^>]*>", "|", page[start : page.index("</table>", start)])


def test_what_a_sign_speaks_for_stands_apart_from_what_was_seen(full: Result) -> None:
    told = table_of(render(full, None, None, ()).html, "table-signs")
    assert "|the brow rises in 6 of 9.|" in told
    assert re.search(r"\|hemifacial spasm\..*Likelihood ratio", told)
    assert "no pucker" not in told


def test_signs_that_cannot_be_told_are_named_in_one_sentence_with_a_reason_they_share(
    full: Result,
) -> None:
    def untold(one: Finding) -> Finding:
        if not one.quantity.startswith("sign_"):
            return one
        note = "Cannot tell: only 24 s were judged. Speaks for a tic."
        return replace(one, value=None, status=Status.NOT_JUDGED, note=note)

    page = render(replace(full, findings=tuple(map(untold, full.findings))), None, None, ()).html
    assert 'id="table-signs"' not in page
    sentence = page[page.index('<p id="signs-untold">') :].partition("</p>")[0]
    assert "brow rises as the eye closes; " in sentence
    assert sentence.endswith("For all of them: only 24 s were judged.")
    assert table_of(page, "table-signs-untold").count("|cannot tell|") == 3
    one_of_three = render(full, None, None, ()).html
    assert "For all of them" not in one_of_three


def test_a_sign_that_a_review_made_untold_stays_in_the_table(full: Result) -> None:
    def turned(one: Finding) -> Finding:
        if one.quantity != "sign_sides_alternate":
            return one
        return replace(one, value=None, status=Status.NOT_JUDGED, note="Cannot tell: too few.")

    after = replace(full, findings=tuple(map(turned, full.findings)))
    review = Review(events=full.events, applied=(), not_applied=())
    told = table_of(render(full, after, review, ()).html, "table-signs")
    assert "measured: absent" in told


def test_a_phase_that_is_the_whole_recording_is_not_told_twice() -> None:
    rate = finding("spasm_rate", 3.0, "1/min", side=Side.LEFT, phase="rest")
    length = finding("recording_duration", 24.0, "s")
    phase = event(1, 0.0, 24.0, "phase", phase="rest")
    whole = example_result(findings=(rate, length), events=(phase,))
    page = render(whole, None, None, ()).html
    assert "The whole recording is one part, rest" in page
    assert 'id="table-phases"' not in page
    half = replace(whole, events=(replace(phase, duration_s=12.0),))
    assert 'id="table-phases"' in render(half, None, None, ()).html


def test_hatching_is_explained_only_where_something_is_hatched() -> None:
    short = finding("recording_duration", 24.0, "s", quality="limited", note="Short video.")
    limited = example_result(findings=(short,), events=())
    assert "Hatched" not in render(limited, None, None, ()).html
    gap = event(1, 1.0, 2.0, "no_face")
    assert "Hatched" in render(example_result(events=(gap,)), None, None, ()).html


def test_ten_minutes_with_three_hundred_events_of_seven_regions_stay_below_four_megabytes() -> None:
    report = render(full_result(600.0, 300, Side.LEFT), None, None, ())
    assert len(report.html.encode()) < 4_000_000


def test_a_table_without_spasms_does_not_list_what_needs_one() -> None:
    none = finding(
        "tonic_share", None, "%", status=Status.NOT_JUDGED, note="No event to take it of"
    )
    few = finding("judged_time", None, "s", status=Status.NOT_JUDGED, note="Nothing was judged")
    result = example_result(findings=(*example_findings(), none, few))
    page = render(result, None, None, ()).html
    table = page[page.index('id="table-findings"') : page.index("</table>")]
    assert "Tonic share" not in table
    assert "there was no event to measure it on: Tonic share." in page
