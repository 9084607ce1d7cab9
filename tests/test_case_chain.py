"""Every edit of the file that was not followed by a full rewrite is found, and where."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from case_records import behind_its_back, new_record, with_patient
from hemifacial.case import open_record
from hemifacial.case.chain import FIRST_LINK, canonical, commitment_of, link_of
from hemifacial.case.verifying import Verification
from hemifacial.case.writing import SAID


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = new_record(tmp_path)
    with_patient(made, "P1")
    with_patient(made, "P2")
    return made


def answer_of(path: Path, anchor: str = "") -> Verification:
    with open_record(path) as record:
        return record.verify(anchor=anchor)


def places(path: Path) -> set[int | None]:
    return {fault.number for fault in answer_of(path).faults}


def test_a_record_that_nobody_edited_is_in_order(path: Path) -> None:
    answer = answer_of(path)
    assert (answer.faults, answer.entries, answer.erased) == ((), 12, 0)


def test_the_chain_is_what_the_page_says(path: Path) -> None:
    """A second implementation, from docs/case.md alone."""
    import hashlib

    with sqlite3.connect(path) as raw:
        rows = raw.execute(
            f"SELECT {', '.join(SAID)}, salt, commitment, link FROM entry ORDER BY number"
        ).fetchall()
    raw.close()
    link = bytes(32)
    for *said, salt, commitment, stored in rows:
        text = json.dumps(said, separators=(",", ":"), ensure_ascii=False)
        assert hashlib.sha256(salt + text.encode()).digest() == commitment
        link = hashlib.sha256(link + said[0].to_bytes(8, "big") + commitment).digest()
        assert link == stored
    assert len({row[-3] for row in rows}) == len(rows), "every entry has a salt of its own"
    assert answer_of(path).head.link == link.hex()


_SET = "UPDATE entry SET {} WHERE number = 5"
EDITS = {
    "patient": _SET.format("patient = 8"),
    "kind": _SET.format("kind = 'visit'"),
    "version": _SET.format("version = 0"),
    "happened_on": _SET.format("happened_on = '2026-01-06'"),
    "body": _SET.format("body = replace(body, 'words', 'other')"),
    "a space in the body": _SET.format("body = replace(body, ':', ': ')"),
    "warnings": _SET.format("warnings = '[{}]'"),
    "replaces": _SET.format("replaces = 4"),
    "entered_at": _SET.format("entered_at = '2020-01-01T00:00:00+00:00'"),
    "clock_behind_s": _SET.format("clock_behind_s = 1"),
    "entered_by": _SET.format("entered_by = 'bert'"),
    "why": _SET.format("why = 'because'"),
    "salt": _SET.format("salt = zeroblob(16)"),
    "commitment": _SET.format("commitment = zeroblob(32)"),
    "link": _SET.format("link = zeroblob(32)"),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_changed_column_is_found_at_its_entry(path: Path, name: str) -> None:
    with behind_its_back(path) as raw:
        assert raw.execute(EDITS[name]).rowcount == 1
    assert 5 in places(path)


def test_every_column_is_covered() -> None:
    assert set(EDITS) - {"a space in the body", "salt", "commitment", "link"} == set(SAID) - {
        "number"
    }


def test_bytes_that_are_changed_in_the_file_are_found(path: Path) -> None:
    data = path.read_bytes()
    assert data.count(b"words 1") == 2
    path.write_bytes(data.replace(b"words 1", b"words 7", 1))
    assert len(places(path)) == 1


def test_an_entry_that_was_taken_out_is_named(path: Path) -> None:
    with behind_its_back(path) as raw:
        raw.execute("DELETE FROM entry WHERE number = 5")
    answer = answer_of(path)
    assert [(one.number, one.what) for one in answer.faults] == [
        (5, "is missing"),
        (6, "does not follow from the entry before it"),
    ]


def test_entries_that_were_renumbered_after_one_was_taken_out_are_found(path: Path) -> None:
    with behind_its_back(path) as raw:
        raw.execute("DELETE FROM entry WHERE number = 5")
        for number in range(6, 8):
            raw.execute("UPDATE entry SET number = number - 1 WHERE number = ?", (number,))
    assert {5, 6} <= places(path)


def test_two_entries_that_changed_places_are_found(path: Path) -> None:
    with behind_its_back(path) as raw:
        for old, new in ((5, 99), (6, 5), (99, 6)):
            raw.execute("UPDATE entry SET number = ? WHERE number = ?", (new, old))
    assert {5, 6} <= places(path)


def test_two_bodies_that_changed_places_are_found(path: Path) -> None:
    with behind_its_back(path) as raw:
        bodies = dict(raw.execute("SELECT number, body FROM entry WHERE number IN (4, 5)"))
        raw.execute("UPDATE entry SET body = ? WHERE number = 4", (bodies[5],))
        raw.execute("UPDATE entry SET body = ? WHERE number = 5", (bodies[4],))
    assert places(path) == {4, 5}


def copied(raw: sqlite3.Connection, number: int, to: int) -> None:
    names = ", ".join((*SAID[1:], "salt", "commitment", "link"))
    raw.execute(
        f"INSERT INTO entry (number, {names}) SELECT ?, {names} FROM entry WHERE number = ?",
        (to, number),
    )


def test_an_entry_that_was_put_in_at_the_end_is_found(path: Path) -> None:
    with behind_its_back(path) as raw:
        copied(raw, 5, 13)
    assert places(path) == {13}


def test_an_entry_that_was_put_in_with_a_link_of_its_own_is_found(path: Path) -> None:
    """Who knows how links are made still needs those of all that follow."""
    with behind_its_back(path) as raw:
        raw.execute("UPDATE entry SET body = replace(body, 'words', 'other') WHERE number = 5")
        relink(raw, first=5, last=5)
    assert places(path) == {6}


def relink(raw: sqlite3.Connection, *, first: int, last: int) -> None:
    """Make commitments and links anew, as somebody would who wants to hide an edit."""
    (link,) = raw.execute("SELECT link FROM entry WHERE number = ?", (first - 1,)).fetchone()
    for number in range(first, last + 1):
        *said, salt = raw.execute(
            f"SELECT {', '.join(SAID)}, salt FROM entry WHERE number = ?", (number,)
        ).fetchone()
        commitment = commitment_of(salt, said)
        link = link_of(link, number, commitment)
        raw.execute(
            "UPDATE entry SET commitment = ?, link = ? WHERE number = ?", (commitment, link, number)
        )


def test_a_full_rewrite_is_found_by_an_anchor_alone(path: Path) -> None:
    head = answer_of(path).head
    with behind_its_back(path) as raw:
        raw.execute("UPDATE entry SET body = replace(body, 'words', 'other') WHERE number = 5")
        relink(raw, first=5, last=12)
    assert answer_of(path).faults == ()
    (fault,) = answer_of(path, head.link).faults
    assert fault.what.startswith("no entry ends in the head that was asked for")


def cut(raw: sqlite3.Connection) -> None:
    raw.execute("DELETE FROM entry WHERE number = 12")
    raw.execute("UPDATE patient SET entries = entries - 1 WHERE code = 'P2'")


def test_an_end_that_was_cut_off_is_found_by_an_anchor_alone(path: Path) -> None:
    head = answer_of(path).head
    with behind_its_back(path) as raw:
        cut(raw)
    assert answer_of(path).faults == ()
    assert answer_of(path, head.link).anchored is None
    assert len(answer_of(path, head.link).faults) == 1


def test_an_anchor_is_found_in_a_record_that_has_grown(path: Path) -> None:
    head = answer_of(path).head
    with_patient(path, "P3")
    for anchor in (head.link, head.link[:16], head.link.upper()):
        answer = answer_of(path, anchor)
        assert (answer.anchored, answer.faults) == (12, ())


_EMPTIED = ", ".join(f"{name} = NULL" for name in (*SAID[1:], "salt"))


def test_an_entry_that_was_emptied_without_an_erasure_is_found(path: Path) -> None:
    with behind_its_back(path) as raw:
        raw.execute(f"UPDATE entry SET {_EMPTIED} WHERE number = 5")
    assert [fault.what for fault in answer_of(path).faults] == ["is empty, and no erasure names it"]


def test_an_erased_entry_that_was_filled_again_is_found(path: Path) -> None:
    with sqlite3.connect(path) as raw:
        row = raw.execute(
            f"SELECT {', '.join(SAID[1:])}, salt FROM entry WHERE number = 9"
        ).fetchone()
    raw.close()
    with open_record(path) as record:
        record.erase("P2", by="anna", why="asked")
    with behind_its_back(path) as raw:
        raw.execute("INSERT INTO patient (key, code) VALUES (8, 'P2')")
        names = ", ".join(f"{name} = ?" for name in (*SAID[1:], "salt"))
        raw.execute(f"UPDATE entry SET {names} WHERE number = 9", row)
    assert (9, "was erased, and holds something again") in [
        (fault.number, fault.what) for fault in answer_of(path).faults
    ]


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE patient SET code = 'P9' WHERE code = 'P1'",
        "UPDATE patient SET last_on = '2026-02-02' WHERE code = 'P1'",
        "UPDATE patient SET entries = 4 WHERE code = 'P1'",
        "INSERT INTO patient (key, code) VALUES (3000, 'P9')",
    ],
)
def test_an_edited_list_of_patients_is_found(path: Path, edit: str) -> None:
    with behind_its_back(path) as raw:
        raw.execute(edit)
    (fault,) = answer_of(path).faults
    assert "list of patients was changed" in fault.what
    assert fault.number in (3, 3000)


@pytest.mark.parametrize(
    "edit",
    [
        "DROP TRIGGER entry_stays",
        "DROP INDEX entry_of_clinic",
        "CREATE TRIGGER own AFTER INSERT ON entry BEGIN DELETE FROM unfinished; END",
        "ALTER TABLE patient ADD COLUMN name TEXT",
    ],
)
def test_a_rule_that_was_changed_is_found(path: Path, edit: str) -> None:
    with sqlite3.connect(path) as raw:
        raw.execute(edit)
    raw.close()
    assert any("rule of the file" in fault.what for fault in answer_of(path).faults)


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("UPDATE entry SET why = 'x' WHERE number = 5", "entries are never changed"),
        ("UPDATE entry SET body = '{}' WHERE number = 5", "entries are never changed"),
        (f"UPDATE entry SET {_EMPTIED} WHERE number = 2", "entries are never changed"),
        ("DELETE FROM entry WHERE number = 12", "entries are never taken out"),
        ("DELETE FROM entry", "entries are never taken out"),
    ],
)
def test_the_file_itself_refuses_changes(path: Path, statement: str, refusal: str) -> None:
    with sqlite3.connect(path) as raw, pytest.raises(sqlite3.IntegrityError, match=refusal):
        raw.execute(statement)
    raw.close()


def test_the_file_itself_refuses_entries_out_of_order(path: Path) -> None:
    with sqlite3.connect(path) as raw:
        for number in (5, 14):
            with pytest.raises(sqlite3.IntegrityError, match="numbered without gaps"):
                copied(raw, 5, number)
    raw.close()


def test_an_edit_at_random_is_always_found(path: Path) -> None:
    """Any one cell of any entry, set to any other value that the file takes."""

    @settings(max_examples=40)
    @given(
        number=st.integers(1, 12),
        column=st.sampled_from(["body", "happened_on", "entered_by", "why", "warnings", "kind"]),
        text=st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12),
    )
    def look(number: int, column: str, text: str) -> None:
        with behind_its_back(path) as raw:
            (before,) = raw.execute(
                f"SELECT {column} FROM entry WHERE number = {number}"
            ).fetchone()
            raw.execute(f"UPDATE entry SET {column} = ? WHERE number = ?", (text, number))
        try:
            assert (number in places(path)) is (text != before)
        finally:
            with behind_its_back(path) as raw:
                raw.execute(f"UPDATE entry SET {column} = ? WHERE number = ?", (before, number))

    look()
    assert places(path) == set()


def test_canonical_json_has_one_form() -> None:
    assert canonical({"b": [1, 2.5, None], "a": "é\n"}) == '{"a":"é\\n","b":[1,2.5,null]}'
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical(float("nan"))


def test_the_chain_begins_with_nothing() -> None:
    assert bytes(32) == FIRST_LINK
