"""What was done to how accounts are signed in to."""

import pytest
from tests.conversations.management.tenancy import says
from tests.driver import JMAP, Home
from tests.driver.administrator import Administrator

from pillarbox.access import Manager
from pillarbox.access.permission import OF_TENANT_ADMIN
from pillarbox.access.scope import MAIL, attenuated
from pillarbox.datatypes.server import SecurityKind, note
from pillarbox.management.refusal import Forbidden, NotFound
from pillarbox.wire.values import utc_date


def has_event(home: Home, person: JMAP, kind: SecurityKind) -> None:
    with home.store.write(0) as server:
        note(server, person.number, kind, home.now(), "192.0.2.1", {"by": "owner"})


def test_everybody_sees_their_own(home: Home, alice: JMAP, bob: JMAP) -> None:
    """Ours: the latest first, and nothing of others."""
    has_event(home, alice, SecurityKind.TOTP_ADDED)
    has_event(home, alice, SecurityKind.TOTP_REMOVED)
    has_event(home, bob, SecurityKind.PASSKEY_ADDED)
    told = Administrator(home, alice).does("GET", "account/events")["items"]
    assert [one["kind"] for one in told] == ["totp-removed", "totp-added"]
    assert told[1] == {
        "kind": "totp-added",
        "at": utc_date(home.now()),
        "address": "192.0.2.1",
        "details": {"by": "owner"},
    }


def test_an_administrator_sees_an_accounts(home: Home, alice: JMAP) -> None:
    """Ours: by any of its addresses; 404 for nobody's."""
    root = Administrator(home)
    has_event(home, alice, SecurityKind.TOTP_ADDED)
    has_event(home, alice, SecurityKind.TOTP_REMOVED)
    told = root.does("GET", "events", None, account="Alice@home.example", limit="1")
    assert ([one["kind"] for one in told["items"]], told["total"]) == (["totp-removed"], 2)
    root.is_refused(404, "GET", "events?account=nobody@home.example", error="notFound")
    root.is_refused(404, "GET", "events?account=@home.example", error="notFound")
    refused = root.is_refused(400, "GET", "events")
    assert [one["field"] for one in refused["invalid"]] == ["account"]


def test_who_may_not_see_accounts_sees_no_events_of_theirs(home: Home, alice: JMAP, bob: JMAP) -> None:
    """Ours: the permission is the one to see an account; a tenant's administrator sees the tenant's accounts."""
    Administrator(home, bob, "user").is_refused(403, "GET", "events?account=alice@home.example")
    with pytest.raises(NotFound):
        says(home, Manager("erin", OF_TENANT_ADMIN, 7), "GET", "events", "account=alice@home.example")


def test_a_program_that_was_let_in_for_mail_hears_of_nothing(home: Home, alice: JMAP) -> None:
    """RFC 6749 section 3.3: from where somebody signs in is no part of their mail."""
    app = Manager(alice.name, attenuated(OF_TENANT_ADMIN, frozenset((MAIL,))), None, alice.number)
    with pytest.raises(Forbidden):
        says(home, app, "GET", "account/events")
