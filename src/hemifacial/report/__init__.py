"""A result as one page that a person reads, prints and corrects; it needs no network."""

from __future__ import annotations

from hemifacial.report.html import Report
from hemifacial.report.page import render

__all__ = ["Report", "render"]
