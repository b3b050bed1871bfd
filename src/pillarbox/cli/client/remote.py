"""The way to a server elsewhere: HTTPS, with a token."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpcore

from pillarbox import __version__
from pillarbox.app.endpointcall import MOST, EndpointCall, Outcome
from pillarbox.cli.client.client import Send, Unreached
from pillarbox.net.outbound import trusting

__all__ = ["read", "remote", "secret"]

_SECONDS = {"connect": 20.0, "read": 300.0, "write": 60.0, "pool": 20.0}
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_LONGEST_SECRET = 16 * 1024


@contextmanager
def remote(url: str, bearer: str, trust: ssl.SSLContext | None = None) -> Iterator[Send]:
    """Calls the server that has the URL, as whoever the token or API key is of; nobody is called by redirects.

    `trust` is the system's by default. Raises Unreached, as its calls do.
    """
    origin = _origin(url)
    with httpcore.ConnectionPool(ssl_context=trust or trusting(), max_connections=1) as pool:

        def send(call: EndpointCall) -> Outcome:
            headers = {
                "Authorization": f"Bearer {bearer}",
                "User-Agent": f"Pillarbox/{__version__}",
                "Accept-Encoding": "identity",
                **({"Content-Type": "application/json"} if call.body else {}),
                **({} if call.matching is None else {"If-Match": call.matching}),
            }
            try:
                with pool.stream(
                    call.method,
                    origin + call.target,
                    headers=list(headers.items()),
                    content=call.body or None,
                    extensions={"timeout": _SECONDS},
                ) as answer:
                    return _outcome(answer, origin)
            except (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError, ssl.SSLError) as problem:
                why = str(problem) or type(problem).__name__
                raise Unreached(f"{origin} gives no answer ({why}); is the server there, and the URL right?") from None

        yield send


def secret(text: str) -> str:
    """The token or API key in a text, as in PILLARBOX_TOKEN or a file; what it is named before it may stand there.

    Raises Unreached.
    """
    given = text.strip()
    for before in ("Authorization:", "Bearer "):
        if given.lower().startswith(before.lower()):
            given = given[len(before) :].strip()
    if not given or len(given) > _LONGEST_SECRET or not given.isascii() or not given.isprintable() or " " in given:
        raise Unreached("what is given as a token is none; it is one word, as `pillarbox apikey add` prints it")
    return given


def read(path: Path) -> str:
    """The token or API key in a file. Raises Unreached; OSError."""
    with path.open("rb") as file:
        return secret(file.read(_LONGEST_SECRET).decode("utf-8", "replace"))


def _origin(url: str) -> str:
    try:
        parts = urlsplit(url)
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        parts, port = None, ""
    if parts is None or not parts.hostname or parts.username is not None or parts.path not in ("", "/") or parts.query:
        raise Unreached(f"{url!r} names no server; write it as https://mail.example.org")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise Unreached(f"{url!r} would send the token for everybody to read; write https://")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}{port}"


def _outcome(answer: httpcore.Response, origin: str) -> Outcome:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in answer.headers}
    octets = bytearray()
    for chunk in answer.iter_stream():
        octets += chunk
        if len(octets) > MOST:
            raise Unreached(f"{origin} answers with more than {MOST} octets; ask for less at a time")
    if answer.status == 401:
        raise Unreached(f"{origin} does not take the token: it is wrong, has expired, or may not be used from here")
    if 300 <= answer.status < 400:
        raise Unreached(f"{origin} is elsewhere: it names {headers.get('location', 'nothing')}")
    return Outcome(answer.status, headers, bytes(octets), headers.get("content-type", ""))
