"""Looking for what other processes changed."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest

from pillarbox.datatypes import REGISTRY
from pillarbox.jmap import Watch
from pillarbox.store import LocalFeed, Notice, Unavailable
from pillarbox.store.sqlite import SQLiteStore
from pillarbox.telemetry import configure


class _Failing(SQLiteStore):
    problem: Exception | None = None

    def version(self, account: int) -> int:
        if self.problem is not None and account == 1:
            raise self.problem
        return super().version(account)


@pytest.fixture
def log() -> Iterator[StringIO]:
    """What is told."""
    stream = StringIO()
    configure("info", "json", stream)
    yield stream
    configure("warn")


@pytest.mark.parametrize("problem", [OSError(5, "Input/output error"), Unavailable("busy"), ValueError("a bug")])
def test_one_account_that_cannot_be_looked_at_keeps_nobody_else_from_hearing(
    tmp_path: Path, log: StringIO, problem: Exception
) -> None:
    feed = LocalFeed()
    store = _Failing(tmp_path, REGISTRY.tables, feed=feed)
    heard: list[Notice] = []
    watch = Watch(store, REGISTRY, feed)
    for account in (1, 2):
        store.create(account)
    with feed.listen(1, heard.append), feed.listen(2, heard.append):
        store.problem = problem
        watch.look()
        watch.look()
        assert [notice.account for notice in heard] == [2]
        # Told once, not each second.
        assert log.getvalue().count("store.failed") == 1

        store.problem = None
        watch.look()
        assert [notice.account for notice in heard] == [2, 1]
    store.close()
