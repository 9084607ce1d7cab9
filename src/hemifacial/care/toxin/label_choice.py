"""Whose label a session is held against, and how that is said."""

from __future__ import annotations

from dataclasses import dataclass

from hemifacial.care.toxin.product_rows import LabelLimit, LimitKind
from hemifacial.care.toxin.session import Session
from hemifacial.care.toxin.tables import ToxinTables

__all__ = ["LabelsHeld", "labels_held"]

_NO_DOSES = (LimitKind.INTERVAL, LimitKind.YOUNGEST)


@dataclass(frozen=True, kw_only=True)
class LabelsHeld:
    """The labels that a session is held against.

    Parameters
    ----------
    product, stated
        The product of the session, and the jurisdiction that it states, or empty.
    limits
        Every limit that counts; none where no label of the product has one here.
    """

    product: str
    stated: str
    limits: tuple[LabelLimit, ...]

    @property
    def jurisdictions(self) -> tuple[str, ...]:
        """Whose labels these are, each once."""
        return tuple(dict.fromkeys(one.jurisdiction for one in self.limits))

    @property
    def doses_are_checked(self) -> bool:
        """Whether any of the limits is one of a dose."""
        return _has_doses(self.limits)

    @property
    def are_as_stated(self) -> bool:
        """Whether the label that the session states is the one that was used."""
        return bool(self.stated) and self.jurisdictions == (self.stated,)

    @property
    def sentence(self) -> str:
        """Which labels were used, with their sources, or that there is none."""
        if not self.doses_are_checked:
            return (
                f"No label of {self.product} with a limit of a dose is known here, of any country: "
                "no dose of this session is held against one."
            )
        named = [
            f"{where} ({'; '.join(dict.fromkeys(_source(one) for one in self._of(where)))})"
            for where in self.jurisdictions
        ]
        if self.are_as_stated:
            return f"Doses of {self.product} are held against the label of {named[0]}."
        why = (
            f"No limit of a dose of the label of {self.product} in {self.stated} is known here."
            if self.stated
            else "It is not stated whose label holds."
        )
        every = f"every label of {self.product} that has limits here"
        return f"{why} The session is held against {every}: {', '.join(named)}."

    def _of(self, jurisdiction: str) -> list[LabelLimit]:
        return [one for one in self.limits if one.jurisdiction == jurisdiction]


def labels_held(session: Session, tables: ToxinTables) -> LabelsHeld:
    """The stated label; where it limits no dose here or none is stated, every one of the product.

    Limits of another product never count.
    """
    of_product = tuple(one for one in tables.limits if one.product == session.product)
    own = tuple(one for one in of_product if one.jurisdiction == session.jurisdiction)
    return LabelsHeld(
        product=session.product,
        stated=session.jurisdiction,
        limits=own if _has_doses(own) else of_product,
    )


def _has_doses(limits: tuple[LabelLimit, ...]) -> bool:
    return any(one.kind not in _NO_DOSES for one in limits)


def _source(limit: LabelLimit) -> str:
    return limit.source if limit.verified else f"{limit.source}; not verified"
