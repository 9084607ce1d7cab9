"""The lateral spread of an operation on the timeline: its end is drawn, its course is told."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from browser import open_browser, watched_page
from case_stories import TODAY, rate, result, story
from command_line import CommandLine
from hemifacial.anatomy import Side
from hemifacial.care.decompression.operation import LateralSpread, Operation, Step
from hemifacial.case.timeline import Series
from hemifacial.commands.case.pages import case_page, write_page
from hemifacial.findings import Finding, Status
from hemifacial.report.case.timeline import timeline_figure, timeline_words
from hemifacial.report.case.told import course_rows, finding_row, findings_shown

if TYPE_CHECKING:
    from playwright.sync_api import Browser

DAY = date(2026, 3, 2)
Facts = list[tuple[str, Any, date | None]]


def step(word: str, state: str, left: float | None = None, limit: float | None = None) -> Step:
    return Step(
        step=word,
        lateral_spread=LateralSpread(state),
        left_percent=left,
        limit_percent=limit,
        at=None,
    )


def operation(*steps: Step) -> tuple[str, Operation, None]:
    return "operation", Operation(on=DAY, side=Side.RIGHT, steps=steps), None


def left(phase: str, value: float | None = None, **more: Any) -> Finding:
    muscle = more.pop("muscle", "mentalis")
    status = more.pop("status", Status.MEASURED)
    return Finding(
        quantity=more.pop("quantity", "lateral_spread_left"),
        value=value,
        unit=more.pop("unit", "%"),
        method="lateral_spread_series",
        method_version="1",
        side=Side.RIGHT,
        sites=("zygomatic_branch", muscle),
        phase=phase,
        status=status,
        **more,
    )


def gone(phase: str, limit: float, **more: Any) -> Finding:
    return left(phase, status=Status.BELOW_DETECTION_LIMIT, detection_limit=limit, **more)


SERIES = (
    left("dura_closed", 22.0, low=10.0, high=35.0),  # the stages need not stand in their order
    left("dura_open", 96.0),
    gone("vessel_off", 5.0),
)


def series_of(tmp_path: Path, facts: Facts) -> dict[str, Series]:
    with story(tmp_path, facts) as record:
        found = record.timeline("P1").series
    return {
        f"{one.quantity} {' '.join(one.sites)}".strip(): one
        for one in found
        if one.quantity.startswith("lateral_spread")
    }


def test_of_a_measured_series_the_end_is_a_point_and_the_course_is_kept(tmp_path: Path) -> None:
    found = series_of(tmp_path, [result(DAY, *SERIES)])
    (point,) = found["lateral_spread_left zygomatic_branch mentalis"].points
    assert (point.day, point.value, point.low, point.high) == (DAY, 22.0, 10.0, 35.0)
    assert point.course == (
        "dura open present (96 %), vessel off gone (below 5 %), dura closed present (22 %)"
    )
    (state,) = found["lateral_spread_state zygomatic_branch mentalis"].points
    assert (state.value, state.course) == (2.0, point.course)


@pytest.mark.parametrize(
    ("end", "value", "status"),
    [
        (gone("dura_closed", 6.0), 1.0, Status.BELOW_DETECTION_LIMIT),
        (left("dura_closed", status=Status.NOT_JUDGED, note="relaxed"), 0.0, Status.NOT_JUDGED),
    ],
)
def test_an_end_that_is_gone_or_open_is_so(
    tmp_path: Path, end: Finding, value: float, status: Status
) -> None:
    found = series_of(tmp_path, [result(DAY, *SERIES[1:], end)])
    (point,) = found["lateral_spread_left zygomatic_branch mentalis"].points
    assert (point.value, point.status, point.detection_limit, point.note) == (
        None,
        status,
        end.detection_limit,
        end.note,
    )
    (state,) = found["lateral_spread_state zygomatic_branch mentalis"].points
    assert state.value == value


def test_a_result_that_carries_the_state_itself_is_taken_at_its_word(tmp_path: Path) -> None:
    states = [
        left(phase, value, quantity="lateral_spread_state", unit="1")
        for phase, value in (("vessel_off", 1.0), ("dura_open", 2.0), ("dura_closed", 0.0))
    ]
    found = series_of(tmp_path, [result(DAY, *SERIES, *states)])
    (state,) = found["lateral_spread_state zygomatic_branch mentalis"].points
    assert state.value == 0.0
    assert state.course == "dura open present, vessel off gone, dura closed cannot tell"
    whole = left("", 1.0, quantity="lateral_spread_state", unit="1")
    second = tmp_path / "second"
    second.mkdir()
    found = series_of(second, [result(DAY, whole)])
    assert found["lateral_spread_state zygomatic_branch mentalis"].points[0].value == 1.0


def test_the_steps_of_an_operation_are_a_series_too(tmp_path: Path) -> None:
    steps = (
        step("baseline", "present", 100.0),
        step("vessel_off", "gone", limit=6.0),
        step("dura_closed", "gone", limit=8.0),
        step("skin", "not_measured"),
    )
    found = series_of(tmp_path, [operation(*steps)])
    (point,) = found["lateral_spread_left"].points
    assert (point.value, point.detection_limit) == (None, 8.0)
    assert point.course.startswith("baseline present (100 %), vessel off gone (below 6 %)")
    assert "skin" not in point.course
    assert found["lateral_spread_state"].points[0].value == 1.0
    assert found["lateral_spread_state"].side is Side.RIGHT


def test_an_operation_without_numbers_has_a_state_alone_and_one_without_looks_none(
    tmp_path: Path,
) -> None:
    found = series_of(tmp_path, [operation(step("baseline", "present"), step("skin", "gone"))])
    assert list(found) == ["lateral_spread_state"]
    second = tmp_path / "second"
    second.mkdir()
    assert series_of(second, [operation(step("baseline", "not_measured"))]) == {}


def drawn(tmp_path: Path, facts: Facts) -> tuple[str, str, list[tuple[str, str, str]]]:
    with story(tmp_path, facts) as record:
        course, entries = record.timeline("P1"), record.entries("P1")
    svg = timeline_figure(course, today=TODAY, entries=entries)
    words = " ".join(timeline_words(course, today=TODAY, entries=entries))
    return svg, words, course_rows(course, entries)


def test_the_figure_its_words_and_its_table_say_the_same(tmp_path: Path) -> None:
    svg, words, rows = drawn(
        tmp_path, [result(DAY, *SERIES, gone("dura_closed", 4.0, muscle="frontalis"))]
    )
    course = "22.0 % (10.0 to 35.0) at the end; dura open present (96 %), vessel off gone"
    for told in (svg, words, " ".join(" ".join(row) for row in rows)):
        assert course in told
        assert "Lateral spread left" in told
    assert "gone, &lt; 4.0" in svg
    assert ">100<" in svg, "what is left is drawn against the whole baseline"
    assert 'data-lane="lateral_spread_state"' not in svg, "the amount says it already"


def test_a_state_alone_is_a_word_beside_its_mark(tmp_path: Path) -> None:
    facts: Facts = [operation(step("baseline", "present"), step("skin", "gone"))]
    svg, _, rows = drawn(tmp_path, facts)
    lane = svg.split('data-lane="lateral_spread_state"')[1].split('class="lane"')[0]
    assert re.search(r"<text[^>]*>gone</text>", lane)
    assert "Lateral spread, state: right, as entered with the operation" in lane
    assert ("2026-03-02", "Lateral spread, state (right, as entered with the operation)",
            "gone at the end; baseline present, skin gone") in rows  # fmt: skip


def test_the_latest_findings_show_the_end_of_a_series() -> None:
    shown = findings_shown([*SERIES, rate(3.0, phase="rest")])
    assert [one.phase for one in shown] == ["dura_closed"]
    assert finding_row(shown[0])[0] == "Lateral spread left, dura closed"


def test_the_command_says_it_in_words(hemifacial: CommandLine, tmp_path: Path) -> None:
    facts: Facts = [operation(step("baseline", "present"), step("skin", "cannot_tell"))]
    with story(tmp_path, facts) as record:
        path = record.path
    told = hemifacial("case", "timeline", path, "P1").out
    assert "  2026-03-02  cannot tell at the end; baseline present, skin cannot tell\n" in told


def test_a_value_is_never_read_as_a_negative_one(tmp_path: Path) -> None:
    """A bit of the line that goes on from a mark, before a number beside it, looks like a minus."""
    facts: Facts = [
        result(DAY, rate(24.0, low=15.0, high=30.0)),
        result(date(2026, 5, 27), rate(6.0, low=3.0, high=9.0)),
    ]
    svg, _, _ = drawn(tmp_path, facts)
    lane = svg.split('data-lane="spasm_rate"')[1].split('class="lane"')[0]
    marks = re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', lane)
    labels = re.findall(r'<text x="([\d.]+)" y="([\d.]+)"[^>]*paint-order[^>]*>(\d+)<', lane)
    assert [words for *_, words in labels] == ["24", "6"]
    for (_, y), (_, foot, _) in zip(marks, labels, strict=True):
        assert abs(float(foot) - float(y)) > 5, "not on the line of the mark"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.mark.parametrize("width_px", [360, 1280])
def test_no_words_of_the_course_lie_over_each_other(
    browser: Browser, tmp_path: Path, width_px: int
) -> None:
    others = [gone("dura_closed", 4.0, muscle=one) for one in ("frontalis", "orbicularis_oris")]
    facts: Facts = [
        result(date(2025, 4, 1), rate(24.0, low=15.0, high=30.0)),
        operation(
            Step(step="baseline", at=datetime(2026, 3, 2, 9, tzinfo=UTC),
                 lateral_spread=LateralSpread.PRESENT, left_percent=100.0),
            step("skin", "gone", limit=7.0),
        ),
        result(DAY, *SERIES, *others, left("dura_closed", status=Status.NOT_JUDGED,
                                           muscle="platysma", note="relaxed")),
    ]  # fmt: skip
    with story(tmp_path, facts) as record:
        write_page(case_page(record, "P1", today=TODAY), tmp_path / "case.html")
    with watched_page(browser, tmp_path / "case.html", width_px=width_px) as watched:
        assert watched.complaints == []
        over = watched.page.evaluate(
            """() => {
              const lanes = [...document.querySelectorAll("#course svg .lane")].filter(
                (one) => one.getBoundingClientRect().width > 0 &&
                         one.dataset.lane.startsWith("lateral_spread"));
              const found = lanes.length ? [] : ["no lane"];
              for (const lane of lanes) {
                const boxes = [...lane.querySelectorAll("text")].map(
                  (one) => [one.textContent, one.getBoundingClientRect()]);
                boxes.forEach(([words, a], at) => boxes.slice(at + 1).forEach(([other, b]) => {
                  const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
                  const tall = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
                  if (wide > 1 && tall > 3) found.push(`${words} | ${other}`);
                }));
                const svg = lane.ownerSVGElement.getBoundingClientRect();
                for (const [words, box] of boxes)
                  if (box.right > svg.right + 1 || box.left < svg.left - 1) found.push(words);
              }
              return found;
            }"""
        )
    assert over == []
