"""The record: everything a clinic knows of its patients, entry by entry, in one file.

Nothing is changed in place; who, when and why stand in each entry; entries hang together in a
chain (docs/case.md). A `Record` belongs to the thread that opened it: a server opens one a request,
which takes milliseconds.
"""

from hemifacial.case.opening import create_record, open_record
from hemifacial.case.record import Record
from hemifacial.case.writing import Draft

__all__ = ["Draft", "Record", "create_record", "open_record"]
