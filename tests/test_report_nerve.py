"""The report of an experiment on the nerve: figures hold what was simulated, the page holds up."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from browser import open_browser, watched_page
from hemifacial.report.electro.figure import Figure
from hemifacial.report.nerve.lesion_map import draw_lesion
from hemifacial.report.nerve.page import render_nerve
from hemifacial.report.nerve.plot import draw_plot
from hemifacial.report.nerve.raster import draw_raster
from hemifacial.report.nerve.rows import target_counts, target_rows
from hemifacial.report.nerve.scale import around
from hemifacial.report.nerve.space_time import draw_space_time
from hemifacial.report.nerve.voltage import LEVELS_MV, colour_of, layers
from hemifacial.report.nerve.wording import group_label, number, readable
from hemifacial.twin.nerve.outcome import (
    Line,
    Outcome,
    Plot,
    Raster,
    RasterRow,
    SpaceTime,
    Target,
)
from nerve_outcome import LESION, PROVENANCE, made_up_outcome, made_up_space_time

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SVG = "{http://www.w3.org/2000/svg}"
NASTY = "<img src=x onerror=alert(1)><script>alert(2)</script>"


def parts(drawn: Figure, name: str) -> list[ET.Element]:
    return list(ET.fromstring(drawn.svg).iter(SVG + name))


def texts(drawn: Figure) -> list[str]:
    return [one.text or "" for one in parts(drawn, "text")]


def one_plot(*lines: Line, log_x: bool = False, **more: object) -> Plot:
    plot = Plot(
        name="one", title="One", x_label="dose, mg", y_label="rate, Hz", lines=lines, log_x=log_x
    )
    return replace(plot, **more)  # type: ignore[arg-type]


# -- words -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plain", "printed"),
    [
        ("a cleft of 8 um2", "a cleft of 8 µm²"),
        ("0.005 S/cm2, 3 uS/mm", "0.005 S/cm², 3 µS/mm"),
        ("step 2.5 us; 8um", "step 2.5 µs; 8um"),
        ("thus us umbra, 4-13 uM", "thus µs umbra, 4-13 µM"),
    ],
)
def test_units_are_printed_as_such(plain: str, printed: str) -> None:
    assert readable(plain) == printed


@pytest.mark.parametrize(
    ("value", "printed"),
    [
        (0.0, "0"),
        (1500.0, "1500"),
        (1234.5, "1234"),
        (0.00006, "0.00006"),
        (0.1427, "0.143"),
        (-71.96, "\N{MINUS SIGN}72"),
        (9.995, "9.99"),
        (100.0, "100"),
        (3.0e9, "3e9"),
        (2.5e-8, "2.5e\N{MINUS SIGN}8"),
    ],
)
def test_numbers_have_the_figures_that_count(value: float, printed: str) -> None:
    assert number(value) == printed


@given(st.floats(1e-9, 1e9))
def test_a_printed_number_is_the_number(value: float) -> None:
    printed = number(value).replace("\N{MINUS SIGN}", "-")
    assert float(printed) == pytest.approx(value, rel=0.006)


def test_a_branch_goes_by_its_name_and_any_other_group_by_its_own() -> None:
    assert group_label("zygomatic_branch") == "zygomatic branch"
    assert group_label("after-discharge") == "after-discharge"


# -- scales ------------------------------------------------------------------------------------


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20),
    st.booleans(),
)
def test_a_scale_holds_every_value_and_its_ticks_are_few_and_inside(
    values: list[float], log: bool
) -> None:
    if log:
        values = [abs(one) + 1e-6 for one in values]
    scale = around(values, 100.0, 700.0, log=log)
    for one in values:
        assert scale.holds(one)
        assert 100.0 <= scale.at(one) <= 700.0
    ticks = scale.ticks()
    assert 1 <= len(ticks) <= 10
    assert list(ticks) == sorted(ticks)
    assert all(scale.holds(one) or math.isclose(one, scale.high) for one in ticks)


# -- plots -------------------------------------------------------------------------------------


def test_a_line_is_drawn_where_its_values_are_and_breaks_where_one_is_missing() -> None:
    drawn = draw_plot(
        one_plot(Line(label="a", x=(0.0, 1.0, 2.0, 3.0, 4.0), y=(0.0, 10.0, math.nan, 5.0, 5.0)))
    )
    paths = [one.get("d") or "" for one in parts(drawn, "path") if one.get("fill") == "none"]
    assert [path.count("L") for path in paths] == [1, 1]
    (x0, y0), (x1, y1) = (
        tuple(map(float, pair.split())) for pair in paths[0].lstrip("M").split("L")
    )
    (x3, y3), _ = (tuple(map(float, pair.split())) for pair in paths[1].lstrip("M").split("L"))
    assert (x3 - x0) / (x1 - x0) == pytest.approx(3, abs=0.01)
    assert (y0 - y3) / (y0 - y1) == pytest.approx(0.5, abs=0.01)


def test_a_value_by_itself_is_marked() -> None:
    drawn = draw_plot(
        one_plot(Line(label="a", x=(0.0, 1.0, 2.0), y=(math.nan, 3.0, math.nan), points=False))
    )
    tips = [one.text for one in parts(drawn, "title")]
    assert "a: 3 at 1" in tips


def test_what_has_no_place_on_a_logarithmic_axis_is_said() -> None:
    line = Line(label="a", x=(0.0, 1.0, 10.0, 100.0), y=(1.0, 2.0, 3.0, 4.0))
    drawn = draw_plot(one_plot(line, log_x=True, caption="By dose."))
    assert drawn.said == "By dose. Values at 0 or below have no place on this axis."
    (path,) = (one.get("d") or "" for one in parts(drawn, "path") if one.get("fill") == "none")
    xs = [float(pair.split()[0]) for pair in path.lstrip("M").split("L")]
    assert len(xs) == 3
    assert xs[1] - xs[0] == pytest.approx(xs[2] - xs[1], abs=0.2)
    assert "no place" not in draw_plot(one_plot(line)).said


def test_a_band_covers_what_its_source_allows() -> None:
    drawn = draw_plot(
        one_plot(Line(label="a", x=(0.0, 1.0), y=(0.0, 10.0)), bands=((2.0, 4.0, "Source 1984"),))
    )
    (band,) = (one for one in parts(drawn, "rect") if one.get("fill") == "#dbe7ef")
    (path,) = (one.get("d") or "" for one in parts(drawn, "path") if one.get("fill") == "none")
    low, high = (float(pair.split()[1]) for pair in path.lstrip("M").split("L"))
    top, height = float(band.get("y") or "nan"), float(band.get("height") or "nan")
    assert height == pytest.approx(0.2 * (low - high), abs=0.1)
    assert top == pytest.approx(low - 0.4 * (low - high), abs=0.1)
    assert "Source 1984" in texts(drawn)


def test_a_long_line_stays_small_and_keeps_its_peak() -> None:
    y = [0.0] * 50_000
    y[31_337] = 7.0
    drawn = draw_plot(one_plot(Line(label="a", x=tuple(map(float, range(50_000))), y=tuple(y))))
    assert len(drawn.svg) < 40_000
    (path,) = (one.get("d") or "" for one in parts(drawn, "path") if one.get("fill") == "none")
    heights = [float(pair.split()[1]) for pair in path.lstrip("M").split("L")]
    assert max(heights) - min(heights) > 200


def test_lines_differ_by_shape_or_dash_and_not_by_colour_alone() -> None:
    lines = tuple(Line(label=f"line {n}", x=(0.0, 1.0), y=(n, n + 1.0)) for n in range(9))
    drawn = draw_plot(one_plot(*lines))
    looks = {
        (re.sub(r"[\d.-]+", "", one.get("d") or ""), one.tag)
        for one in parts(drawn, "path")
        if one.get("fill") not in (None, "none")
    }
    assert len(looks) >= 4
    assert len({one.get("stroke-dasharray") for one in parts(drawn, "path")}) > 1
    assert {f"line {n}" for n in range(9)} <= set(texts(drawn))


@pytest.mark.parametrize(
    "lines", [(), (Line(label="a", x=(), y=()),), (Line(label="a", x=(1.0,), y=(math.nan,)),)]
)
def test_nothing_to_draw_is_no_fault(lines: tuple[Line, ...]) -> None:
    assert draw_plot(one_plot(*lines)).svg
    assert draw_plot(one_plot(*lines, log_x=True)).svg


# -- rasters -----------------------------------------------------------------------------------


def ticks_of(drawn: Figure) -> list[list[tuple[float, float]]]:
    """The places of spikes, a list a group."""
    found = [one.get("d") or "" for one in parts(drawn, "path") if one.get("stroke-width") == "1.1"]
    return [
        [(float(x), float(y)) for x, y in re.findall(r"M([\d.]+) ([\d.]+)v", one)] for one in found
    ]


def test_every_spike_has_a_mark_in_the_row_of_its_fibre() -> None:
    raster = Raster(
        name="spikes",
        title="Spikes",
        rows=(
            RasterRow(group="zygomatic_branch", times_ms=(10.0, 20.0)),
            RasterRow(group="buccal_branch", times_ms=(30.0,)),
            RasterRow(group="zygomatic_branch", times_ms=()),
            RasterRow(group="zygomatic_branch", times_ms=(10.0, 99.0)),
        ),
        from_ms=0.0,
        to_ms=40.0,
        marks_ms=(10.0,),
    )
    drawn = draw_raster(raster)
    first, second = ticks_of(drawn)
    assert len(first) == 3  # that of 99 ms lies outside
    assert len(second) == 1
    xs = sorted({x for x, _ in first}) + [x for x, _ in second]
    assert xs[2] - xs[1] == pytest.approx(xs[1] - xs[0], abs=0.2)
    ys = sorted({y for _, y in first})
    assert len(ys) == 2
    assert second[0][1] > ys[1]
    said = texts(drawn)
    assert {"zygomatic branch", "buccal branch", "3 rows", "shock"} <= set(said)
    assert "1 rows" not in said


def test_seven_thousand_fibres_are_a_small_drawing() -> None:
    rng = np.random.default_rng(1)
    rows = tuple(
        RasterRow(
            group=("zygomatic_branch", "buccal_branch")[n % 2],
            times_ms=tuple(map(float, rng.uniform(0, 50, 12))),
        )
        for n in range(7000)
    )
    drawn = draw_raster(Raster(name="all", title="All", rows=rows, from_ms=0.0, to_ms=50.0))
    assert len(drawn.svg) < 1_500_000
    height = float((ET.fromstring(drawn.svg).get("viewBox") or "").split()[3])
    assert height < 5000


def test_a_raster_without_rows_is_no_fault() -> None:
    assert draw_raster(Raster(name="a", title="A", rows=(), from_ms=0.0, to_ms=1.0)).svg


# -- space and time ----------------------------------------------------------------------------


def painted(
    pairs: list[tuple[str, str]], x: NDArray[np.float64], y: NDArray[np.float64]
) -> list[list[str]]:
    """The colour of the middle of each cell, as a browser would paint the paths in their order."""
    picture = [["" for _ in x[1:]] for _ in y[1:]]
    for ink, data in pairs:
        for left, top, right, foot in re.findall(
            r"M([\d.]+) ([\d.]+)H([\d.]+)V([\d.]+)H[\d.]+Z", data
        ):
            for row, (a, b) in enumerate(pairwise(y)):
                for column, (c, d) in enumerate(pairwise(x)):
                    if float(top) <= (a + b) / 2 <= float(foot) and (
                        float(left) <= (c + d) / 2 <= float(right)
                    ):
                        picture[row][column] = ink
    return picture


@given(st.integers(1, 5), st.integers(1, 6), st.integers(0, 2**32 - 1))
def test_the_picture_has_the_colour_of_each_voltage(rows: int, columns: int, seed: int) -> None:
    voltage = np.random.default_rng(seed).uniform(-140, 80, (rows, columns))
    x, y = np.arange(columns + 1.0), np.arange(rows + 1.0)
    got = painted(list(layers(voltage, x, y)), x, y)
    step = LEVELS_MV[1] - LEVELS_MV[0]
    for row in range(rows):
        for column in range(columns):
            level = max(
                (one for one in LEVELS_MV if one <= voltage[row, column]), default=LEVELS_MV[0]
            )
            assert got[row][column] == colour_of(level + step / 2)


def test_colours_of_voltages_all_differ_and_darken_away_from_rest() -> None:
    inks = [colour_of(level) for level in range(-80, 41, 10)]
    lightness = [sum(int(ink[n : n + 2], 16) for n in (1, 3, 5)) for ink in inks]
    assert inks[0] == "#ffffff"
    assert lightness == sorted(lightness, reverse=True)
    assert len(set(inks)) == len(inks)


def test_places_are_drawn_in_order_however_they_come() -> None:
    one = made_up_space_time(samples=60)
    order = np.random.default_rng(5).permutation(one.place_mm.size)
    mixed = replace(one, place_mm=one.place_mm[order], voltage_mv=one.voltage_mv[:, order])
    assert draw_space_time(mixed) == draw_space_time(one)


def test_a_spike_of_one_sample_is_not_lost_in_a_long_film() -> None:
    voltage = np.full((20_000, 4), -80.0)
    voltage[12_345, 2] = 40.0
    film = SpaceTime(
        name="film",
        title="Film",
        time_ms=np.linspace(0.0, 200.0, 20_000),
        place_mm=np.arange(4.0),
        voltage_mv=voltage,
        lesion_mm=None,
    )
    drawn = draw_space_time(film)
    assert colour_of(40.0) in [one.get("fill") for one in parts(drawn, "path")]
    assert drawn.said == "Each cell shows the highest voltage within it."
    assert len(drawn.svg) < 20_000


def test_the_lesion_is_marked_and_how_much_larger_it_is_drawn_is_said() -> None:
    drawn = draw_space_time(made_up_space_time())
    dashed = [one for one in parts(drawn, "line") if one.get("stroke-dasharray")]
    ys = sorted({float(one.get("y1") or "nan") for one in dashed})
    assert len(ys) == 2
    stated = re.search(r"drawn ([\d.]+) times larger", drawn.said)
    assert stated is not None
    inside_px_per_mm = (ys[1] - ys[0]) / 1.15
    outside_px_per_mm = (330 - (ys[1] - ys[0])) / (6 * 1.15 + 5.75 - 1.15)
    assert float(stated.group(1)) == pytest.approx(inside_px_per_mm / outside_px_per_mm, rel=0.01)
    assert "lesion" in texts(drawn)
    healthy = draw_space_time(replace(made_up_space_time(), lesion_mm=None))
    assert "lesion" not in texts(healthy)
    assert "larger" not in healthy.said


def test_one_place_or_one_moment_is_no_fault() -> None:
    one = made_up_space_time(samples=30)
    draw_space_time(replace(one, place_mm=one.place_mm[:1], voltage_mv=one.voltage_mv[:, :1]))
    draw_space_time(replace(one, time_ms=one.time_ms[:1], voltage_mv=one.voltage_mv[:1]))


# -- the lesion --------------------------------------------------------------------------------


def radii(drawn: Figure) -> list[float]:
    return [float(one.get("r") or "nan") for one in parts(drawn, "circle")]


@given(st.floats(0.2, 1.2), st.floats(0.5, 70.0))
def test_cross_sections_are_to_one_scale(calibre: float, area_um2: float) -> None:
    drawn = draw_lesion({**LESION, "calibre": calibre, "cleft_area_um2": area_um2})
    healthy, axon, there, cleft = radii(drawn)
    px_per_um = healthy / 5.0
    assert axon == pytest.approx(3.45 * px_per_um, abs=0.01)
    assert there == pytest.approx(3.45 * calibre * px_per_um, abs=0.01)
    assert math.pi * (cleft / px_per_um) ** 2 == pytest.approx(area_um2, rel=0.01)


def test_lengths_along_the_root_are_to_scale() -> None:
    drawn = draw_lesion({**LESION, "length_mm": 2.3})
    internodes = [one for one in parts(drawn, "rect") if one.get("rx") == "3"]
    widest = max(float(one.get("width") or "nan") for one in internodes)
    (lesion,) = {
        float(one.get("width") or "nan")
        for one in parts(drawn, "rect")
        if one.get("stroke") == "#4d4d4d"
    }
    assert lesion / (widest + 5) == pytest.approx(2.0, rel=0.001)  # 5: the node beside it
    assert "lesion 2.3 mm" in texts(drawn)


def test_myelin_that_has_come_back_and_channels_are_drawn() -> None:
    bare = draw_lesion({**LESION, "sodium_density": 0.0, "potassium_density": 0.0})
    covered = draw_lesion({**LESION, "lamellae": 60.0, "sodium_density": 1.0})
    assert len(radii(covered)) == len(radii(bare)) + 1
    marks = [one.get("stroke") for one in parts(bare, "path")]
    assert "#a94a00" not in marks
    assert [one.get("stroke") for one in parts(covered, "path")].count("#a94a00") == 2


def test_without_a_cleft_none_is_drawn_and_a_wide_one_is_told_in_words() -> None:
    alone = {word: value for word, value in LESION.items() if not word.startswith("cleft")}
    drawn = draw_lesion(alone)
    assert "cleft" not in texts(drawn)
    assert drawn.said.endswith("The fibres do not share a cleft.")
    assert "cleft: too wide to draw" in texts(draw_lesion({**LESION, "cleft_area_um2": 1e5}))


def test_every_parameter_is_told_and_a_new_one_by_its_own_word() -> None:
    said = texts(draw_lesion({**LESION, "temperature_c": 37.0}))
    for one in ("1.15 mm", "0.75", "0.1", "0.07", "0.005 S/cm²", "8 µm²", "0 µS/mm", "37"):
        assert one in said
    assert "temperature c" in said


# -- tables ------------------------------------------------------------------------------------


def test_targets_say_what_was_met_what_was_tuned_and_what_nobody_verified() -> None:
    rows = target_rows(made_up_outcome().targets)
    assert [row["verdict"] for row in rows] == ["met", "missed", "not simulated", "met"]
    assert [row["simulated"] for row in rows] == ["0.143 ms", "6.8 ms", "", "3.87 ms"]
    assert rows[0]["target"] == "0.1 to 0.24 ms"
    assert ["not verified" in row["source"] for row in rows] == [False, True, True, False]
    assert [row["tuned"].startswith("tuned") for row in rows] == [False, False, False, True]
    assert target_counts(made_up_outcome().targets) == (
        "Of 3 published numbers that nothing was tuned to: 1 met, 1 missed, 1 not simulated. "
        "1 more was tuned, which proves nothing."
    )


def test_a_target_of_one_value_is_that_value() -> None:
    target = Target(
        what="order", unit="", low=1.0, high=1.0, source="a", verified=True, simulated=1.0
    )
    assert target_rows([target])[0]["target"] == "1"


# -- the page ----------------------------------------------------------------------------------


def page_of(outcome: Outcome, folder: Path, *, small: bool = False) -> Path:
    report = render_nerve(
        outcome, PROVENANCE, command="hemifacial twin nerve cross_talk", small=small
    )
    file = folder / "report.html"
    file.write_text(report.html, encoding="utf-8")
    return file


def test_the_figures_are_files_too() -> None:
    report = render_nerve(made_up_outcome(), PROVENANCE, command="hemifacial")
    assert list(report.figures) == [
        "lesion_map.svg", "delay.svg", "recovery.svg", "trains.svg", "voltage.svg"
    ]  # fmt: skip
    for svg in report.figures.values():
        assert svg.strip() in report.html
    assert len(report.html) < 400_000


def test_that_it_is_a_simulation_is_said_once_and_above_everything() -> None:
    html = render_nerve(made_up_outcome(), PROVENANCE, command="hemifacial").html
    assert html.count("A simulation, no patient. Research use only") == 1
    assert html.index("Research use only") < html.index("In short")


def test_a_small_run_says_so() -> None:
    told = "A small run, for a first look"
    assert told in render_nerve(made_up_outcome(), PROVENANCE, command="a", small=True).html
    assert told not in render_nerve(made_up_outcome(), PROVENANCE, command="a").html


def test_a_bare_outcome_is_a_page_without_empty_tables(tmp_path: Path) -> None:
    bare = Outcome(experiment="velocity", title="Velocity", question="How fast?", sentences=("A.",))
    html = render_nerve(bare, PROVENANCE, command="a").html
    assert 'id="table-targets"' not in html
    assert 'id="table-findings"' not in html
    assert "The fibres are healthy" in html


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with open_browser() as opened:
        yield opened


@pytest.mark.parametrize("width_px", [360, 768, 1280])
def test_the_page_fits_its_window_and_asks_for_nothing(
    browser: Browser, tmp_path: Path, width_px: int
) -> None:
    file = page_of(made_up_outcome(), tmp_path, small=True)
    with watched_page(browser, file, width_px=width_px) as watched:
        assert watched.page.evaluate("document.documentElement.scrollWidth") <= width_px
        outside = watched.page.evaluate(
            """() => [...document.querySelectorAll(
                "table :is(td, th, span), .parameters *, pre, h1, h3, p, li, figcaption")]
            .filter((part) => !part.closest("thead") && part.getClientRects().length)
            .filter((part) => part.getBoundingClientRect().right > innerWidth + 1)
            .map((part) => part.outerHTML)"""
        )
        assert outside == []
        assert watched.complaints == []
        assert watched.requests == [file.as_uri()]


def test_no_letters_of_a_figure_leave_it_or_cover_each_other(
    browser: Browser, tmp_path: Path
) -> None:
    file = page_of(made_up_outcome(), tmp_path)
    with watched_page(browser, file) as watched:
        faults = watched.page.evaluate(
            """() => [...document.querySelectorAll("figure svg")].flatMap((svg) => {
                const whole = svg.getBoundingClientRect();
                const told = [...svg.querySelectorAll("text")];
                const boxes = told.map((part) => part.getBoundingClientRect());
                return told.flatMap((part, n) => {
                    const box = boxes[n];
                    const out = box.left < whole.left - 1 || box.right > whole.right + 1
                        || box.top < whole.top - 2 || box.bottom > whole.bottom + 2;
                    const over = boxes.slice(n + 1).some((other) =>
                        Math.min(box.right, other.right) - Math.max(box.left, other.left) > 2
                        && Math.min(box.bottom, other.bottom) - Math.max(box.top, other.top) > 4);
                    return out || over ? [part.textContent] : [];
                });
            })"""
        )
        assert faults == []


def test_on_paper_nothing_is_cut(browser: Browser, tmp_path: Path) -> None:
    with watched_page(browser, page_of(made_up_outcome(), tmp_path)) as watched:
        page = watched.page
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 688, "height": 1000})  # 182 mm, A4 less its margins
        assert page.evaluate(
            "[...document.querySelectorAll('table, svg')].every("
            "part => part.getBoundingClientRect().right <= innerWidth + 1)"
        )
        assert page.locator(".sideways:visible").count() == 0
        pdf = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 4


def test_texts_from_outside_stay_texts(browser: Browser, tmp_path: Path) -> None:
    outcome = made_up_outcome()
    nasty = replace(
        outcome,
        title=NASTY,
        sentences=(NASTY,),
        plots=(replace(outcome.plots[0], title=NASTY, x_label=NASTY, caption=NASTY),),
        rasters=(replace(outcome.rasters[0], rows=(RasterRow(group=NASTY, times_ms=(1.0,)),)),),
        lesion={**LESION, NASTY: 1.0},
    )
    with watched_page(browser, page_of(nasty, tmp_path)) as watched:
        alerts: list[str] = []
        watched.page.on("dialog", lambda dialog: alerts.append(dialog.message))
        assert watched.page.inner_text("h1") == NASTY
        assert watched.page.locator("script, img").count() == 0
        assert alerts == []
        assert watched.complaints == []


def test_the_page_is_open_to_all(browser: Browser, tmp_path: Path) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    with watched_page(browser, page_of(made_up_outcome(), tmp_path)) as watched:
        found = axe.run(
            watched.page,
            options={
                "resultTypes": ["violations"],
                "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
            },
        ).response["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
