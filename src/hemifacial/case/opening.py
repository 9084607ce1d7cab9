"""Making a record and opening one."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from pathlib import Path

from hemifacial.case import acknowledged
from hemifacial.case.acts import Clinic, Profile
from hemifacial.case.connecting import open_file
from hemifacial.case.database import build, transaction
from hemifacial.case.drivers import Driver, driver_for, speaking_of
from hemifacial.case.mounts import refuse_network
from hemifacial.case.placing import reserved
from hemifacial.case.record import Record
from hemifacial.case.writing import Clock, Draft, append

__all__ = ["create_record", "open_record"]


def _now() -> datetime:
    return datetime.now(UTC)


def create_record(
    path: Path, *, clinic: str, profile: Profile, key: str | None = None, clock: Clock = _now
) -> None:
    """Make a new record with its first profile; `path` must not be there.

    Parameters
    ----------
    key
        Encrypts the file (extra ``encrypted``); there is no way in without it.
    """
    refuse_network(path)
    driver = driver_for(key)
    start = (
        Draft(kind="clinic", body=Clinic(record_id=uuid.uuid4().hex, name=clinic)),
        Draft(kind="profile", body=profile),
    )
    with reserved(path) as partial, speaking_of(path, driver):
        connection = build(partial, driver)
        try:
            with transaction(connection):
                append(connection, start, by=profile.word, clock=clock)
                acknowledged.drop()  # it is no record before it has taken its place
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            connection.close()


def open_record(
    path: Path, *, key: str | None = None, clock: Clock = _now, driver: Driver | None = None
) -> Record:
    """Open a record, bring it to the newest schema, and finish what was interrupted.

    Raises
    ------
    InputError
        If there is none, or it cannot be used here; the text says why and what next.
    """
    driver = driver or driver_for(key)
    record = Record(path, open_file(path, driver), driver, clock=clock)
    try:
        record.finish()
    except BaseException:
        record.close()
        raise
    return record
