"""Blob/get: octets of blobs as JSON (RFC 9404 section 4.2)."""

import base64
import hashlib
from typing import Any

import pytest
from tests.driver import CORE, JMAP, MAIL, NOTHING, Home
from tests.neighbour import stores
from tests.neighbour.stores import Data

BLOB = "urn:ietf:params:jmap:blob"
FOX = b"The quick brown fox jumped over the lazy dog."
BROKEN = b"The quick brown fox jumped over the \x81\x81 dog."


@pytest.fixture
def alice(alice: JMAP) -> JMAP:
    """Alice, whose client uses the extension."""
    alice.using = [CORE, MAIL, BLOB]
    return alice


def b64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def had(alice: JMAP, octets: bytes, **arguments: Any) -> Any:
    """What is told of a blob of these octets, but for its id."""
    blob = alice.uploads(octets)
    answer = alice.asks("Blob/get", ids=[blob], **arguments)
    (told,) = answer["list"]
    assert told.pop("id") == blob
    return told


def test_data_and_size_are_told(alice: JMAP) -> None:
    """RFC 9404 section 4.2: the default; data is text where it can be."""
    assert had(alice, FOX) == {"data:asText": FOX.decode(), "size": 45}
    assert had(alice, b"") == {"data:asText": "", "size": 0}


def test_what_is_no_text_is_told_in_base64(alice: JMAP) -> None:
    """RFC 9404 section 4.2: data gives base64, data:asText null, and isEncodingProblem is true."""
    assert had(alice, BROKEN) == {"isEncodingProblem": True, "data:asBase64": b64(BROKEN), "size": 43}
    assert had(alice, BROKEN, properties=["data:asText"]) == {"isEncodingProblem": True, "data:asText": None}
    assert had(alice, BROKEN, properties=["data:asBase64"]) == {"data:asBase64": b64(BROKEN)}
    assert had(alice, FOX, properties=["data:asText", "data:asBase64"]) == {
        "data:asText": FOX.decode(),
        "data:asBase64": b64(FOX),
    }


def test_a_range_is_told(alice: JMAP) -> None:
    """RFC 9404 section 4.2: of what is in it alone; size is always the blob's."""
    assert had(alice, BROKEN, offset=0, length=5) == {"data:asText": "The q", "size": 43}
    assert had(alice, FOX, offset=40) == {"data:asText": " dog.", "size": 45}
    assert had(alice, FOX, offset=45) == {"data:asText": "", "size": 45}
    assert had(alice, "é".encode(), length=1) == {"isEncodingProblem": True, "data:asBase64": "ww==", "size": 2}


@pytest.mark.parametrize(
    ("offset", "length", "text"), [(40, 6, " dog."), (46, None, ""), (100, 5, ""), (None, 46, FOX.decode())]
)
def test_a_range_beyond_the_end_is_cut(alice: JMAP, offset: int | None, length: int | None, text: str) -> None:
    """RFC 9404 section 4.2: isTruncated."""
    told = had(alice, FOX, offset=offset, length=length)
    assert told == {"data:asText": text, "isTruncated": True, "size": 45}


def test_digests_are_of_the_range(alice: JMAP) -> None:
    """RFC 9404 section 4.2: base64 of the digest "on the octets that would be returned"."""
    wanted = ["digest:sha", "digest:sha-256", "digest:sha-512"]
    piece = FOX[4:13]

    assert had(alice, FOX, properties=wanted, offset=4, length=9) == {
        "digest:sha": b64(hashlib.sha1(piece, usedforsecurity=False).digest()),
        "digest:sha-256": b64(hashlib.sha256(piece).digest()),
        "digest:sha-512": b64(hashlib.sha512(piece).digest()),
    }
    assert had(alice, FOX, properties=["digest:sha-256"], offset=40, length=9) == {
        "digest:sha-256": b64(hashlib.sha256(b" dog.").digest()),
        "isTruncated": True,
    }


def test_a_large_blob_is_had_in_pieces(alice: JMAP) -> None:
    """RFC 9404 section 4.2: whatever the size."""
    octets = bytes(range(256)) * 12_000

    assert had(alice, octets, properties=["digest:sha-256", "size"]) == {
        "digest:sha-256": b64(hashlib.sha256(octets).digest()),
        "size": 3_072_000,
    }
    assert had(alice, octets, properties=["data:asBase64"]) == {"data:asBase64": b64(octets)}
    assert had(alice, octets, properties=["data:asBase64"], offset=3_000_000, length=3) == {
        "data:asBase64": b64(octets[3_000_000:3_000_003])
    }


def test_the_size_is_known_without_the_octets(alice: JMAP, data: Data) -> None:
    """RFC 9404 section 4.2: the size SHOULD be had without a look at all of the blob; here there is no more of it."""
    blob = alice.uploads(bytes(3_000_000))
    stores.cut_short(data)

    (told,) = alice.asks("Blob/get", ids=[blob], properties=["size"])["list"]
    assert told == {"id": blob, "size": 3_000_000}


def test_a_part_of_a_message_is_told_as_it_is_decoded(alice: JMAP) -> None:
    """RFC 9404 section 4: a blob is octets, whatever they were kept as."""
    email = alice.receives("From: a@b.example\nMIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\nMDEyMzQ=\n")
    (got,) = alice.asks("Email/get", ids=[email], properties=["textBody", "blobId"])["list"]
    part = got["textBody"][0]["blobId"]

    (told,) = alice.asks("Blob/get", ids=[part], offset=1, length=2)["list"]
    assert told == {"id": part, "data:asText": "12", "size": 5}
    (told,) = alice.asks("Blob/get", ids=[part], properties=["size"])["list"]
    assert told == {"id": part, "size": 5}


def test_what_is_not_there_is_told(alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 5.1: notFound, for another's blob as well."""
    for at in range(5):
        bob.uploads(b"%d" % at)
    others, mine = bob.uploads(b"x"), alice.uploads(b"y")
    answer = alice.asks("Blob/get", ids=[others, mine, "x", "#none", mine], properties=["size"])

    assert answer["list"] == [{"id": mine, "size": 1}]
    assert answer["notFound"] == [others, "x", "#none"]


@pytest.mark.parametrize(
    "arguments",
    [
        {"properties": ["digest:md4"]},
        {"properties": ["data:asHTML"]},
        {"offset": -1},
        {"length": "1"},
        {"ids": None},
        {"ids": NOTHING},
        {"more": 1},
    ],
)
def test_what_cannot_be_asked_for_is_refused(alice: JMAP, arguments: dict[str, Any]) -> None:
    """RFC 8620 section 5.1: invalidArguments; blobs are not listed."""
    alice.says("Blob/get", **{"ids": [], **arguments})
    alice.hears("error", type="invalidArguments")


def test_more_than_a_request_may_read_is_not_read(home: Home, alice: JMAP) -> None:
    """RFC 9404 section 5: digests are expensive, so what is read for them counts as well."""
    blob = alice.uploads(b"x" * 5000)
    home.build(answer=9000, objects_in_get=2)

    for wanted in (["data"], ["digest:sha", "digest:sha-256"]):
        alice.says("Blob/get", ids=[blob, f"{blob}-0-1388-i"], properties=wanted)
        alice.hears("error", type="requestTooLarge")
    alice.says("Blob/get", ids=["a", "b", "c"])
    alice.hears("error", type="requestTooLarge")
