"""Tokens: told by whom they are for, once for as long as nothing changes (adr/0047; RFC 6750).

A token that was made here is known by its hash. That its grant is still there, and its owner, is looked up and
remembered. Once it is told that an owner has changed, it is looked up again, as passwords are (adr/0023). Grants begin
all the time: once it is told of those, it is asked which have ended, once for all tokens.
"""

import hashlib
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from pillarbox.access import Ended, Principal, Proof, ProofKind
from pillarbox.access.token import LONGEST, Token, TokenKind
from pillarbox.datatypes.server import GRANT, Grant
from pillarbox.signin.oauth.grant import Grants
from pillarbox.store import LogTooShort, Notice, Store, StoreError, Unit
from pillarbox.telemetry import Event, emit
from pillarbox.wire.values import utc_datetime

__all__ = ["OwnTokens", "People"]

MAX_REMEMBERED = 10_000
MAX_AGE = 60.0
"""Seconds for which a change of which no notice came may go unnoticed."""
_PAGE = 1000
_USED = 3600.0
"""Seconds for which it is not noted again that a grant is used."""


class People(Protocol):
    """Where principals are known by their numbers."""

    def numbered(self, number: int) -> Principal | None:
        """Whose account has this number. Raises store.Unavailable."""

    def listen(self, listener: Callable[[], None]) -> AbstractContextManager[None]:
        """A block in which the listener is called, on any thread, once somebody may be another than before."""


_State: TypeAlias = tuple[str, int]
"""The epoch of account 0, and the number of its log."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What had been heard, and up to where grants were known, at some moment."""

    people: int
    grants: int
    state: _State | None


@dataclass(frozen=True, slots=True)
class _Verified:
    proof: Proof
    token: Token
    people: int
    """How often it had been heard of people when it was looked up."""
    at: float


class OwnTokens:
    """Tells whom tokens of one kind are for, remembering those that it has verified.

    Remembered is a keyed hash of the token, its key this process's. `clock` gives seconds from any point on, `time_` is
    that since 1970. Listens from the beginning.
    """

    def __init__(
        self,
        store: Store,
        grants: Grants,
        people: People,
        kind: TokenKind = TokenKind.ACCESS,
        *,
        clock: Callable[[], float] = time.monotonic,
        time_: Callable[[], float] = time.time,
    ) -> None:
        self._grants = grants
        self._people = people
        self._kind = kind
        self._clock = clock
        self._time = time_
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._store = store
        self._people_heard = 0
        self._grants_heard = 0
        self._grants_asked = 0
        """The notice of grants up to which it was asked which have ended."""
        self._state: _State | None = None
        """That of grants then."""
        self._verified: OrderedDict[bytes, _Verified] = OrderedDict()
        self._used: dict[int, float] = {}
        self._listening = ExitStack()
        self._listening.enter_context(people.listen(self.doubt))
        self._listening.enter_context(_grants_change(store, self._hear))

    def remembered(self, token: str) -> Proof | None:
        """What it proved, if nothing is known to have changed. Asks nobody."""
        with self._lock:
            verified = self._verified.get(self._mark(token))
            if verified is None or not self._holds(verified):
                return None
            return verified.proof

    def is_outdated(self, token: str) -> bool:
        """Whether it was verified, and something may have changed: `confirmed` is worth a try."""
        with self._lock:
            verified = self._verified.get(self._mark(token))
            return verified is not None and not self._holds(verified)

    def confirmed(self, token: str) -> Proof | None:
        """What it still proves, if it was verified before. Reads. Raises store.Unavailable."""
        mark = self._mark(token)
        self._ask()
        with self._lock:
            verified, known = self._verified.get(mark), self._known()
            if verified is None:
                return None
            if self._holds(verified):
                return verified.proof
        proof = self._proved(verified.token)
        if proof is None:
            with self._lock:
                self._verified.pop(mark, None)
            return None
        return self._remember(mark, proof, verified.token, known)

    def verified(self, token: str) -> Proof | None:
        """What it proves; None for what is no token of this kind that was made here. Reads.

        Raises Ended; store.Unavailable.
        """
        read = self._grants.key.read(token)
        if read is None or read.kind is not self._kind:
            return None
        # What begins and ends after the last asking is told by none: it is to have been asked since this one's began.
        self._forget_changed(self._known())
        with self._lock:
            known = self._known()
        proof = self._proved(read)
        if proof is None:
            raise Ended
        return self._remember(self._mark(token), proof, read, known)

    def doubt(self) -> None:
        """Somebody may be another than before."""
        with self._lock:
            self._people_heard += 1

    def close(self) -> None:
        """Listens no longer, and so remembers nobody."""
        self._listening.close()
        with self._lock:
            self._verified.clear()

    def _hear(self) -> None:
        """Grants have begun or ended."""
        with self._lock:
            self._grants_heard += 1

    def _known(self) -> _Known:
        return _Known(self._people_heard, self._grants_heard, self._state)

    def _ask(self) -> None:
        """Forgets the tokens of grants that have ended since this was last asked, if it was told of any since."""
        with self._lock:
            known = self._known()
            if self._grants_asked == known.grants:
                return
        self._forget_changed(known)

    def _forget_changed(self, known: _Known) -> None:
        with self._store.read(0) as server:
            state, changed = _changed(server, known.state)
        with self._lock:
            gone = [mark for mark, one in self._verified.items() if changed is None or one.token.grant in changed]
            for mark in gone:
                del self._verified[mark]
            self._grants_asked = max(self._grants_asked, known.grants)
            is_later = self._state is None or self._state[0] != state[0] or self._state[1] < state[1]
            self._state = state if is_later else self._state

    def _proved(self, token: Token) -> Proof | None:
        grant = self._grants.found(token)
        principal = None if grant is None else self._people.numbered(grant.account)
        if grant is None or principal is None:
            return None
        self._note(grant)
        scopes = _scopes(grant, token)
        kind = ProofKind.SESSION if token.kind is TokenKind.SESSION else ProofKind.TOKEN
        return Proof(
            principal,
            kind,
            grant.number,
            scopes,
            expires=float(token.expires),
            at=utc_datetime(grant.auth_time).timestamp(),
            methods=tuple(grant.methods),
        )

    def _note(self, grant: Grant) -> None:
        """That a grant is used, once in a while."""
        now = self._time()
        last = max(self._used.get(grant.number, 0.0), utc_datetime(grant.used).timestamp())
        if now - last < _USED:
            return
        if len(self._used) >= MAX_REMEMBERED:
            self._used.clear()
        self._used[grant.number] = now
        try:
            self._grants.used(grant.number)
        except StoreError as problem:
            # Whoever has proved who they are is let in all the same.
            emit(Event.STORE_FAILED, known=problem.known)

    def _holds(self, verified: _Verified) -> bool:
        is_heard = verified.people == self._people_heard and self._grants_asked == self._grants_heard
        return is_heard and self._clock() - verified.at < MAX_AGE and verified.token.holds(self._time())

    def _remember(self, mark: bytes, proof: Proof, token: Token, known: _Known) -> Proof:
        """What was looked up after this was known."""
        with self._lock:
            # What has ended since was not among those that were forgotten: it is to be looked up once more.
            at = self._clock() - (0.0 if known == self._known() else MAX_AGE)
            self._verified[mark] = _Verified(proof, token, known.people, at)
            self._verified.move_to_end(mark)
            while len(self._verified) > MAX_REMEMBERED:
                self._verified.popitem(last=False)
        return proof

    def _mark(self, token: str) -> bytes:
        # What is longer is no token of ours, whatever follows.
        octets = token[: LONGEST + 1].encode("utf-8", "surrogatepass")
        return hashlib.blake2b(octets, digest_size=32, key=self._key).digest()


def _scopes(grant: Grant, token: Token) -> frozenset[str] | None:
    """What a token lets through: what its grant does, or less."""
    if grant.scopes is None:
        return None if token.kind is TokenKind.SESSION else frozenset()
    had = frozenset(grant.scopes)
    return had if token.scopes is None else had & token.scopes


def _changed(server: Unit, before: _State | None) -> tuple[_State, set[int] | None]:
    """The state of grants, and the numbers of those that were changed or ended since another; None if any may be."""
    state = server.epoch, server.state(GRANT.table)
    if before is None or before[0] != state[0]:
        return state, None
    since = before[1]
    changed: set[int] = set()
    more = True
    try:
        while more:
            page = server.changes(GRANT.table, since, _PAGE)
            changed |= {*page.updated, *page.destroyed}
            since, more = page.until, page.more
    except LogTooShort:
        return state, None
    return state, changed


@contextmanager
def _grants_change(store: Store, listener: Callable[[], None]) -> Iterator[None]:
    def heard(notice: Notice) -> None:
        if GRANT.name in notice.states:
            listener()

    with store.feed.listen(0, heard):
        yield
