"""What pages say and enter, asked without a browser: forms of every kind, and their history."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from hemifacial.anatomy import Side
from hemifacial.care.decompression.operation import LateralSpread, Operation
from hemifacial.care.toxin.session import Session
from hemifacial.case.kinds import KINDS, type_of
from hemifacial.web.forms.fields import Shape, fields_of
from hemifacial.web.forms.typed import Mistakes, fact_of, filled_in
from web_server import Served, record_with, served

OWN_FORM = ("toxin_session", "scale", "drug_change", "answers")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with served(record_with(tmp_path_factory.mktemp("pages"), onset_year=2019)) as running:
        yield running


def enter(server: Served, kind: str, fields: dict[str, Any], **more: Any) -> Any:
    return server.change(f"/patients/P1/enter/{kind}", {"fields": fields, **more})


def last(server: Served) -> Any:
    return server.office.records.run(lambda record: record.entries("P1")[-1])


def test_every_kind_that_is_entered_by_hand_has_a_form(server: Served) -> None:
    for kind in KINDS.values():
        if not kind.by_hand or kind.of_clinic or kind.word in ("patient", "result", "recording"):
            continue
        answer = server.ask(f"/patients/P1/enter/{kind.word}")
        assert answer.status == (303 if kind.word in OWN_FORM else 200), kind.word
        for field in fields_of(type_of(kind)):
            if kind.word not in OWN_FORM and field.shape not in (Shape.GROUP, Shape.LIST):
                assert f'name="{field.path}"' in answer.text, (kind.word, field.path)


def test_a_fact_goes_into_its_form_and_comes_back_the_same() -> None:
    cells = {
        "on": "2026-01-20",
        "side": "left",
        "vessels": ["basilar_artery"],
        "steps.0.step": "baseline",
        "steps.0.at": "2026-01-20T09:30",
        "steps.4.step": "teflon_in",
        "steps.4.lateral_spread": "gone",
        "steps.4.left_percent": "3,5",
        "wave_v.least_amplitude_percent": "40",
        "wave_v.lost_at_the_end": "no",
        "tandem": "",
    }
    made = fact_of(Operation, cells)
    assert isinstance(made, Operation)
    assert [one.step for one in made.steps] == ["baseline", "teflon_in"]
    assert made.steps[0].at is not None
    assert made.steps[0].at.tzinfo is not None
    assert made.steps[1].lateral_spread is LateralSpread.GONE
    assert made.steps[1].left_percent == 3.5
    assert made.tandem is None
    assert made.wave_v.lost_at_the_end is False
    assert fact_of(Operation, filled_in(made)) == made


def test_each_mistake_is_told_at_its_field() -> None:
    with pytest.raises(Mistakes) as caught:
        fact_of(
            Operation, {"side": "left", "steps.0.step": "lunch", "wave_v.longest_delay_ms": "x"}
        )
    assert {(one.path, one.label) for one in caught.value.each} == {
        ("on", "Day"),
        ("steps.0", "Steps 1"),
        ("wave_v.longest_delay_ms", "Longest delay (ms)"),
    }
    assert "lunch" in str(caught.value)
    with pytest.raises(Mistakes, match="two products|one product|session of"):
        fact_of(
            Session,
            {
                "happened_on": "2026-01-01",
                "product": "botox",
                "injections.0.muscle": "frontalis",
                "injections.0.side": "left",
                "injections.0.dose.product": "dysport",
                "injections.0.dose.units": "5",
            },
        )


def test_an_operation_stands_with_the_drugs_of_its_day_and_the_curve_of_relief(
    server: Served,
) -> None:
    drug = {"drug": "gabapentin", "kind": "start", "on": "2026-01-02", "mg_per_day": "900"}
    assert enter(server, "drug_change", drug).status == 200
    operation = {"on": "2026-06-20", "side": "left", "vessels": ["basilar_artery"]}
    assert enter(server, "operation", operation).status == 200
    (taken,) = last(server).body.drugs_of_the_day
    assert (taken.drug, taken.mg_per_day) == ("gabapentin", 900)
    assert any("Not recorded" in one.text for one in last(server).warnings)
    page = server.ask("/patients/P1/operations").text
    assert "Operated on 2026-06-20" in page
    assert "<svg" in page
    refused = enter(server, "operation", {**operation, "on": "2999-01-01"})
    assert refused.status == 400


def test_scales_are_scored_and_a_stop_waits_for_what_was_done(server: Served) -> None:
    items = {f"item.{number}": "1" for number in range(1, 10)}
    phq = {"scale": "phq_9", "fields": items}
    said = server.change("/patients/P1/scales/check", phq).values
    assert said["said"].startswith("Total 9 of 27")
    assert said["warnings"][0]["severity"] == "stop"
    assert server.change("/patients/P1/scales", phq).status == 400
    assert server.change("/patients/P1/scales", {**phq, "why": "talked, seen today"}).status == 200
    assert (last(server).body.total, last(server).why) == (9.0, "talked, seen today")
    wrong = server.change("/patients/P1/scales", {**phq, "fields": {"item.1": "7"}})
    assert "not within 0 to 3" in wrong.values["problem"]


def test_answers_are_ranked_while_they_come_and_kept_as_answers(server: Served) -> None:
    answers = {"one_side_always": "yes", "tumour": "yes"}
    found = server.change("/patients/P1/differential/check", {"fields": answers}).values
    assert found["candidates"][0]["label"].startswith("primary hemifacial spasm")
    assert "no diagnosis" in found["sentence"]
    assert any("MRI" in one["next_step"] for one in found["warnings"])
    assert server.change("/patients/P1/differential", {"fields": {}}).status == 400
    assert server.change("/patients/P1/differential", {"fields": answers}).status == 200
    assert last(server).kind == "answers"
    assert {one.feature for one in last(server).body.given} == set(answers)
    bad = server.change("/patients/P1/differential/check", {"fields": {"x": "yes"}})
    assert bad.status == 400


def test_a_correction_replaces_and_the_last_entry_is_taken_back(server: Served) -> None:
    enter(server, "note", {"text": "left eye"}, on="2026-02-01")
    old = last(server).number
    form = server.ask(f"/entries/{old}/replace").text
    assert "left eye" in form
    address = f"/entries/{old}/replace"
    silent = server.change(address, {"fields": {"text": "right eye"}, "on": "2026-02-01"})
    assert "without a reason" in silent.values["problem"]
    given = {"fields": {"text": "right eye"}, "on": "2026-02-01", "why": "misheard"}
    assert server.change(address, given).values == {"go": "/patients/P1"}
    assert last(server).replaces == old
    assert server.change(address, given).status == 400
    new = last(server).number
    assert server.change(f"/entries/{new}/withdraw", {"why": ""}).status == 400
    assert server.change(f"/entries/{new}/withdraw", {"why": "wrong patient"}).status == 200
    page = server.ask("/patients/P1").text
    assert f"replaced by {new}" in page
    assert "wrong patient" in page


def test_patients_are_found_by_the_beginning_of_their_code(server: Served) -> None:
    fields = {"code": "Q9", "side": "right", "birth_year": "1970"}
    assert server.change("/new-patient", {"fields": fields}).values == {"go": "/patients/Q9"}
    assert server.change("/new-patient", {"fields": fields}).status == 400
    found = server.ask("/?q=Q").text
    assert "/patients/Q9" in found
    assert "/patients/P1" not in found
    named = server.change("/new-patient", {"fields": {"code": "Ann 1970-01-02"}})
    assert named.status == 400
    assert server.office.records.run(lambda record: record.entries("Q9")[0].body.side) is Side.RIGHT


@pytest.mark.parametrize("what", ["case", "letter", "sheet", "diary"])
def test_what_is_handed_over_is_complete_in_itself(server: Served, what: str) -> None:
    page = server.ask(f"/patients/P1/documents/{what}/page?to=Dr%20%3Cb%3E&question=Fit?")
    assert page.status == 200
    assert page.headers["content-security-policy"].startswith("sandbox")
    assert "Content-Security-Policy" in page.text
    assert "<b>" not in page.text
    assert not re.search(r"(src|href)=\"https?:", page.text)


def test_without_somebody_who_signs_nothing_is_entered(server: Served) -> None:
    server.office.signer = ""
    try:
        answer = enter(server, "note", {"text": "words"})
        assert answer.status == 400
        assert "Choose who signs" in answer.values["next_step"]
        assert server.put("P1", "x.mp4", b"x").status == 400
        assert server.change("/signer", {"profile": "nobody"}).status == 400
        assert server.change("/signer", {"profile": "anna"}).status == 200
        assert server.office.signer == "anna"
    finally:
        server.office.signer = "anna"


@pytest.mark.skipif(sys.platform == "win32", reason="ends it with a signal")
def test_the_command_prints_one_address_and_ends_with_the_signal(tmp_path: Path) -> None:
    record = record_with(tmp_path)
    process = subprocess.Popen(
        [sys.executable, "-m", "hemifacial", "serve", str(record), "--no-browser", "--by", "anna"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)(/enter\?token=[\w-]{40,})", address)
        assert found is not None
        connection = HTTPConnection("127.0.0.1", int(found[1]), timeout=20)
        connection.request("GET", found[2])
        assert connection.getresponse().status == 303
        connection.close()
    finally:
        os.kill(process.pid, signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert "token" not in said
    assert "Traceback" not in said
