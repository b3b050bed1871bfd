"""A server whose large blobs are in a bucket, and that is killed, and its bucket with it."""

from collections.abc import Callable

import pytest
from tests.journeys.client import Client, Refused
from tests.journeys.program import Server, until
from tests.neighbour.ceph import Ceph, apart
from tests.neighbour.postgres import Cluster

from pillarbox.store.s3 import Bucket

pytestmark = [pytest.mark.neighbour, pytest.mark.slow]

LARGE = bytes(range(256)) * 40_000
"""Ten megabytes, which are sent in parts."""


def status(client: Client, ask: Callable[[Client], object]) -> int:
    try:
        ask(client)
    except Refused as refused:
        return refused.status
    return 200


def test_nothing_is_lost_with_the_bucket_or_the_server(
    served: Callable[..., Server], postgres: Cluster, s3: Ceph
) -> None:
    """Issue 8: an outage of S3 gives 503 and heals without a restart; what was acknowledged is there."""
    place, bucket = postgres.database(), apart(s3.place)
    server = served(
        f'[storage]\ndata = "pg"\nblob = "s3"\n[store."pg"]\ntype = "postgresql"\nhost = "{place.host}"\n'
        f'port = {place.port}\ndatabase = "{place.database}"\nuser = "{place.user}"\n'
        f'[store."s3"]\ntype = "s3"\nbucket = "{bucket.bucket}"\nregion = "{bucket.region}"\n'
        f'endpoint = "{bucket.endpoint}"\naccess-key = "{bucket.access_key}"\n'
        f'secret-key = "{bucket.secret_key.reveal()}"\nkey-prefix = "{bucket.prefix}"\ntimeout = "2s"\n'
        "[server]\nworkers = 1\n"
    )
    alice = server.account("alice@ours.example")
    first = alice.upload(LARGE)
    assert alice.download(first) == LARGE
    assert len(Bucket(bucket).folders()) == 1

    s3.stop()
    assert status(alice, lambda client: client.download(first)) == 503
    assert status(alice, lambda client: client.upload(LARGE[1:])) == 503
    assert alice.download(alice.upload(b"small")) == b"small"
    told = server.program.run("doctor")
    assert told.returncode == 1
    assert "no connection" in told.stdout
    s3.start()
    until(lambda: status(alice, lambda client: client.download(first)) == 200, "the bucket is read again")
    until(lambda: status(alice, lambda client: client.upload(LARGE[1:])) == 200, "the bucket is written to again")

    second = alice.upload(LARGE[2:])
    server.kill()
    server.start()
    again = server.client("alice@ours.example")
    assert again.download(first) == LARGE
    assert again.download(second) == LARGE[2:]
    assert server.program.doctor() == []
    assert len(server.events("blobs.away")) in range(1, 5)
    assert bucket.secret_key.reveal() not in server.log()
