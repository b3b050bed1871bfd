"""What nodes say to each other: parcels of notices, in the words of the hub, under the name of who says it.

A node is one process that speaks: the background worker of a server, which also listens, or a command. A parcel is
text, a first line with the node and what the parcel is for, then a line a notice.
"""

import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from pillarbox.store.feed import Notice
from pillarbox.store.hub import Garbled, Line, Word

__all__ = ["MOST", "Kind", "Parcel", "node_name", "parcels"]

MOST = 7900
"""Octets of a parcel; PostgreSQL takes less than 8,000."""
_HEAD = re.compile(r"([0-9a-f]{16}) (begin|here|news)")


class Kind(Enum):
    """What a parcel is for."""

    BEGIN = "begin"
    """The node may have been silent about something: others are to look for themselves."""
    HERE = "here"
    """A sign of life; who gave one and then gives none any more may have died silent about something."""
    NEWS = "news"


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a node says at once."""

    node: str
    kind: Kind
    notices: tuple[Notice, ...] = ()

    def text(self) -> str:
        """The parcel as it is sent."""
        return f"{self.node} {self.kind.value}\n" + "".join(_line(one) for one in self.notices)

    @classmethod
    def read(cls, text: str) -> "Parcel":
        """The parcel that was sent so. Raises Garbled."""
        head, _, rest = text.partition("\n")
        found = _HEAD.fullmatch(head)
        if found is None:
            raise Garbled
        return cls(found[1], Kind(found[2]), tuple(_notices(rest)))


def node_name() -> str:
    """A new one, random."""
    return secrets.token_hex(8)


def parcels(node: str, notices: Iterable[Notice]) -> Iterator[Parcel]:
    """The notices as news, no more in a parcel than fit."""
    packed: list[Notice] = []
    head = room = MOST - len(Parcel(node, Kind.NEWS).text())
    for notice in notices:
        for part in _parts(notice, head):
            size = len(_line(part).encode())
            if size > room:
                yield Parcel(node, Kind.NEWS, tuple(packed))
                packed, room = [], head
            packed.append(part)
            room -= size
    if packed:
        yield Parcel(node, Kind.NEWS, tuple(packed))


def _parts(notice: Notice, size: int) -> Iterator[Notice]:
    """The notice, or several that say the same if it is larger than that; one type always fits."""
    if len(_line(notice).encode()) <= size or len(notice.states) < 2:
        yield notice
        return
    states = list(notice.states.items())
    half = len(states) // 2
    for part in (states[:half], states[half:]):
        yield from _parts(Notice(notice.account, dict(part)), size)


def _line(notice: Notice) -> str:
    return Line(Word.PUBLISH, notice.account, notice.states).octets().decode()


def _notices(text: str) -> Iterator[Notice]:
    for one in text.encode().split(b"\n")[:-1]:
        line = Line.read(one)
        if line.word is not Word.PUBLISH or line.account is None:
            raise Garbled
        yield Notice(line.account, line.states)
