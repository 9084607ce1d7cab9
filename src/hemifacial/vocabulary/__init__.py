"""The closed vocabularies, as tables to be read: anatomy, kinds of event, quantities."""

from __future__ import annotations

import csv
from importlib.resources import files

__all__ = ["read_table", "read_vocabulary"]


def read_vocabulary(name: str) -> list[dict[str, str]]:
    """The rows of one vocabulary table, every cell as text."""
    return read_table(__name__, name)


def read_table(package: str, name: str) -> list[dict[str, str]]:
    """The rows of a tab-separated table that a package of ours carries, every cell as text."""
    text = files(package).joinpath(name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
