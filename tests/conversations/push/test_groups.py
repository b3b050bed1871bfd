"""Pushes of what changes in the accounts of one's groups (RFC 8620 section 7.2)."""

import pytest
from tests.conversations.push.conftest import Pusher, verified
from tests.driver import JMAP, Home
from tests.driver.administrator import Administrator
from tests.neighbour.endpoint import Endpoint

from pillarbox.access import Principal, Rights
from pillarbox.datatypes.server import QUEUE, pause

TEAM = "team@home.example"


@pytest.fixture
def team(home: Home, alice: JMAP, bob: JMAP) -> Principal:
    """A group that Alice may do everything in, and Bob read."""
    return home.group("team", alice, readers=[bob])


def makes(person: JMAP, account_id: str, name: str) -> str:
    """A Mailbox in an account; the state of Mailboxes there now."""
    answer = person.asks("Mailbox/set", accountId=account_id, create={"a": {"name": name}})
    assert answer["created"], answer
    return str(answer["newState"])


@pytest.mark.usefixtures("pusher")
def test_what_changes_in_a_group_is_pushed_to_its_members(
    alice: JMAP, bob: JMAP, team: Principal, endpoint: Endpoint
) -> None:
    """Section 7.1: by the id of the group's account; nothing of what was there before."""
    makes(alice, team.id, "Before")
    verified(bob, endpoint, types=["Mailbox"])
    state = makes(alice, team.id, "Plans")
    assert endpoint.takes().json() == {"@type": "StateChange", "changed": {team.id: {"Mailbox": state}}}
    assert endpoint.took_nothing()


@pytest.mark.usefixtures("pusher")
def test_who_is_let_in_is_pushed_to_from_then_on(
    home: Home, alice: JMAP, bob: JMAP, team: Principal, endpoint: Endpoint
) -> None:
    """Ours: the subscription stays as it is."""
    home.directory.remove_member(TEAM, bob.name)
    verified(bob, endpoint, types=["Mailbox"])
    makes(alice, team.id, "Unseen")
    home.directory.add_member(TEAM, bob.name, Rights.READ)
    own = makes(bob, bob.account_id, "Mine")
    assert endpoint.takes().json()["changed"] == {bob.account_id: {"Mailbox": own}}
    state = makes(alice, team.id, "Seen")
    assert endpoint.takes().json()["changed"] == {team.id: {"Mailbox": state}}


@pytest.mark.usefixtures("pusher")
def test_who_is_no_longer_in_it_is_told_nothing_of_it(
    home: Home, alice: JMAP, bob: JMAP, team: Principal, endpoint: Endpoint
) -> None:
    """Section 7.2: only of accounts that the user has access to."""
    verified(bob, endpoint, types=["Mailbox"])
    home.directory.remove_member(TEAM, bob.name)
    makes(alice, team.id, "Unseen")
    own = makes(bob, bob.account_id, "Mine")
    assert endpoint.takes().json()["changed"] == {bob.account_id: {"Mailbox": own}}


def test_nothing_is_told_while_it_is_looked_up_whose_accounts_are_whose(
    home: Home, alice: JMAP, bob: JMAP, team: Principal, endpoint: Endpoint, pusher: Pusher
) -> None:
    """Section 7.2: only of accounts that the user has access to."""
    verified(bob, endpoint, types=["Mailbox"])
    makes(alice, team.id, "Seen")
    assert endpoint.takes().json()["changed"].keys() == {team.id}
    pusher.looks.clear()
    home.directory.remove_member(TEAM, bob.name)
    makes(alice, team.id, "Unseen")
    assert endpoint.took_nothing(within=0.3)
    pusher.looks.set()
    own = makes(bob, bob.account_id, "Mine")
    assert endpoint.takes().json()["changed"] == {bob.account_id: {"Mailbox": own}}


@pytest.mark.usefixtures("pusher")
def test_types_that_an_account_lacks_are_not_named(alice: JMAP, bob: JMAP, team: Principal, endpoint: Endpoint) -> None:
    """RFC 8621 section 1.4: a group has no VacationResponse, and nobody who only reads it submits from it."""
    verified(bob, endpoint, types=["Identity", "EmailSubmission", "Mailbox"])
    (identity,) = alice.asks("Identity/get", accountId=team.id)["list"]
    alice.asks("Identity/set", accountId=team.id, update={identity["id"]: {"name": "Team"}})
    state = makes(alice, team.id, "Plans")

    assert endpoint.takes().json()["changed"] == {team.id: {"Mailbox": state}}


@pytest.mark.usefixtures("pusher")
def test_who_manages_the_server_is_told_of_what_they_manage(
    home: Home, alice: JMAP, bob: JMAP, endpoint: Endpoint
) -> None:
    """Ours: of the server's own account; nobody else is."""
    Administrator(home, alice, "admin")
    for person in (alice, bob):
        verified(person, endpoint, types=["Queue"])
    pause(home.store, QUEUE, home.now())
    assert endpoint.takes().json()["changed"]["a0"].keys() == {"Queue"}
    assert endpoint.took_nothing()
