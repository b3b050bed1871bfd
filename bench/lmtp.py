"""A client that hands mail over by LMTP (RFC 2033), as a mail server does: one session, many messages."""

import time
from socket import create_connection

from bench.figure import Wrong

__all__ = ["LMTP"]

_SECONDS = 60.0


class LMTP:
    """One connection. What is not accepted raises Wrong."""

    def __init__(self, port: int) -> None:
        self._socket = create_connection(("127.0.0.1", port), _SECONDS)
        self._lines = self._socket.makefile("rb")
        self._reply(b"220")
        self._say(b"LHLO bench.example", b"250")

    def close(self) -> None:
        """Ends the session."""
        self._say(b"QUIT", b"221")
        self._lines.close()
        self._socket.close()

    def deliver(self, recipient: str, raw: bytes) -> float:
        """Hands a message over, durable when this returns; the time.monotonic at which its last octet was sent.

        Its lines end in CRLF, and none begins with a dot.
        """
        self._socket.sendall(b"MAIL FROM:<bob@far.example>\r\nRCPT TO:<%s>\r\nDATA\r\n" % recipient.encode())
        for expected in (b"250", b"250", b"354"):
            self._reply(expected)
        sent = time.monotonic()
        self._socket.sendall(raw + b".\r\n")
        self._reply(b"250")
        return sent

    def _say(self, line: bytes, expected: bytes) -> None:
        self._socket.sendall(line + b"\r\n")
        self._reply(expected)

    def _reply(self, expected: bytes) -> None:
        line = self._lines.readline()
        while line[3:4] == b"-":
            line = self._lines.readline()
        if not line.startswith(expected):
            raise Wrong(f"LMTP: {line!r} instead of {expected!r}")
