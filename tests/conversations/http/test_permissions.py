"""What the permissions of an account let through (management API section 20; RFC 8620 section 3.6.2)."""

import json
import re
from collections.abc import Collection
from datetime import UTC, datetime

import pytest
from tests.driver import JMAP, SUBMISSION, Home, call
from tests.driver.apikey import NewApiKey, add_key
from tests.driver.roles import RoleChange, add_role, change_permissions, change_role, remove_role

from pillarbox.access import ADMIN, BUILT_IN, PERMISSIONS, TENANT_ADMIN, USER, permission_of
from pillarbox.access.permission import OF_USER
from pillarbox.access.scope import MAIL as MAIL_SCOPE
from pillarbox.access.scope import SCOPES
from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.directory import AccountError
from pillarbox.datatypes.server import SecurityKind, security_events
from pillarbox.http.route import Credential
from pillarbox.http.routes import ROUTES
from pillarbox.jmap.capability import CAPABILITIES
from pillarbox.signin.credentials import add_app_password

METHODS = {
    "Core/echo": "jmap-echo",
    **{f"{kind.name}/{one.name}": permission_of(kind.name, one.name) for kind in REGISTRY for one in kind.methods},
}
_AT_ONCE = 16
"""Calls in a request (`maxCallsInRequest`)."""
ROUTES_OF_ACCOUNTS = [
    (route, method) for route in ROUTES if route.credential is Credential.ACCOUNT for method in route.methods
]


def has(home: Home, person: JMAP, *roles: str, enabled: Collection[str] = (), disabled: Collection[str] = ()) -> None:
    change_permissions(home.store, person.name, RoleChange(roles, enabled, disabled), PERMISSIONS, datetime.now(UTC))


def refused(person: JMAP, methods: Collection[str]) -> set[str]:
    """The methods that are forbidden; what else is wrong with a call without arguments is another error."""
    person.using = sorted(CAPABILITIES)
    found: dict[str, bool] = {}
    names = [*methods]
    for at in range(0, len(names), _AT_ONCE):
        person.says_all(*((name, {}, name) for name in names[at : at + _AT_ONCE]))
        for told, arguments, name in person.response["methodResponses"]:
            # Of what follows from a call, it is not the call that is forbidden.
            found.setdefault(name, told == "error" and arguments["type"] == "forbidden")
    assert found.keys() == {*methods}
    return {name for name, is_forbidden in found.items() if is_forbidden}


@pytest.mark.parametrize("role", sorted(BUILT_IN))
def test_every_role_that_is_built_in_may_use_its_own_account(home: Home, alice: JMAP, role: str) -> None:
    """Management API section 20: U is the role user and above; every method and every route."""
    has(home, alice, role)

    its = BUILT_IN[role].enabled
    assert refused(alice, METHODS) == {one for one, permission in METHODS.items() if permission not in its}
    for route, method in ROUTES_OF_ACCOUNTS:
        # What endpoints of management ask for is theirs to say.
        if route.permission in OF_USER and route.name not in ("eventsource", "management"):
            assert alice.sends(method, re.sub(r"\{\w+\}", "x", route.path), body=b"x").status != 403, route.path


def test_an_account_without_a_role_is_let_in_nowhere(home: Home, alice: JMAP) -> None:
    """Management API section 4.3: without roles an account cannot even authenticate."""
    has(home, alice)

    for route, method in ROUTES_OF_ACCOUNTS:
        reply = alice.sends(method, re.sub(r"\{\w+\}", "x", route.path), body=b"x")
        assert reply.status == 403, route.path
        assert "authenticate" in reply.json()["detail"]


def test_who_may_but_sign_in_may_call_nothing(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 3.6.2, "forbidden"; Core/echo and Blob methods likewise."""
    has(home, alice, enabled=["authenticate"])

    assert refused(alice, METHODS) == METHODS.keys()
    assert alice.sends("GET", "/.well-known/jmap").status == 200
    assert alice.sends("POST", f"/jmap/upload/{alice.account_id}", body=b"x").status == 403
    assert alice.sends("GET", f"/jmap/download/{alice.account_id}/b1/x").status == 403


@pytest.mark.parametrize("name", sorted(METHODS))
def test_what_is_disabled_is_forbidden_and_nothing_else(home: Home, alice: JMAP, name: str) -> None:
    """Management API section 20: disabled always wins, over the role admin too."""
    has(home, alice, ADMIN, disabled=[METHODS[name]])

    assert refused(alice, METHODS) == {one for one, permission in METHODS.items() if permission == METHODS[name]}


def test_a_method_that_is_forbidden_says_nothing_of_accounts(home: Home, alice: JMAP, bob: JMAP) -> None:
    """Ours: permission is looked at before the account that is named."""
    has(home, bob, USER, disabled=["jmap-email-get"])
    bob.says("Email/get", accountId=alice.account_id)
    bob.hears("error", type="forbidden")
    bob.says("Email/get", accountId="nobody")
    bob.hears("error", type="forbidden")


def test_what_follows_from_a_call_is_asked_for_as_well(home: Home, alice: JMAP) -> None:
    """RFC 8621 section 7.5, "onSuccessUpdateEmail": an implicit Email/set is a call like any other."""
    identity = alice.asks("Identity/get")["list"][0]["id"]
    draft = alice.receives("From: alice@home.example\nTo: bob@home.example\nSubject: x\n\nx", "drafts")
    has(home, alice, USER, disabled=["jmap-email-set"])
    alice.says(
        "EmailSubmission/set",
        create={"s": {"identityId": identity, "emailId": draft}},
        onSuccessDestroyEmail=["#s"],
    )
    assert alice.hears("EmailSubmission/set")["created"]
    alice.hears("error", type="forbidden")


def test_a_change_counts_at_once(home: Home, alice: JMAP) -> None:
    """Management API section 4.4: what is remembered of an account's permissions is dropped when they change."""
    alice.asks("Mailbox/get")
    has(home, alice, USER, disabled=["jmap-mailbox-get"])
    alice.says("Mailbox/get")
    alice.hears("error", type="forbidden")
    has(home, alice, USER)
    alice.asks("Mailbox/get")


def test_a_role_of_ones_own_counts_and_so_does_its_change(home: Home, alice: JMAP) -> None:
    """Management API section 20: roles nest; those who have one follow it."""
    add_role(home.store, "reader", "Reads", RoleChange((), ["authenticate", "jmap-mailbox-get"], ()), PERMISSIONS)
    add_role(home.store, "visitor", "", RoleChange(["reader"], (), ()), PERMISSIONS)
    has(home, alice, "visitor")

    assert refused(alice, METHODS) == METHODS.keys() - {"Mailbox/get"}

    change_role(home.store, "reader", RoleChange(disabled=["jmap-mailbox-get"]), PERMISSIONS)

    assert refused(alice, METHODS) == METHODS.keys()


def test_a_role_that_somebody_has_is_not_removed(home: Home, alice: JMAP) -> None:
    """Ours: one that takes something would give it by being gone; API keys and other roles have roles too."""
    for name in ("quiet", "silent", "mute"):
        add_role(home.store, name, "", RoleChange(disabled=["email-send"]), PERMISSIONS)
    has(home, alice, USER, "quiet")
    add_role(home.store, "still", "", RoleChange(["silent"]), PERMISSIONS)
    add_key(home.store, NewApiKey("robot", roles=(USER, "mute")), home.now())

    for name, holder in (("quiet", alice.name), ("silent", "the role still"), ("mute", "the API key robot")):
        with pytest.raises(AccountError, match=f"{holder} has the role {name}"):
            remove_role(home.store, name)

    remove_role(home.store, "still")
    remove_role(home.store, "silent")


def test_an_administrator_s_role_opens_no_other_account(home: Home, alice: JMAP, bob: JMAP) -> None:
    """Ours: to administer a server is not to read its mail."""
    has(home, alice, ADMIN)
    session = json.loads(alice.sends("GET", "/.well-known/jmap").octets)

    # The other is the server's own, in which nobody's mail is.
    assert list(session["accounts"]) == [alice.account_id, "a0"]
    alice.says("Email/get", accountId=bob.account_id)
    alice.hears("error", type="accountNotFound")


def test_an_account_has_no_capability_of_which_nothing_may_be_used(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 2, "accountCapabilities": those for the methods supported in this account."""
    sending = {one for one in OF_USER if one.startswith(("jmap-email-submission-", "jmap-identity-"))}
    has(home, alice, enabled=["authenticate", *sending])
    session = json.loads(alice.sends("GET", "/.well-known/jmap").octets)

    assert list(session["accounts"][alice.account_id]["accountCapabilities"]) == [SUBMISSION]
    assert session["primaryAccounts"] == {SUBMISSION: alice.account_id}


def lets(home: Home, person: JMAP, *scopes: str) -> JMAP:
    """The same person with an app password for these scopes."""
    _, password = add_app_password(home.store, person.number, "phone", home.now(), scopes=scopes)
    return JMAP(home.web, person.name, password, person.account_id, person.number)


@pytest.mark.parametrize("scope", sorted(SCOPES))
def test_a_scope_lets_through_its_own_permissions_and_no_others(home: Home, alice: JMAP, scope: str) -> None:
    """RFC 6749 section 3.3; draft-ietf-mailmaint-oauth-public section 5: every method, by each scope."""
    has(home, alice, ADMIN)
    phone = lets(home, alice, scope)
    let = SCOPES[scope].permissions
    if "authenticate" in let:
        assert refused(phone, METHODS) == {one for one, permission in METHODS.items() if permission not in let}
    else:
        reply = phone.sends("GET", "/.well-known/jmap")
        assert reply.status == 403
        assert 'error="insufficient_scope"' in reply.headers["www-authenticate"]


def test_a_scope_gives_nothing_that_the_account_lost(home: Home, alice: JMAP) -> None:
    """Ours: what a device holds is at most what its account may do now."""
    phone = lets(home, alice, MAIL_SCOPE)
    phone.asks("Mailbox/get")
    has(home, alice, USER, disabled=["jmap-mailbox-get"])
    phone.says("Mailbox/get")
    phone.hears("error", type="forbidden")
    has(home, alice)

    assert phone.sends("GET", "/.well-known/jmap").status == 403


def test_uploads_and_push_are_within_the_scope(home: Home, alice: JMAP) -> None:
    """Ours: whoever may but send neither stores files nor hears of mail."""
    phone = lets(home, alice, SUBMISSION)
    stream = phone.listens()
    alice.receives("Subject: hello\n\nbody")

    assert phone.sends("POST", f"/jmap/upload/{alice.account_id}", body=b"x").status == 403
    assert stream.is_quiet()


def test_push_tells_only_of_what_may_be_got(home: Home, alice: JMAP) -> None:
    """Ours: a state string is told to whoever may have the objects (RFC 8620 section 7.1)."""
    has(home, alice, USER, disabled=["jmap-email-get", "jmap-thread-get"])
    stream = alice.listens()
    alice.receives("Subject: hello\n\nbody")

    assert set(stream.change()["changed"][alice.account_id]) == {"Mailbox", "Quota"}


def test_who_listens_is_told_no_more_once_they_may_not(home: Home, alice: JMAP) -> None:
    """Ours: the stream ends, and the next one is of what may be told now."""
    stream = alice.listens(types="Mailbox")
    has(home, alice, USER, disabled=["jmap-mailbox-get"])
    alice.asks("Mailbox/set", create={"a": {"name": "Plans"}})

    assert stream.event() is None


def test_a_conversation_ends_once_the_account_may_not_be_used(home: Home, alice: JMAP) -> None:
    """RFC 8887 section 4.2: credentials that are no good any more; closed with 1008."""
    talk = alice.talks()
    has(home, alice)
    talk.says({"@type": "Request", **alice.request(call("Mailbox/get"))})

    assert talk.ends() == 1008


def test_tenant_administrators_are_no_administrators(home: Home, alice: JMAP) -> None:
    """Management API section 20: T is less than admin."""
    has(home, alice, TENANT_ADMIN)
    principal = home.directory.find(alice.name)

    assert principal is not None
    assert not principal.permissions & {"settings-update", "impersonate", "restart", "tenant-create"}


def test_whoever_may_do_more_or_less_than_before_is_told(home: Home, alice: JMAP) -> None:
    """Issue 5: an audit log of security events; what changes nothing is none."""
    has(home, alice, USER, ADMIN, disabled=["email-send"])
    has(home, alice, USER, ADMIN, disabled=["email-send"])

    principal = home.directory.find(alice.name)
    assert principal is not None
    with home.store.read(0) as server:
        (event,) = security_events(server, principal.number)
    assert (event.kind, event.details) == (
        SecurityKind.PERMISSIONS_CHANGED.value,
        {"roles": "admin user", "disabled": "email-send"},
    )
