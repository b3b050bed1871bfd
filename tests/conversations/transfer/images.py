"""Backups of a store that somebody talks to, and stores made of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.driver import JMAP, Home
from tests.toy.clock import Clock

from pillarbox.datatypes import REGISTRY
from pillarbox.settings import snapshot
from pillarbox.store import LocalFeed, Store
from pillarbox.transfer.backup import Backed, Restored, backup, restore, restore_account
from pillarbox.transfer.backup.dumping import dump
from pillarbox.transfer.backup.image import AccountRow, Row
from pillarbox.upkeep import Patient, Trouble, examined

__all__ = ["LARGE", "NOW", "backed", "restored", "returned", "rows", "same", "served", "told", "troubles"]

NOW = datetime(2026, 5, 1, tzinfo=UTC)
LARGE = "Subject: large\n\n" + "a large one\n" * 50_000


def backed(store: Store, folder: Path) -> Backed:
    (*_, last) = backup(store, REGISTRY, folder, NOW)
    return last


def restored(store: Store, folder: Path) -> Restored:
    store.create(0)
    (*_, last) = restore(store, REGISTRY, folder, NOW)
    return last


def returned(store: Store, folder: Path, address: str) -> None:
    for _ in restore_account(store, REGISTRY, folder, address, NOW):
        pass


def rows(store: Store, account: int) -> list[Row]:
    """All that is kept of an account, but for when it was looked at."""
    with store.read(account) as unit:
        found = list(dump(unit, REGISTRY, "", "2026-05-01T00:00:00Z", lambda *_: None))  # type: ignore[arg-type]
    assert isinstance(found[0], AccountRow)
    return found[1:]


def troubles(home: Home, folder: Path) -> list[Trouble]:
    """What a doctor finds wrong."""
    folder.mkdir(mode=0o700, exist_ok=True)
    patient = Patient(home.store, REGISTRY, home.directory, folder, snapshot({})[0])
    return [trouble for step in examined(patient) for trouble in step.found]


def same(person: JMAP, home: Home) -> JMAP:
    """The same client, of another server."""
    return JMAP(home.web, person.name, person.password, person.account_id, person.number)


def told(person: JMAP) -> list[Any]:
    """What the server tells of a person's mail."""
    return [person.asks(f"{name}/get", ids=None)["list"] for name in ("Mailbox", "Email", "Thread", "Identity")]


@contextmanager
def served(store: Store, clock: Clock) -> Iterator[Home]:
    home = Home(store, LocalFeed(), clock)
    try:
        yield home
    finally:
        home.close()
