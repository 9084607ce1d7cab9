"""Pages as files: one a patient, never over another's, readable by their owner alone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from case_records import new_record, with_patient
from command_line import CommandLine, Ended
from hemifacial.case import open_record
from hemifacial.case.bodies import Note
from hemifacial.commands.case.pages import case_page, diary_page, write_page
from hemifacial.errors import UsageError

COMMANDS = {
    "page": ("case", ()),
    "letter": ("letter", ("--question", "Operate?")),
    "sheet": ("sheet", ("--seen", "You twitch.")),
    "diary": ("diary", ()),
}


class Clinic:
    """A record with P1 and P2, in the folder that the commands are called in."""

    def __init__(self, hemifacial: CommandLine, folder: Path) -> None:
        self.hemifacial, self.folder = hemifacial, folder
        self.path = new_record(folder)
        for code in ("P1", "P2", "p1"):
            with_patient(self.path, code)

    def write(self, command: str, code: str, *more: object) -> Ended:
        return self.hemifacial("case", command, self.path, code, *COMMANDS[command][1], *more)

    @property
    def pages(self) -> list[str]:
        return sorted(one.name for one in self.folder.glob("*.html"))


@pytest.fixture
def clinic(hemifacial: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    monkeypatch.chdir(tmp_path)
    return Clinic(hemifacial, tmp_path)


@pytest.mark.parametrize("command", COMMANDS)
def test_two_patients_have_two_pages(clinic: Clinic, command: str) -> None:
    stem = COMMANDS[command][0]
    for code in ("P1", "P2"):
        ended = clinic.write(command, code)
        assert (ended.status, ended.out) == (0, f"{stem}-{code}.html\n"), ended.err
    assert clinic.pages == [f"{stem}-P1.html", f"{stem}-P2.html"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such mode")
@pytest.mark.parametrize("command", COMMANDS)
def test_only_the_owner_can_read_a_page(clinic: Clinic, command: str) -> None:
    before = os.umask(0o000)
    try:
        clinic.write(command, "P1", "--out", "x.html")
        assert Path("x.html").stat().st_mode & 0o777 == 0o600
        Path("x.html").chmod(0o644)
        clinic.write(command, "P1", "--out", "x.html")
        assert Path("x.html").stat().st_mode & 0o777 == 0o600, "one that was open to others too"
    finally:
        os.umask(before)


def test_the_same_page_is_written_again_and_no_other(clinic: Clinic) -> None:
    clinic.write("page", "P1", "--out", "x.html")
    with open_record(clinic.path) as record:
        record.add("P1", "note", Note(text="of later"), by="anna")
        head = record.head.link
    assert clinic.write("page", "P1", "--out", "x.html").status == 0
    content = Path("x.html").read_bytes()
    assert head.encode() in content
    for command, code in (("page", "P2"), ("letter", "P1"), ("diary", "P2"), ("page", "p1")):
        refused = clinic.write(command, code, "--out", "x.html")
        assert (refused.status, refused.out) == (2, "")
        assert "is there already and is not this page of this patient" in refused.err
        assert "Choose another name with --out" in refused.err
    assert Path("x.html").read_bytes() == content


def test_a_page_of_another_record_stays(clinic: Clinic) -> None:
    clinic.write("page", "P1", "--out", "x.html")
    other = clinic.folder / "other"
    other.mkdir()
    path = new_record(other)
    with_patient(path, "P1")
    refused = clinic.hemifacial("case", "page", path, "P1", "--out", "x.html")
    assert refused.status == 2


@pytest.mark.parametrize("content", ["", "<html>my thesis</html>", "\x00" * 9000])
def test_a_file_of_somebody_else_stays(clinic: Clinic, content: str) -> None:
    Path("case-P1.html").write_text(content)
    refused = clinic.write("page", "P1")
    assert refused.status == 2
    assert Path("case-P1.html").read_text() == content
    assert clinic.pages == ["case-P1.html"], "no half page beside it"


def test_neither_a_link_nor_a_folder_is_written_over(clinic: Clinic) -> None:
    clinic.write("page", "P1", "--out", "real.html")
    Path("link.html").symlink_to("real.html")
    Path("nowhere.html").symlink_to("not there")
    Path("folder.html").mkdir()
    for name in ("link.html", "nowhere.html", "folder.html"):
        assert clinic.write("page", "P1", "--out", name).status == 2
    missing = clinic.write("page", "P1", "--out", "no/such/x.html")
    assert missing.status == 3
    assert "cannot be written" in missing.err


def test_the_mark_tells_nothing_without_the_record(clinic: Clinic) -> None:
    """It differs by record, patient and page, and is none of them."""
    marks = set()
    with open_record(clinic.path) as record:
        for code in ("P1", "P2"):
            for page in (case_page(record, code), diary_page(record, code)):
                marks.add(page.html.split('name="hemifacial-page" content="')[1][:32])
        assert len(marks) == 4
        write_page(case_page(record, "P1"), Path("x.html"))
        with pytest.raises(UsageError, match="is not written over"):
            write_page(diary_page(record, "P1"), Path("x.html"))
