"""What a patient's response asks for: today, and at the next session."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hemifacial.care.toxin.response import Grade, Response, SideEffect
from hemifacial.care.toxin.rows import SideEffectKind
from hemifacial.care.toxin.session import Injection, Session
from hemifacial.care.toxin.sites import place_of, suspects
from hemifacial.care.toxin.tables import ToxinTables
from hemifacial.care.warnings import CareWarning, Severity, gravest_first
from hemifacial.errors import InputError

__all__ = ["check_response", "repeated_site_warnings"]


def check_response(
    response: Response, session: Session, tables: ToxinTables | None = None
) -> tuple[CareWarning, ...]:
    """What is to be said when a response is written down.

    Raises
    ------
    InputError
        If it is of another session, or names a side effect or an injection that there is not.
    """
    known = tables or ToxinTables.read()
    if response.session_on != session.happened_on:
        raise InputError(
            f"a response to the session of {response.session_on}, not of {session.happened_on}",
            next_step="Choose the session that it belongs to.",
        )
    found = []
    for effect in response.side_effects:
        kind = _kind(effect, known)
        if any(number > len(session.injections) for number in effect.sites):
            raise InputError(
                f"{kind.label}: the session has {len(session.injections)} injections",
                next_step="Give the numbers of injections of this session.",
            )
        if effect.began_on is not None and effect.began_on < session.happened_on:
            raise InputError(
                f"{kind.label} began on {effect.began_on}, before the session",
                next_step="Correct the date, or leave the side effect out.",
            )
        if kind.call_at_once or effect.grade is Grade.SEVERE:
            found.append(
                CareWarning(
                    rule="toxin_see_at_once",
                    severity=Severity.WARN,
                    text=f"{kind.label[0].upper()}{kind.label[1:]}: to be looked at the same day.",
                    next_step="See the patient today.",
                    source=kind.source,
                    verified=kind.verified,
                    subject=effect.kind,
                )
            )
    return gravest_first(found)


def _kind(effect: SideEffect, tables: ToxinTables) -> SideEffectKind:
    if effect.kind not in tables.side_effects:
        raise InputError(
            f"there is no side effect {effect.kind!r}",
            next_step="The side effects are: " + " ".join(tables.side_effects) + ".",
        )
    return tables.side_effects[effect.kind]


def repeated_site_warnings(
    session: Session,
    before: Sequence[Session],
    responses: Sequence[Response],
    tables: ToxinTables,
) -> Iterator[CareWarning]:
    """Sites of this session that can have caused a side effect of the last one, given as it was.

    A smaller dose at the site says nothing: that is what one does about it. A dose of another
    product cannot be held against the last one, and is not.
    """
    if not before:
        return
    last = before[-1]
    for response in responses:
        if response.session_on != last.happened_on:
            continue
        for effect in response.side_effects:
            kind = tables.side_effects.get(effect.kind)
            if kind is None:
                continue  # of another table, entered long ago: no reason to refuse this session
            for suspect in suspects(last, effect, tables):
                for number, one in enumerate(session.injections, start=1):
                    if _given_again(one, suspect.injection, tables):
                        yield CareWarning(
                            rule="toxin_site_again",
                            severity=Severity.NOTE,
                            text=f"Injection {number} repeats one that can have caused the "
                            f"{kind.label} after {last.happened_on}: {suspect.why}.",
                            next_step="Think of a smaller dose or another site.",
                            source=suspect.source or kind.source,
                            verified=suspect.verified,
                            subject=f"injection {number}",
                        )


def _given_again(now: Injection, then: Injection, tables: ToxinTables) -> bool:
    if (now.muscle, now.side, now.dose.product) != (then.muscle, then.side, then.dose.product):
        return False
    return place_of(now, tables) == place_of(then, tables) and now.dose >= then.dose
