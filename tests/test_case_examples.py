"""`case kinds` says of every kind what it asks for, and prints an example that is accepted."""

from __future__ import annotations

import json
import shlex
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest

from case_records import new_record, with_patient
from command_line import CommandLine
from hemifacial.care.warnings import Severity
from hemifacial.case import open_record
from hemifacial.case.columns import described, example_of
from hemifacial.case.kinds import KINDS, Kind, decoded, type_of
from hemifacial.errors import InputError

BY_HAND = [kind for kind in KINDS.values() if kind.by_hand]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HEMIFACIAL_PROFILE", "anna")
    with_patient(new_record(tmp_path), "P017")
    return tmp_path


@pytest.mark.parametrize("kind", BY_HAND, ids=lambda kind: kind.word)
def test_the_printed_example_is_accepted_as_printed(
    folder: Path, hemifacial: CommandLine, kind: Kind
) -> None:
    printed = hemifacial("case", "kinds", kind.word).out
    told, _, body = printed.partition("Save what follows as example.json, then: ")
    command, _, text = body.partition("\n")
    assert told
    (folder / "example.json").write_text(text, encoding="utf-8")
    program, *words = shlex.split(command)
    assert program == "hemifacial"
    ended = hemifacial(*words)
    assert ended.status == 0, ended.err
    with open_record(folder / "clinic.db") as record:
        entry = record.entry(record.head.number)
    assert entry.kind == kind.word
    assert [one for one in entry.warnings if one.severity is Severity.STOP] == []


@pytest.mark.parametrize("kind", BY_HAND, ids=lambda kind: kind.word)
def test_the_document_holds_the_same(hemifacial: CommandLine, kind: Kind) -> None:
    document = json.loads(hemifacial("case", "kinds", kind.word, "--json").out)
    assert document["example"] == example_of(kind)
    assert [one["path"] for one in document["fields"]] == [one.path for one in described(kind)]
    assert document["command"].endswith(f" {kind.word} example.json")


@pytest.mark.parametrize("kind", BY_HAND, ids=lambda kind: kind.word)
def test_what_is_called_required_is_required_and_nothing_else(kind: Kind) -> None:
    """A body of the required fields alone is read; without any one of them it is not."""
    top = {one.path.split(".")[0] for one in described(kind) if one.required == "yes"}
    example: dict[str, Any] = dict(example_of(kind) or {})
    needed = {
        one.name
        for one in fields(type_of(kind))
        if one.default is MISSING and one.default_factory is MISSING
    }
    assert top == needed
    for name in needed:
        without = {key: value for key, value in example.items() if key != name}
        with pytest.raises(InputError, match=f"not a {kind.word}"):
            decoded(kind.word, kind.version, without)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_number_has_a_unit(kind: Kind) -> None:
    lacking = [one.path for one in described(kind) if "number" in one.what and not one.unit]
    assert lacking == []


def test_required_unit_and_words_stand_beside_a_field(hemifacial: CommandLine) -> None:
    lines = {
        line.split()[0]: line
        for line in hemifacial("case", "kinds", "toxin_session").out.splitlines()
        if line.strip()
    }
    assert lines["injections.dose.units"].split(maxsplit=1)[1] == (
        "required             number (units of the product)"
    )
    assert "right, left" in lines["injections.side"]
    assert "(with vials.used)" in lines["vials.used.units"]
    assert "required" not in lines["injections.volume_ml"]
    assert "(ml)" in lines["injections.volume_ml"]
    steps = hemifacial("case", "kinds", "operation").out
    assert "teflon_in" in steps
    assert "cannot_tell, not_measured" in " ".join(steps.split())
    assert "grade, 1 to 6" in hemifacial("case", "kinds", "operation_outcome").out


def place_of(example: Any, path: str) -> Any:
    """The part of an example that holds a field; None where it does not have it."""
    *outer, last = path.split(".")
    for name in outer:
        example = example.get(name)
        example = example[0] if isinstance(example, list) and example else example
        if not isinstance(example, dict):
            return None
    return example if last in example else None


CLOSED = [
    (kind, column)
    for kind in BY_HAND
    for column in described(kind)
    if column.words and not column.others and place_of(example_of(kind), column.path) is not None
]


def test_most_closed_lists_are_tried() -> None:
    assert len(CLOSED) > 40


@pytest.mark.parametrize(
    ("kind", "column"), CLOSED, ids=[f"{kind.word}.{column.path}" for kind, column in CLOSED]
)
def test_another_word_of_a_closed_list_is_refused(kind: Kind, column: Any) -> None:
    example = json.loads(json.dumps(example_of(kind)))
    decoded(kind.word, kind.version, example)
    name = column.path.split(".")[-1]
    place_of(example, column.path)[name] = ["no such"] if column.several else "no such"
    with pytest.raises(InputError, match=f"not a {kind.word}"):
        decoded(kind.word, kind.version, example)


@pytest.mark.parametrize("word", ["clinic", "backup", "erasure", "withdrawal"])
def test_what_cannot_be_added_says_how_it_comes(hemifacial: CommandLine, word: str) -> None:
    printed = hemifacial("case", "kinds", word).out
    assert "hemifacial case " in printed
    assert "example" not in printed
    assert json.loads(hemifacial("case", "kinds", word, "--json").out)["example"] is None
