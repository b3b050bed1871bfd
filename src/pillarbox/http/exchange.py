"""One request and its answer, on bare ASGI."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, MutableMapping, Sequence
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

from pillarbox.http.guard.admission import Ticket
from pillarbox.http.guard.authenticate import Entry
from pillarbox.http.guard.client import NOBODY, Client
from pillarbox.http.headers import AnswerHeaders
from pillarbox.http.problem import Problem
from pillarbox.http.socket import Gone, Socket
from pillarbox.net import origin

__all__ = ["Exchange", "Headers"]

Headers: TypeAlias = Iterable[tuple[bytes, bytes]]
_Message: TypeAlias = MutableMapping[str, Any]

_TICKET = b"ticket="
_ANSWER_HEADERS = AnswerHeaders()

_RATE = 512
"""Octets of a body that earn a second of waiting for the next ones; the slowest of mobile networks are faster."""


class Exchange:
    """A request, as far as handlers look at it, and the one way to answer it."""

    __slots__ = (
        "_entry",
        "_left",
        "_patience",
        "_receive",
        "_scope",
        "_send",
        "_sized",
        "answer_headers",
        "authorization",
        "client",
        "is_by_ticket",
        "is_in_flight",
        "parts",
        "received",
        "route",
        "sent",
        "socket",
        "status",
    )

    def __init__(
        self,
        scope: Mapping[str, Any],
        receive: Callable[[], Awaitable[_Message]],
        send: Callable[[_Message], Awaitable[None]],
        patience: float = 30.0,
        socket: Socket | None = None,
    ) -> None:
        """`patience` is how many seconds the body may stand still; `socket` is what the request asks to become."""
        self._scope = scope
        self._receive = receive
        self._send = send
        self._patience = patience
        self._left = patience
        self.client: Client = NOBODY
        """Whoever sent it."""
        self.answer_headers = _ANSWER_HEADERS
        """What its answer has besides what is given to it."""
        self.route = "none"
        """The name of the route that its path leads to."""
        self.is_in_flight = False
        """Whether it is counted among those that are being answered there."""
        self.received = 0
        """Octets of its body that have come."""
        self.sent = 0
        """Octets of the answer's body that were handed on."""
        self.parts: Mapping[str, str] = {}
        """What the route's placeholders stood for, decoded."""
        self.status: int | None = None
        """That of the answer, once it has begun."""
        self.authorization: bytes | None = None
        """The Authorization header, or that for which a ticket was given; on routes that need credentials."""
        self.is_by_ticket = False
        self.socket = socket
        self._entry: Entry | None = None
        self._sized = False

    @property
    def entry(self) -> Entry:
        """Who asks. Only on routes that need credentials."""
        if self._entry is None:
            raise AssertionError("this route lets anybody in")
        return self._entry

    @entry.setter
    def entry(self, entry: Entry) -> None:
        self._entry = entry

    @property
    def account(self) -> int | None:
        """The number of the account of who was let in, if anybody was."""
        return self._entry.principal.number if self._entry is not None else None

    @property
    def method(self) -> str:
        return str(self._scope["method"])

    @property
    def raw_path(self) -> bytes:
        """The path as it was sent."""
        return bytes(self._scope.get("raw_path") or self._scope["path"].encode())

    @property
    def target(self) -> bytes:
        """Path and query, as they were sent."""
        query = bytes(self._scope.get("query_string", b""))
        return b"%s?%s" % (self.raw_path, query) if query else self.raw_path

    @property
    def version(self) -> str:
        """That of HTTP."""
        return str(self._scope["http_version"])

    @property
    def headers(self) -> Sequence[tuple[bytes, bytes]]:
        """All header fields in their order, with names in lower case."""
        headers: Sequence[tuple[bytes, bytes]] = self._scope["headers"]
        return headers

    @property
    def listener(self) -> str:
        """The id of the listener that the connection came to, empty if it is not known."""
        return origin(self._scope).listener

    @property
    def port(self) -> int:
        """The one that the connection is from, or that a PROXY header names; 0 on a UNIX socket."""
        known, client = origin(self._scope), self._scope.get("client")
        if known.listener:
            return known.client_port
        return int(client[1]) if client else 0

    @property
    def local(self) -> tuple[str, int | None]:
        """The address the connection came in at; a path without a port on a UNIX socket."""
        host, port = self._scope.get("server") or ("localhost", None)
        return str(host), port

    @property
    def scheme(self) -> str:
        return str(self._scope.get("scheme", "http"))

    @property
    def ticket(self) -> Ticket | None:
        """The ticket at the end of the query, if there is one."""
        query = bytes(self._scope.get("query_string", b""))
        rest, _, last = query.rpartition(b"&")
        if not last.startswith(_TICKET):
            return None
        target = b"%s?%s" % (self.raw_path, rest) if rest else self.raw_path
        return Ticket(last.removeprefix(_TICKET).decode("latin-1"), target)

    def ticket_for(self, paths: bytes) -> Ticket | None:
        """The ticket for paths that begin so, which is the parameter `token` of the query, if there is one."""
        pairs = (one.partition(b"=") for one in bytes(self._scope.get("query_string", b"")).split(b"&"))
        found = [text for name, _, text in pairs if name == b"token" and text]
        return Ticket(found[-1].decode("latin-1"), paths) if found else None

    def switched(self) -> None:
        """The connection speaks another protocol now: no answer follows."""
        self.status = 101
        self._sized = True

    def header(self, name: bytes) -> bytes | None:
        """The first header field of this lower-case name."""
        for key, value in self._scope["headers"]:
            if key == name:
                return bytes(value)
        return None

    def query(self) -> dict[str, str]:
        """The parameters of the query. Raises Problem 400."""
        try:
            text = bytes(self._scope.get("query_string", b"")).decode("ascii")
            # A client fills in a URI template, where a plus is a plus (RFC 6570), not a form, where it is a space.
            pairs = parse_qsl(text.replace("+", "%2B"), keep_blank_values=True, max_num_fields=32, errors="strict")
        except ValueError:
            raise Problem(400, "the query is no list of parameters in percent-encoded UTF-8") from None
        found = dict(pairs)
        if len(found) != len(pairs):
            raise Problem(400, "a parameter is given twice")
        return found

    async def body(self, limit: int, refusal: Problem) -> bytes:
        """The whole body. Raises the refusal if it is larger than the limit; Gone."""
        self.refuse_by_length(limit, refusal)
        chunks: list[bytes] = []
        size, more = 0, True
        while more:
            chunk, more = await self.piece()
            size += len(chunk)
            if size > limit:
                raise refusal
            chunks.append(chunk)
        return b"".join(chunks)

    def refuse_by_length(self, limit: int, refusal: Problem) -> None:
        """Raises the refusal if the request says itself that its body is larger, before a byte of it is read."""
        length = self.header(b"content-length")
        if length is not None and length.isdigit() and int(length[:18]) > limit:
            raise refusal

    async def piece(self) -> tuple[bytes, bool]:
        """The next octets of the body, and whether there are more.

        Raises Problem 408 if none come, or too few for the time that is spent with waiting for them; Gone.
        """
        clock = asyncio.get_running_loop().time
        began = clock()
        try:
            async with asyncio.timeout(self._left):
                message = await self._receive()
        except TimeoutError:
            raise Problem(408, "the body of the request does not come") from None
        if message["type"] == "http.disconnect":
            raise Gone
        octets: bytes = message.get("body", b"")
        self.received += len(octets)
        # So an octet every now and then does not keep a request going.
        self._left = min(self._patience, max(0.0, self._left - (clock() - began)) + len(octets) / _RATE)
        return octets, message.get("more_body", False)

    async def gone(self) -> None:
        """Returns when the client has gone away; the body must have been read."""
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                return

    async def answer(self, status: int, headers: Headers, octets: bytes) -> None:
        """The whole answer at once; of a HEAD request all but the octets."""
        await self.begin(status, (*headers, (b"content-length", b"%d" % len(octets))))
        await self.end(octets if self.method != "HEAD" else b"")

    async def begin(self, status: int, headers: Headers) -> None:
        """Status and headers."""
        headers = self.besides(headers)
        self._sized = any(name == b"content-length" for name, _ in headers)
        self.status = status
        await self._put({"type": "http.response.start", "status": status, "headers": headers})

    def besides(self, headers: Headers = ()) -> list[tuple[bytes, bytes]]:
        """All headers of an answer that is given these."""
        asking = self.header(b"origin") if self.answer_headers.asks_for_origin else None
        return self.answer_headers.on(headers, asking, is_secure=self.client.is_secure)

    async def more(self, octets: bytes) -> None:
        """A part of the answer; waits while the client does not read."""
        await self._put({"type": "http.response.body", "body": octets, "more_body": True})
        self.sent += len(octets)

    async def give_up(self) -> None:
        """Ends an answer of which no more can be had, so that its client does not take it for complete.

        Where a length was promised, the server that called us closes the connection, since there was no end.
        """
        if not self._sized:
            await self.end()

    async def end(self, octets: bytes = b"") -> None:
        """The last part of the answer."""
        await self._put({"type": "http.response.body", "body": octets, "more_body": False})
        self.sent += len(octets)

    async def _put(self, message: _Message) -> None:
        """Hands something to the server that called us, which cuts off who does not read it.

        Raises Gone if the connection is closed.
        """
        try:
            await self._send(message)
        except RuntimeError as problem:
            # What uvloop says of a transport that was closed while it was written to.
            if "closed" not in str(problem):
                raise
            raise Gone from problem
