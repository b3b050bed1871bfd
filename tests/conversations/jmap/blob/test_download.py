"""Downloads (RFC 8620 section 6.2, RFC 9110 section 14)."""

import json
import re
from urllib.parse import quote, unquote

import pytest
from tests.driver import JMAP, Home, like
from tests.neighbour import stores
from tests.neighbour.stores import Data

SIZES = [1_000, 2_000_000]
MESSAGE = """From: a@far.example
Subject: two parts
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/plain

first
--x
Content-Type: application/pdf; name=a.pdf
Content-Transfer-Encoding: base64

JVBERi0xLjQ=
--x--
"""


def octets(size: int) -> bytes:
    return (bytes(range(256)) * (size // 256 + 1))[:size]


@pytest.mark.parametrize("size", SIZES)
def test_the_whole_blob_as_the_type_and_name_asked_for(alice: JMAP, size: int) -> None:
    """RFC 8620 section 6.2: Content-Type is the type given, Content-Disposition has the name."""
    reply = alice.downloads(alice.uploads(octets(size), "text/plain"), "photo.png", "image/png")

    assert reply.status == 200
    assert reply.octets == octets(size)
    assert reply.headers["content-type"] == "image/png"
    assert reply.headers["content-length"] == str(size)
    assert reply.headers["content-disposition"].startswith('attachment; filename="photo.png"')


def test_it_may_be_kept_for_ever_by_its_reader(alice: JMAP) -> None:
    """RFC 8620 section 6.2: "private, immutable, max-age=31536000"."""
    assert alice.downloads(alice.uploads(b"x")).headers["cache-control"] == "private, immutable, max-age=31536000"


def test_it_can_do_nothing_on_our_origin(alice: JMAP) -> None:
    """RFC 8620 section 8 (ours): what strangers wrote is sandboxed, and its type is not guessed."""
    headers = alice.downloads(alice.uploads(b"<script>"), "x.html", "text/html").headers

    assert headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-disposition"].startswith("attachment")


def test_pages_of_other_sites_cannot_make_it_a_part_of_them(alice: JMAP) -> None:
    """Fetch, "Cross-Origin-Resource-Policy header": else they chose the type, and the browser added a password."""
    target = f"/jmap/download/{alice.account_id}/{alice.uploads(b'[1]')}/x?accept=text/javascript"
    ticket = alice.sends(
        "POST", "/jmap/ticket", {"Content-Type": "application/json"}, json.dumps({"url": target}).encode()
    )
    by_ticket = alice.web.sends("GET", ticket.json()["url"])

    assert alice.sends("GET", target).headers["cross-origin-resource-policy"] == "same-origin"
    assert by_ticket.status == 200
    assert "cross-origin-resource-policy" not in by_ticket.headers


def test_without_a_type_it_is_octets(alice: JMAP) -> None:
    """Ours: the safest there is."""
    blob_id = alice.uploads(b"x", "text/html")
    reply = alice.sends("GET", f"/jmap/download/{alice.account_id}/{blob_id}/name")

    assert reply.headers["content-type"] == "application/octet-stream"


def test_the_name_may_be_empty(alice: JMAP) -> None:
    """RFC 8620 section 6.2: what a client makes of downloadUrl for a part without a name (RFC 6570 section 3.2.2)."""
    blob = alice.uploads(b"hello", "text/plain")
    reply = alice.sends("GET", f"/jmap/download/{alice.account_id}/{blob}/?accept=text%2Fplain")

    assert (reply.status, reply.octets) == (200, b"hello")
    assert reply.headers["content-disposition"] == "attachment"
    assert reply.headers["content-type"] == "text/plain"


@pytest.mark.parametrize(
    "accept",
    ["text/plain; charset=utf-8", 'text/plain; charset="utf-8"', "image/svg+xml", "TEXT/Plain", "application/x-a.b_c"],
)
def test_the_type_is_what_was_asked_for(alice: JMAP, accept: str) -> None:
    """RFC 8620 section 6.2, as clarified (Q14): exactly what is passed."""
    assert alice.downloads(alice.uploads(b"x"), accept=accept).headers["content-type"] == accept


def test_a_plus_in_the_type_is_a_plus(alice: JMAP) -> None:
    """RFC 6570 section 1.5: URI templates are no form data, where it would be a space."""
    reply = alice.sends("GET", f"/jmap/download/{alice.account_id}/{alice.uploads(b'x')}/a.svg?accept=image/svg+xml")

    assert reply.headers["content-type"] == "image/svg+xml"


@pytest.mark.parametrize(
    "accept",
    ["text", "text/html\r\nSet-Cookie: a=b", "text/html\nx: y", "text/h\0tml", "text/html; charset=\u00e9", "a/b, c/d"],
)
def test_a_type_that_is_none_is_refused(alice: JMAP, accept: str) -> None:
    """RFC 9110 section 5.5: nothing of a URL ends a header."""
    reply = alice.downloads(alice.uploads(b"x"), accept=accept)

    assert reply.status == 400


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("plain.txt", "plain.txt"),
        ("two words.txt", "two words.txt"),
        ("Übersicht ☃.pdf", "Übersicht ☃.pdf"),
        ('quo"ted.txt', 'quo"ted.txt'),
        ("100%.txt", "100%.txt"),
        ("a\r\nSet-Cookie: x=y", "a__Set-Cookie: x=y"),
        ("a\0b\x7fc", "a_b_c"),
        ("../../etc/passwd", ".._.._etc_passwd"),
        ("..\\x", ".._x"),
        ("a;b=c", "a;b=c"),
        ("\u202etxt.exe", "_txt.exe"),
        ("x" * 300, "x" * 300),
    ],
)
def test_the_name_is_told_in_both_spellings(alice: JMAP, name: str, shown: str) -> None:
    """RFC 6266 section 4.3: filename for all, filename* for any character; nothing that ends the header."""
    disposition = alice.downloads(alice.uploads(b"x"), name).headers["content-disposition"]
    found = re.fullmatch(r"""attachment; filename="([^"\\]*)"; filename\*=UTF-8''([!-~]*)""", disposition)

    assert found is not None
    assert found[1].isascii()
    assert found[1].isprintable()
    assert unquote(found[2]) == shown


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=10-", 10, None),
        ("bytes=-10", -10, None),
        ("bytes=-99999999", 0, None),
        ("bytes=5-99999999", 5, None),
        ("bytes= 1-2", 1, 2),
    ],
)
def test_a_range_is_a_part(alice: JMAP, size: int, asked: str, first: int, last: int | None) -> None:
    """RFC 9110 sections 14.1.2 and 15.3.7: 206 with Content-Range."""
    reply = alice.downloads(alice.uploads(octets(size)), headers={"Range": asked})
    start = first % size
    end = size - 1 if last is None else last

    assert reply.status == 206
    assert reply.octets == octets(size)[start : end + 1]
    assert reply.headers["content-range"] == f"bytes {start}-{end}/{size}"
    assert reply.headers["content-length"] == str(end - start + 1)


@pytest.mark.parametrize("asked", ["bytes=1000-", "bytes=1000-2000", "bytes=-0", "bytes=999999999999999999-"])
def test_a_range_outside_is_told_the_size(alice: JMAP, asked: str) -> None:
    """RFC 9110 section 15.5.17: 416 with Content-Range."""
    reply = alice.downloads(alice.uploads(octets(1000)), headers={"Range": asked})

    assert reply.status == 416
    assert reply.headers["content-range"] == "bytes */1000"


@pytest.mark.parametrize(
    "asked", ["", "bytes", "bytes=", "bytes=-", "bytes=a-b", "bytes=5-4", "lines=1-2", "bytes=0-1,3-4", "bytes=--1"]
)
def test_a_range_that_is_none_or_several_is_ignored(alice: JMAP, asked: str) -> None:
    """RFC 9110 section 14.2: a server may ignore Range, and must where it does not understand it."""
    reply = alice.downloads(alice.uploads(octets(1000)), headers={"Range": asked})

    assert (reply.status, len(reply.octets)) == (200, 1000)


def test_a_range_of_another_version_is_the_whole(alice: JMAP) -> None:
    """RFC 9110 section 13.1.5: If-Range."""
    blob_id = alice.uploads(octets(1000))
    etag = alice.downloads(blob_id).headers["etag"]

    assert alice.downloads(blob_id, headers={"Range": "bytes=0-1", "If-Range": etag}).status == 206
    assert alice.downloads(blob_id, headers={"Range": "bytes=0-1", "If-Range": '"other"'}).status == 200
    assert alice.downloads(blob_id, headers={"Range": "bytes=0-1", "If-Range": f"W/{etag}"}).status == 200


def test_what_its_reader_has_is_not_sent_again(alice: JMAP) -> None:
    """RFC 9110 section 13.1.2: If-None-Match, 304."""
    blob_id = alice.uploads(b"x")
    etag = alice.downloads(blob_id).headers["etag"]
    for known in (etag, "*", f'"other", {etag}', f"W/{etag}", f'"other",W/{etag}'):
        reply = alice.downloads(blob_id, headers={"If-None-Match": known})
        assert (reply.status, reply.octets, reply.headers["etag"]) == (304, b"", etag)

    assert alice.downloads(blob_id, headers={"If-None-Match": '"other"'}).status == 200


@pytest.mark.parametrize("size", SIZES)
def test_head_tells_all_but_the_octets(alice: JMAP, size: int) -> None:
    """RFC 9110 section 9.3.2."""
    place = f"/jmap/download/{alice.account_id}/{alice.uploads(octets(size))}/name"
    reply = alice.sends("HEAD", place)

    assert reply.octets == b""
    assert reply.headers == alice.sends("GET", place).headers
    assert alice.sends("HEAD", place, {"Range": "bytes=0-9"}).headers["content-length"] == "10"


@pytest.mark.parametrize(
    "blob_id",
    [
        "b9999",
        "x1",
        "b",
        "B1",
        "b01",
        "1",
        "m1",
        "b1-",
        "b1-0-1-z",
        "b1-0-ffffffffffff-b",
        "b1-0-1",
        "..",
        "%2e%2e",
        "b1%00",
        "b1%2f",
        "b1--1-1-b",
        "b1-0-1-b-0-1-b",
        "%C3%A9",
        "b" + "1" * 300,
    ],
)
def test_what_is_no_blob_is_not_found(alice: JMAP, blob_id: str) -> None:
    """RFC 8620 section 6.2 (ours): 404, as for a blob that is not there."""
    alice.uploads(b"x")
    reply = alice.sends("GET", f"/jmap/download/{alice.account_id}/{blob_id}/name")

    assert reply.status == 404
    assert reply.json() == like(type="about:blank", status=404)


def test_of_another_s_account_nothing_is_had(alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 6.2 (ours): told alike whether account and blob exist or not."""
    blob_id = alice.uploads(b"x")
    replies = [
        bob.downloads(blob_id, account_id=alice.account_id),
        bob.downloads("b9999", account_id=alice.account_id),
        bob.downloads(blob_id, account_id="a99999"),
        bob.downloads(blob_id, account_id="a0"),
        bob.downloads(blob_id, account_id="a%00"),
    ]

    assert {reply.status for reply in replies} == {404}
    assert len({reply.octets for reply in replies}) == 1


def parts(alice: JMAP) -> list[str]:
    alice.receives(MESSAGE)
    email = alice.asks("Email/get", properties=["bodyStructure"], bodyProperties=["blobId", "subParts"])["list"][0]
    return [part["blobId"] for part in email["bodyStructure"]["subParts"]]


def test_a_part_of_a_message_is_a_blob_decoded(alice: JMAP) -> None:
    """RFC 8621 section 4.1.4, "blobId": the octets after decoding the transfer encoding."""
    text, pdf = parts(alice)

    assert alice.downloads(text).octets == b"first"
    assert alice.downloads(pdf, "a.pdf", "application/pdf").octets == b"%PDF-1.4"
    assert alice.downloads(pdf, headers={"Range": "bytes=1-3"}).octets == b"PDF"


def test_a_part_of_another_s_message_is_not_had(alice: JMAP, bob: JMAP) -> None:
    """Ours: the id of a part is worth nothing in another account."""
    bob.uploads(b"short")
    for part in parts(alice):
        assert bob.downloads(part).status == 404


def test_a_part_cannot_be_made_up_beyond_its_blob(alice: JMAP) -> None:
    """Ours: the id of a part says where it is, so it is checked like anything that was sent."""
    blob_id = alice.uploads(b"0123456789")

    assert alice.downloads(f"{blob_id}-2-3-i").octets == b"234"
    assert alice.downloads(f"{blob_id}-a-0-i").octets == b""
    assert alice.downloads(f"{blob_id}-a-1-i").status == 404
    assert alice.downloads(f"{blob_id}-b-0-i").status == 404


def test_octets_that_were_lost_end_the_answer(home: Home, alice: JMAP, data: Data) -> None:
    """Ours: what is kept of a blob and shorter than it must not keep a reader waiting for ever."""
    blob_id = alice.uploads(octets(3_000_000))
    left = stores.cut_short(data)
    stream = home.web.opens(alice.getting(f"/jmap/download/{alice.account_id}/{blob_id}/{quote('x')}"))

    came = stream.octets()
    assert 0 < len(came) <= left
    assert came == octets(len(came))
    assert not stream.complete
