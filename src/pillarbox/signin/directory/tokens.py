"""Tokens of providers outside: asked about once a minute at most, and chained behind those of this server."""

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace

from pillarbox.access import Proof, ProofKind, TokenCheck
from pillarbox.access.scope import DEFAULT_SCOPE, SCOPES
from pillarbox.signin.directory.choice import Directories

__all__ = ["Chain", "ProviderTokens"]

MAX_REMEMBERED = 10_000
MAX_AGE = 60.0
"""Seconds for which a provider is not asked again."""
_OF_IDENTITY = frozenset(("openid", "profile", "email", "offline_access"))
"""Those that every provider knows, and that let nothing through here."""


@dataclass(frozen=True, slots=True)
class _Verified:
    proof: Proof
    heard: int
    at: float


class ProviderTokens:
    """Tells whom tokens of the directories' providers are for (`access.TokenCheck`).

    Of the scopes that a provider tells, those count that are this server's; where there are none of them, as with
    providers that know no mail, a token lets through what one does that asked for no scope.

    `clock` gives seconds from any point on, `time_` those since 1970. Listens from the beginning.
    """

    def __init__(
        self,
        directories: Directories,
        clock: Callable[[], float] = time.monotonic,
        time_: Callable[[], float] = time.time,
    ) -> None:
        self._directories = directories
        self._clock = clock
        self._time = time_
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._heard = 0
        self._verified: OrderedDict[bytes, _Verified] = OrderedDict()
        self._listening = ExitStack()
        self._listening.enter_context(directories.listen(self.doubt))

    def remembered(self, token: str) -> Proof | None:
        """What it proved, if nothing is known to have changed. Asks nobody."""
        with self._lock:
            verified = self._verified.get(self._mark(token))
            return verified.proof if verified is not None and self._holds(verified) else None

    def is_outdated(self, token: str) -> bool:
        """Whether it was verified, and something may have changed: `confirmed` is worth a try."""
        with self._lock:
            verified = self._verified.get(self._mark(token))
            return verified is not None and not self._holds(verified)

    def confirmed(self, token: str) -> Proof | None:
        """What it still proves, until the provider is to be asked again. Reads. Raises store.Unavailable."""
        mark = self._mark(token)
        with self._lock:
            verified, heard = self._verified.get(mark), self._heard
        if verified is None or not self._is_fresh(verified):
            return None
        before = verified.proof.principal
        principal = self._directories.find(before.address)
        if principal is None or (principal.id, principal.directory) != (before.id, before.directory):
            return None
        same = verified.proof if principal == before else replace(verified.proof, principal=principal)
        return self._remember(mark, _Verified(same, heard, verified.at))

    def verified(self, token: str) -> Proof | None:
        """What it proves; None for what no provider knows. Asks the provider. Raises store.Unavailable."""
        heard, at = self._heard, self._clock()
        found = self._directories.introduced(token, self._time())
        if found is None:
            with self._lock:
                self._verified.pop(self._mark(token), None)
            return None
        principal, told = found
        scope = (told.scopes or frozenset()) & SCOPES.keys()
        if scope <= _OF_IDENTITY:
            scope |= DEFAULT_SCOPE
        # How its owner signed in there is the provider's to know.
        proof = Proof(principal, ProofKind.TOKEN, None, scope, (), told.expires, 0.0, ())
        return self._remember(self._mark(token), _Verified(proof, heard, at))

    def doubt(self) -> None:
        """Something may have changed: accounts are looked up again."""
        with self._lock:
            self._heard += 1

    def close(self) -> None:
        """Listens no longer, and so remembers nobody."""
        self._listening.close()
        with self._lock:
            self._verified.clear()

    def _is_fresh(self, verified: _Verified) -> bool:
        return self._clock() - verified.at < MAX_AGE

    def _holds(self, verified: _Verified) -> bool:
        return verified.heard == self._heard and self._is_fresh(verified)

    def _remember(self, mark: bytes, verified: _Verified) -> Proof:
        with self._lock:
            self._verified[mark] = verified
            self._verified.move_to_end(mark)
            while len(self._verified) > MAX_REMEMBERED:
                self._verified.popitem(last=False)
        return verified.proof

    def _mark(self, token: str) -> bytes:
        return hashlib.blake2b(token.encode("utf-8", "surrogatepass"), digest_size=32, key=self._key).digest()


class Chain:
    """Several kinds of tokens (`access.TokenCheck`): the first that knows one tells whom it is for."""

    def __init__(self, checks: Sequence[TokenCheck]) -> None:
        self._checks = tuple(checks)

    def remembered(self, token: str) -> Proof | None:
        """What it proved, if nothing is known to have changed. Asks nobody."""
        return next((proof for one in self._checks if (proof := one.remembered(token)) is not None), None)

    def is_outdated(self, token: str) -> bool:
        """Whether it was verified, and something may have changed: `confirmed` is worth a try."""
        return any(one.is_outdated(token) for one in self._checks)

    def confirmed(self, token: str) -> Proof | None:
        """What it still proves, if it was verified before. Reads. Raises store.Unavailable."""
        return next((proof for one in self._checks if (proof := one.confirmed(token)) is not None), None)

    def verified(self, token: str) -> Proof | None:
        """What it proves; None for what nobody knows. Raises Ended; store.Unavailable."""
        return next((proof for one in self._checks if (proof := one.verified(token)) is not None), None)
