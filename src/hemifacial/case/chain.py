"""Salts, commitments and links: what makes an edit of the file show.

A commitment is the SHA-256 of 16 random bytes and of everything that an entry says; a link is that
of the link before, the number and the commitment. When an entry is erased its salt goes with
it: what it said can then not even be guessed and tried, and the links still hold.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from typing import Any

__all__ = ["FIRST_LINK", "canonical", "commitment_of", "link_of", "new_salt"]

_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)
FIRST_LINK = bytes(32)
"""The link before the first entry."""


def canonical(value: Any) -> str:
    """The one way in which a value of plain JSON is written, so that its hash is its own.

    Keys sorted, no space, no number that is not finite.
    """
    return _ENCODER.encode(value)


def new_salt() -> bytes:
    """16 bytes that nobody can guess."""
    return secrets.token_bytes(16)


def commitment_of(salt: bytes, said: Sequence[int | str | None]) -> bytes:
    """SHA-256 over salt and the columns of an entry, in their order, as canonical JSON."""
    return hashlib.sha256(salt + canonical(list(said)).encode("utf-8")).digest()


def link_of(before: bytes, number: int, commitment: bytes) -> bytes:
    """SHA-256 over the link before, the number in eight bytes, and the commitment."""
    return hashlib.sha256(before + number.to_bytes(8, "big") + commitment).digest()
