"""Where accounts stand: every store keeps to it, also for those who do not know that anything moves (adr/0062)."""

import threading
from contextlib import AbstractContextManager
from typing import Any

import pytest
from tests.contracts.conftest import Opener
from tests.toy.notes import NOTE, TABLES, add

from pillarbox.store import Elsewhere, Movable, NoAccount, Notice, Standing, StoreError, Unavailable

HERE, LEAVING, LEFT, ARRIVING = Standing


@pytest.fixture
def store(opener: Opener) -> Movable:
    store = opener()
    store.create(1)
    return store


def refused(block: AbstractContextManager[Any], how: type[StoreError]) -> StoreError:
    with pytest.raises(how) as told, block:
        pytest.fail("it may not begin")
    assert type(told.value) is how
    return told.value


def test_an_account_stands_here_until_it_is_said_otherwise(store: Movable, opener: Opener) -> None:
    assert store.standing(1) is HERE
    with pytest.raises(NoAccount):
        store.standing(2)
    assert store.stand(1, HERE, LEAVING)
    with store.read(1) as unit:
        assert list(unit.inspect(TABLES)) == []
    assert opener().standing(1) is LEAVING


def test_a_mark_is_made_only_where_the_account_stands_as_was_thought(store: Movable) -> None:
    with store.read(1) as unit:
        epoch = unit.epoch
    assert not store.stand(1, LEAVING, LEFT)
    assert not store.stand(1, HERE, LEAVING, "another")
    version = store.version(1)
    assert store.stand(1, HERE, LEAVING, epoch)
    assert not store.stand(1, LEAVING, LEFT, version=version)
    assert not store.stand(1, HERE, LEAVING)


def test_an_account_that_leaves_is_read_and_not_written_to(store: Movable, opener: Opener) -> None:
    """At once, and by nobody: also not by who opened the store before."""
    other = opener()
    with store.write(1) as unit:
        number = add(unit)
    store.stand(1, HERE, LEAVING)
    for each in (store, other, opener()):
        refused(each.write(1), Unavailable)
        with each.read(1) as unit:
            assert unit.numbers(NOTE, 9) == [number]
        each.version(1)
    assert store.stand(1, LEAVING, HERE)
    with other.write(1) as unit:
        add(unit)
    assert other.standing(1) is HERE


def test_who_writes_is_waited_for_before_an_account_leaves(store: Movable, opener: Opener) -> None:
    waiting = threading.Thread(target=lambda: opener().stand(1, HERE, LEAVING))
    with store.write(1) as unit:
        waiting.start()
        number = add(unit)
    waiting.join()
    assert store.standing(1) is LEAVING
    with store.read(1) as unit:
        assert unit.numbers(NOTE, 9) == [number]


def test_what_has_left_is_elsewhere_for_everybody(store: Movable, opener: Opener) -> None:
    store.stand(1, HERE, LEAVING)
    with store.read(1) as reading:
        store.stand(1, LEAVING, LEFT)
        assert reading.numbers(NOTE, 9) == []
    for each in (store, opener()):
        refused(each.read(1), Elsewhere)
        refused(each.write(1), Elsewhere)
        with pytest.raises(Elsewhere):
            each.version(1)
        # Made once, it is there.
        each.create(1)
        assert (each.standing(1), each.accounts()) == (LEFT, [1])
    store.remove(1)
    assert store.accounts() == []


def test_what_is_made_in_another_store_is_elsewhere_for_who_knows_this_one(store: Movable) -> None:
    store.pass_over(2)
    refused(store.write(2), Elsewhere)
    assert (store.standing(2), store.accounts()) == (LEFT, [1, 2])
    store.pass_over(1)
    assert store.standing(1) is HERE


def test_what_arrives_is_seen_by_who_fills_it_alone(store: Movable, opener: Opener) -> None:
    epoch = store.receive(2)
    with store.fill(2, epoch) as unit:
        number = add(unit)
    with store.stage(2) as staged, store.fill(2, epoch) as unit:
        staged.write(bytes(100_000))
        unit.put_blob(7, staged, 0, 50)
    for each in (store, opener()):
        refused(each.read(2), Elsewhere)
        refused(each.write(2), Elsewhere)
    with store.examine(2, epoch) as unit:
        assert (unit.numbers(NOTE, 9), len(unit.blobs(0, 9)), unit.epoch) == ([number], 1, epoch)
    assert store.stand(2, ARRIVING, HERE, epoch)
    with opener().read(2) as unit:
        assert (unit.numbers(NOTE, 9), unit.epoch) == ([number], epoch)
    refused(store.fill(2, epoch), StoreError)


def test_who_begins_anew_keeps_the_one_before_from_going_on(store: Movable) -> None:
    before = store.receive(2)
    with store.fill(2, before) as unit:
        add(unit)
    now = store.receive(2)
    assert now != before
    refused(store.fill(2, before), StoreError)
    refused(store.examine(2, before), StoreError)
    assert not store.stand(2, ARRIVING, HERE, before)
    with store.examine(2, now) as unit:
        assert unit.numbers(NOTE, 9) == []


def test_what_has_left_can_arrive_again_and_is_another_then(store: Movable) -> None:
    with store.write(1) as unit:
        epoch, last = unit.epoch, add(unit)
    store.stand(1, HERE, LEAVING)
    store.stand(1, LEAVING, LEFT)
    assert store.receive(1) != epoch
    assert store.standing(1) is ARRIVING
    with store.fill(1, store.receive(1)) as unit:
        assert (unit.numbers(NOTE, 9), unit.given()) == ([], last)


def test_nothing_arrives_in_place_of_what_is_here(store: Movable) -> None:
    with pytest.raises(StoreError):
        store.receive(1)
    store.stand(1, HERE, LEAVING)
    with pytest.raises(StoreError):
        store.receive(1)
    assert store.standing(1) is LEAVING


def test_nobody_hears_of_what_arrives(store: Movable) -> None:
    heard: list[Notice] = []
    with store.feed.listen(2, heard.append):
        epoch = store.receive(2)
        with store.fill(2, epoch) as unit:
            add(unit)
        store.receive(2)
        assert heard == []
