"""A data folder with accounts that have mail, to be damaged and examined."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import apsw
from tests.toy.clock import Clock

from pillarbox.access import Principal
from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.directory import InternalDirectory
from pillarbox.datatypes.mail import EMAIL, Folder
from pillarbox.sample import mailbox
from pillarbox.settings import snapshot
from pillarbox.store import Select, Text
from pillarbox.store.sqlite import SQLiteStore
from pillarbox.transfer import Found, imported
from pillarbox.upkeep import Deed, Patient, Step, Trouble, examined, mended
from pillarbox.wire.words import phrases

__all__ = ["ALICE", "BOB", "BOBS", "Installation"]

ALICE, BOB = "alice@ours.example", "bob@ours.example"
BOBS = 3
"""The number of Bob's account; Alice's is 1, and 2 is their domain."""

FOLDERS = tuple(Folder(role, role.capitalize()) for role in ("inbox", "drafts", "sent", "junk", "trash", "archive"))

_NOW = datetime(2026, 5, 1, tzinfo=UTC)


class Installation:
    """The data folder at `data`. Whoever looks at it opens it, as a command does, and closes it again."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.clock = Clock()
        self.settings: dict[str, str] = {}

    def furnish(self, messages: int) -> "Installation":
        """Alice has some mail, one message of it in a file of its own; Bob has one message; Carol has none."""
        self.data.mkdir(mode=0o700)
        with self.opened() as patient:
            patient.store.create(0)
            for name in (ALICE, BOB, "carol@ours.example"):
                patient.directory.add(name, "", FOLDERS)
            large = Found(b"Subject: large\r\n\r\n" + b"so large\r\n" * 10_000, (), frozenset(), _NOW, "large", 0)
            mail = (
                Found(one.raw, _path(one.folder), one.keywords, one.received_at, str(number), 0)
                for number, one in enumerate(mailbox(ALICE, messages, now=_NOW))
            )
            for _ in imported(patient.store, REGISTRY, 1, itertools.chain([large], mail), lambda: _NOW):
                pass
            bobs = [Found(b"Subject: hello\r\n\r\ngarden\r\n", (), frozenset(), _NOW, "bobs", 0)]
            for _ in imported(patient.store, REGISTRY, BOBS, bobs, lambda: _NOW):
                pass
        return self

    @contextmanager
    def opened(self) -> Iterator[Patient]:
        """What a doctor is given."""
        store = SQLiteStore(self.data, REGISTRY.tables, self.clock)
        settings, _ = snapshot(self.settings)
        try:
            yield Patient(store, REGISTRY, InternalDirectory(store), self.data, settings)
        finally:
            store.close()

    def account(self, number: int) -> Path:
        """The folder of an account."""
        return self.data / "accounts" / str(number)

    def damage(self, *statements: str, account: int = 1) -> None:
        """Changes an account's file behind the store's back."""
        path = self.data / "server.db" if account == 0 else self.account(account) / "account.db"
        connection = apsw.Connection(str(path))
        try:
            for statement in statements:
                connection.execute(statement)
        finally:
            connection.close()

    def tables(self, account: int, *names: str) -> dict[str, set[tuple[object, ...]]]:
        """All rows of some tables."""
        connection = apsw.Connection(str(self.account(account) / "account.db"))
        try:
            return {name: set(connection.execute(f'SELECT * FROM "{name}"').fetchall()) for name in names}  # noqa: S608
        finally:
            connection.close()

    def emails(self, word: str, *fields: str) -> list[int]:
        """Those of Alice's Emails that have a word in one of these fields, found by their text."""
        with self.opened() as patient, patient.store.read(1) as unit:
            return unit.page(EMAIL.table, Select(Text(fields, phrases(word))), 0, 999)

    def troubles(self, only: str | None = None) -> list[Trouble]:
        """What an examination finds, remarks apart."""
        return [one for one in self.found(only) if one.weight == "trouble"]

    def found(self, only: str | None = None) -> list[Trouble]:
        """What an examination finds."""
        with self.opened() as patient:
            return [one for step in examined(patient, _principal(patient, only)) for one in step.found]

    def mended(self, only: str | None = None) -> tuple[list[Deed], list[Trouble]]:
        """What is done about it, and what is left."""
        steps = self.steps(only)
        return [one for step in steps for one in step.deeds], [one for step in steps for one in step.left]

    def steps(self, only: str | None = None) -> list[Step]:
        """All that is told while it is mended."""
        with self.opened() as patient:
            return list(mended(patient, self.clock, _principal(patient, only)))


def _principal(patient: Patient, address: str | None) -> Principal | None:
    return None if address is None else patient.directory.find(address)


def _path(folder: str | tuple[str, ...]) -> tuple[str, ...]:
    return (folder,) if isinstance(folder, str) else folder
