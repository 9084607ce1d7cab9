"""What a command has brought into a record so far: the answer for whoever interrupts it.

An interrupt can come between the commit and the line that says so. What is known here changes with
the commit itself (`hemifacial.case.database.transaction`), and not with what is said of it.
"""

from __future__ import annotations

__all__ = ["drop", "forget", "keep", "last", "promise"]

_state = {"promised": 0, "kept": 0}


def promise(number: int) -> None:
    """Entries up to this number are written, and not yet on the disk."""
    _state["promised"] = number


def keep() -> None:
    """What was promised is on the disk."""
    _state["kept"] = _state["promised"] or _state["kept"]
    _state["promised"] = 0


def drop() -> None:
    """What was promised was taken back."""
    _state["promised"] = 0


def forget() -> None:
    """A command begins: what others before it did in this process is not its own."""
    _state["promised"] = _state["kept"] = 0


def last() -> int:
    """The number of the last entry that this command brought onto the disk; 0 if there is none."""
    return _state["kept"]
