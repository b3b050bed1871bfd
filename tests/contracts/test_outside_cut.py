"""Large octets outside of the database, while the way to the bucket or to the database is cut (adr/0061, 0063)."""

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Literal

import pytest
from tests.contracts.conftest import Opener
from tests.neighbour.cable import Cable, cable
from tests.neighbour.ceph import Ceph
from tests.neighbour.postgres import Cluster
from tests.neighbour.scissors import scissors
from tests.neighbour.stores import WithBucket

from pillarbox.store import Blob, Store, Unavailable, retried
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
    opener.clock.now = time.time()
    return opener.data


def keep(store: Store, octets: bytes) -> Blob:
    with store.write(1) as unit:
        blob = unit.add_blob(octets, 0)
        unit.hold(blob.number)
        return blob


def keys(where: WithBucket) -> list[str]:
    return [key for key, _ in Bucket(where.bucket).keys("1")]


@pytest.mark.parametrize("how", ["cut", "silent"])
def test_without_the_bucket_all_else_goes_on_and_it_heals(
    opener: Opener, where: WithBucket, s3: Ceph, how: str
) -> None:
    """Issue 8: an outage of S3 is temporary, and heals without a restart."""
    with behind(opener, where, s3) as (store, line):
        blob = keep(store, LARGE)
        if how == "cut":
            line.sever()
        else:
            line.stall()
        begun = time.monotonic()
        with store.read(1) as unit:
            for _ in range(3):
                with pytest.raises(Unavailable):
                    unit.octets(blob, 0, 10)
        with store.stage(1) as staged:
            staged.write(OTHER)
            with pytest.raises(Unavailable):
                staged.complete()
        with pytest.raises(Unavailable):
            keep(store, OTHER)
        assert time.monotonic() - begun < 3, "each of them waited"
        small = keep(store, b"small")
        with store.read(1) as unit:
            assert unit.octets(small, 0, 5) == b"small"
        line.put_up()
        line.flow()
        until = time.monotonic() + 10
        while True:
            try:
                with store.read(1) as unit:
                    assert unit.octets(blob, 0, 10) == LARGE[:10]
                keep(store, OTHER)
                break
            except Unavailable:
                assert time.monotonic() < until
                time.sleep(0.05)


@contextmanager
def behind(opener: Opener, where: WithBucket, s3: Ceph) -> Iterator[tuple[Store, Cable]]:
    """A store whose bucket is at the other end of a cable."""
    with cable(("127.0.0.1", s3.port)) as line:
        bucket = replace(s3.place, prefix=where.bucket.prefix, endpoint=f"http://127.0.0.1:{line.port}", timeout=0.3)
        opener.data = replace(where, bucket=bucket)
        store = opener()
        store.create(1)
        yield store, line
        store.close()


@pytest.mark.parametrize("lost", ["request", "answer"])
def test_what_is_done_again_after_a_cut_has_its_octets(
    opener: Opener, where: WithBucket, postgres: Cluster, lost: Literal["request", "answer"]
) -> None:
    """ADR 0063: a unit of which nothing was done is run again with the same octets, whose first object is left."""
    with scissors(("127.0.0.1", postgres.port), random.Random(0)) as cutter:  # noqa: S311
        opener.data = replace(where, database=replace(where.database, host="127.0.0.1", port=cutter.port))
        store = opener()
        store.create(1)
        with store.stage(1) as staged:
            staged.write(LARGE)
            cutter.only, cutter.share = lost, 1.0

            def attempt() -> Blob:
                staged.complete()
                with store.write(1) as unit:
                    blob = unit.keep_blob(staged, 0)
                    unit.hold(blob.number)
                assert cutter.cuts[lost] == 1
                return blob

            def once_cut(_: float) -> None:
                cutter.share = 0.0

            blob = retried(attempt, sleep=once_cut)
        store.close()
    opener.data = where
    again = opener()
    with again.read(1) as unit:
        assert unit.verify(blob) is None
    assert len(keys(where)) == (2 if lost == "request" else 1)
    opener.clock.now += 7200
    again.sweep(1, lambda _: False)
    with again.read(1) as unit:
        assert unit.verify(blob) is None
    assert len(keys(where)) == 1
