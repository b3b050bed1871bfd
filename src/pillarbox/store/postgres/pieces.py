"""Octets that are rows: so many of them a row that a part is read without the rest."""

from collections.abc import Callable, Iterable

from pillarbox.store.contract import Blob
from pillarbox.store.error import StoreError
from pillarbox.store.postgres.session import Row, Session
from pillarbox.store.postgres.staged import PIECE
from pillarbox.store.window import WindowReader

__all__ = ["delete", "insert", "octets", "reader", "strays"]

_PIECE_OF = "SELECT octets FROM piece WHERE account_id = $1 AND blob = $2 AND at = $3"


def insert(session: Session, account: int, blob: int, pieces: Iterable[bytes]) -> None:
    """These are a blob's octets, in order."""
    for at, piece in enumerate(pieces):
        session.tell(
            "INSERT INTO piece (account_id, blob, at, octets) VALUES ($1, $2, $3, $4)", account, blob, at * PIECE, piece
        )


def octets(session: Session, account: int, blob: Blob, offset: int, length: int) -> bytes:
    """A range of a blob that the account has; fewer octets where some are missing."""
    rows = session.ask(
        # The part of each piece that is asked for, so that no more of it is read.
        "SELECT substring(octets FROM greatest($3 - at, 0)::int + 1"
        f" FOR least($4 - greatest($3, at), {PIECE})::int)"
        " FROM piece WHERE account_id = $1 AND blob = $2 AND at > $3::bigint - $5::bigint AND at < $4::bigint"
        " AND EXISTS (SELECT 1 FROM blob b WHERE b.account_id = $1 AND b.number = $2) ORDER BY at",
        account,
        blob.number,
        offset,
        offset + length,
        PIECE,
    )
    return b"".join(row[0] for row in rows)


def strays(session: Session, account: int) -> list[int]:
    """Numbers of no blob that have pieces, without those that may still be read."""
    rows = session.ask(
        "SELECT DISTINCT p.blob FROM piece p WHERE p.account_id = $1"
        " AND NOT EXISTS (SELECT 1 FROM blob b WHERE b.account_id = $1 AND b.number = p.blob)"
        " AND NOT EXISTS (SELECT 1 FROM dropped d WHERE d.account_id = $1 AND d.blob = p.blob)",
        account,
    )
    return [number for (number,) in rows]


def delete(session: Session, account: int, blobs: list[int]) -> None:
    """What is kept under these numbers is gone."""
    session.tell("DELETE FROM piece WHERE account_id = $1 AND blob = ANY ($2::bigint[])", account, blobs)


def reader(ask: Callable[..., list[Row]], account: int, blob: Blob) -> WindowReader:
    """A large blob, a piece at a time. `ask` runs one statement by itself. Reading raises StoreError, Unavailable."""

    def piece(offset: int) -> tuple[int, bytes]:
        begin = offset - offset % PIECE
        rows = ask(_PIECE_OF, account, blob.number, begin)
        octets: bytes = rows[0][0] if rows else b""
        if len(octets) <= offset - begin:
            raise StoreError(f"account {account}: octets of blob {blob.number} are missing at {offset}")
        return begin, octets

    return WindowReader(blob.size, piece)
