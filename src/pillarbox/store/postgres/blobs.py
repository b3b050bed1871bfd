"""Octets of an account: a row a blob, and its octets in pieces; or, where there is a stock, as an object of it.

A reader may go on after its unit, and after the blob was dropped: the pieces of a large one, or its object, stay for an
hour more, and a number is never given again, so that what is read of it cannot be another blob's.

An object is written before the commit that first names it, and deleted after the commit that last did (adr/0061).
"""

import hashlib
from collections.abc import Callable
from io import BytesIO

from pillarbox.store.contract import Blob, BlobReader, Held
from pillarbox.store.depot import LARGE, Stock
from pillarbox.store.error import StoreError, Unavailable
from pillarbox.store.postgres import pieces
from pillarbox.store.postgres.objects import nameless, objects_of
from pillarbox.store.postgres.session import Row, Session, Value
from pillarbox.store.postgres.staged import PIECE, PostgresStaged

__all__ = ["READABLE", "Blobs"]

READABLE = 3600
"""Seconds that the octets of a large blob can be read after it was dropped."""


class Blobs:
    """An account's blobs within one unit. `ask` runs a statement by itself, for readers that outlive it."""

    def __init__(
        self, session: Session, account: int, ask: Callable[..., list[Row]], stock: Stock | None = None
    ) -> None:
        self._session = session
        self._account = account
        self._ask = ask
        self._stock = stock
        self._sizes: dict[int, int] = {}
        self._taken: list[PostgresStaged] = []
        self.unneeded: list[str] = []
        """Objects that nothing names any more, once the unit is committed."""

    def leave(self) -> None:
        """The unit is about to be committed: the objects it named are left to it."""
        for staged in self._taken:
            staged.leave()
        self._taken.clear()

    def give_back(self, since: int = 0) -> None:
        """What was taken since there were so many will not be committed, and is whose it was."""
        for staged in self._taken[since:]:
            staged.give_back()
        del self._taken[since:]

    def mark(self) -> tuple[int, int]:
        """How many objects the unit has named, and how many it has left without a name."""
        return len(self._taken), len(self.unneeded)

    def blob(self, number: int) -> Blob | None:
        rows = self._session.ask("SELECT size FROM blob WHERE account_id = $1 AND number = $2", self._account, number)
        return Blob(number, rows[0][0]) if rows else None

    def octets(self, blob: Blob, offset: int, length: int) -> bytes:
        if length <= 0 or offset >= blob.size:
            self._known(blob.number)
            return b""
        if self._stock is not None and (name := self._object(blob)) is not None:
            return self._stock.read(self._account, name, offset, min(length, blob.size - offset))
        octets = pieces.octets(self._session, self._account, blob, offset, length)
        if len(octets) != min(length, blob.size - offset):
            if self._object(blob) is not None:
                self._kept()
            raise StoreError(f"account {self._account}: octets of blob {blob.number} are missing")
        return octets

    def open(self, blob: Blob) -> BlobReader:
        self._known(blob.number)
        if blob.size <= PIECE:
            return BytesIO(self.octets(blob, 0, blob.size))
        if (name := self._object(blob)) is not None:
            return self._kept().open(self._account, name, blob.size)
        return pieces.reader(self._ask, self._account, blob)

    def add(self, staged: PostgresStaged, number: int, expires: int) -> Blob:
        """The blob of these octets: the row there is, its time extended, or a new one with this number."""
        if not self._is_known(staged):
            staged.complete()
        ((known,),) = self._session.ask(
            "INSERT INTO blob AS b (account_id, number, hash, size, refs, expires, object)"
            " VALUES ($1, $2, $3, $4, 0, $5, $6)"
            " ON CONFLICT (account_id, hash) DO UPDATE SET expires = greatest(b.expires, excluded.expires)"
            " RETURNING number",
            self._account,
            number,
            staged.digest,
            staged.size,
            expires,
            staged.object,
        )
        if known == number:
            self._insert_octets(staged, number)
        self._sizes[known] = staged.size
        return Blob(known, staged.size)

    def put(self, staged: PostgresStaged, number: int, holders: int, expires: int) -> None:
        """A new row. Raises StoreError if its number or its octets are there."""
        staged.complete()
        rows = self._session.ask(
            "INSERT INTO blob (account_id, number, hash, size, refs, expires, object)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING number",
            self._account,
            number,
            staged.digest,
            staged.size,
            holders,
            expires,
            staged.object,
        )
        if not rows:
            raise StoreError(f"there is a blob {number}, or one of the same octets")
        self._insert_octets(staged, number)

    def clear(self) -> None:
        """No row is left, and nothing to be read of those that were dropped: their numbers may come again."""
        self.unneeded += objects_of(self._session, self._account)
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

    def undo(self, mark: tuple[int, int]) -> None:
        """What was done here since then was undone."""
        taken, unneeded = mark
        self._sizes.clear()
        self.give_back(taken)
        # Rows name them again.
        del self.unneeded[unneeded:]

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
        try:
            if (name := self._object(blob)) is not None:
                reader = self._kept().open(self._account, name, blob.size)
            else:
                reader = pieces.reader(self._session.ask, self._account, blob)
            while piece := reader.read(PIECE):
                digest.update(piece)
                size += len(piece)
        except Unavailable:
            raise
        except StoreError as problem:
            return f"blob {blob.number} cannot be read: {problem.known}"
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
        rows = self._session.ask(
            "SELECT blob, object FROM dropped WHERE account_id = $1 AND until < $2", self._account, now
        )
        gone = [blob for blob, _ in rows]
        self.unneeded += [name for _, name in rows if name is not None]
        if gone:
            pieces.delete(self._session, self._account, gone)
            self._session.tell(
                "DELETE FROM dropped WHERE account_id = $1 AND blob = ANY ($2::bigint[])", self._account, gone
            )
        return len(gone)

    def strays(self) -> list[int]:
        """Numbers of no blob that have octets, without those that may still be read."""
        return pieces.strays(self._session, self._account)

    def delete_strays(self) -> int:
        """Deletes those; how many."""
        found = self.strays()
        if found:
            pieces.delete(self._session, self._account, found)
        return len(found)

    def nameless(self, objects: list[str]) -> list[str]:
        """Which of these objects no row names."""
        return nameless(self._session, self._account, objects)

    def _insert_octets(self, staged: PostgresStaged, number: int) -> None:
        if staged.object is not None:
            staged.take()
            self._taken.append(staged)
            return
        pieces.insert(self._session, self._account, number, staged.pieces())

    def _drop(self, numbers: list[int], until: int) -> None:
        if not numbers:
            return
        self._sizes.clear()
        # One that fits into a piece was read at once by whoever opened it; but an object by nobody who has yet to.
        self._session.tell(
            "DELETE FROM piece p USING blob b WHERE p.account_id = $1 AND b.account_id = $1 AND b.number = p.blob"
            f" AND b.number = ANY ($2::bigint[]) AND b.size <= {PIECE}",
            self._account,
            numbers,
        )
        self._session.tell(
            "INSERT INTO dropped (account_id, blob, until, object) SELECT $1, b.number, $3, b.object FROM blob b"
            " WHERE b.account_id = $1 AND b.number = ANY ($2::bigint[])"
            f" AND (b.size > {PIECE} OR b.object IS NOT NULL)",
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

    def _is_known(self, staged: PostgresStaged) -> bool:
        """Whether an object need not be made, since the account has these octets."""
        if self._stock is None or staged.size <= LARGE or staged.object is not None:
            return False
        sql = "SELECT 1 FROM blob WHERE account_id = $1 AND hash = $2"
        return bool(self._session.ask(sql, self._account, staged.digest))

    def _object(self, blob: Blob) -> str | None:
        """The object that has a blob's octets; None where pieces have them. Raises StoreError."""
        if blob.size <= LARGE:
            return None
        rows = self._session.ask(
            "SELECT object FROM blob WHERE account_id = $1 AND number = $2", self._account, blob.number
        )
        if not rows:
            raise StoreError(f"account {self._account}: blob {blob.number} has no row")
        name: str | None = rows[0][0]
        return name

    def _kept(self) -> Stock:
        if self._stock is None:
            raise StoreError(
                f"account {self._account}: a blob is kept outside of the database, and storage.blob does not say where"
            )
        return self._stock

    def _known(self, number: int) -> None:
        if self.blob(number) is None:
            raise StoreError(f"account {self._account}: blob {number} has no row")
