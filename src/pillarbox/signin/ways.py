"""All the ways in by a name and a password, in the order in which they are tried."""

import time
from collections.abc import Callable
from functools import partial
from typing import Protocol

from pillarbox.access import Directory
from pillarbox.signin.appointed import Appointed, FallbackAdmin, MasterUser
from pillarbox.signin.apppassword import AppPasswords
from pillarbox.signin.main import MainPasswords, OwnPasswords
from pillarbox.signin.password import renewed
from pillarbox.signin.secondfactor import SecondFactors
from pillarbox.signin.way import MainPassword, Way
from pillarbox.store import Store

__all__ = ["Ways"]


class _Passwords(Protocol):
    def hash(self, password: str) -> str: ...
    def verify(self, kept: str | None, password: str) -> bool: ...
    def is_dated(self, kept: str) -> bool: ...


class Ways:
    """Those over one store. `source` knows main passwords, where that is not this server's own directory alone."""

    def __init__(
        self,
        store: Store,
        directory: Directory,
        passwords: _Passwords,
        source: MainPassword | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._directory = directory
        self._passwords = passwords
        self._clock = clock
        self.main: MainPassword = source or OwnPasswords(directory, passwords, partial(renewed, store))
        """Whose main passwords these are, for a sign-in that asks for the second factor by itself."""
        self._first: tuple[Way, ...] = (
            AppPasswords(store, directory, passwords, clock),
            MainPasswords(directory, self.main, SecondFactors(store, clock)),
        )

    def under(self, fallback: Appointed | None = None, master: Appointed | None = None) -> tuple[Way, ...]:
        """Those that there are with these settings; where they are the same, so are the ways."""
        more: list[Way] = []
        if fallback is not None:
            more.append(FallbackAdmin(fallback, self._passwords))
        if master is not None:
            more.append(MasterUser(master, self._passwords, self._directory, self._store, self._clock))
        return (*self._first, *more)
