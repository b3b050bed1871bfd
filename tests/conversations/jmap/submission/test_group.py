"""Sending from an account that several people share (RFC 8621 sections 7.5 and 9.6)."""

import pytest
from tests.conversations.jmap.submission.outbox import creates, draft, identity, queue, sent
from tests.driver import JMAP, Home, like, one_of

from pillarbox.access import Principal
from pillarbox.datatypes.server import QUEUE, due

TEAM = "team@home.example"


@pytest.fixture
def team(home: Home, alice: JMAP, bob: JMAP) -> Principal:
    """A group that Alice may do everything in, and Bob read."""
    return home.group("team", alice, readers=[bob])


def in_it(person: JMAP, group: Principal) -> JMAP:
    """The person as a client of the group's account."""
    return JMAP(person.web, person.name, person.password, group.id, group.number)


def test_a_member_sends_as_the_group(home: Home, alice: JMAP, team: Principal) -> None:
    """RFC 8621 section 6: with an Identity of its account; the message waits in that account."""
    client = in_it(alice, team)

    sent(client, identityId=identity(client, TEAM), emailId=draft(client, From=TEAM))

    (message,) = queue(home, client)
    assert message["sender"] == TEAM
    assert queue(home, alice) == []
    assert due(home.store, QUEUE) == [team.number]


def test_a_member_does_not_send_as_themselves_from_the_group(alice: JMAP, team: Principal) -> None:
    """RFC 8621 section 9.6: what counts are the addresses of the account, not those of who asks."""
    client = in_it(alice, team)
    named, email = identity(client, TEAM), draft(client, From=TEAM)
    envelope = {"mailFrom": {"email": "alice@home.example"}, "rcptTo": [{"email": "bob@far.example"}]}

    creates(client, identityId=named, emailId=email, envelope=envelope)
    client.hears("EmailSubmission/set", notCreated={"it": like(type="forbiddenMailFrom")})

    creates(client, identityId=named, emailId=draft(client))
    client.hears("EmailSubmission/set", notCreated={"it": like(type="forbiddenFrom")})


def test_a_reader_does_not_send(home: Home, alice: JMAP, bob: JMAP, team: Principal) -> None:
    """RFC 8620 section 3.6.2: the account is not for that, and nothing is sent."""
    client = in_it(alice, team)
    create = {"it": {"identityId": identity(client, TEAM), "emailId": draft(client, From=TEAM)}}
    reader = in_it(bob, team)

    reader.says("EmailSubmission/set", create=create)

    reader.hears("error", type=one_of("accountReadOnly", "accountNotSupportedByMethod"))
    reader.hears_nothing_more()
    assert queue(home, client) == []
    assert due(home.store, QUEUE) == []
