"""What processes and the hub say to each other: one line each, ended by LF.

to the hub                       from the hub
expect ACCOUNT                   reread ACCOUNT
publish ACCOUNT {"Type":"state"} publish ACCOUNT {"Type":"state"}
withdraw ACCOUNT                 reread *
listen ACCOUNT
ignore ACCOUNT
listen *
reread *
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum

import orjson

from pillarbox.wire.values import State

__all__ = ["MAX_LINE", "Garbled", "Line", "Lines", "Word"]

MAX_LINE = 16 * 1024
"""Octets of a line. A type takes some 40 of them, and there are not a hundred types."""
MAX_ACCOUNT = 2**63 - 1
_SHAPE = re.compile(rb"([a-z]{1,9}) ([0-9]{1,19}|\*)(?: (\{.*\}))?")


class Garbled(Exception):
    """What came is none of the lines there are, or too much of one; whoever sent it is not listened to any longer."""


class Word(Enum):
    """What a line is for."""

    EXPECT = b"expect"
    PUBLISH = b"publish"
    WITHDRAW = b"withdraw"
    LISTEN = b"listen"
    IGNORE = b"ignore"
    REREAD = b"reread"


@dataclass(frozen=True, slots=True)
class Line:
    """One line; `account` is None for all of them, which only `listen` and `reread` may name."""

    word: Word
    account: int | None
    states: Mapping[str, State] = field(default_factory=dict)

    def octets(self) -> bytes:
        """The line as it is sent."""
        account = b"*" if self.account is None else b"%d" % self.account
        if self.word is Word.PUBLISH:
            return b"%s %s %s\n" % (self.word.value, account, orjson.dumps(dict(self.states)))
        return b"%s %s\n" % (self.word.value, account)

    @classmethod
    def read(cls, octets: bytes) -> "Line":
        """The line without its LF. Raises Garbled."""
        found = _SHAPE.fullmatch(octets)
        if found is None:
            raise Garbled
        try:
            word = Word(found[1])
        except ValueError:
            raise Garbled from None
        account = None if found[2] == b"*" else int(found[2])
        if account is None and word not in {Word.LISTEN, Word.REREAD}:
            raise Garbled
        if account is not None and account > MAX_ACCOUNT:
            raise Garbled
        if (found[3] is not None) is not (word is Word.PUBLISH):
            raise Garbled
        return cls(word, account, {} if found[3] is None else _states(found[3]))


def _states(octets: bytes) -> dict[str, State]:
    try:
        given = orjson.loads(octets)
    except orjson.JSONDecodeError:
        raise Garbled from None
    if not all(isinstance(state, str) for state in given.values()):
        raise Garbled
    return {name: State(state) for name, state in given.items()}


class Lines:
    """Lines out of octets as they come, holding no more than one line's worth."""

    def __init__(self) -> None:
        self._rest = b""

    def fed(self, octets: bytes) -> Iterator[Line]:
        """The lines that are whole now. Raises Garbled."""
        *whole, self._rest = (self._rest + octets).split(b"\n")
        for line in whole:
            if len(line) >= MAX_LINE:
                raise Garbled
            yield Line.read(line)
        if len(self._rest) >= MAX_LINE:
            raise Garbled
