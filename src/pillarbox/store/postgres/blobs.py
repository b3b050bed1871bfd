"""Octets of an account: a row a blob, and its octets in pieces.

A reader may go on after its unit, and after the blob was dropped: the pieces of a large one stay for an hour more, and
a number is never given again, so that what is read of it cannot be another blob's.
"""

import hashlib
from collections.abc import Callable
from io import BytesIO

from pillarbox.store.contract import Blob, BlobReader, Held, StoreError
from pillarbox.store.postgres.session import Row, Session, Value
from pillarbox.store.postgres.staged import PIECE, PostgresStaged

__all__ = ["READABLE", "Blobs", "PieceReader"]

READABLE = 3600
"""Seconds that the octets of a large blob can be read after it was dropped."""

_PIECE_OF = "SELECT octets FROM piece WHERE account_id = $1 AND blob = $2 AND at = $3"


class PieceReader:
    """A large blob, read a piece at a time outside of any unit. `ask` runs one statement by itself."""

    def __init__(self, ask: Callable[..., list[Row]], account: int, blob: Blob) -> None:
        self._ask = ask
        self._account = account
        self._blob = blob
        self._at = 0
        self._piece: tuple[int, bytes] = (-1, b"")

    def read(self, octets: int = -1, /) -> bytes:
        """So many octets, fewer at the end of the blob; all that are left if the number is negative."""
        left = max(self._blob.size - self._at, 0)
        wanted = left if octets < 0 else min(octets, left)
        parts = []
        while wanted > 0:
            part = self._piece_at(self._at)[:wanted]
            parts.append(part)
            self._at += len(part)
            wanted -= len(part)
        return b"".join(parts)

    def seek(self, offset: int, /) -> int:
        self._at = offset
        return offset

    def close(self) -> None:
        """Nothing is open between two readings."""

    def _piece_at(self, offset: int) -> bytes:
        """Octets from there on, at least one. Raises StoreError."""
        begin = offset - offset % PIECE
        if self._piece[0] != begin:
            rows = self._ask(_PIECE_OF, self._account, self._blob.number, begin)
            self._piece = begin, rows[0][0] if rows else b""
        rest = self._piece[1][offset - begin :]
        if not rest:
            raise StoreError(f"account {self._account}: octets of blob {self._blob.number} are missing at {offset}")
        return rest


class Blobs:
    """An account's blobs within one unit. `ask` runs a statement by itself, for readers that outlive it."""

    def __init__(self, session: Session, account: int, ask: Callable[..., list[Row]]) -> None:
        self._session = session
        self._account = account
        self._ask = ask
        self._sizes: dict[int, int] = {}

    def blob(self, number: int) -> Blob | None:
        rows = self._session.ask("SELECT size FROM blob WHERE account_id = $1 AND number = $2", self._account, number)
        return Blob(number, rows[0][0]) if rows else None

    def octets(self, blob: Blob, offset: int, length: int) -> bytes:
        if length <= 0 or offset >= blob.size:
            self._known(blob.number)
            return b""
        rows = self._session.ask(
            # The part of each piece that is asked for, so that no more of it is read.
            "SELECT substring(octets FROM greatest($3 - at, 0)::int + 1"
            f" FOR least($4 - greatest($3, at), {PIECE})::int)"
            " FROM piece WHERE account_id = $1 AND blob = $2 AND at > $3::bigint - $5::bigint AND at < $4::bigint"
            " AND EXISTS (SELECT 1 FROM blob b WHERE b.account_id = $1 AND b.number = $2) ORDER BY at",
            self._account,
            blob.number,
            offset,
            offset + length,
            PIECE,
        )
        octets = b"".join(row[0] for row in rows)
        if len(octets) != min(length, blob.size - offset):
            raise StoreError(f"account {self._account}: octets of blob {blob.number} are missing")
        return octets

    def open(self, blob: Blob) -> BlobReader:
        self._known(blob.number)
        if blob.size <= PIECE:
            return BytesIO(self.octets(blob, 0, blob.size))
        return PieceReader(self._ask, self._account, blob)

    def add(self, staged: PostgresStaged, number: int, expires: int) -> Blob:
        """The blob of these octets: the row there is, its time extended, or a new one with this number."""
        ((known,),) = self._session.ask(
            "INSERT INTO blob AS b (account_id, number, hash, size, refs, expires) VALUES ($1, $2, $3, $4, 0, $5)"
            " ON CONFLICT (account_id, hash) DO UPDATE SET expires = greatest(b.expires, excluded.expires)"
            " RETURNING number",
            self._account,
            number,
            staged.digest,
            staged.size,
            expires,
        )
        if known == number:
            self._insert_pieces(staged, number)
        self._sizes[known] = staged.size
        return Blob(known, staged.size)

    def put(self, staged: PostgresStaged, number: int, holders: int, expires: int) -> None:
        """A new row. Raises StoreError if its number or its octets are there."""
        rows = self._session.ask(
            "INSERT INTO blob (account_id, number, hash, size, refs, expires) VALUES ($1, $2, $3, $4, $5, $6)"
            " ON CONFLICT DO NOTHING RETURNING number",
            self._account,
            number,
            staged.digest,
            staged.size,
            holders,
            expires,
        )
        if not rows:
            raise StoreError(f"there is a blob {number}, or one of the same octets")
        self._insert_pieces(staged, number)

    def clear(self) -> None:
        """No row is left, and nothing to be read of those that were dropped: their numbers may come again."""
        for table in ("piece", "dropped", "blob"):
            self._session.tell(f"DELETE FROM {table} WHERE account_id = $1", self._account)
        self._sizes.clear()

    def hold(self, number: int) -> int:
        """One more holds it; by how much that makes what is held larger."""
        return self._counted(
            number,
            "UPDATE blob SET refs = refs + 1 WHERE account_id = $1 AND number = $2 RETURNING size",
            self._account,
            number,
        )

    def release(self, number: int, expires: int) -> int:
        """One less holds it; by how much that makes what is held smaller."""
        return self._counted(
            number,
            "UPDATE blob SET refs = refs - 1, expires = greatest(expires, $3)"
            " WHERE account_id = $1 AND number = $2 RETURNING size",
            self._account,
            number,
            expires,
        )

    def set_holders(self, number: int, holders: int, expires: int) -> int:
        """So many hold it; by how much that makes what is held larger."""
        rows = self._session.ask(
            "SELECT size, refs FROM blob WHERE account_id = $1 AND number = $2", self._account, number
        )
        if not rows:
            raise StoreError(f"account {self._account}: blob {number} has no row")
        ((size, before),) = rows
        self._session.tell(
            "UPDATE blob SET refs = $3, expires = greatest(expires, $4) WHERE account_id = $1 AND number = $2",
            self._account,
            number,
            holders,
            expires,
        )
        return int(size * (holders - max(before, 0)))

    def undo(self) -> None:
        """Some of what was done here was undone."""
        self._sizes.clear()

    def page(self, after: int, limit: int) -> list[Held]:
        """What `Unit.blobs` promises."""
        rows = self._session.ask(
            "SELECT number, size, refs, hash, expires FROM blob"
            " WHERE account_id = $1 AND number > $2 ORDER BY number LIMIT $3",
            self._account,
            after,
            limit,
        )
        return [Held(Blob(number, size), refs, digest, expires) for number, size, refs, digest, expires in rows]

    def verify(self, blob: Blob) -> str | None:
        """What `Unit.verify` promises."""
        rows = self._session.ask(
            "SELECT hash FROM blob WHERE account_id = $1 AND number = $2", self._account, blob.number
        )
        if not rows:
            return f"blob {blob.number} cannot be read: it has no row"
        digest, size = hashlib.sha256(), 0
        for at in range(0, blob.size, PIECE):
            pieces = self._session.ask(_PIECE_OF, self._account, blob.number, at)
            if not pieces:
                return f"blob {blob.number} cannot be read: its octets are missing at {at}"
            digest.update(pieces[0][0])
            size += len(pieces[0][0])
        if size != blob.size or digest.digest() != rows[0][0]:
            return f"blob {blob.number} is not the {blob.size} octets it was"
        return None

    def make_room(self, size: int, files: int, total: int, until: int) -> None:
        """What `Writing.make_room` promises; what is dropped can be read by those who read it until then."""
        sql = "SELECT number, size FROM blob WHERE account_id = $1 AND refs = 0 ORDER BY expires, number"
        unheld: list[tuple[int, int]] = [(number, one) for number, one in self._session.ask(sql, self._account)]
        count, used = len(unheld), sum(one for _, one in unheld)
        dropped = []
        for number, one in unheld:
            if (not files or count < files) and (not total or used + size <= total):
                break
            dropped.append(number)
            count, used = count - 1, used - one
        self._drop(dropped, until)

    def collect(self, now: int, until: int) -> int:
        """What `Writing.collect` promises; what is dropped can be read by those who read it until then."""
        sql = "SELECT number FROM blob WHERE account_id = $1 AND refs = 0 AND expires < $2"
        dropped = [number for (number,) in self._session.ask(sql, self._account, now)]
        self._drop(dropped, until)
        return len(dropped)

    def forget(self, now: int) -> int:
        """Deletes octets of blobs dropped long ago; of how many."""
        gone = [
            blob
            for (blob,) in self._session.ask(
                "SELECT blob FROM dropped WHERE account_id = $1 AND until < $2", self._account, now
            )
        ]
        for table in ("piece", "dropped"):
            if gone:
                self._session.tell(
                    f"DELETE FROM {table} WHERE account_id = $1 AND blob = ANY ($2::bigint[])", self._account, gone
                )
        return len(gone)

    def strays(self) -> list[int]:
        """Numbers of no blob that have octets, without those that may still be read."""
        rows = self._session.ask(
            "SELECT DISTINCT p.blob FROM piece p WHERE p.account_id = $1"
            " AND NOT EXISTS (SELECT 1 FROM blob b WHERE b.account_id = $1 AND b.number = p.blob)"
            " AND NOT EXISTS (SELECT 1 FROM dropped d WHERE d.account_id = $1 AND d.blob = p.blob)",
            self._account,
        )
        return [number for (number,) in rows]

    def delete_strays(self) -> int:
        """Deletes those; how many."""
        strays = self.strays()
        if strays:
            self._session.tell(
                "DELETE FROM piece WHERE account_id = $1 AND blob = ANY ($2::bigint[])", self._account, strays
            )
        return len(strays)

    def _insert_pieces(self, staged: PostgresStaged, number: int) -> None:
        for at, piece in enumerate(staged.pieces()):
            self._session.tell(
                "INSERT INTO piece (account_id, blob, at, octets) VALUES ($1, $2, $3, $4)",
                self._account,
                number,
                at * PIECE,
                piece,
            )

    def _drop(self, numbers: list[int], until: int) -> None:
        if not numbers:
            return
        self._sizes.clear()
        # One that fits into a piece was read at once by whoever opened it.
        self._session.tell(
            "DELETE FROM piece p USING blob b WHERE p.account_id = $1 AND b.account_id = $1 AND b.number = p.blob"
            f" AND b.number = ANY ($2::bigint[]) AND b.size <= {PIECE}",
            self._account,
            numbers,
        )
        self._session.tell(
            "INSERT INTO dropped (account_id, blob, until) SELECT $1, b.number, $3 FROM blob b"
            f" WHERE b.account_id = $1 AND b.number = ANY ($2::bigint[]) AND b.size > {PIECE}",
            self._account,
            numbers,
            until,
        )
        self._session.tell(
            "DELETE FROM blob WHERE account_id = $1 AND number = ANY ($2::bigint[])", self._account, numbers
        )

    def _counted(self, number: int, sql: str, *values: Value) -> int:
        size = self._sizes.get(number)
        if size is not None:
            self._session.tell(sql, *values)
            return size
        rows = self._session.ask(sql, *values)
        if not rows:
            raise StoreError(f"account {self._account}: blob {number} has no row")
        size = self._sizes[number] = int(rows[0][0])
        return size

    def _known(self, number: int) -> None:
        if self.blob(number) is None:
            raise StoreError(f"account {self._account}: blob {number} has no row")
