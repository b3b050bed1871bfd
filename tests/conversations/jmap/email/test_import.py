"""Email/import: uploaded messages become Emails (RFC 8621 section 4.8)."""

from typing import Any

import pytest
from tests.conversations.jmap.email.letters import LETTER, LIST_LETTER, letter
from tests.driver import ANY, JMAP, NOTHING, Home, like

OCTETS = LETTER.replace("\n", "\r\n").encode()


def refused(alice: JMAP, **email: Any) -> Any:
    """The SetError that an import is answered with."""
    whole = {"blobId": alice.uploads(OCTETS), "mailboxIds": {alice.mailbox("inbox"): True}, **email}
    sent = {name: value for name, value in whole.items() if value is not NOTHING}
    answer = alice.asks("Email/import", emails={"it": sent})
    assert answer["created"] is None, answer
    assert answer["oldState"] == answer["newState"]
    return answer["notCreated"]["it"]


def test_an_import_answers_with_four_properties(alice: JMAP) -> None:
    """RFC 8621 section 4.8, "created"; the blob is that of the message, unchanged."""
    blob = alice.uploads(OCTETS)
    state = alice.state("Email")

    alice.says("Email/import", emails={"it": {"blobId": blob, "mailboxIds": {alice.mailbox("inbox"): True}}})

    alice.hears_exactly(
        "Email/import",
        accountId=alice.account_id,
        oldState=state,
        newState=ANY,
        created={"it": {"id": ANY, "blobId": blob, "threadId": ANY, "size": len(OCTETS)}},
        notCreated=None,
    )
    assert alice.state("Email") != state


def test_imported_octets_are_downloaded_unchanged(alice: JMAP) -> None:
    """RFC 8621 section 4.1.1, "blobId": whatever they are."""
    octets = b"Subject: x\n\n\0\xff bare line feeds\r and returns\n" + bytes(range(256))

    email = alice.receives(octets)

    (got,) = alice.asks("Email/get", ids=[email], properties=["blobId", "size"])["list"]
    assert alice.downloads(got["blobId"]).octets == octets
    assert got["size"] == len(octets)


def test_keywords_mailboxes_and_date_are_applied(alice: JMAP) -> None:
    """RFC 8621 section 4.8."""
    inbox, archive = alice.mailbox("inbox"), alice.mailbox("archive")

    email = alice.receives(
        LETTER,
        mailboxIds={inbox: True, archive: True},
        keywords={"$Seen": True, "x": True},
        receivedAt="2001-02-03T04:05:06Z",
    )

    alice.says("Email/get", ids=[email], properties=["mailboxIds", "keywords", "receivedAt"])
    alice.hears(
        "Email/get",
        list=[
            {
                "id": email,
                "mailboxIds": {inbox: True, archive: True},
                "keywords": {"$seen": True, "x": True},
                "receivedAt": "2001-02-03T04:05:06Z",
            }
        ],
    )


def test_received_at_is_that_of_the_most_recent_received_field(alice: JMAP) -> None:
    """RFC 8621 section 4.8, "receivedAt": the topmost Received, which the last server added."""
    email = alice.receives(
        "Received: by last.example; Tue, 5 May 2026 10:00:09 +0200\n"
        "Received: by first.example; Tue, 5 May 2026 10:00:01 +0200\n" + letter()
    )

    (got,) = alice.asks("Email/get", ids=[email], properties=["receivedAt"])["list"]

    assert got["receivedAt"] == "2026-05-05T08:00:09Z"


@pytest.mark.parametrize(
    "received", ["", "Received: by somebody; whenever\n", "Date: Tue, 5 May 2026 10:00:00 +0200\n"]
)
def test_received_at_is_now_without_a_received_field(alice: JMAP, home: Home, received: str) -> None:
    """RFC 8621 section 4.8, "receivedAt": or time of import on server if none."""
    email = alice.receives(received + letter())

    (got,) = alice.asks("Email/get", ids=[email], properties=["receivedAt"])["list"]

    assert got["receivedAt"] == home.now().strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("blobId", NOTHING), ("blobId", None), ("blobId", 1), ("blobId", "b9999"), ("blobId", "nobody"), ("blobId", ""),
        ("blobId", "#it"), ("mailboxIds", NOTHING), ("mailboxIds", None), ("mailboxIds", {}), ("mailboxIds", []),
        ("mailboxIds", {"m999": True}), ("mailboxIds", {"nobody": True}), ("keywords", None), ("keywords", []),
        ("keywords", {"a b": True}), ("keywords", {"a": False}), ("receivedAt", "yesterday"), ("receivedAt", None),
        ("receivedAt", "2026-01-01T00:00:00+01:00"), ("receivedAt", 5), ("subject", "x"), ("id", "e1"),
    ],
)  # fmt: skip
def test_a_property_that_is_wrong_is_named(alice: JMAP, name: str, value: object) -> None:
    """RFC 8621 section 4.8: invalidProperties."""
    assert refused(alice, **{name: value}) == like(type="invalidProperties", properties=[name])


def test_mailbox_ids_must_be_true(alice: JMAP) -> None:
    """RFC 8621 section 4.1.1."""
    assert refused(alice, mailboxIds={alice.mailbox("inbox"): False}) == like(
        type="invalidProperties", properties=["mailboxIds"]
    )


def test_a_blob_of_somebody_else_is_none(alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 6: blobs are of an account."""
    for number in range(20):
        bob.uploads(b"%d" % number)

    assert refused(alice, blobId=bob.uploads(OCTETS)) == like(type="invalidProperties", properties=["blobId"])


def test_another_state_refuses_everything(alice: JMAP) -> None:
    """RFC 8621 section 4.8, "stateMismatch"."""
    state = alice.state("Email")
    alice.receives(LETTER)

    alice.says("Email/import", ifInState=state, emails={})

    alice.hears("error", type="stateMismatch")


def test_the_state_that_is_lets_it_through(alice: JMAP) -> None:
    """RFC 8621 section 4.8, "ifInState"."""
    email = {"blobId": alice.uploads(OCTETS), "mailboxIds": {alice.mailbox("inbox"): True}}

    alice.says("Email/import", ifInState=alice.state("Email"), emails={"it": email})

    alice.hears("Email/import", created={"it": ANY}, notCreated=None)


def test_the_quota_is_kept(home: Home) -> None:
    """RFC 8621 section 4.8, "overQuota"."""
    carol = home.person("carol", quota=len(OCTETS) + 10)
    carol.receives(OCTETS)

    assert refused(carol, blobId=carol.uploads(OCTETS + b"more")) == like(type="overQuota")


def test_copies_of_one_message_count_towards_the_quota(home: Home) -> None:
    """Ours: each Email costs its own documents and index, so a blob that is imported again is no way around."""
    carol = home.person("carol", quota=len(OCTETS) * 2)
    blob = carol.uploads(OCTETS)
    carol.receives(OCTETS)
    carol.receives(OCTETS)

    assert refused(carol, blobId=blob) == like(type="overQuota")


def test_a_message_that_is_too_large_is_refused(alice: JMAP, home: Home) -> None:
    """RFC 8620 section 5.3, "tooLarge"."""
    home.build(message=100)

    assert refused(alice) == like(type="tooLarge")


def test_too_many_messages_are_refused(alice: JMAP, home: Home) -> None:
    """RFC 8620 section 5.3, "requestTooLarge": maxObjectsInSet."""
    home.build(objects_in_set=2)

    alice.says("Email/import", emails={"a": {}, "b": {}, "c": {}})

    alice.hears("error", type="requestTooLarge")


def test_nothing_at_all_is_no_message(alice: JMAP) -> None:
    """RFC 8621 section 4.8, "invalidEmail"."""
    assert refused(alice, blobId=alice.uploads(b" \r\n")) == like(type="invalidEmail")


def test_duplicates_are_emails_of_their_own(alice: JMAP) -> None:
    """RFC 8621 section 4.8: a separate id and independent mutable properties."""
    one, two = alice.receives(LETTER), alice.receives(LETTER)
    assert one != two

    alice.asks("Email/set", update={one: {"keywords/$seen": True}})
    alice.asks("Email/set", destroy=[one])

    (got,) = alice.asks("Email/get", ids=[two], properties=["keywords", "blobId"])["list"]
    assert got["keywords"] == {}
    assert alice.downloads(got["blobId"]).octets == OCTETS


def test_each_message_succeeds_or_fails_by_itself(alice: JMAP) -> None:
    """RFC 8621 section 4.8: each Email is an atomic unit."""
    good = {"blobId": alice.uploads(OCTETS), "mailboxIds": {alice.mailbox("inbox"): True}}

    alice.says("Email/import", emails={"a": good, "b": {**good, "mailboxIds": {}}, "c": good})

    answer = alice.hears("Email/import", notCreated={"b": like(type="invalidProperties")})
    assert answer["created"].keys() == {"a", "c"}


def test_an_attached_message_is_imported(alice: JMAP) -> None:
    """RFC 8621 section 4.1.4: the blob of a part is a blob like others."""
    email = alice.receives(LIST_LETTER)
    (got,) = alice.asks("Email/get", ids=[email], properties=["attachments"])["list"]

    answer = alice.asks(
        "Email/import",
        emails={"it": {"blobId": got["attachments"][-1]["blobId"], "mailboxIds": {alice.mailbox("inbox"): True}}},
    )

    created = answer["created"]["it"]
    alice.says("Email/get", ids=[created["id"]], properties=["subject", "blobId", "size"])
    alice.hears("Email/get", list=[{"id": created["id"], "subject": "J", "blobId": created["blobId"], "size": 15}])
    assert alice.downloads(created["blobId"]).octets == b"Subject: J\r\n\r\nJ"


def test_an_imported_email_can_be_referred_to(alice: JMAP) -> None:
    """RFC 8620 section 5.3: creation ids of a request are known to its later calls."""
    email = {"blobId": alice.uploads(OCTETS), "mailboxIds": {alice.mailbox("inbox"): True}}
    alice.says_all(
        ("Email/import", {"emails": {"it": email}}, "0"),
        ("Email/set", {"update": {"#it": {"keywords/$seen": True}}}, "1"),
    )

    created = alice.hears("Email/import", created={"it": ANY})["created"]["it"]
    alice.hears("Email/set", updated={created["id"]: None})


def test_a_message_of_internationalised_headers_is_imported(alice: JMAP) -> None:
    """RFC 8621 section 4.8: EAI headers MUST be supported."""
    octets = letter(From="用户@例子.example").encode()

    email = alice.receives(octets)

    (got,) = alice.asks("Email/get", ids=[email], properties=["from", "blobId"])["list"]
    assert got["from"] == [{"name": None, "email": "用户@例子.example"}]
    assert alice.downloads(got["blobId"]).octets == octets


def test_arguments_of_the_wrong_type_are_refused(alice: JMAP) -> None:
    """RFC 8620 section 3.6.2, invalidArguments."""
    wrong: list[dict[str, Any]] = [
        {}, {"emails": None}, {"emails": []}, {"emails": {"a": 1}}, {"emails": {"a b": {}}}, {"emails": {"": {}}},
        {"emails": {}, "ifInState": 1}, {"emails": {}, "nothing": 1},
    ]  # fmt: skip
    for arguments in wrong:
        alice.says("Email/import", **arguments)
        alice.hears("error", type="invalidArguments")
