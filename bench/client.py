"""A client over HTTP: one connection, one exchange after the other; and the octets that others send for it."""

import base64
import json
import time
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from socket import SHUT_RDWR
from ssl import SSLContext

from bench.figure import Wrong
from bench.talk import Talk

__all__ = ["Client", "Stream"]

_SECONDS = 60.0
_IDLE_SECONDS = 30.0
"""Then the server may be about to close the connection, so another one is made."""
_JSON = "application/json"


class Client:
    """One account's client. What is not answered with 200 or 201 raises Wrong. With a context it speaks TLS."""

    def __init__(self, port: int, address: str, password: str, context: SSLContext | None = None) -> None:
        self.port = port
        self.address = address
        token = base64.b64encode(f"{address}:{password}".encode()).decode()
        self._authorization = f"Basic {token}"
        self._connection = (
            HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
            if context is None
            else HTTPSConnection("127.0.0.1", port, timeout=_SECONDS, context=context)
        )
        self._account: str | None = None
        self._used = 0.0

    def close(self) -> None:
        """Closes the connection."""
        self._connection.close()

    @property
    def account(self) -> str:
        """The id of the account."""
        if self._account is None:
            session = json.loads(self.get("/.well-known/jmap"))
            self._account = str(session["primaryAccounts"]["urn:ietf:params:jmap:mail"])
        return self._account

    def talk(self) -> Talk:
        """The same, for JMAP."""
        return Talk(self.ask, self.account)

    def get(self, path: str) -> bytes:
        """What is at a path."""
        return self._exchange("GET", path)

    def ask(self, request: bytes) -> bytes:
        """The answer to a JMAP request."""
        return self._exchange("POST", "/jmap/", request)

    def upload(self, octets: bytes, type_: str = "message/rfc822") -> str:
        """The id of a new blob."""
        answer = json.loads(self._exchange("POST", f"/jmap/upload/{self.account}/", octets, type_))
        return str(answer["blobId"])

    def listen(self, types: str) -> "Stream":
        """The event source, once it listens; the connection is used up by it."""
        self._connection.request("GET", f"/jmap/eventsource/?types={types}&closeafter=no&ping=0", headers=self._headers)
        response = self._connection.getresponse()
        if response.status != 200:
            raise Wrong(f"the event source answers {response.status}")
        # There is an answer before there is an event.
        response.readline()
        return Stream(self._connection, response)

    def raw(self, method: str, path: str, body: bytes | None = None, type_: str = _JSON) -> bytes:
        """The octets of a request, for whoever sends them."""
        fields = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Authorization: {self._authorization}"]
        if body is not None:
            fields += [f"Content-Type: {type_}", f"Content-Length: {len(body)}"]
        return "\r\n".join([*fields, "", ""]).encode() + (body or b"")

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": self._authorization}

    def _exchange(self, method: str, path: str, body: bytes | None = None, type_: str = _JSON) -> bytes:
        headers = {**self._headers, "Content-Type": type_} if body is not None else self._headers
        if time.monotonic() - self._used > _IDLE_SECONDS:
            self._connection.close()
        self._used = time.monotonic()
        try:
            self._connection.request(method, path, body, headers)
            response = self._connection.getresponse()
            octets = response.read()
        except (OSError, HTTPException) as problem:
            self._connection.close()
            raise Wrong(f"{method} {path}: {problem!r}") from None
        if response.status not in (200, 201):
            raise Wrong(f"{method} {path}: {response.status} {octets[:300]!r}")
        return octets


class Stream:
    """An event source that listens."""

    def __init__(self, connection: HTTPConnection, response: HTTPResponse) -> None:
        self._connection = connection
        self._response = response

    def line(self) -> bytes:
        """The next line; nothing once the stream has ended."""
        with suppress(OSError, HTTPException, ValueError):
            return self._response.readline()
        return b""

    def end(self) -> None:
        """Ends it; whoever waits for a line, in another thread, gets nothing."""
        with suppress(OSError):
            if self._connection.sock is not None:
                self._connection.sock.shutdown(SHUT_RDWR)

    def close(self) -> None:
        """Ends it and gives its connection back; nobody may be waiting for a line."""
        self.end()
        self._connection.close()
