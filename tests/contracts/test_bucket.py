"""A bucket as a depot of objects: what `store.depot.Depot` promises, asked of a server that speaks S3."""

import io
import json
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.neighbour.cable import cable
from tests.neighbour.ceph import Ceph, apart

from pillarbox.store import StoreError, Unavailable
from pillarbox.store.s3 import Bucket, Place
from pillarbox.telemetry import Secret, configure

pytestmark = pytest.mark.neighbour

SOME = bytes(range(256)) * 400
LARGE = bytes(range(256)) * 70_000
"""Eighteen megabytes: three parts."""


@pytest.fixture
def place(bucket: Place) -> Place:
    return apart(bucket)


@pytest.fixture
def depot(place: Place) -> Iterator[Bucket]:
    made = Bucket(place)
    yield made
    for folder in made.folders():
        made.delete([key for key, _ in made.keys(folder)])


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    configure("info", "json", stream)
    yield stream
    configure("disable")


def put(depot: Bucket, key: str, octets: bytes) -> None:
    depot.put(key, io.BytesIO(octets), len(octets))


@pytest.mark.parametrize("octets", [SOME, LARGE], ids=["whole", "in parts"])
def test_an_object_is_read_range_by_range(depot: Bucket, octets: bytes) -> None:
    put(depot, "1/a/b", octets)
    assert depot.read("1/a/b", 0, 10) == octets[:10]
    assert depot.read("1/a/b", 90_000, 12_400) == octets[90_000:102_400]
    assert depot.read("1/a/b", len(octets) - 5, 5) == octets[-5:]
    assert depot.read("1/a/b", len(octets), 0) == b""
    assert depot.read("1/a/b", 0, len(octets)) == octets


def test_a_file_is_sent_from_its_begin_wherever_it_is(depot: Bucket) -> None:
    file = io.BytesIO(SOME)
    file.seek(0, io.SEEK_END)
    depot.put("1/a/b", file, len(SOME))
    assert depot.read("1/a/b", 0, len(SOME)) == SOME


@pytest.mark.parametrize(("offset", "length"), [(len(SOME) - 5, 6), (len(SOME) + 5, 1)])
def test_what_is_beyond_the_end_is_an_error(depot: Bucket, offset: int, length: int) -> None:
    """And no passing one: the object is damaged."""
    put(depot, "1/a/b", SOME)
    with pytest.raises(StoreError) as raised:
        depot.read("1/a/b", offset, length)
    assert not isinstance(raised.value, Unavailable)


def test_a_file_that_is_shorter_than_it_should_be_becomes_no_object(depot: Bucket) -> None:
    with pytest.raises(Unavailable):
        depot.put("1/a/b", io.BytesIO(SOME), len(SOME) + 1)
    assert list(depot.keys("1")) == []


def test_objects_are_listed_and_deleted_by_the_thousand(depot: Bucket) -> None:
    """One request lists or deletes a thousand (S3 API reference, ListObjectsV2, DeleteObjects)."""
    names = [f"7/a/{number:04}" for number in range(1001)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: put(depot, name, b"x"), names))
    put(depot, "71/a/b", b"x")
    assert sorted(key for key, _ in depot.keys("7")) == names
    assert sorted(depot.folders()) == ["7", "71"]
    depot.delete([*names, "7/a/not there"])
    assert list(depot.keys("7")) == []
    assert depot.folders() == ["71"]


def test_prefixes_are_kept_apart(depot: Bucket, place: Place) -> None:
    put(depot, "1/a/b", SOME)
    assert Bucket(apart(place)).folders() == []
    assert Bucket(replace(place, prefix=f"{place.prefix}/1")).folders() == ["a"]


def test_a_bucket_that_serves_has_nothing_to_mend(depot: Bucket) -> None:
    assert depot.probe() == []
    assert depot.folders() == []


def test_a_bucket_that_says_nothing_keeps_nobody_for_as_long_as_a_request_may_take(s3: Ceph) -> None:
    """Issue 8: all else goes on, and needs the threads that would wait."""
    with cable(("127.0.0.1", s3.port)) as line:
        place = replace(apart(s3.place), endpoint=f"http://127.0.0.1:{line.port}", timeout=30)
        depot = Bucket(place, patience=0.1)
        put(depot, "1/a/b", SOME)
        line.stall()
        begun = time.monotonic()
        with ThreadPoolExecutor(6) as pool:
            asked: list[Future[Any]] = [
                pool.submit(put, depot, "1/a/c", SOME),
                pool.submit(put, depot, "1/a/d", LARGE),
                pool.submit(depot.read, "1/a/b", 0, 10),
                pool.submit(depot.delete, ["1/a/e"]),
                pool.submit(depot.folders),
                pool.submit(list, depot.keys("1")),
            ]
            for one in asked:
                assert "no answer in time" in str(one.exception())
        assert time.monotonic() - begun < 5
        line.flow()
        until = time.monotonic() + 10
        while True:
            try:
                assert depot.read("1/a/b", 0, 10) == SOME[:10]
                break
            except Unavailable:
                assert time.monotonic() < until
                time.sleep(0.05)


@pytest.mark.parametrize(
    ("wrong", "mend"),
    [
        ({"bucket": "nobody-has-made-it"}, "make the bucket"),
        ({"secret_key": Secret("open sesame")}, "correct `secret-key`"),
        ({"access_key": "NOBODY"}, "correct `access-key`"),
        ({"endpoint": "http://127.0.0.1:1"}, "correct `endpoint`"),
    ],
)
def test_what_is_wrong_is_told_with_what_to_mend_and_without_secrets(
    s3: Ceph, log: io.StringIO, wrong: dict[str, Any], mend: str
) -> None:
    """Issue 8: and the log is told once, whatever is asked meanwhile."""
    depot = Bucket(replace(s3.place, timeout=1.0, **wrong))
    (problem,) = depot.probe()
    assert mend in problem
    for _ in range(3):
        with pytest.raises(Unavailable) as raised:
            put(depot, "1/a/b", SOME)
    everything = problem + raised.value.known + repr(raised.value.__cause__) + log.getvalue() + repr(depot._store)
    assert "sesame" not in everything
    assert s3.place.secret_key.reveal() not in everything
    assert [json.loads(line)["event"] for line in log.getvalue().splitlines()] == ["blobs.away"]


def test_the_way_is_encrypted_and_the_server_known(s3: Ceph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings, store.<id>.tls.allow-invalid-certs; else authorities are those of the system."""
    place = apart(replace(s3.place, endpoint=f"https://127.0.0.1:{s3.tls_port}"))
    (problem,) = Bucket(replace(place, timeout=1.0)).probe()
    assert "certificate" in problem
    assert Bucket(replace(place, allows_any_certificate=True)).probe() == []
    s3.authority.cert_pem.write_to_path(tmp_path / "authority")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority"))
    assert Bucket(place).probe() == []


def test_the_environment_changes_nothing(s3: Ceph, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours: the settings alone say where octets go."""
    for name, text in {
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:1",
        "AWS_ENDPOINT": "http://127.0.0.1:1",
        "AWS_SESSION_TOKEN": "somebody's",
        "AWS_SKIP_SIGNATURE": "true",
        "AWS_REGION": "elsewhere",
        "AWS_VIRTUAL_HOSTED_STYLE_REQUEST": "true",
    }.items():
        monkeypatch.setenv(name, text)
    assert Bucket(apart(s3.place)).probe() == []
