"""What a 401 asks for: as a person's browser is asked, or as a script is (architecture section 4).

Where tokens are taken it says too who gives them (RFC 9728 section 5.1), so that a program that knows no more than an
address finds its way.
"""

from pillarbox.http.exchange import Exchange

__all__ = ["challenged", "resource_metadata"]

_Field = tuple[bytes, bytes]

_NAME = b"www-authenticate"
_BEARER = b'Bearer realm="Pillarbox"'
_WELL_KNOWN = "/.well-known/oauth-protected-resource"
_RESOURCES = (b"/jmap", b"/.well-known/jmap")
"""Those that are told of by their own names; of the rest the whole server is told of."""
_BELOW = (b"/jmap/", b"/api/", b"/auth/userinfo")


def resource_metadata(path: bytes, base: str) -> str | None:
    """Where it is told who gives tokens for a resource; None for what takes none."""
    if path in _RESOURCES:
        return f"{base}{_WELL_KNOWN}{path.decode()}"
    return f"{base}{_WELL_KNOWN}" if path.startswith(_BELOW) else None


def challenged(exchange: Exchange, headers: tuple[_Field, ...], link: str | None = None) -> tuple[_Field, ...]:
    """The headers of a 401, without a challenge that a browser would answer in a script's place.

    `link` is where it is told who gives tokens.
    """
    more = b"" if link is None else b', resource_metadata="%s"' % link.encode("ascii", "ignore")
    is_by_script = _is_by_script(exchange)
    found: list[_Field] = []
    for name, value in headers:
        if name != _NAME:
            found.append((name, value))
        elif value.startswith(b"Bearer"):
            found.append((name, value + more))
        elif is_by_script:
            # A browser that reads Basic here lets its password dialog pop up before the page that asked hears of
            # anything. A 401 must have a challenge (RFC 9110 section 15.5.2), and this is the one a script will meet.
            found.append((name, _BEARER + more))
        else:
            found += [(name, value), *([(name, _BEARER + more)] if link is not None else [])]
    return tuple(found)


def _is_by_script(exchange: Exchange) -> bool:
    """Whether a page asks, not a person who follows a link: as browsers say it, by TLS (Fetch Metadata) or without."""
    mode = exchange.header(b"sec-fetch-mode")
    if mode is not None:
        return mode != b"navigate"
    return exchange.header(b"origin") is not None or exchange.header(b"x-requested-with") is not None
