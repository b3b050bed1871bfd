"""How HTTP is spoken: whose word counts for who a client is, what every answer has, who may ask, how long it may take.

`server.http.url` and `server.http.allowed-endpoint` are expressions, and stand beside the name of the server.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from pillarbox.settings.address import NETWORK
from pillarbox.settings.declare import Described, Group, ListSetting, Setting
from pillarbox.settings.kind import BOOLEAN, BadValue, Kind, choice, quoted
from pillarbox.settings.quantity import DURATION, Bytes, Duration
from pillarbox.settings.source import Source

__all__ = [
    "CORS_ORIGINS",
    "FORWARDED_HEADER",
    "HSTS",
    "HSTS_INCLUDE_SUBDOMAINS",
    "HSTS_MAX_AGE",
    "HSTS_PRELOAD",
    "HTTP",
    "HTTP_HEADERS",
    "MAX_HEADER_SIZE",
    "PERMISSIVE_CORS",
    "TIMEOUT_BODY",
    "TIMEOUT_HEADER",
    "TIMEOUT_IDLE",
    "TIMEOUT_READ",
    "TRUSTED_PROXIES",
    "USE_X_FORWARDED",
    "ForwardedHeader",
    "HeaderField",
]

HeaderField = tuple[str, str]
"""A name in lower case, and a value."""

ForwardedHeader = Literal["any", "forwarded", "x-forwarded-for"]

# RFC 9110 section 5.6.2.
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}")
# RFC 9110 section 5.5, without what is not ASCII: nobody agrees what that means.
_FIELD_VALUE = re.compile(r"[\t\x20-\x7e]{0,4096}")
_REFUSED = {
    **dict.fromkeys(
        (
            "connection",
            "content-encoding",
            "content-length",
            "content-range",
            "date",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
        ),
        "says where an answer ends, or how it is packed, and is the server's to say",
    ),
    "x-content-type-options": "is in every answer already, as nosniff",
}


def _header(text: str) -> HeaderField:
    name, colon, value = text.partition(":")
    name, value = name.strip().lower(), value.strip()
    if not colon or not _TOKEN.fullmatch(name):
        raise BadValue(f"{quoted(text)} is no header; write a name, a colon and a value, as in Cache-Control: no-store")
    if not _FIELD_VALUE.fullmatch(value):
        raise BadValue(f"{quoted(text)} has a value that is too long, or has more than visible ASCII in it")
    if reason := _REFUSED.get(name):
        raise BadValue(f"{quoted(text)} {reason}")
    if name.startswith("sec-websocket-"):
        raise BadValue(f"{quoted(text)} is part of a handshake, and the server's to say")
    return name, value


HEADER: Kind[HeaderField] = Kind("header", _header, ": ".join)


def _origin(text: str) -> str:
    try:
        parts = urlsplit(text.strip().lower())
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    own = {"http": 80, "https": 443}.get(parts.scheme)
    if own is None or not parts.hostname or not re.fullmatch(r"https?://[a-z0-9.:\[\]-]+/?", text.strip().lower()):
        raise BadValue(
            f"{quoted(text)} is no origin; write a scheme, a host and perhaps a port: https://app.example.org"
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    # As browsers spell it: without a slash, and without the port that goes without saying.
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, own) else "")


ORIGIN: Kind[str] = Kind("origin", _origin, str)


@dataclass(frozen=True, slots=True)
class _Headers:
    """Headers under one key, and under the one that it had before; what both have is merged."""

    key: str
    former: str
    doc: str

    def read(self, source: Source) -> tuple[HeaderField, ...]:
        """The headers in force; of two with the same name the last."""
        before = source.values(self.former, HEADER)
        if source.has(self.former):
            source.wrong(self.former, "deprecated", f"it is in force, but its name will go; write {self.key}")
        return tuple(dict([*before, *source.values(self.key, HEADER)]).items())

    def described(self) -> Iterator[Described]:
        """Its line in the documentation."""
        yield Described(self.key, f"list of {HEADER.name}", "none", self.doc, (self.former,))


USE_X_FORWARDED = Setting(
    "server.http.use-x-forwarded",
    BOOLEAN,
    False,
    "Whether the client's address and scheme are those that a proxy in front tells, in `Forwarded` or in "
    "`X-Forwarded-For` and `X-Forwarded-Proto`. Where the proxy speaks the PROXY protocol, that counts, and these "
    "headers do not.",
)
TRUSTED_PROXIES = ListSetting(
    "server.http.trusted-proxies",
    NETWORK,
    (),
    "The proxies that are believed, as addresses or networks; from any other peer such headers change nothing.",
    default_said="loopback, private and link-local addresses",
)
_FORWARDED_HEADERS: tuple[ForwardedHeader, ...] = ("any", "forwarded", "x-forwarded-for")
FORWARDED_HEADER = Setting(
    "server.http.forwarded-header",
    choice(_FORWARDED_HEADERS),
    "any",
    "The header that the proxies write. With `any` it is `Forwarded`, or `X-Forwarded-For` where that is not there, "
    "and a request with both is refused if they name different clients: the proxy wrote one of them, and its client "
    "the other.",
)
HTTP_HEADERS = _Headers(
    "server.http.headers",
    "jmap.http.headers",
    "Headers that every answer has, as `Name: value`; each takes the place of one of the same name. A bad one is left "
    "out, and the others hold.",
)
HSTS = Setting(
    "server.http.hsts",
    BOOLEAN,
    False,
    "Whether only HTTPS is spoken: browsers are told so for the future (RFC 6797), and requests in the clear are sent "
    "on to HTTPS, or refused if they carry anything secret.",
)
HSTS_MAX_AGE = Setting(
    "server.http.hsts-max-age",
    DURATION,
    Duration(365 * 86_400_000),
    "For how long browsers remember that.",
)
HSTS_INCLUDE_SUBDOMAINS = Setting(
    "server.http.hsts-include-subdomains",
    BOOLEAN,
    True,
    "Whether it holds for every host below this one's name too.",
)
HSTS_PRELOAD = Setting(
    "server.http.hsts-preload",
    BOOLEAN,
    False,
    "Whether the name may be built into browsers. It takes months to be taken out again.",
)
PERMISSIVE_CORS = Setting(
    "server.http.permissive-cors",
    BOOLEAN,
    False,
    "Whether pages of any site may read answers. They need credentials all the same: what a browser keeps for this "
    "server does not come with them.",
)
CORS_ORIGINS = ListSetting(
    "server.http.cors-origins",
    ORIGIN,
    (),
    "The origins whose pages may read answers, unless all may: `https://app.example.org`.",
    default_said="none",
)

_LEAST_HEAD = 8 * 1024
_MOST_HEAD = 1024 * 1024


def _head_size(text: str) -> Bytes:
    if not re.fullmatch(r"[0-9]{1,7}", text) or not _LEAST_HEAD <= int(text) <= _MOST_HEAD:
        raise BadValue(
            f"{quoted(text)} is no size that is possible here; the least is {_LEAST_HEAD}, {_MOST_HEAD} the most"
        )
    return Bytes(int(text))


MAX_HEADER_SIZE = Setting(
    "server.http.max-header-size",
    Kind("bytes", _head_size, str),
    Bytes(64 * 1024),
    "How large all that stands before a request's body may be, the headers above all; 8192 to 1048576. Larger ones are "
    "answered with 431.",
)
TIMEOUT_HEADER = Setting(
    "server.http.timeout.header",
    DURATION,
    Duration(10_000),
    "How long a client may take for all before a body, and for what stands between its parts.",
)
TIMEOUT_BODY = Setting(
    "server.http.timeout.body",
    DURATION,
    Duration(30_000),
    "How long a body may stand still.",
)
TIMEOUT_IDLE = Setting(
    "server.http.timeout.idle",
    DURATION,
    Duration(75_000),
    "How long a connection is kept between two requests.",
)
TIMEOUT_READ = Setting(
    "server.http.timeout.read",
    DURATION,
    Duration(30_000),
    "How long a client may leave an answer lie without reading any of it.",
)

HTTP = Group(
    "HTTP",
    "How HTTP is spoken; docs/administrators/http.md has an example of each.",
    (
        USE_X_FORWARDED,
        TRUSTED_PROXIES,
        FORWARDED_HEADER,
        HTTP_HEADERS,
        HSTS,
        HSTS_MAX_AGE,
        HSTS_INCLUDE_SUBDOMAINS,
        HSTS_PRELOAD,
        PERMISSIVE_CORS,
        CORS_ORIGINS,
        MAX_HEADER_SIZE,
        TIMEOUT_HEADER,
        TIMEOUT_BODY,
        TIMEOUT_IDLE,
        TIMEOUT_READ,
    ),
)
