"""Messages that nobody writes in good faith: imported and read within bounds (RFC 8621 section 4.8; issue 2)."""

import pytest
from tests.driver import JMAP, Home, like

from pillarbox.datatypes import REGISTRY

LIST = ["threadId", "mailboxIds", "keywords", "hasAttachment", "from", "to", "subject", "receivedAt", "size", "preview"]


def document_size(home: Home, alice: JMAP, email: str) -> int:
    """Octets that a list of messages reads of an Email."""
    kind = REGISTRY["Email"]
    with home.store.read(alice.number) as unit:
        (stored,) = unit.get(kind.table, (kind.number(email) or 0,))
        return len(stored.document)


@pytest.mark.parametrize(
    "message",
    [
        pytest.param(b"".join(b"X-H%d: v\r\n" % n for n in range(100_000)) + b"\r\nbody", id="100,000 header fields"),
        pytest.param(
            b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(10_000)),
            id="10,000 nested parts",
        ),
        pytest.param(
            b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
            + b"".join(b"--b\r\n\r\npart %d\r\n" % n for n in range(10_000)),
            id="10,000 parts and no end",
        ),
        pytest.param(b"From: " + b"(" * 100_000 + b"\r\nTo: " + b'"' * 100_000 + b"\r\n\r\n", id="comments"),
        pytest.param(b"To: " + b",".join([b"a@b"] * 50_000) + b"\r\n\r\n", id="50,000 recipients"),
        pytest.param(b"References: " + b"<a@b> " * 50_000 + b"\r\n\r\n", id="50,000 references"),
        pytest.param(b"Content-Type: text/html\r\n\r\n" + b"<a " * 500_000, id="open tags"),
        pytest.param(b"Content-Transfer-Encoding: base64\r\n\r\n" + b"QUJD" * 100_000 + b"Q", id="truncated base64"),
        pytest.param(bytes(range(256)) * 1000, id="no message at all"),
        pytest.param(b"\r\n" * 100_000 + b"x", id="empty lines"),
    ],
)
def test_a_hostile_message_is_filed_and_read(alice: JMAP, home: Home, message: bytes) -> None:
    """Ours: it takes its share of time and room, and no more; what lists show of it stays small."""
    email = alice.receives(message)

    alice.says("Email/get", ids=[email], properties=LIST)
    alice.hears("Email/get", list=[like(id=email, size=len(message))])
    alice.says("Email/get", ids=[email], fetchAllBodyValues=True, maxBodyValueBytes=1000)
    alice.hears("Email/get", list=[like(id=email)])
    alice.says(
        "Email/get", ids=[email], properties=["headers", "bodyStructure"], bodyProperties=["headers", "subParts"]
    )
    alice.hears("Email/get", list=[like(id=email)])
    assert document_size(home, alice, email) < 500_000


def test_a_line_of_a_megabyte_is_a_subject(alice: JMAP) -> None:
    """RFC 8621 section 4.1.3, "subject": the value is that of the field, however long."""
    email = alice.receives(b"Subject: " + b"word " * 100_000 + b"\r\n\r\nbody\r\n")

    (got,) = alice.asks("Email/get", ids=[email], properties=["subject", "header:Subject:asText"])["list"]

    assert got["subject"] == got["header:Subject:asText"]
    assert got["subject"].startswith("word word ")


def test_a_long_list_of_recipients_is_whole(alice: JMAP) -> None:
    """RFC 8621 section 4.1.3, "to": as header:To:asAddresses, as long as people can have written it."""
    to = [{"name": None, "email": f"person{n}@far.example"} for n in range(2000)]
    lines = ",\r\n ".join(one["email"] or "" for one in to)

    email = alice.receives(f"To: {lines}\r\n\r\n".encode())

    alice.says("Email/get", ids=[email], properties=["to", "header:To:asAddresses"])
    alice.hears("Email/get", list=[{"id": email, "to": to, "header:To:asAddresses": to}])


def test_a_header_name_of_a_megabyte_is_null(alice: JMAP) -> None:
    """RFC 8621 section 4.1.3: null if there is no such field."""
    email = alice.receives(b"Subject: x\r\n\r\n")
    name = f"header:{'x' * 1_000_000}"

    alice.says("Email/get", ids=[email], properties=[name])

    alice.hears("Email/get", list=[{"id": email, name: None}])
