"""Email/copy: messages from one account to another of the same person (RFC 8620 section 5.4, RFC 8621 section 4.7)."""

from typing import Any

import pytest
from tests.conversations.jmap.email.letters import LETTER, letter
from tests.driver import ANY, JMAP, Home, Pair, like

from pillarbox.access import Rights


@pytest.fixture
def pair(home: Home, alice: JMAP, bob: JMAP) -> Pair:
    """Alice, who was let into Bob's account."""
    return Pair(home, alice, bob)


def copies(pair: Pair, bob: JMAP, *emails: str, **arguments: Any) -> None:
    """Copies Alice's Emails into Bob's Inbox, under creation ids c0, c1 and so on."""
    create = {f"c{at}": {"id": id_, "mailboxIds": {bob.mailbox("inbox"): True}} for at, id_ in enumerate(emails)}
    pair.says(
        "Email/copy",
        **{"fromAccountId": pair.account_id, "accountId": bob.account_id, "create": create, **arguments},
    )


def refused(pair: Pair, bob: JMAP, **email: Any) -> Any:
    """The SetError that a copy is answered with."""
    sent = {"mailboxIds": {bob.mailbox("inbox"): True}, **email}
    copies(pair, bob, create={"c": sent})
    return pair.hears("Email/copy", created=None)["notCreated"]["c"]


def test_a_copy_answers_with_four_properties(pair: Pair, alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 5.4 and RFC 8621 section 4.7: "created"."""
    email = alice.receives(LETTER)
    before = bob.state("Email")

    copies(pair, bob, email)

    size = alice.asks("Email/get", ids=[email], properties=["size"])["list"][0]["size"]
    pair.hears_exactly(
        "Email/copy",
        fromAccountId=alice.account_id,
        accountId=bob.account_id,
        oldState=before,
        newState=ANY,
        created={"c0": {"id": ANY, "blobId": ANY, "threadId": ANY, "size": size}},
        notCreated=None,
    )
    pair.hears_nothing_more()
    assert bob.state("Email") != before


def test_the_copy_is_the_same_message(pair: Pair, alice: JMAP, bob: JMAP) -> None:
    """RFC 8621 section 4.7: it cannot modify the message; keywords and date are the original's."""
    email = alice.receives(LETTER, keywords={"$seen": True, "x": True}, receivedAt="2001-02-03T04:05:06Z")
    copies(pair, bob, email)
    copy = pair.hears("Email/copy")["created"]["c0"]

    wanted = ["keywords", "receivedAt", "subject", "from", "preview", "headers", "size", "bodyStructure", "blobId"]
    body = ["type", "size", "name"]
    (mine,) = alice.asks("Email/get", ids=[email], properties=wanted, bodyProperties=body)["list"]
    (his,) = bob.asks("Email/get", ids=[copy["id"]], properties=wanted, bodyProperties=body)["list"]
    assert bob.downloads(his.pop("blobId")).octets == alice.downloads(mine.pop("blobId")).octets
    assert {**his, "id": None} == {**mine, "id": None}
    found = bob.asks("Email/query", filter={"inMailbox": bob.mailbox("inbox"), "text": "afar"})
    assert found["ids"] == [copy["id"]]


def test_what_is_sent_with_a_copy_takes_the_place_of_the_original_s(pair: Pair, alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 5.4: "any other properties included are used instead"."""
    email = alice.receives(LETTER, keywords={"$seen": True})
    archive = bob.mailbox("archive")
    sent = {"id": email, "mailboxIds": {archive: True}, "keywords": {"Y": True}, "receivedAt": "2020-01-01T00:00:00Z"}
    copies(pair, bob, create={"c": sent})
    copy = pair.hears("Email/copy")["created"]["c"]["id"]

    (got,) = bob.asks("Email/get", ids=[copy], properties=["mailboxIds", "keywords", "receivedAt"])["list"]
    assert got == like(mailboxIds={archive: True}, keywords={"y": True}, receivedAt="2020-01-01T00:00:00Z")


def test_the_copy_joins_a_thread_of_its_new_account(pair: Pair, alice: JMAP, bob: JMAP) -> None:
    """RFC 8621 section 3: Threads are an account's own."""
    bob.receives(letter(Subject="Unrelated"))
    his = bob.receives(letter(Message_ID="<a@far.example>", Subject="Cake"))
    mine = alice.receives(letter(Message_ID="<b@far.example>", In_Reply_To="<a@far.example>", Subject="Re: Cake"))
    copies(pair, bob, mine)
    copy = pair.hears("Email/copy")["created"]["c0"]

    (thread,) = bob.asks("Thread/get", ids=[copy["threadId"]])["list"]
    assert sorted(thread["emailIds"]) == sorted([his, copy["id"]])


def test_the_mailboxes_count_copies(pair: Pair, alice: JMAP, bob: JMAP) -> None:
    """RFC 8621 section 2: totalEmails and its sisters."""
    copies(pair, bob, alice.receives(LETTER), alice.receives(letter(), keywords={"$seen": True}))
    pair.hears("Email/copy")

    (inbox,) = bob.asks("Mailbox/get", ids=[bob.mailbox("inbox")])["list"]
    assert inbox == like(totalEmails=2, unreadEmails=1, totalThreads=2, unreadThreads=1)


def test_originals_are_destroyed_by_a_call_of_their_own(pair: Pair, alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 5.4: one implied Email/set, answered after the copy, of what was copied and nothing else."""
    mails = [alice.receives(LETTER), alice.receives(letter())]
    copies(pair, bob, *mails, "e9999", onSuccessDestroyOriginal=True)

    pair.hears("Email/copy", "0", created={"c0": ANY, "c1": ANY}, notCreated={"c2": like(type="notFound")})
    told = pair.hears("Email/set", "0", accountId=alice.account_id, destroyed=mails, notDestroyed=None)
    pair.hears_nothing_more()
    assert told["newState"] == alice.state("Email")
    assert alice.asks("Email/get", ids=mails)["notFound"] == mails


def test_nothing_is_destroyed_where_nothing_was_copied(pair: Pair, bob: JMAP) -> None:
    """RFC 8620 section 5.4: the originals that were "successfully copied"."""
    copies(pair, bob, "e9999", onSuccessDestroyOriginal=True)

    pair.hears("Email/copy", created=None)
    pair.hears_nothing_more()


def test_originals_of_another_state_stay(pair: Pair, alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 5.4: destroyFromIfInState is the ifInState of the implied call."""
    email = alice.receives(LETTER)
    state = alice.state("Email")
    alice.receives(letter())
    copies(pair, bob, email, onSuccessDestroyOriginal=True, destroyFromIfInState=state)

    pair.hears("Email/copy", created={"c0": ANY})
    pair.hears("error", type="stateMismatch")
    assert alice.asks("Email/get", ids=[email])["notFound"] == []


def test_originals_that_may_only_be_read_are_copied_and_stay(home: Home, alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 5.4: the copy may succeed and the destroy fail."""
    reader = Pair(home, alice, bob, Rights.READ)
    email = bob.receives(LETTER)
    reader.says(
        "Email/copy",
        fromAccountId=bob.account_id,
        create={"c": {"id": email, "mailboxIds": {alice.mailbox("inbox"): True}}},
        onSuccessDestroyOriginal=True,
    )
    reader.hears("Email/copy", created={"c": ANY})
    reader.hears("error", type="accountReadOnly")


def test_into_an_account_that_may_only_be_read_nothing_is_copied(home: Home, alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 3.6.2: accountReadOnly."""
    reader = Pair(home, alice, bob, Rights.READ)
    copies(reader, bob, alice.receives(LETTER))
    reader.hears("error", type="accountReadOnly")
    assert bob.asks("Email/query")["ids"] == []


def test_a_copy_can_be_referred_to_by_its_creation_id(pair: Pair, alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 3.3: creation ids of any call."""
    email = alice.receives(LETTER)
    pair.created_ids = {"box": bob.mailbox("archive")}
    copies(pair, bob, create={"c": {"id": email, "mailboxIds": {"#box": True}}})
    copy = pair.hears("Email/copy")["created"]["c"]["id"]

    assert pair.response["createdIds"]["c"] == copy


@pytest.mark.parametrize("argument", ["ifInState", "ifFromInState"])
def test_of_another_state_nothing_is_copied(pair: Pair, alice: JMAP, bob: JMAP, argument: str) -> None:
    """RFC 8620 section 5.4: stateMismatch, for either account."""
    email = alice.receives(LETTER)
    right = {"ifInState": bob.state("Email"), "ifFromInState": alice.state("Email")}
    copies(pair, bob, email, **{argument: "s0-0"})
    pair.hears("error", type="stateMismatch")

    copies(pair, bob, email, **right)
    pair.hears("Email/copy", created={"c0": ANY})


def test_into_the_same_account_nothing_is_copied(pair: Pair, alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 5.4: the accounts MUST differ; invalidArguments, as clarified (Q12)."""
    copies(pair, bob, alice.receives(LETTER), accountId=alice.account_id)
    pair.hears("error", type="invalidArguments")


def test_from_an_account_that_is_not_there_nothing_is_copied(pair: Pair, home: Home, alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 5.4: fromAccountNotFound, for one that is another's as well."""
    carol = home.person("carol")
    for stranger in ("a9999", carol.account_id):
        copies(pair, bob, carol.receives(LETTER), fromAccountId=stranger)
        pair.hears("error", type="fromAccountNotFound")


def test_more_than_allowed_at_once_are_too_many(pair: Pair, home: Home, bob: JMAP) -> None:
    """RFC 8620 section 3.6.2: requestTooLarge."""
    home.build(objects_in_set=2)
    copies(pair, bob, "e1", "e2", "e3")
    pair.hears("error", type="requestTooLarge")


@pytest.mark.parametrize(
    ("sent", "names"),
    [
        ({"mailboxIds": None}, ["mailboxIds"]),
        ({"mailboxIds": {}}, ["mailboxIds"]),
        ({"mailboxIds": {"m9999": True}}, ["mailboxIds"]),
        ({"keywords": {"a b": True}}, ["keywords"]),
        ({"keywords": None}, ["keywords"]),
        ({"receivedAt": "yesterday"}, ["receivedAt"]),
        ({"subject": "another"}, ["subject"]),
        ({"blobId": "b1", "nonsense": 1}, ["blobId", "nonsense"]),
        ({"id": None}, ["id"]),
        ({"id": 7}, ["id"]),
    ],
)
def test_what_cannot_be_set_is_refused(
    pair: Pair, alice: JMAP, bob: JMAP, sent: dict[str, Any], names: list[str]
) -> None:
    """RFC 8621 section 4.7: mailboxIds, keywords and receivedAt, and no others."""
    error = refused(pair, bob, **{"id": alice.receives(LETTER), **sent})

    assert error == like(type="invalidProperties")
    assert sorted(error["properties"]) == names


def test_mailboxes_of_the_other_account_are_not_meant(pair: Pair, alice: JMAP, bob: JMAP) -> None:
    """Ours: the original's mailboxIds name Mailboxes of its account; a copy has to say its own."""
    copies(pair, bob, create={"c": {"id": alice.receives(LETTER)}})

    refusal = pair.hears("Email/copy", created=None)["notCreated"]["c"]
    assert refusal == like(type="invalidProperties", properties=["mailboxIds"])


def test_what_is_not_there_is_told(pair: Pair, alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 5.3: notFound, for ids of other types and of the other account as well."""
    alice.receives(LETTER)
    for id_ in ("e9999", alice.mailbox("inbox"), "x"):
        assert refused(pair, bob, id=id_) == like(type="notFound")


def test_a_copy_that_does_not_fit_is_refused_and_its_sister_is_made(home: Home, alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 5.4: each copy succeeds or fails by itself; overQuota counts in the account copied to."""
    pair = Pair(home, alice, bob, quota=1000)
    large, small = alice.receives(letter("x" * 1000)), alice.receives(letter())
    copies(pair, bob, large, small)

    pair.hears("Email/copy", created={"c1": ANY}, notCreated={"c0": like(type="overQuota")})
    assert len(bob.asks("Email/query")["ids"]) == 1


def test_a_message_that_was_not_read_before_is_copied_all_the_same(
    pair: Pair, home: Home, alice: JMAP, bob: JMAP
) -> None:
    """Ours: there is room for so many octets at once; what has none is read later."""
    mails = [alice.receives(letter("x" * 1000)), alice.receives(letter("y" * 1000))]
    home.build(answer=2500)
    copies(pair, bob, *mails)

    pair.hears("Email/copy", created={"c0": ANY, "c1": ANY}, notCreated=None)


def test_a_copy_without_originals_is_no_copy(pair: Pair, bob: JMAP) -> None:
    """RFC 8620 section 5.4: create is no nullable argument."""
    copies(pair, bob, create=None)
    pair.hears("error", type="invalidArguments")


def test_a_member_moves_mail_to_a_group_and_back(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 5.4: the accounts are those of the session; a copy, then the original destroyed."""
    group = home.group("team", alice)
    email = alice.receives(LETTER, keywords={"$seen": True})
    boxes = alice.asks("Mailbox/get", accountId=group.id, properties=["role"])["list"]
    inbox = next(box["id"] for box in boxes if box["role"] == "inbox")
    place = {"fromAccountId": alice.account_id, "accountId": group.id, "onSuccessDestroyOriginal": True}
    alice.says("Email/copy", **place, create={"c": {"id": email, "mailboxIds": {inbox: True}}})
    there = alice.hears("Email/copy", accountId=group.id)["created"]["c"]["id"]
    alice.hears("Email/set", accountId=alice.account_id, destroyed=[email])

    place = {"fromAccountId": group.id, "accountId": alice.account_id, "onSuccessDestroyOriginal": True}
    alice.says("Email/copy", **place, create={"c": {"id": there, "mailboxIds": {alice.mailbox("archive"): True}}})
    back = alice.hears("Email/copy", accountId=alice.account_id)["created"]["c"]["id"]
    alice.hears("Email/set", accountId=group.id, destroyed=[there])

    (got,) = alice.asks("Email/get", ids=[back], properties=["subject", "keywords"])["list"]
    assert got == like(subject="Grüße from afar", keywords={"$seen": True})
    assert alice.asks("Email/query", accountId=group.id)["ids"] == []
