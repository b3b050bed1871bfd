"""The doctor goes on, whatever one account has."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest

from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.mail import Folder
from pillarbox.datatypes.server import InternalDirectory
from pillarbox.store.sqlite import SQLiteStore
from pillarbox.store.sqlite.unit import SQLiteUnit
from pillarbox.upkeep import Trouble, examined


class _Failing(SQLiteStore):
    problem: Exception | None = None

    @contextmanager
    def read(self, account: int) -> Iterator[SQLiteUnit]:
        with super().read(account) as unit:
            if self.problem is not None and account == 1:
                raise self.problem
            yield unit


@pytest.fixture
def store(tmp_path: Path) -> Iterator[_Failing]:
    store = _Failing(tmp_path, REGISTRY.tables)
    store.create(0)
    directory = InternalDirectory(store)
    for name in ("alice", "bob"):
        directory.add(f"{name}@ours.example", "", [Folder("inbox", "Inbox")])
    yield store
    store.close()


@pytest.mark.parametrize(
    "problem",
    [OSError(5, "Input/output error"), apsw.SQLError("no such table"), apsw.Error("x"), ValueError("no JSON")],
)
def test_what_ends_the_examination_of_one_account_is_its_trouble(store: _Failing, problem: Exception) -> None:
    directory = InternalDirectory(store)
    numbers = [principal.number for principal in directory.all()]
    assert numbers[0] == 1
    store.problem = problem

    server, alice, bob = examined(store, REGISTRY, directory)

    assert (server, bob) == ([], [])
    assert [(trouble.account, trouble.place) for trouble in alice] == [("alice@ours.example", "file")]
    assert str(problem.args[-1]) in alice[0].problem


def test_what_an_interrupted_removal_left_is_told(store: _Failing, tmp_path: Path) -> None:
    (tmp_path / "accounts" / ".going-9-ab").mkdir()

    server, *_ = examined(store, REGISTRY, InternalDirectory(store))

    assert server == [Trouble("server", "file", ".going-9-ab is of an account that was removed")]
