"""What a 401 asks for: as a person's browser is asked, or as a script is (architecture section 4)."""

from pillarbox.http.exchange import Exchange

__all__ = ["challenged"]

_NAME = b"www-authenticate"
# A browser that reads Basic here lets its password dialog pop up before the page that asked hears of anything. Tokens
# are not taken yet; a 401 must have a challenge (RFC 9110 section 15.5.2), and this is the one that a script will meet.
_FOR_SCRIPTS = (_NAME, b'Bearer realm="Pillarbox"')


def challenged(exchange: Exchange, headers: tuple[tuple[bytes, bytes], ...]) -> tuple[tuple[bytes, bytes], ...]:
    """The headers of a 401, without a challenge that a browser would answer in a script's place."""
    if not _is_by_script(exchange):
        return headers
    return tuple(_FOR_SCRIPTS if field[0] == _NAME else field for field in headers)


def _is_by_script(exchange: Exchange) -> bool:
    """Whether a page asks, not a person who follows a link: as browsers say it, by TLS (Fetch Metadata) or without."""
    mode = exchange.header(b"sec-fetch-mode")
    if mode is not None:
        return mode != b"navigate"
    return exchange.header(b"origin") is not None or exchange.header(b"x-requested-with") is not None
