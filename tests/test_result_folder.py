"""The result folder: round trips, written whole or not at all, refused with a reason."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hemifacial.anatomy import Side
from hemifacial.corrections import Action, Correction
from hemifacial.errors import InputError, UsageError
from hemifacial.findings import Event, Result, Status
from hemifacial.formats import files
from hemifacial.formats.criteria import read_criteria
from hemifacial.formats.events_table import COLUMNS, read_events, write_events
from hemifacial.formats.result_folder import (
    as_document,
    check_destination,
    read_corrections,
    read_result,
    read_stills,
    replace_pages,
    write_result,
)
from hemifacial.formats.review_file import merged, read_review, write_review
from hemifacial.formats.schema import mistakes_in
from hemifacial.formats.signals_table import read_signals, write_signals
from results import SHA256, event, small_result
from results import events as any_event

PAGES = {
    "report.html": "<p>µ</p>",
    "figures/timeline.svg": "<svg/>",
    "stills/rest.jpg": b"\xff\xd8",
}


def write(folder: Path, result: Result) -> None:
    write_result(folder, result, recording_duration_s=2.0, pages=PAGES)


def test_result_comes_back_as_it_was(tmp_path: Path) -> None:
    result = small_result(event(), event("e0002", onset_s=1.5, side=Side.LEFT))
    write(tmp_path / "r", result)
    back = read_result(tmp_path / "r")
    assert back.provenance == result.provenance
    assert back.findings == result.findings
    assert back.events == result.events
    assert back.signals["face"].identical(result.signals["face"])


def test_folder_holds_what_the_contract_names(tmp_path: Path) -> None:
    write(tmp_path / "r", small_result(event()))
    names = {str(path.relative_to(tmp_path / "r")) for path in (tmp_path / "r").rglob("*")}
    assert names == {
        "findings.json",
        "events.tsv",
        "events.json",
        "face.parquet",
        "report.html",
        "figures",
        "figures/timeline.svg",
        "stills",
        "stills/rest.jpg",
    }
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_events_table_has_the_columns_of_the_contract_in_order(tmp_path: Path) -> None:
    write_events(tmp_path / "events.tsv", [event(phase="", peak_time_s=None)])
    header, row = (tmp_path / "events.tsv").read_text().splitlines()
    assert (
        header.split("\t")
        == (
            "onset duration event_id trial_type side sites phase peak_time amplitude "
            "amplitude_unit confidence parent_id"
        ).split()
    )
    assert row == "1\t0.2\te0001\tspasm_clonic\tright\tmouth_corner\tn/a\tn/a\t3.25\tmm\t0.75\tn/a"
    described = json.loads((tmp_path / "events.json").read_text())
    assert list(described) == list(COLUMNS)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(
    st.lists(any_event, max_size=5, unique_by=lambda e: e.event_id), st.none() | st.floats(0, 1e6)
)
def test_events_round_trip(tmp_path: Path, events: list[Event], duration_s: float | None) -> None:
    path = tmp_path / "events.tsv"
    write_events(path, events, recording_duration_s=duration_s)
    table = read_events(path)
    assert sorted(table.events, key=lambda e: e.event_id) == sorted(
        events, key=lambda e: e.event_id
    )
    if duration_s is not None:
        assert table.recording_duration_s == pytest.approx(duration_s, abs=1e-6)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the column onset, duration, trial_type is missing"),
        ("onset\tduration\n1\t2\n", "the column trial_type is missing"),
        ("onset\tduration\ttrial_type\nx\t2\tspasm_tonic\n", "line 2: could not convert string"),
        ("onset\tduration\ttrial_type\n1\t2\twink\n", "line 2: unknown trial_type 'wink'"),
        ("onset\tduration\ttrial_type\tside\n1\t2\tspasm_tonic\tmiddle\n", "line 2: 'middle'"),
        ("onset\tduration\ttrial_type\n1\t2\n", "line 2: the row does not have as many cells"),
        ("onset\tduration\ttrial_type\n1\t2\tspasm_tonic\t4\n", "line 2: the row does not have"),
        (
            "onset\tduration\ttrial_type\tevent_id\n1\t2\tspasm_tonic\ta\n3\t2\tspasm_tonic\ta\n",
            "event_id a stands more than once",
        ),
    ],
)
def test_bad_events_table_is_refused_by_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "events.tsv"
    path.write_text(text)
    with pytest.raises(InputError, match=message):
        read_events(path)


def test_events_of_a_person_need_only_three_columns(tmp_path: Path) -> None:
    path = tmp_path / "rater.tsv"
    path.write_text("onset\tduration\ttrial_type\n1\t2\tspasm_tonic\n4\t0.1\tblink_complete\n")
    assert [e.event_id for e in read_events(path).events] == ["row2", "row3"]
    assert read_events(path).recording_duration_s is None


def test_table_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "events.tsv").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match="not a UTF-8 text file"):
        read_events(tmp_path / "events.tsv")
    with pytest.raises(InputError, match="cannot be read"):
        read_events(tmp_path / "none.tsv")


def test_new_measurement_replaces_the_old_and_keeps_the_review(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    first = small_result(event())
    write(folder, first)
    line = Correction(
        action=Action.REJECT,
        before=event(),
        after=None,
        who="A",
        when="2026-11-22T14:00:00Z",
        why="chewing",
    )
    write_review(folder / "review.json", first.provenance, [line])
    write_result(folder, small_result(event("e0009")), recording_duration_s=2.0, pages={})
    assert [e.event_id for e in read_result(folder).events] == ["e0009"]
    assert read_corrections(folder, first.provenance) == (line,)
    assert not (folder / "report.html").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_other_recording_is_not_overwritten(tmp_path: Path) -> None:
    write(tmp_path / "r", small_result(event()))
    with pytest.raises(UsageError, match="holds the result of another recording, patient.mp4"):
        write(tmp_path / "r", small_result(sha256="f" * 64))
    assert read_result(tmp_path / "r").provenance.input_sha256 == SHA256


def test_foreign_folder_and_file_are_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "holiday").mkdir()
    (tmp_path / "holiday" / "photo.jpg").write_bytes(b"x")
    (tmp_path / "file").write_text("x")
    for name in ("holiday", "file"):
        with pytest.raises(UsageError, match="is there already and is not a result folder"):
            check_destination(tmp_path / name, SHA256)
    (tmp_path / "empty").mkdir()
    check_destination(tmp_path / "empty", SHA256)
    check_destination(tmp_path / "new", SHA256)


@pytest.mark.parametrize(
    "name", ["visit.mp4", "notes.txt", "figures/own.png", "stills/more/rest.jpg", "sub/a.svg", "x/"]
)
def test_what_was_put_into_a_result_is_not_removed(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "r"
    write(folder, small_result(event()))
    (folder / name).parent.mkdir(exist_ok=True)
    if name.endswith("/"):
        (folder / name).mkdir()
    else:
        (folder / name).write_text("mine")
    with pytest.raises(UsageError, match="which would be removed") as caught:
        write(folder, small_result(event("e0009")))
    assert f"it holds {'stills/more' if 'more' in name else name.split('/a.')[0].strip('/')}," in (
        caught.value.problem
    )
    assert (folder / name).exists()
    assert read_result(folder).events == (event(),)


def test_a_link_in_a_result_is_not_removed(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    write_result(folder, small_result(event()), recording_duration_s=2.0, pages={})
    (tmp_path / "elsewhere").mkdir()
    (folder / "figures").symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    with pytest.raises(UsageError, match="it holds figures, which would be removed"):
        check_destination(folder, SHA256)


def test_what_a_computer_leaves_behind_stands_in_no_way(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    write(folder, small_result(event()))
    for name in (".DS_Store", "figures/Thumbs.db", ".report.partial-x.html"):
        (folder / name).write_bytes(b"x")
    write(folder, small_result(event("e0009")))
    assert not (folder / ".DS_Store").exists()


@pytest.mark.parametrize("name", [".", "sub/.."])
def test_the_current_folder_can_become_the_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "r").mkdir()
    monkeypatch.chdir(tmp_path / "r")
    write(Path(name), small_result(event()))
    assert read_result(tmp_path / "r").events == (event(),)
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_the_root_of_a_disk_is_no_folder_to_write() -> None:
    with pytest.raises(UsageError, match="is the root of a disk"):
        check_destination(Path(Path.cwd().anchor), SHA256)


@pytest.mark.parametrize(
    "labels",
    [
        {"unit": "1", "note": "7", "quality": "true", "none": "null"},
        {"unit": "mm", "threshold": 1.5, "noise_floor": float("inf"), "n": 3, "verified": True},
        {"threshold": "8", "not": "NaN", "list": [1, "a"]},
    ],
)
def test_labels_of_signals_come_back_as_they_were(tmp_path: Path, labels: dict[str, Any]) -> None:
    signals = small_result().signals["face"].copy()
    signals["eye_closure_right"].attrs |= labels
    signals.attrs = {**labels, "duration_s": 0.16}
    write_signals(tmp_path / "face.parquet", signals)
    back = read_signals(tmp_path / "face.parquet")
    assert back.attrs == signals.attrs
    for name, value in signals["eye_closure_right"].attrs.items():
        came = back["eye_closure_right"].attrs[name]
        assert (came, type(came)) == (value, type(value))


def test_signals_of_an_earlier_version_keep_their_numbers(tmp_path: Path) -> None:
    """Version 0.1.0 wrote numbers as text without saying which labels were numbers."""
    labels = {"unit": "1", "side": "right", "site": "eyelids", "quantity": "x", "threshold": "1.5"}
    columns = pa.schema(
        [
            pa.field("time", pa.float64(), metadata={"unit": "s"}),
            pa.field("x", pa.float64(), metadata=labels),
        ],
        metadata={"duration_s": "0.04", "problems": "7"},
    )
    pq.write_table(pa.table([[0.0], [1.0]], schema=columns), tmp_path / "face.parquet")
    back = read_signals(tmp_path / "face.parquet")
    assert back.attrs == {"duration_s": 0.04, "problems": "7"}
    assert back["x"].attrs == {**labels, "threshold": 1.5}


def test_a_table_that_excel_saved_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rater.tsv"
    path.write_bytes(b"\xef\xbb\xbfonset\tduration\ttrial_type\r\n1\t2\tspasm_tonic\r\n")
    assert [(e.onset_s, e.trial_type) for e in read_events(path).events] == [(1, "spasm_tonic")]


def own_table(path: Path, name: str, value: str, unit: str = "1") -> Path:
    header = "name\tvalue\tunit\tmeaning\tsource\tverified"
    path.write_text(f"{header}\n{name}\t{value}\t{unit}\tx\tour clinic\tyes\n")
    return path


@pytest.mark.parametrize(
    ("name", "value", "range_"),
    [
        ("valley_share", "1.5", "above 0 and at most 1"),
        ("valley_share", "0", "above 0 and at most 1"),
        ("resting_eye_quantile", "nan", "above 0 and at most 1"),
        ("noise_multiple", "inf", "above 0 and finite"),
        ("noise_multiple", "-8", "above 0 and finite"),
    ],
)
def test_a_criterion_out_of_its_range_is_refused(
    tmp_path: Path, name: str, value: str, range_: str
) -> None:
    own = own_table(tmp_path / "own.tsv", name, value)
    with pytest.raises(
        InputError, match=rf"own\.tsv: line 2: {name} is {value}; it must be {range_}"
    ):
        read_criteria("hemifacial.face", "criteria.tsv", own)


def test_a_criterion_within_its_range_takes_its_place(tmp_path: Path) -> None:
    own = own_table(tmp_path / "own.tsv", "valley_share", "1")
    assert read_criteria("hemifacial.face", "criteria.tsv", own)["valley_share"].value == 1


def test_nothing_is_left_when_writing_fails_half_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "r"
    write(folder, small_result(event()))
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    def full(path: Path, signals: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("hemifacial.formats.result_folder.write_signals", full)
    with pytest.raises(InputError, match="cannot be written .No space left on device."):
        write(folder, small_result(event("e0005")))
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["r"]
    with pytest.raises(InputError, match="No space left"):
        write(tmp_path / "fresh", small_result())
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_interrupted_exchange_is_put_back(tmp_path: Path) -> None:
    write(tmp_path / "r", small_result(event()))
    (tmp_path / "r").rename(tmp_path / ".r.previous")
    with pytest.raises(ValueError, match="stop"), files.new_folder(tmp_path / "r"):
        raise ValueError("stop")
    assert read_result(tmp_path / "r").events == (event(),)
    assert [path.name for path in tmp_path.iterdir()] == ["r"]


def test_pages_are_made_anew_and_measured_files_stay(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    write(folder, small_result(event()))
    before = {
        name: (folder / name).read_bytes()
        for name in ("findings.json", "events.tsv", "face.parquet")
    }
    replace_pages(folder, {"report.html": "new", "figures/timeline.svg": "new"})
    assert (folder / "report.html").read_text() == "new"
    assert {name: (folder / name).read_bytes() for name in before} == before


def test_stills_come_back(tmp_path: Path) -> None:
    folder = tmp_path / "r"
    pages = {"stills/rest.jpg": b"a", "stills/e0001.jpg": b"b"}
    write_result(folder, small_result(event()), recording_duration_s=2.0, pages=pages)
    stills = read_stills(folder, [event()])
    assert [(still.title, still.jpeg) for still in stills] == [
        ("At rest", b"a"),
        ("e0001 at its peak, 1.10 s", b"b"),
    ]


def test_folder_without_findings_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"not a result folder, findings.json is missing"):
        read_result(tmp_path)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("schema_version",), 2, r"\$.schema_version: 1 was expected"),
        (("findings", 0, "side"), "middle", r"\$.findings\[0\].side: 'middle' is not one of"),
        (("findings", 0, "value"), None, r"\$.findings\[0\].value: None is not of type 'number'"),
        (("findings", 1, "detection_limit"), None, r"\$.findings\[1\].detection_limit"),
        (("findings", 0, "extra"), 1, "Additional properties are not allowed"),
        (("provenance", "input_sha256"), "abc", "does not match"),
        (("findings", 0, "quantity"), "beauty", "unknown quantity 'beauty'"),
    ],
)
def test_broken_findings_are_refused_by_place(
    tmp_path: Path, path: tuple[str | int, ...], value: object, message: str
) -> None:
    write(tmp_path / "r", small_result())
    document = as_document(small_result())
    document = json.loads(json.dumps(document))
    place = document
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    (tmp_path / "r" / "findings.json").write_text(json.dumps(document))
    with pytest.raises(InputError, match=message):
        read_result(tmp_path / "r")


def test_schema_and_code_know_the_same_words() -> None:
    document = json.loads(json.dumps(as_document(small_result())))
    assert mistakes_in(document, "findings") == []
    for side in Side:
        document["findings"][0]["side"] = side.value
        assert mistakes_in(document, "findings") == []
    assert {status.value for status in Status} == {
        "measured",
        "not_judged",
        "below_detection_limit",
    }


def test_result_that_breaks_its_schema_is_not_written(tmp_path: Path) -> None:
    result = small_result()
    broken = replace(result, provenance=replace(result.provenance, input_sha256="short"))
    with pytest.raises(ValueError, match="breaks its own schema"):
        write(tmp_path / "r", broken)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["{", "[]", "null", "[" * 100_000, '{"schema_version": 1}'])
def test_review_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "review.json").write_text(text)
    with pytest.raises(InputError, match=r"review\.json"):
        read_review(tmp_path / "review.json", small_result().provenance)


def test_review_of_another_recording_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "review.json"
    write_review(path, small_result().provenance, [])
    with pytest.raises(InputError, match="of another recording or method"):
        read_review(path, small_result(sha256="f" * 64).provenance)


def test_review_with_an_impossible_event_is_refused_by_place(tmp_path: Path) -> None:
    path = tmp_path / "review.json"
    provenance = small_result().provenance
    line = Correction(
        action=Action.ADD, before=None, after=event(), who="A", when="2026-11-22T14:00:00Z"
    )
    write_review(path, provenance, [line])
    path.write_text(path.read_text().replace("spasm_clonic", "wink"))
    with pytest.raises(InputError, match=r"\$\.corrections\[0\]: unknown trial_type 'wink'"):
        read_review(path, provenance)


def test_merging_keeps_every_signed_line_once() -> None:
    one, two, three = (
        Correction(
            action=Action.ADD,
            before=None,
            after=event(f"e{n}"),
            who="A",
            when="2026-11-22T14:00:00Z",
        )
        for n in range(3)
    )
    assert merged([one, two], [one, three]) == (one, two, three)
    assert merged([], [one]) == (one,)
    assert merged([one], []) == (one,)


@pytest.mark.parametrize("number", ["9" * 400, "1e303", "-1e9", "nan"])
@pytest.mark.parametrize("column", ["onset", "duration"])
def test_a_time_that_no_recording_has_is_refused(tmp_path: Path, column: str, number: str) -> None:
    path = tmp_path / "rater.tsv"
    row = {"onset": "1", "duration": "2", column: number}
    path.write_text(f"onset\tduration\ttrial_type\n{chr(9).join(row.values())}\tspasm_tonic\n")
    with pytest.raises(InputError, match=r"line 2: .{0,40} is not a number below 1e\+09"):
        read_events(path)


@pytest.mark.parametrize("number", ["9" * 400, "1e303", "99"])
def test_a_correction_beyond_its_recording_is_refused_by_place(tmp_path: Path, number: str) -> None:
    path, provenance = tmp_path / "review.json", small_result().provenance
    line = Correction(
        action=Action.ADD, before=None, after=event(), who="A", when="2026-11-22T14:00:00Z"
    )
    write_review(path, provenance, [line])
    path.write_text(path.read_text().replace('"onset": 1.0', f'"onset": {number}'))
    with pytest.raises(InputError, match=r"review\.json: \$\.corrections\[0\]: "):
        read_review(path, provenance, recording_duration_s=2.0)


@pytest.mark.parametrize("stated", ["1e303", "-1", "9" * 400])
def test_a_stated_duration_that_none_has_is_refused(tmp_path: Path, stated: str) -> None:
    write_events(tmp_path / "events.tsv", [event()])
    (tmp_path / "events.json").write_text(f'{{"RecordingDuration": {stated}}}')
    with pytest.raises(InputError, match=r"events\.json: not a sidecar"):
        read_events(tmp_path / "events.tsv")


def test_no_file_of_ours_holds_what_json_has_no_number_for(tmp_path: Path) -> None:
    result = small_result()
    broken = replace(
        result, provenance=replace(result.provenance, parameters={"threshold": float("nan")})
    )
    with pytest.raises(ValueError, match="not JSON compliant"):
        write(tmp_path / "r", broken)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_events(tmp_path / "events.tsv", [], recording_duration_s=float("nan"))
    write(tmp_path / "r", result)
    findings = tmp_path / "r" / "findings.json"
    findings.write_text(findings.read_text().replace('"mirrored": false', '"mirrored": NaN'))
    with pytest.raises(InputError, match="NaN is no number of JSON"):
        read_result(tmp_path / "r")
