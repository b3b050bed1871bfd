"""The supervisor's socket in the data folder, where commands ask it: `reload`, `doctor`; `call` for what is managed."""

import asyncio
import json
import os
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, cast

from pillarbox.app.channel import Answer, Message, answered
from pillarbox.store.hub import bound, connected

__all__ = ["NotServed", "asked", "is_served", "opened"]

_NAME = "control"
_LONGEST = 23 * 1024 * 1024
"""Octets of a question and of an answer, in which a body of 16 MiB is base64."""
_PATIENCE = 5.0
"""Seconds that whoever connects may take to ask."""
_MOST = 16


class NotServed(Exception):
    """No server has the folder, or it does not answer; the message says which."""


@asynccontextmanager
async def opened(folder: Path, answer: Answer) -> AsyncIterator[None]:
    """A block in which commands can ask. Raises OSError."""
    asking: set[asyncio.Task[None]] = set()

    async def asked_once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = cast("asyncio.Task[None]", asyncio.current_task())
        asking.add(task)
        try:
            with suppress(OSError, ValueError, TimeoutError):
                if len(asking) <= _MOST and _is_ours(writer):
                    async with asyncio.timeout(_PATIENCE):
                        question = json.loads(await reader.readline())
                    writer.write(json.dumps(dict(await answered(answer, question))).encode() + b"\n")
                    await writer.drain()
        finally:
            asking.discard(task)
            writer.close()

    server = await asyncio.start_unix_server(asked_once, sock=bound(folder, _NAME), limit=_LONGEST)
    try:
        yield
    finally:
        server.close()
        for task in list(asking):
            task.cancel()
        with suppress(OSError):
            (folder / _NAME).unlink(missing_ok=True)


def asked(folder: Path, question: Message, seconds: float) -> dict[str, Any]:
    """The answer of the server that has the folder. Raises NotServed; PermissionError."""
    try:
        with connected(folder, seconds, _NAME) as line:
            line.sendall(json.dumps(dict(question)).encode() + b"\n")
            octets = bytearray()
            while not octets.endswith(b"\n") and len(octets) < _LONGEST:
                more = line.recv(65_536)
                if not more:
                    raise NotServed("the server ended before it had answered; its log says why")
                octets += more
    except PermissionError:
        raise
    except TimeoutError:
        raise NotServed(f"the server has not answered within {seconds:g} seconds; its log may say why") from None
    except OSError:
        told = f"no server has {folder}; start it with `pillarbox serve`, or name another with --data"
        raise NotServed(told) from None
    answer: dict[str, Any] = json.loads(octets)
    return answer


def is_served(folder: Path) -> bool:
    """Whether a server that has the folder can be asked. Raises PermissionError."""
    try:
        connected(folder, _PATIENCE, _NAME).close()
    except PermissionError as problem:
        raise PermissionError(problem.errno, problem.strerror, str(folder / _NAME)) from None
    except OSError:
        return False
    return True


def _is_ours(writer: asyncio.StreamWriter) -> bool:
    """Whether who asks is this user, or root; the socket's mode lets nobody else in anyway."""
    there: socket.socket = writer.get_extra_info("socket")
    peer = there.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, user, _ = struct.unpack("3i", peer)
    return user in (0, os.geteuid())
