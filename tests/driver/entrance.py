"""A listener with nothing behind it but a mirror: whoever gets in is told where they come from."""

import asyncio
import json
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import closing
from typing import Any

import trustme

from pillarbox.net import Bounds, Certificates, Entrance, Pair, Protection, bound_tcp, origin
from pillarbox.net.loop import use_fast_loop
from pillarbox.net.watching import Watching
from pillarbox.net.web import Application, WebServer
from pillarbox.telemetry import Secret

__all__ = ["MirrorListener", "pair", "trusting"]


def pair(authority: trustme.CA, *names: str, subjects: tuple[str, ...] = (), is_default: bool = False) -> Pair:
    """A certificate for some names."""
    made = authority.issue_cert(*names)
    chain = b"".join(one.bytes() for one in made.cert_chain_pems)
    return Pair(chain, Secret(made.private_key_pem.bytes().decode()), subjects, is_default)


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """The TLS of a client that trusts it."""
    context = ssl.create_default_context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    authority.configure_trust(context)
    return context


class MirrorListener:
    """A server on a port of its own, in a thread. Each request is answered with its origin, or by the application."""

    def __init__(
        self,
        *,
        protection: Protection | None = None,
        certificates: Certificates | None = None,
        max_connections: int | None = None,
        watching: Watching | None = None,
        application: Application | None = None,
        grace: int = 1,
        **entrance: Any,
    ) -> None:
        self._listening = bound_tcp("127.0.0.1", 0, 64)
        self.port: int = self._listening.getsockname()[1]
        self.certificates = certificates or Certificates()
        if protection is not None:
            entrance |= {"protection": protection, "certificates": self.certificates}
        self.web = WebServer(
            application or _mirror,
            max_connections=max_connections,
            grace=grace,
            bounds=Bounds(patience=2.0, unread=1.0),
            listener="web",
            entrance=Entrance(**entrance),
            watching=watching,
        )
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        assert self._ready.wait(10)

    def connects(self, first: bytes = b"") -> socket.socket:
        """A connection that has said something, or nothing."""
        connection = socket.create_connection(("127.0.0.1", self.port), 10)
        connection.sendall(first)
        return connection

    def speaks(self, client: ssl.SSLContext, name: str | None, first: bytes = b"") -> ssl.SSLSocket:
        """A connection with TLS, after some octets in the clear. Raises ssl.SSLError."""
        connection = self.connects(first)
        try:
            return client.wrap_socket(connection, server_hostname=name)
        except BaseException:
            connection.close()
            raise

    def answers(self, connection: socket.socket) -> Mapping[str, Any]:
        """What the mirror says to the next request."""
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        head, _, body = b"", b"", b""
        while b"\r\n\r\n" not in head:
            head += self._more(connection)
        head, _, body = head.partition(b"\r\n\r\n")
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        while len(body) < length:
            body += self._more(connection)
        said: Mapping[str, Any] = json.loads(body)
        return said

    def _more(self, connection: socket.socket) -> bytes:
        more = connection.recv(65536)
        assert more, "the connection was closed"
        return more

    def ends(self, connection: socket.socket) -> bytes:
        """All that comes until the server closes the connection, which it must within ten seconds."""
        found = b""
        with closing(connection):
            try:
                while more := connection.recv(65536):
                    found += more
            except (ConnectionResetError, ssl.SSLError):
                return found
        return found

    def close(self) -> None:
        self.web.stop()
        self._thread.join(10)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=use_fast_loop()) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        serving = asyncio.create_task(self.web.serve([self._listening]))
        while not self.web.started:
            await asyncio.sleep(0.005)
        self._ready.set()
        await serving


async def _mirror(scope: Any, receive: Any, send: Any) -> None:
    found = origin(scope)
    octets, is_more = 0, True
    while is_more:
        message = await receive()
        octets += len(message.get("body", b""))
        is_more = message.get("more_body", False)
    said = {
        "scheme": scope["scheme"],
        "client": scope["client"],
        "listener": found.listener,
        "peer": found.peer,
        "is_proxied": found.is_proxied,
        "is_tls": found.is_tls,
        "bind": found.bind,
        "path": scope["path"],
        "octets": octets,
        "fields": sorted(name.decode() for name, _ in scope["headers"]),
    }
    body = json.dumps(said).encode()
    length = (b"content-length", b"%d" % len(body))
    await send({"type": "http.response.start", "status": 200, "headers": [length]})
    await send({"type": "http.response.body", "body": body})
