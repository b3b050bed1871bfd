"""Lines about event sources: how soon they tell, and what they cost while nothing happens."""

import resource
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Thread

from bench.client import Client, Stream
from bench.figure import Figure, NotYet, Wrong, middle, percentile
from bench.ground import WRITERS
from bench.lmtp import LMTP
from bench.mail import numbered, numbers, template
from bench.rows.bench import Bench, Row
from bench.server import PASSWORD, Served
from bench.stores import free_port

__all__ = ["PUSH"]

_APART = 0.15
"""Seconds between deliveries: two events within a tenth of a second are told as one."""
_DELIVERIES = 30
_IDLE = 1000
_MANY = 10_000
_WITHIN = 10.0
_STEADY = 200_000
"""Octets that processes may grow by in a second and be at rest."""
_SOURCES = 8
"""So many that of two or four workers each has one, whichever takes which connection."""
_FIRST = 300


class Listener(Thread):
    """Reads an event source, and keeps when each state event was read."""

    def __init__(self, stream: Stream) -> None:
        super().__init__(daemon=True)
        self.heard: list[float] = []
        self._stream = stream

    def run(self) -> None:
        while line := self._stream.line():
            if line.startswith(b"event: state"):
                self.heard.append(time.monotonic())

    def next_after(self, sent: float) -> float:
        """When the first event after a moment came. Raises Wrong if none does within ten seconds."""
        deadline = time.monotonic() + _WITHIN
        while not (self.heard and self.heard[-1] >= sent):
            if time.monotonic() > deadline:
                raise Wrong("no event came within ten seconds")
            time.sleep(0.0005)
        return next(at for at in self.heard if at >= sent)


def push(bench: Bench) -> Figure:
    """From the last octet of a message to the event."""
    return _told(bench, 1)


def push_across(bench: Bench) -> Figure:
    """The same, with two workers, to the last of eight event sources."""
    if not bench.installation.has_workers:
        raise NotYet("there is one process")
    with bench.with_workers(2):
        return _told(bench, _SOURCES)


def _told(bench: Bench, sources: int) -> Figure:
    address = WRITERS[0]
    clients = [bench.served.client(address) for _ in range(sources)]
    streams = [client.listen("Email") for client in clients]
    listeners = [Listener(stream) for stream in streams]
    for listener in listeners:
        listener.start()
    session = LMTP(bench.served.lmtp_port)
    times = []
    try:
        for number, _ in zip(numbers(_FIRST + sources), range(_deliveries(bench)), strict=False):
            time.sleep(_APART)
            sent = session.deliver(address, numbered(template(), number))
            times.append((max(listener.next_after(sent) for listener in listeners) - sent) * 1000)
    finally:
        session.close()
        for stream, listener in zip(streams, listeners, strict=True):
            stream.end()
            listener.join()
            stream.close()
    return Figure(middle(times), more={"p99 ms": percentile(times, 0.99), "most ms": max(times)})


def _deliveries(bench: Bench) -> int:
    return max(3, round(_DELIVERIES * min(1.0, bench.pace.seconds)))


def idle(bench: Bench) -> Figure:
    """What each of a thousand event sources takes beyond the first hundred, which bring what all share."""
    _make_room(_IDLE)
    return _idle(bench, bench.served, bench.served.client)


def _make_room(sources: int) -> None:
    """Descriptors for all of them. Raises NotYet."""
    wanted = sources + 200
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise NotYet(f"a process may have only {hard} descriptors here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


def _idle(bench: Bench, served: Served, client: Callable[[str], Client], most: int = _IDLE) -> Figure:
    # Much fewer where rounds are short: such a run is no measurement.
    sources = round(most * min(1.0, bench.pace.seconds) ** 2)
    first = sources // 10
    with _listening(client, first):
        before = _settled(served)
        with _listening(client, sources - first):
            after = _settled(served)
    return Figure((after - before) / (sources - first) / 1000, note=f"the last {sources - first:,} of {sources:,}")


def _settled(served: Served) -> int:
    """The octets of all processes, once they do not grow any more: one starts when the others serve already."""
    deadline = time.monotonic() + _WITHIN
    before, now = 0, sum(served.processes.memories())
    while abs(now - before) > _STEADY and time.monotonic() < deadline:
        time.sleep(1)
        before, now = now, sum(served.processes.memories())
    return now


@contextmanager
def _listening(client: Callable[[str], Client], sources: int) -> Iterator[None]:
    """A block with so many event sources that listen."""
    streams: list[Stream] = []
    try:
        streams.extend(client(WRITERS[at % len(WRITERS)]).listen("Email") for at in range(sources))
        yield
    finally:
        for stream in streams:
            stream.close()


def idle_tls(bench: Bench) -> Figure:
    """The same over TLS, of a server of its own that has a listener for it."""
    bench.close()
    _make_room(_IDLE)
    port = free_port()
    listener = f"[server.listener.https]\nprotocol = 'http'\nbind = '127.0.0.1:{port}'\ntls.implicit = true\n"
    # Its certificate signs itself.
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with bench.installation.serving(more=listener) as served:
        return _idle(bench, served, lambda address: Client(port, address, PASSWORD, context))


def idle_many(bench: Bench) -> Figure:
    """The same of ten thousand, of a server with one worker."""
    bench.close()
    # The server holds as many as LMTP may have in reserve beside them.
    _make_room(_MANY + 9000)
    with bench.installation.serving(most=_MANY + 100) as served:
        return _idle(bench, served, served.client, _MANY)


PUSH: dict[str, Row] = {
    "push": push,
    "push-across": push_across,
    "idle": idle,
    "idle-many": idle_many,
    "idle-tls": idle_tls,
}
