"""One text for the several hosts of one service, as libpq has them: `db1,db2:5433`."""

import re

__all__ = ["MOST_HOSTS", "hosts"]

MOST_HOSTS = 8
_PORT = re.compile(r"[0-9]{1,5}")


def hosts(text: str, port: int) -> list[tuple[str, int]]:
    """The hosts that a text names, each with its own port or this one; at least one, and at most `MOST_HOSTS`.

    Each is a name, an IPv4 address, an IPv6 address (in brackets if a port follows), or the folder of a UNIX socket,
    which begins with a slash. Raises ValueError, in words for who wrote it.
    """
    parts = [part.strip() for part in text.split(",")]
    if len(parts) > MOST_HOSTS:
        raise ValueError(f"there are more than {MOST_HOSTS} hosts")
    return [_host(part, port) for part in parts]


def _host(text: str, port: int) -> tuple[str, int]:
    if text.startswith("/"):
        return text, port
    if text.startswith("["):
        name, bracket, rest = text[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise ValueError(f"{text[:100]!r} is no host; write an IPv6 address with a port as in [2001:db8::1]:5432")
        colon, given = rest[:1], rest[1:]
    elif text.count(":") == 1:
        name, colon, given = text.partition(":")
    else:
        # Several colons are an IPv6 address without a port.
        name, colon, given = text, "", ""
    if not name or any(one.isspace() for one in name):
        raise ValueError(f"{text[:100]!r} is no host; write names or addresses, with a comma in between")
    if not colon:
        return name, port
    if not _PORT.fullmatch(given) or not 1 <= int(given) <= 65_535:
        raise ValueError(f"{text[:100]!r} has no port from 1 to 65535 after its colon")
    return name, int(given)
