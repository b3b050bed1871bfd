"""Accounts: made, removed, made anew; and what tells that one has changed."""

import subprocess
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.contracts.conftest import Opener
from tests.toy.notes import NOTE, add, change

from pillarbox.store import Blob, NoAccount, Store, StoreError


def test_a_store_begins_without_accounts(opener: Opener) -> None:
    assert opener().accounts() == []


def test_accounts_are_listed_ascending_with_the_server_first(opener: Opener) -> None:
    store = opener()
    for account in (10, 2, 0, 33):
        store.create(account)
    assert store.accounts() == opener().accounts() == [0, 2, 10, 33]


def test_an_account_made_twice_is_one(store: Store) -> None:
    with store.write(1) as unit:
        number = add(unit)
    store.create(1)
    with store.read(1) as unit:
        assert unit.numbers(NOTE, 9) == [number]


def test_an_account_made_by_many_at_once_is_one(opener: Opener) -> None:
    stores = [opener() for _ in range(6)]

    def make(store: Store) -> int:
        store.create(7)
        with store.write(7) as unit:
            return add(unit)

    with ThreadPoolExecutor(6) as pool:
        numbers = list(pool.map(make, stores))
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6]


def test_an_account_that_was_removed_is_gone_with_all_it_held(store: Store, opener: Opener) -> None:
    octets = bytes(200_000)
    with store.write(1) as unit:
        add(unit)
        unit.add_blob(octets, 2**40)
    store.remove(1)
    assert store.accounts() == []
    with pytest.raises(NoAccount), store.read(1):
        pytest.fail("it was removed")
    assert opener.left() == []
    store.remove(1)


def test_an_account_made_anew_has_nothing_of_the_old_one(store: Store) -> None:
    with store.write(1) as unit:
        add(unit)
        epoch = unit.epoch
        blob = unit.add_blob(b"octets", 2**40)
    version = store.version(1)
    store.remove(1)
    store.create(1)
    with store.read(1) as unit:
        assert unit.numbers(NOTE, 9) == []
        assert unit.state(NOTE) == 0
        assert unit.epoch != epoch
        assert unit.blob(blob.number) is None
    assert store.version(1) != version


def test_the_server_cannot_be_removed(store: Store) -> None:
    store.create(0)
    with pytest.raises(StoreError):
        store.remove(0)
    assert store.accounts() == [0, 1]


def test_an_account_removed_by_another_store_is_gone_here_too(store: Store, opener: Opener) -> None:
    with store.write(1) as unit:
        add(unit)
    opener().remove(1)
    with pytest.raises(NoAccount), store.read(1):
        pytest.fail("it was removed")
    with pytest.raises(NoAccount), store.write(1):
        pytest.fail("it was removed")
    with pytest.raises(NoAccount):
        store.version(1)


def test_an_account_removed_and_made_anew_by_another_process_is_the_new_one_here_too(
    store: Store, opener: Opener, process: Callable[..., "subprocess.Popen[str]"]
) -> None:
    with store.write(1) as unit:
        add(unit)
    version = store.version(1)
    assert process("remove").wait() == 0
    other = opener()
    with other.write(1) as unit:
        number = add(unit, name="new")
    # Ends the connections to what was removed, which must not take the new account's log with them.
    assert store.version(1) != version
    with store.read(1) as unit:
        assert unit.numbers(NOTE, 9) == [number]
    store.close()
    with opener().read(1) as unit:
        assert unit.numbers(NOTE, 9) == [number]
        assert list(unit.inspect([NOTE])) == []


def test_a_unit_that_runs_while_its_account_is_removed_harms_nothing(store: Store, opener: Opener) -> None:
    """Ours: it is waited for, or what it does is lost with the account."""
    other = opener()

    def renew() -> None:
        other.remove(1)
        other.create(1)

    with ThreadPoolExecutor(1) as pool:
        with store.write(1) as unit:
            add(unit)
            renewed = pool.submit(renew)
            add(unit)
        renewed.result()
    with other.write(1) as unit:
        assert unit.numbers(NOTE, 9) == []
        number = add(unit)
    with store.read(1) as reading:
        assert reading.numbers(NOTE, 9) == [number]


def test_a_version_is_another_one_after_each_commit(store: Store, opener: Opener) -> None:
    other = opener()
    versions = [store.version(1)]

    def moved() -> bool:
        versions.append(store.version(1))
        assert other.version(1) == versions[-1]
        return versions[-1] not in versions[:-1]

    assert not moved()
    with store.write(1) as unit:
        number = add(unit)
        assert not moved()
    assert moved()
    with other.write(1) as unit:
        change(unit, number, name="x")
    assert moved()
    with store.write(1) as unit:
        blob = unit.add_blob(b"octets", 0)
    assert moved()
    with store.write(1) as unit:
        unit.hold(blob.number)
    assert moved()
    with other.write(1) as unit:
        unit.once(b"key", 10, 0)
    assert moved()
    store.close()
    assert opener().version(1) == versions[-1]


def test_what_was_staged_for_an_account_that_is_removed_brings_nothing_back(store: Store, opener: Opener) -> None:

    def keep() -> None:
        staged.write(bytes(200_000))
        with store.write(1) as unit:
            unit.keep_blob(staged, 2**40)

    with store.stage(1) as staged:
        store.remove(1)
        with pytest.raises(StoreError):
            keep()
    assert opener.left() == []
    assert store.accounts() == []


def test_a_blob_number_of_nothing_is_none(store: Store) -> None:
    with store.read(1) as unit:
        assert unit.blob(12345) is None
        with pytest.raises(StoreError):
            unit.octets(Blob(12345, 10), 0, 1)
