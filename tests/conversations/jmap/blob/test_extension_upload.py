"""Blob/upload: blobs made within a request (RFC 9404 section 4.1)."""

import base64
from typing import Any

import pytest
from tests.driver import ANY, CORE, JMAP, MAIL, Home, Pair, call, like

from pillarbox.access import Rights

BLOB = "urn:ietf:params:jmap:blob"


@pytest.fixture
def alice(alice: JMAP) -> JMAP:
    """Alice, whose client uses the extension."""
    alice.using = [CORE, MAIL, BLOB]
    return alice


def made(alice: JMAP, *sources: Any) -> bytes:
    """The octets of a blob made of these sources."""
    answer = alice.asks("Blob/upload", create={"it": {"data": list(sources)}})
    assert answer["created"], answer
    octets = alice.downloads(answer["created"]["it"]["id"]).octets
    assert len(octets) == answer["created"]["it"]["size"]
    return octets


def refused(alice: JMAP, data: Any, **more: Any) -> Any:
    """The SetError for a blob made of this."""
    return alice.asks("Blob/upload", create={"it": {"data": data, **more}})["notCreated"]["it"]


def test_the_extension_says_what_it_can(alice: JMAP) -> None:
    """RFC 9404 section 3.1: an empty object for the server, four values for each account; 64 sources at least."""
    session = alice.sends("GET", "/.well-known/jmap").json()
    told = session["accounts"][alice.account_id]["accountCapabilities"][BLOB]

    assert session["capabilities"][BLOB] == {}
    assert told == like(maxSizeBlobSet=50_000_000, supportedTypeNames=["Email", "Thread", "Mailbox"])
    assert told["maxDataSources"] >= 64
    assert {"sha", "sha-256"} <= set(told["supportedDigestAlgorithms"])


def test_a_blob_is_made_of_texts_base64_and_pieces(alice: JMAP) -> None:
    """RFC 9404 section 4.1.2: the example, in one request; creation ids name what was made before."""
    alice.says_all(
        call(
            "Blob/upload",
            "S4",
            create={"b4": {"data": [{"data:asText": "The quick brown fox jumped over the lazy dog."}]}},
        ),
        call(
            "Blob/upload",
            "CAT",
            create={
                "cat": {
                    "data": [
                        {"data:asText": "How"},
                        {"blobId": "#b4", "length": 7, "offset": 3},
                        {"data:asText": "was t"},
                        {"blobId": "#b4", "length": 1, "offset": 1},
                        {"data:asBase64": "YXQ/"},
                    ]
                }
            },
        ),
        call("Blob/get", "G4", properties=["data:asText", "size"], ids=["#cat"]),
    )

    alice.hears_exactly(
        "Blob/upload",
        "S4",
        accountId=alice.account_id,
        created={"b4": {"id": ANY, "type": "application/octet-stream", "size": 45}},
        notCreated=None,
    )
    cat = alice.hears("Blob/upload", "CAT")["created"]["cat"]
    assert cat["size"] == 19
    alice.hears_exactly(
        "Blob/get",
        "G4",
        accountId=alice.account_id,
        list=[{"id": cat["id"], "data:asText": "How quick was that?", "size": 19}],
        notFound=[],
    )


def test_the_type_is_the_one_given(alice: JMAP) -> None:
    """RFC 9404 section 4.1: type "as given in the creation"."""
    answer = alice.asks("Blob/upload", create={"it": {"data": [{"data:asText": "x"}], "type": "text/plain"}})
    assert answer["created"]["it"]["type"] == "text/plain"


def test_of_nothing_an_empty_blob_is_made(alice: JMAP) -> None:
    """RFC 9404 section 4.1: zero sources create an empty blob."""
    assert made(alice) == b""


def test_pieces_are_ranges(alice: JMAP) -> None:
    """RFC 9404 section 4.1: offset null is 0, length null is the rest; both may be 0 or stand at the end."""
    blob = alice.uploads(b"0123456789")

    assert made(alice, {"blobId": blob}) == b"0123456789"
    assert made(alice, {"blobId": blob, "offset": None, "length": 3}) == b"012"
    assert made(alice, {"blobId": blob, "offset": 7, "length": None}) == b"789"
    assert made(alice, {"blobId": blob, "offset": 10, "length": 0}) == b""
    assert made(alice, {"data:asText": None, "blobId": blob, "length": 1}) == b"0"


def test_any_octets_can_be_given_in_base64(alice: JMAP) -> None:
    """RFC 9404 section 4.1: data:asBase64."""
    octets = bytes(range(256)) * 5
    assert (
        made(alice, {"data:asBase64": base64.b64encode(octets).decode()}, {"data:asText": "é"}) == octets + b"\xc3\xa9"
    )


def test_a_part_of_a_message_is_a_source_by_what_it_is_decoded(alice: JMAP) -> None:
    """RFC 9404 section 4.1: blobIds of any kind."""
    email = alice.receives("From: a@far.example\nMIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\nMDEyMzQ=\n")
    (got,) = alice.asks("Email/get", ids=[email], properties=["textBody"])["list"]
    part = got["textBody"][0]["blobId"]

    assert made(alice, {"blobId": part, "offset": 1, "length": 3}) == b"123"
    assert refused(alice, [{"blobId": part, "offset": 1, "length": 5}]) == like(type="invalidProperties")


def test_blobs_of_one_call_may_be_made_of_each_other(alice: JMAP) -> None:
    """RFC 8620 section 5.3, as for /set: in whatever order they stand; of itself none can be made."""
    create = {
        "a": {"data": [{"blobId": "#b"}, {"data:asText": "!"}]},
        "b": {"data": [{"data:asText": "b"}]},
        "c": {"data": [{"blobId": "#c"}]},
        "d": {"data": [{"blobId": "#e"}]},
        "e": {"data": [{"blobId": "#d"}]},
    }
    answer = alice.asks("Blob/upload", create=create)

    assert alice.downloads(answer["created"]["a"]["id"]).octets == b"b!"
    assert {key: error["type"] for key, error in answer["notCreated"].items()} == dict.fromkeys("cde", "blobNotFound")


def test_creation_ids_are_told(alice: JMAP) -> None:
    """RFC 9404 section 4.1: "MUST add an entry to the createdIds map"."""
    alice.created_ids = {}
    answer = alice.asks("Blob/upload", create={"it": {"data": []}})
    assert alice.response["createdIds"] == {"it": answer["created"]["it"]["id"]}


def test_other_types_take_a_blob_by_its_creation_id(alice: JMAP) -> None:
    """RFC 9404 section 4.1: "this allows the blobId to be used via back-reference in subsequent method calls"."""
    inbox = {alice.mailbox("inbox"): True}
    alice.says_all(
        call("Blob/upload", "0", create={"b": {"data": [{"data:asText": "Subject: made here\r\n\r\nx\r\n"}]}}),
        call(
            "Email/import",
            "1",
            emails={"i": {"blobId": "#b", "mailboxIds": inbox}, "j": {"blobId": "#c", "mailboxIds": inbox}},
        ),
        call("Email/parse", "2", blobIds=["#b"], properties=["subject"]),
        call(
            "Email/set",
            "3",
            create={"d": {"mailboxIds": inbox, "attachments": [{"blobId": "#b", "type": "text/plain"}]}},
        ),
    )

    blob = alice.hears("Blob/upload")["created"]["b"]["id"]
    alice.hears("Email/import", created={"i": like(blobId=blob)}, notCreated={"j": like(type="invalidProperties")})
    alice.hears("Email/parse", parsed={blob: {"subject": "made here"}})
    alice.hears("Email/set", created={"d": ANY})


@pytest.mark.parametrize(
    "sources",
    [
        None,
        "x",
        ["x"],
        [{}],
        [{"data:asText": None}],
        [{"data:asText": 7}],
        [{"data:asText": "a", "data:asBase64": "YQ=="}],
        [{"data:asText": "a", "offset": 0}],
        [{"data:asBase64": "YQ"}],
        [{"data:asBase64": "YQ=="}, {"data:asBase64": "Y Q=="}],
        [{"data:asBase64": "YQ==\n"}],
        [{"data:asBase64": "é"}],
        [{"data:asBase64": "_-8="}],
        [{"data:asNothing": "x"}],
    ],
)
def test_what_is_no_data_is_not_guessed_at(alice: JMAP, sources: Any) -> None:
    """RFC 9404 section 4.1: the server "MUST NOT guess the user's intent"."""
    assert refused(alice, sources) == like(type="invalidProperties", properties=["data"])


@pytest.mark.parametrize(
    "range_",
    [
        {"offset": 11},
        {"offset": 5, "length": 6},
        {"length": 11},
        {"offset": -1},
        {"length": -1},
        {"offset": "0"},
        {"more": 1},
    ],
)
def test_a_range_that_is_not_all_there_is_invalid(alice: JMAP, range_: dict[str, Any]) -> None:
    """RFC 9404 section 4.1: one that "begins or extends past the end" is invalid."""
    assert refused(alice, [{"blobId": alice.uploads(b"0123456789"), **range_}]) == like(type="invalidProperties")


def test_one_that_is_wrong_does_not_stop_the_others(alice: JMAP, bob: JMAP) -> None:
    """RFC 9404 section 4.1: notCreated by creation id; another's blob is as one that is not there."""
    for at in range(5):
        bob.uploads(b"%d" % at)
    others = bob.uploads(b"x")
    create = {
        "a": {"data": [{"blobId": others}]},
        "b": {"data": []},
        "c": {"data": [], "nonsense": 1},
        "d": {"data": [], "type": 7},
    }

    answer = alice.asks("Blob/upload", create=create)

    assert set(answer["created"]) == {"b"}
    assert answer["notCreated"] == {
        "a": like(type="blobNotFound", notFound=[others]),
        "c": like(type="invalidProperties", properties=["nonsense"]),
        "d": like(type="invalidProperties", properties=["type"]),
    }


def test_more_than_an_upload_may_have_is_too_large(home: Home, alice: JMAP) -> None:
    """RFC 9404 section 3.1: maxSizeBlobSet, of all sources together."""
    home.build(upload=10)
    blob = alice.uploads(b"0123456789")

    assert len(made(alice, {"blobId": blob})) == 10
    assert refused(alice, [{"blobId": blob}, {"data:asText": "x"}]) == like(type="tooLarge")
    assert refused(alice, [{"data:asText": "x" * 11}]) == like(type="tooLarge")
    assert refused(alice, [{"data:asBase64": base64.b64encode(b"x" * 11).decode()}]) == like(type="tooLarge")


def test_sources_are_so_many_and_no_more(alice: JMAP) -> None:
    """RFC 9404 section 3.1: maxDataSources."""
    assert made(alice, *[{"data:asText": "x"}] * 100) == b"x" * 100
    assert refused(alice, [{"data:asText": "x"}] * 101) == like(type="invalidProperties")


def test_one_call_makes_no_more_than_uploads_may_take(home: Home, alice: JMAP) -> None:
    """Ours: overQuota for what goes beyond the room of uploads; a few octets can ask for gigabytes."""
    home.build(upload=10, uploads_size=25, uploads=3)
    source = {"data": [{"data:asText": "0123456789"}]}

    answer = alice.asks("Blob/upload", create=dict.fromkeys("abc", source))
    assert (set(answer["created"]), answer["notCreated"]) == ({"a", "b"}, {"c": like(type="overQuota")})

    answer = alice.asks("Blob/upload", create={str(at): {"data": [{"data:asText": str(at)}]} for at in range(4)})
    assert (len(answer["created"]), answer["notCreated"]) == (3, {"3": like(type="overQuota")})


def test_octets_are_not_decoded_again_and_again(home: Home, alice: JMAP) -> None:
    """Ours: a piece of an encoded part costs all of it; requestTooLarge once that is more than a request may read."""
    blob = alice.uploads(base64.b64encode(b"x" * 3000))
    home.build(answer=10_000)
    alice.says("Blob/upload", create={"it": {"data": [{"blobId": f"{blob}-0-fa0-b", "length": 1}] * 3}})
    alice.hears("error", type="requestTooLarge")


def test_older_blobs_make_room(home: Home, alice: JMAP) -> None:
    """RFC 9404 section 4.1: the same expiry as other uploads (RFC 8620 section 6)."""
    old = alice.uploads(b"old")
    home.clock.now += 1
    home.build(uploads=1, uploads_size=100)
    new = alice.asks("Blob/upload", create={"it": {"data": [{"data:asText": "new"}]}})["created"]["it"]["id"]

    assert (alice.downloads(old).status, alice.downloads(new).status) == (404, 200)


def test_more_at_once_than_allowed_are_too_many(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 3.6.2: requestTooLarge."""
    home.build(objects_in_set=2)
    alice.says("Blob/upload", create={key: {"data": []} for key in "abc"})
    alice.hears("error", type="requestTooLarge")


def test_a_reader_makes_nothing(home: Home, alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 3.6.2: accountReadOnly."""
    reader = Pair(home, alice, bob, Rights.READ)
    reader.using = [CORE, BLOB]
    reader.says("Blob/upload", accountId=bob.account_id, create={"it": {"data": []}})
    reader.hears("error", type="accountReadOnly")


@pytest.mark.parametrize("method", ["Blob/upload", "Blob/get", "Blob/lookup"])
def test_it_is_for_those_who_use_it(alice: JMAP, method: str) -> None:
    """RFC 9404 section 4: selected by its capability; Blob/copy by the core's."""
    alice.using = [CORE, MAIL]
    alice.says(method)
    alice.hears("error", type="unknownMethod")


def test_copying_is_of_the_core(home: Home, alice: JMAP, bob: JMAP) -> None:
    """RFC 9404 section 4: Blob/copy "is unchanged"."""
    pair = Pair(home, alice, bob)
    pair.using = [CORE]
    pair.says("Blob/copy", fromAccountId=alice.account_id, accountId=bob.account_id, blobIds=[])
    pair.hears("Blob/copy")
