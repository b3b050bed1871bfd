"""Whoever has no business in an account sees and changes nothing of it, whichever method they call."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from tests.driver import JMAP, Home

from pillarbox.access import Actor, Grant, Principal, Rights
from pillarbox.access.permission import OF_USER
from pillarbox.datatypes import REGISTRY
from pillarbox.jmap import process
from pillarbox.jmap.capability import ADMIN, CAPABILITIES, supports
from pillarbox.wire.values import Id

KINDS = [kind for kind in REGISTRY if kind.capability in CAPABILITIES - {ADMIN}]
"""Those of people's accounts; to those of the server's own, nobody comes whom the tests below are about."""
METHODS = [(kind.name, method) for kind in KINDS if not kind.personal for method in kind.methods]
PERSONAL = [f"{kind.name}/{method.name}" for kind in KINDS if kind.personal for method in kind.methods]
WRITING = {f"{name}/{method.name}" for name, method in METHODS if method.writes}
NAMES = [f"{name}/{method.name}" for name, method in METHODS]
CAPABILITY = {
    f"{kind.name}/{method.name}": method.capability or kind.capability for kind in KINDS for method in kind.methods
}
NO_ACCOUNT = {f"{name}/{method.name}": method.no_account for name, method in METHODS}
"""What tells that there is no such account: accountNotFound, but where a type's RFC names another error."""

ARGUMENTS = (
    "ids properties create update destroy filter sort sinceState sinceQueryState emails blobIds fromAccountId "
    "onDestroyRemoveEmails ifInState limit"
)
ANY_ARGUMENTS = some.dictionaries(
    some.sampled_from(ARGUMENTS.split()),
    some.one_of(
        some.none(),
        some.booleans(),
        some.text(max_size=3),
        some.lists(some.sampled_from(["m1", "m2", "e1", "b1"]), max_size=3),
        some.dictionaries(some.sampled_from(["m1", "m2", "a"]), some.just({"name": "x"}), max_size=2),
    ),
    max_size=5,
)


def answered(home: Home, actor: Actor, name: str, arguments: dict[str, Any]) -> list[Any]:
    octets = json.dumps({"using": sorted(CAPABILITIES), "methodCalls": [[name, arguments, "0"]]}).encode()
    return list(json.loads(process(home.setup.service, actor, octets, "s"))["methodResponses"][0])


@pytest.fixture
def held(home: Home, alice: JMAP) -> bytes:
    """All of Alice's account, with an Email in it."""
    alice.receives("Subject: secret\n\nsecret")
    return everything(alice)


@pytest.fixture
def team(home: Home, alice: JMAP, bob: JMAP) -> Principal:
    """A group that Alice may do everything in, and Bob read."""
    return home.group("team", alice, readers=[bob])


def everything(alice: JMAP) -> bytes:
    asked = [(name, alice.asks(f"{name}/get")) for name in ("Mailbox", "Email", "Thread", "Identity")]
    return json.dumps(asked).encode()


def test_there_are_methods_to_try() -> None:
    """Ours: the tests below must not pass for want of methods."""
    assert {"Mailbox/set", "Email/set", "Email/import", "Blob/copy", "Identity/set"} <= WRITING
    assert {"Mailbox/get", "Email/query", "Thread/changes"} <= set(NAMES) - WRITING
    assert {name for name, error in NO_ACCOUNT.items() if error != "accountNotFound"} == {"MDN/send"}
    assert set(PERSONAL) == {"PushSubscription/get", "PushSubscription/set"}


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arguments=ANY_ARGUMENTS)
def test_a_stranger_finds_no_account(
    home: Home, alice: JMAP, bob: JMAP, held: bytes, name: str, arguments: dict[str, Any]
) -> None:
    """RFC 8620 section 3.6.2: accountNotFound, before anything else about the call is looked at."""
    mine = Grant(bob.number, bob.name, personal=True, rights=Rights.FULL)
    answer = answered(
        home, Actor(bob.name, {Id(bob.account_id): mine}, OF_USER), name, {**arguments, "accountId": alice.account_id}
    )

    assert answer[:2] == ["error", {"type": NO_ACCOUNT[name]}]
    assert everything(alice) == held


@pytest.mark.parametrize("name", PERSONAL)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arguments=ANY_ARGUMENTS)
def test_what_is_personal_is_of_no_account_that_a_call_can_name(
    home: Home, alice: JMAP, bob: JMAP, held: bytes, name: str, arguments: dict[str, Any]
) -> None:
    """RFC 8620 section 7.2: these methods have no accountId, so nobody reaches another's with it."""
    mine = Grant(bob.number, bob.name, personal=True, rights=Rights.FULL)
    actor = Actor(bob.name, {Id(bob.account_id): mine}, OF_USER)
    answer = answered(home, actor, name, {**arguments, "accountId": alice.account_id})

    assert (answer[0], answer[1]["type"]) == ("error", "invalidArguments")
    assert everything(alice) == held


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(arguments=ANY_ARGUMENTS)
def test_a_reader_changes_nothing(home: Home, alice: JMAP, held: bytes, name: str, arguments: dict[str, Any]) -> None:
    """RFC 8620 section 3.6.2: accountReadOnly, or accountNotSupportedByMethod where the account lacks the type."""
    shared = Grant(alice.number, alice.name, personal=False, rights=Rights.READ)
    actor = Actor("reader", {Id(alice.account_id): shared}, OF_USER)
    answer = answered(home, actor, name, {**arguments, "accountId": alice.account_id})

    if not supports(shared, CAPABILITY[name]):
        assert answer[:2] == ["error", {"type": "accountNotSupportedByMethod"}]
    elif name in WRITING:
        assert answer[:2] == ["error", {"type": "accountReadOnly"}]
    else:
        assert answer[0] == name or answer[1]["type"] not in ("accountReadOnly", "accountNotSupportedByMethod")
    assert everything(alice) == held


@pytest.mark.parametrize("name", NAMES)
def test_members_of_a_group_have_their_rights_and_others_none(
    home: Home, alice: JMAP, bob: JMAP, team: Principal, name: str
) -> None:
    """RFC 8620 section 3.6.2, with the accounts that the credentials reach: a reader, a member, and a stranger."""
    carol = home.person("carol")
    refused = {}
    for person in (alice, bob, carol):
        person.using = sorted(CAPABILITIES)
        person.says(name, accountId=team.id)
        (response,) = person.response["methodResponses"]
        refused[person] = response[1].get("type") if response[0] == "error" else None
    denials = {"accountNotFound", "accountNotSupportedByMethod", "accountReadOnly"}

    assert refused[carol] == NO_ACCOUNT[name]
    assert refused[alice] not in denials - {_lacking(team, Rights.FULL, name)}
    if name in WRITING:
        assert refused[bob] == (_lacking(team, Rights.READ, name) or "accountReadOnly")
    else:
        assert refused[bob] not in denials - {_lacking(team, Rights.READ, name)}


def _lacking(team: Principal, rights: Rights, name: str) -> str | None:
    grant = Grant(team.number, team.address, personal=False, rights=rights)
    return None if supports(grant, CAPABILITY[name]) else "accountNotSupportedByMethod"


def test_a_reader_reads(home: Home, alice: JMAP, held: bytes) -> None:
    """RFC 8621 section 2, "myRights": what a reader is told of theirs."""
    shared = Grant(alice.number, alice.name, personal=False, rights=Rights.READ)
    actor = Actor("reader", {Id(alice.account_id): shared}, OF_USER)
    name, arguments, _ = answered(home, actor, "Mailbox/get", {"accountId": alice.account_id})

    assert name == "Mailbox/get"
    assert all(mailbox["myRights"]["mayReadItems"] for mailbox in arguments["list"])
    assert {right for mailbox in arguments["list"] for right, has in mailbox["myRights"].items() if has} == {
        "mayReadItems"
    }
