"""Large blobs go where the settings say, or the server does not begin."""

from pathlib import Path

import pytest
from tests.neighbour.ceph import Ceph, apart
from tests.neighbour.postgres import Cluster

from pillarbox.app import house
from pillarbox.settings import snapshot
from pillarbox.store import StoreError
from pillarbox.store.s3 import Bucket

LARGE = bytes(100_000)
S3 = {"store.s3.type": "s3", "storage.blob": "s3"}
WHOLE = {
    **S3,
    "store.s3.bucket": "mail",
    "store.s3.region": "us-east-1",
    "store.s3.access-key": "one",
    "store.s3.secret-key": "one",
}


@pytest.mark.neighbour
def test_large_blobs_are_where_the_settings_say(postgres: Cluster, s3: Ceph, tmp_path: Path) -> None:
    """Settings, storage.blob."""
    place, bucket = postgres.emptied(), apart(s3.place)
    database = {"type": "postgresql", "host": place.host, "port": place.port, "database": place.database}
    there = {
        "bucket": bucket.bucket,
        "region": bucket.region,
        "endpoint": bucket.endpoint,
        "access-key": bucket.access_key,
        "secret-key": bucket.secret_key.reveal(),
        "key-prefix": bucket.prefix,
    }
    said = {f"store.pg.{name}": str(text) for name, text in {**database, "user": place.user}.items()}
    settings, problems = snapshot({**S3, **said, **{f"store.s3.{name}": str(text) for name, text in there.items()}})
    assert problems == []
    with house(settings, tmp_path) as built:
        assert built.store.probe() == []
        built.store.create(1)
        with built.store.write(1) as unit:
            unit.add_blob(LARGE, 0)
        assert Bucket(bucket).folders() == ["1"]
        built.store.remove(1)
    assert Bucket(bucket).folders() == []


@pytest.mark.parametrize(
    ("pairs", "why"),
    [(S3, "no usable store s3"), ({"storage.blob": "other"}, "no usable store other"), (WHOLE, "type postgresql")],
)
def test_a_place_that_nothing_would_use_ends_the_server(pairs: dict[str, str], why: str, tmp_path: Path) -> None:
    """Settings, storage.blob: or an administrator would think that blobs are there."""
    with pytest.raises(StoreError, match=why), house(snapshot(pairs)[0], tmp_path):
        pass
