"""A session against what the labels of its product say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hemifacial.care.toxin.dose import ToxinDose, total
from hemifacial.care.toxin.label_choice import LabelsHeld, labels_held
from hemifacial.care.toxin.product_rows import LabelLimit, LimitKind
from hemifacial.care.toxin.session import Injection, Session
from hemifacial.care.toxin.sites import EYE_MUSCLES
from hemifacial.care.toxin.tables import ToxinTables
from hemifacial.care.warnings import CareWarning, Severity

__all__ = ["label_warnings"]


def label_warnings(
    session: Session,
    before: Sequence[Session],
    age_years: float | None,
    tables: ToxinTables,
) -> Iterator[CareWarning]:
    """Licence, age, doses and cumulative doses, and which labels these were held against."""
    if session.product not in tables.products:
        yield CareWarning(
            rule="toxin_unknown_product",
            severity=Severity.WARN,
            text=f"{session.product} is in no table of products: nothing of its doses is checked.",
            next_step="Check the name; of another product read the label yourself.",
            source="this project, docs/toxin.md",
            verified=False,
            subject=session.product,
        )
    yield from _licence(session, tables)
    held = labels_held(session, tables)
    if not (held.doses_are_checked and held.are_as_stated):
        yield _which_labels(held)
    for limit in held.limits:
        if limit.kind is LimitKind.YOUNGEST:
            if age_years is not None and age_years < limit.value:
                found = f"The patient is {age_years:g} years old"
                yield _warning(limit, "toxin_age", found, f"{limit.value:g} years")
        elif limit.kind is not LimitKind.INTERVAL:
            yield from _doses(limit, session, before)


def _licence(session: Session, tables: ToxinTables) -> Iterator[CareWarning]:
    for label in tables.labels:
        if (label.product, label.jurisdiction) != (session.product, session.jurisdiction):
            continue
        if label.hemifacial_spasm != "yes":
            yield CareWarning(
                rule="toxin_off_label",
                severity=Severity.NOTE,
                text=f"The label of {session.product} in {label.jurisdiction} is "
                f"{'only in part ' if label.hemifacial_spasm == 'partly' else 'not '}"
                f"for hemifacial spasm ({label.wording}).",
                source=label.source,
                verified=label.verified,
                subject=session.product,
            )


def _which_labels(held: LabelsHeld) -> CareWarning:
    """That other labels than a stated one were used; that none was is a warning, for all doses."""
    if held.doses_are_checked:
        rule, severity = "toxin_label_used", Severity.NOTE
        next_step = "Check the label of your own country, or state which one holds."
    else:
        rule, severity = "toxin_no_limits_known", Severity.WARN
        next_step = "Read the label of the product before it is given."
    return CareWarning(
        rule=rule,
        severity=severity,
        text=held.sentence,
        next_step=next_step,
        source="this project, docs/toxin.md",
        verified=False,
        subject=held.product,
    )


def _doses(limit: LabelLimit, session: Session, before: Sequence[Session]) -> Iterator[CareWarning]:
    most = ToxinDose(product=limit.product, units=limit.value)
    for subject, what, dose in _held_against(limit, session, before):
        if dose.is_above(most):
            yield _warning(limit, f"toxin_{limit.kind}", f"{what}: {dose}", str(most), subject)


_Held = tuple[str, str, ToxinDose[str]]


def _held_against(
    limit: LabelLimit, session: Session, before: Sequence[Session]
) -> Iterator[_Held]:
    """Subject, words and dose of everything that a limit limits."""
    eye = [one for one in session.injections if one.muscle in EYE_MUSCLES]
    if limit.kind is LimitKind.PER_EYE_SITE:
        for number, one in enumerate(session.injections, start=1):
            if one.muscle in EYE_MUSCLES:
                yield f"injection {number}", f"Injection {number} ({one.side} eye)", one.dose
    elif limit.kind is LimitKind.PER_EYE:
        yield from _each_eye(session, eye)
    elif limit.kind is LimitKind.FIRST_PER_EYE:
        if all(one.product != session.product for one in before):
            yield from _each_eye(session, eye)
    elif limit.kind is LimitKind.PER_SESSION:
        yield "", "The session", session.dose
    elif limit.kind is LimitKind.CUMULATIVE and limit.window_days is not None:
        within = [
            one
            for one in before
            if one.product == session.product
            and (session.happened_on - one.happened_on).days < limit.window_days
        ]
        dose = total((one.dose for one in [*within, session]), session.product)
        yield "", f"With {len(within)} earlier sessions in {limit.window_days} days", dose


def _each_eye(session: Session, eye: Sequence[Injection]) -> Iterator[_Held]:
    for side in session.sides:
        doses = [one.dose for one in eye if one.side is side]
        yield f"{side} eye", f"The {side} eye", total(doses, session.product)


def _warning(limit: LabelLimit, rule: str, found: str, most: str, subject: str = "") -> CareWarning:
    return CareWarning(
        rule=rule,
        severity=Severity.WARN,
        text=f"{found}; the limit is {most} ({limit.product}, {limit.jurisdiction}: "
        f"{limit.meaning}).",
        source=limit.source,
        verified=limit.verified,
        next_step="Check the dose, or state why.",
        subject=subject,
    )
