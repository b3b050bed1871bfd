"""The session resource (RFC 8620 section 2, RFC 8621 section 1.3)."""

import json
from dataclasses import replace
from typing import Any

from tests.driver import ANY, CORE, JMAP, MAIL, NOTHING, assert_is, like

from pillarbox.access import Actor, Grant, Rights
from pillarbox.access.permission import OF_USER
from pillarbox.datatypes import REGISTRY
from pillarbox.jmap import Facts, Traffic, session
from pillarbox.objects import Limits
from pillarbox.wire.values import Id

BASE = "http://127.0.0.1:8080"


def test_the_session_is_all_a_client_needs(alice: JMAP) -> None:
    """RFC 8620 section 2 and RFC 8621 section 1.3.1: every property that they ask for."""
    reply = alice.sends("GET", "/.well-known/jmap")

    assert reply.status == 200
    assert reply.headers["content-type"].split(";")[0] == "application/json"
    assert_is(
        {
            "capabilities": like(
                **{
                    CORE: {
                        "maxSizeUpload": 50_000_000,
                        "maxConcurrentUpload": 4,
                        "maxSizeRequest": 10_000_000,
                        "maxConcurrentRequests": 4,
                        "maxCallsInRequest": 16,
                        "maxObjectsInGet": 4096,
                        "maxObjectsInSet": 500,
                        "collationAlgorithms": ANY,
                    },
                    MAIL: {},
                }
            ),
            "accounts": {
                alice.account_id: {
                    "name": "alice@home.example",
                    "isPersonal": True,
                    "isReadOnly": False,
                    "accountCapabilities": like(
                        **{
                            MAIL: {
                                "maxMailboxesPerEmail": None,
                                "maxMailboxDepth": 10,
                                "maxSizeMailboxName": 255,
                                "maxSizeAttachmentsPerEmail": 50_000_000,
                                "emailQuerySortOptions": ANY,
                                "mayCreateTopLevelMailbox": True,
                            }
                        }
                    ),
                }
            },
            "primaryAccounts": like(**{MAIL: alice.account_id, CORE: NOTHING}),
            "username": "alice@home.example",
            "apiUrl": f"{BASE}/jmap/",
            "downloadUrl": f"{BASE}/jmap/download/{{accountId}}/{{blobId}}/{{name}}?accept={{type}}",
            "uploadUrl": f"{BASE}/jmap/upload/{{accountId}}/",
            "eventSourceUrl": f"{BASE}/jmap/eventsource/?types={{types}}&closeafter={{closeafter}}&ping={{ping}}",
            "state": ANY,
        },
        reply.json(),
    )


def test_every_sort_that_is_announced_works(alice: JMAP) -> None:
    """RFC 8621 section 1.3.1, "emailQuerySortOptions"."""
    announced = alice.sends("GET", "/.well-known/jmap").json()["accounts"][alice.account_id]
    for name in announced["accountCapabilities"][MAIL]["emailQuerySortOptions"]:
        keyword = {"keyword": "$seen"} if "eyword" in name else {}
        assert alice.asks("Email/query", sort=[{"property": name, **keyword}])["ids"] == []


def test_every_collation_that_is_announced_works(alice: JMAP) -> None:
    """RFC 8620 section 2, "collationAlgorithms"."""
    for name in alice.sends("GET", "/.well-known/jmap").json()["capabilities"][CORE]["collationAlgorithms"]:
        assert alice.asks("Mailbox/query", sort=[{"property": "name", "collation": name}])["ids"]


def test_no_cache_keeps_a_session(alice: JMAP) -> None:
    """RFC 8620 section 2: "no-cache, no-store, must-revalidate"."""
    assert "no-store" in alice.sends("GET", "/.well-known/jmap").headers["cache-control"]


def test_a_session_is_one_s_own(alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 2: the accounts that the credentials reach."""
    session = bob.sends("GET", "/.well-known/jmap").json()

    assert list(session["accounts"]) == [bob.account_id]
    assert session["username"] == "bob@home.example"


GRANT = Grant(7, "x", personal=True, rights=Rights.FULL)
ACTOR = Actor("x", {Id("a7"): GRANT}, OF_USER)


def state(actor: Actor = ACTOR, base: str = BASE, limits: Limits | None = None, traffic: Traffic | None = None) -> str:
    return session(actor, Facts(REGISTRY, limits or Limits(), traffic or Traffic(), None, base)).state


def test_the_state_differs_once_anything_else_does() -> None:
    """RFC 8620 section 2, "state": for any other property of the object."""
    states = [
        state(),
        state(Actor("y", ACTOR.accounts, OF_USER)),
        state(Actor("x", {Id("a8"): GRANT}, OF_USER)),
        state(Actor("x", {Id("a7"): replace(GRANT, rights=Rights.READ)}, OF_USER)),
        state(Actor("x", {Id("a7"): replace(GRANT, personal=False)}, OF_USER)),
        state(Actor("x", {Id("a7"): GRANT, Id("a8"): GRANT}, OF_USER)),
        state(base="https://mail.example"),
        state(limits=Limits(objects_in_get=1)),
        state(traffic=Traffic(calls_in_request=1)),
    ]

    assert len(set(states)) == len(states)
    assert state() == state()


def test_a_reader_is_told_so() -> None:
    """RFC 8620 section 2, "isReadOnly"; RFC 8621 section 1.3.1, "mayCreateTopLevelMailbox"."""
    shared = Grant(8, "team", personal=False, rights=Rights.READ)
    octets = session(
        Actor("x", {Id("a7"): GRANT, Id("a8"): shared}, OF_USER), Facts(REGISTRY, Limits(), Traffic(), None, BASE)
    ).octets
    told: Any = json.loads(octets)

    assert [told["accounts"]["a8"][name] for name in ("name", "isPersonal", "isReadOnly")] == ["team", False, True]
    assert told["accounts"]["a8"]["accountCapabilities"][MAIL]["mayCreateTopLevelMailbox"] is False
    assert told["primaryAccounts"][MAIL] == "a7"
    assert "a8" not in told["primaryAccounts"].values()


def test_who_has_no_account_of_their_own_has_no_primary_account() -> None:
    """RFC 8620 section 2, "primaryAccounts": there may be none."""
    shared = Grant(8, "team", personal=False, rights=Rights.FULL)
    octets = session(Actor("x", {Id("a8"): shared}, OF_USER), Facts(REGISTRY, Limits(), Traffic(), None, BASE)).octets

    assert b'"primaryAccounts":{}' in octets
