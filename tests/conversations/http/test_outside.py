"""Mail, files and parts of them, where large ones are in a bucket; and while nobody there answers (adr/0061)."""

import io
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tests.conversations.transfer.images import backed, restored, same, served, told, troubles
from tests.driver import JMAP, Home
from tests.neighbour import stores
from tests.neighbour.cable import Cable, cable
from tests.neighbour.ceph import Ceph
from tests.neighbour.stores import Data, WithBucket
from tests.toy.clock import Clock

from pillarbox.datatypes import REGISTRY
from pillarbox.store import LocalFeed
from pillarbox.store.s3 import Bucket, Place
from pillarbox.telemetry import configure

pytestmark = [pytest.mark.neighbour, pytest.mark.parametrize("data", ["postgres and S3"], indirect=True)]

OCTETS = bytes(range(256)) * 8_000
"""Two megabytes."""
LETTER = (
    "From: bob@far.example\nTo: alice@ours.example\nSubject: large\nMIME-Version: 1.0\n"
    'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nShort.\n--b\n'
    "Content-Type: application/octet-stream; name=long\nContent-Disposition: attachment\n\n"
    + "a line of a file\n" * 20_000
    + "--b--\n"
)


@pytest.fixture
def line(s3: Ceph) -> Iterator[Cable]:
    """What leads to the bucket."""
    with cable(("127.0.0.1", s3.port)) as made:
        yield made


@pytest.fixture
def bucket(s3: Ceph, line: Cable) -> Place:
    return replace(s3.place, endpoint=f"http://127.0.0.1:{line.port}", timeout=3.0)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    configure("info", "json", stream)
    yield stream
    configure("disable")


def keys(data: Data) -> list[str]:
    assert isinstance(data, WithBucket)
    depot = Bucket(data.bucket)
    return [key for folder in depot.folders() for key, _ in depot.keys(folder)]


def soon(try_: Callable[[], bool]) -> None:
    """It is so, within a few seconds."""
    until = time.monotonic() + 10
    while not try_():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_what_is_uploaded_comes_back_whole_and_in_ranges(alice: JMAP, data: Data) -> None:
    """RFC 8620 section 6.2, RFC 9110 section 14.2."""
    blob = alice.uploads(OCTETS)
    assert [key.split("/")[0] for key in keys(data)] == [str(alice.number)]
    assert alice.downloads(blob).octets == OCTETS
    ranged = alice.downloads(blob, headers={"Range": "bytes=1500000-1500099"})
    assert (ranged.status, ranged.octets) == (206, OCTETS[1_500_000:1_500_100])


def test_a_message_is_read_part_by_part(alice: JMAP) -> None:
    """RFC 8621 section 4.1.4: its text, and an attachment."""
    email = alice.receives(LETTER)
    (got,) = alice.asks("Email/get", ids=[email], properties=["bodyValues", "attachments"], fetchTextBodyValues=True)[
        "list"
    ]
    assert [value["value"] for value in got["bodyValues"].values()] == ["Short."]
    (attachment,) = got["attachments"]
    assert alice.downloads(attachment["blobId"]).octets.startswith(b"a line of a file\r\n")


def test_a_backup_and_a_restoration_need_not_know(
    home: Home, alice: JMAP, data: Data, clock: Clock, tmp_path: Path
) -> None:
    """ADR 0061: a backup has the octets, wherever they were, and a restoration puts them where they belong now."""
    alice.receives(LETTER)
    backed(home.store, tmp_path / "backup")
    files = stores.opened(tmp_path / "files", REGISTRY.tables, clock, LocalFeed())
    restored(files, tmp_path / "backup")
    with served(files, clock) as there:
        assert told(same(alice, there)) == told(alice)
        assert troubles(there, tmp_path / "there") == []
        blob = alice.asks("Email/get", properties=["blobId"])["list"][0]["blobId"]
        assert same(alice, there).downloads(blob).octets == alice.downloads(blob).octets
    backed(files, tmp_path / "again")
    files.close()
    home.store.remove(alice.number)
    assert keys(data) == []


def test_without_the_bucket_what_needs_it_is_put_off_and_all_else_goes_on(
    home: Home, alice: JMAP, line: Cable, log: io.StringIO, tmp_path: Path
) -> None:
    """Issue 8: 503 and `serverUnavailable`, told once in the log and by the doctor; and it heals without a restart."""
    large, small = alice.uploads(OCTETS), alice.uploads(b"small")
    email = alice.receives(LETTER)
    line.sever()

    assert alice.downloads(large).status == 503
    assert alice.downloads(large).status == 503
    refused = alice.sends("POST", f"/jmap/upload/{alice.account_id}/", {"Content-Type": "a/b"}, OCTETS[1:])
    assert refused.status == 503
    assert b"127.0.0.1" not in refused.octets
    alice.says("Email/get", ids=[email], properties=["bodyValues"], fetchTextBodyValues=True)
    assert alice.hears("error")["type"] == "serverUnavailable"
    assert alice.downloads(small).octets == b"small"
    assert alice.asks("Email/get", ids=[email], properties=["preview"])["list"][0]["preview"] == "Short."
    alice.receives("Subject: small\n\nNothing to see here.\n")
    (*_, trouble) = [one for one in troubles(home, tmp_path / "doctor") if one.place == "bucket"]
    assert "look at the network" in trouble.problem

    line.put_up()
    soon(lambda: alice.downloads(large).octets == OCTETS)
    soon(lambda: alice.sends("POST", f"/jmap/upload/{alice.account_id}/", {}, OCTETS[1:]).status == 201)
    said = [json.loads(entry) for entry in log.getvalue().splitlines()]
    away = [one for one in said if one["event"] == "blobs.away"]
    assert sorted(one["known"].rpartition(": ")[0].rpartition(": ")[2] for one in away) == [
        "listing",
        "reading",
        "writing",
    ]
    assert "a secret of the tests" not in log.getvalue()
    assert [one["event"] for one in said].count("blobs.back") >= 2
