"""The stores that every contract and conversation is held over: a new one adds its line to `STORES`."""

import io
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TypeAlias

import obstore
import pytest
from tests.neighbour import ceph, warm
from tests.neighbour.postgres import Cluster, cut_octets, place_from, place_text, rows_left

from pillarbox.store import Feed, Movable, Table
from pillarbox.store.postgres import Place, PostgresStore
from pillarbox.store.s3 import Bucket
from pillarbox.store.s3 import Place as BucketPlace
from pillarbox.store.sqlite import SQLiteStore
from pillarbox.telemetry import Secret

__all__ = [
    "BLOB_STORES",
    "STORES",
    "Data",
    "WithBucket",
    "cut_short",
    "data",
    "data_from",
    "left",
    "opened",
    "text",
    "whichever",
]


@dataclass(frozen=True)
class WithBucket:
    """A database, and a bucket for what is large."""

    database: Place
    bucket: BucketPlace


Data: TypeAlias = Path | Place | WithBucket
"""Where one store keeps what it has: a folder, or a database, perhaps with a bucket."""

STORES = ("sqlite", pytest.param("postgres", marks=pytest.mark.neighbour))
BLOB_STORES = (*STORES, pytest.param("postgres and S3", marks=pytest.mark.neighbour))
"""For what is about blobs alone."""


def data(request: pytest.FixtureRequest, folder: Path) -> Data:
    """An empty one of the kind that the test's parameter names."""
    if request.param == "sqlite":
        return folder
    cluster: Cluster = request.getfixturevalue("postgres")
    if request.param == "postgres and S3":
        return WithBucket(cluster.emptied(), ceph.apart(request.getfixturevalue("bucket")))
    return cluster.emptied()


@pytest.fixture(params=["sqlite"])
def whichever(tmp_path: Path) -> Data:
    """In place of the fixture `data`, where it is all the same which store there is, as before any is asked."""
    return tmp_path / "data"


def opened(
    where: Data,
    tables: Iterable[Table],
    clock: Callable[[], float],
    feed: Feed | None = None,
    *,
    patience: float = 10.0,
    most: int = 8,
) -> Movable:
    """The store that is there; `most` is how many connections it may have, or keeps."""
    if isinstance(where, Path):
        return SQLiteStore(where, tables, clock, feed, patience=patience, max_open=most)
    place, depot = (where.database, Bucket(where.bucket)) if isinstance(where, WithBucket) else (where, None)
    return warm.opened(
        place,
        patience,
        lambda: PostgresStore(place, tables, clock, feed, patience=patience, max_connections=most, depot=depot),
    )


def left(where: Data) -> list[str]:
    """What there is of any account: files, or tables with rows."""
    if isinstance(where, Path):
        return [path.name for path in where.rglob("*") if path.is_file()]
    if isinstance(where, WithBucket):
        depot = Bucket(where.bucket)
        return rows_left(where.database) + [key for folder in depot.folders() for key, _ in depot.keys(folder)]
    return rows_left(where)


def cut_short(where: Data) -> int:
    """The only large blob loses its end; how many octets are left of it."""
    if isinstance(where, WithBucket):
        return _cut_object(Bucket(where.bucket))
    if not isinstance(where, Path):
        return cut_octets(where)
    largest = max((path for path in where.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)
    half = largest.stat().st_size // 2
    os.truncate(largest, half)
    return half


def _cut_object(depot: Bucket) -> int:
    """The largest object becomes its first half, which nothing but a mistake can make of it."""
    keys = (key for folder in depot.folders() for key, _ in depot.keys(folder))
    size, key = max((obstore.head(depot._store, key)["size"], key) for key in keys)
    half = size // 2
    depot.put(key, io.BytesIO(depot.read(key, 0, half)), half)
    return half


def text(where: Data) -> str:
    """The same as one argument of a command."""
    if isinstance(where, WithBucket):
        bucket = {**{one.name: getattr(where.bucket, one.name) for one in fields(where.bucket)}, "session_token": None}
        said = json.dumps({**bucket, "secret_key": where.bucket.secret_key.reveal()})
        return f"bucket {place_text(where.database)} {said}"
    return str(where) if isinstance(where, Path) else f"postgres {place_text(where)}"


def data_from(argument: str) -> Data:
    """The inverse."""
    kind, _, rest = argument.partition(" ")
    if kind == "bucket":
        database, _, said = rest.partition(" {")
        bucket = json.loads("{" + said)
        return WithBucket(place_from(database), BucketPlace(**{**bucket, "secret_key": Secret(bucket["secret_key"])}))
    return place_from(rest) if kind == "postgres" else Path(argument)
