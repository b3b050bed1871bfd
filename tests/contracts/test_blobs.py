"""Blobs: octets that never change, until nobody needs them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import pytest
from tests.contracts.conftest import Opener
from tests.neighbour.stores import BLOB_STORES
from tests.toy.failing import failing

from pillarbox.store import Blob, Held, Store, StoreError, Unavailable

pytestmark = pytest.mark.parametrize("opener", BLOB_STORES, indirect=True)

LARGE = bytes(range(256)) * 1000
SIZES = (0, 1, 65_536, 65_537, 300_000)


@pytest.fixture
def keep(store: Store) -> Callable[..., int]:
    """Adds a blob; its number."""

    def keep(octets: bytes, expires: int = 0) -> int:
        with store.write(1) as unit:
            return unit.add_blob(octets, expires).number

    return keep


def there(store: Store, *numbers: int) -> list[bool]:
    with store.read(1) as unit:
        return [unit.blob(number) is not None for number in numbers]


@pytest.mark.parametrize("size", SIZES)
def test_octets_come_back_as_they_were(store: Store, size: int) -> None:
    octets = LARGE[:size] if size <= len(LARGE) else (LARGE * 2)[:size]
    with store.write(1) as unit:
        blob = unit.add_blob(octets, 0)
        assert unit.octets(blob, 0, size) == octets
    assert blob.size == size
    with store.read(1) as unit:
        assert unit.blob(blob.number) == blob
        assert unit.octets(blob, 0, size) == octets


@pytest.mark.parametrize("size", [1000, 200_000])
def test_a_range_ends_where_the_blob_ends(store: Store, keep: Callable[..., int], size: int) -> None:
    number = keep(LARGE[:size])
    with store.read(1) as unit:
        blob = Blob(number, size)
        assert unit.octets(blob, 10, 20) == LARGE[10:30]
        assert unit.octets(blob, size - 5, 20) == LARGE[size - 5 : size]
        assert unit.octets(blob, size + 5, 20) == b""
        assert unit.octets(blob, 0, 0) == b""


@pytest.mark.parametrize("size", [1000, 200_000])
def test_a_blob_is_read_in_pieces_after_its_unit(store: Store, keep: Callable[..., int], size: int) -> None:
    number = keep(LARGE[:size])
    with store.read(1) as unit:
        reader = unit.open(Blob(number, size))
    with store.write(1) as unit:
        unit.collect(10)
    pieces = list(iter(lambda: reader.read(999), b""))
    reader.close()
    assert b"".join(pieces) == LARGE[:size]


def test_a_blob_that_is_being_read_is_read_to_its_end_although_it_was_dropped(store: Store) -> None:
    octets = LARGE * 4
    with store.write(1) as unit:
        blob = unit.add_blob(octets, 0)
    with store.read(1) as unit:
        reader = unit.open(blob)
    with store.write(1) as unit:
        assert unit.collect(10) == 1
    with store.write(1) as unit:
        unit.collect(10)
    assert reader.seek(1000) == 1000
    assert reader.read(700_000) == octets[1000:701_000]
    assert b"".join(iter(lambda: reader.read(99_999), b"")) == octets[701_000:]
    reader.close()


def test_the_same_octets_are_the_same_blob(keep: Callable[..., int]) -> None:
    assert keep(b"one") == keep(b"one") != keep(b"other")
    assert keep(LARGE) == keep(LARGE)


def test_the_same_octets_in_another_account_are_another_blob(store: Store, keep: Callable[..., int]) -> None:
    keep(b"something before it")
    number = keep(LARGE)
    store.create(2)
    with store.read(2) as unit:
        assert unit.blob(number) is None
    with store.write(2) as unit:
        other = unit.add_blob(LARGE, 100)
    with store.write(1) as unit:
        unit.collect(10)
    with store.read(2) as unit:
        assert unit.octets(other, 0, 10) == LARGE[:10]


def test_octets_are_staged_in_pieces(store: Store) -> None:
    with store.stage(1) as staged:
        for at in range(0, len(LARGE), 1000):
            staged.write(LARGE[at : at + 1000])
        assert staged.size == len(LARGE)
        with store.write(1) as unit:
            blob = unit.keep_blob(staged, 0)
    with store.read(1) as unit:
        assert unit.octets(blob, 0, blob.size) == LARGE


def test_staged_octets_that_nobody_kept_are_gone(store: Store, opener: Opener) -> None:
    before = opener.left()
    with failing(store.stage(1)) as staged:
        staged.write(LARGE)
    assert opener.left() == before


def test_staged_octets_can_be_kept_after_a_unit_that_failed(store: Store) -> None:
    with store.stage(1) as staged:
        staged.write(LARGE)
        with failing(store.write(1)) as unit:
            unit.keep_blob(staged, 0)
        with store.write(1) as unit:
            blob = unit.keep_blob(staged, 0)
    with store.read(1) as unit:
        assert unit.octets(blob, 0, blob.size) == LARGE
        assert list(unit.inspect([])) == []


def test_staged_octets_are_kept_by_the_account_they_were_staged_for(store: Store) -> None:
    store.create(2)
    with store.stage(2) as staged, store.write(1) as unit:
        staged.write(LARGE)
        with pytest.raises(TypeError):
            unit.keep_blob(staged, 0)


@pytest.mark.parametrize("octets", [b"small", LARGE])
def test_a_blob_of_a_unit_that_failed_is_not_there(store: Store, octets: bytes) -> None:
    with failing(store.write(1)) as unit:
        number = unit.add_blob(octets, 0).number
    assert there(store, number) == [False]


@pytest.mark.parametrize("octets", [b"small", LARGE])
def test_what_nothing_holds_is_collected_once_its_time_has_passed(
    store: Store, keep: Callable[..., int], octets: bytes
) -> None:
    number = keep(octets, expires=100)
    with store.write(1) as unit:
        assert unit.collect(100) == 0
    assert there(store, number) == [True]
    with store.write(1) as unit:
        assert unit.collect(101) == 1
    assert there(store, number) == [False]
    with store.read(1) as unit:
        assert list(unit.inspect([])) == []


def test_the_later_of_two_times_counts(store: Store, keep: Callable[..., int]) -> None:
    number = keep(b"octets", expires=100)
    keep(b"octets", expires=50)
    keep(b"octets", expires=200)
    with store.write(1) as unit:
        assert unit.collect(150) == 0
    assert there(store, number) == [True]


def test_what_something_holds_is_never_collected(store: Store, keep: Callable[..., int]) -> None:
    number = keep(LARGE)
    with store.write(1) as unit:
        unit.hold(number)
        unit.hold(number)
    with store.write(1) as unit:
        unit.release(number, 100)
    with store.write(1) as unit:
        assert unit.collect(2**40) == 0
    with store.write(1) as unit:
        unit.release(number, 100)
        assert unit.collect(50) == 0
        assert unit.collect(101) == 1


def test_what_is_held_is_counted_for_each_that_holds_it(store: Store, keep: Callable[..., int]) -> None:
    one, other = keep(b"12345"), keep(b"123")
    with store.write(1) as unit:
        assert unit.held_size() == 0
        unit.hold(one)
        unit.hold(one)
        unit.hold(other)
        assert unit.held_size() == 13
        unit.release(one, 0)
        assert unit.held_size() == 8
        unit.release(one, 0)
        assert unit.held_size() == 3
    with store.read(1) as unit:
        assert unit.held_size() == 3
        assert list(unit.inspect([])) == []


def test_room_is_made_by_dropping_the_oldest_that_nothing_holds(store: Store, keep: Callable[..., int]) -> None:
    held, first, second, third = keep(b"a" * 10, 1), keep(b"b" * 10, 2), keep(b"c" * 10, 3), keep(b"d" * 10, 4)
    with store.write(1) as unit:
        unit.hold(held)
        unit.make_room(10, files=0, total=0)
        unit.make_room(10, files=4, total=40)
    assert there(store, held, first, second, third) == [True] * 4
    with store.write(1) as unit:
        unit.make_room(10, files=3, total=0)
    assert there(store, held, first, second, third) == [True, False, True, True]
    with store.write(1) as unit:
        unit.make_room(15, files=0, total=30)
    assert there(store, held, first, second, third) == [True, False, False, True]
    with store.write(1) as unit:
        unit.make_room(1000, files=0, total=30)
    assert there(store, held, first, second, third) == [True, False, False, False]


def test_octets_dropped_and_added_again_in_one_unit_stay(store: Store, keep: Callable[..., int]) -> None:
    keep(LARGE)
    with store.write(1) as unit:
        assert unit.collect(10) == 1
        blob = unit.add_blob(LARGE, 100)
    with store.read(1) as unit:
        assert unit.octets(blob, 0, blob.size) == LARGE
        assert list(unit.inspect([])) == []


def test_octets_dropped_by_one_and_added_by_another_at_the_same_time_stay(store: Store) -> None:
    """A file is not deleted that has become a blob's again since its last one was dropped."""

    def add_and_collect(_: int) -> None:
        for _ in range(15):
            with store.write(1) as unit:
                blob = unit.add_blob(LARGE, 0)
            with store.write(1) as unit:
                unit.collect(10)
                blob = unit.add_blob(LARGE, 0)
            with store.write(1) as unit:
                if unit.blob(blob.number) is not None:
                    assert unit.octets(blob, 0, 3) == LARGE[:3]
                unit.collect(10)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add_and_collect, range(4)))
    with store.read(1) as unit:
        assert list(unit.inspect([])) == []


def test_octets_that_are_what_they_were_are_nothing_to_tell(store: Store, keep: Callable[..., int]) -> None:
    small, large = keep(b"small"), keep(LARGE)
    with store.read(1) as unit:
        assert unit.verify(Blob(small, 5)) is None
        assert unit.verify(Blob(large, len(LARGE))) is None


def test_blobs_are_listed_page_by_page_with_who_holds_them_and_what_they_are(store: Store) -> None:
    with store.write(1) as unit:
        one, two, three = (unit.add_blob(octets, 7) for octets in (b"a", b"bb", b"ccc"))
        unit.hold(two.number)
        unit.hold(two.number)
    with store.read(1) as unit:
        assert unit.blobs(0, 2) == [Held(one, 0, sha256(b"a").digest(), 7), Held(two, 2, sha256(b"bb").digest(), 7)]
        assert unit.blobs(two.number, 2) == [Held(three, 0, sha256(b"ccc").digest(), 7)]
        assert unit.blobs(three.number, 2) == []


def test_how_many_hold_a_blob_can_be_said_anew(store: Store) -> None:
    """And what is held follows; what nobody holds any more goes when its time has passed."""
    with store.write(1) as unit:
        blob = unit.add_blob(b"octets", 0)
        unit.hold(blob.number)
    with store.write(1) as unit:
        unit.set_holders(blob.number, 3, 0)
        assert unit.held_size() == 18
    with store.write(1) as unit:
        unit.set_holders(blob.number, 0, 50)
        assert unit.held_size() == 0
        assert unit.collect(50) == 0
        assert unit.collect(51) == 1


def test_octets_of_a_blob_that_is_not_there_are_no_passing_failure(store: Store, keep: Callable[..., int]) -> None:
    number = keep(LARGE)
    with store.read(1) as unit:
        for wrong in (number + 1, -1):
            with pytest.raises(StoreError) as raised:
                unit.open(Blob(wrong, 10))
            assert not isinstance(raised.value, Unavailable)


def test_a_key_is_new_once_until_its_time_has_passed(store: Store) -> None:
    with store.write(1) as unit:
        assert unit.once(b"key", until=100, now=0)
        assert not unit.once(b"key", until=500, now=50)
        assert unit.once(b"other", until=100, now=50)
    with store.write(1) as unit:
        assert not unit.once(b"key", until=200, now=100)
        assert unit.once(b"key", until=200, now=101)
    with store.write(1) as unit:
        unit.collect(150)
        assert not unit.once(b"key", until=300, now=150)
        assert unit.once(b"other", until=300, now=150)


def test_a_key_is_seen_until_its_time_has_passed(store: Store) -> None:
    with store.write(1) as unit:
        assert not unit.seen(b"key", now=0)
        assert unit.once(b"key", until=100, now=0)
        assert unit.seen(b"key", now=100)
    with store.read(1) as unit:
        assert unit.seen(b"key", now=100)
        assert not unit.seen(b"key", now=101)
        assert not unit.seen(b"other", now=0)


def test_a_key_of_a_unit_that_failed_is_still_new(store: Store) -> None:
    with failing(store.write(1)) as unit:
        assert unit.once(b"key", until=100, now=0)
    with store.write(1) as unit:
        assert unit.once(b"key", until=100, now=0)
