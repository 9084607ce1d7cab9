"""A server of a record for tests: in this process, on a port of its own, asked by real requests."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from case_records import ANNA
from hemifacial.anatomy import Side
from hemifacial.case import create_record, open_record
from hemifacial.case.bodies import Patient
from hemifacial.web.office import Office
from hemifacial.web.security import Keys
from hemifacial.web.serving import Start, bound, office_of, server_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

__all__ = ["Answer", "Served", "WatchedPages", "record_with", "served", "watched"]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the server answered."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def values(self) -> dict[str, Any]:
        """The JSON of it."""
        found: dict[str, Any] = json.loads(self.text)
        return found


@dataclass(frozen=True, kw_only=True)
class Served:
    """A running server; `ask` and `change` ask as a page of it would."""

    office: Office
    keys: Keys

    def raw(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | str | None = None
    ) -> Answer:
        """One request with these headers and no others."""
        connection = HTTPConnection("127.0.0.1", self.keys.port, timeout=30)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            sent = body.encode() if isinstance(body, str) else body
            for name, value in headers.items():
                connection.putheader(name, value)
            if sent is not None and "Content-Length" not in headers:
                connection.putheader("Content-Length", str(len(sent)))
            connection.endheaders()
            # Refused before all of it was sent: the answer is there.
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.send(sent or b"")
            got = connection.getresponse()
            return Answer(
                status=got.status,
                headers={name.lower(): value for name, value in got.getheaders()},
                text=got.read().decode("utf-8", "replace"),
            )
        finally:
            connection.close()

    @property
    def own(self) -> dict[str, str]:
        """The headers of a page of this server."""
        return {
            "Host": self.keys.host,
            "Cookie": f"{self.keys.cookie}={self.keys.session}",
            "Sec-Fetch-Site": "same-origin",
        }

    @property
    def changing(self) -> dict[str, str]:
        """The same where something is changed."""
        token = {"X-Hemifacial-Token": self.keys.change, "Origin": self.keys.origin}
        return {**self.own, **token}

    def ask(self, path: str) -> Answer:
        """A page."""
        return self.raw("GET", path, self.own)

    def change(self, path: str, values: Mapping[str, Any]) -> Answer:
        """A change."""
        return self.raw("POST", path, self.changing, json.dumps(values))

    def put_together(self, code: str, files: Mapping[str, bytes], **headers: str) -> Answer:
        """A recording of several files, its main one first."""
        told = {
            "X-File-Name": ",".join(quote(name, safe="") for name in files),
            "X-File-Sizes": ",".join(str(len(content)) for content in files.values()),
        }
        path = f"/patients/{code}/recordings"
        return self.raw("PUT", path, {**self.changing, **told, **headers}, b"".join(files.values()))

    def put(self, code: str, name: str, content: bytes, query: str = "") -> Answer:
        """A recording."""
        headers = {**self.changing, "X-File-Name": name}
        return self.raw("PUT", f"/patients/{code}/recordings{query}", headers, content)

    def jobs(self) -> list[dict[str, Any]]:
        """The recordings in line."""
        found: list[dict[str, Any]] = self.ask("/line.json").values["jobs"]
        return found

    def until(self, state: str, number: int, *, seconds: float = 120.0) -> dict[str, Any]:
        """The job once it stands so; every other end fails the test.

        How long a measurement takes is the machine's affair (5 s of processor time are 40 s
        where eight programs share it); the limit is only there so that nothing waits for ever.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            (job,) = (one for one in self.jobs() if one["number"] == number)
            if job["state"] == state:
                return job
            assert job["open"], job
            time.sleep(0.05)
        raise AssertionError(f"job {number} is not {state} after {seconds} s")


def record_with(folder: Path, code: str = "P1", **more: Any) -> Path:
    """A record with the profile anna and one patient."""
    path = folder / "clinic.db"
    create_record(path, clinic="Clinic of this test", profile=ANNA)
    with open_record(path) as record:
        patient = Patient(code=code, **{"side": Side.LEFT, "birth_year": 1960, **more})
        record.add("", "patient", patient, by="anna")
    return path


@contextmanager
def served(record: Path, *, largest_upload_bytes: int = 10**9) -> Iterator[Served]:
    """The server of a record while the block runs."""
    office = office_of(Start(case=record))
    office.largest_upload_bytes = largest_upload_bytes
    place = bound(0)
    keys = Keys(port=place.getsockname()[1])
    server = server_of(office, keys)
    thread = threading.Thread(target=lambda: server.run(sockets=[place]), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield Served(office=office, keys=keys)
    finally:
        server.should_exit = True
        thread.join(timeout=20)
        place.close()
        office.close()


@dataclass
class WatchedPages:
    """A browser's page that has come in by the printed address, with all that it said and asked."""

    page: Page
    keys: Keys
    complaints: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """Open a page of the server."""
        self.page.goto(self.keys.origin + path)
        return self.page


@contextmanager
def watched(
    browser: Browser, server: Served, *, width_px: int = 1280, dark: bool = False
) -> Iterator[WatchedPages]:
    """A page in a context of its own; at the end nothing was complained of or asked elsewhere."""
    context = browser.new_context(
        viewport={"width": width_px, "height": 900},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    context.set_default_timeout(10_000)
    one = WatchedPages(page=context.new_page(), keys=server.keys)
    one.page.on("console", lambda said: one.complaints.append(f"{said.type}: {said.text}"))
    one.page.on("pageerror", lambda error: one.complaints.append(str(error)))
    allowed = (server.keys.origin, "data:", "blob:")
    one.page.on(
        "request",
        lambda asked: None if asked.url.startswith(allowed) else one.foreign.append(asked.url),
    )
    one.page.goto(server.keys.address)
    try:
        yield one
        assert one.complaints == [], one.complaints
        assert one.foreign == [], one.foreign
    finally:
        context.close()
