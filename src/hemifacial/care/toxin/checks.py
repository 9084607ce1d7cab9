"""Everything that is checked before a session is written down."""

from __future__ import annotations

from collections.abc import Sequence

from hemifacial.care.toxin.course_checks import course_warnings
from hemifacial.care.toxin.label_checks import label_warnings
from hemifacial.care.toxin.response import Response
from hemifacial.care.toxin.response_checks import repeated_site_warnings
from hemifacial.care.toxin.session import Session
from hemifacial.care.toxin.site_checks import site_warnings
from hemifacial.care.toxin.tables import ToxinTables
from hemifacial.care.toxin.vial_checks import vial_warnings
from hemifacial.care.warnings import CareWarning, Severity, gravest_first
from hemifacial.errors import InputError

__all__ = ["check_session", "circumstance_warnings"]


def check_session(
    session: Session,
    *,
    earlier: Sequence[Session] = (),
    responses: Sequence[Response] = (),
    circumstances: Sequence[str] = (),
    age_years: float | None = None,
    tables: ToxinTables | None = None,
) -> tuple[CareWarning, ...]:
    """What is to be said of a session before it is given, the gravest first.

    Parameters
    ----------
    earlier
        The patient's other sessions, without this one; those of a later day are left out.
    responses
        To the earlier sessions: a site that can have caused a side effect is named where it comes
        again.
    circumstances
        Words of ``circumstances.tsv`` that hold for the patient on that day, beside those that the
        session itself states.

    Raises
    ------
    InputError
        If a circumstance is unknown.
    """
    known = tables or ToxinTables.read()
    before = sorted(
        (one for one in earlier if one.happened_on <= session.happened_on and one is not session),
        key=lambda one: one.happened_on,
    )
    return gravest_first(
        [
            *circumstance_warnings(
                tuple(dict.fromkeys((*session.circumstances, *circumstances))), known
            ),
            *label_warnings(session, before, age_years, known),
            *course_warnings(session, before, known),
            *site_warnings(session, known),
            *repeated_site_warnings(session, before, responses, known),
            *vial_warnings(session, known),
        ]
    )


def circumstance_warnings(
    circumstances: Sequence[str], tables: ToxinTables | None = None
) -> list[CareWarning]:
    """What the stated circumstances of the patient say against an injection.

    Raises
    ------
    InputError
        If a word is not in ``circumstances.tsv``.
    """
    known = (tables or ToxinTables.read()).circumstances
    found = []
    for word in circumstances:
        if word not in known:
            raise InputError(
                f"there is no circumstance {word!r}",
                next_step="The circumstances are: " + " ".join(known) + ".",
            )
        row = known[word]
        found.append(
            CareWarning(
                rule=f"toxin_circumstance_{word}",
                severity=Severity(row.severity),
                text=f"{row.label[0].upper()}{row.label[1:]}: {row.text}.",
                next_step=row.next_step,
                source=row.source,
                verified=row.verified,
                subject=word,
            )
        )
    return found
