"""Tables into the record: all rows or none, every bad row named, linear in their number."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from case_records import new_record
from hemifacial.anatomy import Side
from hemifacial.care.drugs.facts import ChangeKind, DrugChange
from hemifacial.case import Draft, open_record
from hemifacial.case.bodies import AdverseEvent, Patient, Purpose, Scale, Severity, Sex, Visit
from hemifacial.case.importing import columns_of, drafts_from
from hemifacial.case.kinds import KINDS
from hemifacial.errors import InputError

TODAY = date(2026, 11, 22)
KNOWN = frozenset({"P1", "P2"})


def drafts(folder: Path, kind: str, text: str) -> list[Draft]:
    path = folder / f"{kind}.tsv"
    path.write_text(text.replace("  ", "\t"), encoding="utf-8")
    return drafts_from(path, KINDS[kind], known=KNOWN, today=TODAY)


def refused(folder: Path, kind: str, text: str) -> InputError:
    with pytest.raises(InputError) as told:
        drafts(folder, kind, text)
    return told.value


def test_patients_of_a_table(tmp_path: Path) -> None:
    table = "code  birth_year  sex  earlier_palsy\nA1  1960  female  no\nA2  n/a  male  n/a\n"
    assert [draft.body for draft in drafts(tmp_path, "patient", table)] == [
        Patient(code="A1", birth_year=1960, sex=Sex.FEMALE, earlier_palsy=False),
        Patient(code="A2", sex=Sex.MALE),
    ]


def test_visits_and_scales(tmp_path: Path) -> None:
    visits = drafts(tmp_path, "visit", "patient  day  purpose\nP1  2026-01-05  first\n")
    assert visits == [
        Draft(
            kind="visit",
            patient="P1",
            happened_on=date(2026, 1, 5),
            body=Visit(purpose=Purpose.FIRST),
        )
    ]
    table = "patient  day  scale  items.1  items.2  total\nP1  2026-01-05  hfs7  3  n/a  3\n"
    (scale,) = drafts(tmp_path, "scale", table)
    assert scale.body == Scale(scale="hfs7", items={"1": 3}, total=3)


def test_words_of_a_list_are_joined_by_a_bar(tmp_path: Path) -> None:
    table = "patient  day  what  severity  sites\nP2  2026-01-05  ptosis  mild  eyelids|cheek\n"
    (event,) = drafts(tmp_path, "adverse_event", table)
    assert event.body == AdverseEvent(
        what="ptosis", severity=Severity.MILD, sites=("eyelids", "cheek")
    )


def test_the_day_of_a_treatment_is_its_own(tmp_path: Path) -> None:
    expected = DrugChange(
        drug="baclofen", kind=ChangeKind.START, on=date(2026, 1, 5), mg_per_day=15
    )
    for day in ("day", "on"):
        table = f"patient  {day}  drug  kind  mg_per_day\nP1  2026-01-05  baclofen  start  15\n"
        (draft,) = drafts(tmp_path, "drug_change", table)
        assert (draft.body, draft.happened_on) == (expected, date(2026, 1, 5))


SESSIONS = """patient  day  product  jurisdiction  injections.muscle  injections.side  injections.dose.product  injections.dose.units
P1  2026-01-05  botox  UK  orbicularis_oculi  left  botox  2.5
P2  2026-01-05  botox  UK  mentalis  right  botox  1.25
P1  2026-01-05  botox  UK  zygomaticus_major  left  botox  1
P1  2026-04-05  botox  UK  orbicularis_oculi  left  botox  5
"""  # noqa: E501 -- a table


def test_rows_of_one_session_are_one_fact_with_its_injections(tmp_path: Path) -> None:
    found = drafts(tmp_path, "toxin_session", SESSIONS)
    assert [(one.patient, len(one.body.injections), one.body.dose.units) for one in found] == [
        ("P1", 2, 3.5),
        ("P2", 1, 1.25),
        ("P1", 1, 5),
    ]
    assert found[0].body.injections[1].side is Side.LEFT
    assert found[0].happened_on == date(2026, 1, 5)


def test_every_bad_row_is_named_and_no_cell_repeated(tmp_path: Path) -> None:
    table = (
        "patient  day  purpose\nP1  2026-01-05  first\nP9  2026-01-05  first\nP1  5.1.26  first\n"
        "P1  2026-01-05  secretword\nP1  2026-01-05\nP1  2027-01-05  first\nP1  n/a  first\n"
    )
    told = refused(tmp_path, "visit", table)
    for line in (
        "line 3: no patient of this record has the code",
        "line 4: is no date",
        "line 5: is none of first, follow_up",
        "line 6: the row does not have as many cells as the header",
        "line 7: the day is in the future",
        "line 8: the day is not stated",
    ):
        assert line in told.problem
    assert "line 2" not in told.problem
    assert "secretword" not in str(told)
    assert "5.1.26" not in str(told)
    assert told.exit_code == 3


@pytest.mark.parametrize(
    ("kind", "table", "problem"),
    [
        ("visit", "day\n2026-01-05\n", "the column patient is missing"),
        ("patient", "sex\nmale\n", "the column code is missing"),
        ("visit", "patient  day  reason\nP1  2026-01-05  x\n", "there is no column reason"),
        ("visit", "patient  day  day\nP1  2026-01-05  2026-01-05\n", "a column stands twice"),
        ("visit", "patient  day\n", "the table has no row"),
        ("patient", "code\nA1\nA1\n", "line 3: a patient of this code is there already"),
        ("patient", "code\nP1\n", "line 2: a patient of this code is there already"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused(
    tmp_path: Path, kind: str, table: str, problem: str
) -> None:
    assert problem in refused(tmp_path, kind, table).problem


def test_what_is_imported_is_in_the_record(tmp_path: Path) -> None:
    path = new_record(tmp_path)
    patients = "code  side\n" + "".join(f"P{n}  left\n" for n in range(200))
    with open_record(path) as record:
        record.add_many(drafts_from_text(tmp_path, "patient", patients), by="anna")
        known = frozenset(line.code for line in record.patients())
        visits = "patient  day\n" + "".join(f"P{n % 200}  2026-01-05\n" for n in range(600))
        table = tmp_path / "v.tsv"
        table.write_text(visits.replace("  ", "\t"))
        record.add_many(drafts_from(table, KINDS["visit"], known=known, today=TODAY), by="anna")
        assert record.head.number == 802
        assert {line.entries for line in record.patients()} == {4}
        assert record.verify().faults == ()


def drafts_from_text(folder: Path, kind: str, text: str) -> list[Draft]:
    path = folder / "t.tsv"
    path.write_text(text.replace("  ", "\t"))
    return drafts_from(path, KINDS[kind], known=frozenset(), today=TODAY)


@pytest.mark.parametrize("kind", [kind for kind in KINDS.values() if kind.by_hand])
def test_the_columns_of_every_kind_can_be_listed(kind: object) -> None:
    assert columns_of(kind)  # type: ignore[arg-type]
