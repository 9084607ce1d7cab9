"""The criteria of the face wing, from ``criteria.tsv`` or a clinic's own rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from hemifacial.findings import Limit
from hemifacial.formats.criteria import read_criteria

__all__ = ["FaceCriteria"]


@dataclass(frozen=True, kw_only=True)
class FaceCriteria:
    """Every number that decides what is called an event; meanings and sources in the table."""

    limits: Mapping[str, Limit]
    own: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    """The rows that a clinic's own table changed, with value and source."""

    @classmethod
    def read(cls, own: Path | None = None) -> FaceCriteria:
        """The criteria that we carry, with a clinic's own rows in their place."""
        ours = read_criteria("hemifacial.face", "criteria.tsv")
        limits = read_criteria("hemifacial.face", "criteria.tsv", own)
        changed = {
            name: {"value": limit.value, "source": limit.source}
            for name, limit in limits.items()
            if limit != ours[name]
        }
        return cls(limits=limits, own=changed)

    def as_used(self, values: Mapping[str, float]) -> FaceCriteria:
        """These criteria with the values that an earlier measurement was made with."""
        limits = {
            name: limit
            if values.get(name, limit.value) == limit.value
            else replace(
                limit, value=values[name], source="as the measurement states it", verified=False
            )
            for name, limit in self.limits.items()
        }
        return FaceCriteria(limits=limits)

    def __getitem__(self, name: str) -> float:
        return self.limits[name].value

    def values(self) -> dict[str, float]:
        """Every value by its name, for the provenance."""
        return {name: limit.value for name, limit in self.limits.items()}
