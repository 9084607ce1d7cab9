"""A session against those before it: interval, change of dose, change of product."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from hemifacial.care.toxin.label_choice import labels_held
from hemifacial.care.toxin.product_rows import LimitKind
from hemifacial.care.toxin.session import Session
from hemifacial.care.toxin.tables import ToxinTables
from hemifacial.care.warnings import CareWarning, Severity

__all__ = ["NOT_INTERCHANGEABLE", "course_warnings"]

NOT_INTERCHANGEABLE = "Units of two products are not interchangeable."


def course_warnings(
    session: Session, before: Sequence[Session], tables: ToxinTables
) -> Iterator[CareWarning]:
    """What the step from the last session to this one gives to say; `before` in order of day."""
    if not before:
        return
    yield from _interval(session, before[-1], tables)
    if before[-1].product != session.product:
        yield CareWarning(
            rule="toxin_product_switch",
            severity=Severity.WARN,
            text=f"The last session was of {before[-1].product}, this one is of "
            f"{session.product}. {NOT_INTERCHANGEABLE} Switching has been named among the "
            "risks of antibodies.",
            next_step="Check product and dose on the vial.",
            source=f"labels of {before[-1].product} and {session.product}; "
            "doi:10.1212/WNL.0000000000009444",
            verified={before[-1].product, session.product} <= _labels_read(tables),
            subject=session.product,
        )
    same = [one for one in before if one.product == session.product]
    if same:
        yield from _change(session, same[-1], tables)


def _labels_read(tables: ToxinTables) -> set[str]:
    """The products of which a label was read for this program."""
    return {one.product for one in tables.labels if one.verified}


def _interval(session: Session, last: Session, tables: ToxinTables) -> Iterator[CareWarning]:
    days = (session.happened_on - last.happened_on).days
    rows = [
        (one.value, f"{one.product}, {one.jurisdiction}: {one.meaning}", one.source, one.verified)
        for one in labels_held(session, tables).limits
        if one.kind is LimitKind.INTERVAL
    ]
    usual = tables.criteria["least_interval_days"]
    rows.append((usual.value, "usual interval", usual.source, usual.verified))
    # One warning, of the longest interval; the label's own before the usual one of equal length.
    least, meaning, source, verified = max(rows, key=lambda row: row[0])
    if days < least:
        due = last.happened_on + timedelta(days=round(least))
        yield CareWarning(
            rule="toxin_interval",
            severity=Severity.WARN,
            text=f"{days} days after the last session; the limit is {least:g} ({meaning}).",
            next_step=f"Wait until {due}, or state why.",
            source=source,
            verified=verified,
        )


def _change(session: Session, last: Session, tables: ToxinTables) -> Iterator[CareWarning]:
    limit = tables.criteria["dose_change_ratio"]
    if not last.dose.units or not session.dose.units:
        return
    more = session.dose.is_above(last.dose * limit.value)
    less = last.dose.is_above(session.dose * limit.value)
    if more or less:
        yield CareWarning(
            rule="toxin_dose_change",
            severity=Severity.WARN,
            text=f"{session.dose} after {last.dose} on {last.happened_on}: "
            f"{'more than' if more else 'less than one part in'} {limit.value:g}"
            f"{' times as much' if more else ''}.",
            next_step="Check the dose, or state why.",
            source=limit.source,
            verified=limit.verified,
        )
