"""What is said when a fact is entered in a record: nothing that can hurt is passed over."""

from __future__ import annotations

import json
import time
from dataclasses import replace as changed
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import results
from command_line import CommandLine, Ended
from hemifacial.anatomy import Side
from hemifacial.care.scales.diary import Diary, DiaryDay, diary_text
from hemifacial.case.acts import Profile
from hemifacial.case.bodies import Patient
from hemifacial.case.codec import from_plain
from hemifacial.case.kinds import decoded, kind_of
from hemifacial.case.opening import create_record, open_record
from hemifacial.commands.case.entering import add as enter
from hemifacial.formats.result_folder import write_result


class Clinic:
    """The commands on one record with one patient, signed by anna."""

    def __init__(self, hemifacial: CommandLine, folder: Path) -> None:
        self.hemifacial, self.folder, self.path = hemifacial, folder, folder / "clinic.db"

    def __call__(self, command: str, *words: object) -> Ended:
        return self.hemifacial("case", command, self.path, *words)

    def add(self, kind: str, /, *, why: str = "", **body: Any) -> Ended:
        file = self.folder / "body.json"
        file.write_text(json.dumps(body), encoding="utf-8")
        return self("add", "P1", kind, file, "--why", why)

    def rules(self, kind: str, /, *, why: str = "", **body: Any) -> set[str]:
        """What is warned of, without the detour over the command line."""
        known = kind_of(kind)
        with open_record(self.path) as record:
            fact = decoded(kind, known.version, body)
            entry = enter(record, "P1", known, fact, by="anna", why=why)
        return {one.rule for one in entry.warnings}


@pytest.fixture
def clinic(hemifacial: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    monkeypatch.setenv("HEMIFACIAL_PROFILE", "anna")
    made = Clinic(hemifacial, tmp_path)
    create_record(made.path, clinic="", profile=Profile(word="anna", name="Dr Example"))
    with open_record(made.path) as record:
        record.add("", "patient", Patient(code="P1", side=Side.LEFT, birth_year=1950), by="anna")
    return made


def days_ago(days: int) -> str:
    return (datetime.now().astimezone().date() - timedelta(days=days)).isoformat()


def session(side: str = "left", on: str = "2026-03-02", **more: Any) -> dict[str, Any]:
    dose = {"product": "botox", "units": 2.5}
    site = {
        "muscle": "orbicularis_oculi",
        "side": side,
        "place": "upper_lid_lateral",
        "layer": "pretarsal",
        "dose": dose,
    }
    return {"happened_on": on, "product": "botox", "injections": [site], **more}


def start(drug: str, days: int = 10) -> dict[str, Any]:
    return {"drug": drug, "kind": "start", "on": days_ago(days), "mg_per_day": 200}


@pytest.mark.parametrize("name", ["Carbamazepine", "CARBAMAZEPINE", "Tegretol", "carbamazepine"])
def test_no_spelling_of_a_drug_passes_its_stop(clinic: Clinic, name: str) -> None:
    refused = clinic.add("drug_change", **start(name))
    assert refused.status == 2
    assert "without a result of HLA-B*15:02" in refused.err, "the stop is told, not only named"
    assert "Wait for the result" in refused.err
    assert "hla_result_missing" in clinic.rules("drug_change", why="urgent", **start(name))
    assert "carbamazepine, 200 mg" in clinic("timeline", "P1").out


def test_an_allele_a_value_and_a_rash_are_held_against_what_is_taken(clinic: Clinic) -> None:
    clinic.rules("drug_change", why="urgent", **start("carbamazepine"))
    allele = {"allele": "HLA-B*15:02", "result": "positive", "on": days_ago(0)}
    assert clinic.add("genetic_result", **allele).status == 2, "a stop"
    assert "hla_do_not_use" in clinic.rules("genetic_result", why="stopped", **allele)
    sodium: dict[str, Any] = {"what": "sodium", "value": 118, "unit": "mmol/L", "on": days_ago(0)}
    assert "See the patient today" in clinic.add("laboratory_value", **sodium).err
    assert "sodium_very_low" in clinic.rules("laboratory_value", why="admitted", **sodium)
    rash: dict[str, Any] = {"drug": "Carbamazepine", "kind": "severe", "on": days_ago(0)}
    assert "hla_do_not_use" in clinic.rules("drug_reaction", why="stopped", **rash)


def test_an_illness_is_not_forgotten_when_something_else_is_entered(clinic: Clinic) -> None:
    clinic.rules("circumstances", present=["porphyria"], other_drugs=["Warfarin"])
    clinic.rules("circumstances", renal_clearance_ml_per_min=70)
    said = clinic.rules("drug_change", why="urgent", **start("carbamazepine"))
    assert {"porphyria", "interaction"} <= said
    clinic.rules("circumstances", absent=["porphyria"])
    said = clinic.rules("drug_change", why="urgent", **start("carbamazepine"))
    assert "porphyria" not in said


def test_what_speaks_against_an_injection_is_known_wherever_it_was_entered(clinic: Clinic) -> None:
    clinic.rules("circumstances", present=["pregnancy"], other_drugs=["Warfarin"])
    said = clinic.rules("toxin_session", **session(circumstances=["myasthenia_gravis"]))
    assert {f"toxin_circumstance_{one}" for one in ("pregnancy", "anticoagulant")} <= said
    assert "toxin_circumstance_myasthenia_gravis" in said
    later = session(on="2026-07-02")
    assert "toxin_circumstance_myasthenia_gravis" in clinic.rules("toxin_session", **later)


def test_what_the_patient_tells_of_an_injection_is_heard(clinic: Clinic) -> None:
    clinic.rules("toxin_session", **session())
    told: dict[str, Any] = {
        "session_on": "2026-03-02",
        "side_effects": [{"kind": "breathing"}, {"kind": "allergy"}, {"kind": "ptosis"}],
    }
    assert "toxin_see_at_once" in clinic.rules("toxin_response", **told)
    again = clinic.add("toxin_session", **session(on="2026-07-02"))
    assert again.status == 2
    assert "Earlier allergic reaction" in again.err
    said = clinic.rules("toxin_session", why="tested", **session(on="2026-07-02"))
    assert "toxin_site_again" in said
    elsewhere: dict[str, Any] = {"session_on": "2026-03-03", "improvement_percent": 50}
    assert clinic.rules("toxin_response", **elsewhere) == {"response_without_session"}


def test_the_other_side_of_the_face_is_told(clinic: Clinic) -> None:
    assert "toxin_session_side" in clinic.rules("toxin_session", **session("right"))
    assert "toxin_session_side" not in clinic.rules("toxin_session", **session(on="2026-07-01"))
    assert "operation_side" in clinic.rules("operation", on="2026-03-02", side="right")
    assert "operation_side" not in clinic.rules("operation", on="2026-03-02", side="left")


def test_operation_complication_and_answers_are_checked(clinic: Clinic) -> None:
    assert "complication_csf_leak" in clinic.rules(
        "complication", kind="csf_leak", began_on="2026-03-05"
    )
    clinic.rules("drug_change", why="urgent", **start("carbamazepine"))
    said = clinic.rules("operation", on=days_ago(1), side="left")
    assert {"drug_and_lateral_spread", "operation_no_vessels"} <= said
    flag = {"feature": "weak_or_numb_before", "answer": "yes", "by": "examination"}
    assert clinic.rules("answers", given=[flag]) == {"red_flag_weak_or_numb_before"}
    assert "indication_primary" in clinic.rules("indication", why="x", primary="no")


@pytest.mark.parametrize("name", ["phq_9", "PHQ-9"])
def test_thoughts_of_self_harm_in_a_scale_stop(clinic: Clinic, name: str) -> None:
    items = {str(number): 0 for number in range(1, 10)}
    assert clinic.rules("scale", scale=name, items=items) == set()
    refused = clinic.add("scale", scale=name, items={**items, "9": 1})
    assert refused.status == 2
    assert "Talk about it today" in refused.err
    missing = clinic.rules("scale", scale=name, items={**items, "9": None})
    assert missing == {"phq_9_self_harm_unanswered"}
    assert clinic.rules("scale", scale="HFS-7", total=400) == {"scale_total"}


def test_what_a_diary_tells_and_cannot_wait_is_told(clinic: Clinic) -> None:
    said = clinic.rules(
        "diary",
        patient="P1",
        written_on="2026-03-03",
        days=[{"day": "2026-03-02", "side_effects": ["eye_does_not_close", "bruise"]}],
    )
    assert said == {"diary_see_at_once"}


def test_a_diary_is_entered_as_it_was_sent_and_under_its_own_patient(clinic: Clinic) -> None:
    days = (DiaryDay(day=date(2026, 3, 2), spasm_count=4),)
    for patient, fits in (("P1", True), ("P2", False)):
        sent = Diary(patient=patient, written_on=date(2026, 3, 3), days=days)
        file = clinic.folder / "diary.json"
        file.write_text(diary_text(sent), encoding="utf-8")
        ended = clinic("add", "P1", "diary", file)
        assert (ended.status == 0) is fits, ended.err
        assert ("another patient" in ended.err) is not fits
    file.write_text(diary_text(sent).replace(":4,", ":5,"), encoding="utf-8")
    assert "damaged or changed" in clinic("add", "P1", "diary", file).err


def test_a_scale_with_missing_answers_is_no_smaller_total(clinic: Clinic) -> None:
    whole = {str(number): 3 for number in range(1, 8)}
    clinic.rules("scale", scale="HFS-7", items=whole)
    clinic.rules("scale", scale="HFS-7", items={**whole, "2": None, "3": None})
    clinic.rules("scale", scale="eq_5d_5l", items={str(n): 1 for n in range(1, 6)})
    said = clinic("timeline", "P1").out
    assert "  21\n" in said
    assert "  15\n" not in said
    assert "2 of 7 answers are missing" in said
    assert "levels are not summed" in said


# -- what is typed -----------------------------------------------------------------------------


@pytest.mark.parametrize("on", ["0001-01-05", "9999-12-31"])
def test_days_that_cannot_be_counted_from_are_refused(clinic: Clinic, on: str) -> None:
    wrong = {"drug": "carbamazepine", "kind": "start", "on": on, "mg_per_day": 200}
    refused = clinic.add("drug_change", why="x", **wrong)
    assert refused.status == 3
    assert "is not within the years" in refused.err
    assert clinic("visit", "P1", "--on", on).status == 2


@pytest.mark.parametrize(
    "words",
    [
        ("withdraw", "9" * 20, "--why", "x"),
        ("withdraw", "4", "--why", "\udcff"),
        ("show", "P\udcff"),
        ("patient", "P2", "--onset", "\u00b2"),
        ("patient", "P2", "--onset", "9" * 5000),
        ("verify", "--head", "z" * 20),
    ],
)
def test_whatever_is_typed_is_answered_in_words(clinic: Clinic, words: tuple[str, ...]) -> None:
    ended = clinic(*words)
    assert ended.status in (2, 3)
    assert "Traceback" not in ended.err
    assert "hemifacial: " in ended.err


def test_a_printed_head_is_found_with_blanks_around_it_and_in_capitals(clinic: Clinic) -> None:
    head = json.loads(clinic("verify", "--json").out)["head"]["link"]
    assert clinic("verify", "--head", f" {head.upper()} ").status == 0


def test_no_cell_of_a_table_is_repeated(clinic: Clinic) -> None:
    table = clinic.folder / "t.tsv"
    table.write_text(
        "patient\tproduct\thappened_on\tinjections.muscle\tinjections.side\t"
        "injections.dose.product\tinjections.dose.units\n"
        "P1\tbotox\t2026-03-02\tJohn Smith\tleft\tbotox\t2.5\n",
        encoding="utf-8",
    )
    refused = clinic("import", "toxin_session", table)
    assert refused.status == 3
    assert "is no muscle of the anatomy" in refused.err
    assert "Smith" not in refused.err


@pytest.mark.parametrize(
    ("recorded_at", "zone", "day"),
    [
        ("2026-03-01T23:30:00+00:00", "Asia/Tokyo", "2026-03-02"),
        ("2026-03-02T01:00:00+00:00", "America/New_York", "2026-03-01"),
        ("2026-03-02T08:30:00+09:00", "America/New_York", "2026-03-02"),
        ("2026-03-02T08:30:00", "Asia/Tokyo", "2026-03-02"),
    ],
)
def test_the_day_of_a_recording_is_that_of_the_clinic(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch, recorded_at: str, zone: str, day: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        folder = clinic.folder / "visit.hemifacial"
        result = results.small_result(results.event("e1"))
        provenance = changed(result.provenance, recorded_at=recorded_at)
        result = changed(result, provenance=provenance)
        write_result(folder, result, recording_duration_s=60, pages={})
        ended = clinic("add-result", "P1", folder, "--json")
        assert json.loads(ended.out)["happened_on"] == day, ended.err
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_computer_that_lost_its_clock_still_reads_the_record(tmp_path: Path) -> None:
    path = tmp_path / "clinic.db"
    create_record(path, clinic="", profile=Profile(word="anna", name="A"))
    with open_record(path) as record:
        record.add("", "patient", Patient(code="P1", onset_year=datetime.now(UTC).year), by="anna")
    plain = {"code": "P1", "birth_year": 2199}
    assert from_plain(plain, Patient).birth_year == 2199, "reading asks no clock"
    long_ago = datetime(1970, 1, 1, tzinfo=UTC)
    with open_record(path, clock=lambda: long_ago) as record:
        assert record.verify().faults == ()
        assert len(record.entries("P1")) == 1


def test_nothing_of_a_patient_is_entered_under_nobody(clinic: Clinic) -> None:
    """As where a script's variable for the code is empty: the note would be found by nobody."""
    refused = clinic("visit", "")
    assert refused.status == 2
    assert "of whom?" in refused.err
    profile = clinic.add("profile", word="bob", name="B")
    assert profile.status == 2
    assert "concerns the clinic" in profile.err


def test_somebody_can_always_write(clinic: Clinic) -> None:
    retired = clinic.folder / "retired.json"
    retired.write_text('{"word": "anna", "name": "A", "active": false}', encoding="utf-8")
    assert "the last active profile" in clinic("replace", 2, retired, "--why", "left").err
    bob = clinic.folder / "bob.json"
    bob.write_text('{"word": "bob", "name": "B"}', encoding="utf-8")
    assert clinic("add", "", "profile", bob).status == 0
    assert "is there already" in clinic("add", "", "profile", bob).err
    assert clinic("replace", 2, retired, "--why", "left").status == 0
