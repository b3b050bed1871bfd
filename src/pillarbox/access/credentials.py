"""Passwords: hashed with argon2id (adr/0012), and verified by whatever scheme they came with (adr/0046)."""

import re
import secrets
from functools import cached_property

from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import InvalidHashError, VerificationError

from pillarbox.access.hashing import is_verified

__all__ = ["Passwords"]

_TAG = re.compile(r"\{ARGON2(?:I|ID)?\}(?=\$argon2)")
_MAX_MEMORY = 1 << 20
"""KiB that a hash may ask for."""
_MAX_WORK = 1 << 24
"""KiB, times the passes over them."""
_MAX_LANES = 64
"""Threads that a hash may ask for: each of its lanes is one."""


class Passwords:
    """Hashes and verifies; each call costs some 64 MiB and 50 ms, so at most two should run at once."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()

    def hash(self, password: str) -> str:
        """What to keep of a password."""
        return self._hasher.hash(password)

    @cached_property
    def _nobody(self) -> str:
        """Verified for unknown names, so that time does not tell which names exist."""
        return self._hasher.hash(secrets.token_hex(16))

    def verify(self, kept: str | None, password: str) -> bool:
        """Whether this is the password that was hashed; takes as long if there is none to compare with."""
        hashed = _TAG.sub("", kept) if kept else self._nobody
        if not hashed.startswith("$argon2"):
            return is_verified(hashed, password)
        try:
            asked = extract_parameters(hashed)
            if (
                asked.memory_cost > _MAX_MEMORY
                or asked.memory_cost * asked.time_cost > _MAX_WORK
                or asked.parallelism > _MAX_LANES
            ):
                return False
            self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError, UnicodeError):
            return False
        return bool(kept)

    def is_dated(self, kept: str) -> bool:
        """Whether a password should be hashed anew when it is next seen: by another scheme, or with less work."""
        if not kept.startswith("$argon2id$"):
            return True
        try:
            return self._hasher.check_needs_rehash(kept)
        except InvalidHashError:
            return True
