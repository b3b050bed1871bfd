"""Identity/get, /changes and /set (RFC 8621 section 6)."""

from typing import Any

import orjson
import pytest
from tests.driver import ANY, CORE, JMAP, MAIL, SUBMISSION, Home, call, like

from pillarbox.datatypes.mail import IDENTITY
from pillarbox.datatypes.server import ACCOUNT
from pillarbox.store import Store

FIRST = "alice@home.example"
ALIAS = "info@home.example"


def all_of(person: JMAP) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = person.asks("Identity/get")["list"]
    return found


def emails(person: JMAP) -> list[str]:
    return [one["email"] for one in all_of(person)]


def made(person: JMAP, **properties: Any) -> str:
    answer = person.asks("Identity/set", create={"it": {"email": FIRST, **properties}})
    assert answer["created"], answer
    return str(answer["created"]["it"]["id"])


def test_an_account_tells_what_can_be_submitted(alice: JMAP) -> None:
    """Section 1.3.2: nothing in the session's capabilities; delays and extensions in the account's."""
    session = alice.sends("GET", "/.well-known/jmap").json()

    assert session["capabilities"][SUBMISSION] == {}
    assert session["accounts"][alice.account_id]["accountCapabilities"][SUBMISSION] == {
        "maxDelayedSend": 2_592_000,
        "submissionExtensions": ANY,
    }
    assert session["primaryAccounts"][SUBMISSION] == alice.account_id


def test_without_the_capability_there_are_no_identities(alice: JMAP) -> None:
    """Section 1.3.2; RFC 8620 section 3.3, "using"."""
    alice.using = [CORE, MAIL]
    alice.says("Identity/get")
    alice.hears("error", type="unknownMethod")


def test_a_new_account_has_one_of_its_address(alice: JMAP) -> None:
    """Section 6: all properties, and mayDelete is false for the user's default address."""
    assert all_of(alice) == [
        {
            "id": ANY,
            "name": "",
            "email": FIRST,
            "replyTo": None,
            "bcc": None,
            "textSignature": "",
            "htmlSignature": "",
            "mayDelete": False,
        }
    ]


def test_what_goes_with_an_address_is_changed(alice: JMAP) -> None:
    """Section 6: everything but the address."""
    (it,) = all_of(alice)
    changes = {
        "name": "Alice Liddell",
        "replyTo": [{"name": "Alice", "email": "a@wonder.example"}, {"name": None, "email": "b@wonder.example"}],
        "bcc": [{"name": None, "email": "archive@wonder.example"}],
        "textSignature": "-- \nAlice",
        "htmlSignature": "<b>Alice</b>",
    }
    alice.says("Identity/set", update={it["id"]: changes})
    alice.hears("Identity/set", updated={it["id"]: None}, notUpdated=None)
    assert all_of(alice) == [{**it, **changes}]


def test_a_name_may_be_left_out_of_an_address(alice: JMAP) -> None:
    """Section 4.1.2.3: name is null where there is none; the server's form is told."""
    (it,) = all_of(alice)
    alice.says("Identity/set", update={it["id"]: {"bcc": [{"email": "a@wonder.example"}]}})
    alice.hears("Identity/set", updated={it["id"]: {"bcc": [{"name": None, "email": "a@wonder.example"}]}})


def test_the_address_stays(alice: JMAP) -> None:
    """Section 6, "email": immutable."""
    (it,) = all_of(alice)
    alice.says("Identity/set", update={it["id"]: {"email": "other@home.example"}})
    alice.hears("Identity/set", notUpdated={it["id"]: like(type="invalidProperties", properties=["email"])})


def test_that_of_the_address_is_not_destroyed(alice: JMAP) -> None:
    """Section 6, "mayDelete": a standard forbidden SetError."""
    (it,) = all_of(alice)
    alice.says("Identity/set", destroy=[it["id"]])
    alice.hears("Identity/set", notDestroyed={it["id"]: like(type="forbidden")})
    assert emails(alice) == [FIRST]


def test_an_address_has_several(alice: JMAP) -> None:
    """Section 6: multiple identities with the same address may exist."""
    alice.says("Identity/set", create={"a": {"email": FIRST, "name": "Work"}})
    alice.hears(
        "Identity/set",
        created={
            "a": {
                "id": ANY,
                "replyTo": None,
                "bcc": None,
                "textSignature": "",
                "htmlSignature": "",
                "mayDelete": True,
            }
        },
    )
    assert emails(alice) == [FIRST, FIRST]


def test_a_further_one_is_destroyed(alice: JMAP) -> None:
    """Section 6, "mayDelete"."""
    it = made(alice)
    alice.says("Identity/set", destroy=[it])
    alice.hears("Identity/set", destroyed=[it])


@pytest.mark.parametrize("address", ["bob@home.example", "alice@away.example", "*@home.example"])
def test_another_s_address_is_not_to_send_from(alice: JMAP, bob: JMAP, address: str) -> None:
    """Section 6.3: forbiddenFrom; a whole domain as well, which no account here has."""
    alice.says("Identity/set", create={"a": {"email": address}})
    alice.hears("Identity/set", created=None, notCreated={"a": like(type="forbiddenFrom")})


def test_an_address_is_one_in_any_case_of_letters(alice: JMAP) -> None:
    """Ours: as for mail that comes in. It is told as it was sent."""
    made(alice, email="Alice@HOME.example")
    assert emails(alice) == [FIRST, "Alice@HOME.example"]


@pytest.mark.parametrize(
    ("properties", "wrong"),
    [
        ({"email": NotImplemented}, ["email"]),
        ({"email": "alice"}, ["email"]),
        ({"email": None}, ["email"]),
        ({"name": "a\nBcc: b"}, ["name"]),
        ({"name": "x" * 1001}, ["name"]),
        ({"name": None}, ["name"]),
        ({"replyTo": [{"name": "A"}]}, ["replyTo"]),
        ({"replyTo": ["a@b.example"]}, ["replyTo"]),
        ({"replyTo": [{"email": "a@b.example\r\nBcc: c"}]}, ["replyTo"]),
        ({"bcc": "a@b.example"}, ["bcc"]),
        ({"bcc": [{"email": "a@b.example", "name": 1}]}, ["bcc"]),
        ({"bcc": [{"email": f"a{n}@b.example"} for n in range(101)]}, ["bcc"]),
        ({"bcc": [{"email": "a@b.example", "name": "x" * 70_000}]}, ["bcc"]),
        ({"textSignature": "x" * 65_537}, ["textSignature"]),
        ({"htmlSignature": 1}, ["htmlSignature"]),
        ({"mayDelete": True}, ["mayDelete"]),
    ],
)
def test_what_is_wrong_with_one_is_told(alice: JMAP, properties: dict[str, Any], wrong: list[str]) -> None:
    """RFC 8620 section 5.3, invalidProperties."""
    sent = {name: value for name, value in {"email": FIRST, **properties}.items() if value is not NotImplemented}
    alice.says("Identity/set", create={"a": sent})
    alice.hears("Identity/set", notCreated={"a": like(type="invalidProperties", properties=wrong)})


def test_there_are_only_so_many(alice: JMAP) -> None:
    """RFC 8620 section 5.3, overQuota."""
    alice.asks("Identity/set", create={f"c{number}": {"email": FIRST} for number in range(199)})
    alice.says("Identity/set", create={"a": {"email": FIRST}})
    alice.hears("Identity/set", notCreated={"a": like(type="overQuota")})


def test_changes_are_told(alice: JMAP) -> None:
    """Section 6.2."""
    (first,) = all_of(alice)
    state = alice.state("Identity")
    it = made(alice)
    alice.asks("Identity/set", update={first["id"]: {"name": "Alice"}})
    alice.says("Identity/changes", sinceState=state)
    alice.hears("Identity/changes", created=[it], updated=[first["id"]], destroyed=[], hasMoreChanges=False)


def test_an_alias_has_one_too(home: Home, alice: JMAP) -> None:
    """Section 6; what was made and changed by the user stays."""
    (first,) = all_of(alice)
    alice.asks("Identity/set", update={first["id"]: {"name": "Alice"}})
    state = alice.state("Identity")

    home.directory.add_alias(FIRST, ALIAS)

    assert [(one["email"], one["name"], one["mayDelete"]) for one in all_of(alice)] == [
        (FIRST, "Alice", False),
        (ALIAS, "", False),
    ]
    of_alias = all_of(alice)[1]["id"]
    alice.says("Identity/changes", sinceState=state)
    alice.hears("Identity/changes", created=[of_alias], updated=[], destroyed=[])


def test_without_the_alias_nothing_is_sent_from_it(home: Home, alice: JMAP) -> None:
    """Section 6.3, forbiddenFrom; the identities with the address are gone, those of others stay."""
    home.directory.add_alias(FIRST, ALIAS)
    further = made(alice, email=ALIAS)
    state = alice.state("Identity")
    of_alias = all_of(alice)[1]["id"]

    home.directory.remove_alias(FIRST, ALIAS)

    assert emails(alice) == [FIRST]
    alice.says("Identity/changes", sinceState=state)
    assert sorted(alice.hears("Identity/changes")["destroyed"]) == sorted([of_alias, further])
    alice.says("Identity/set", create={"a": {"email": ALIAS}})
    alice.hears("Identity/set", notCreated={"a": like(type="forbiddenFrom")})


def test_who_listens_hears_of_an_alias(home: Home, alice: JMAP) -> None:
    """Section 1.5: push for all types of the RFC; the state is the one that Identity/get tells."""
    stream = alice.listens("Identity")
    home.directory.add_alias(FIRST, ALIAS)
    assert stream.change()["changed"] == {alice.account_id: {"Identity": alice.state("Identity")}}


def test_an_account_from_before_there_were_identities_gets_them(home: Home, alice: JMAP, store: Store) -> None:
    """Ours: what an interrupted change left untold is told when the server next looks (adr/0034)."""
    (first,) = all_of(alice)
    with store.write(alice.number) as unit:
        (stored,) = unit.get(IDENTITY.table, unit.numbers(IDENTITY.table, 9))
        unit.delete(IDENTITY.table, stored.number, orjson.loads(stored.document))
    with store.write(0) as server:
        (kept,) = server.get(ACCOUNT.table, (alice.number,))
        document = orjson.loads(kept.document)
        server.amend(ACCOUNT.table, alice.number, document, {k: v for k, v in document.items() if k != "known"})

    home.directory.clear(0)

    assert [one["email"] for one in all_of(alice)] == [FIRST]
    assert all_of(alice)[0]["id"] != first["id"]
    version = store.version(0)
    home.directory.clear(0)
    assert store.version(0) == version


def test_an_identity_is_used_in_the_request_it_is_made_in(alice: JMAP) -> None:
    """RFC 8620 section 5.3: creation ids."""
    alice.says_all(
        call("Identity/set", "0", create={"a": {"email": FIRST}}),
        call("Identity/set", "1", update={"#a": {"name": "Now"}}),
    )
    alice.hears("Identity/set", "0")
    alice.hears("Identity/set", "1", updated=ANY, notUpdated=None)
