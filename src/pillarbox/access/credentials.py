"""Passwords: hashed with argon2id, and verified once for as long as nothing changes (adr/0012)."""

import hashlib
import hmac
import secrets
import threading
from collections import OrderedDict
from functools import cached_property
from typing import Protocol

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from pillarbox.access.directory import Directory, Principal

__all__ = ["PasswordCheck", "Passwords"]

MAX_PASSWORD = 1024
MAX_REMEMBERED = 10_000


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
        try:
            self._hasher.verify(kept or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None


class _Verifier(Protocol):
    def verify(self, kept: str | None, password: str) -> bool: ...


class PasswordCheck:
    """Tells principals by name and password, remembering whom it has verified.

    Remembered is an HMAC of name and password under a key of this process, in memory alone: no fast hash of a
    password ever reaches a disk. All of it is dropped when the directory's version changes.
    """

    def __init__(self, directory: Directory, passwords: _Verifier) -> None:
        self._directory = directory
        self._passwords = passwords
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._version: int | None = None
        self._verified: OrderedDict[bytes, Principal] = OrderedDict()

    def remembered(self, name: str, password: str) -> Principal | None:
        """The principal, if these were verified and nothing has changed since. Fast. Raises store.Unavailable."""
        version = self._directory.version()
        with self._lock:
            if version != self._version:
                self._verified.clear()
                self._version = version
            return self._verified.get(self._mark(name, password))

    def verified(self, name: str, password: str) -> Principal | None:
        """The principal whose name and password these are. Slow. Raises store.Unavailable."""
        if len(password) > MAX_PASSWORD:
            return None
        # Read before the directory is asked: a change in between must not be remembered as seen.
        version = self._directory.version()
        principal = self._directory.find(name)
        if not self._passwords.verify(principal.secret if principal else None, password) or principal is None:
            return None
        with self._lock:
            if version == self._version:
                self._verified[self._mark(name, password)] = principal
                while len(self._verified) > MAX_REMEMBERED:
                    self._verified.popitem(last=False)
        return principal

    def _mark(self, name: str, password: str) -> bytes:
        # The length in front, so that no two pairs are written alike.
        both = f"{len(name)}:{name}{password}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, both, hashlib.sha256)
