"""Names and passwords: verified once for as long as nothing changes (adr/0012, adr/0023)."""

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from pillarbox.access import Proof
from pillarbox.signin.credentials.way import MAX_PASSWORD, Telling, Tried, Way
from pillarbox.store import Unavailable

__all__ = ["PasswordCheck"]

MAX_REMEMBERED = 10_000
MAX_AGE = 60.0
"""Seconds for which a change of which no notice came, as when the one who made it was killed, may go unnoticed."""


@dataclass(frozen=True, slots=True)
class _Verified:
    """What was proved, in which way, how much had been heard when that was looked up, and when.

    `since` is when the password itself was seen to be right.
    """

    proof: Proof
    way: Way
    heard: int
    at: float
    since: float


class PasswordCheck:
    """Tells principals by name and password, remembering whom it has verified (adr/0023).

    The ways are tried in their order. Remembered is a keyed hash of name and password, its key this process's, in
    memory alone: no fast hash of a password that somebody chose ever reaches a disk. It counts until a change is told
    of, and MAX_AGE seconds at most; then it is confirmed by its way, and only what cannot be is verified anew.

    What a proof says of networks and of its end is for the caller to look at, each time.

    Listens from the beginning; `clock` gives seconds, from any point on.
    """

    def __init__(self, telling: Telling, ways: Sequence[Way], clock: Callable[[], float] = time.monotonic) -> None:
        self._ways = tuple(ways)
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._heard = 0
        # The one used longest ago is the first.
        self._verified: OrderedDict[bytes, _Verified] = OrderedDict()
        self._listening = ExitStack()
        self._listening.enter_context(telling.listen(self.doubt))

    def remembered(self, name: str, password: str) -> Proof | None:
        """What they prove, if these were verified and nothing is known to have changed. Asks nobody."""
        with self._lock:
            verified = self._verified.get(self._mark(name, password))
            if verified is None or not self._holds(verified):
                return None
            return verified.proof

    def is_outdated(self, name: str, password: str) -> bool:
        """Whether these were verified, and something may have changed: `confirmed` is worth a try."""
        with self._lock:
            verified = self._verified.get(self._mark(name, password))
            return verified is not None and not self._holds(verified)

    def confirmed(self, name: str, password: str) -> Proof | None:
        """What they prove now, if these were verified and still hold. Raises store.Unavailable.

        Reads, so it is nothing for an event loop; hashes nothing.
        """
        mark = self._mark(name, password)
        with self._lock:
            verified, heard = self._verified.get(mark), self._heard
        if verified is None:
            return None
        now = self._clock()
        proof = verified.way.confirmed(name, verified.proof, now - verified.since)
        if proof is None:
            with self._lock:
                self._verified.pop(mark, None)
            return None
        # What is made of a proof is kept by it: one that is equal stays the same one.
        same = verified.proof if proof == verified.proof else proof
        return self._remember(mark, _Verified(same, verified.way, heard, now, verified.since))

    def verified(self, name: str, password: str, address: IPv4Address | IPv6Address | None = None) -> Proof | None:
        """What they prove; the address is the client's. Slow. Raises SecondFactorMissing; store.Unavailable."""
        if len(password) > MAX_PASSWORD:
            return None
        # A client opens several connections at once: one of them was hashed while the others waited for a thread.
        remembered = self.remembered(name, password)
        if remembered is not None:
            return remembered
        tried, away = Tried(name, password, address), None
        for way in self._ways:
            # Before the directory is asked: what is heard from here on may be of what it then tells.
            heard, now = self._heard, self._clock()
            try:
                proof = way.verified(tried)
            except Unavailable as problem:
                # The ways behind it need not what is away: it is by one of them that somebody comes to mend it.
                away = away or problem
                continue
            if proof is not None:
                return self._remember(self._mark(name, password), _Verified(proof, way, heard, now, now))
        if away is not None:
            raise away
        return None

    def use(self, ways: Sequence[Way]) -> None:
        """From now on these; who came in by one that is not among them is known no more."""
        with self._lock:
            self._ways = tuple(ways)
            for mark in [mark for mark, one in self._verified.items() if one.way not in self._ways]:
                del self._verified[mark]

    def doubt(self) -> None:
        """Something may have changed: whoever was verified is confirmed before they are known again."""
        with self._lock:
            self._heard += 1

    def close(self) -> None:
        """Listens no longer, and so remembers nobody."""
        self._listening.close()
        with self._lock:
            self._verified.clear()

    def _holds(self, verified: _Verified) -> bool:
        return verified.heard == self._heard and self._clock() - verified.at < MAX_AGE

    def _remember(self, mark: bytes, verified: _Verified) -> Proof:
        with self._lock:
            self._verified[mark] = verified
            self._verified.move_to_end(mark)
            while len(self._verified) > MAX_REMEMBERED:
                self._verified.popitem(last=False)
        return verified.proof

    def _mark(self, name: str, password: str) -> bytes:
        # The length in front, so that no two pairs are written alike.
        both = f"{len(name)}:{name}{password}".encode("utf-8", "surrogatepass")
        return hashlib.blake2b(both, digest_size=32, key=self._key).digest()
