"""Sizing on paper: what so many accounts take, by a run's figures and by assumptions that are all written down.

Nothing here is measured: each line is a multiplication, whose factors are of a report (`figures`) or of `Use`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

__all__ = ["Use", "Work", "rows", "sized", "work"]

_STORE = "postgresql"
_HOUR = 3600
_MICRO = 1e6


@dataclass(frozen=True, slots=True)
class Use:
    """What accounts do, and what there is to do it with. Each is an assumption; a day is one of a week's busy ones."""

    active: float = 0.3
    """Share of accounts that somebody uses on a day."""
    busiest_hour: float = 0.125
    """Share of a day's work that falls into its busiest hour."""
    inbox: float = 20
    """Times a day that somebody looks at a list of 50 messages; so are the next ones, of whoever is active."""
    open: float = 30
    mailboxes: float = 60
    text_rare: float = 2
    keyword: float = 30
    move: float = 10
    draft: float = 5
    download: float = 1
    """Attachments of 1 MB that somebody opens a day."""
    lmtp: float = 20
    """Messages that arrive a day, in each account."""
    kept: float = 5000
    """Messages that an account has."""
    octets: float = 50_000
    """Of a message, with what is attached to it."""
    connected: float = 0.1
    """Share of accounts with an open event source in the busiest hour."""
    busy: float = 0.5
    """Share of a core that is planned for; the rest is for bursts, vacuuming, and a node that is down."""
    workers: float = 4
    """Of a node, each with a core."""
    connections: float = 10
    """`pool.max-connections`."""


@dataclass(frozen=True, slots=True)
class Work:
    """Of one operation in the busiest hour: how often a second, and microseconds of CPU, ours and the database's."""

    name: str
    rate: float
    ours: float
    database: float
    octets: float


_OF_ACTIVE = ("inbox", "open", "mailboxes", "text_rare", "keyword", "move", "draft", "download")
_DURABLE = ("keyword", "move", "draft", "lmtp")


def work(accounts: int, use: Use, report: Mapping[str, Any]) -> list[Work]:
    """What is done in the busiest hour, an operation a line. Raises KeyError for a report that lacks one."""
    figures = report["stores"][_STORE]
    peak = use.busiest_hour / _HOUR
    found = []
    for name in (*_OF_ACTIVE, "lmtp"):
        figure = figures[name.replace("_", "-")]
        share = 1.0 if name == "lmtp" else use.active
        # Of what has no answer of that size, the message is what travels.
        octets = figure.get("octets an answer", use.octets)
        rate = accounts * share * getattr(use, name) * peak
        found.append(Work(name, rate, figure["cpu"], figure.get("store's CPU µs a request", 0.0), octets))
    return found


def sized(accounts: int, use: Use, report: Mapping[str, Any], disk: float, wal: float) -> Mapping[str, float]:
    """What it takes; `disk` and `wal` are octets a message beside its own, in tables and indexes and in the log."""
    done = work(accounts, use, report)
    cores = sum(one.rate * one.ours for one in done) / _MICRO / use.busy
    database = sum(one.rate * one.database for one in done) / _MICRO / use.busy
    nodes = max(2.0, -(-cores // use.workers))
    figures = report["stores"][_STORE]
    sources = accounts * use.connected
    delivered = next(one.rate for one in done if one.name == "lmtp")
    return {
        "requests a second": sum(one.rate for one in done if one.name != "lmtp"),
        "deliveries a second": delivered,
        "messages sent a second": next(one.rate for one in done if one.name == "draft"),
        "commits a second": sum(one.rate for one in done if one.name in _DURABLE),
        "cores of ours": cores,
        "nodes": nodes,
        "cores of the database": database,
        "connections to the database": nodes * ((use.workers + 1) * use.connections + use.workers + 2),
        "event sources": sources,
        "memory of ours, GB": (
            nodes * (use.workers + 2) * figures["inbox"]["memory"] + sources * figures["idle"]["value"] * 1000
        )
        / 1e9,
        "messages": accounts * use.kept,
        "octets of messages, TB": accounts * use.kept * use.octets / 1e12,
        "tables and indexes, TB": accounts * use.kept * disk / 1e12,
        "write-ahead log, MB a second": delivered * (wal + use.octets) / 1e6,
        "answers, MB a second": sum(one.rate * one.octets for one in done if one.name != "lmtp") / 1e6,
    }


def rows(sizes: tuple[int, ...], use: Use, report: Mapping[str, Any], disk: float, wal: float) -> Iterator[str]:
    """A table in Markdown, a column a size, and one of the assumptions."""
    columns = [sized(accounts, use, report, disk, wal) for accounts in sizes]
    yield f"| | {' | '.join(f'{accounts:,}' for accounts in sizes)} |"
    yield f"|---{'|---:' * len(sizes)}|"
    for name in columns[0]:
        yield f"| {name} | {' | '.join(_shown(column[name]) for column in columns)} |"
    yield ""
    yield "| Assumption | |"
    yield "|---|---:|"
    for field in fields(use):
        yield f"| `{field.name}` | {getattr(use, field.name):,g} |"


def _shown(value: float) -> str:
    """Two digits: there are no more in any of it."""
    rounded = float(f"{value:.2g}")
    return f"{rounded:,.0f}" if rounded >= 10 else f"{rounded:g}"
