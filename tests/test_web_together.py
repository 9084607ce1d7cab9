"""Recordings of several files: which go together, what is kept of them, what is missing."""

from __future__ import annotations

import hashlib
import json
import secrets
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brainvision_files import header, markers
from dropped_files import bids, brainvision, small_plan
from hemifacial.errors import InputError
from hemifacial.formats.recording import open_recording
from hemifacial.twin.electro.recording import write_recording
from hemifacial.web.files import PARTS, Files
from hemifacial.web.grouping import sorted_out
from hemifacial.web.pieces import Piece, tables_of
from hemifacial.web.together import keep_together, main_of
from web_server import Served, record_with, served

pytestmark = pytest.mark.timeout(400)


def groups(*names: str) -> list[list[str]]:
    return [[names[one.main], *(names[k] for k in one.parts)] for one in sorted_out(names)[0]]


def left(*names: str) -> set[str]:
    return {names[one.number] for one in sorted_out(names)[1]}


def test_files_of_one_recording_are_told_by_their_names() -> None:
    assert groups("a.vmrk", "film.mp4", "a.vhdr", "b.edf", "a.eeg") == [
        ["film.mp4"],
        ["a.vhdr", "a.vmrk", "a.eeg"],
        ["b.edf"],
    ]
    # Renamed alone: it can only be of the one header; whether it is, the header says.
    assert groups("new.vhdr", "old.eeg", "OLD.VMRK") == [["new.vhdr", "old.eeg", "OLD.VMRK"]]
    assert groups("a.eeg", "a.vmrk") == [["a.eeg", "a.vmrk"]]
    assert groups("t.mapping.json", "t.csv") == [["t.csv", "t.mapping.json"]]
    assert groups("a.edf", "stimuli.tsv") == [["a.edf", "stimuli.tsv"]]
    assert groups("a.edf", "b.edf", "a_stimuli.tsv") == [["a.edf", "a_stimuli.tsv"], ["b.edf"]]
    assert left("a.edf", "b.edf", "stimuli.tsv") == {"stimuli.tsv"}
    assert groups("averages.txt") == [["averages.txt"]]
    assert groups("changes.mp4", "visit_sessions.mp4") == [["changes.mp4"], ["visit_sessions.mp4"]]


def test_a_dataset_of_bids_is_told_apart_by_its_entities() -> None:
    names = (
        "dataset_description.json",
        "participants.tsv",
        "README",
        "task-talk_emg.json",
        "sub-1_task-talk_emg.edf",
        "sub-1_task-talk_channels.tsv",
        "sub-2_task-talk_emg.bdf",
        "sub-2_task-talk_events.tsv",
        "sub-3_task-talk_channels.tsv",
    )
    assert groups(*names) == [
        ["sub-1_task-talk_emg.edf", "task-talk_emg.json", "sub-1_task-talk_channels.tsv"],
        ["sub-2_task-talk_emg.bdf", "task-talk_emg.json", "sub-2_task-talk_events.tsv"],
    ]
    assert left(*names) == {
        "dataset_description.json",
        "participants.tsv",
        "README",
        "sub-3_task-talk_channels.tsv",
    }


@given(
    st.lists(
        st.sampled_from(
            "a.edf b.edf a.vhdr a.eeg a.vmrk c.dat x.mp4 t.csv t.mapping.json s.tsv s-1_emg.edf "
            "s-1_channels.tsv README q.json notes.docx x".split()
        ),
        max_size=8,
    )
)
def test_no_file_is_lost_in_silence(names: list[str]) -> None:
    found, out = sorted_out(names)
    told = {number for one in found for number in (one.main, *one.parts)}
    assert told | {one.number for one in out} == set(range(len(names)))
    assert told.isdisjoint(one.number for one in out)
    assert all(one.why for one in out)


def pieces(*paths: Path) -> list[Piece]:
    """The files as they come: each under a name of ours until it is kept, which moves it."""
    found = []
    for path in paths:
        came = path.parent / f"{secrets.token_hex(8)}.part"
        came.write_bytes(path.read_bytes())
        sha256 = hashlib.sha256(came.read_bytes()).hexdigest()
        found.append(Piece(name=path.name, path=came, sha256=sha256))
    return found


def test_brainvision_is_kept_without_its_name_and_read_the_same(tmp_path: Path) -> None:
    paths = brainvision(tmp_path)
    files = Files(tmp_path / "clinic.db.files")
    sha256 = keep_together(files, pieces(*paths))
    folder = files.recording(sha256, PARTS)
    main = main_of(folder)
    assert hashlib.sha256(main.read_bytes()).hexdigest() == sha256
    assert sorted(one.suffix for one in folder.iterdir()) == [".eeg", ".vhdr", ".vmrk"]
    assert "ller" not in "".join(one.name for one in folder.iterdir())
    kept, first = open_recording(main), open_recording(paths[0])
    assert kept.channels == first.channels
    assert kept.marks == first.marks
    assert (kept.read(0, 0, 0, 999) == first.read(0, 0, 0, 999)).all()
    theirs, ours = (one.read_bytes().splitlines() for one in (paths[0], main))
    differing = [old for old, new in zip(theirs, ours, strict=True) if old != new]
    assert [line.partition(b"=")[0] for line in differing] == [b"DataFile", b"MarkerFile"]


def test_the_same_header_with_other_samples_is_another_recording(tmp_path: Path) -> None:
    paths = brainvision(tmp_path)
    files = Files(tmp_path / "clinic.db.files")
    first = keep_together(files, pieces(*paths))
    paths[1].write_bytes(paths[1].read_bytes()[:-4] + b"\0\0\0\0")
    assert keep_together(files, pieces(*paths)) != first


@pytest.mark.parametrize(
    ("came", "problem"),
    [
        (("a.vhdr",), "a.vhdr names a.eeg and a.vmrk, which are missing."),
        (("a.vhdr", "a.eeg"), "a.vhdr names a.vmrk, which is missing."),
        (("a.vhdr", "a.vmrk"), "a.vhdr names a.eeg, which is missing."),
        (("a.eeg", "a.vmrk"), "whose header (.vhdr) is missing"),
        (("a.vmrk",), "whose header (.vhdr) is missing"),
    ],
)
def test_a_missing_companion_is_named(tmp_path: Path, came: tuple[str, ...], problem: str) -> None:
    (tmp_path / "a.vhdr").write_text(header("Ment re,,1,µV"), encoding="utf-8")
    (tmp_path / "a.eeg").write_bytes(bytes(200))
    (tmp_path / "a.vmrk").write_text(markers(), encoding="utf-8")
    files = Files(tmp_path / "clinic.db.files")
    with pytest.raises(InputError) as caught:
        keep_together(files, pieces(*(tmp_path / name for name in came)))
    assert problem in caught.value.problem
    assert "together" in caught.value.next_step
    assert not (files.folder / "recordings").exists()


def test_a_file_of_another_recording_is_no_companion(tmp_path: Path) -> None:
    """A header is taken at its word: samples of another name may be those of another patient."""
    for name, text in (("a.vhdr", header("Ment re,,1,µV")), ("a.vmrk", markers()), ("b.eeg", "0")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    came = pieces(*(tmp_path / name for name in ("a.vhdr", "b.eeg", "a.vmrk")))
    with pytest.raises(InputError, match=r"names a\.eeg, which is missing\. b\.eeg came") as caught:
        keep_together(Files(tmp_path / "files"), came)
    assert "another name" in caught.value.next_step


def test_sidecars_of_bids_are_read_where_they_are_kept_and_the_nearer_wins(tmp_path: Path) -> None:
    paths = bids(tmp_path)
    (group,) = sorted_out([one.name for one in paths])[0]
    main = paths[group.main]
    first = open_recording(main)
    others = [paths[k] for k in group.parts if not paths[k].name.endswith("_emg.json")]
    files = Files(tmp_path / "clinic.db.files")
    near = f"{main.stem}.json"
    for far_s, near_s, warned in ((first.stretches[-1].stop_s, 1e6, True), (1e6, None, True),
                                  (1e6, first.stretches[-1].stop_s, False)):  # fmt: skip
        stated = []
        for name, lasts_s in (("all_emg.json", far_s), (near, near_s)):
            path = tmp_path / name
            path.write_text(json.dumps({"RecordingDuration": lasts_s}), encoding="utf-8")
            stated += pieces(path) if lasts_s is not None else []
        sha256 = keep_together(files, [*pieces(main, *others), *stated])
        kept = main_of(files.recording(sha256, PARTS))
        assert kept.name.endswith("_emg" + main.suffix)
        assert "sub-" not in kept.name
        read = open_recording(kept)
        assert read.channels == first.channels
        assert read.marks == first.marks
        assert any("it lasts" in one for one in read.problems) is warned


def test_tables_of_the_laboratory_are_told_by_their_columns(tmp_path: Path) -> None:
    made = write_recording(small_plan(3), tmp_path / "made").path
    stimuli = made.with_name("stimuli.tsv")
    (tmp_path / "ours.csv").write_text("name,site,side\nch1,mentalis,left\n", encoding="utf-8")
    (tmp_path / "odd.csv").write_text("day,mood\n1,good\n", encoding="utf-8")
    files = Files(tmp_path / "files")
    sha256 = keep_together(files, pieces(made, stimuli, tmp_path / "ours.csv"))
    folder = files.recording(sha256, PARTS)
    assert {kind: path.name for kind, path in tables_of(folder).items()} == {
        "stimuli": "stimuli.tsv",
        "names": "names.csv",
    }
    assert main_of(folder).read_bytes() == made.read_bytes()
    with pytest.raises(InputError, match=r"odd\.csv came with recording\.edf, and is no table"):
        keep_together(files, pieces(made, tmp_path / "odd.csv"))
    with pytest.raises(InputError, match="a second one of its kind"):
        keep_together(files, pieces(made, stimuli, stimuli))


def content(paths: list[Path]) -> dict[str, bytes]:
    return {one.name: one.read_bytes() for one in paths}


def test_several_files_come_in_one_and_are_measured_as_one(tmp_path: Path) -> None:
    paths = brainvision(tmp_path)
    with served(record_with(tmp_path)) as server:
        job = server.until("done", server.put_together("P1", content(paths)).values["job"])
        assert job["name"] == "Frau Müller, links.vhdr and 2 more"
        entry = server.office.records.run(lambda record: record.entry(job["result"]))
        (shown,) = server.office.jobs.all()
        folder = server.office.files.recording(shown.job.sha256, PARTS)
        assert entry.body.provenance.input_sha256 == shown.job.sha256
        assert entry.body.provenance.input_name == main_of(folder).name
        assert entry.body.provenance.method == "electro"
        assert b"ller" not in server.office.files.jobs.read_bytes()
        assert list((server.office.files.folder / "incoming").iterdir()) == []


def refused(server: Served, files: dict[str, bytes], **headers: str) -> str:
    answer = server.put_together("P1", files, **headers)
    assert answer.status in (400, 413), answer.text
    assert list((server.office.files.folder / "incoming").glob("*")) == []
    assert not list((server.office.files.folder / "recordings").glob("*"))
    return str(answer.values["problem"])


def test_what_does_not_come_whole_leaves_nothing(tmp_path: Path) -> None:
    files = {"a.vhdr": header("Ment re,,1,µV").encode(), "a.eeg": bytes(50), "a.vmrk": b"x"}
    with served(record_with(tmp_path), largest_upload_bytes=2000) as server:
        size = len(files["a.vhdr"])
        assert "More was sent" in refused(server, files, **{"X-File-Sizes": f"{size},20,1"})
        assert "Not all of the files" in refused(server, files, **{"X-File-Sizes": f"{size},60,1"})
        assert "are not told" in refused(server, files, **{"X-File-Sizes": "1,2"})
        assert "are not told" in refused(server, files, **{"X-File-Sizes": "1,-2,3"})
        assert "are not told" in refused(server, files, **{"X-File-Name": ",".join("abcd")})
        assert "larger than" in refused(server, {**files, "a.eeg": bytes(5000)})
        assert "a.eeg is empty" in refused(server, {**files, "a.eeg": b""})
        assert (
            "a.eeg and a.vmrk, which are missing"
            in server.put("P1", "a.vhdr", files["a.vhdr"]).values["problem"]
        )
        assert "header (.vhdr) is missing" in server.put("P1", "a.eeg", b"12").values["problem"]
        # A name that is a path names nothing outside.
        outside = {"..%2F..%2Fx.vhdr": files["a.vhdr"], "/etc/a.eeg": b"1", "a.vmrk": b"x"}
        assert server.put_together("P1", outside).status == 201
        kept = [one for one in server.office.files.folder.rglob("*") if one.is_file()]
        assert {one.parent.parent.name for one in kept if one.suffix != ".json"} == {"recordings"}


def test_the_page_sorts_what_was_dropped(tmp_path: Path) -> None:
    with served(record_with(tmp_path)) as server:
        names = ["README", "sub-1_emg.edf", "sub-1_channels.tsv"]
        found = server.change("/patients/P1/recordings/sort", {"names": names}).values
        assert found["groups"] == [[1, 2]]
        assert [one["number"] for one in found["left"]] == [0]
        many = server.change("/patients/P1/recordings/sort", {"names": ["a"] * 6000})
        assert "more than 5000" in many.values["problem"]
        assert server.change("/patients/P1/recordings/sort", {"names": [1]}).status == 400
