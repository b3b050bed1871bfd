"""VacationResponse: there is one, from the beginning and for ever (RFC 8621 section 8)."""

from typing import Any

import pytest
from tests.driver import CORE, JMAP, MAIL, NOTHING, Home, Pair, like

VACATION = "urn:ietf:params:jmap:vacationresponse"
FIRST = {
    "id": "singleton",
    "isEnabled": False,
    "fromDate": None,
    "toDate": None,
    "subject": None,
    "textBody": None,
    "htmlBody": None,
}


@pytest.fixture
def alice(alice: JMAP) -> JMAP:
    """Alice, whose client knows of vacations."""
    alice.using = [CORE, MAIL, VACATION]
    return alice


def test_the_capability_is_an_empty_object_in_both_places(alice: JMAP) -> None:
    """RFC 8621 section 1.3.3."""
    session = alice.sends("GET", "/.well-known/jmap").json()

    assert session["capabilities"][VACATION] == {}
    assert session["accounts"][alice.account_id]["accountCapabilities"][VACATION] == {}
    assert session["primaryAccounts"][VACATION] == alice.account_id


@pytest.mark.parametrize("ids", [None, ["singleton"], NOTHING])
def test_there_is_one_before_anybody_made_it(alice: JMAP, ids: Any) -> None:
    """RFC 8621 section 8.1: exactly one, with the id singleton."""
    alice.says("VacationResponse/get", ids=ids)
    alice.hears("VacationResponse/get", accountId=alice.account_id, list=[FIRST], notFound=[])


def test_others_are_not_found(alice: JMAP) -> None:
    """RFC 8620 section 5.1."""
    answer = alice.asks("VacationResponse/get", ids=["v1", "singleton", "x"], properties=["isEnabled"])
    assert answer == like(list=[{"id": "singleton", "isEnabled": False}], notFound=["v1", "x"])
    assert alice.asks("VacationResponse/get", ids=[])["list"] == []


def test_what_is_set_is_had(alice: JMAP) -> None:
    """RFC 8621 section 8.2: a standard /set, with states."""
    before = alice.state("VacationResponse")
    new = {
        "isEnabled": True,
        "fromDate": "2026-07-01T00:00:00Z",
        "toDate": "2026-08-01T00:00:00Z",
        "subject": "Weg",
        "textBody": "Ich bin weg.\nBis bald.",
        "htmlBody": "<p>Ich bin weg.</p>",
    }
    alice.says("VacationResponse/set", ifInState=before, update={"singleton": new})

    told = alice.hears(
        "VacationResponse/set", oldState=before, updated={"singleton": None}, notUpdated=None, created=None
    )
    assert told["newState"] == alice.state("VacationResponse") != before
    assert alice.asks("VacationResponse/get")["list"] == [{"id": "singleton", **new}]

    alice.asks("VacationResponse/set", update={"singleton": {"isEnabled": False, "subject": None}})
    assert alice.asks("VacationResponse/get")["list"] == [
        {"id": "singleton", **new, "isEnabled": False, "subject": None}
    ]


def test_another_state_changes_nothing(alice: JMAP) -> None:
    """RFC 8620 section 5.3: stateMismatch."""
    alice.says("VacationResponse/set", ifInState="s0-0", update={"singleton": {"isEnabled": True}})
    alice.hears("error", type="stateMismatch")


def test_none_is_created_or_destroyed(alice: JMAP) -> None:
    """RFC 8620 section 5.3: singleton, literally (Q23); the others of the call are done."""
    alice.says(
        "VacationResponse/set",
        create={"c": {"isEnabled": True}},
        update={"singleton": {"subject": "x"}, "other": {}},
        destroy=["singleton", "x"],
    )

    alice.hears(
        "VacationResponse/set",
        created=None,
        destroyed=None,
        updated={"singleton": None},
        notCreated={"c": like(type="singleton")},
        notUpdated={"other": like(type="notFound")},
        notDestroyed={"singleton": like(type="singleton"), "x": like(type="notFound")},
    )
    (got,) = alice.asks("VacationResponse/get")["list"]
    assert got == like(isEnabled=False, subject="x")


@pytest.mark.parametrize(
    ("patch", "names"),
    [
        ({"isEnabled": None, "subject": 7}, ["subject"]),
        ({"isEnabled": "yes"}, ["isEnabled"]),
        ({"fromDate": "2026-07-01"}, ["fromDate"]),
        ({"toDate": "2026-07-01T00:00:00+02:00"}, ["toDate"]),
        ({"subject": "two\r\nBcc: lines@far.example"}, ["subject"]),
        ({"subject": "x" * 501}, ["subject"]),
        ({"textBody": "x" * 65_537, "htmlBody": "\0"}, ["htmlBody", "textBody"]),
        ({"id": "other"}, ["id"]),
        ({"more": 1}, ["more"]),
    ],
)
def test_what_is_wrong_is_told_and_changes_nothing(alice: JMAP, patch: dict[str, Any], names: list[str]) -> None:
    """RFC 8620 section 5.3: invalidProperties."""
    before = alice.state("VacationResponse")
    answer = alice.asks("VacationResponse/set", update={"singleton": patch})

    error = answer["notUpdated"]["singleton"]
    assert (error["type"], sorted(error["properties"])) == ("invalidProperties", names)
    assert answer["newState"] == before == alice.state("VacationResponse")


def test_each_account_has_its_own(home: Home, alice: JMAP, bob: JMAP) -> None:
    """RFC 8621 section 8: the state of an account, and of nobody else's; one that is shared has none."""
    alice.asks("VacationResponse/set", update={"singleton": {"isEnabled": True}})
    bob.using = [CORE, VACATION]
    assert bob.asks("VacationResponse/get")["list"] == [FIRST]

    pair = Pair(home, bob, alice)
    pair.using = [CORE, VACATION]
    for method in ("VacationResponse/get", "VacationResponse/set"):
        pair.says(method, accountId=alice.account_id)
        pair.hears("error", type="accountNotSupportedByMethod")


def test_its_change_is_pushed(alice: JMAP) -> None:
    """RFC 9404 section 6.3: the type can be used for state changes (RFC 8620 section 7.1)."""
    stream = alice.listens(types="VacationResponse")
    alice.asks("VacationResponse/set", update={"singleton": {"isEnabled": True}})

    assert stream.change()["changed"] == {alice.account_id: {"VacationResponse": alice.state("VacationResponse")}}
    stream.leave()
