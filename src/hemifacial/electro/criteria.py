"""The criteria of electrodiagnosis, from ``criteria.tsv`` or a clinic's own rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from hemifacial.errors import UsageError
from hemifacial.formats.criteria import Criteria

__all__ = ["Artefact", "ElectroCriteria", "artefact_of"]


class Artefact(StrEnum):
    """How the tail of the stimulus artefact is taken out, beside the bridge over its start."""

    BRIDGE = "bridge"
    POLARITY = "polarity"
    LOCAL_POLYNOMIAL = "local_polynomial"
    TEMPLATE = "template"


@dataclass(frozen=True, kw_only=True)
class ElectroCriteria(Criteria):
    """Every number that decides what is called a response; meanings and sources in the table.

    `artefact` is how the tail of the stimulus artefact is taken out; None chooses for each study.
    """

    artefact: Artefact | None = None

    @classmethod
    def read(cls, own: Path | None = None, artefact: Artefact | None = None) -> ElectroCriteria:
        """The criteria that we carry, with a clinic's own rows in their place."""
        return replace(cls.of("hemifacial.electro", own), artefact=artefact)


def artefact_of(word: str) -> Artefact | None:
    """The way that is asked for by name; None of an empty name."""
    known: Iterable[str] = [one.value for one in Artefact]
    if word and word not in known:
        raise UsageError(
            f"--artefact is {word!r}", next_step="The ways are: " + ", ".join(known) + "."
        )
    return Artefact(word) if word else None
