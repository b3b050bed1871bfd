"""Mailbox/get (RFC 8621 sections 2 and 2.1, RFC 8620 section 5.1)."""

from tests.driver import ANY, JMAP, Home, assert_is, like

RIGHTS = {
    "mayReadItems": True,
    "mayAddItems": True,
    "mayRemoveItems": True,
    "maySetSeen": True,
    "maySetKeywords": True,
    "mayCreateChild": True,
    "mayRename": True,
    "mayDelete": True,
    "maySubmit": True,
}


def test_a_mailbox_has_every_property(alice: JMAP) -> None:
    """RFC 8621 section 2: all of them, by default."""
    made = alice.asks("Mailbox/set", create={"a": {"name": "Plans"}})["created"]["a"]["id"]
    alice.says("Mailbox/get", ids=[made])

    alice.hears_exactly(
        "Mailbox/get",
        accountId=alice.account_id,
        state=ANY,
        list=[
            {
                "id": made,
                "name": "Plans",
                "parentId": None,
                "role": None,
                "sortOrder": 0,
                "totalEmails": 0,
                "unreadEmails": 0,
                "totalThreads": 0,
                "unreadThreads": 0,
                "myRights": RIGHTS,
                "isSubscribed": True,
            }
        ],
        notFound=[],
    )


def test_without_ids_all_are_told(alice: JMAP) -> None:
    """RFC 8621 section 2.1: ids may be null to fetch all at once; a new account has those with roles (ours)."""
    got = alice.asks("Mailbox/get", ids=None)

    assert [mailbox["role"] for mailbox in got["list"]] == ["inbox", "drafts", "sent", "junk", "trash", "archive"]
    assert got["notFound"] == []


def test_with_no_ids_none_is_told(alice: JMAP) -> None:
    """RFC 8620 section 5.1, as clarified (Q7)."""
    alice.says("Mailbox/get", ids=[])

    alice.hears("Mailbox/get", list=[], notFound=[])


def test_ids_that_are_not_there_are_told(alice: JMAP) -> None:
    """RFC 8620 section 5.1, "notFound"; an id of another type is none of a Mailbox."""
    inbox = alice.mailbox("inbox")
    alice.says("Mailbox/get", ids=["m9999", inbox, "e1", "M1", "x"], properties=[])

    alice.hears("Mailbox/get", list=[{"id": inbox}], notFound=["m9999", "e1", "M1", "x"])


def test_an_id_asked_for_twice_is_told_once(alice: JMAP) -> None:
    """RFC 8620 section 5.1: the server MUST only include it once in either list."""
    inbox = alice.mailbox("inbox")
    alice.says("Mailbox/get", ids=[inbox, "m9999", inbox, "m9999"], properties=["role"])

    alice.hears("Mailbox/get", list=[{"id": inbox, "role": "inbox"}], notFound=["m9999"])


def test_only_the_properties_asked_for_are_told_and_the_id(alice: JMAP) -> None:
    """RFC 8620 section 5.1: id is always returned, even if not asked for (clarification Q8)."""
    got = alice.asks("Mailbox/get", ids=[alice.mailbox("inbox")], properties=["name", "name"])["list"]

    assert_is([{"id": ANY, "name": "Inbox"}], got)


def test_more_ids_than_allowed_are_too_many(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 5.1: requestTooLarge; the same for null, if there are more."""
    home.build(objects_in_get=5)
    alice.says("Mailbox/get", ids=["m1", "m2", "m3", "m4", "m5", "m6"])
    alice.hears("error", type="requestTooLarge")
    alice.says("Mailbox/get", ids=None)
    alice.hears("error", type="requestTooLarge")

    home.build(objects_in_get=6)
    assert len(alice.asks("Mailbox/get", ids=None)["list"]) == 6


def test_the_inbox_may_not_be_deleted(alice: JMAP) -> None:
    """RFC 8621 section 2, "myRights": what is told is what holds."""
    (inbox,) = alice.asks("Mailbox/get", ids=[alice.mailbox("inbox")], properties=["myRights"])["list"]

    assert inbox["myRights"] == {**RIGHTS, "mayDelete": False}


def test_the_state_stays_while_nothing_changes(alice: JMAP) -> None:
    """RFC 8620 section 5.1, "state": the same as long as the data is."""
    state = alice.state("Mailbox")
    alice.uploads(b"x")
    alice.asks("Mailbox/query")

    assert alice.asks("Mailbox/get")["state"] == state


def test_the_state_differs_once_something_changed(alice: JMAP) -> None:
    """RFC 8620 section 5.1, "state": it changes with the data, counts included."""
    states = [alice.state("Mailbox")]
    alice.asks("Mailbox/set", create={"a": {"name": "Plans"}})
    states.append(alice.state("Mailbox"))
    alice.receives("Subject: x\n\nx")
    states.append(alice.state("Mailbox"))

    assert len(set(states)) == 3


def test_ids_are_short_and_begin_with_a_letter(alice: JMAP) -> None:
    """RFC 8620 section 1.2: safe wherever a client puts them."""
    for mailbox in alice.asks("Mailbox/get")["list"]:
        assert mailbox["id"][0].isalpha()
        assert mailbox["id"].isalnum()
        assert mailbox["id"] == mailbox["id"].lower()


def test_a_query_and_the_counts_agree(alice: JMAP) -> None:
    """RFC 8620, as clarified (Q24): totalEmails and the total of Email/query, at the same state."""
    for at in range(3):
        alice.receives(f"Subject: {at}\n\nx")
    inbox = alice.mailbox("inbox")
    alice.says("Mailbox/get", ids=[inbox], properties=["totalEmails"])
    alice.hears("Mailbox/get", list=[like(totalEmails=3)])
    alice.says("Email/query", filter={"inMailbox": inbox}, calculateTotal=True)

    alice.hears("Email/query", total=3)
