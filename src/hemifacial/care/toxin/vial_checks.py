"""Vials, dilution and volumes: whether what is written down can have happened."""

from __future__ import annotations

from collections.abc import Iterator

from hemifacial.care.toxin.dose import total
from hemifacial.care.toxin.session import Session, Vial
from hemifacial.care.toxin.tables import ToxinTables
from hemifacial.care.warnings import CareWarning, Severity

__all__ = ["vial_warnings"]

_OURS = "this project, docs/toxin.md"


def vial_warnings(session: Session, tables: ToxinTables) -> Iterator[CareWarning]:
    """Expired vials, units that are not accounted for, volumes that do not fit."""
    share = tables.criteria["vial_tolerance_units_share"].value
    for number, vial in enumerate(session.vials, start=1):
        name = f"vial {number}" + (f" (lot {vial.lot})" if vial.lot else "")
        if vial.expires_on is not None and vial.expires_on < session.happened_on:
            yield CareWarning(
                rule="toxin_vial_expired",
                severity=Severity.STOP,
                text=f"{name}: it expired on {vial.expires_on}, "
                f"before the session of {session.happened_on}.",
                next_step="Take another vial, or correct the date.",
                source=_OURS,
                verified=False,
                subject=name,
            )
        problem = _account(vial, share)
        if problem:
            yield _does_not_add_up(f"{name}: {problem}.", name)
    used = [vial.used for vial in session.vials if vial.used is not None]
    if used and len(used) == len(session.vials):
        drawn = total(used, session.product)
        if drawn.differs_from(session.dose, share):
            yield _does_not_add_up(
                f"{drawn} were used from the vials, but {session.dose} injected.", ""
            )
    yield from _volumes(session, tables.criteria["volume_tolerance_share"].value)


def _account(vial: Vial, share: float) -> str:
    if vial.holds is None or vial.used is None:
        return ""
    if vial.wasted is None:
        more = vial.used.is_above(vial.holds)
        return f"{vial.used} used of a vial of {vial.holds}" if more else ""
    gone = vial.used + vial.wasted
    if gone.differs_from(vial.holds, share):
        return f"{vial.used} used and {vial.wasted} wasted are not the {vial.holds} it held"
    return ""


def _does_not_add_up(text: str, subject: str) -> CareWarning:
    return CareWarning(
        rule="toxin_vial_account",
        severity=Severity.WARN,
        text=text[0].upper() + text[1:],
        next_step="Count again; what another patient was given from it is entered as wasted.",
        source=_OURS,
        verified=False,
        subject=subject,
    )


def _volumes(session: Session, share: float) -> Iterator[CareWarning]:
    if session.per_ml is None:
        return
    for number, one in enumerate(session.injections, start=1):
        if one.volume_ml is None:
            continue
        held = session.per_ml * one.volume_ml
        if one.dose.differs_from(held, share):
            yield CareWarning(
                rule="toxin_volume",
                severity=Severity.WARN,
                text=f"Injection {number}: {one.volume_ml:g} ml hold {held}, but {one.dose} are "
                "written down.",
                next_step="Check units, volume and dilution.",
                source=_OURS,
                verified=False,
                subject=f"injection {number}",
            )
