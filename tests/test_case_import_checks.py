"""A table is checked as an entry by hand is: stops refuse rows, warnings are counted and kept."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest

from case_records import new_record
from command_line import CommandLine, Ended
from hemifacial.anatomy import Side
from hemifacial.care.warnings import Severity
from hemifacial.case import Draft, open_record
from hemifacial.case.bodies import Patient
from hemifacial.case.kinds import decoded, kind_of
from hemifacial.commands.case.entering import add as enter
from hemifacial.commands.case.importing_tables import import_table
from hemifacial.errors import InputError


class Clinic:
    """A record with P1 and P2, into which tables come."""

    def __init__(self, hemifacial: CommandLine, folder: Path) -> None:
        self.hemifacial, self.folder = hemifacial, folder
        self.path = new_record(folder)
        with open_record(self.path) as record:
            for code in ("P1", "P2"):
                patient = Patient(code=code, side=Side.LEFT, birth_year=1960)
                record.add("", "patient", patient, by="anna")

    def table(self, text: str) -> Path:
        path = self.folder / "t.tsv"
        path.write_text(text.replace("  ", "\t"), encoding="utf-8")
        return path

    def add(self, kind: str, text: str, *words: str) -> Ended:
        return self.hemifacial("case", "import", self.path, kind, self.table(text), *words)

    @property
    def head(self) -> int:
        with open_record(self.path) as record:
            assert record.verify().faults == ()
            return record.head.number


@pytest.fixture
def clinic(hemifacial: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    monkeypatch.setenv("HEMIFACIAL_PROFILE", "anna")
    return Clinic(hemifacial, tmp_path)


DRUGS = """patient  on  drug  kind  mg_per_day
P1  2026-01-05  baclofen  start  15
P2  2026-01-05  carbamazepine  start  200
P1  2026-02-05  baclofen  change  20
"""


@pytest.mark.parametrize("words", [(), ("--dry-run",)])
def test_a_stop_refuses_its_row_and_with_it_the_table(
    clinic: Clinic, words: tuple[str, ...]
) -> None:
    before = clinic.head
    refused = clinic.add("drug_change", DRUGS, *words)
    assert (refused.status, refused.out) == (3, "")
    assert "nothing was written, because of these rows:" in refused.err
    assert "line 3: stop (hla_result_missing): " in refused.err
    assert "HLA-B*15:02" in refused.err
    assert "say why in a column stop_reason" in refused.err
    assert "line 2" not in refused.err
    assert clinic.head == before, "nothing half imported"


def test_a_row_passes_a_stop_with_its_own_reason(clinic: Clinic) -> None:
    header, *rows = DRUGS.splitlines()
    reasons = ("stop_reason", "n/a", "tolerated for years", "n/a")
    table = "".join(f"{line}  {why}\n" for line, why in zip((header, *rows), reasons, strict=True))
    passed = clinic.add("drug_change", table)
    assert passed.status == 0, passed.err
    with open_record(clinic.path) as record:
        drug = record.entries("P2")[-1]
        assert drug.why == "tolerated for years"
        assert drug.warnings[0].severity is Severity.STOP
        assert [entry.why for entry in record.entries("P1")[1:]] == ["", ""]
    assert "stop: hla_result_missing, line 3: " in passed.err


SESSIONS = """patient  day  product  jurisdiction  injections.muscle  injections.side  injections.dose.product  injections.dose.units
P1  2026-03-05  botox  UK  orbicularis_oculi  right  botox  2.5
P1  2026-01-05  botox  UK  orbicularis_oculi  left  botox  2.5
P1  2026-01-20  botox  UK  orbicularis_oculi  left  botox  2.5
P2  2026-01-20  botox  UK  orbicularis_oculi  left  botox  2.5
"""  # noqa: E501 -- a table


def test_rows_are_checked_beside_each_other_in_the_order_of_their_days(clinic: Clinic) -> None:
    ended = clinic.add("toxin_session", SESSIONS, "--json")
    assert ended.status == 0, ended.err
    answer = json.loads(ended.out)
    rules = {one["rule"]: one["lines"] for one in answer["warnings"]}
    assert rules["toxin_session_side"] == [2]
    (soon,) = (lines for rule, lines in rules.items() if "interval" in rule)
    assert soon == [2, 4], "the later ones came too soon after the first, which stands below"
    kept = sum(len(entry.warnings) for entry in everything(clinic))
    assert kept >= sum(len(one["lines"]) for one in answer["warnings"])


def everything(clinic: Clinic) -> list[Any]:
    with open_record(clinic.path) as record:
        return [entry for code in ("P1", "P2") for entry in record.entries(code)]


def test_warnings_are_counted_and_listed_by_rule(clinic: Clinic) -> None:
    ended = clinic.add("toxin_session", SESSIONS)
    kept = sum(len(entry.warnings) for entry in everything(clinic))
    assert f"{kept} warnings on " in ended.err
    assert "warn: toxin_session_side, line 2: This is on the right" in ended.err


def test_imported_and_by_hand_are_warned_of_alike(clinic: Clinic, tmp_path: Path) -> None:
    """The same facts, on their days one after the other, by hand and as a table."""
    other = tmp_path / "other"
    other.mkdir()
    by_hand = Clinic(clinic.hemifacial, other)
    clinic.add("toxin_session", SESSIONS)
    imported = everything(clinic)
    bodies = sorted(
        ((entry.patient, entry.body) for entry in imported if entry.kind == "toxin_session"),
        key=lambda one: one[1].happened_on,
    )
    with open_record(by_hand.path) as record:
        for code, body in bodies:
            enter(record, code, kind_of("toxin_session"), body, by="anna")
    expected = {(entry.patient, entry.happened_on): entry.warnings for entry in everything(by_hand)}
    assert {(entry.patient, entry.happened_on): entry.warnings for entry in imported} == expected
    assert any(expected.values())


def test_what_stands_in_the_record_counts_too(clinic: Clinic) -> None:
    with open_record(clinic.path) as record:
        known = kind_of("circumstances")
        body = decoded("circumstances", known.version, {"present": ["pregnancy"]})
        record.add("P2", "circumstances", body, by="anna")
    ended = clinic.add("toxin_session", SESSIONS)
    assert "toxin_circumstance_pregnancy, line 5:" in ended.err


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        (
            "diary",
            "patient  written_on  days.day  days.spasm_count\nP1  2026-01-05  2026-01-06  3\n",
            "line 2: 2026-01-06 comes after 2026-01-05",
        ),
        ("visit", "patient  day\nP1  1850-01-05\n", "line 2: 1850-01-05 is no day of a patient"),
        ("patient", "code  birth_year\nP8  2150\n", "line 2: a year of the patient is in the fut"),
    ],
)
def test_what_entering_by_hand_refuses_is_refused_by_its_line(
    clinic: Clinic, kind: str, text: str, words: str
) -> None:
    before = clinic.head
    for more in ((), ("--dry-run",)):
        refused = clinic.add(kind, text, *more)
        assert refused.status == 3
        assert words in refused.err
    assert clinic.head == before


def test_diaries_of_a_table_are_warned_of_too(clinic: Clinic) -> None:
    table = (
        "patient  written_on  days.day  days.side_effects\n"
        "P1  2026-01-05  2026-01-03  bruise\nP1  2026-01-05  2026-01-04  eye_does_not_close\n"
        "P2  2026-01-05  2026-01-04  bruise\n"
    )
    ended = clinic.add("diary", table)
    assert ended.status == 0, ended.err
    assert "warn: diary_see_at_once, line 2: " in ended.err
    assert [len(entry.body.days) for entry in everything(clinic) if entry.kind == "diary"] == [2, 1]


def test_no_cell_is_repeated_in_a_stop(clinic: Clinic) -> None:
    table = "patient  on  drug  kind\nP1  2026-01-05  John Smith of Carbamazepine  rash\n"
    with open_record(clinic.path) as record:
        imported = import_table(
            record, kind_of("drug_reaction"), clinic.table(table), by="anna", dry_run=True
        )
    said = " ".join(one.text for one in imported.warnings)
    assert "Smith" not in said


def test_checking_grows_with_the_table_and_no_faster(clinic: Clinic) -> None:
    """Sixteen times as many patients take no more than about sixteen times as long."""
    header = SESSIONS.splitlines()[0]
    taken_s = {}
    with open_record(clinic.path) as record:
        record.add_many(
            [Draft(kind="patient", body=Patient(code=f"N{n}")) for n in range(160)], by="anna"
        )
        for count in (10, 160):
            rows = [
                f"N{n}  2026-{month:02d}-05  botox  UK  mentalis  left  botox  1"
                for n in range(count)
                for month in (1, 4, 7, 10)
            ]
            table = clinic.table("\n".join([header, *rows]) + "\n")
            began = time.process_time()
            import_table(record, kind_of("toxin_session"), table, by="anna", dry_run=True)
            taken_s[count] = time.process_time() - began
    assert taken_s[160] < 16 * 3 * max(taken_s[10], 0.02), taken_s


def test_a_stop_deep_in_a_long_table_leaves_nothing(clinic: Clinic) -> None:
    rows = "".join(
        f"P{1 + n % 2}  2026-01-{1 + n % 28:02d}  baclofen  start  15\n" for n in range(60)
    )
    table = DRUGS.splitlines()[0] + "\n" + rows + "P1  2026-02-05  carbamazepine  start  200\n"
    before = clinic.head
    with open_record(clinic.path) as record, pytest.raises(InputError, match="line 62: stop"):
        import_table(record, kind_of("drug_change"), clinic.table(table), by="anna", dry_run=False)
    assert clinic.head == before
