"""A headless Chromium for tests of pages: the machine's own, told to keep off the network."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from conftest import lacking

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Request

__all__ = ["Watched", "open_browser", "watched_page"]

_QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Watched:
    """A page with all that it said and asked for."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@contextmanager
def open_browser() -> Iterator[Browser]:
    """The machine's Chromium; skips aloud where there is none, fails where CI=true."""
    executable = os.environ.get("HEMIFACIAL_CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if executable is None:
        lacking("Chromium (set HEMIFACIAL_CHROMIUM to its path)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=executable, args=list(_QUIET))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def watched_page(browser: Browser, file: Path, *, width_px: int = 1280) -> Iterator[Watched]:
    """A file opened in a context of its own, with every complaint and request written down."""
    context = browser.new_context(
        viewport={"width": width_px, "height": 900}, accept_downloads=True
    )
    watched = Watched(page=context.new_page())

    def hear(message: ConsoleMessage) -> None:
        watched.complaints.append(f"{message.type}: {message.text}")

    def ask(request: Request) -> None:
        watched.requests.append(request.url)

    watched.page.set_default_timeout(10_000)
    watched.page.on("console", hear)
    watched.page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    watched.page.on("request", ask)
    watched.page.on("dialog", lambda dialog: dialog.accept())
    watched.page.goto(file.as_uri())
    try:
        yield watched
    finally:
        context.close()
