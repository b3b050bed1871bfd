"""EmailSubmission/set create: whom a message may be from (RFC 8621 section 7.5)."""

import pytest
from tests.conversations.jmap.submission.outbox import (
    creates,
    draft,
    identity,
    queue,
    sent,
)
from tests.conversations.jmap.submission.test_set_create import envelope, refused
from tests.driver import JMAP, Home


def test_a_return_address_that_is_not_the_identitys_becomes_it(home: Home, alice: JMAP) -> None:
    """RFC 8621 section 7, "mailFrom": of Sender, but the Identity's email if that does not allow it."""
    sent(alice, emailId=draft(alice, Sender="office@far.example"))

    (message,) = queue(home, alice)
    assert message["sender"] == "alice@home.example"


def test_an_alias_is_sent_from_with_its_identity(home: Home, alice: JMAP) -> None:
    """RFC 8621 section 7, "mailFrom": the address in From."""
    home.directory.add_alias("alice@home.example", "info@home.example")

    sent(alice, identityId=identity(alice, "info@home.example"), emailId=draft(alice, From="Info@Home.example"))

    (message,) = queue(home, alice)
    assert message["sender"] == "Info@Home.example"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"Sender": "alice@home.example, bob@home.example"}, ["sender"]),
        ({"Sender": "alice@home.example\nSender: alice@home.example"}, ["sender"]),
        ({"From": "alice@home.example, alice@home.example"}, ["from"]),
        ({"From": "alice@home.example\nFrom: alice@home.example"}, ["from"]),
        ({"From": None}, ["from"]),
        ({"From": "nobody:;"}, ["from"]),
        ({"From": None, "Sender": "nobody:;", "Date": "soon"}, ["sender", "from", "sentAt"]),
        ({"Date": "Tue, 5 May 2026 10:00:00 +0200\nDate: Tue, 5 May 2026 10:00:00 +0200"}, ["sentAt"]),
    ],
)
def test_an_email_that_says_it_wrongly_is_invalid(
    home: Home, alice: JMAP, fields: dict[str, str | None], wrong: list[str]
) -> None:
    """RFC 8621 section 7: several Sender or From, or addresses in it, SHOULD be refused; 7.5: all that is invalid."""
    creates(alice, emailId=draft(alice, **fields))

    refused(alice, type="invalidEmail", properties=wrong)
    assert queue(home, alice) == []


@pytest.mark.parametrize(
    ("author", "identity_of"),
    [("bob@home.example", "alice"), ("alice@far.example", "alice"), ("alice@home.example", "info")],
)
def test_from_is_the_identitys(home: Home, alice: JMAP, author: str, identity_of: str) -> None:
    """RFC 8621 section 9.6: a From that does not correspond to the Identity SHOULD be rejected (forbiddenFrom, 7.5)."""
    home.directory.add_alias("alice@home.example", "info@home.example")

    creates(alice, identityId=identity(alice, f"{identity_of}@home.example"), emailId=draft(alice, From=author))

    refused(alice, type="forbiddenFrom")
    assert queue(home, alice) == []


def test_several_authors_are_all_the_identitys(alice: JMAP) -> None:
    """RFC 8621 section 9.6: one that is not is enough to be refused."""
    authors = "alice@home.example, bob@home.example"

    creates(alice, emailId=draft(alice, From=authors, Sender="alice@home.example"))

    refused(alice, type="forbiddenFrom")


@pytest.mark.parametrize("address", ["bob@home.example", "victim@far.example"])
def test_the_return_address_is_the_accounts(home: Home, alice: JMAP, address: str) -> None:
    """RFC 8621 section 9.6: the server MUST restrict MAIL FROM (forbiddenMailFrom, 7.5)."""
    creates(alice, envelope={**envelope(), "mailFrom": {"email": address}})

    refused(alice, type="forbiddenMailFrom")
    assert queue(home, alice) == []


@pytest.mark.parametrize("address", ["", "alice@home.example", "info@home.example"])
def test_a_return_address_may_be_any_of_the_accounts_or_none(home: Home, alice: JMAP, address: str) -> None:
    """RFC 8621 section 7, "mailFrom": also the empty string."""
    home.directory.add_alias("alice@home.example", "info@home.example")

    sent(alice, envelope={**envelope(), "mailFrom": {"email": address}})

    (message,) = queue(home, alice)
    assert message["sender"] == address
