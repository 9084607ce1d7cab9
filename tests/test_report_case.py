"""Figures of a case: dates to places, values to heights, one product a bar, words for all."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given as over
from hypothesis import strategies as st

from case_stories import TODAY, drug, hfs, many, rate, result, session, story
from hemifacial.anatomy import Side
from hemifacial.care.decompression.outcome import Look, Spasm, judge
from hemifacial.care.decompression.relief import expected_relief
from hemifacial.care.estimates import Estimate
from hemifacial.care.toxin.dose import ToxinDose
from hemifacial.care.toxin.face_map import last_sessions_map, session_map
from hemifacial.care.toxin.tables import ToxinTables
from hemifacial.care.toxin.wearing_off.answers import CoursePoint, NextInjection
from hemifacial.care.toxin.wearing_off.cycles import Cycle, Mark
from hemifacial.case.bodies import AdverseEvent, Severity
from hemifacial.findings import Status
from hemifacial.report.case.days import DayAxis, axis_over
from hemifacial.report.case.expectation import expectation_figure
from hemifacial.report.case.face_drawing import FACE_HEIGHT, FACE_WIDTH
from hemifacial.report.case.face_map import face_map
from hemifacial.report.case.placing import Room
from hemifacial.report.case.plot import Plot
from hemifacial.report.case.timeline import NARROW_PX, timeline_figure, timeline_parts
from hemifacial.report.case.wearing_off import wearing_off_figure

SVG = "{http://www.w3.org/2000/svg}"


def parts(drawing: ET.Element, word: str) -> list[ET.Element]:
    """Every part whose class holds this word."""
    return [one for one in drawing.iter() if word in one.get("class", "").split()]


def said(drawing: ET.Element) -> str:
    """Every word that is drawn, told on pointing, or told to a screen reader."""
    return " ".join("".join(one.itertext()) for one in drawing.iter() if one.text)


def drawn(folder: Path, facts: list, *, width: float = 760.0, today: date = TODAY) -> ET.Element:
    with story(folder, facts) as record:
        course, entries = record.timeline("P1"), record.entries("P1")
    return ET.fromstring(timeline_figure(course, today=today, entries=entries, width=width))


# -- the axis of days


def test_a_day_stands_where_its_share_of_the_axis_says() -> None:
    axis = DayAxis(first=date(2026, 1, 1), last=date(2026, 4, 11), left=40, plot=400)
    assert axis.x(date(2026, 1, 1)) == 40
    assert axis.x(date(2026, 4, 11)) == 440
    assert axis.x(date(2026, 1, 26)) == 140  # 25 of 100 days
    assert axis.x(date(2020, 1, 1)) == 40
    assert [day for day, _ in axis.ticks()] == [date(2026, month, 1) for month in (1, 2, 3, 4)]


@over(
    st.dates(date(1990, 1, 1), date(2030, 1, 1)),
    st.integers(0, 20_000),
    st.sampled_from([290, 712]),
)
def test_names_of_days_never_lie_over_each_other(first: date, length: int, plot: int) -> None:
    axis = axis_over(first, first + timedelta(days=length), left=36, plot=plot)
    ticks = axis.ticks()
    assert ticks
    places = [axis.x(day) for day, _ in ticks]
    widest = max(6.0 * len(name) for _, name in ticks)
    gaps = [right - left for left, right in itertools.pairwise(places)]
    assert all(gap > widest for gap in gaps)


@over(st.lists(st.tuples(st.floats(0, 300), st.floats(0, 60), st.floats(5, 120)), max_size=30))
def test_labels_that_were_placed_are_apart(wanted: list[tuple[float, float, float]]) -> None:
    room = Room(left=0, right=300)
    taken = [(x, y, x + wide, y + 10) for x, y, wide in wanted if room.take(x, y, wide, tall=8)]
    for number, one in enumerate(taken):
        assert one[2] <= 300
        for other in taken[:number]:
            apart = one[2] <= other[0] or other[2] <= one[0]
            assert apart or one[3] <= other[1] or other[3] <= one[1]


# -- the timeline


def test_values_stand_at_their_day_and_height(tmp_path: Path) -> None:
    days = [date(2026, 1, 1), date(2026, 4, 1), date(2026, 5, 1)]
    found = drawn(tmp_path, [hfs(day, total) for day, total in zip(days, (0, 28, 14), strict=True)])
    marks = [one.find(f"{SVG}circle") for one in parts(found, "measured")]
    xs, ys = (
        [float(one.get(name, "")) for one in marks if one is not None] for name in ("cx", "cy")
    )
    axis = axis_over(days[0], TODAY, left=36, plot=712)
    assert xs == [axis.x(day) for day in days]
    assert ys[0] > ys[2] > ys[1]
    assert ys[2] == pytest.approx((ys[0] + ys[1]) / 2, abs=0.02)
    (today,) = parts(found, "today")
    assert float(today[0].get("x1", "")) == axis.x(TODAY)


def test_intervals_negatives_and_what_was_not_judged_are_three_things(tmp_path: Path) -> None:
    day = date(2026, 3, 1)
    negative = {"status": Status.BELOW_DETECTION_LIMIT, "detection_limit": 0.25}
    found = drawn(
        tmp_path,
        [
            result(day, rate(12.0, low=8.0, high=16.0)),
            result(day + timedelta(days=9), rate(None, **negative)),
            result(day + timedelta(days=19), rate(None, status=Status.NOT_JUDGED, note="too dark")),
        ],
    )
    assert [len(parts(found, word)) for word in ("measured", "below-limit", "not-judged")] == [
        1
    ] * 3
    (interval,) = parts(found, "interval")
    assert float(interval.get("y1", "")) > float(interval.get("y2", ""))
    words = said(found)
    assert "2026-03-01: Spasm rate right, 12.0 per minute (8.0 to 16.0)" in words
    assert "none seen; more than 0.25 per minute would have been" in words
    assert "not judged (too dark)" in words
    assert "< 0.25" in words


def test_the_bars_of_two_products_never_share_a_lane(tmp_path: Path) -> None:
    days = [date(2026, 1, 1), date(2026, 4, 1)]
    found = drawn(tmp_path, [session(days[0], 2.5), session(days[1], 40.0, "dysport")])
    bars = {one.get("data-product"): one for one in parts(found, "given")}
    assert set(bars) == {"botox", "dysport"}
    lanes = [
        one for one in parts(found, "lane") if one.get("data-lane", "").startswith("injections")
    ]
    assert [{bar.get("data-product") for bar in parts(lane, "given")} for lane in lanes] == [
        {"botox"},
        {"dysport"},
    ]
    # 5 of at most 5 units of Botox, 80 of at most 100 of Dysport: each by its own scale.
    heights = {product: float(bar.get("height", "")) for product, bar in bars.items()}
    assert heights["botox"] == pytest.approx(46.0)
    assert heights["dysport"] == pytest.approx(46.0 * 0.8)
    words = said(found)
    assert "units of Botox" in words
    assert "units of Dysport" in words
    assert "85" not in re.findall(r"\b\d+\b", words)  # the sum that must not exist


def test_a_drug_ends_the_day_before_its_stop_and_goes_on_until_today(tmp_path: Path) -> None:
    start, stop = date(2026, 1, 1), date(2026, 3, 1)
    found = drawn(tmp_path, [drug(start, 200.0), drug(stop, None), drug(date(2026, 5, 1), 400.0)])
    axis = axis_over(start, TODAY, left=36, plot=712)
    (first, second) = parts(found, "drug")
    end = float(first.get("x", "")) + float(first.get("width", ""))
    assert end == pytest.approx(axis.x(stop - timedelta(days=1)), abs=0.02)
    end = float(second.get("x", "")) + float(second.get("width", ""))
    assert end == pytest.approx(axis.x(TODAY), abs=0.02)
    assert "still taken" in said(found)


def test_what_was_corrected_is_not_drawn(tmp_path: Path) -> None:
    with story(tmp_path, [hfs(date(2026, 1, 1), 21)]) as record:
        entry = record.entries("P1")[-1]
        record.replace(entry.number, hfs(date(2026, 1, 1), 3)[1], by="anna", why="misread")
        course, entries = record.timeline("P1"), record.entries("P1")
    words = said(ET.fromstring(timeline_figure(course, today=TODAY, entries=entries)))
    assert "21" not in words.split()
    assert "3" in words.split()


def test_names_from_outside_are_letters_and_no_markup(tmp_path: Path) -> None:
    bad = '<script>alert("x")</script> & "quoted"'
    event = AdverseEvent(what=bad, severity=Severity.MILD)
    with story(tmp_path, [("adverse_event", event, date(2026, 1, 1))]) as record:
        course, entries = record.timeline("P1"), record.entries("P1")
    text = timeline_figure(course, today=TODAY, entries=entries)
    assert "<script" not in text
    assert bad in said(ET.fromstring(text))


@pytest.mark.parametrize("count", [0, 1, 60])
@pytest.mark.parametrize("width", [760.0, NARROW_PX])
def test_it_is_drawn_with_any_number_of_entries(tmp_path: Path, count: int, width: float) -> None:
    found = drawn(tmp_path, many(count), width=width)
    assert float(found.get("viewBox", "").split()[2]) == width
    assert parts(found, "today")
    assert ("Nothing has been entered" in said(found)) is (count == 0)
    for one in found.iter(f"{SVG}text"):
        anchor, x, wide = (
            one.get("text-anchor"),
            float(one.get("x", "0")),
            5.2 * len(one.text or ""),
        )
        left = x - wide if anchor == "end" else x - wide / 2 if anchor == "middle" else x
        assert left > -4, one.text
        assert left + wide < width + 6, one.text


def test_on_paper_no_drawing_is_taller_than_asked_and_no_lane_is_lost(tmp_path: Path) -> None:
    with story(tmp_path, many(24)) as record:
        course, entries = record.timeline("P1"), record.entries("P1")
    whole = ET.fromstring(timeline_figure(course, today=TODAY, entries=entries))
    sheets = [
        ET.fromstring(one)
        for one in timeline_parts(course, today=TODAY, entries=entries, most_height=260)
    ]
    assert len(sheets) > 1
    assert all(float(one.get("viewBox", "").split()[3]) <= 260 + 30 for one in sheets)
    lanes = [lane.get("data-lane") for one in sheets for lane in parts(one, "lane")]
    assert lanes == [lane.get("data-lane") for lane in parts(whole, "lane")]
    ids = [one.get("id") for sheet in sheets for one in sheet.iter() if one.get("id")]
    assert len(set(ids)) == len(ids)


def test_each_side_and_state_has_a_shape_and_not_colour_alone(tmp_path: Path) -> None:
    day = date(2026, 1, 1)
    found = drawn(tmp_path, [result(day, rate(9.0), rate(2.0, Side.LEFT))])
    shapes = {one[-2].tag if one[-1].tag == f"{SVG}title" else one[-1].tag
              for one in parts(found, "measured")}  # fmt: skip
    assert shapes == {f"{SVG}circle", f"{SVG}path"}
    assert {"right", "left"} <= set(said(found).split())


# -- the face


def spot_places(svg: str) -> Iterator[tuple[str, float, float]]:
    for one in parts(ET.fromstring(svg), "spot"):
        circle = one.find(f"{SVG}circle")
        assert circle is not None
        yield one.get("data-place", ""), float(circle.get("cx", "")), float(circle.get("cy", ""))


def test_the_patients_right_is_on_the_viewers_left() -> None:
    place = ToxinTables.read().places["lower_lid_lateral"]
    _, given, _ = session(date(2026, 1, 1), places=("lower_lid_lateral",))
    svg = face_map(session_map(given)).svg
    ((word, x, y),) = spot_places(svg)
    assert word == "lower_lid_lateral"
    assert x == pytest.approx((1 - place.x) * FACE_WIDTH, abs=0.01)
    assert y == pytest.approx(place.y * FACE_HEIGHT, abs=0.01)
    texts = {one.text: float(one.get("x", "0")) for one in ET.fromstring(svg).iter(f"{SVG}text")}
    assert texts["patient's RIGHT"] < FACE_WIDTH / 2 < texts["LEFT"]
    assert "2.5" in texts


def test_sessions_are_rings_and_products_shapes() -> None:
    days = [date(2026, 1, 1) + timedelta(days=90 * number) for number in range(6)]
    sessions = [session(day, product="botox", places=("upper_lid_medial",))[1] for day in days[:5]]
    sessions.append(session(days[5], 20.0, "dysport", ("upper_lid_medial",))[1])
    found = face_map(last_sessions_map(sessions))
    assert len(found.days) == 5  # the oldest of six has gone
    spots = {one.get("data-product"): one for one in parts(ET.fromstring(found.svg), "spot")}
    rings = [float(one.get("r", "")) for one in spots["botox"].iter(f"{SVG}circle")]
    assert len(rings) == 4
    assert len(set(rings)) == 4
    assert not list(spots["dysport"].iter(f"{SVG}circle"))  # a shape of its own
    doses = {row.product: [units for _, units in row.units] for row in found.rows}
    assert doses == {"Botox": [2.5] * 4, "Dysport": [20.0]}


def test_risky_places_speak_to_the_pointer_the_keyboard_and_the_reader() -> None:
    found = face_map(())
    drawing = ET.fromstring(found.svg)
    risky = parts(drawing, "risk")
    assert len(risky) == 2 * len(found.risky) > 0
    assert {one.get("tabindex") for one in risky} == {"0"}
    assert drawing.get("role") == "group"  # what is in a picture could not be reached
    levator = next(one for one in found.risky if one.place.word == "upper_lid_middle")
    assert "levator" in levator.words
    assert "Botox US prescribing information" in levator.words
    assert any(levator.words in one.get("aria-label", "") for one in risky)


# -- curves


def estimate(value: float, low: float, high: float, unit: str = "1") -> Estimate:
    return Estimate(value=value, unit=unit, low=low, high=high, how="made up")


def test_the_next_date_stands_on_the_curves_own_axis() -> None:
    start = date(2026, 1, 1)
    due = NextInjection(
        patient="P1",
        product="botox",
        started_on=start,
        share=0.5,
        days=estimate(80, 60, 110, "d"),
        due_on=start + timedelta(days=80),
        earliest_on=start + timedelta(days=60),
        latest_on=start + timedelta(days=110),
        own_cycles=1,
        source="s",
        verified=True,
    )
    points = [CoursePoint(day=float(day), effect_share=estimate(1 - day / 200, 0, 1))
              for day in range(0, 200, 10)]  # fmt: skip
    dose = {product: ToxinDose(product=product, units=10.0) for product in ("botox", "dysport")}
    cycles = [
        Cycle(patient="P1", number=0, started_on=start, dose=dose["botox"],
              marks=(Mark(share=0.75, low_days=70, high_days=77),)),
        Cycle(patient="P1", number=1, started_on=start, dose=dose["dysport"]),
    ]  # fmt: skip
    found = ET.fromstring(wearing_off_figure(points, cycles, due, today=start + timedelta(days=30)))
    plot = Plot(most_x=110 * 1.15, width=620, height=268, below=58)
    (bar,) = parts(found, "due")
    assert [float(bar[0].get(name, "")) for name in ("x1", "x2")] == [plot.x(60), plot.x(110)]
    assert float(bar[0].get("y1", "")) == pytest.approx(plot.y(0.5), abs=0.01)
    assert len(parts(found, "cycle")) == 1  # another product's cycles are not laid over these
    (told,) = parts(found, "told")
    assert float(told[0].get("x1", "")) == plot.x(70)
    words = said(found)
    assert f"due {due.due_on}" in words
    assert "today, day 30" in words
    assert "95 of 100 times" in words


def test_relief_shows_the_interval_the_day_and_no_verdict_too_early() -> None:
    operated, today = date(2026, 3, 2), date(2026, 6, 1)
    verdict = judge(operated, [Look(on=today, spasm=Spasm.PRESENT)], today)
    ahead = expected_relief(91, spasm_persists=True)
    found = ET.fromstring(expectation_figure(ahead, operated_on=operated, verdict=verdict))
    plot = Plot(most_x=12.5, width=620, height=260)
    points = parts(found, "point")
    assert len(points) == len(ahead.points)
    for drawn_point, known in zip(points, ahead.points, strict=True):
        circle, interval = drawn_point.find(f"{SVG}circle"), parts(drawn_point, "interval")[0]
        assert circle is not None
        assert float(circle.get("cy", "")) == pytest.approx(plot.y(known.of_all.value), abs=0.01)
        assert known.of_all.low is not None
        assert float(interval.get("y1", "")) == pytest.approx(plot.y(known.of_all.low), abs=0.01)
    words = said(found)
    assert "no verdict before 2026-09-02" in words
    assert "today, 3.0 months" in words
    assert "when, not whether" in words
