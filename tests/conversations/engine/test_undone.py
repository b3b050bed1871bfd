"""A call whose unit was undone is made again: once in its effects, and once in what is told."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from tests.toy.speaker import Speaker

from pillarbox.objects import Limits
from pillarbox.store import Doubtful, Store, Undone
from pillarbox.store.retry import ATTEMPTS


class Stumbling:
    """A store of which the first so many units come to nothing at their end."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.trouble: list[Exception] = []
        self.units = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextmanager
    def write(self, account: int) -> Iterator[Any]:
        with self._store.write(account) as unit:
            yield unit
            self._stumble()

    @contextmanager
    def read(self, account: int) -> Iterator[Any]:
        with self._store.read(account) as unit:
            yield unit
            self._stumble()

    def _stumble(self) -> None:
        self.units += 1
        if self.trouble:
            raise self.trouble.pop()


@pytest.fixture
def stumbling(store: Store) -> Stumbling:
    return Stumbling(store)


@pytest.fixture
def dora(stumbling: Stumbling) -> Speaker:
    """Whoever has the account on that store."""
    return Speaker(stumbling, name="dora")


def undone(times: int) -> list[Exception]:
    return [Undone("somebody was in the way") for _ in range(times)]


def test_what_was_undone_is_done_again_and_told_once(dora: Speaker, stumbling: Stumbling, alice: Speaker) -> None:
    """Issue "Several nodes", 4: never half done, never done twice."""
    stumbling.trouble = undone(2)
    answer = dora.says("Cake/set", create={"k": {"name": "Plum"}})
    (id_,) = alice.says("Cake/query")["ids"]
    assert answer["created"]["k"]["id"] == id_
    assert dora.created_ids == {"k": id_}
    assert answer["newState"] == alice.state()
    assert stumbling.units == 3


def test_what_others_are_always_in_the_way_of_is_unavailable(
    dora: Speaker, stumbling: Stumbling, alice: Speaker
) -> None:
    """RFC 8620 section 3.6.2, "serverUnavailable"."""
    stumbling.trouble = undone(100)
    dora.says("Cake/set", create={"k": {"name": "Plum"}})
    dora.hears("error", type="serverUnavailable")
    assert stumbling.units == ATTEMPTS
    assert dora.created_ids == {}
    assert alice.says("Cake/query")["ids"] == []


def test_what_may_have_been_done_is_not_done_again(dora: Speaker, stumbling: Stumbling) -> None:
    """RFC 8620 section 3.6.2: each error but "serverPartialFail" promises that nothing was changed.

    A client that took this for "serverUnavailable" would do it again; now it looks first.
    """
    stumbling.trouble = [Doubtful("whether it was done cannot be known")]
    dora.says("Cake/set", create={"k": {"name": "Plum"}})
    dora.hears("error", type="serverPartialFail")
    assert stumbling.units == 1
    assert dora.created_ids == {}


def test_what_is_read_again_counts_once(dora: Speaker, stumbling: Stumbling) -> None:
    """Ours: a limit on what a request is told is no limit on what was in the way."""
    id_ = dora.bakes(name="Plum" * 20)
    stumbling.trouble = undone(3)
    # Twice as much would be more.
    octets = len(str(dora.says("Cake/get", ids=[id_])))
    stumbling.trouble = undone(3)
    dora.begins(Limits(answer=octets * 2))
    assert dora.says("Cake/get", ids=[id_])["list"][0]["id"] == id_
