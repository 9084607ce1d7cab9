"""``hemifacial case``: what a clinic does with it in a day, and how it is told of mistakes."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

import results
from case_records import behind_its_back, of_schema
from command_line import CommandLine, Ended
from hemifacial.case.database import NEWEST_SCHEMA
from hemifacial.case.kinds import KINDS
from hemifacial.formats.result_folder import write_result


class Clinic:
    """The commands on one record, signed by anna."""

    def __init__(self, hemifacial: CommandLine, folder: Path) -> None:
        self.hemifacial, self.folder, self.path = hemifacial, folder, folder / "clinic.db"

    def __call__(self, command: str, *words: object) -> Ended:
        return self.hemifacial("case", command, self.path, *words)

    def fine(self, command: str, *words: object) -> Ended:
        ended = self(command, *words)
        assert ended.status == 0, ended.err
        return ended

    def json(self, command: str, *words: object) -> dict[str, object]:
        document: dict[str, object] = json.loads(self.fine(command, *words, "--json").out)
        return document

    def file(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path


@pytest.fixture
def clinic(hemifacial: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    monkeypatch.setenv("HEMIFACIAL_PROFILE", "anna")
    made = Clinic(hemifacial, tmp_path)
    made.fine("create", "--clinic", "Demo", "--profile", "anna", "--name", "Dr Example")
    made.fine("patient", "P1", "--side", "left", "--birth-year", "1960", "--onset", "2019-05")
    return made


def test_a_day_of_a_clinic(clinic: Clinic) -> None:
    clinic.fine("visit", "P1", "--purpose", "injection", "--on", "2026-01-05")
    scale = clinic.file("scale.json", '{"scale": "hfs7", "total": 12}')
    entry = clinic.json("add", "P1", "scale", scale, "--on", "2026-01-05")
    assert (entry["number"], entry["kind"], entry["entered_by"]) == (5, "scale", "anna")
    scale.write_text('{"scale": "hfs7", "total": 9}')
    clinic.fine("replace", 5, scale, "--why", "misread")
    shown = clinic.fine("show", "P1").out
    assert "[replaced by 6] scale hfs_7, total 12" in shown
    assert "[for 5: misread] scale hfs_7, total 9" in shown
    drawn = clinic.fine("timeline", "P1").out
    assert "hfs_7\n  2026-01-05  9\n" in drawn
    assert "Visit: injection" in drawn
    assert clinic.json("timeline", "P1")["series"][0]["points"][0]["value"] == 9
    verified = clinic.fine("verify").out
    assert verified.startswith("6 entries: in order\n")


def test_the_record_says_what_it_is_and_that_it_is_not_encrypted(clinic: Clinic) -> None:
    shown = clinic.fine("show").out
    assert shown.startswith("Demo: 1 patient\nNot encrypted: whoever has the file can read it.")
    assert "Profiles: anna (Dr Example)" in shown
    document = clinic.json("show")
    assert document["encrypted"] is False
    assert document["patients"][0]["code"] == "P1"
    assert document["head"]["link"] in shown


def test_profiles_come_and_go(clinic: Clinic) -> None:
    clinic.fine("profile", "bert", "--name", "Bert", "--role", "nurse")
    clinic.fine("visit", "P1", "--by", "bert")
    clinic.fine("profile", "bert", "--retire", "--why", "has left")
    refused = clinic("visit", "P1", "--by", "bert")
    assert (refused.status, refused.out) == (2, "")
    assert "'bert' is no active profile" in refused.err
    assert "Sign as one of anna" in refused.err
    assert "the last active profile" in clinic("profile", "anna", "--retire", "--why", "x").err
    assert "is there already, as entry 2" in clinic("profile", "anna", "--name", "x").err


def test_a_toxin_session_is_checked_and_a_warning_is_shown(clinic: Clinic) -> None:
    injection = {
        "muscle": "orbicularis_oculi",
        "side": "left",
        "dose": {"product": "botox", "units": 250},
    }
    session = {"happened_on": "2026-01-05", "product": "botox", "injections": [injection]}
    body = clinic.file("session.json", json.dumps(session))
    entered = clinic("add", "P1", "toxin_session", body, "--why", "agreed upon", "--json")
    assert entered.status == 0, entered.err
    assert "warn: " in entered.err or "stop: " in entered.err
    assert json.loads(entered.out)["warnings"]


def test_a_stop_of_the_drug_rules_needs_a_reason(clinic: Clinic) -> None:
    allele = '{"allele": "HLA-B*15:02", "result": "positive", "on": "2026-01-02"}'
    clinic.fine("add", "P1", "genetic_result", clinic.file("a.json", allele))
    start = clinic.file(
        "d.json",
        '{"drug": "carbamazepine", "kind": "start", "on": "2026-01-05", "mg_per_day": 200}',
    )
    refused = clinic("add", "P1", "drug_change", start)
    assert refused.status == 2
    assert "a stop is passed" in refused.err
    assert "State the reason with --why" in refused.err
    passed = clinic.json("add", "P1", "drug_change", start, "--why", "tolerated for years")
    assert passed["why"] == "tolerated for years"
    assert passed["warnings"][0]["severity"] == "stop"


# -- results -------------------------------------------------------------------------------------


def folder_of(clinic: Clinic, name: str = "visit1.hemifacial", **details: object) -> Path:
    folder = clinic.folder / name
    result = results.small_result(results.event("e1"), **details)
    write_result(folder, result, recording_duration_s=60, pages={})
    return folder


def test_a_result_folder_is_kept_whole_with_its_recording(clinic: Clinic) -> None:
    entry = clinic.json("add-result", "P1", folder_of(clinic))
    assert entry["happened_on"] == "2026-11-20", "as the recording states"
    assert entry["body"]["provenance"]["input_sha256"] == results.SHA256
    assert [len(entry["body"][part]) for part in ("findings", "events")] == [2, 1]
    kinds = [one["kind"] for one in clinic.json("show", "P1")]
    assert kinds == ["patient", "recording", "result"]
    again = clinic("add-result", "P1", folder_of(clinic))
    assert "stands in the record already, as entry 5" in again.err
    assert "  2026-11-20  6  (1.2 to 17.5)" in clinic.fine("timeline", "P1").out


def test_a_file_name_can_be_left_out(clinic: Clinic) -> None:
    clinic.fine("add-result", "P1", folder_of(clinic), "--without-name")
    recording, result = clinic.json("show", "P1")[1:]
    assert recording["body"]["file_name"] == ".mp4"
    assert result["body"]["provenance"]["input_name"] == ".mp4"
    assert b"patient.mp4" not in clinic.path.read_bytes()


def test_corrections_come_with_their_signer(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hemifacial.corrections import Action, Correction
    from hemifacial.formats.review_file import write_review

    folder = folder_of(clinic)
    clinic.fine("add-result", "P1", folder)
    measured = results.small_result(results.event("e1"))
    rejected = Correction(
        action=Action.REJECT,
        before=measured.events[0],
        after=None,
        who="Dr Example",
        when="2026-11-22T14:00:00+00:00",
    )
    write_review(folder / "review.json", measured.provenance, [rejected])
    monkeypatch.setattr(
        "hemifacial.commands.case.results.standing_result",
        lambda *_: (results.small_result(), None),
    )
    assert "replaced without a reason" in clinic("add-result", "P1", folder).err
    entry = clinic.json("add-result", "P1", folder, "--why", "reviewed")
    assert entry["replaces"] == 5
    assert entry["body"]["corrections"][0]["who"] == "Dr Example"
    assert entry["body"]["reviewed_events"] == []
    assert len(entry["body"]["events"]) == 1


# -- tables --------------------------------------------------------------------------------------


def test_a_table_is_tried_then_entered(clinic: Clinic) -> None:
    table = clinic.file("visits.tsv", "patient\tday\nP1\t2026-01-05\nP1\t2026-04-05\n")
    tried = clinic.fine("import", "visit", table, "--dry-run").out
    assert tried == "2 of visit, 1 patients: would be entered\n"
    assert len(clinic.json("show", "P1")) == 1
    assert clinic.json("import", "visit", table) == {
        "entries": 2,
        "patients": 1,
        "written": True,
        "warnings": [],
    }
    assert len(clinic.json("show", "P1")) == 3


def test_a_bad_row_is_named_and_nothing_is_entered(clinic: Clinic) -> None:
    table = clinic.file("visits.tsv", "patient\tday\nP1\t2026-01-05\nP7\tsoon\n")
    refused = clinic("import", "visit", table)
    assert (refused.status, refused.out) == (3, "")
    assert "line 3: no patient of this record has the code" in refused.err
    assert len(clinic.json("show", "P1")) == 1


def test_the_kinds_are_listed(clinic: Clinic) -> None:
    every = clinic.hemifacial("case", "kinds", "--json")
    assert json.loads(every.out) == {kind.word: kind.label for kind in KINDS.values()}
    assert "toxin_session       Botulinum toxin\n" in clinic.hemifacial("case", "kinds").out


# -- check, copy, erase --------------------------------------------------------------------------


def test_an_edited_record_fails_its_check(clinic: Clinic) -> None:
    head = clinic.json("show")["head"]["link"]
    with behind_its_back(clinic.path) as raw:
        raw.execute("UPDATE entry SET body = replace(body, '1960', '1961') WHERE number = 3")
    failed = clinic("verify", "--head", head)
    assert failed.status == 1
    assert "entry 3 was changed after it was written" in failed.out
    assert "compare it with the latest backup" in failed.err
    answer = json.loads(clinic("verify", "--json").out)
    assert answer["in_order"] is False
    assert answer["faults"][0]["number"] == 3


def test_a_printed_head_is_asked_for(clinic: Clinic) -> None:
    head = clinic.json("show")["head"]["link"]
    clinic.fine("visit", "P1")
    assert "is entry 3, 1 entries were added since" in clinic.fine("verify", "--head", head).out
    assert clinic("verify", "--head", "f" * 64).status == 1
    assert clinic("verify", "--head", "abc").status == 2


def test_a_patient_is_erased_and_copies_are_named(clinic: Clinic) -> None:
    copy = clinic.folder / "copy.db"
    clinic.fine("backup", copy)
    assert clinic("backup", copy).status == 2
    unsure = clinic("erase", "P1", "--why", "asked")
    assert unsure.status == 2
    assert "Confirm it with --yes" in unsure.err
    erased = clinic.fine("erase", "P1", "--why", "asked", "--yes")
    assert "Copies made before still hold the patient: copy.db" in erased.err
    assert "it is for the clinic to do" in erased.err
    assert clinic("show", "P1").status == 2
    assert b"1960" not in clinic.path.read_bytes()
    assert "1 of them erased: in order" in clinic.fine("verify").out


# -- mistakes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "status", "problem"),
    [
        (("show", "P9"), 2, "no patient of this record has that code"),
        (("visit", "P1", "--on", "5.1.26"), 2, "is no day"),
        (("visit", "P1", "--on", "2100-01-01"), 2, "in the future"),
        (("visit", "P1", "--purpose", "fun"), 3, "is none of first"),
        (("patient", "P2", "--onset", "May"), 2, "is no month"),
        (("patient", "Jane Doe"), 3, "the code of a patient is of letters"),
        (("add", "P1", "dream", "x.json"), 2, "no kind of entry 'dream'"),
        (("add", "P1", "erasure", "e.json"), 2, "erasure is not entered by hand"),
        (("add", "P1", "note", "missing.json"), 3, "missing.json: cannot be read"),
        (("add", "P1", "note", "bad.json"), 3, "bad.json: not JSON"),
        (("replace", "99", "note.json", "--why", "x"), 2, "there is no entry 99"),
        (("withdraw", "3", "--why", "x"), 2, "cannot be withdrawn"),
        (("add-result", "P1", "."), 3, "not a result folder"),
        (("create", "--profile", "a", "--name", "b"), 2, "is there already"),
    ],
)
def test_a_mistake_is_one_message(
    clinic: Clinic,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    status: int,
    problem: str,
) -> None:
    monkeypatch.chdir(clinic.folder)
    clinic.file("bad.json", "[" * 100_000)
    clinic.file("note.json", '{"text": "x"}')
    clinic.file("e.json", '{"runs": []}')
    before = clinic.path.read_bytes()
    ended = clinic(*words)
    assert (ended.status, ended.out) == (status, "")
    assert problem in ended.err
    assert "Traceback" not in ended.err
    assert "Jane" not in ended.err
    assert clinic.path.read_bytes() == before


def test_what_is_no_record_is_told(clinic: Clinic, hemifacial: CommandLine) -> None:
    other = clinic.folder / "other.db"
    with sqlite3.connect(other) as raw:
        raw.execute("CREATE TABLE t (x)")
    raw.close()
    for path, problem in ((other, "another program"), (clinic.folder / "no.db", "no such record")):
        ended = hemifacial("case", "show", path)
        assert ended.status == 3
        assert problem in ended.err


def test_a_record_that_is_brought_to_a_newer_schema_says_so(
    hemifacial: CommandLine, tmp_path: Path
) -> None:
    path = tmp_path / "old.db"
    of_schema(path, 1)
    first, second = (hemifacial("case", "show", path) for _ in range(2))
    assert f"brought from schema 1 to {NEWEST_SCHEMA}" in first.err
    assert (first.status, second.err) == (0, "")
    assert first.out == second.out


def test_an_encrypted_record_is_opened_with_a_key_file(
    hemifacial: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("sqlcipher3")
    monkeypatch.setenv("HEMIFACIAL_PROFILE", "anna")
    key = tmp_path / "key"
    key.write_text("a long enough key\n")
    clinic = Clinic(hemifacial, tmp_path)
    made = clinic.fine("create", "--profile", "anna", "--name", "Dr X", "--key-file", key)
    assert "Not encrypted" not in made.err
    shown = clinic.fine("show", "--key-file", key).out
    assert "Encrypted: without its key nobody can read it." in shown
    assert "give its key with --key-file" in clinic("show").err
    key.write_text("short")
    assert "holds no key of at least 12 letters" in clinic("show", "--key-file", key).err


def test_help_names_every_command(hemifacial: CommandLine) -> None:
    helped = hemifacial("case", "--help").out
    for command in (
        "create profile patient visit add add-result replace withdraw show timeline import kinds "
        "verify backup erase"
    ).split():
        assert f"\n  {command} " in helped
    assert "..." not in helped.partition("Commands:")[2], "no line is cut off"
