"""Large octets that are kept outside of the database, in a bucket (adr/0061)."""

import io
import time
from collections.abc import Callable

import pytest
from tests.contracts.conftest import Opener
from tests.neighbour import stores
from tests.neighbour.stores import WithBucket
from tests.toy.clock import Clock
from tests.toy.failing import failing

from pillarbox.store import Blob, Store, StoreError, Unavailable
from pillarbox.store.s3 import Bucket

pytestmark = [
    pytest.mark.neighbour,
    pytest.mark.parametrize("opener", ["postgres and S3"], indirect=True),
]

LARGE = bytes(range(256)) * 1000
OTHER = LARGE[::-1]


@pytest.fixture
def where(opener: Opener) -> WithBucket:
    assert isinstance(opener.data, WithBucket)
    return opener.data


@pytest.fixture
def depot(where: WithBucket) -> Bucket:
    """The bucket as an administrator sees it."""
    return Bucket(where.bucket)


@pytest.fixture(autouse=True)
def now(clock: Clock) -> None:
    """It is as late here as where the bucket is."""
    clock.now = time.time()


@pytest.fixture
def later(clock: Clock) -> Callable[[], None]:
    """The server's time becomes two hours later than the bucket's."""

    def later() -> None:
        clock.now = time.time() + 7200

    return later


def keys(depot: Bucket) -> list[str]:
    return sorted(key for folder in depot.folders() for key, _ in depot.keys(folder))


def keep(store: Store, octets: bytes, account: int = 1) -> Blob:
    with store.write(account) as unit:
        blob = unit.add_blob(octets, 0)
        unit.hold(blob.number)
        return blob


def crash(store: Store, account: int) -> None:
    """An object is there, and whoever made it ends before the commit that would have named it."""
    with failing(store.write(account)) as unit:
        unit.add_blob(OTHER, 0)
        unit._blobs.leave()  # type: ignore[attr-defined]


def never(_: object) -> bool:
    return False


def test_what_is_large_becomes_an_object_of_the_account(store: Store, depot: Bucket) -> None:
    """Architecture section 3: keys begin with the account."""
    keep(store, LARGE[:65_536])
    assert keys(depot) == []
    keep(store, LARGE)
    (key,) = keys(depot)
    assert key.startswith("1/")


def test_the_same_octets_are_one_object_in_an_account_and_another_in_the_next(store: Store, depot: Bucket) -> None:
    """Architecture section 3: no oracle."""
    store.create(2)
    keep(store, LARGE)
    with store.stage(1) as staged:
        staged.write(LARGE)
        staged.complete()
        with store.write(1) as unit:
            unit.keep_blob(staged, 0)
    keep(store, LARGE, account=2)
    store.close()
    assert [key.split("/")[0] for key in keys(depot)] == ["1", "2"]


def test_octets_are_outside_before_the_account_is_locked(store: Store, depot: Bucket) -> None:
    """ADR 0061: what was staged is an object before the unit that names it begins."""
    with store.stage(1) as staged:
        staged.write(LARGE)
        staged.complete()
        (key,) = keys(depot)
        with store.write(1) as unit:
            blob = unit.keep_blob(staged, 0)
        assert keys(depot) == [key]
    with store.read(1) as unit:
        assert unit.octets(blob, 100, 200) == LARGE[100:300]


def test_what_was_staged_and_not_kept_is_deleted(store: Store, depot: Bucket) -> None:
    with store.stage(1) as staged:
        staged.write(LARGE)
        staged.complete()
        with failing(store.write(1)) as unit:
            unit.keep_blob(staged, 0)
    store.close()
    assert keys(depot) == []


def test_what_a_unit_or_a_part_of_it_made_in_vain_is_deleted_soon(store: Store, depot: Bucket) -> None:
    """Ours: who fails again and again fills no bucket."""
    with failing(store.write(1)) as unit:
        unit.add_blob(LARGE, 0)
    with store.write(1) as unit:
        with failing(unit.savepoint()):
            unit.add_blob(LARGE, 0)
        unit.add_blob(OTHER, 0)
    store.close()
    assert len(keys(depot)) == 1


def test_an_object_that_waited_for_long_is_made_anew(
    opener: Opener, store: Store, depot: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ADR 0061: or a sweep could take it for abandoned, just before it is named."""
    with store.stage(1) as staged:
        staged.write(LARGE)
        staged.complete()
        (old,) = keys(depot)
        monkeypatch.setattr("pillarbox.store.postgres.staged._FRESH", -1.0)
        with store.write(1) as unit:
            blob = unit.keep_blob(staged, 0)
    store.close()
    (new,) = keys(depot)
    assert new != old
    with opener().read(1) as unit:
        assert unit.verify(blob) is None


def test_an_object_that_a_machine_slept_on_is_made_anew(
    opener: Opener, store: Store, depot: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same where it was suspended meanwhile: its monotonic clock stood still, and another's sweep did not."""
    with store.stage(1) as staged:
        staged.write(LARGE)
        staged.complete()
        depot.delete(keys(depot))
        woken = time.time() + 7200
        monkeypatch.setattr(time, "time", lambda: woken)
        with store.write(1) as unit:
            blob = unit.keep_blob(staged, 0)
    with opener().read(1) as unit:
        assert unit.verify(blob) is None


def test_a_key_never_comes_again(opener: Opener, store: Store, depot: Bucket) -> None:
    """ADR 0061: one node deletes what another has just written, unless it has another key."""
    with store.write(1) as unit:
        unit.add_blob(LARGE, 0)
    (first,) = keys(depot)
    with store.write(1) as unit:
        unit.collect(10)
        blob = unit.add_blob(LARGE, 100)
    (second,) = set(keys(depot)) - {first}
    opener.clock.now += 3601
    with opener().write(1) as unit:
        unit.collect(10)
    assert keys(depot) == [second]
    with store.read(1) as unit:
        assert unit.octets(blob, 0, 10) == LARGE[:10]


def test_a_dropped_blob_is_deleted_when_an_hour_has_passed(store: Store, clock: Clock, depot: Bucket) -> None:
    """ADR 0061: who reads it reads it to its end."""
    with store.write(1) as unit:
        blob = unit.add_blob(LARGE[:100_000], 0)
    with store.read(1) as reading:
        with store.write(1) as unit:
            assert unit.collect(10) == 1
        assert reading.octets(blob, 0, 10) == LARGE[:10]
    assert len(keys(depot)) == 1
    clock.now += 3601
    with store.write(1) as unit:
        unit.collect(10)
    assert keys(depot) == []


def test_an_account_goes_with_its_objects(opener: Opener, store: Store) -> None:
    keep(store, LARGE)
    with store.write(1) as unit:
        unit.add_blob(OTHER, 0)
        unit.collect(10)
    store.remove(1)
    assert opener.left() == []


def test_an_account_that_is_cleared_loses_its_objects_after_the_commit(store: Store, depot: Bucket) -> None:
    keep(store, LARGE)
    with failing(store.write(1)) as unit:
        unit.clear()
    assert len(keys(depot)) == 1
    with store.write(1) as unit:
        unit.clear()
        assert len(keys(depot)) == 1
    assert keys(depot) == []


def test_what_a_part_of_a_unit_took_back_is_not_deleted(store: Store, clock: Clock, depot: Bucket) -> None:
    """ADR 0061: an object is deleted after the commit that last named it, and that part was not committed."""
    with store.write(1) as unit:
        gone = unit.add_blob(OTHER, 0)
    blob = keep(store, LARGE)
    with store.write(1) as unit:
        unit.collect(10)
    clock.now += 3601
    with store.write(1) as unit:
        with failing(unit.savepoint()):
            unit.collect(10)
        with failing(unit.savepoint()):
            unit.clear()
        unit.hold(blob.number)
    assert len(keys(depot)) == 2
    with store.read(1) as unit:
        assert unit.blob(gone.number) is None
        assert unit.verify(blob) is None


def test_what_a_crash_left_is_told_and_swept_after_an_hour(
    store: Store, depot: Bucket, later: Callable[[], None]
) -> None:
    """Contract: octets that no blob has. A younger one may be somebody's, who has yet to name it."""
    blob = keep(store, LARGE)
    (named,) = keys(depot)
    crash(store, 1)
    assert store.sweep(1, never) == 0
    later()
    with store.read(1) as unit:
        (finding,) = unit.inspect([])
    assert "belongs to no blob" in finding.problem
    assert store.sweep(1, lambda _: True) == 0
    assert store.sweep(1, never) == 1
    assert keys(depot) == [named]
    with store.read(1) as unit:
        assert list(unit.inspect([])) == []
        assert unit.verify(blob) is None


def test_what_a_removal_left_is_told_and_swept(store: Store, depot: Bucket, later: Callable[[], None]) -> None:
    """Contract: what is left of accounts whose removal was interrupted."""
    store.create(0)
    store.create(2)
    crash(store, 2)
    store.remove(2)
    later()
    assert store.remains() == ["account 2: 1 objects"]
    assert store.sweep(0, never) == 1
    assert store.remains() == []
    assert keys(depot) == []


def test_nothing_is_swept_without_a_commit(store: Store, later: Callable[[], None]) -> None:
    """ADR 0063: a database that was left behind knows no later row that names an object, but cannot commit either."""
    store.create(0)
    store.create(2)
    crash(store, 1)
    crash(store, 2)
    store.remove(2)
    later()
    for account in (1, 0):
        before = store.version(account)
        assert store.sweep(account, never) == 1
        after = store.version(account)
        assert after != before
        assert store.sweep(account, never) == 0
        assert store.version(account) == after


def test_what_another_installation_has_in_the_bucket_stays(
    store: Store, depot: Bucket, where: WithBucket, later: Callable[[], None]
) -> None:
    """ADR 0061: as a copy of this one, made from a backup, whose settings still name the same bucket."""
    keep(store, LARGE)
    (key,) = keys(depot)
    theirs = key.replace(key.split("/")[1], "0123456789abcdef")
    with store.stage(1) as staged:
        staged.write(LARGE)
        depot.put(theirs, staged._file, len(LARGE))  # type: ignore[attr-defined]
    later()
    store.create(0)
    with store.read(1) as unit:
        assert list(unit.inspect([])) == []
    assert store.sweep(1, never) == 0
    store.remove(1)
    assert store.sweep(0, never) == 0
    assert keys(depot) == [theirs]


def test_what_somebody_put_beside_the_objects_is_not_deleted(
    store: Store, depot: Bucket, later: Callable[[], None]
) -> None:
    """Ours: only what looks like an object of ours can be one."""
    keep(store, LARGE)
    (key,) = keys(depot)
    strange = key.rpartition("/")[0] + '/{a,"b'
    depot.put(strange, io.BytesIO(b"x"), 1)
    later()
    assert store.sweep(1, never) == 0
    assert strange in keys(depot)


def test_an_object_that_is_missing_is_no_passing_failure(store: Store, depot: Bucket) -> None:
    blob = keep(store, LARGE)
    depot.delete(keys(depot))
    with store.read(1) as unit:
        with pytest.raises(StoreError) as raised:
            unit.octets(blob, 0, 10)
        assert not isinstance(raised.value, Unavailable)
        assert "cannot be read" in (unit.verify(blob) or "")


def test_an_object_that_is_something_else_is_told(store: Store, depot: Bucket) -> None:
    blob = keep(store, LARGE)
    (key,) = keys(depot)
    with store.stage(1) as staged:
        staged.write(OTHER)
        depot.put(key, staged._file, len(OTHER))  # type: ignore[attr-defined]
    with store.read(1) as unit:
        assert unit.verify(blob) == f"blob {blob.number} is not the {len(LARGE)} octets it was"


def test_what_was_kept_before_there_was_a_bucket_stays_where_it_is(
    opener: Opener, where: WithBucket, clock: Clock
) -> None:
    """docs/administrators/s3.md: rows say where octets are."""
    before = stores.opened(where.database, [], clock)
    before.create(1)
    old = keep(before, LARGE)
    store = opener()
    new = keep(store, OTHER)
    with store.read(1) as unit:
        assert unit.octets(old, 0, 10) == LARGE[:10]
        assert unit.octets(new, 0, 10) == OTHER[:10]
        assert keep(store, LARGE) == old
    with before.read(1) as unit:
        assert unit.octets(old, 0, 10) == LARGE[:10]
        for read in (lambda: unit.octets(new, 0, 10), lambda: unit.open(new)):
            with pytest.raises(StoreError, match=r"storage\.blob does not say where"):
                read()
    before.close()
