"""What a page says of a patient is what holds today: nothing answered, cut off or made up."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from case_stories import TODAY, drug, rate, result, session, story
from command_line import CommandLine
from hemifacial.anatomy import Side
from hemifacial.care.decompression.complications import Complication, check_complication
from hemifacial.care.decompression.operation import Operation
from hemifacial.care.differential.answers import answers_of
from hemifacial.care.differential.ranking import rank
from hemifacial.care.drugs.facts import (
    Allele,
    AlleleResult,
    ChangeKind,
    Circumstances,
    DrugChange,
    GeneticResult,
    LaboratoryValue,
)
from hemifacial.care.toxin.checks import check_session
from hemifacial.care.toxin.response import Response
from hemifacial.care.toxin.tables import ToxinTables
from hemifacial.care.warnings import Severity
from hemifacial.case import open_record
from hemifacial.case.bodies import Scale
from hemifacial.case.drugs_known import drug_record
from hemifacial.case.kinds import kind_of
from hemifacial.case.reading import Head
from hemifacial.commands.case.checking import warnings_for
from hemifacial.commands.case.entering import add as enter
from hemifacial.findings import Finding
from hemifacial.report.case.curves import fading_curve
from hemifacial.report.case.facts import CaseFacts
from hemifacial.report.case.letter import letter_facts
from hemifacial.report.case.page import RecordFacts, render_case
from hemifacial.report.case.scale_words import scale_sentences
from hemifacial.report.case.told import summary

DAY = TODAY - timedelta(days=40)
MUSCLES = ("orbicularis_oculi", "orbicularis_oris", "mentalis", "frontalis", "nasalis")
FACTS = RecordFacts(clinic="", head=Head(number=1, link="0" * 64), encrypted=False)


def now() -> date:
    return datetime.now().astimezone().date()


def facts_of(record: Any, today: date = TODAY) -> CaseFacts:
    return CaseFacts.of(record.entries("P1"), today)


def added(record: Any, kind: str, body: Any, why: str = "") -> Any:
    return enter(record, "P1", kind_of(kind), body, by="anna", why=why)


# -- drugs


def test_a_stop_that_was_answered_stands_no_more(tmp_path: Path) -> None:
    begun = now() - timedelta(days=3)
    order = DrugChange(drug="carbamazepine", kind=ChangeKind.START, on=begun, mg_per_day=200)
    sodium = LaboratoryValue(what="sodium", value=140, unit="mmol/L", on=begun - timedelta(days=11))
    with story(tmp_path, []) as record:
        entry = added(record, "drug_change", order, why="urgent")
        facts = facts_of(record, now())
        assert set(entry.warnings) <= set(facts.warnings)  # nothing was answered yet
        asked = {"hla_result_missing", "sodium_baseline_missing"}
        assert asked <= {one.rule for one in facts.warnings}
        for allele in Allele:
            said = GeneticResult(allele=allele, result=AlleleResult.NEGATIVE, on=now())
            added(record, "genetic_result", said)
        added(record, "laboratory_value", sodium)
        facts = facts_of(record, now())
        page = render_case(record.timeline("P1"), facts.entries, FACTS, today=now()).html
    assert not asked & {one.rule for one in facts.warnings}
    assert not [one for one in facts.warnings if one.severity is Severity.STOP]
    assert "without a result" not in page
    assert "without a sodium" not in page


def test_the_page_knows_the_age_that_the_check_knows(tmp_path: Path) -> None:
    thiazide = Circumstances(other_drugs=("hydrochlorothiazide",))
    told = [drug(now() - timedelta(days=20), 400), ("circumstances", thiazide, now())]
    with story(tmp_path, told, birth_year=1940) as record:
        facts = facts_of(record, now())
        before = [one for one in facts.entries if one.kind != "circumstances"]
        checked = warnings_for(
            record, "P1", "circumstances", thiazide, instead_of=facts.entries[-1].number
        )
    assert facts.drug_record == drug_record(before, now(), more=(thiazide,))
    assert "sodium_risk" in {one.rule for one in checked}
    assert set(checked) <= set(facts.warnings)


def test_the_drugs_of_its_day_stand_with_an_operation_however_it_is_entered(
    tmp_path: Path,
) -> None:
    operation = Operation(on=DAY, side=Side.RIGHT)
    with story(tmp_path, [drug(DAY - timedelta(days=9), 200)]) as record:
        found = added(record, "operation", operation).body.drugs_of_the_day
    assert [(one.drug, one.mg_per_day) for one in found] == [("carbamazepine", 200)]


# -- scales


def test_a_scale_is_one_series_however_it_is_spelt(tmp_path: Path) -> None:
    items = {str(number): 1 for number in range(1, 8)}
    filled = [
        Scale(scale="hfs7", total=12),
        Scale(scale="hfs_7", items=items),
        Scale(scale="HFS-7", total=15),
        Scale(scale="Our own", total=3),
    ]
    told = [("scale", one, DAY + timedelta(days=day)) for day, one in enumerate(filled)]
    with story(tmp_path, told) as record:
        series = {one.quantity: len(one.points) for one in record.timeline("P1").series}
        said = " ".join(scale_sentences(facts_of(record)))
    assert series == {"hfs_7": 3, "Our own": 1}
    assert f"HFS-7: 15 of 28 on {DAY + timedelta(days=2)}, 12 on {DAY}" in said


def test_a_record_of_before_in_any_spelling_still_verifies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        before.setattr("hemifacial.case.bodies.scale_called", lambda _: None)
        old = Scale(scale="hfs7", total=12)
        with story(tmp_path, [("scale", old, DAY)]) as record:
            path = record.path
    with sqlite3.connect(path) as raw:
        (kept,) = raw.execute("SELECT body FROM entry WHERE kind = 'scale'").fetchone()
    raw.close()
    assert '"hfs7"' in kept
    with open_record(path) as record:
        assert record.verify().faults == ()
        assert [one.quantity for one in record.timeline("P1").series] == ["hfs_7"]


# -- findings and the letter


def test_a_letter_leaves_no_finding_out(tmp_path: Path) -> None:
    branches = ("zygomatic_branch", "marginal_mandibular_branch")
    amplitudes = [
        replace(
            rate(1.0),
            quantity="lateral_spread_amplitude",
            unit="µV",
            value=float(100 * place + number),
            side=side,
            sites=(branch, MUSCLES[number]),
        )
        for place, (side, branch) in enumerate(
            (side, branch) for side in (Side.RIGHT, Side.LEFT) for branch in branches
        )
        for number in range(5)
    ]
    with story(tmp_path, [electrical(*amplitudes)]) as record:
        entries = record.entries("P1")
        page = render_case(record.timeline("P1"), entries, FACTS, today=TODAY).html
    letter = letter_facts(entries, question="?", to="you", today=TODAY)
    assert len(letter.electrodiagnosis) == 20
    assert "14 of 20" in page


# -- injections


def test_what_did_nothing_has_no_day_on_which_it_fades(tmp_path: Path) -> None:
    told = [session(DAY), ("toxin_response", Response(session_on=DAY, improvement_percent=0), None)]
    with story(tmp_path, told) as record:
        curve = fading_curve(facts_of(record))
    assert curve is not None
    assert "no effect that could fade" in curve.said[0]
    for drawn in (" ".join(curve.said), curve.wide, curve.narrow):
        assert "expected to fall" not in drawn
        assert "due 2026" not in drawn


@pytest.fixture(scope="module")
def faded(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    better = Response(session_on=DAY, improvement_percent=80)
    folder = tmp_path_factory.mktemp("faded")
    with story(folder, [session(DAY), ("toxin_response", better, None)]) as record:
        curve = fading_curve(facts_of(record))
    assert curve is not None
    return curve.said


def test_what_worked_has_its_day(faded: tuple[str, ...]) -> None:
    assert "expected to fall below 50 % of the full one after" in faded[0]


def test_whether_it_still_works_names_what_it_rests_on(faded: tuple[str, ...]) -> None:
    assert faded[-1].startswith("Does it still work? The improvement is known of 1 cycles")
    assert faded[-1].endswith(")")
    assert "(" in faded[-1]


# -- the differential


def balance(value: float) -> Finding:
    return replace(rate(value), quantity="emg_evidence_hemifacial_spasm", unit="1")


def test_a_balance_alone_is_not_called_no_answer() -> None:
    said = rank(answers_of([balance(1.5)], evidence="r")).sentence
    assert "0 answers" not in said
    assert "The balance of electromyography speaks most for primary hemifacial" in said


def test_the_mean_of_balances_is_limited_and_not_each() -> None:
    (line,) = rank(answers_of([balance(6.0), balance(-1.0)], evidence="r")).trace
    assert line.points == pytest.approx(2.0)


def electrical(*findings: Finding) -> Any:
    kind, body, day = result(DAY, *findings, name="a.edf")
    return kind, replace(body, provenance=replace(body.provenance, method="electro")), day


# -- sources


def test_every_source_can_be_found_by_whoever_reads_it() -> None:
    """No row rests on a document that only its authors have."""
    tables = sorted(Path(str(files("hemifacial.care"))).rglob("*.tsv"))
    assert len(tables) > 30
    for path in tables:
        text = path.read_text(encoding="utf-8")
        assert "reference of this project" not in text, path.name
        assert "reference page" not in text, path.name


def test_a_complication_names_published_series(tmp_path: Path) -> None:
    late = Complication(kind="delayed_facial_palsy", began_on=DAY + timedelta(days=10))
    told = {one.rule: one for one in check_complication(late, DAY)}
    assert told["complication_delayed_palsy"].source.startswith("5 series of 144 to 500 patients")
    assert told["complication_delayed_palsy"].verified
    assert not told["complication_eye_closure"].verified


# -- an operation and the series that was measured at it


def test_the_series_of_the_day_stands_at_the_steps_of_an_operation(tmp_path: Path) -> None:
    left = replace(
        rate(20.0),
        quantity="lateral_spread_left",
        unit="%",
        sites=("zygomatic_branch", "mentalis"),
        phase="dura_open",
    )
    _, measured, _ = electrical(left)
    told = [("result", measured, DAY), ("result", measured, DAY - timedelta(days=1))]
    with story(tmp_path, told) as record:
        steps = added(record, "operation", Operation(on=DAY, side=Side.RIGHT)).body.steps
    assert [(one.step, one.left_percent, one.evidence) for one in steps] == [
        ("dura_open", 20.0, f"SHA-256 {'0' * 64}")
    ]


# -- words


def test_a_warning_gives_no_advice_that_cannot_be_followed() -> None:
    """No command, page or record takes tables of a clinic's own."""
    _, unknown, _ = session(DAY, product="nobodys")
    told = check_session(unknown)
    assert {"toxin_unknown_product", "toxin_no_limits_known"} <= {one.rule for one in told}
    assert not [one for one in told if "your own" in one.next_step]


def test_an_age_is_in_years() -> None:
    _, young, _ = session(DAY)
    told = {one.rule: one.text for one in check_session(young, age_years=9.0)}
    assert "; the limit is 12 years (" in told["toxin_age"]


def test_one_session_is_no_sessions(tmp_path: Path) -> None:
    with story(tmp_path, [session(DAY)]) as record:
        said = " ".join(summary(facts_of(record)))
    assert "1 session of botulinum toxin" in said


def test_a_switch_rests_on_the_labels_that_were_read() -> None:
    """A product whose label nobody looked up makes the warning an unverified one."""
    labels = ToxinTables.read().labels
    read = {one.product for one in labels if one.verified}
    for product in ("dysport", *sorted({one.product for one in labels} - read - {"botox"})[:1]):
        _, first, _ = session(DAY - timedelta(days=100), product=product)
        _, then, _ = session(DAY)
        told = {one.rule: one for one in check_session(then, earlier=[first])}
        assert told["toxin_product_switch"].verified is (product in read)


def test_items_of_a_scale_are_told_apart_in_a_list(hemifacial: CommandLine, tmp_path: Path) -> None:
    items = {"1": 1, "2": 2, "3": 1}
    with story(tmp_path, [("scale", Scale(scale="Our own", items=items), DAY)]) as record:
        path = record.path
    assert "1: 1, 2: 2, 3: 1" in hemifacial("case", "show", path, "P1").out
