"""Email/set create: drafts and what is refused (RFC 8621 section 4.6)."""

import email
import email.policy
from email.message import EmailMessage
from typing import Any

import pytest
from tests.driver import ANY, JMAP, NOTHING, Home, like


def written(alice: JMAP, **properties: Any) -> EmailMessage:
    """The message made of these properties, as Python's email package reads it."""
    properties.setdefault("mailboxIds", {alice.mailbox("drafts"): True})
    answer = alice.asks("Email/set", create={"d": properties})
    assert answer["notCreated"] is None, answer
    octets = alice.downloads(answer["created"]["d"]["blobId"]).octets
    assert len(octets) == answer["created"]["d"]["size"]
    message = email.message_from_bytes(octets, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def refused(alice: JMAP, **properties: Any) -> Any:
    """The SetError that creating an Email of these properties is answered with."""
    properties = {"mailboxIds": {alice.mailbox("drafts"): True}, **properties}
    sent = {name: value for name, value in properties.items() if value is not NOTHING}
    before = alice.state("Email")
    answer = alice.asks("Email/set", create={"d": sent})
    assert answer["created"] is None, answer
    assert answer["newState"] == before
    return answer["notCreated"]["d"]


def invalid(*names: str) -> Any:
    """An invalidProperties SetError that names these properties."""
    return like(type="invalidProperties", properties=list(names))


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


@pytest.mark.parametrize(
    "text", ["a\r\nBcc: eve@far.example", "a\nBcc: eve@far.example", "a\rb", "a\0b", "a\r\n\r\nbody", "\x1b[0m"]
)
@pytest.mark.parametrize("name", ["subject", "header:X-A:asText", "header:X-A", "header:Subject"])
def test_a_header_field_ends_where_it_says(alice: JMAP, name: str, text: str) -> None:
    """RFC 5322 section 2.2: what would be another field, or the body, is refused."""
    assert refused(alice, **{name: text}) == invalid(name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("from", [{"name": "Bob\r\nBcc: eve@far.example", "email": "bob@far.example"}]),
        ("to", [{"name": None, "email": "bob@far.example\r\nBcc: eve@far.example"}]),
        ("to", [{"name": None, "email": "a@b>, <eve@far.example"}]),
        ("messageId", ["a@b>\r\nBcc: <eve@far.example"]),
        ("header:X-A:asURLs", ["https://x>\r\nBcc: <eve@far.example"]),
        ("header:X-A:asGroupedAddresses", [{"name": "a\nb", "addresses": []}]),
        ("header:X-A:all", ["fine", "a\r\nBcc: eve@far.example"]),
        ("header:X-A\r\nBcc", "eve@far.example"),
    ],
)
def test_structured_fields_end_where_they_say(alice: JMAP, name: str, value: object) -> None:
    """RFC 5322 section 2.2: the same for each form."""
    assert refused(alice, **{name: value}) == invalid(name)


@pytest.mark.parametrize(
    ("part", "name"),
    [
        ({"type": "text/plain\r\nBcc: eve@far.example"}, "bodyStructure"),
        ({"name": "a\r\nBcc: eve@far.example"}, "bodyStructure"),
        ({"cid": "a>\r\nBcc: eve@far.example"}, "bodyStructure"),
        ({"disposition": "inline\r\nBcc: eve@far.example"}, "bodyStructure"),
        ({"location": "a\r\nBcc: eve@far.example"}, "bodyStructure"),
        ({"language": ["en\r\nBcc: eve@far.example"]}, "bodyStructure"),
        ({"header:X-A": "a\r\nBcc: eve@far.example"}, "bodyStructure"),
    ],
)
def test_what_describes_a_part_stays_in_its_field(alice: JMAP, part: dict[str, Any], name: str) -> None:
    """RFC 5322 section 2.2."""
    error = refused(alice, bodyStructure={"partId": "1", **part}, bodyValues={"1": {"value": ""}})

    assert error == invalid(name)


@pytest.mark.parametrize(
    ("name", "value", "field", "text"),
    [
        ("header:X-A", " as it is", "X-A", "as it is"),
        ("header:X-A:asText", "Grüße, 你好", "X-A", "Grüße, 你好"),
        ("header:X-A:asAddresses", [{"name": "Jörg", "email": "j@far.example"}], "X-A", "Jörg <j@far.example>"),
        ("header:X-A:asMessageIds", ["a@b", "c@d"], "X-A", "<a@b> <c@d>"),
        ("header:X-A:asDate", "2026-01-02T03:04:05Z", "X-A", "Fri, 2 Jan 2026 03:04:05 +0000"),
        ("header:List-Unsubscribe:asURLs", ["https://far.example/x"], "List-Unsubscribe", "<https://far.example/x>"),
        ("header:Resent-To:asAddresses", [{"email": "a@b.example"}], "Resent-To", "a@b.example"),
        ("header:Subject:asText", "Subject", "Subject", "Subject"),
        ("subject", "Grüße aus München, wo es schön ist; und noch mehr, damit es mehr als eine Zeile braucht",
         "Subject", "Grüße aus München, wo es schön ist; und noch mehr, damit es mehr als eine Zeile braucht"),
        ("subject", "", "Subject", ""),
        ("inReplyTo", ["a@b.example"], "In-Reply-To", "<a@b.example>"),
        ("references", ["a@b.example", "c@d.example"], "References", "<a@b.example> <c@d.example>"),
        ("sender", [{"name": "Doe, Jane", "email": "jane@far.example"}], "Sender", '"Doe, Jane" <jane@far.example>'),
        ("replyTo", [{"name": None, "email": "r@far.example"}], "Reply-To", "r@far.example"),
    ],
)  # fmt: skip
def test_a_header_field_is_written_from_each_form(alice: JMAP, name: str, value: object, field: str, text: str) -> None:
    """RFC 8621 sections 4.1.2 and 4.6."""
    assert str(written(alice, **{name: value})[field]) == text


def test_groups_are_written(alice: JMAP) -> None:
    """RFC 8621 section 4.1.2.4."""
    groups = [
        {"name": None, "addresses": [{"name": None, "email": "a@b.example"}]},
        {"name": "Friends", "addresses": [{"name": "Zoë", "email": "z@b.example"}]},
    ]

    message = written(alice, **{"header:To:asGroupedAddresses": groups})

    assert [(group.display_name, [str(one) for one in group.addresses]) for group in message["To"].groups] == [
        (None, ["a@b.example"]),
        ("Friends", ["Zoë <z@b.example>"]),
    ]


def test_all_instances_of_a_field_are_written(alice: JMAP) -> None:
    """RFC 8621 section 4.1.3, ":all"."""
    message = written(alice, **{"header:X-A:asText:all": ["one", "two"], "header:X-B:all": []})

    assert message.get_all("X-A") == ["one", "two"]
    assert "X-B" not in message


def test_all_instances_must_be_a_list(alice: JMAP) -> None:
    """RFC 8621 section 4.1.3, ":all"."""
    assert refused(alice, **{"header:X-A:all": "one"}) == invalid("header:X-A:all")


def test_null_and_empty_lists_are_no_fields(alice: JMAP) -> None:
    """RFC 8621 section 4.1.3: a field that is not there is null."""
    message = written(alice, **{"to": [], "cc": None, "subject": None, "header:X-A": None, "references": []})

    assert not {"To", "Cc", "Subject", "X-A", "References"} & set(message.keys())


def test_half_finished_drafts_are_accepted(alice: JMAP) -> None:
    """RFC 8621 section 4.6: the To field may have a value that does not conform to its syntax."""
    drafts = {alice.mailbox("drafts"): True}
    to = [{"name": None, "email": "john"}, {"name": "Jane", "email": "jane@"}, {"name": "Nobody", "email": ""}]

    created = alice.asks("Email/set", create={"d": {"mailboxIds": drafts, "to": to}})["created"]["d"]

    (got,) = alice.asks("Email/get", ids=[created["id"]], properties=["to"])["list"]
    assert got["to"] == to


def test_addresses_beyond_ascii_come_back(alice: JMAP) -> None:
    """RFC 6532: an internationalised address is written in UTF-8."""
    to = [
        {"name": 'Jörg "Jo" Müller, Dr.', "email": "jörg@müller.example"},
        {"name": "用户", "email": "用户@例.example"},
    ]

    created = alice.asks("Email/set", create={"d": {"mailboxIds": {alice.mailbox("drafts"): True}, "to": to}})[
        "created"
    ]["d"]

    (got,) = alice.asks("Email/get", ids=[created["id"]], properties=["to"])["list"]
    assert got["to"] == to


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("from", "header:from"), ("subject", "header:Subject:asText"), ("to", "header:To:asGroupedAddresses"),
        ("messageId", "header:MESSAGE-ID"), ("header:X-A", "header:x-a"), ("header:X-A", "header:X-A:all"),
        ("sentAt", "header:Date"),
    ],
)  # fmt: skip
def test_two_properties_for_one_header_field_are_refused(alice: JMAP, first: str, second: str) -> None:
    """RFC 8621 section 4.6: there MUST NOT be two, even if one is null."""
    assert refused(alice, **{first: None, second: None}) == invalid(second)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("header:From:asText", "bob"), ("header:Subject:asAddresses", []), ("header:Date:asText", "now"),
        ("header:Received:asText", "x"), ("header:To:asURLs", []),
    ],
)  # fmt: skip
def test_a_form_that_is_forbidden_for_a_field_is_refused(alice: JMAP, name: str, value: object) -> None:
    """RFC 8621 section 4.6."""
    assert refused(alice, **{name: value}) == invalid(name)


@pytest.mark.parametrize("name", ["header:Content-Type", "header:content-language:asText", "header:MIME-Version"])
def test_content_fields_are_refused_on_the_email(alice: JMAP, name: str) -> None:
    """RFC 8621 section 4.6: only on EmailBodyPart objects."""
    assert refused(alice, **{name: "x"}) == invalid(name)


def test_a_header_line_that_is_too_long_is_refused(alice: JMAP) -> None:
    """RFC 5322 section 2.1.1: a line MUST be no more than 998 characters."""
    assert refused(alice, **{"header:X-A": "x" * 1000}) == invalid("header:X-A")


def test_a_header_name_that_is_too_long_is_refused(alice: JMAP) -> None:
    """RFC 5322 section 2.1.1, and it must be told which."""
    name = f"header:{'x' * 300}"

    assert refused(alice, **{name: "x"}) == invalid(name)


def test_a_long_subject_comes_back(alice: JMAP) -> None:
    """RFC 5322 section 2.2.3: long values are folded."""
    subject = "Donaudampfschifffahrtsgesellschaftskapitän und 日本語の長い件名 " * 40

    assert written(alice, subject=subject.strip())["Subject"] == subject.strip()


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
