"""The record: a few verbs, each one transaction, acknowledged only when it is on the disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any

from hemifacial.care.warnings import CareWarning
from hemifacial.case import backup, erasure, reading, verifying
from hemifacial.case.acts import Backup, Profile, Withdrawal
from hemifacial.case.connecting import Opened
from hemifacial.case.database import LOG_BYTES, empty_log, transaction
from hemifacial.case.drivers import Access, Connection, Driver, speaking_of
from hemifacial.case.kinds import kind_of
from hemifacial.case.placing import state_of
from hemifacial.case.reading import Entry, Head, PatientLine
from hemifacial.case.swept import Swept
from hemifacial.case.timeline import SHOWN, Timeline, timeline
from hemifacial.case.writing import Clock, Draft, append, check_profile
from hemifacial.errors import InputError, UsageError

__all__ = ["Record"]


class Record:
    """An open record; to be used by one thread, and closed, best as a ``with`` block.

    Attributes
    ----------
    path
        The file.
    only_read
        Whether the file cannot be written where it lies.
    as_it_lies
        Whether it is read without locks, since nobody has it open; reading fails as soon as
        somebody has.
    schema_before
        The schema that the file had before it was opened; older than now if it was brought up.
    swept
        What the last erasing, or the opening that finished one, did to the files beside the
        record; None where there was nothing to do.
    """

    def __init__(
        self,
        path: Path,
        opened: Opened,
        driver: Driver,
        *,
        clock: Clock,
    ) -> None:
        self.path = path
        self.only_read = opened.access is not Access.WRITE
        self.as_it_lies = opened.access is Access.AS_IT_LIES
        self.schema_before = opened.schema_before
        self.swept: Swept | None = None
        self._connection = opened.connection
        self._state = opened.state
        self._driver = driver
        self._clock = clock
        self._log_limit = LOG_BYTES

    def __enter__(self) -> Record:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; the last one out empties the log."""
        self._connection.close()

    # -- reading

    @property
    def encrypted(self) -> bool:
        """Whether the file can be read without its key."""
        return self._driver.encrypted

    @property
    def head(self) -> Head:
        """The end of the chain: the anchor that reports print."""
        with self._reading() as connection:
            return reading.head_of(connection)

    def profiles(self) -> tuple[Profile, ...]:
        """Who writes in this record, those no longer active among them."""
        with self._reading() as connection:
            return reading.profiles_of(connection)

    def patients(self, *, starting_with: str = "") -> tuple[PatientLine, ...]:
        """The patients by code, or those whose codes start so."""
        with self._reading() as connection:
            return reading.patients_of(connection, starting_with=starting_with)

    def entries(self, patient: str) -> tuple[Entry, ...]:
        """All entries of a patient in the order of their numbers, replaced ones among them."""
        with self._reading() as connection:
            return reading.entries_of(connection, reading.patient_key(connection, patient))

    def timeline(self, patient: str) -> Timeline:
        """One patient's course as series, marks and spans on one axis."""
        with self._reading() as connection:
            key = reading.patient_key(connection, patient)
            return timeline(reading.entries_of(connection, key, quantities=SHOWN))

    def clinic_entries(self, kind: str) -> tuple[Entry, ...]:
        """The entries of a kind that concerns the clinic: clinic, profile, backup, erasure."""
        with self._reading() as connection:
            return reading.entries_of_clinic(connection, kind)

    def entry(self, number: int) -> Entry:
        """One entry by its number."""
        with self._reading() as connection:
            return reading.entry_of(connection, number)

    def verify(self, *, anchor: str = "") -> verifying.Verification:
        """Walk the chain; `anchor` is the head that an earlier report was printed with."""
        with self._reading() as connection:
            return verifying.verify(connection, anchor=anchor)

    # -- writing

    def add(
        self,
        patient: str,
        kind: str,
        body: Any,
        *,
        by: str,
        happened_on: date | None = None,
        why: str = "",
        warnings: Iterable[CareWarning] = (),
    ) -> Entry:
        """Enter one fact; see `Draft`. It is on the disk when this returns."""
        draft = Draft(
            kind=kind,
            body=body,
            patient=patient,
            happened_on=happened_on,
            why=why,
            warnings=tuple(warnings),
        )
        return self.entry(self.add_many([draft], by=by)[0])

    def add_many(self, drafts: Iterable[Draft], *, by: str) -> list[int]:
        """Enter several facts, all or none; their numbers."""
        with self._writing(by) as connection:
            return append(connection, drafts, by=by, clock=self._clock)

    def replace(
        self,
        number: int,
        body: Any,
        *,
        by: str,
        why: str,
        happened_on: date | None = None,
        warnings: Iterable[CareWarning] = (),
    ) -> Entry:
        """Correct an entry by another of its kind; the old one stays, and is shown as replaced."""
        with self._writing(by) as connection:
            old = self._replaceable(connection, number)
            if old.kind == "profile" and body.word != old.body.word:
                raise UsageError("a profile keeps its word: entries are signed with it")
            day = happened_on or (None if kind_of(old.kind).day else old.happened_on)
            draft = Draft(
                kind=old.kind,
                body=body,
                patient=old.patient,
                happened_on=day,
                why=why,
                warnings=tuple(warnings),
                replaces=number,
            )
            (new,) = append(connection, [draft], by=by, clock=self._clock)
        return self.entry(new)

    def withdraw(self, number: int, *, by: str, why: str) -> Entry:
        """Say that an entry should never have been; it stays, and no longer counts."""
        with self._writing(by) as connection:
            old = self._replaceable(connection, number)
            if not old.patient or old.kind == "patient":
                raise UsageError(
                    f"entry {number} ({old.kind}) cannot be withdrawn",
                    next_step="Replace it; a patient can be erased.",
                )
            draft = Draft(
                kind="withdrawal",
                body=Withdrawal(),
                patient=old.patient,
                happened_on=old.happened_on,
                why=why,
                replaces=number,
            )
            (new,) = append(connection, [draft], by=by, clock=self._clock)
        return self.entry(new)

    def erase(self, patient: str, *, by: str, why: str) -> Entry:
        """Erase a patient for good, with the files beside the record that nobody else uses.

        Returns the entry that says so; `swept` says what became of the files. Backups, and
        recordings that lie elsewhere, are not reached.

        Raises
        ------
        InputError
            Where the entries are erased, but not all of their remains: the text says what is left.
        """
        self.swept = None
        self._check_writable()
        with speaking_of(self.path, self._driver):
            key = reading.patient_key(self._connection, patient)
            number = erasure.erase(self._connection, key, by=by, why=why, clock=self._clock)
            self.swept, done = erasure.clear_away(self._connection, self.path)
        erasure.check_cleared(self.path, self.swept, done)
        return self.entry(number)

    def backup(self, into: Path, *, by: str) -> Entry:
        """Copy the record to a new file, verify the copy, and note that it exists.

        It is noted before it takes its name: a copy of which the record knows nothing would not be
        named when a patient is erased.
        """
        self._check_writable()
        with speaking_of(self.path, self._driver):
            check_profile(self._connection, by)
        noted: list[Entry] = []

        def note(copied: verifying.Verification) -> None:
            head = copied.head
            body = Backup(file_name=into.name, head_number=head.number, head=head.link)
            noted.append(self.add("", "backup", body, by=by))

        backup.copy(self._connection, self.path, self._driver, into, note=note)
        return noted[0]

    # -- the rest

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with speaking_of(self.path, self._driver):
                yield self._connection
        except Exception:
            self._check_as_it_lay()  # what was half written is no damage
            raise
        self._check_as_it_lay()

    def _check_as_it_lay(self) -> None:
        """Nothing is answered out of a file that somebody wrote meanwhile."""
        if self.as_it_lies and state_of(self.path) != self._state:
            raise InputError(
                f"{self.path}: another program has opened the record to write in it",
                next_step="Open it again: it is then read together with that program.",
            )

    @contextmanager
    def _writing(self, by: str) -> Iterator[Connection]:
        self._check_writable()
        with speaking_of(self.path, self._driver):
            with transaction(self._connection):
                check_profile(self._connection, by)
                yield self._connection
            log = self.path.with_name(f"{self.path.name}-wal")
            self._log_limit = empty_log(self._connection, log, self._log_limit)

    def _check_writable(self) -> None:
        if self.only_read:
            raise InputError(
                f"{self.path}: cannot be written (the file or its folder is read-only)",
                next_step="Check the rights, or copy the record to a folder that can be written.",
            )

    def _replaceable(self, connection: Connection, number: int) -> Entry:
        old = reading.entry_of(connection, number)
        if old.replaced_by is not None:
            raise UsageError(
                f"entry {number} was replaced by entry {old.replaced_by}",
                next_step=f"Replace entry {old.replaced_by} instead.",
            )
        if not kind_of(old.kind).by_hand:
            raise UsageError(f"entry {number} ({old.kind}) cannot be replaced")
        return old

    def finish(self) -> None:
        """Bring an interrupted erasure to its end, in the file and beside it; opening does it."""
        with speaking_of(self.path, self._driver):
            self.swept = erasure.resume(self._connection, self.path, can_write=not self.only_read)
