"""One server at a time."""

import os
from pathlib import Path

import pytest

from pillarbox.app import Served, lock


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "_PATIENCE", 0.0)


def test_a_second_server_is_told_which_is_the_first(tmp_path: Path) -> None:
    with lock.served(tmp_path):
        with pytest.raises(Served, match=f"served already, by process {os.getpid()}"), lock.served(tmp_path):
            pass
        with pytest.raises(Served, match="stop that first"):
            lock.refuse_served(tmp_path)


def test_after_the_end_the_next_may_begin(tmp_path: Path) -> None:
    with lock.served(tmp_path):
        pass

    lock.refuse_served(tmp_path)
    with lock.served(tmp_path):
        assert (tmp_path / "server.lock").read_text() == f"{os.getpid()}\n"


def test_looking_makes_nothing(tmp_path: Path) -> None:
    lock.refuse_served(tmp_path)
    lock.refuse_served(tmp_path / "not there")

    assert list(tmp_path.iterdir()) == []


def test_one_works_alone(tmp_path: Path) -> None:
    path = tmp_path / "background.lock"
    with lock.alone(path) as first, lock.alone(path) as second:
        assert (first, second) == (True, False)
    with lock.alone(path) as third:
        assert third
