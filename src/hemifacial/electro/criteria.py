"""The criteria of electrodiagnosis, from ``criteria.tsv`` or a clinic's own rows."""

from __future__ import annotations

from pathlib import Path

from hemifacial.formats.criteria import Criteria

__all__ = ["ElectroCriteria"]


class ElectroCriteria(Criteria):
    """Every number that decides what is called a response; meanings and sources in the table."""

    @classmethod
    def read(cls, own: Path | None = None) -> ElectroCriteria:
        """The criteria that we carry, with a clinic's own rows in their place."""
        return cls.of("hemifacial.electro", own)
