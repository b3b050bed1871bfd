"""The doctor goes on, whatever one account has."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw
import pytest

from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.directory import InternalDirectory
from pillarbox.datatypes.mail import Folder
from pillarbox.settings import snapshot
from pillarbox.store import NoAccount
from pillarbox.store.sqlite import SQLiteStore
from pillarbox.store.sqlite.unit import SQLiteUnit
from pillarbox.store.sqlite.writing import SQLiteWriting
from pillarbox.upkeep import Patient, Trouble, examined, mended, patients

ALICE = "alice@ours.example"


class _Failing(SQLiteStore):
    problem: Exception | None = None
    writing: Exception | None = None

    @contextmanager
    def read(self, account: int) -> Iterator[SQLiteUnit]:
        with super().read(account) as unit:
            if self.problem is not None and account == 1:
                raise self.problem
            yield unit

    @contextmanager
    def write(self, account: int) -> Iterator[SQLiteWriting]:
        with super().write(account) as unit:
            if self.writing is not None:
                raise self.writing
            yield unit


@pytest.fixture
def patient(tmp_path: Path) -> Iterator[Patient]:
    tmp_path.chmod(0o700)
    store = _Failing(tmp_path, REGISTRY.tables)
    store.create(0)
    directory = InternalDirectory(store)
    for name in ("alice", "bob"):
        directory.add(f"{name}@ours.example", "", [Folder("inbox", "Inbox")])
    settings, _ = snapshot({})
    yield Patient(store, REGISTRY, directory, tmp_path, settings)
    store.close()


@pytest.fixture
def store(patient: Patient) -> _Failing:
    assert isinstance(patient.store, _Failing)
    return patient.store


def found(patient: Patient) -> list[Trouble]:
    return [one for step in examined(patient) for one in step.found]


@pytest.mark.parametrize(
    "problem",
    [OSError(5, "Input/output error"), apsw.SQLError("no such table"), apsw.Error("x"), ValueError("no JSON")],
)
def test_what_ends_the_examination_of_one_account_is_its_trouble(
    patient: Patient, store: _Failing, problem: Exception
) -> None:
    store.problem = problem

    told = found(patient)

    assert {trouble.account for trouble in told} == {ALICE}
    assert all(str(problem.args[-1]) in trouble.problem for trouble in told)


def test_an_account_that_was_removed_meanwhile_is_no_trouble(patient: Patient, store: _Failing) -> None:
    store.problem = NoAccount("accounts/1/account.db does not exist")

    assert found(patient) == []


def test_what_cannot_be_mended_is_left_with_why(patient: Patient, store: _Failing, tmp_path: Path) -> None:
    connection = apsw.Connection(str(tmp_path / "accounts" / "1" / "account.db"))
    connection.execute("UPDATE account SET held_size = 7")
    connection.close()
    store.writing = apsw.FullError("database or disk is full")

    left = [one for step in mended(patient, lambda: 0.0) for one in step.left]

    assert {(one.account, one.place) for one in left} == {(ALICE, "counters"), (ALICE, "held")}
    assert any("database or disk is full" in one.problem for one in left)


def test_what_an_interrupted_removal_left_is_told(patient: Patient, tmp_path: Path) -> None:
    (tmp_path / "accounts" / ".going-9-ab").mkdir(mode=0o700)

    assert found(patient) == [Trouble("server", "file", ".going-9-ab is of an account that was removed")]


def test_there_are_as_many_patients_as_accounts_and_the_server(patient: Patient) -> None:
    assert patients(patient) == 3
    assert len({step.account for step in examined(patient)}) == 3
    assert patients(patient, patient.directory.find(ALICE)) == 1
