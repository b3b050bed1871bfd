"""Uploads (RFC 8620 section 6.1)."""

from pathlib import Path

import pytest
from tests.driver import ANY, JMAP, Home, Request, like
from tests.driver.directory import Directory


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and "blobs" in path.parts]


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/octet-stream",
        "message/rfc822",
        "image/svg+xml",
        "text/plain; charset=utf-8",
        'text/plain; charset="utf-8"',
        "text/plain;charset=utf-8;format=flowed",
        'multipart/mixed; boundary="a b:c"',
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ],
)
def test_what_was_uploaded_is_told(alice: JMAP, content_type: str) -> None:
    """RFC 8620 section 6.1: accountId, blobId, type and size; the type is not guessed (clarification Q13)."""
    reply = alice.sends("POST", f"/jmap/upload/{alice.account_id}/", {"Content-Type": content_type}, b"<html>")

    assert reply.status == 201
    assert reply.json() == {"accountId": alice.account_id, "blobId": ANY, "type": content_type, "size": 6}


def test_without_a_type_it_is_octets(alice: JMAP) -> None:
    """RFC 9110 section 8.3: octets, if nobody says."""
    reply = alice.sends("POST", f"/jmap/upload/{alice.account_id}/", {}, b"x")

    assert reply.json() == like(type="application/octet-stream")


@pytest.mark.parametrize("content_type", ["text", "text/", "/plain", "text/plain\x7f", "te xt/plain", "x" * 200 + "/y"])
def test_a_content_type_that_is_none_is_refused(alice: JMAP, content_type: str) -> None:
    """Ours: nothing is echoed into a later header that is no media type."""
    reply = alice.sends("POST", f"/jmap/upload/{alice.account_id}/", {"Content-Type": content_type}, b"x")

    assert reply.status == 400


@pytest.mark.parametrize("size", [0, 1, 1000, 70_000, 1_048_575, 1_048_576, 1_048_577, 3_000_000])
def test_what_was_uploaded_comes_back(alice: JMAP, size: int) -> None:
    """RFC 8620 section 6: binary data is referenced by blobId, whatever its size."""
    octets = bytes(range(256)) * (size // 256 + 1)
    reply = alice.downloads(alice.uploads(octets[:size]))

    assert reply.status == 200
    assert reply.octets == octets[:size]


def test_the_same_octets_have_the_same_id(alice: JMAP) -> None:
    """RFC 8620 section 6.1: "SHOULD return the same blobId" for identical data, whatever its type."""
    assert alice.uploads(b"one", "text/plain") == alice.uploads(b"one", "image/png") != alice.uploads(b"two")


def test_no_account_learns_what_another_has(alice: JMAP, bob: JMAP) -> None:
    """Ours: a blobId is one account's own."""
    blob_id = alice.uploads(b"the secret of alice")

    assert bob.downloads(blob_id).status == 404
    assert bob.downloads(blob_id, account_id=alice.account_id).status == 404


def test_into_another_s_account_nothing_is_uploaded(alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 6.1: 404 for what one cannot see (ours)."""
    theirs = alice.sends("POST", f"/jmap/upload/{bob.account_id}/", {}, b"x")
    nobodys = alice.sends("POST", "/jmap/upload/a99999/", {}, b"x")

    assert theirs.status == nobodys.status == 404
    assert theirs.octets == nobodys.octets


def test_an_upload_that_is_too_large_is_a_limit(home: Home, alice: JMAP, tmp_path: Path) -> None:
    """RFC 8620 section 6.1: maxSizeUpload; RFC 9110: 413; what came is dropped."""
    home.build(upload=2_000_000)
    for headers in ({}, {"Content-Length": "10"}):
        reply = alice.sends("POST", f"/jmap/upload/{alice.account_id}/", headers, b"x" * 2_000_001)
        assert reply.status == 413
        assert reply.json() == like(type="urn:ietf:params:jmap:error:limit", limit="maxSizeUpload")

    assert files(tmp_path) == []
    assert alice.downloads(alice.uploads(b"x" * 2_000_000)).status == 200


def test_half_an_upload_leaves_nothing(home: Home, alice: JMAP, tmp_path: Path) -> None:
    """Ours: an upload is there as a whole or not at all."""
    target = f"/jmap/upload/{alice.account_id}/"
    pieces = (b"x" * 1_500_000, b"y" * 1_500_000)
    home.web.breaks_off(
        Request("POST", target, {**alice.credentials, "Content-Length": "9999999"}, pieces, whole=False)
    )

    assert files(tmp_path) == []


def test_an_upload_that_comes_in_many_pieces_is_one(home: Home, alice: JMAP) -> None:
    """RFC 9112 section 7.1: however it is cut."""
    pieces = [bytes([at % 256]) * 10_000 for at in range(300)]
    request = Request("POST", f"/jmap/upload/{alice.account_id}/", alice.credentials, pieces)
    (reply,) = home.web.together([request])

    assert alice.downloads(reply.json()["blobId"]).octets == b"".join(pieces)


def test_the_oldest_goes_when_there_are_too_many(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 6: unreferenced blobs are deleted in date order, oldest first, until there is room."""
    home.build(uploads=3)
    blobs = []
    for at in range(5):
        blobs.append(alice.uploads(b"%d" % at))
        home.clock.now += 1

    assert [alice.downloads(blob).status for blob in blobs] == [404, 404, 200, 200, 200]


def test_the_oldest_goes_when_they_are_too_large_together(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 6: the same for their size."""
    home.build(uploads_size=2500)
    blobs = []
    for at in range(4):
        blobs.append(alice.uploads(b"%d" % at * 1000))
        home.clock.now += 1

    assert [alice.downloads(blob).status for blob in blobs] == [404, 404, 200, 200]


def test_an_upload_may_be_larger_than_all_that_may_wait(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 6: the quota holds at least what one object may refer to."""
    home.build(uploads_size=100)
    first = alice.uploads(b"1" * 50)
    home.clock.now += 1

    assert alice.downloads(alice.uploads(b"2" * 1000)).status == 200
    assert alice.downloads(first).status == 404


def test_without_a_quota_nothing_goes(home: Home, alice: JMAP) -> None:
    """Settings, `jmap.upload.quota`: none means none."""
    home.build(uploads=0, uploads_size=0)
    blobs = []
    for at in range(5):
        blobs.append(alice.uploads(b"%d" % at * 1000))
        home.clock.now += 1

    assert [alice.downloads(blob).status for blob in blobs] == [200] * 5


def test_the_same_octets_again_push_nothing_out(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 6.1: the same blobId, its time begun anew; it takes no further room."""
    home.build(uploads=2)
    first = alice.uploads(b"1")
    home.clock.now += 1
    second = alice.uploads(b"2")
    home.clock.now += 1

    assert alice.uploads(b"1") == first
    assert alice.downloads(second).status == 200


def test_what_an_email_holds_is_no_upload_any_more(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 6: only unreferenced blobs are deleted to make room."""
    home.build(uploads=1)
    alice.receives("Subject: kept\n\nbody")
    (email,) = alice.asks("Email/get", ids=None, properties=["blobId"])["list"]
    for at in range(3):
        alice.uploads(b"%d" % at)

    assert alice.downloads(email["blobId"]).status == 200


def test_others_wait_while_one_uploads_as_much_as_allowed(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 2, "maxConcurrentUpload": no more than that at once."""
    home.build(concurrent_upload=1)
    home.setup.turns.waiting = 0
    slow = home.web.sends_slowly(alice.asking("POST", f"/jmap/upload/{alice.account_id}/", {}, b"x"))
    reply = alice.sends("POST", f"/jmap/upload/{alice.account_id}/", {}, b"y")

    assert reply.json() == like(type="urn:ietf:params:jmap:error:limit", limit="maxConcurrentUpload")
    slow.leave()
    assert alice.uploads(b"y")


def test_who_waits_too_long_is_refused(home: Home, alice: JMAP) -> None:
    """Ours: nobody waits for ever behind slow uploads."""
    home.build(concurrent_upload=1)
    home.web.sends_slowly(alice.asking("POST", f"/jmap/upload/{alice.account_id}/", {}, b"x"))
    late = home.web.asks(Request("POST", f"/jmap/upload/{alice.account_id}/", alice.credentials, (b"y",)))
    home.web.passes(31)
    late.begins()

    assert late.status == 400


def test_an_account_removed_meanwhile_takes_nothing(home: Home, alice: JMAP, tmp_path: Path) -> None:
    """Ours: what was staged for an account that is gone brings nothing of it back."""
    slow = home.web.sends_slowly(alice.asking("POST", f"/jmap/upload/{alice.account_id}/", {}, b"x" * 2_000_000))
    Directory(home.store).remove(alice.name)
    slow.leave()

    assert files(tmp_path) == []
