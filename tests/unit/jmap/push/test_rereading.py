"""States read again where something may have been missed."""

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from io import StringIO
from pathlib import Path

import pytest

from pillarbox.datatypes import REGISTRY
from pillarbox.jmap import Rereading
from pillarbox.store import LocalFeed, Notice, Unavailable, Unit
from pillarbox.store.sqlite import SQLiteStore
from pillarbox.telemetry import configure


class _Failing(SQLiteStore):
    problem: Exception | None = None

    def read(self, account: int) -> AbstractContextManager[Unit]:  # type: ignore[override]
        if self.problem is not None and account == 1:
            raise self.problem
        return super().read(account)


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What is told."""
    stream = StringIO()
    configure("info", "json", stream)
    yield stream
    configure("warn")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[_Failing]:
    """With the accounts 1 and 2."""
    store = _Failing(tmp_path, REGISTRY.tables)
    store.create(1)
    store.create(2)
    yield store
    store.close()


@pytest.mark.parametrize("problem", [OSError(5, "Input/output error"), Unavailable("busy"), ValueError("a bug")])
def test_one_account_that_cannot_be_read_keeps_nobody_else_from_hearing(
    store: _Failing, log: StringIO, problem: Exception
) -> None:
    feed = LocalFeed()
    heard: list[Notice] = []
    rereading = Rereading(store, REGISTRY, feed)
    with feed.listen(1, heard.append), feed.listen(2, heard.append):
        store.problem = problem
        rereading.ask(1)
        rereading.ask(2)
        rereading.look()
        rereading.look()
        assert [notice.account for notice in heard] == [2]
        # Told once, not each second.
        assert log.getvalue().count("store.failed") == 1

        store.problem = None
        rereading.look()
        assert [notice.account for notice in heard] == [2, 1]
        rereading.look()
        assert len(heard) == 2


def test_what_is_asked_for_is_read_soon_on_another_thread(store: _Failing) -> None:
    feed = LocalFeed()
    rereading = Rereading(store, REGISTRY, feed)
    told = threading.Event()

    with rereading.running(), feed.listen(1, lambda _: told.set()):
        rereading.ask(1)

        assert told.wait(10)


def test_an_account_nobody_listens_to_is_not_read(store: _Failing, log: StringIO) -> None:
    rereading = Rereading(store, REGISTRY, LocalFeed())
    store.problem = ValueError("it was read")

    rereading.ask(1)
    rereading.look()

    assert log.getvalue() == ""
