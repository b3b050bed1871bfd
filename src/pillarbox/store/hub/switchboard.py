"""Who is told what: the hub without its sockets."""

from collections import Counter
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeAlias, TypeVar

from pillarbox.store.hub.line import Garbled, Line, Word

__all__ = ["Switchboard"]

Peer = TypeVar("Peer", bound=Hashable)
_Told: TypeAlias = "Iterator[tuple[Peer, Line]]"

MAX_LISTENED = 262_144
"""Accounts that one process may listen to; it has connections for far fewer listeners."""
MAX_EXPECTED = 4096
"""Commits that one process may have coming at once; each needs a thread of its own."""


@dataclass(slots=True)
class _Known:
    """What is known of one process."""

    listens: set[int] = field(default_factory=set)
    listens_to_all: bool = False
    is_told: bool = False
    expected: Counter[int] = field(default_factory=Counter)


class Switchboard(Generic[Peer]):
    """Takes what processes say, and yields what others are to be told for it."""

    def __init__(self) -> None:
        self._known: dict[Peer, _Known] = {}
        self._listeners: dict[int, set[Peer]] = {}
        self._to_all: set[Peer] = set()
        # By whom one hears of other machines.
        self._bridges: set[Peer] = set()

    def joined(self, peer: Peer) -> None:
        """A process is there. Nothing is said to it before it listens: it may have said all it has to, and be gone."""
        self._known[peer] = _Known()

    def said(self, peer: Peer, line: Line) -> "_Told[Peer]":
        """A process has said a line. Raises Garbled if it is one of the hub's own, or one too many."""
        known = self._known[peer]
        match line.word, line.account:
            case Word.LISTEN, None:
                known.listens_to_all = True
                self._to_all.add(peer)
                # There may have been commits before it was told of any.
                yield peer, Line(Word.REREAD, None)
            case Word.LISTEN, int(account):
                yield from self._begun(peer, known, account)
            case Word.IGNORE, int(account):
                known.listens.discard(account)
                self._forget(peer, account)
            case Word.REREAD, None:
                if known.listens_to_all:
                    self._bridges.add(peer)
                yield from [(other, line) for other in self._known if other != peer]
            case Word.EXPECT, int(account):
                if known.expected.total() >= MAX_EXPECTED:
                    raise Garbled
                known.expected[account] += 1
            case Word.WITHDRAW, int(account):
                _met(known.expected, account)
            case Word.PUBLISH, int(account):
                _met(known.expected, account)
                for other in self._who_hears(account, but=peer):
                    yield other, line
            case _:
                raise Garbled

    def _begun(self, peer: Peer, known: _Known, account: int) -> "_Told[Peer]":
        """It listens to an account from now on."""
        if len(known.listens) >= MAX_LISTENED:
            raise Garbled
        known.listens.add(account)
        self._listeners.setdefault(account, set()).add(peer)
        # There may have been a commit since whoever listens there has looked.
        yield peer, Line(Word.REREAD, account)
        if self._bridges and not known.is_told:
            # By which it knows that other machines are heard of.
            known.is_told = True
            yield peer, Line(Word.REREAD, None)

    def left(self, peer: Peer) -> "_Told[Peer]":
        """A process is gone, and with it what it would have told of the commits that it had begun."""
        known = self._known.pop(peer)
        self._to_all.discard(peer)
        self._bridges.discard(peer)
        for account in known.listens:
            self._forget(peer, account)
        for account in known.expected:
            for other in self._who_hears(account, but=peer):
                yield other, Line(Word.REREAD, account)

    def _who_hears(self, account: int, but: Peer) -> list[Peer]:
        return [peer for peer in {*self._listeners.get(account, ()), *self._to_all} if peer != but]

    def _forget(self, peer: Peer, account: int) -> None:
        listeners = self._listeners.get(account)
        if listeners is not None:
            listeners.discard(peer)
            if not listeners:
                del self._listeners[account]


def _met(expected: "Counter[int]", account: int) -> None:
    """One commit less is coming."""
    expected[account] -= 1
    if expected[account] <= 0:
        del expected[account]
