"""Take the picture of a report that stands in the README: the first part of the demonstration's.

Run ``make demo`` first, then ``.venv/bin/python scripts/picture_report.py``.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "hemifacial-demo" / "planted.hemifacial" / "report.html"
PICTURE = ROOT / "docs" / "images" / "report.png"
WIDTH_PX, HEIGHT_PX = 1180, 1180


def main() -> int:
    """Write the picture; 1 if the report or a browser is missing."""
    from playwright.sync_api import sync_playwright

    browser = os.environ.get("HEMIFACIAL_CHROMIUM") or shutil.which("chromium")
    if browser is None or not REPORT.is_file():
        print("This needs a Chromium and the report that `make demo` writes.", file=sys.stderr)
        return 1
    with sync_playwright() as driver:
        running = driver.chromium.launch(executable_path=browser, args=["--no-sandbox"])
        page = running.new_page(viewport={"width": WIDTH_PX, "height": HEIGHT_PX})
        page.goto(REPORT.as_uri())
        page.wait_for_function("document.getElementById('shown-time').textContent !== ''")
        PICTURE.parent.mkdir(exist_ok=True)
        page.screenshot(path=PICTURE)
        running.close()
    return 0


sys.exit(main())
