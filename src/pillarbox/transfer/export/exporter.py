"""An account becomes files: its Mailboxes, and each message that was there when the export began.

The messages are read page by page, each page in a reading unit of its own, and written when that has ended: mail
comes in meanwhile, and no snapshot is kept for as long as a large account takes. Which messages there are is asked
once, by their numbers, so each is there once however it is moved; of one that is changed or destroyed meanwhile the
export has what was true when its page was read.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson

from pillarbox.datatypes.core import located
from pillarbox.objects import Registry, number_of
from pillarbox.store import Store, Stored, StoreError, Unavailable, Unit
from pillarbox.transfer.export.eml import EmlWriter
from pillarbox.transfer.export.layout import Layout
from pillarbox.transfer.export.maildir import MaildirWriter
from pillarbox.transfer.export.manifest import End, Format, Heading, MailboxRow, MessageRow, MissingRow, written
from pillarbox.transfer.export.mbox import MboxWriter
from pillarbox.transfer.export.place import begun, completed
from pillarbox.transfer.export.writing import ExportError, Leaving, Writer
from pillarbox.wire.values import UTCDate, utc_date

__all__ = ["Exported", "export"]

_PAGE = 100
_PAGE_OCTETS = 16_000_000

_WRITERS: Mapping[Format, Callable[[Path], Writer]] = {"maildir": MaildirWriter, "mbox": MboxWriter, "eml": EmlWriter}


@dataclass(slots=True)
class Exported:
    """How far an export is: of so many messages in all, those written, and those that could not be, with why."""

    total: int
    mailboxes: int = 0
    messages: int = 0
    octets: int = 0
    missing: list[MissingRow] = field(default_factory=list)
    behind: int = 0
    """Messages that have been looked at, those that were destroyed meanwhile included."""


def export(
    store: Store,
    registry: Registry,
    account: int,
    heading: tuple[str, Format],
    root: Path,
    now: datetime,
) -> Iterator[Exported]:
    """Writes an account to the folder `root`; `heading` says whose it is and in which format.

    Yields after each page; when it has come to its end the export is whole, and durable. Raises ExportError, where the
    folder cannot be used or is full, and store.StoreError.
    """
    address, format_ = heading
    try:
        with begun(root) as manifest:
            manifest.write(written(Heading(format_, address, utc_date(now))))
            making = _Making(store, registry, account, root, format_, manifest)
            yield from making.run()
            completed(root, manifest)
    except OSError as error:
        where = error.filename or root
        told = f"{where}: {error.strerror or error}. The export is not complete; the same command begins it anew."
        raise ExportError(told) from error


class _Making:
    """One export being made."""

    def __init__(
        self, store: Store, registry: Registry, account: int, root: Path, format_: Format, manifest: BinaryIO
    ) -> None:
        self._store = store
        self._registry = registry
        self._account = account
        self._manifest = manifest
        self._layout = Layout(format_)
        self._writer = _WRITERS[format_](root)
        self._opened: set[str] = set()
        self._inbox = ""

    def run(self) -> Iterator[Exported]:
        emails, mailboxes = self._registry["Email"].table, self._registry["Mailbox"].table
        with self._store.read(self._account) as unit:
            numbers = unit.numbers(emails, 2**31)
            documents = self._mailboxes(unit, unit.numbers(mailboxes, 2**31))
        self._progress = Exported(len(numbers))
        self._open(documents)
        yield self._progress
        while numbers:
            taken, leaving = self._page(numbers[:_PAGE])
            numbers = numbers[taken:]
            self._write(leaving)
            self._progress.behind += taken
            yield self._progress
        self._writer.finish()
        done = self._progress
        self._manifest.write(written(End(done.mailboxes, done.messages, len(done.missing))))

    def _page(self, numbers: list[int]) -> tuple[int, list[tuple[Leaving, tuple[str, ...]]]]:
        """Some of these messages with their mailboxes, and how many of the numbers that is."""
        kind = self._registry["Email"]
        leaving: list[tuple[Leaving, tuple[str, ...]]] = []
        octets = taken = 0
        with self._store.read(self._account) as unit:
            found = {stored.number: stored for stored in unit.get(kind.table, numbers)}
            self._meet(unit, found.values())
            for number in numbers:
                taken += 1
                if number not in found:
                    continue
                document = orjson.loads(found[number].document)
                message = self._message(unit, kind.id(number), document)
                if message is not None:
                    places = [one for one in document["mailboxIds"] if one in self._opened]
                    leaving.append((message, tuple(places) or (self._inbox,)))
                    octets += len(message.raw)
                if octets >= _PAGE_OCTETS:
                    break
        return taken, leaving

    def _message(self, unit: Unit, id_: str, document: Mapping[str, Any]) -> Leaving | None:
        octets = located(unit, document["blobId"])
        try:
            raw = octets.read(unit) if octets is not None else None
        except Unavailable:
            raise
        except StoreError:
            raw = None
        if raw is None:
            self._missing(MissingRow(id_, "its octets are lost; `pillarbox doctor` tells more"))
            return None
        digest = hashlib.sha256(raw).hexdigest()
        return Leaving(id_, raw, digest, tuple(sorted(document["keywords"])), UTCDate(document["receivedAt"]))

    def _write(self, leaving: list[tuple[Leaving, tuple[str, ...]]]) -> None:
        rows: list[tuple[Leaving, MessageRow]] = []
        for message, mailboxes in leaving:
            row = self._writer.plan(message, mailboxes)
            self._manifest.write(written(row))
            rows.append((message, row))
        # Before anything is written of which it tells, or an interrupted export would leave what nobody knows.
        self._manifest.flush()
        for message, row in rows:
            self._writer.write(message, row)
            self._progress.messages += 1
            self._progress.octets += row.size

    def _meet(self, unit: Unit, emails: Any) -> None:
        """Opens the mailboxes of these messages that were made since the export began."""
        wanted = {id_ for one in emails for id_ in orjson.loads(one.document)["mailboxIds"]} - self._opened
        if wanted:
            self._open(self._mailboxes(unit, [number_of(id_) for id_ in wanted]))

    def _mailboxes(self, unit: Unit, numbers: list[int]) -> dict[str, Mapping[str, Any]]:
        """These mailboxes that exist, and all that they lie in, by their ids."""
        kind = self._registry["Mailbox"]
        documents: dict[str, Mapping[str, Any]] = {}
        while numbers:
            above = []
            for stored in unit.get(kind.table, numbers):
                document = _document(stored)
                documents[kind.id(stored.number)] = document
                parent = document["parentId"]
                if parent is not None and parent not in documents and parent not in self._opened:
                    above.append(number_of(parent))
            numbers = above
        return documents

    def _open(self, documents: Mapping[str, Mapping[str, Any]]) -> None:
        for id_ in _parents_first(documents):
            document = documents[id_]
            name, role = document["name"], document["role"]
            # One whose parent is gone, which doctor tells of, is at the top.
            parent = document["parentId"] if document["parentId"] in self._opened else None
            path = self._layout.path(id_, name, parent, role)
            text = "" if str(path) == "." else str(path)
            row = MailboxRow(id_, name, parent, role, document["sortOrder"], document["isSubscribed"], text)
            self._manifest.write(written(row))
            self._manifest.flush()
            self._writer.open(row)
            self._opened.add(id_)
            self._progress.mailboxes += 1
            if role == "inbox" or not self._inbox:
                self._inbox = id_

    def _missing(self, row: MissingRow) -> None:
        self._manifest.write(written(row))
        self._progress.missing.append(row)


def _document(stored: Stored) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", orjson.loads(stored.document))


def _parents_first(documents: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The ids in such an order, mailboxes side by side as their people sort them."""
    children: dict[str | None, list[str]] = {}
    for id_, document in documents.items():
        parent = document["parentId"] if document["parentId"] in documents else None
        children.setdefault(parent, []).append(id_)
    ordered: list[str] = []
    waiting: list[str | None] = [None]
    while waiting:
        below = sorted(
            children.get(waiting.pop(), ()), key=lambda id_: (documents[id_]["sortOrder"], documents[id_]["name"])
        )
        ordered += below
        waiting += below
    return ordered
