"""Passwords: hashed with argon2id, and verified once for as long as nothing changes (adr/0012, adr/0023)."""

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from pillarbox.access.directory import Directory, Principal

__all__ = ["PasswordCheck", "Passwords"]

MAX_PASSWORD = 1024
MAX_REMEMBERED = 10_000
MAX_AGE = 60.0
"""Seconds for which a change of which no notice came, as when the one who made it was killed, may go unnoticed."""


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


class _Telling(Directory, Protocol):
    """A directory that tells when somebody may be another than before."""

    def listen(self, listener: Callable[[], None]) -> AbstractContextManager[None]:
        """A block in which the listener is called, on any thread, once something that was told has changed.

        A change may be heard of a moment after it was made, and in rare cases never.
        """


@dataclass(frozen=True, slots=True)
class _Verified:
    """Whose password it was, how much had been heard when that was looked up, and when."""

    principal: Principal
    heard: int
    at: float


class PasswordCheck:
    """Tells principals by name and password, remembering whom it has verified (adr/0023).

    Remembered is a keyed hash of name and password, its key this process's, in memory alone: no fast hash of a
    password ever reaches a disk. It counts until the directory tells of a change, and MAX_AGE seconds at most; then
    the directory is asked again, and only another hash, or none, makes the password be verified anew.

    Listens to the directory from the beginning; `clock` gives seconds, from any point on.
    """

    def __init__(self, directory: _Telling, passwords: _Verifier, clock: Callable[[], float] = time.monotonic) -> None:
        self._directory = directory
        self._passwords = passwords
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._heard = 0
        # The one used longest ago is the first.
        self._verified: OrderedDict[bytes, _Verified] = OrderedDict()
        self._listening = ExitStack()
        self._listening.enter_context(directory.listen(self._hear))

    def remembered(self, name: str, password: str) -> Principal | None:
        """The principal, if these were verified and nothing is known to have changed. Asks nobody."""
        with self._lock:
            verified = self._verified.get(self._mark(name, password))
            if verified is None or not self._holds(verified):
                return None
            return verified.principal

    def is_outdated(self, name: str, password: str) -> bool:
        """Whether these were verified, and something may have changed: `confirmed` is worth a try."""
        with self._lock:
            verified = self._verified.get(self._mark(name, password))
            return verified is not None and not self._holds(verified)

    def confirmed(self, name: str, password: str) -> Principal | None:
        """The principal, if these were verified and are what the directory still has. Raises store.Unavailable.

        Reads, so it is nothing for an event loop; hashes nothing.
        """
        mark = self._mark(name, password)
        with self._lock:
            verified, heard = self._verified.get(mark), self._heard
        if verified is None:
            return None
        before, now = verified.principal, self._clock()
        principal = self._directory.find(name)
        if principal is None or (principal.id, principal.secret) != (before.id, before.secret):
            with self._lock:
                self._verified.pop(mark, None)
            return None
        self._remember(mark, _Verified(principal, heard, now))
        return principal

    def verified(self, name: str, password: str) -> Principal | None:
        """The principal whose name and password these are. Slow. Raises store.Unavailable."""
        if len(password) > MAX_PASSWORD:
            return None
        # A client opens several connections at once: one of them was hashed while the others waited for a thread.
        remembered = self.remembered(name, password)
        if remembered is not None:
            return remembered
        # Before the directory is asked: what is heard from here on may be of what it then tells.
        heard, now = self._heard, self._clock()
        principal = self._directory.find(name)
        if not self._passwords.verify(principal.secret if principal else None, password) or principal is None:
            return None
        self._remember(self._mark(name, password), _Verified(principal, heard, now))
        return principal

    def close(self) -> None:
        """Listens no longer, and so remembers nobody."""
        self._listening.close()
        with self._lock:
            self._verified.clear()

    def _hear(self) -> None:
        with self._lock:
            self._heard += 1

    def _holds(self, verified: _Verified) -> bool:
        return verified.heard == self._heard and self._clock() - verified.at < MAX_AGE

    def _remember(self, mark: bytes, verified: _Verified) -> None:
        with self._lock:
            self._verified[mark] = verified
            self._verified.move_to_end(mark)
            while len(self._verified) > MAX_REMEMBERED:
                self._verified.popitem(last=False)

    def _mark(self, name: str, password: str) -> bytes:
        # The length in front, so that no two pairs are written alike.
        both = f"{len(name)}:{name}{password}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(both, digest_size=32, key=self._key).digest()
