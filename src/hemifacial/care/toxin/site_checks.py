"""Each injection: its place, its dose, and its side on the map."""

from __future__ import annotations

from collections.abc import Iterator

from hemifacial.anatomy import Side
from hemifacial.care.toxin.dose import ToxinDose
from hemifacial.care.toxin.label_choice import labels_held
from hemifacial.care.toxin.product_rows import LimitKind
from hemifacial.care.toxin.rows import Layer, Risk, Warns
from hemifacial.care.toxin.session import Injection, Session
from hemifacial.care.toxin.sites import EYE_MUSCLES, place_of, risks_of
from hemifacial.care.toxin.tables import ToxinTables
from hemifacial.care.warnings import CareWarning, Severity

__all__ = ["site_warnings"]


def site_warnings(session: Session, tables: ToxinTables) -> Iterator[CareWarning]:
    """What is to be said of the single injections of a session."""
    for number, injection in enumerate(session.injections, start=1):
        subject = f"injection {number}"
        yield from _usual_dose(session, injection, subject, tables)
        yield from _on_the_map(injection, subject, tables)
        if injection.muscle == "orbicularis_oculi" and place_of(injection, tables) is None:
            yield _unknown_site(injection, subject)
        for risk in risks_of(injection, tables):
            if _is_warned_of(risk, injection):
                effect = tables.side_effects[risk.side_effect].label
                yield CareWarning(
                    rule=f"toxin_site_{risk.side_effect}",
                    severity=Severity.WARN,
                    text=f"{_named(injection, tables)}: {effect} is possible; {risk.text}.",
                    next_step="Check site, layer and dose.",
                    source=risk.source,
                    verified=risk.verified,
                    subject=subject,
                )


def _unknown_site(injection: Injection, subject: str) -> CareWarning:
    return CareWarning(
        rule="toxin_site_unknown",
        severity=Severity.NOTE,
        text=f"Where at the {injection.side} eye it lies is not stated: the sites that the label "
        "says to keep away from (middle of the upper lid, medial lower lid) are not checked.",
        next_step="State the place, or the point on the map.",
        source="this project, docs/toxin.md",
        verified=False,
        subject=subject,
    )


def _is_warned_of(risk: Risk, injection: Injection) -> bool:
    if risk.warns is Warns.UNLESS_PRETARSAL:
        return injection.layer is not Layer.PRETARSAL
    return risk.warns is Warns.YES


def _named(injection: Injection, tables: ToxinTables) -> str:
    place = place_of(injection, tables)
    where = place.label if place else injection.muscle.replace("_", " ")
    return f"{where[0].upper()}{where[1:]}, {injection.side}"


def _usual_dose(
    session: Session, injection: Injection, subject: str, tables: ToxinTables
) -> Iterator[CareWarning]:
    """Above the usual dose of the muscle, where no limit of a label already speaks of the site."""
    by_label = injection.muscle in EYE_MUSCLES and any(
        one.kind is LimitKind.PER_EYE_SITE for one in labels_held(session, tables).limits
    )
    for row in tables.usual_doses:
        if by_label or (row.product, row.muscle) != (session.product, injection.muscle):
            continue
        most = ToxinDose(product=row.product, units=row.most_units)
        if injection.dose.is_above(most):
            yield CareWarning(
                rule="toxin_site_dose",
                severity=Severity.WARN,
                text=f"{_named(injection, tables)}: {injection.dose}; usual are "
                f"{row.from_units:g} to {row.to_units:g}, at most {row.most_units:g}.",
                next_step="Check the dose, or state why.",
                source=row.source,
                verified=row.verified,
                subject=subject,
            )


def _on_the_map(injection: Injection, subject: str, tables: ToxinTables) -> Iterator[CareWarning]:
    if injection.x is not None:
        lateral = (0.5 - injection.x) * (1 if injection.side is Side.RIGHT else -1)
        if lateral < -tables.criteria["midline_share"].value:
            yield CareWarning(
                rule="toxin_side_on_map",
                severity=Severity.WARN,
                text=f"The point lies on the other half of the face than {injection.side}.",
                next_step="Check the side: it is the patient's own.",
                source="this project, docs/toxin.md",
                verified=False,
                subject=subject,
            )
    if injection.place and injection.place not in tables.places:
        problem = f"there is no place {injection.place!r}"
    elif (place := place_of(injection, tables)) and not _fits(place.muscle, injection.muscle):
        problem = f"{place.label} is over {place.muscle.replace('_', ' ')}, not the stated muscle"
    else:
        return
    yield CareWarning(
        rule="toxin_place",
        severity=Severity.NOTE,
        text=f"{injection.muscle.replace('_', ' ')}: {problem}.",
        next_step="Check place and muscle.",
        source="this project, docs/toxin.md",
        verified=False,
        subject=subject,
    )


def _fits(of_place: str, stated: str) -> bool:
    return of_place == stated or (of_place in EYE_MUSCLES and stated in EYE_MUSCLES)
