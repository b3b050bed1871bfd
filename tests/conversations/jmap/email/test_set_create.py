"""Email/set create: drafts and what is refused (RFC 8621 section 4.6)."""

import pytest
from tests.conversations.jmap.email.drafts import invalid, refused, written
from tests.driver import ANY, JMAP, NOTHING, Home, like


def test_a_created_email_answers_with_four_properties(alice: JMAP) -> None:
    """RFC 8621 section 4.6: id, blobId, threadId and size."""
    alice.says(
        "Email/set",
        create={
            "d": {
                "mailboxIds": {alice.mailbox("drafts"): True},
                "keywords": {"$draft": True},
                "subject": "World domination",
                "textBody": [{"partId": "1"}],
                "bodyValues": {"1": {"value": "I have the most brilliant plan."}},
            }
        },
    )

    alice.hears("Email/set", created={"d": {"id": ANY, "blobId": ANY, "threadId": ANY, "size": ANY}}, notCreated=None)


def test_the_created_email_is_what_was_asked_for(alice: JMAP) -> None:
    """RFC 8621 section 4.6, with the first example of section 4.10."""
    drafts = alice.mailbox("drafts")
    created = alice.asks(
        "Email/set",
        create={
            "k192": {
                "mailboxIds": {drafts: True},
                "keywords": {"$seen": True, "$draft": True},
                "from": [{"name": "Joe Bloggs", "email": "joe@example.com"}],
                "subject": "World domination",
                "receivedAt": "2018-07-10T01:03:11Z",
                "sentAt": "2018-07-10T11:03:11+10:00",
                "bodyStructure": {"type": "text/plain", "partId": "bd48", "header:Content-Language": "en"},
                "bodyValues": {"bd48": {"value": "What we do is, we", "isTruncated": False}},
            }
        },
    )["created"]["k192"]

    alice.says("Email/get", ids=[created["id"]], fetchTextBodyValues=True)

    alice.hears(
        "Email/get",
        list=[
            like(
                **created,
                mailboxIds={drafts: True},
                keywords={"$seen": True, "$draft": True},
                receivedAt="2018-07-10T01:03:11Z",
                sentAt="2018-07-10T11:03:11+10:00",
                subject="World domination",
                messageId=[ANY],
                preview="What we do is, we",
                bodyValues={"1": {"value": "What we do is, we", "isEncodingProblem": False, "isTruncated": False}},
                textBody=[like(type="text/plain", language=["en"], charset=ANY)],
                hasAttachment=False,
            )
        ],
    )
    alice.hears_nothing_more()


def test_the_example_of_two_alternatives_is_written_as_structured(alice: JMAP) -> None:
    """RFC 8621 section 4.10, the second draft."""
    message = written(
        alice,
        subject="World domination",
        to=[{"name": "John", "email": "john@example.com"}],
        bodyStructure={
            "type": "multipart/alternative",
            "subParts": [
                {"partId": "a49d", "type": "text/html", "header:Content-Language": "en"},
                {"partId": "bd48", "type": "text/plain", "header:Content-Language": "en"},
            ],
        },
        bodyValues={
            "bd48": {"value": "plan", "isTruncated": False},
            "a49d": {"value": "<b>plan</b>", "isTruncated": False},
        },
    )

    assert message["MIME-Version"] == "1.0"
    assert message["To"] == "John <john@example.com>"
    assert [part.get_content_type() for part in message.walk()] == ["multipart/alternative", "text/html", "text/plain"]
    assert [part["Content-Language"] for part in message.iter_parts()] == ["en", "en"]


def test_an_email_without_a_body_is_an_empty_text(alice: JMAP) -> None:
    """RFC 8621 section 4.6: no body property has to be given."""
    message = written(alice, subject="Only this")

    assert message.get_content_type() == "text/plain"
    assert message.get_content().strip() == ""


def test_message_id_and_date_are_made_if_not_given(alice: JMAP, home: Home) -> None:
    """RFC 8621 section 4.6: the server MUST generate them."""
    message = written(alice, subject="x")

    assert message["Message-ID"].startswith("<")
    assert message["Message-ID"].endswith("@home.example>")
    assert message["Date"].datetime == home.now()


def test_message_ids_that_are_made_differ(alice: JMAP) -> None:
    """RFC 5322 section 3.6.4: a message identifier is globally unique."""
    assert written(alice)["Message-ID"] != written(alice)["Message-ID"]


def test_message_id_and_date_that_are_given_stand_once(alice: JMAP) -> None:
    """RFC 8621 section 4.6: generated only if not included."""
    message = written(alice, messageId=["mine@home.example"], sentAt="2026-01-02T03:04:05-06:00")

    assert message.get_all("Message-ID") == ["<mine@home.example>"]
    assert message.get_all("Date") == ["Fri, 02 Jan 2026 03:04:05 -0600"]


def test_message_id_and_date_of_the_outermost_part_stand_once(alice: JMAP) -> None:
    """RFC 8621 section 4.6: the fields of bodyStructure are the message's."""
    message = written(
        alice,
        bodyStructure={
            "partId": "1",
            "header:Message-ID": " <mine@home.example>",
            "header:Date:asDate": "2026-01-02T03:04:05Z",
            "header:Subject:asText": "Grüße",
        },
        bodyValues={"1": {"value": ""}},
    )

    assert message.get_all("Message-ID") == ["<mine@home.example>"]
    assert len(message.get_all("Date") or ()) == 1
    assert message["Subject"] == "Grüße"


def test_received_at_is_now_if_not_given(alice: JMAP, home: Home) -> None:
    """RFC 8621 section 4.1.1, "receivedAt"."""
    created = alice.asks("Email/set", create={"d": {"mailboxIds": {alice.mailbox("drafts"): True}}})["created"]["d"]

    (got,) = alice.asks("Email/get", ids=[created["id"]], properties=["receivedAt"])["list"]

    assert got["receivedAt"] == home.now().strftime("%Y-%m-%dT%H:%M:%SZ")


def test_a_mailbox_created_in_the_same_request_is_found(alice: JMAP) -> None:
    """RFC 8620 section 5.3: a creation id after #."""
    mailbox = alice.asks("Mailbox/set", create={"new": {"name": "New"}})["created"]["new"]["id"]
    alice.created_ids = {"new": mailbox}

    alice.says("Email/set", create={"d": {"mailboxIds": {"#new": True}}})

    created = alice.hears("Email/set", notCreated=None)["created"]["d"]
    alice.says("Email/get", ids=[created["id"]], properties=["mailboxIds"])
    alice.hears("Email/get", list=[{"id": created["id"], "mailboxIds": {mailbox: True}}])


@pytest.mark.parametrize(
    "mailbox_ids",
    [NOTHING, None, {}, {"m9999": True}, {"nobody": True}, {"#nobody": True}, [], "inbox", {"": True}],
)
def test_mailbox_ids_that_name_no_mailbox_are_refused(alice: JMAP, mailbox_ids: object) -> None:
    """RFC 8621 section 4.1.1: an Email MUST belong to one or more Mailboxes."""
    assert refused(alice, mailboxIds=mailbox_ids) == invalid("mailboxIds")


def test_mailbox_ids_must_be_true(alice: JMAP) -> None:
    """RFC 8621 section 4.1.1: the value for each key MUST be true."""
    assert refused(alice, mailboxIds={alice.mailbox("drafts"): False}) == invalid("mailboxIds")


def test_a_mailbox_of_somebody_else_is_refused(alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 5.3: ids are of the account."""
    mailbox = bob.asks("Mailbox/set", create={"m": {"name": "Bob's"}})["created"]["m"]["id"]

    assert refused(alice, mailboxIds={mailbox: True}) == invalid("mailboxIds")


@pytest.mark.parametrize(
    "keywords",
    [
        None, [], "x", {"": True}, {"a b": True}, {"ä": True}, {"a(": True}, {"a)": True}, {"a{": True}, {"a]": True},
        {"a%": True}, {"a*": True}, {'a"': True}, {"a\\": True}, {"a\0": True}, {"a" * 256: True}, {"a": False},
        {"a": 1}, {"\u212a": True},
    ],
)  # fmt: skip
def test_keywords_that_are_none_are_refused(alice: JMAP, keywords: object) -> None:
    """RFC 8621 section 4.1.1: 1 to 255 characters of %x21-%x7e, without ( ) { ] % * " and backslash."""
    assert refused(alice, keywords=keywords) == invalid("keywords")


def test_a_keyword_may_have_255_characters_and_most_signs(alice: JMAP) -> None:
    """RFC 8621 section 4.1.1."""
    keywords = {"a" * 255: True, "!#$&'+,-./:;<=>?@[^_`|}~": True}

    created = alice.asks(
        "Email/set", create={"d": {"mailboxIds": {alice.mailbox("drafts"): True}, "keywords": keywords}}
    )["created"]["d"]

    alice.says("Email/get", ids=[created["id"]], properties=["keywords"])
    alice.hears("Email/get", list=[{"id": created["id"], "keywords": keywords}])


def test_too_many_keywords_are_refused(alice: JMAP, home: Home) -> None:
    """RFC 8621 section 4.6, "tooManyKeywords"."""
    home.build(keywords=2)

    assert refused(alice, keywords={"a": True, "b": True, "c": True}) == like(type="tooManyKeywords")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", "e1"), ("blobId", "b1"), ("threadId", "t1"), ("size", 1), ("hasAttachment", False), ("preview", ""),
        ("headers", []), ("nothing", 1), ("header:", ""), ("header:a b", ""), ("header:Subject:asNothing", ""),
        ("mailboxids", {}), ("receivedAt", "yesterday"), ("receivedAt", "2026-01-01T00:00:00+01:00"),
        ("receivedAt", None), ("sentAt", "yesterday"), ("sentAt", 5), ("from", "bob@far.example"), ("from", [{}]),
        ("to", [{"name": "Bob"}]), ("to", [{"email": None}]), ("to", [{"email": "a@b", "more": 1}]),
        ("subject", ["x"]), ("messageId", "x@y"), ("messageId", ["has space"]), ("inReplyTo", ["<x@y>"]),
        ("references", [1]), ("textBody", {}), ("bodyStructure", None), ("bodyValues", []), ("attachments", {}),
    ],
)  # fmt: skip
def test_a_property_that_is_wrong_is_named(alice: JMAP, name: str, value: object) -> None:
    """RFC 8620 section 5.3: "properties" lists those that are invalid."""
    assert refused(alice, **{name: value}) == invalid(name)


def test_everything_that_is_wrong_is_told_at_once(alice: JMAP) -> None:
    """RFC 8620 section 5.3: all properties that are invalid."""
    error = refused(alice, mailboxIds={}, keywords={"a b": True}, size=1, subject=2, textBody=[])

    assert error["type"] == "invalidProperties"
    assert sorted(error["properties"]) == ["keywords", "mailboxIds", "size", "subject", "textBody"]


def test_the_quota_is_kept(home: Home) -> None:
    """RFC 8620 section 5.3, "overQuota"."""
    carol = home.person("carol", quota=100)

    error = refused(carol, subject="x" * 100)

    assert error == like(type="overQuota")


def test_a_message_that_is_too_large_is_refused(alice: JMAP, home: Home) -> None:
    """RFC 8620 section 5.3, "tooLarge"."""
    home.build(message=1000)

    error = refused(alice, textBody=[{"partId": "1"}], bodyValues={"1": {"value": "x\n" * 1000}})

    assert error == like(type="tooLarge")


def test_what_was_created_can_be_updated_and_destroyed_in_the_same_call(alice: JMAP) -> None:
    """RFC 8620 section 5.3 with erratum 6607."""
    alice.says(
        "Email/set",
        create={
            "d": {"mailboxIds": {alice.mailbox("drafts"): True}},
            "e": {"mailboxIds": {alice.mailbox("sent"): True}},
        },
        update={"#d": {"keywords/$draft": True}},
        destroy=["#e"],
    )

    answer = alice.hears("Email/set", notCreated=None, notUpdated=None, notDestroyed=None)
    id_ = answer["created"]["d"]["id"]
    assert answer["updated"] == {id_: None}
    assert answer["destroyed"] == [answer["created"]["e"]["id"]]
    alice.says("Email/get", ids=None, properties=["keywords"])
    alice.hears("Email/get", list=[{"id": id_, "keywords": {"$draft": True}}])


def test_a_draft_is_replaced_in_one_call(alice: JMAP) -> None:
    """RFC 8621 section 4.10: create the new draft, destroy the old one."""
    drafts = {alice.mailbox("drafts"): True}
    old = alice.asks("Email/set", create={"a": {"mailboxIds": drafts}})["created"]["a"]["id"]

    alice.says("Email/set", create={"b": {"mailboxIds": drafts}}, destroy=[old])

    new = alice.hears("Email/set", destroyed=[old])["created"]["b"]["id"]
    assert [one["id"] for one in alice.asks("Email/get", ids=None)["list"]] == [new]
