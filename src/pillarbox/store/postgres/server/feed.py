"""What servers on one database tell each other: by LISTEN, or in a table that each of them looks at."""

from collections.abc import Iterable, Mapping

from pillarbox.store.postgres.server.making import make_apart
from pillarbox.store.postgres.session import Session

__all__ = ["KEPT", "hear", "last_told", "make_feed", "notify", "tell", "told", "trim"]

KEPT = 60
"""Seconds for which what was told stays in the table."""

# Unlogged: what is in it is worth nothing after a crash, and so adding to it waits for no disk.
_FEED = """
CREATE UNLOGGED TABLE IF NOT EXISTS feed (
    node text NOT NULL,
    number bigint NOT NULL,
    at timestamptz NOT NULL,
    said text NOT NULL,
    PRIMARY KEY (node, number)
);
"""
# Each schema may have an installation of its own.
_CHANNEL = "left('pillarbox ' || current_schema(), 63)"


def hear(session: Session) -> None:
    """From now on the session is notified of what any node says. Raises Unavailable, StoreError."""
    ((channel,),) = session.ask(f"SELECT {_CHANNEL}")
    session.ask_anew('LISTEN "' + channel.replace('"', '""') + '"')


def notify(session: Session, said: Iterable[str]) -> None:
    """Says these, each of less than 8,000 octets, to all who hear; us among them. Raises Unavailable, StoreError."""
    for one in said:
        session.tell(f"SELECT pg_notify({_CHANNEL}, $1)", one)
    session.settle()


def make_feed(session: Session) -> None:
    """The table is there. Raises Unavailable, StoreError."""
    make_apart(session, "feed", _FEED)


def tell(session: Session, node: str, numbered: Mapping[int, str]) -> None:
    """Says these, under numbers that grow. Raises Unavailable, StoreError."""
    for number, said in numbered.items():
        session.tell(
            "INSERT INTO feed (node, number, at, said) VALUES ($1, $2, clock_timestamp(), $3)", node, number, said
        )
    session.settle()


def told(session: Session, known: Mapping[str, int]) -> list[tuple[str, int, str]]:
    """What each node has said beyond a number of its own, in order; of nodes not named here, all there is.

    Raises Unavailable, StoreError.
    """
    rows = session.ask(
        "SELECT f.node, f.number, f.said FROM feed f"
        " LEFT JOIN unnest($1::text[], $2::bigint[]) AS k (node, number) ON k.node = f.node"
        " WHERE k.node IS NULL OR f.number > k.number"
        " ORDER BY f.node, f.number",
        list(known),
        list(known.values()),
    )
    return [(node, number, said) for node, number, said in rows]


def last_told(session: Session) -> dict[str, int]:
    """The last number of each node that has said something of late. Raises Unavailable, StoreError."""
    return dict(session.ask("SELECT node, max(number) FROM feed GROUP BY node"))


def trim(session: Session) -> None:
    """What was told long ago, by whomever, is forgotten. Raises Unavailable, StoreError."""
    session.ask(f"DELETE FROM feed WHERE at < clock_timestamp() - interval '{KEPT} s'")
