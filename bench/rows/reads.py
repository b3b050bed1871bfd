"""Lines that change nothing."""

import time
from dataclasses import replace
from functools import partial

from bench.figure import Figure, Wrong, middle, percentile
from bench.load import FILTERS, TREES, Load, filters, inbox, trees
from bench.rows.bench import Bench, Row
from bench.talk import Talk

__all__ = ["READS"]

_MOST = 200
"""Requests that are enough for a latency."""


def _rate(name: str, bench: Bench) -> Figure:
    return bench.rate(bench.reads[name])


def session(bench: Bench) -> Figure:
    """The session resource."""
    path = "/.well-known/jmap"
    octets = bench.reader.get(path)
    if b"primaryAccounts" not in octets:
        raise Wrong("this is no session")
    return bench.rate_of([bench.reader.raw("GET", path)], [len(octets)])


def autoconfig(bench: Bench) -> Figure:
    """A document that anybody may read, made of the settings."""
    path = "/mail/config-v1.1.xml?emailaddress=alice@ours.example"
    return bench.rate_of([bench.reader.raw("GET", path)], [len(bench.reader.get(path))])


def static(bench: Bench) -> Figure:
    """A file."""
    path = "/static/style.css"
    return bench.rate_of([bench.reader.raw("GET", path)], [len(bench.reader.get(path))])


def refused(bench: Bench) -> Figure:
    """A path at which nothing is."""
    said = b'{"type":"about:blank","status":404,"detail":"there is nothing at this path","title":"Not Found"}'
    return bench.rate_of([bench.reader.raw("GET", "/no/such/path")], [len(said)], must='"status":404')


def robots(bench: Bench) -> Figure:
    """The smallest document there is for anybody."""
    path = "/robots.txt"
    return bench.rate_of([bench.reader.raw("GET", path)], [len(bench.reader.get(path))])


def unauthorized(bench: Bench) -> Figure:
    """Who does not say who they are."""
    said = b'{"type":"about:blank","status":401,"detail":"authenticate first","title":"Unauthorized"}'
    asked = b"GET /.well-known/jmap HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    return bench.rate_of([asked], [len(said)], must='"status":401')


def inbox_large(bench: Bench) -> Figure:
    """How much longer the inbox view takes in the large account."""
    large, base = inbox(bench.large), inbox(bench.ground)
    times = [
        _latency(bench, bench.large.talk, large).value / _latency(bench, bench.ground.talk, base).value
        for _ in range(bench.pace.rounds)
    ]
    return Figure(middle(times), times, note=f"{bench.large.messages:,} messages against {bench.ground.messages:,}")


def _filtered(kind: str, name: str, bench: Bench) -> Figure:
    on = bench.large if bench.has_large else bench.ground
    loads = filters(on) if kind == "filter" else trees(on)
    return replace(_latency(bench, on.talk, loads[name]), messages=on.messages)


def _latency(bench: Bench, talk: Talk, load: Load) -> Figure:
    """Milliseconds of a request that is alone, the middle of as many as there is time for."""
    load.check(talk.ask(load.bodies[0]))
    times: list[float] = []
    deadline = time.perf_counter() + bench.pace.seconds / 3
    while not times or (time.perf_counter() < deadline and len(times) < _MOST):
        began = time.perf_counter()
        talk.ask(load.bodies[len(times) % len(load.bodies)])
        times.append((time.perf_counter() - began) * 1000)
    return Figure(middle(times), more={"p99 ms": percentile(times, 0.99)})


_RATES = (
    "echo", "inbox", "collapsed", "mailboxes", "open", "text-common", "text-rare", "from", "subject", "changes",
    "query-changes", "query-changes-1000",
)  # fmt: skip

READS: dict[str, Row] = {
    "session": session,
    "autoconfig": autoconfig,
    "static": static,
    "refused": refused,
    "robots": robots,
    "unauthorized": unauthorized,
    **{name: partial(_rate, name) for name in _RATES},
    "inbox-large": inbox_large,
    **{f"filter-{name}": partial(_filtered, "filter", name) for name in FILTERS},
    **{f"tree-{name}": partial(_filtered, "tree", name) for name in TREES},
}
