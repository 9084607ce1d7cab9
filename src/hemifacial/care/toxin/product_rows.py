"""What the rows on products and their labels say, each with its source."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from hemifacial.care.toxin.cells import Row, number, seen, texts

__all__ = ["Label", "LabelLimit", "LimitKind", "Product"]


class LimitKind(StrEnum):
    """What a limit of a label limits."""

    PER_EYE_SITE = "per_eye_site"
    PER_EYE = "per_eye"
    FIRST_PER_EYE = "first_per_eye"
    PER_SESSION = "per_session"
    CUMULATIVE = "cumulative"
    INTERVAL = "interval"
    YOUNGEST = "youngest"


@dataclass(frozen=True, kw_only=True)
class Product:
    """A product; `unit_scale` says in words how large its units are."""

    word: str
    brand: str
    substance: str
    serotype: str
    unit_scale: str
    source: str
    verified: bool

    @classmethod
    def of(cls, row: Row) -> Product:
        """The product of a row."""
        return cls(**texts(row, "word brand substance serotype unit_scale"), verified=seen(row))


@dataclass(frozen=True, kw_only=True)
class Label:
    """What a label says of hemifacial spasm: ``yes``, ``partly`` or ``no``, and its words."""

    product: str
    jurisdiction: str
    hemifacial_spasm: str
    wording: str
    source: str
    verified: bool

    @classmethod
    def of(cls, row: Row) -> Label:
        """The label of a row."""
        names = "product jurisdiction hemifacial_spasm wording"
        if row["hemifacial_spasm"] not in ("yes", "partly", "no"):
            raise ValueError("hemifacial_spasm is yes, partly or no")
        return cls(**texts(row, names), verified=seen(row))


@dataclass(frozen=True, kw_only=True)
class LabelLimit:
    """A limit of a label: units of its product, days or years, as `kind` has it."""

    product: str
    jurisdiction: str
    kind: LimitKind
    value: float
    unit: str
    window_days: int | None
    meaning: str
    source: str
    verified: bool

    @classmethod
    def of(cls, row: Row) -> LabelLimit:
        """The limit of a row."""
        kind = LimitKind(row["kind"])
        window = int(row["window_days"]) if row["window_days"] else None
        if (kind is LimitKind.CUMULATIVE) is (window is None):
            raise ValueError("window_days goes with a cumulative limit, and only with it")
        return cls(
            **texts(row, "product jurisdiction unit meaning"),
            kind=kind,
            value=number(row["value"]),
            window_days=window,
            verified=seen(row),
        )
