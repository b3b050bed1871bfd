"""Where clients may be answered: redirect URIs, compared letter by letter (RFC 8252; RFC 9700 section 2.1)."""

import re
from collections.abc import Mapping
from urllib.parse import SplitResult, urlencode, urlsplit

__all__ = ["LONGEST", "answered", "is_native", "is_web", "matches", "shown"]

LONGEST = 1024
"""Characters of a redirect URI."""

# Nothing that one reader takes for the end of a host and another does not.
_TEXT = re.compile(r"[A-Za-z0-9._~:/?\[\]@!$&'()*+,;=%-]+")
# A reversed domain name (RFC 8252 section 7.1): javascript, data and their like have no dot.
_PRIVATE = re.compile(r"[a-z][a-z0-9+-]*(?:\.[a-z0-9+-]+)+")
# The whole of it: the library's own reading lets stand what it likes before and behind the brackets.
_LOOPBACK = re.compile(r"(?:127\.0\.0\.1|\[::1\])(?::\d{1,5})?", re.ASCII)
_AUTHORITY = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[^\[\]]*)(?::\d{0,5})?", re.ASCII)


def is_native(uri: str) -> bool:
    """Whether only a program on its user's own device is answered there (RFC 8252 section 7).

    That is on a loopback address, or by a scheme that is a reversed domain name, as `com.example.app:/done`.
    """
    parts = _parts(uri)
    return parts is not None and (_is_loopback(parts) or _PRIVATE.fullmatch(parts.scheme) is not None)


def is_web(uri: str) -> bool:
    """Whether a site with TLS is answered there."""
    parts = _parts(uri)
    return parts is not None and parts.scheme == "https" and bool(parts.hostname)


def matches(registered: str, asked: str) -> bool:
    """Whether this is the URI that was registered; of a loopback address the port is free (RFC 8252 section 7.3)."""
    if registered == asked:
        return True
    one, other = _parts(registered), _parts(asked)
    if one is None or other is None or not _is_loopback(one) or not _is_loopback(other):
        return False
    return (one.hostname, one.path, one.query) == (other.hostname, other.path, other.query)


def answered(uri: str, parameters: Mapping[str, str]) -> str:
    """The URI with these parameters besides those that it has (RFC 6749 section 4.1.2)."""
    mark = "&" if "?" in uri else "?"
    return uri + mark.rstrip("&" if uri.endswith(("?", "&")) else "") + urlencode(parameters)


def shown(uri: str) -> str:
    """What people are told of who is answered there: a host in ASCII, "this device", or a scheme."""
    parts = _parts(uri)
    if parts is None:
        return ""
    if _is_loopback(parts):
        return "this device"
    return parts.hostname or "" if parts.scheme == "https" else f"{parts.scheme}:"


def _parts(uri: str) -> SplitResult | None:
    """A URI's parts, if it may be one at all: absolute, without a fragment, a user, or segments that go up."""
    if len(uri) > LONGEST or not _TEXT.fullmatch(uri) or ".." in uri:
        return None
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return None
    if not parts.scheme or uri.partition(":")[0] != parts.scheme or "@" in parts.netloc or port == 0:
        return None
    if not _AUTHORITY.fullmatch(parts.netloc):
        return None
    return parts


def _is_loopback(parts: SplitResult) -> bool:
    return parts.scheme == "http" and _LOOPBACK.fullmatch(parts.netloc) is not None
