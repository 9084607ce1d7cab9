"""A result as one page that a person reads, prints and corrects; it needs no network."""

from __future__ import annotations

from hemifacial.report.page import Report, render

__all__ = ["Report", "render"]
