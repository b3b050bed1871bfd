"""The floor: as many octets answered by a bare ASGI function, on the same adapted server with the same loop.

`python -m bench.floor PORT` serves it; `/4711` is answered with 4,711 octets, once the request's body is there.
"""

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from socket import create_connection
from typing import Any

from bench.figure import Wrong, a_core
from bench.process import Tree
from bench.stores import free_port
from bench.wrk import send
from pillarbox.net import bound_tcp
from pillarbox.net.loop import use_fast_loop
from pillarbox.net.web import WebServer

__all__ = ["Floor", "floor"]

_START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Floor:
    """A running floor."""

    port: int
    processes: Tree

    def measure(self, request: bytes, answer: int, seconds: float) -> float:
        """What one core answers a second, asked with these octets, with a body of so many."""
        head, blank, body = request.partition(b"\r\n\r\n")
        method, _, rest = head.partition(b" ")
        _, _, rest = rest.partition(b" ")
        asked = method + b" /%d " % answer + rest + blank + body
        before = self.processes.cpu()
        sent = send(self.port, [asked], seconds)
        return a_core(sent.requests, sent.seconds, self.processes.cpu() - before)


@contextmanager
def floor() -> Iterator[Floor]:
    """A block with a floor running. Raises Wrong if it does not start."""
    port = free_port()
    running = subprocess.Popen([sys.executable, "-m", "bench.floor", str(port)], stdin=subprocess.DEVNULL)
    deadline = time.monotonic() + _START_SECONDS
    try:
        while not _accepts(port):
            if running.poll() is not None or time.monotonic() > deadline:
                raise Wrong("the floor did not start")
            time.sleep(0.01)
        yield Floor(port, Tree(running.pid))
    finally:
        running.terminate()
        running.wait()


def _accepts(port: int) -> bool:
    try:
        create_connection(("127.0.0.1", port), 5).close()
    except ConnectionRefusedError:
        return False
    return True


async def _bare(scope: Any, receive: Any, send_: Any) -> None:
    size = int(scope["path"][1:] or 0)
    while scope["method"] == "POST" and (await receive()).get("more_body"):
        pass
    headers = [(b"content-type", b"application/json; charset=utf-8"), (b"content-length", b"%d" % size)]
    await send_({"type": "http.response.start", "status": 200, "headers": headers})
    await send_({"type": "http.response.body", "body": b"x" * size})


async def _serve(port: int) -> None:
    server = WebServer(_bare)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, server.stop)
    await server.serve([bound_tcp("127.0.0.1", port, 128)])


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=use_fast_loop()) as runner:
        runner.run(_serve(int(sys.argv[1])))
