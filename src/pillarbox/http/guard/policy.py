"""What is decided of a request before anybody looks at what it asks for (architecture section 4)."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from http import HTTPStatus
from itertools import chain

from pillarbox.http.exchange import Exchange
from pillarbox.http.guard.client import Trust
from pillarbox.http.guard.cors import NONE, Cors
from pillarbox.http.guard.strict import Strict
from pillarbox.http.headers import AnswerHeaders
from pillarbox.http.problem import CHALLENGE, Problem
from pillarbox.http.seldom import Seldom
from pillarbox.http.variables import variables
from pillarbox.settings import EvaluationError, HTTPVariables
from pillarbox.telemetry import Event, emit

__all__ = ["RequestPolicy", "check_access", "check_head", "check_page"]


@dataclass(frozen=True, slots=True)
class RequestPolicy:
    """Whose word counts for who the client is, what every answer has, whose pages may read it, who may ask at all.

    `strict` lets nothing through but HTTPS, if it is there. `access` gives a status for a request: 200 lets it in; it
    is None if all may. `head` is how many octets a request may have before its body. `told` is what the log was told of
    the expressions in force.
    """

    trust: Trust = field(default_factory=Trust)
    answer_headers: AnswerHeaders = field(default_factory=AnswerHeaders)
    cors: Cors = NONE
    strict: Strict | None = None
    access: Callable[[HTTPVariables], int] | None = None
    head: int = 64 * 1024
    told: Seldom = field(default_factory=Seldom)


# RFC 3986 section 3.2.2, as far as clients send it; what it names is not looked at.
_HOST = re.compile(rb"(?:\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._~!$&'()*+,;=%-]{0,255})(?::[0-9]{0,5})?")


_BETWEEN = 4
"""Octets that stand between names and values, and at the end of a line."""


@lru_cache(maxsize=1024)
def _is_host(value: bytes) -> bool:
    return _HOST.fullmatch(value) is not None


def check_head(exchange: Exchange, most: int) -> None:
    """Raises Problem 431 if the headers have more octets than that, 400 unless there is one Host that could be one.

    (RFC 6585 section 5, RFC 9112 section 3.2.) A connection that keeps sending is cut off before (`net.Bounds`); here
    it is looked at what came at once.
    """
    headers = exchange.headers
    size = len(b"".join(chain.from_iterable(headers))) + _BETWEEN * len(headers)
    if size + len(exchange.target) > most:
        raise Problem(431, f"no more than {most} octets are taken here", headers=((b"connection", b"close"),))
    hosts = [value for name, value in headers if name == b"host"]
    if len(hosts) == 1 and len(hosts[0]) < 300 and _is_host(hosts[0]):
        return
    if not hosts and exchange.version != "1.1":
        return
    detail = "a request has one Host" if len(hosts) != 1 else "Host is no name of a host with a port"
    raise Problem(400, detail, headers=((b"connection", b"close"),))


def check_access(access: Callable[[HTTPVariables], int], exchange: Exchange, told: Seldom) -> None:
    """Raises Problem with the status that the expression gives, unless it is 200; 503 if it gives none.

    Whoever uses the UNIX socket gets in whatever it says, or it could never be mended from here.
    """
    client = exchange.client
    if client.is_local and client.ip is None:
        return
    try:
        status = access(variables(exchange))
    except EvaluationError as problem:
        raise _unclear(told, str(problem)) from None
    if status == HTTPStatus.OK:
        return
    if not 200 <= status <= 599:
        # An interim answer (RFC 9110 section 15.2) leaves the client waiting, and others are no status.
        raise _unclear(told, f"{status} ends no request")
    # What RFC 9110 sections 15.5.2 and 15.5.6 ask for.
    more = {401: CHALLENGE, 405: ((b"allow", b""),)}.get(status, ())
    raise Problem(status, "this is not to be had from there", headers=more)


_OUR_PAGES = (b"same-origin", b"none")


def check_page(cors: Cors, exchange: Exchange) -> None:
    """Raises Problem 403 if credentials come from a page that may not read the answer (Fetch Metadata).

    Such a page was given none: a browser sends the password of Basic that it remembers with whatever a page asks for.
    What a person opens from there is no concern of this, unless it is in a frame. Whoever is no browser, or speaks in
    the clear, does not say where it comes from; WebSockets always do (`faces.handshake`).
    """
    site = exchange.header(b"sec-fetch-site")
    if site is None or site in _OUR_PAGES or exchange.socket is not None:
        return
    if cors.answer(exchange.header(b"origin")) or _is_opened(exchange):
        return
    raise Problem(403, "pages of other sites may ask for this if server.http.cors-origins has theirs")


def _is_opened(exchange: Exchange) -> bool:
    is_asking = exchange.method in ("GET", "HEAD") and exchange.header(b"sec-fetch-mode") == b"navigate"
    return is_asking and exchange.header(b"sec-fetch-dest") == b"document"


def _unclear(told: Seldom, known: str) -> Problem:
    setting = "server.http.allowed-endpoint"
    if told.is_due(setting):
        emit(Event.HTTP_EXPRESSION_FAILED, setting=setting, known=known)
    return Problem(503, "it cannot be told now who may ask for this")
