"""What becomes of settings that are read again: which are in force at once, and which wait for a restart."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["Change", "change"]

# What is open already: the store, the key of all tokens, the processes, the sockets that were bound, as root perhaps.
_OPEN = re.compile(
    r"storage\..*|store\..*|oauth\.key|server\.workers|global\.thread-pool|server\.max-connections"
    r"|server\.(?:listener|socket)\..*|server\.tls\.(?:implicit|enable)",
    re.DOTALL,
)
_ALL_ASK = "server.socket.nodelay"
# What a listener asks of each new connection.
_ASKED = re.compile(
    r"server\.listener\.(.+)\."
    r"(?:tls\.(?:timeout|disable-protocols|disable-ciphers|ignore-client-order)|proxy\.trusted-networks"
    r"|socket\.nodelay|(?:tls|proxy|socket)\.override)(?:\.[0-9]+)?",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Change:
    """`pairs` are what is in force from now on; `applied` the keys that are other than before, or gone, or new.

    `restart` are the keys that keep their texts of before until the server is started again.
    """

    pairs: Mapping[str, str]
    applied: list[str]
    restart: list[str]


def change(before: Mapping[str, str], after: Mapping[str, str]) -> Change:
    """The way from the texts in force to those that were read now."""
    other = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
    restart = [key for key in other if _OPEN.fullmatch(key) and not _is_asked(key, before, after)]
    pairs = {key: text for key, text in after.items() if key not in restart}
    pairs |= {key: before[key] for key in restart if key in before}
    return Change(pairs, [key for key in other if key not in restart], restart)


def _is_asked(key: str, before: Mapping[str, str], after: Mapping[str, str]) -> bool:
    """Whether connections are asked for it from now on, at a listener that was open before and is still wanted."""
    found = _ASKED.fullmatch(key)
    if found is None:
        return key == _ALL_ASK
    # No listener is without this: one that comes or goes does so as a whole.
    protocol = f"server.listener.{found[1]}.protocol"
    return protocol in before and protocol in after
