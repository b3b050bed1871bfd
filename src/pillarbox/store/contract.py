"""What every store promises; `tests/contracts` is its specification.

A store keeps accounts apart: each has its own numbers, change log, text and blobs, and account 0 is the
server itself. All access is through a unit: one account's transaction. A reading unit sees one snapshot. What
a writing unit did is there together, durably, once its block has ended without an exception, and not at all
otherwise; then, and only then, the feed speaks. What it raises is in `error`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from pillarbox.store.feed import Feed
from pillarbox.store.query import Select
from pillarbox.store.table import Document, Table

__all__ = [
    "Blob",
    "BlobReader",
    "ChangePage",
    "Changed",
    "Finding",
    "Held",
    "Staged",
    "Store",
    "Stored",
    "Unit",
    "Writing",
]


class Stored(NamedTuple):
    """An object as kept: JSON documents; `apart` only if it was asked for and exists.

    A tuple, because a page makes hundreds of them.
    """

    number: int
    document: bytes
    apart: bytes | None = None


@dataclass(frozen=True, slots=True)
class Blob:
    """Octets that never change, known in one account by a number."""

    number: int
    size: int


@dataclass(frozen=True, slots=True)
class Held:
    """A blob, how many objects are said to hold it, the SHA-256 of its octets, and until when it is kept unheld."""

    blob: Blob
    holders: int
    digest: bytes
    expires: int


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Some of what changed after a number of the log, and the number to go on from."""

    created: list[int]
    updated: list[int]
    destroyed: list[int]
    until: int
    more: bool
    essential: bool
    """Whether anything but volatile properties may have changed in what is told here."""


@dataclass(frozen=True, slots=True)
class Changed:
    """All objects that changed after a number of the log."""

    existing: frozenset[int]
    """Those that may have existed then, gone or not."""
    new: frozenset[int]
    """Those created since and still here."""
    groups: frozenset[int]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something an inspection found wrong: where, and what, in words for an administrator."""

    account: int
    place: str
    problem: str


class Staged(Protocol):
    """Octets on their way in, not yet a blob; leaving the block without `Writing.add_blob` drops them."""

    @property
    def size(self) -> int: ...
    def write(self, octets: bytes | bytearray) -> None: ...
    def complete(self) -> None:
        """Says that all of them were written: what takes long is done now, and not in the unit that keeps them.

        To say so again does nothing, and who does not say so waits in the unit. Raises Unavailable.
        """


class BlobReader(Protocol):
    """A blob opened for reading in pieces, after its unit has ended; also when it was dropped since, for an hour."""

    def read(self, octets: int, /) -> bytes: ...
    def seek(self, offset: int, /) -> int: ...
    def close(self) -> None: ...


class Unit(Protocol):
    """One account as it was at one moment; nothing can be asked of it once its block has ended."""

    @property
    def account(self) -> int: ...

    @property
    def epoch(self) -> str:
        """Random, lower-case; another one means that numbers of the log start anew."""

    def state(self, table: Table) -> int:
        """The number of the table's last change, 0 before the first."""

    def arrived(self, table: Table) -> int:
        """The number of the change that made the table's newest object, as far as the log still knows of it; or 0."""

    def get(self, table: Table, numbers: Sequence[int]) -> Iterator[Stored]:
        """Those objects that exist, once each, in the order given, without what is apart."""

    def get_apart(self, table: Table, numbers: Sequence[int]) -> Iterator[Stored]:
        """The same, with what is apart."""

    def groups(self, table: Table, groups: Sequence[int], by: str) -> dict[int, list[int]]:
        """The objects of each of these groups that has any, in order of a column (None first), then of number."""

    def first_group(self, table: Table, index: str, values: Sequence[int | str]) -> int | None:
        """The least group of which an object has one of these values in a set."""

    def numbers(self, table: Table, limit: int) -> list[int]:
        """All objects' numbers, ascending, no more than the limit."""

    def page(self, table: Table, select: Select, offset: int, limit: int) -> list[int]:
        """A part of a result, in order."""

    def count(self, table: Table, select: Select) -> int:
        """The length of a result."""

    def positions(self, table: Table, select: Select, numbers: Iterable[int]) -> dict[int, int]:
        """Where these objects are in a result, counted from 0; without those that are not."""

    def changes(self, table: Table, since: int, limit: int) -> ChangePage:
        """What happened after a number of the log, no more than `limit` objects (at least 1).

        Objects created since come in order of creation, others in that of their last essential change, or of their
        last volatile one where there was no other; what was created and destroyed since is left out. Raises
        LogTooShort.
        """

    def changed(self, table: Table, since: int) -> Changed:
        """Everything that changed after a number of the log, and the groups touched. Raises LogTooShort."""

    def blob(self, number: int) -> Blob | None:
        """The blob with this number."""

    def octets(self, blob: Blob, offset: int, length: int) -> bytes:
        """A range of a blob, shorter where the blob ends."""

    def open(self, blob: Blob) -> BlobReader:
        """The blob, readable after this unit."""

    def seen(self, key: bytes, now: int) -> bool:
        """Whether `Writing.once` was asked of this key, and still remembers it."""

    def held_size(self) -> int:
        """The size of all blobs that objects hold, each counted for each object that holds it; for quotas."""

    def inspect(self, tables: Iterable[Table]) -> Iterator[Finding]:
        """Whether indexes, counts, text and log are what the documents say, and all files blobs'; yields what is not.

        A finding's place is the name of a type; "NAME text" for objects that lack their text or some of it; "counters";
        "blobs" for octets that are no blob's; or "file". Which octets a blob has is for `verify` to say, and who holds
        it for whoever knows the types.
        """

    def blobs(self, after: int, limit: int) -> list[Held]:
        """The blobs with numbers above `after`, ascending, no more than the limit."""

    def verify(self, blob: Blob) -> str | None:
        """What is wrong with a blob's octets, in words: they are missing, or others than were given. Reads them all."""

    def textless(self, table: Table, limit: int) -> list[int]:
        """Objects of a type with full text that have none, ascending, no more than the limit."""

    def given(self) -> int:
        """The greatest number that was given in the account, or 0."""

    def remembered(self, after: bytes, limit: int) -> list[tuple[bytes, int]]:
        """The keys of `Writing.once` behind `after`, each with the time until which it is remembered, in order."""


class Writing(Unit, Protocol):
    """One account, to be changed; its own changes are seen by everything it is asked."""

    def fresh(self) -> int:
        """A number that no object of the account had before."""

    def insert(
        self,
        table: Table,
        number: int,
        document: Document,
        apart: Document | None = None,
        text: Mapping[str, str] | None = None,
    ) -> None:
        """A new object, logged as created. `text` is made of words already cut (`wire.words.indexable`).

        The number is a fresh one; or, to mend what was lost, that of an object which is gone.
        """

    def update(self, table: Table, number: int, old: Document, new: Document) -> None:
        """Another document in place of the object's present one, logged as an essential change."""

    def update_volatile(self, table: Table, number: int, old: Document, new: Document) -> None:
        """The same, logged as a change of volatile properties alone."""

    def amend(self, table: Table, number: int, old: Document, new: Document) -> None:
        """The same where clients see no difference, so that nothing is logged."""

    def index_text(self, table: Table, number: int, text: Mapping[str, str]) -> None:
        """The full text of an object that exists, in place of what it had, as `insert` takes it. Nothing is logged."""

    def touch(self, table: Table, number: int) -> None:
        """A change to the object that its document does not show, logged as essential."""

    def delete(self, table: Table, number: int, old: Document) -> None:
        """The object is gone, logged as destroyed."""

    def add_blob(self, octets: bytes, expires: int) -> Blob:
        """These octets as a blob of the account: the one it has, or a new one.

        Unless held, it may be collected once `expires`, in seconds since 1970, has passed; the later of two
        such times counts.
        """

    def keep_blob(self, staged: Staged, expires: int) -> Blob:
        """The same of octets that were staged for this account."""

    def hold(self, blob: int) -> None:
        """One more object refers to the blob."""

    def release(self, blob: int, expires: int) -> None:
        """One object less refers to the blob; when none does it may be collected after `expires`."""

    def set_holders(self, blob: int, holders: int, expires: int) -> None:
        """So many objects refer to the blob, whatever was counted; if none, it may be collected after `expires`."""

    def make_room(self, size: int, files: int, total: int) -> None:
        """Of the blobs that nothing holds, the oldest are dropped, until one more of this size fits in.

        At most `files` of them and `total` octets are then there (RFC 8620 section 6); 0 is no limit.
        """

    def collect(self, now: int) -> int:
        """Drops blobs that nothing holds and whose time has passed; how many."""

    def once(self, key: bytes, until: int, now: int) -> bool:
        """Whether this key is new; it is remembered until a time, in seconds since 1970."""

    def trim_log(self, now: int, history: int) -> None:
        """Forgets objects destroyed more than `history` seconds ago.

        What a type's changes were since before the last of those is then not known any more.
        """

    def rest(self, now: int, until: int | None, history: int | None) -> None:
        """The account was tended: what its types know of has its time at `until`, None for never.

        `Store.untended` may leave it out until then, or until there is something for `collect` or `trim_log` (with this
        `history`, None for never).
        """

    def savepoint(self) -> AbstractContextManager[None]:
        """A block whose changes are undone if it ends with an exception."""

    def clear(self) -> None:
        """Everything that the account held is gone, and its epoch is another one; numbers are given on from the last.

        Of the change log nothing is left either. Not within a savepoint.
        """

    def reserve(self, number: int) -> None:
        """No number up to this one is given any more."""

    def put_blob(self, number: int, staged: Staged, holders: int, expires: int) -> None:
        """Octets staged for this account as the blob with a number of its own, held by so many objects.

        For an account that is made again. Raises StoreError if it has a blob of that number, or of these octets.
        """

    def rebuild(self, tables: Iterable[Table]) -> None:
        """Makes indexes, counts and what the change log misses anew from the documents; text and blobs stay.

        Of no table it is the account's own counters alone. Takes about as long as the type's objects took to insert.
        """


class Store(Protocol):
    """Accounts, each with its units."""

    @property
    def feed(self) -> Feed: ...

    def create(self, account: int) -> None:
        """An empty account, durably. Nothing happens if it is there."""

    def remove(self, account: int) -> None:
        """The account is gone with all it held. Nothing happens if it is not there.

        A unit that still writes to it is waited for, or what it does is lost with the account; blobs that are being
        read may end early. Raises StoreError for account 0, which cannot be removed, and Unavailable.
        """

    def accounts(self) -> list[int]:
        """All accounts that exist, ascending."""

    def untended(self, now: int) -> list[int]:
        """Accounts that are to be tended by then, ascending; all others `rest`.

        Each in which a blob that nothing holds has had its time, and each in which anything else has for a day.
        """

    def read(self, account: int) -> AbstractContextManager[Unit]:
        """A block with one snapshot of the account. Raises NoAccount, Unavailable."""

    def write(self, account: int) -> AbstractContextManager[Writing]:
        """A block that changes the account, one at a time. Raises NoAccount, Unavailable."""

    def stage(self, account: int) -> AbstractContextManager[Staged]:
        """A block in which octets for a blob are taken in, outside of any unit. Raises NoAccount, Unavailable."""

    def version(self, account: int) -> int:
        """A number that is another one after each commit to the account, by whichever process. Cheap.

        So it is after the account was removed and created anew. Raises NoAccount, Unavailable.
        """

    def sweep(self, account: int, needs: Callable[[Unit], bool]) -> int:
        """Deletes octets that no blob has: left by units that failed, and by uploads of an hour ago; how many.

        Those of a blob that an object refers to, but that is gone, look like the former. So `needs` is asked before any
        of them is deleted, within the same unit: whether the account lacks blobs. Then they stay.
        Of account 0 also what `remains` of other accounts. Raises NoAccount, Unavailable.
        """

    def remains(self) -> list[str]:
        """In words, what is left of accounts whose making or removal was interrupted. Raises Unavailable."""

    def probe(self) -> list[str]:
        """What keeps the place of large blobs from serving, in words with what to mend; everything there is tried."""

    def advice(self) -> list[str]:
        """In words, what an administrator should know of how it keeps, though nothing is wrong. Raises StoreError."""

    def close(self) -> None:
        """Ends all connections, those of units that still run when these end. New units are then Unavailable."""
