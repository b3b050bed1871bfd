"""All the ways in by a name and a password, in the order in which they are tried."""

import time
from collections.abc import Callable
from functools import partial

from pillarbox.access import Directory
from pillarbox.signin.credentials.appointed import Appointed, FallbackAdmin, MasterUser
from pillarbox.signin.credentials.apppassword import AppPasswords
from pillarbox.signin.credentials.hasher import Hasher
from pillarbox.signin.credentials.mainpassword import MainPasswords, OwnPasswords
from pillarbox.signin.credentials.password import renewed
from pillarbox.signin.credentials.secondfactor import SecondFactors
from pillarbox.signin.credentials.way import MainPassword, Way
from pillarbox.store import Store

__all__ = ["Ways"]


class Ways:
    """Those over one store. `source` knows main passwords, where that is not this server's own directory alone."""

    def __init__(
        self,
        store: Store,
        directory: Directory,
        passwords: Hasher,
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
