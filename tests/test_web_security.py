"""What the server refuses: tried by real requests, each door by itself."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hemifacial.case import open_record
from hemifacial.cli.program import app
from hemifacial.errors import UsageError
from hemifacial.web.files import Files
from hemifacial.web.pages.addresses import ADDRESSES, CHANGES
from hemifacial.web.serving import Start, serving
from web_server import Served, record_with, served

LIMIT = 100_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    record = record_with(tmp_path_factory.mktemp("security"))
    with served(record, largest_upload_bytes=LIMIT) as running:
        yield running


def concrete(address: str) -> str:
    """An address with something in its places."""
    for name, value in (("code", "P1"), ("kind", "note"), ("number", "3"), ("job", "1")):
        address = address.replace(f"{{{name}}}", value)
    return address.replace("{what}", "sheet").replace("{name}", "web.css")


EVERY = [
    *(("GET", concrete(one)) for one in ADDRESSES),
    *(("POST", concrete(one)) for one in CHANGES),
    ("PUT", "/patients/P1/recordings"),
    ("GET", "/assets/web.css"),
    ("GET", "/nowhere"),
    ("OPTIONS", "/"),
    ("DELETE", "/entries/3"),
]


@pytest.mark.parametrize("cookie", ["", "hemifacial=x", "{name}=wrong", "{name}=", "=;,@ {name}"])
def test_no_route_answers_without_the_cookie_of_this_start(server: Served, cookie: str) -> None:
    given = cookie.format(name=server.keys.cookie)
    for method, path in EVERY:
        headers = {**server.changing, "Cookie": given}
        answer = server.raw(method, path, headers, b"" if method in ("POST", "PUT") else None)
        assert answer.status == 403, (method, path)
        assert "P1" not in answer.text
        assert "printed" in answer.text


def test_the_first_visit_turns_the_token_into_a_cookie_and_a_clean_address(server: Served) -> None:
    host = {"Host": server.keys.host}
    answer = server.raw("GET", server.keys.address.removeprefix(server.keys.origin), host)
    assert answer.status == 303
    assert answer.headers["location"] == "/"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert "path=/" in cookie
    assert server.keys.entrance.lower() not in cookie
    for wrong in ("", "?token=", "?token=x", f"?token={server.keys.session}"):
        assert server.raw("GET", f"/enter{wrong}", host).status == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost:{port}", "127.0.0.1", "127.0.0.1:1", "[::1]:{port}", ""]
)
def test_another_host_name_is_refused_as_dns_rebinding_would_send_it(
    server: Served, host: str
) -> None:
    headers = {**server.own, "Host": host.format(port=server.keys.port)}
    for path in ("/", "/patients/P1", f"/enter?token={server.keys.entrance}"):
        answer = server.raw("GET", path, headers)
        assert answer.status in (400, 421)
        assert "P1" not in answer.text
        assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "change",
    [
        {"X-Hemifacial-Token": ""},
        {"X-Hemifacial-Token": "wrong"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "", "Sec-Fetch-Site": ""},
    ],
)
def test_a_change_that_no_page_of_this_server_asked_for_is_refused(
    server: Served, change: dict[str, str]
) -> None:
    before, line = server.office.records.run(lambda record: record.head), len(server.jobs())
    headers = {name: value for name, value in {**server.changing, **change}.items() if value}
    note = json.dumps({"fields": {"text": "forged"}})
    assert server.raw("POST", "/patients/P1/enter/note", headers, note).status == 403
    assert server.raw("PUT", "/patients/P1/recordings", headers, b"x").status == 403
    assert server.office.records.run(lambda record: record.head) == before
    assert len(server.jobs()) == line


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_no_other_page_can_read_or_frame_one(server: Served, site: str) -> None:
    for more in ({}, {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}):
        answer = server.raw("GET", "/patients/P1", {**server.own, "Sec-Fetch-Site": site, **more})
        assert answer.status == 403
    opened = {"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert server.raw("GET", "/", {**server.own, **opened}).status == 200


def test_every_answer_carries_the_headers_that_keep_it_in(server: Served) -> None:
    for answer in (
        server.ask("/"),
        server.ask("/nowhere"),
        server.ask("/line.json"),
        server.raw("GET", "/", {"Host": server.keys.host}),
        server.change("/signer", {"profile": "nobody"}),
    ):
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cache-control"] == "no-store"
        assert "server" not in answer.headers


PATHS = [
    "/assets/../../../../../../etc/passwd",
    "/assets/..%2f..%2fpyproject.toml",
    "/assets/%2e%2e/%2e%2e/rendering.py",
    "/assets//etc/passwd",
    "/results/..%2f..%2fclinic.db/report",
    "/results/3%00/report",
    "/entries/9999999999999999999999",
    "/patients/..%2f..%2fclinic.db",
    "/patients/%00",
    "/line/../clinic.db",
]


@pytest.mark.parametrize("path", PATHS)
def test_no_path_from_outside_reaches_the_disk(server: Served, path: str) -> None:
    answer = server.ask(path)
    assert answer.status in (400, 404)
    assert "root:" not in answer.text
    assert "SQLite format" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("name", ["../../evil.sh", "..\\..\\evil.exe", "/etc/passwd", "x.mp4/../y"])
def test_the_name_of_a_file_never_becomes_a_path(server: Served, name: str) -> None:
    answer = server.put("P1", name, b"not a recording " + name.encode())
    number = answer.values["job"]
    folder = server.office.files.folder
    stored = sorted(one.name for one in (folder / "recordings").iterdir())
    assert all(len(one.partition(".")[0]) == 64 for one in stored)
    assert list(folder.parent.rglob("*evil*")) == []
    with pytest.raises(Exception, match="64 letters"):
        Files(folder).recording("../x", ".mp4")
    with pytest.raises(Exception, match="no kind"):
        Files(folder).recording("0" * 64, "/../x")
    server.change(f"/line/{number}/cancel", {})


def test_an_upload_above_the_limit_is_refused_with_what_to_do_and_leaves_nothing(
    server: Served,
) -> None:
    folder = server.office.files.folder
    before = sorted((folder / "recordings").glob("*")) if folder.exists() else []
    announced = server.put("P1", "large.mp4", b"x" * (LIMIT + 1))
    chunked = server.raw(
        "PUT",
        "/patients/P1/recordings",
        {**server.changing, "Transfer-Encoding": "chunked", "Content-Length": ""},
        b"".join(b"2710\r\n" + b"y" * 10_000 + b"\r\n" for _ in range(12)) + b"0\r\n\r\n",
    )
    assert announced.status == 413
    assert "larger than 0.1 MB" in announced.values["problem"]
    assert "case add-result" in announced.values["next_step"]
    assert chunked.status in (400, 413)
    assert sorted((folder / "recordings").glob("*")) == before
    assert list((folder / "incoming").glob("*")) == []
    empty = server.put("P1", "empty.mp4", b"")
    assert empty.status == 400
    assert empty.values["problem"] == "The file is empty."


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("no json", "no JSON"),
        ("[1]", "no form"),
        ('{"fields": 3}', "fields of the form"),
        ('{"fields": {"text": ["a"]}}', "no text"),
        ('{"fields": {"text": "a"}, "on": "2999-01-01"}', "future"),
        ('{"fields": {"text": "a"}, "on": "yesterday"}', "no date"),
    ],
)
def test_whatever_is_sent_is_answered_in_words(server: Served, body: str, told: str) -> None:
    answer = server.raw("POST", "/patients/P1/enter/note", server.changing, body)
    assert answer.status == 400
    assert told in answer.values["problem"]
    assert "Traceback" not in answer.text


def test_nothing_personal_is_written_to_a_log(
    server: Served, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    server.ask("/patients/P1?q=SECRETQUERY")
    server.ask("/patients/NOBODY77")
    server.put("P1", "SECRETNAME.mp4", b"words")
    server.change("/patients/P1/enter/note", {"fields": {"text": "SECRETNOTE"}})
    server.change("/patients/P1/check/scale", {"fields": {"items": "SECRETCELL"}})
    written = "".join(capfd.readouterr()) + caplog.text
    for word in ("SECRET", "P1", "NOBODY", server.keys.entrance, server.keys.session):
        assert word not in written
    kept = server.office.files.jobs.read_text(encoding="utf-8")
    assert "SECRETNAME" not in kept
    assert "P1" not in kept


def test_only_the_loopback_address_is_served(tmp_path: Path) -> None:
    record = record_with(tmp_path)
    for host in ("0.0.0.0", "::", "192.168.0.1", "localhost"):
        with pytest.raises(UsageError, match="to this computer alone"):
            serving(Start(case=record, host=host), print)
    asked = CliRunner().invoke(app, ["serve", str(record), "--host", "0.0.0.0", "--no-browser"])
    assert isinstance(asked.exception, UsageError)
    with pytest.raises(UsageError, match="no active profile"):
        serving(Start(case=record, by="nobody"), print)
    with open_record(record) as opened:
        assert opened.verify().faults == ()
