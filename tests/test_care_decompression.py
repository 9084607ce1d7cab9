"""Decompression: before, during, after, when to judge and when relief is to be expected."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from datetime import date, datetime, timedelta, timezone

import pytest
from cattrs.preconf.json import make_converter
from hypothesis import given, settings
from hypothesis import strategies as st

from hemifacial.anatomy import Kind, Side, structures
from hemifacial.care.decompression.complications import (
    Complication,
    check_complication,
    complication_kinds,
    delayed_palsy,
    rates_of,
)
from hemifacial.care.decompression.follow_up import Outcome, summary
from hemifacial.care.decompression.hearing import Audiogram, HearingClass, hearing_class
from hemifacial.care.decompression.indication import Indication, Known, check_indication
from hemifacial.care.decompression.operation import (
    Indentation,
    LateralSpread,
    Operation,
    Optics,
    Step,
    Technique,
    WaveV,
    step_words,
    with_lateral_spread,
)
from hemifacial.care.decompression.operation_checks import check_operation
from hemifacial.care.decompression.outcome import (
    Judgement,
    Look,
    Spasm,
    judge,
    kondo,
    months_after,
)
from hemifacial.care.decompression.relief import (
    CURVE_DAYS,
    expected_relief,
    life_table,
    relief_observations,
)
from hemifacial.care.decompression.tables import anchors, rows
from hemifacial.care.drugs.log import DrugTaken
from hemifacial.care.scales.scoring import Noticeable, ScaleAnswers
from hemifacial.care.warnings import Severity
from hemifacial.findings import Finding, Status
from hemifacial.vocabulary import read_table

DAY = date(2026, 3, 2)
MONTH = 365.25 / 12
ZONE = timezone(timedelta(hours=8))


def after(days: int) -> date:
    return DAY + timedelta(days=days)


# -- indication --------------------------------------------------------------------------------

COMPLETE = Indication(
    primary=Known.YES,
    disabling=Known.YES,
    fit_for_surgery=Known.YES,
    unstable_illness=Known.NO,
    mri_heavy_t2=Known.YES,
    mri_angiography=Known.YES,
    vessel_at_exit_zone=Known.YES,
    other_ear_deaf=Known.NO,
    audiogram=Known.YES,
    baep=Known.YES,
    electrodiagnosis=Known.YES,
    video=Known.YES,
    house_brackmann=1,
    hfs_7=14,
)


def test_a_complete_indication_has_nothing_to_say() -> None:
    assert check_indication(COMPLETE) == ()


def test_nothing_known_stops_nothing_and_names_everything() -> None:
    found = check_indication(Indication())
    assert {one.severity for one in found} == {Severity.NOTE}
    assert len(found) == 14
    asked = {row["name"] for row in rows("indication.tsv")} | {"house_brackmann", "hfs_7"}
    assert asked == {one.name for one in fields(Indication)}


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        (replace(COMPLETE, primary=Known.NO), "indication_primary"),
        (replace(COMPLETE, other_ear_deaf=Known.YES), "indication_other_ear_deaf"),
        (replace(COMPLETE, fit_for_surgery=Known.NO), "indication_fit_for_surgery"),
    ],
)
def test_what_speaks_against_it_stops(facts: Indication, rule: str) -> None:
    (found,) = check_indication(facts)
    assert (found.rule, found.severity) == (rule, Severity.STOP)


# -- the operation -----------------------------------------------------------------------------


def at(minute: int) -> datetime:
    return datetime(2026, 3, 2, 9, minute, tzinfo=ZONE)


OPERATION = Operation(
    on=DAY,
    side=Side.LEFT,
    surgeon="S1",
    vessels=("anterior_inferior_cerebellar_artery", "vertebral_artery"),
    tandem=True,
    zones=("root_exit_zone", "bulbopontine_sulcus"),
    indentation=Indentation.INDENTED,
    optics=Optics.BOTH,
    technique=Technique.SLING,
    material="Teflon",
    material_touches_nerve=False,
    steps=(Step(step="baseline", at=at(1)), Step(step="vessel_off", at=at(40))),
    drugs_of_the_day=(
        DrugTaken(drug="gabapentin", mg_per_day=900, since=DAY, at_this_dose_since=DAY),
    ),
)


def test_an_operation_goes_to_json_and_back() -> None:
    converter = make_converter()
    assert converter.loads(converter.dumps(OPERATION), Operation) == OPERATION


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"side": Side.BOTH}, "right or of the left"),
        ({"vessels": ("mentalis",)}, "no vessel"),
        ({"zones": ("vertebral_artery",)}, "no zone"),
        ({"vessels": ("jugular",)}, "no vessel"),
        (
            {"steps": (Step(step="vessel_off", at=at(2)), Step(step="dura_open", at=at(1)))},
            "forward in time",
        ),
    ],
)
def test_an_operation_that_cannot_be_is_refused(change: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(OPERATION, **change)  # type: ignore[arg-type]


def test_a_step_needs_its_zone_and_its_word() -> None:
    with pytest.raises(ValueError, match="needs its zone"):
        Step(step="baseline", at=datetime(2026, 3, 2, 9, 0))  # noqa: DTZ001
    with pytest.raises(ValueError, match="no step; there are"):
        Step(step="lunch")
    with pytest.raises(ValueError, match="no amplitude"):
        Step(step="baseline", amplitude_uv=-1.0)


def test_the_anatomy_has_vessels_and_the_three_zones() -> None:
    words = {
        kind: {one.word for one in structures().values() if one.kind is kind}
        for kind in (Kind.VESSEL, Kind.ZONE)
    }
    assert {"root_exit_zone", "ventrolateral_pons", "bulbopontine_sulcus"} <= words[Kind.ZONE]
    assert {"internal_auditory_artery", "offending_vein", "basilar_artery"} <= words[Kind.VESSEL]


def test_steps_are_called_as_stages_of_a_measured_series() -> None:
    stages = {row["word"] for row in read_table("hemifacial.electro.series", "stages.tsv")}
    assert stages <= set(step_words())


def of_series(quantity: str, phase: str, value: float | None, **more: object) -> Finding:
    units = {"lateral_spread_amplitude": "µV"}
    return Finding(
        quantity=quantity,
        value=value,
        unit=units.get(quantity, "%"),
        method="lateral_spread_series",
        method_version="1.0",
        side=Side.LEFT,
        sites=("zygomatic_branch", "mentalis"),
        phase=phase,
        **more,  # type: ignore[arg-type]
    )


SERIES = (
    of_series("lateral_spread_amplitude", "baseline", 120.0),
    of_series("lateral_spread_left", "dura_open", 80.0),
    of_series(
        "lateral_spread_left",
        "vessel_off",
        None,
        status=Status.BELOW_DETECTION_LIMIT,
        detection_limit=4.0,
    ),
    of_series("lateral_spread_left", "skin", None, status=Status.NOT_JUDGED, note="relaxant"),
    of_series("lateral_spread_change_ratio", "skin", 96.0),
)


def test_findings_of_a_series_fill_the_course() -> None:
    found = with_lateral_spread(OPERATION, SERIES, evidence="sha256:ab")
    by_step = {one.step: one for one in found.steps}
    assert by_step["baseline"].amplitude_uv == 120.0
    assert by_step["baseline"].at == at(1)
    assert by_step["vessel_off"].lateral_spread is LateralSpread.GONE
    assert by_step["vessel_off"].limit_percent == 4.0
    assert by_step["dura_open"].left_percent == 80.0
    assert by_step["skin"].lateral_spread is LateralSpread.CANNOT_TELL
    assert {one.evidence for one in found.steps} == {"sha256:ab"}
    assert found.amplitude_lost_percent == 96.0


def test_a_baseline_that_cannot_be_judged_is_not_gone() -> None:
    for status, state in (
        (Status.NOT_JUDGED, LateralSpread.CANNOT_TELL),
        (Status.BELOW_DETECTION_LIMIT, LateralSpread.GONE),
    ):
        limit = 4.0 if state is LateralSpread.GONE else None
        one = of_series(
            "lateral_spread_amplitude", "baseline", None, status=status, detection_limit=limit
        )
        (step,) = with_lateral_spread(replace(OPERATION, steps=()), [one], evidence="x").steps
        assert step.lateral_spread is state


def test_findings_do_not_overwrite_a_person_nor_cross_the_face() -> None:
    written = Step(step="vessel_off", at=at(40), lateral_spread=LateralSpread.PRESENT)
    by_hand = replace(OPERATION, steps=(written,), amplitude_lost_percent=50.0)
    found = with_lateral_spread(by_hand, SERIES, evidence="x")
    assert written in found.steps
    assert found.amplitude_lost_percent == 50.0
    other_side = tuple(replace(one, side=Side.RIGHT) for one in SERIES)
    assert with_lateral_spread(OPERATION, other_side, evidence="x") == OPERATION
    assert with_lateral_spread(OPERATION, SERIES, evidence="x", muscle="frontalis") == OPERATION


def test_what_a_record_lacks_is_named() -> None:
    found = {one.rule: one for one in check_operation(OPERATION, DAY)}
    assert set(found) == {"operation_no_lateral_spread"}
    filled = with_lateral_spread(OPERATION, SERIES, evidence="x")
    assert "Vessel off" not in check_operation(filled, DAY)[0].text
    bare = {one.rule for one in check_operation(Operation(on=after(1), side=Side.LEFT), DAY)}
    assert {"operation_in_future", "operation_no_vessels", "operation_no_contact"} <= bare


@pytest.mark.parametrize(("least", "told"), [(49.9, True), (50.0, False), (None, False)])
def test_a_fall_of_wave_v_is_told(least: float | None, told: bool) -> None:
    operation = replace(OPERATION, wave_v=WaveV(least_amplitude_percent=least))
    rules = {one.rule for one in check_operation(operation, DAY)}
    assert ("operation_wave_v" in rules) is told


# -- complications -----------------------------------------------------------------------------


def test_sources_that_disagree_both_stand() -> None:
    lasting = [one for one in rates_of("facial_palsy") if one.course == "permanent"]
    assert {one.percent for one in lasting} == {0.9, 1.2}
    assert len({one.source for one in rates_of("hearing_loss")}) > 3


def test_rates_have_an_interval_where_people_were_counted() -> None:
    for kind in complication_kinds():
        for one in rates_of(kind):
            estimate = one.estimate()
            assert one.source
            if estimate is None:
                assert one.percent is None
            elif one.n is not None or one.low is not None:
                assert estimate.low is not None
                assert estimate.high is not None
                assert estimate.low <= estimate.value <= estimate.high
            else:
                assert "no interval" in estimate.how


def test_counts_of_delayed_palsy_are_those_of_their_series() -> None:
    for row in rows("complications.tsv"):
        if row["events"]:
            share = 100 * int(row["events"]) / int(row["n"])
            assert share == pytest.approx(float(row["percent"]), abs=0.11)


def test_a_delayed_palsy_is_explained_and_the_eye_comes_first() -> None:
    said = delayed_palsy(DAY, after(11))
    assert "11 days after" in said
    assert "6.5 to 14.5 %" in said
    assert delayed_palsy(DAY, DAY) == ""
    assert "another cause" not in delayed_palsy(DAY, after(44))
    assert "another cause" in delayed_palsy(DAY, after(45))
    found = check_complication(Complication(kind="facial_palsy", began_on=after(11)), DAY)
    assert {"complication_delayed_palsy", "complication_eye_closure"} == {one.rule for one in found}


def test_complications_that_cannot_be_are_refused_or_told() -> None:
    with pytest.raises(ValueError, match="no complication; there are"):
        Complication(kind="bad_luck", began_on=DAY)
    with pytest.raises(ValueError, match="cannot end before"):
        Complication(kind="stroke", began_on=DAY, ended_on=after(-1))
    early = check_complication(Complication(kind="stroke", began_on=after(-1)), DAY)
    assert [one.rule for one in early] == ["complication_before_operation"]


# -- outcome -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2026, 3, 2), 6, date(2026, 9, 2)),
        (date(2023, 8, 31), 6, date(2024, 2, 29)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
    ],
)
def test_months_after(day: date, months: int, then: date) -> None:
    assert months_after(day, months) == then


@given(st.integers(0, 800), st.integers(0, 800))
def test_no_failure_before_six_months_whatever_was_seen(looked: int, today: int) -> None:
    found = judge(DAY, [Look(on=after(looked), spasm=Spasm.PRESENT)], after(today))
    if looked > today:
        assert found.judgement is Judgement.NOT_SEEN
    elif after(looked) < date(2026, 9, 2):
        assert found.judgement is Judgement.CANNOT_BE_JUDGED
        assert found.not_before == date(2026, 9, 2)
        assert "cannot be judged before 2026-09-02" in found.text
        assert ("look again" in found.text) is (after(today) >= date(2026, 9, 2))
    else:
        assert found.judgement is Judgement.FAILED
        assert found.verified


def looks(*seen: tuple[int, Spasm]) -> list[Look]:
    return [Look(on=after(days), spasm=spasm) for days, spasm in seen]


FREE, PRESENT, BETTER = Spasm.FREE, Spasm.PRESENT, Spasm.BETTER


@pytest.mark.parametrize(
    ("seen", "judgement"),
    [
        ([(7, FREE)], Judgement.FREE),
        ([(7, PRESENT), (40, FREE)], Judgement.FREE),
        ([(200, BETTER)], Judgement.BETTER),
        ([(1, FREE), (3, PRESENT)], Judgement.CANNOT_BE_JUDGED),
        ([(1, FREE), (100, FREE), (130, PRESENT)], Judgement.RECURRED),
        ([(1, FREE), (92, FREE), (400, PRESENT)], Judgement.RECURRED),
        ([(1, FREE), (91, FREE), (400, PRESENT)], Judgement.CANNOT_BE_JUDGED),
        ([(1, FREE), (50, PRESENT), (60, FREE), (400, PRESENT)], Judgement.CANNOT_BE_JUDGED),
        ([(1, PRESENT), (100, PRESENT), (400, PRESENT)], Judgement.FAILED),
    ],
)
def test_what_may_be_said(seen: list[tuple[int, Spasm]], judgement: Judgement) -> None:
    found = judge(DAY, list(reversed(looks(*seen))), after(500))
    assert found.judgement is judgement


def test_a_look_before_the_operation_is_refused() -> None:
    with pytest.raises(ValueError, match="before the operation"):
        judge(DAY, looks((-1, PRESENT)), after(5))


def test_kondo_s_example_and_when_it_is_provisional() -> None:
    found = kondo(0, 2, DAY, after(400))
    assert (found.total.from_total, found.total.meaning, found.provisional) == (2, "Fair", False)
    assert found.total.verified
    assert kondo(0, 0, DAY, after(300)).provisional
    for e, c in ((4, 0), (0, 3), (-1, 0)):
        with pytest.raises(ValueError, match="no grade of kondo"):
            kondo(e, c, DAY, DAY)
    assert {kondo(e, c, DAY, DAY).total.from_total for e in range(4) for c in range(3)} == set(
        range(6)
    )


@pytest.mark.parametrize(
    ("average", "words", "grade"),
    [
        (30, 70, "A"),
        (31, 70, "B"),
        (30, 69, "B"),
        (50, 50, "B"),
        (51, 50, "C"),
        (90, 100, "C"),
        (10, 49, "D"),
        (120, 0, "D"),
    ],
)
def test_hearing_classes(average: float, words: float, grade: str) -> None:
    audiogram = Audiogram(on=DAY, pure_tone_average_db=average, speech_discrimination_percent=words)
    assert hearing_class(audiogram) is HearingClass(grade)


@given(st.floats(-20, 130), st.floats(0, 100), st.floats(0, 40), st.floats(0, 40))
def test_hearing_worse_in_either_is_never_a_better_class(
    average: float, words: float, louder: float, fewer: float
) -> None:
    first = Audiogram(on=DAY, pure_tone_average_db=average, speech_discrimination_percent=words)
    worse = Audiogram(
        on=DAY,
        pure_tone_average_db=min(130.0, average + louder),
        speech_discrimination_percent=max(0.0, words - fewer),
    )
    assert hearing_class(worse) >= hearing_class(first)


def test_an_audiogram_that_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="no pure-tone average"):
        Audiogram(on=DAY, pure_tone_average_db=math.nan, speech_discrimination_percent=50)
    with pytest.raises(ValueError, match="no discrimination"):
        Audiogram(on=DAY, pure_tone_average_db=20, speech_discrimination_percent=101)


def hfs_7(days: int, item: int) -> ScaleAnswers:
    return ScaleAnswers(scale="hfs_7", items=(item,) * 7, on=after(days))


VISITS = (
    Outcome(
        on=after(-10),
        spasm=Spasm.PRESENT,
        smc_grade=3,
        house_brackmann=1,
        hfs_7=hfs_7(-10, 3),
        audiogram=Audiogram(
            on=after(-10), pure_tone_average_db=20, speech_discrimination_percent=100
        ),
    ),
    Outcome(on=after(20), spasm=Spasm.PRESENT, house_brackmann=3, kondo_efficacy=2),
    Outcome(
        on=after(200),
        spasm=Spasm.FREE,
        kondo_efficacy=0,
        kondo_complication=1,
        smc_grade=0,
        house_brackmann=1,
        hfs_7=hfs_7(200, 1),
        audiogram=Audiogram(
            on=after(200), pure_tone_average_db=40, speech_discrimination_percent=80
        ),
    ),
)


def test_visits_side_by_side() -> None:
    early = summary(DAY, VISITS, after(30))
    assert early.verdict.judgement is Judgement.CANNOT_BE_JUDGED
    assert (early.kondo, early.hfs_7) == (None, None)
    assert early.house_brackmann == (1, 3)
    found = summary(DAY, tuple(reversed(VISITS)), after(210))
    assert found.verdict.judgement is Judgement.FREE
    assert found.kondo is not None
    assert (found.kondo.total.from_total, found.kondo.provisional) == (1, True)
    assert found.hfs_7 is not None
    assert found.hfs_7.called is Noticeable.BETTER
    assert (found.smc_grade, found.house_brackmann) == ((3, 0), (1, 1))
    assert found.hearing == (HearingClass.A, HearingClass.B)
    converter = make_converter()
    assert converter.loads(converter.dumps(VISITS), tuple[Outcome, ...]) == VISITS


def test_nothing_looked_at_says_nothing() -> None:
    found = summary(DAY, (), after(210))
    assert found.verdict.judgement is Judgement.NOT_SEEN
    assert found.hearing == (None, None)


@pytest.mark.parametrize(
    ("grades_", "message"),
    [
        ({"house_brackmann": 0}, "House-Brackmann grade 0 is not within 1 to 6"),
        ({"smc_grade": 5}, "SMC grade 5"),
        ({"kondo_complication": 3}, "Kondo, complication 3"),
        ({"hfs_7": ScaleAnswers(scale="smc", items=(1,), on=DAY)}, "smc is not the HFS-7"),
    ],
)
def test_grades_out_of_range_are_refused(grades_: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Outcome(on=DAY, **grades_)  # type: ignore[arg-type]


# -- relief ------------------------------------------------------------------------------------


def test_the_life_table_holds_175_and_the_published_median() -> None:
    assert sum(one.count for one in relief_observations()) == 175
    low, high = life_table().table.median()
    assert low <= 30.0 <= high
    wide_low, wide_high = life_table().median()
    assert wide_low <= low
    assert wide_high >= high


def test_the_published_curve() -> None:
    points = expected_relief(0, spasm_persists=True).points
    assert [point.day for point in points] == list(CURVE_DAYS)
    for point, published in zip(points, (0.354, 0.514, 0.731, 0.874, 0.971), strict=True):
        assert point.of_all.value == pytest.approx(published, abs=0.0005)
        assert point.of_all.low is not None
        assert point.of_all.high is not None
        assert point.of_all.low < published < point.of_all.high


def test_on_an_edge_the_rest_is_plain_arithmetic() -> None:
    """After 3 months 47 of 175 are left, 25 of them free by 6 months and 42 by 12."""
    found = expected_relief(3 * MONTH, spasm_persists=True)
    assert found.still_to_come.value == pytest.approx(47 / 175)
    shares = [point.of_rest for point in found.points]
    assert shares[:3] == [None, None, None]
    for share, events in ((shares[3], 25), (shares[4], 42)):
        assert share is not None
        assert share.value == pytest.approx(events / 47)
        spread = 1.96 * math.sqrt(events * (47 - events) / 47**3)
        assert share.low == pytest.approx(events / 47 - spread, abs=0.04)
        assert share.high == pytest.approx(events / 47 + spread, abs=0.04)


@settings(max_examples=20)
@given(st.floats(0, 500))
def test_the_later_the_less_is_still_to_come(days: float) -> None:
    found = expected_relief(days, spasm_persists=True)
    later = expected_relief(days + 20, spasm_persists=True)
    assert later.still_to_come.value <= found.still_to_come.value + 1e-12
    for point in found.points:
        if point.of_rest is not None:
            assert point.of_rest.low is not None
            assert point.of_rest.high is not None
            assert 0 <= point.of_rest.low <= point.of_rest.value <= point.of_rest.high <= 1
    still = found.still_to_come
    assert still.low is not None
    assert still.high is not None
    assert still.low <= still.value <= still.high


def test_when_is_not_whether_and_nothing_is_pooled() -> None:
    found = expected_relief(10, spasm_persists=True)
    assert "when, not whether" in found.sentence
    assert found.whether.value == pytest.approx(486 / 640)
    assert found.whether.n == 640
    assert found.beside == anchors("relief")
    assert {"Oh 2008", "Ishikawa 2001", "Nunta-aree 2024"} <= {one.source for one in found.beside}


def test_who_is_free_gets_recurrence_and_no_curve() -> None:
    found = expected_relief(100, spasm_persists=False)
    assert found.beside == anchors("recurrence")
    assert all(point.of_rest is None for point in found.points)


@pytest.mark.parametrize("days", [-1, math.nan, math.inf])
def test_no_number_of_days_is_refused(days: float) -> None:
    with pytest.raises(ValueError, match="no number of days"):
        expected_relief(days, spasm_persists=True)


def test_every_row_has_a_source() -> None:
    for name in (
        "complications.tsv",
        "anchors.tsv",
        "criteria.tsv",
        "relief.tsv",
        "whether.tsv",
        "indication.tsv",
    ):
        for row in rows(name):
            assert row["source"]
            assert row["verified"] in ("yes", "no")
