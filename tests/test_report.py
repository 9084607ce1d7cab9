"""The report without a browser: sentences, rows, figures, and that nothing can be put into it."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hemifacial.anatomy import Side
from hemifacial.corrections import Action, Correction, apply
from hemifacial.findings import Event, Finding, Limit, Result, Status, Still
from hemifacial.formats.events_table import event_to_record
from hemifacial.report import Report, render
from hemifacial.report.drawing import TimeAxis
from hemifacial.report.event_rows import correction_sentence, event_rows
from hemifacial.report.finding_rows import finding_rows
from hemifacial.report.lanes import lanes_of, trace_words
from hemifacial.report.provenance_rows import command_again, own_criteria_rows, provenance_rows
from hemifacial.report.sentences import cannot_tell, gap_sentences, summary
from hemifacial.report.timeline import draw_timeline
from hemifacial.report.traces import draw_traces
from hemifacial.report.words import interval_text, number, value_text
from report_example import (
    REGIONS,
    event,
    example_corrections,
    example_events,
    example_findings,
    example_result,
    example_signals,
    finding,
    full_result,
)
from whole_face import WholeFace

SVG = "{http://www.w3.org/2000/svg}"
NASTY = "</script><script>alert(1)</script>\" onclick='x' &amp;"


@pytest.fixture(scope="module")
def plain() -> Report:
    return render(example_result(), None, None, ())


@pytest.fixture(scope="module")
def with_review() -> Report:
    measured, corrections = example_result(), example_corrections()
    review = apply(measured.events, corrections)
    after = example_result(findings=example_findings(6, 1), events=review.events)
    return render(measured, after, review, corrections)


# Words ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (7, "1", "7"),
        (1234, "1", "1234"),
        (21.04, "1/min", "21.0"),
        (0, "mm", "0.0"),
        (0.294, "mm", "0.29"),
        (0.0833, "mm", "0.083"),
        (286.4, "px", "286"),
        (-1.26, "mm", "\N{MINUS SIGN}1.3"),
    ],
)
def test_a_number_has_the_digits_that_a_reader_can_use(value: float, unit: str, text: str) -> None:
    assert number(value, unit) == text


def test_a_value_that_is_missing_says_why() -> None:
    assert value_text(finding("spasm_rate", 21, "1/min")) == "21.0 per minute"
    assert value_text(finding("spasm_count", None, "1", status=Status.NOT_JUDGED)) == "not judged"
    below = finding(
        "largest_spasm", None, "mm", status=Status.BELOW_DETECTION_LIMIT, detection_limit=1.2
    )
    assert value_text(below) == "below 1.2 mm"


def test_an_interval_below_zero_is_written_with_a_word() -> None:
    assert interval_text(finding("largest_spasm", 1, "mm", low=0.5, high=2)) == "0.50–2.0"
    assert interval_text(finding("largest_spasm", 1, "mm", low=-1, high=2)) == "−1.0 to 2.0"
    assert interval_text(finding("largest_spasm", 1, "mm")) == ""


def test_the_summary_says_sides_rates_intervals_and_what_would_have_been_seen() -> None:
    assert summary(example_result()) == (
        "In 18.4 s judged of 20.0 s: 7 spasms on the patient's right (22.8 per minute, 95 % "
        "interval 9.1–48.7); none on the patient's left (0.0 per minute, 95 % interval 0.0–7.6).",
        "3 blinks.",
        "Smallest event that would have been called: 1.2 mm at the eyelids and 1.0 mm at the "
        "corner of the mouth.",
    )


def thresholds(*sizes_mm: float) -> tuple[Finding, ...]:
    """A detection threshold of each of the first regions."""
    return tuple(
        finding("detection_threshold", size, "mm", side=Side.RIGHT, sites=(site,))
        for site, size in zip(REGIONS, sizes_mm, strict=False)
    )


@pytest.mark.parametrize(
    ("sizes_mm", "said"),
    [
        ((1.0, 1.0), "1.0 mm at the brow and the eyelids"),
        ((1.0, 1.5, 1.0), "1.0 mm at the brow and the cheek and 1.5 mm at the eyelids"),
        ((1.0, 1.0, 1.0), "1.0 mm in every region that was measured"),
        ((1.2, 0.9, 1.0, 2.0), "0.90 mm (eyelids) to 2.0 mm (upper lip)"),
    ],
)
def test_many_regions_take_no_more_words_than_two(sizes_mm: tuple[float, ...], said: str) -> None:
    (sentence,) = summary(example_result(findings=thresholds(*sizes_mm)))
    assert sentence == f"Smallest event that would have been called: {said}."


def test_the_summary_names_the_worse_side_first_and_counts_one_in_the_singular() -> None:
    first = summary(example_result(findings=example_findings(1, 4)))[0]
    assert first.index("4 spasms on the patient's left") < first.index(
        "1 spasm on the patient's right"
    )


def test_a_negative_answer_comes_with_its_detection_limit() -> None:
    sentences = summary(example_result(findings=example_findings(0, 0)))
    assert "no spasm was found on either side (0.0 per minute, 95 % interval" in sentences[0]
    assert "1.2 mm at the eyelids" in sentences[-1]


def test_a_recording_without_a_face_says_that_nothing_could_be_judged() -> None:
    findings = (
        finding("judged_time", 0.0, "s", note="no face was seen"),
        finding("spasm_count", None, "1", side=Side.RIGHT, status=Status.NOT_JUDGED),
        finding("blink_count", None, "1", side=Side.BOTH, status=Status.NOT_JUDGED),
    )
    assert summary(example_result(findings=findings)) == (
        "Nothing could be judged: no face was seen",
        "Blinks: not judged.",
    )


def test_a_result_of_another_wing_is_summed_up_by_its_first_findings() -> None:
    findings = (finding("frame_rate", 30.0, "1/s"),)
    assert summary(example_result(findings=findings)) == ("Frame rate: 30.0 per second.",)


def test_gaps_are_sentences_and_many_of_them_are_summed_up() -> None:
    assert gap_sentences(example_events()) == ("No face is seen from 6.2 s to 7.8 s.",)
    many = [event(n, n * 2.0, 0.1 if n % 2 else 1.0, "unjudged") for n in range(16)]
    sentences = gap_sentences(many)
    assert sentences[0] == "A face is seen but cannot be measured from 0.0 s to 1.0 s."
    assert len(sentences) == 9
    assert sentences[-1] == "8 shorter gaps, 0.8 s together."


def test_what_a_method_cannot_tell_is_known_for_the_face_and_empty_elsewhere() -> None:
    assert any("No recording of a patient" in sentence for sentence in cannot_tell("face"))
    assert cannot_tell("none") == ()


# Tables ---------------------------------------------------------------------------------------


def test_findings_stand_beside_their_reviewed_values_and_changes_are_marked() -> None:
    after = example_result(findings=example_findings(6, 1))
    rows = finding_rows(example_result(), after, about_recording=False)
    count = next(row for row in rows if (row.label, row.side) == ("Spasms", "right"))
    assert (count.measured, count.reviewed, count.changed) == ("7", "6", True)
    blinks = next(row for row in rows if row.label == "Blinks")
    assert (blinks.measured, blinks.reviewed, blinks.changed) == ("3", "3", False)
    assert not any(row.reviewed for row in finding_rows(after, None, about_recording=False))


def test_a_finding_on_one_side_of_the_review_only_is_not_lost() -> None:
    before, after = example_result(), example_result(findings=example_findings()[1:])
    (gone,) = [
        row for row in finding_rows(before, after, about_recording=False) if row.reviewed == "—"
    ]
    assert (gone.label, gone.side, gone.measured) == ("Spasms", "right", "7")


def test_every_finding_is_in_one_of_the_two_tables() -> None:
    result = example_result()
    tables = [finding_rows(result, None, about_recording=about) for about in (True, False)]
    assert sum(map(len, tables)) == len(result.findings)


@pytest.mark.parametrize(
    ("verified", "mark"),
    [(True, "; checked against its source)"), (False, "; NOT checked against its source)")],
)
def test_a_limit_names_its_source_and_whether_it_was_checked(verified: bool, mark: str) -> None:
    limit = Limit(value=250, unit="px", meaning="smallest face", source="doi:x", verified=verified)
    result = example_result(findings=(finding("outer_canthal_distance", 90, "px", limit=limit),))
    (row,) = finding_rows(result, None, about_recording=True)
    assert row.limit == "smallest face: 250 px (doi:x" + mark


def test_a_limit_of_our_own_choice_says_so() -> None:
    source = "this project, docs/face.md"
    limit = Limit(value=40, unit="px", meaning="smallest face", source=source, verified=True)
    result = example_result(findings=(finding("outer_canthal_distance", 90, "px", limit=limit),))
    (row,) = finding_rows(result, None, about_recording=True)
    assert row.limit == "smallest face: 40.0 px (our own choice, docs/face.md)"


def test_event_rows_tell_the_state_of_every_event() -> None:
    rows = {row.shown.event_id: row for row in event_rows(example_events(), example_corrections())}
    states = {name: rows[name].state for name in ("e0001", "e0002", "e0003", "e0006", "added-1")}
    assert states == {
        "e0001": "rejected",
        "e0002": "corrected",
        "e0003": "measured",
        "e0006": "corrected",
        "added-1": "added",
    }
    assert rows["e0001"].standing is None
    assert [row.shown.onset_s for row in rows.values()] == sorted(
        row.shown.onset_s for row in rows.values()
    )


def test_rows_say_what_the_reviewed_findings_rest_on() -> None:
    """A run is made from its events each time, under a name that may have been another's."""
    runs = {
        f"b000{number}": event(0, onset_s, 1.0, "spasm_burst", side=Side.RIGHT)
        for number, onset_s in ((1, 2.0), (2, 6.0))
    }
    runs = {name: replace(run, event_id=name) for name, run in runs.items()}
    spasm = event(1, 2.0, 0.2, "spasm_clonic", side=Side.RIGHT, parent_id="b0001")
    other = event(2, 6.0, 0.2, "spasm_clonic", side=Side.RIGHT, parent_id="b0002", amplitude=2.0)
    line = replace(example_corrections()[0], before=spasm)
    renamed = replace(runs["b0002"], event_id="b0001", duration_s=1.2)
    again = replace(other, parent_id="b0001")
    rows = event_rows((*runs.values(), spasm, other), [line], (renamed, again))
    named = {row.shown.event_id: row for row in rows}
    assert {name: row.state for name, row in named.items()} == {
        "b0001": "corrected",
        "b0001 as measured": "rejected",
        "e0001": "rejected",
        "e0002": "measured",
    }
    assert {row.standing for row in rows if row.standing} == {renamed, again}
    assert named["b0001"].measured == replace(runs["b0002"], event_id="b0001")
    assert {name for name, row in named.items() if row.note} == {"b0001", "b0001 as measured"}


def test_a_size_that_was_measured_again_is_shown() -> None:
    first = example_events()[0]
    moved = replace(first, side=Side.LEFT, amplitude=None)
    line = replace(example_corrections()[1], before=first, after=moved)
    now = replace(moved, amplitude=0.4)
    row = event_rows((first,), [line], (now,))[0]
    assert (row.standing, row.shown, row.state) == (now, now, "corrected")


def test_runs_of_spasms_cannot_be_corrected_and_say_so(plain: Report) -> None:
    data = json.loads(re.findall(r'<script type="application/json"[^>]*>(.*?)<', plain.html)[0])
    assert "spasm" in data["correctable"]
    assert "burst" not in data["correctable"]
    row = re.findall(r'<tr data-event="e0011".*?</tr>', plain.html, re.DOTALL)[0]
    assert "Made from its events" in row
    assert plain.html.count("Made from its events") == 1


def test_a_run_of_spasms_stands_before_its_first_spasm() -> None:
    names = [row.shown.event_id for row in event_rows(example_events(), ())]
    assert names.index("e0011") + 1 == names.index("e0004")


def test_a_rejected_event_that_is_added_again_is_as_measured_and_keeps_both_lines() -> None:
    first = example_corrections()[0]
    again = Correction(
        action=Action.ADD, before=None, after=first.before, who="B", when="2026-11-23"
    )
    row = event_rows(example_events(), (first, again))[0]
    assert (row.state, row.standing, len(row.lines)) == ("measured", first.before, 2)


@st.composite
def chains(draw: st.DrawFn) -> tuple[Correction, ...]:
    """Corrections, some of events that are gone by then, as a page could have written them."""
    lines = []
    for number_ in range(draw(st.integers(0, 6))):
        action = draw(st.sampled_from(list(Action)))
        before = draw(st.sampled_from(example_events()))
        after: Event | None = replace(before, onset_s=draw(st.floats(0, 19)), side=Side.LEFT)
        lines.append(
            Correction(
                action=action,
                before=None if action is Action.ADD else before,
                after=None if action is Action.REJECT else after,
                who="A",
                when=str(number_),
            )
        )
    return tuple(lines)


@given(chains())
@settings(max_examples=60, deadline=None)
def test_the_rows_stand_for_exactly_the_events_that_were_recomputed(
    lines: tuple[Correction, ...],
) -> None:
    rows = event_rows(example_events(), lines)
    review = apply(example_events(), lines)
    standing = sorted((row.standing for row in rows if row.standing), key=lambda e: e.event_id)
    assert standing == sorted(review.events, key=lambda e: e.event_id)
    assert sum(len(row.lines) for row in rows) == len(review.applied)


def test_a_correction_is_told_in_a_sentence() -> None:
    told = [correction_sentence(line) for line in example_corrections()]
    assert told[0] == "Rejected by Dr Ada Weiss, 2026-11-22 14:00: a smile"
    assert told[1] == "Side changed from right to left by Dr Ada Weiss, 2026-11-22 14:00"
    assert told[2].startswith("Moved from 12.300 s (1.850 s long) to 12.100 s (2.200 s long) by")
    assert told[3].startswith("Added: spasm, clonic, right, 18.800 s (0.400 s long) by Dr Ada")


def test_a_time_stamp_that_is_none_is_shown_as_it_is() -> None:
    line = replace(example_corrections()[0], when="last Tuesday", why="")
    assert correction_sentence(line) == "Rejected by Dr Ada Weiss, last Tuesday"


def test_the_command_to_run_it_again_is_safe_to_paste() -> None:
    provenance = replace(example_result().provenance, input_name="a b'; rm -rf x.mp4")
    assert command_again(provenance) == "hemifacial face 'a b'\"'\"'; rm -rf x.mp4'"


def test_a_mirrored_recording_says_so_and_is_run_again_as_one() -> None:
    provenance = replace(
        example_result().provenance, parameters={"mirrored": True, "criteria": {"iris_mm": 11.7}}
    )
    assert command_again(provenance) == "hemifacial face 'visit 2.mp4' --mirrored"
    assert ("Parameter criteria: iris_mm", "11.7") in provenance_rows(provenance)
    page = render(example_result(provenance=provenance), None, None, ()).html
    assert "said to be a mirror image" in page
    assert "said to be a mirror image" not in render(example_result(), None, None, ()).html


def test_an_electrical_recording_is_run_again_as_it_was() -> None:
    provenance = replace(
        example_result().provenance,
        method="electro",
        input_name="visit 2.edf",
        parameters={
            "studies": ["lateral_spread", "f_wave"],
            "tables": ["names", "stimuli"],
            "trigger_line": "DC 1",
            "artefact": "template",
        },
    )
    assert command_again(provenance) == (
        "hemifacial electro 'visit 2.edf' --study lateral_spread --study f_wave "
        "--names NAMES.tsv --stimuli STIMULI.tsv --trigger-line 'DC 1' --artefact template"
    )
    chosen = replace(provenance, parameters={"studies": ["baep"], "artefact": "chosen"})
    assert command_again(chosen) == "hemifacial electro 'visit 2.edf' --study baep"


def test_a_clinics_own_criteria_are_listed_and_needed_to_run_it_again() -> None:
    own = {"valley_share": {"value": 0.4, "source": "Clinic <of> Trieste, 2026"}}
    provenance = replace(example_result().provenance, parameters={"own_criteria": own})
    assert command_again(provenance) == "hemifacial face 'visit 2.mp4' --criteria OWN.tsv"
    assert own_criteria_rows(provenance) == (("valley_share", "0.4", "Clinic <of> Trieste, 2026"),)
    page = render(example_result(provenance=provenance), None, None, ()).html
    assert "--criteria OWN.tsv" in page
    assert "Clinic &lt;of&gt; Trieste, 2026" in page
    for none in ({}, {"own_criteria": {}}):
        provenance = replace(provenance, parameters=none)
        assert command_again(provenance) == "hemifacial face 'visit 2.mp4'"
        assert "OWN.tsv" not in render(example_result(provenance=provenance), None, None, ()).html


# Figures --------------------------------------------------------------------------------------

AXIS = TimeAxis(duration_s=20.0)


def test_figures_are_the_same_each_time() -> None:
    first, second = (render(example_result(), None, None, ()) for _ in range(2))
    assert first == second
    assert set(first.figures) == {
        "timeline.svg",
        "traces_face.svg",
        "face_involvement.svg",
        "face_sensitivity.svg",
    }


def test_figures_carry_no_style_no_date_and_no_id_twice(with_review: Report) -> None:
    ids: list[str] = []
    for text in with_review.figures.values():
        root = ET.fromstring(text)
        for element in root.iter():
            assert "style" not in element.attrib
            assert element.tag not in (f"{SVG}style", f"{SVG}script", f"{SVG}metadata")
            ids += [element.attrib["id"]] if "id" in element.attrib else []
        assert "20" + "26-" not in text
        assert root.findtext(f"{SVG}title")
        assert root.findtext(f"{SVG}desc")
        defined = {element.get("id") for element in root.iter()}
        used = set(re.findall(r"url\(#([^)]+)\)", text)) | set(re.findall(r'href="#([^"]+)"', text))
        assert used <= defined
    assert len(ids) == len(set(ids))


def test_each_event_has_a_mark_on_its_own_side(plain: Report) -> None:
    root = ET.fromstring(plain.figures["timeline.svg"])
    marks = {element.get("data-event"): element for element in root.iter(f"{SVG}g")}
    judged = {one.event_id for one in example_events() if one.family != "gap"}
    assert judged == set(marks) - {None}
    told = marks["e0006"].findtext(f"{SVG}title")
    assert told == (
        "e0006: spasm, tonic; patient's RIGHT, eyelids, mouth corner; 12.300 s, 1.850 s long"
    )


def rectangles(root: ET.Element, name: str) -> list[ET.Element]:
    """The marks of an event."""
    (group,) = (g for g in root.iter(f"{SVG}g") if g.get("data-event") == name)
    return list(group.iter(f"{SVG}rect"))


@pytest.mark.parametrize("side", [Side.RIGHT, Side.LEFT])
def test_a_mark_is_above_the_middle_on_the_right_and_below_on_the_left(side: Side) -> None:
    result = example_result(events=example_events(side))
    root = ET.fromstring(draw_timeline(result, event_rows(result.events, ()), AXIS))
    blink, spasm = (float(rectangles(root, one)[0].attrib["y"]) for one in ("e0008", "e0003"))
    assert (spasm < blink) is (side is Side.RIGHT)
    colours = {mark.get("fill") for mark in rectangles(root, "e0003")}
    assert colours == {{"right": "#d55e00", "left": "#0072b2"}[side.value]}


def test_a_mark_stands_at_its_time_and_the_shortest_can_still_be_seen() -> None:
    events = (
        event(1, 5.0, 10.0, "spasm_tonic", side=Side.RIGHT, sites=("eyelids",)),
        event(2, 1.0, 0.004, "spasm_clonic", side=Side.RIGHT, sites=("eyelids",)),
    )
    result = example_result(events=events)
    root = ET.fromstring(draw_timeline(result, event_rows(events, ()), AXIS))
    (long,) = rectangles(root, "e0001")
    assert float(long.attrib["x"]) == AXIS.gutter + AXIS.plot / 4
    assert float(long.attrib["width"]) == AXIS.plot / 2
    (short,) = rectangles(root, "e0002")
    assert float(short.attrib["width"]) == 1.5
    assert (short.get("data-from"), short.get("data-to")) == ("1", "1.004")


@pytest.mark.parametrize("duration_s", [0.3, 1.0, 20.0, 59.9, 600.0, 7200.0])
def test_an_axis_has_a_few_round_ticks_within_the_recording(duration_s: float) -> None:
    ticks = TimeAxis(duration_s=duration_s).ticks()
    assert 3 <= len(ticks) <= 13
    assert ticks[0] == 0
    assert ticks[-1] <= duration_s
    steps = np.diff(ticks)
    assert np.allclose(steps, steps[0])


def test_a_correction_leaves_a_hollow_mark_where_the_event_was(with_review: Report) -> None:
    root = ET.fromstring(with_review.figures["timeline.svg"])
    hollow = {
        group.get("data-event")
        for group in root.iter(f"{SVG}g")
        if group.get("data-event") and any(one.get("class") == "was" for one in group)
    }
    assert hollow == {"e0001", "e0002", "e0006"}


def labels_of(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]+)</text>", svg)


def test_traces_show_what_events_are_called_from_with_the_threshold() -> None:
    result = example_result()
    labels = labels_of(draw_traces(result, event_rows(result.events, ()), AXIS)["face"])
    named = ("Eye closure", "Mouth corner excursion", "RIGHT", "LEFT")
    assert [label for label in labels if label in named] == [
        *("Eye closure", "RIGHT", "LEFT"),
        *("Mouth corner excursion", "RIGHT", "LEFT"),
    ]
    assert "called from 1.2 mm, noise 0.10 mm" in labels
    assert "called from 1.0 mm, noise 0.10 mm" in labels


def test_signals_without_a_threshold_are_all_drawn() -> None:
    signals = example_signals()
    for signal in signals.values():
        signal.attrs.pop("threshold", None)
    assert len(trace_words(signals)) == 6


def test_every_region_has_its_strip_from_the_brow_down_and_one_scale_for_both_sides() -> None:
    lanes = lanes_of(full_result().signals["face"])
    assert [lane.up.site for lane in lanes if lane.up] == list(REGIONS)
    for lane in lanes:
        assert lane.up is not None
        assert lane.down is not None
        assert (lane.up.side, lane.down.side) == (Side.RIGHT, Side.LEFT)
        assert lane.largest >= np.nanmax([*lane.up.values])


def test_regions_that_were_not_measured_are_said(plain: Report) -> None:
    said = "Not measured in this recording: brow, cheek, upper lip, chin, jaw line."
    assert said in plain.html
    assert "Not measured in this recording" not in render(full_result(), None, None, ()).html


def test_a_label_that_is_no_number_is_left_out_rather_than_drawn() -> None:
    signals = example_signals()
    signals["eye_closure_right"].attrs |= {"noise_floor": "much", "smallest_detectable": "nan"}
    (lids, _) = lanes_of(signals)
    assert lids.up is not None
    assert (lids.up.noise_floor, lids.up.smallest_detectable) == (None, None)


def test_a_figure_has_its_words_and_a_side_never_judged_says_so() -> None:
    signals = example_signals()
    signals["eye_closure_left"] = signals["eye_closure_left"] * np.nan
    signals["eye_closure_left"].attrs.update(
        {"unit": "mm", "side": "left", "site": "eyelids", "quantity": "eye_closure", "threshold": 1}
    )
    words = trace_words(signals)
    assert words[1] == "Eye closure, patient's LEFT: never judged."
    assert re.fullmatch(
        r"Eye closure, patient's RIGHT: median \S+ mm, from \S+ to \S+ mm; "
        r"judged in 92 % of 1200 samples\.",
        words[0],
    )


# The page -------------------------------------------------------------------------------------


def embedded(report: Report) -> dict[str, object]:
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', report.html)
    assert found is not None
    data = json.loads(found[1])
    assert isinstance(data, dict)
    return data


def test_the_policy_allows_this_style_and_this_script_and_nothing_else(plain: Report) -> None:
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', plain.html)
    assert found is not None
    rules = dict(rule.split(" ", 1) for rule in html.unescape(found[1]).split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data:"
    for tag, rule in (("style", "style-src"), ("script", "script-src")):
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", plain.html, flags=re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert rules[rule] == f"'sha256-{digest}'"


def test_the_page_names_no_address_and_no_outside_part(with_review: Report) -> None:
    addresses = set(re.findall(r"https?://[^\s\"'<>]+", with_review.html))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    sources = re.findall(r'(?:src|href|action)="([^"]*)"', with_review.html)
    assert all(source.startswith(("#", "data:")) for source in sources)
    assert not re.search(r'\s(?:style|on\w+)="', with_review.html)


def test_every_text_from_outside_is_escaped_everywhere() -> None:
    measured = example_result(
        provenance=replace(
            example_result().provenance,
            input_name=NASTY,
            recorded_at=NASTY,
            parameters={NASTY: NASTY},
        ),
        events=tuple(replace(one, event_id=one.event_id + NASTY) for one in example_events()),
        findings=(*example_findings(), finding("frame_rate", 3.0, "1/s", phase=NASTY, note=NASTY)),
    )
    first = measured.events[0]
    line = Correction(
        action=Action.REJECT, before=first, after=None, who=NASTY, when=NASTY, why=NASTY
    )
    review = apply(measured.events, [line])
    after = replace(measured, events=review.events)
    report = render(measured, after, review, [line])
    assert "<script>alert" not in report.html
    assert report.html.count("</script>") == 2
    assert embedded(report)["corrections"] == [
        {
            "action": "reject",
            "before": event_to_record(first),
            "after": None,
            "who": NASTY,
            "when": NASTY,
            "why": NASTY,
        }
    ]


def test_the_script_is_told_the_kinds_of_spasm_and_holds_no_duration_of_its_own(
    plain: Report,
) -> None:
    kinds = embedded(plain)["kinds"]
    assert isinstance(kinds, dict)
    assert [(kinds[f"spasm_{k}"]["from_s"], kinds[f"spasm_{k}"]["below_s"]) for k in
            ("clonic", "prolonged", "tonic")] == [(0, 0.5), (0.5, 1), (1, None)]  # fmt: skip
    (script,) = re.findall(r"<script>(.*?)</script>", plain.html, flags=re.DOTALL)
    for name in ("corrections.js", "editor.js", "page.js"):  # the others draw, at zooms of 0.5
        part = files("hemifacial.report").joinpath("assets", name).read_text(encoding="utf-8")
        assert part in script
        assert "0.5" not in part


def test_a_reader_finds_everything_in_its_order(with_review: Report) -> None:
    text = html.unescape(re.sub(r"<[^>]+>", " ", with_review.html.split("<body>")[1]))
    order = [
        "visit 2.mp4",
        "All sides are the patient's own.",
        "Research use only",
        "As reviewed by Dr Ada Weiss",
        "6 spasms on the patient's right",
        "As measured",
        "7 spasms on the patient's right",
        "No face is seen from 6.2 s to 7.8 s.",
        "Side of spasms",
        "Spasms in each region",
        "the patient's RIGHT is on your left",
        "Events and signals over time",
        "Findings",
        "NOT checked against its source",
        "Events and their corrections",
        "Quality of the recording",
        "What this cannot tell",
        "How it was measured",
        example_result().provenance.input_sha256,
        "hemifacial face 'visit 2.mp4'",
    ]
    places = [text.find(part) for part in order]
    assert -1 not in places
    assert places == sorted(places)
    assert text.count("Research use only") == 1


def test_stills_are_in_the_page_and_named() -> None:
    pictures = [Still(jpeg=b"\xff\xd8one", event_id="e0003", time_s=4.4), Still(jpeg=b"two")]
    report = render(example_result(), None, None, (), stills=pictures)
    assert f'src="data:image/jpeg;base64,{base64.b64encode(b"two").decode()}"' in report.html
    assert "patient&#39;s RIGHT (e0003) at its peak, 4.40 s" in report.html
    assert "as private as the recording" in report.html
    assert "as private as the recording" not in render(example_result(), None, None, ()).html


def test_a_result_with_nothing_in_it_is_still_a_page() -> None:
    empty = Result(provenance=example_result().provenance, findings=(), events=())
    report = render(empty, None, None, ())
    assert "No event was found." in report.html
    assert set(report.figures) == {"timeline.svg"}


def test_a_page_without_its_pictures_says_so_and_says_what_is_still_in_it() -> None:
    pictures = [Still(jpeg=b"\xff\xd8one", event_id="e0003", time_s=4.4)]
    left_out = render(example_result(), None, None, (), stills_left_out=True).html
    assert "The pictures of the face were left out of this page." in left_out
    assert "name of the file" in left_out
    assert "image/jpeg" not in left_out
    for stills in ((), pictures):
        page = render(example_result(), None, None, (), stills=stills).html
        assert "The pictures of the face were left out" not in page


def test_a_review_without_its_result_is_refused() -> None:
    measured = example_result()
    with pytest.raises(ValueError, match="go together"):
        render(measured, None, apply(measured.events, ()), ())
    with pytest.raises(ValueError, match="go together"):
        render(measured, measured, None, ())


def test_half_an_hour_with_hundreds_of_events_stays_a_small_page() -> None:
    start = datetime(2026, 11, 22, tzinfo=UTC)
    first = example_events()[0]
    events = tuple(
        replace(first, event_id=f"n{place:04}", onset_s=4.5 * place, duration_s=0.3)
        for place in range(400)
    )
    duration = finding("recording_duration", 1800.0, "s")
    result = example_result(
        events=events,
        findings=(duration,),
        signals={"face": example_signals(seconds=1800.0)},
        provenance=replace(
            example_result().provenance, created_at=(start + timedelta(hours=1)).isoformat()
        ),
    )
    report = render(result, None, None, ())
    assert len(report.html.encode()) < 3_000_000


def test_importing_the_report_brings_nothing_heavy() -> None:
    code = (
        "import sys, hemifacial.report; "
        "print(sorted({'numpy', 'matplotlib', 'jinja2', 'xarray', 'cv2', 'av'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast of two colours as ``#rrggbb``."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_letters_and_marks_can_be_told_from_the_paper(plain: Report) -> None:
    named = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", plain.html))
    for paper in ("#ffffff", "#eaf3f9", named["wash"]):  # a page, a chosen row, a box
        for letters in ("ink", "soft", "right-ink", "left-ink"):
            assert contrast(named[letters], paper) >= 4.5, (letters, paper)
        for mark in ("right", "left"):
            assert contrast(named[mark], paper) >= 3, (mark, paper)


def test_what_limits_a_picture_stands_with_the_quality_of_the_recording() -> None:
    result = example_result(findings=(finding("head_turn", 3.0, "deg"),))
    assert [row.quantity for row in finding_rows(result, None, about_recording=True)] == [
        "head_turn"
    ]


def test_stated_phases_are_needed_to_run_it_again() -> None:
    provenance = replace(example_result().provenance, parameters={"phases": "stated"})
    assert command_again(provenance).endswith(" --phases PHASES.tsv")
    found = replace(provenance, parameters={"phases": "found"})
    assert "--phases" not in command_again(found)


def test_each_strip_of_signals_names_its_region() -> None:
    signals = WholeFace().signals()
    for name, signal in signals.items():
        if "_excursion_" in str(name):
            signal.attrs["quantity"] = "excursion"  # as a measurement labels it
    labels = [lane.label for lane in lanes_of(signals)]
    assert len(set(labels)) == len(labels)
    assert {"Brow: excursion", "Chin: excursion", "Mouth corner: excursion"} <= set(labels)


def test_gaps_of_a_frame_are_summed_up() -> None:
    gaps = [event(1, 2.0, 1.0, "unjudged"), event(2, 6.25, 0.04, "unjudged")]
    assert gap_sentences(gaps) == (
        "A face is seen but cannot be measured from 2.0 s to 3.0 s.",
        "1 shorter gap, 0.1 s together.",
    )


def test_the_smallest_that_could_be_seen_is_said_rather_than_the_threshold() -> None:
    levels = [
        finding(name, mm, "mm", sites=("chin",))
        for name, mm in (("detection_threshold", 1.0), ("smallest_detectable_movement", 1.4))
    ]
    told = " ".join(summary(example_result(findings=(*example_findings(), *levels))))
    assert "Smallest movement that could be seen: 1.4 mm at the chin." in told
