"""Lines about mail that comes in."""

from collections.abc import Iterator
from functools import partial

from bench.crowd import crowd
from bench.figure import Figure
from bench.ground import WRITERS
from bench.lmtp import LMTP
from bench.mail import numbered, numbers, template
from bench.rows.bench import Bench, Row

__all__ = ["DELIVERY"]

_FIRST = 100
"""Numbers of messages begin higher than those of other lines."""


def lmtp(bench: Bench) -> Figure:
    """Messages of 5 kB to four accounts on four connections."""
    raw = template()
    sessions = [LMTP(bench.served.lmtp_port) for _ in WRITERS]
    try:
        acts = [
            partial(_delivered, session, address, raw, numbers(_FIRST + at))
            for at, (session, address) in enumerate(zip(sessions, WRITERS, strict=True))
        ]
        return bench.again_and_again(lambda: crowd([*acts], bench.pace.seconds))
    finally:
        for session in sessions:
            session.close()


def _delivered(session: LMTP, address: str, raw: bytes, turn: Iterator[int]) -> None:
    session.deliver(address, numbered(raw, next(turn)))


def bulk(bench: Bench) -> Figure:
    """The import that filled the reader's account, from the command's start to its end."""
    filled = bench.filled
    return Figure(filled.messages / filled.seconds, note=f"{filled.messages:,} messages in {filled.seconds:.1f} s")


DELIVERY: dict[str, Row] = {"lmtp": lmtp, "bulk": bulk}
