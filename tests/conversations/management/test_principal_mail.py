"""Accounts that were made over the REST API as their owners have them: without an address, and in groups of groups."""

import base64

from tests.driver import JMAP, SUBMISSION, Home
from tests.driver.administrator import Administrator

from pillarbox.datatypes.server import ACCOUNT, numbered


def enters(home: Home, root: Administrator, name: str, **properties: object) -> JMAP:
    """Somebody new, with the password that is made of their name."""
    body = {"type": "individual", "name": name, "secrets": f"{name}'s own secret", "roles": ["user"], **properties}
    root.does("POST", "principal", body)
    found = home.directory.find(name)
    assert found is not None
    return JMAP(home.web, name, f"{name}'s own secret", found.id, found.number)


def test_who_has_no_address_does_everything_but_send(home: Home) -> None:
    """Ours: an account needs no address."""
    root = Administrator(home)
    jane = enters(home, root, "jane")
    jane.using = [*jane.using, SUBMISSION]
    session = jane.sends("GET", "/.well-known/jmap").json()
    assert (session["username"], session["accounts"][jane.account_id]["name"]) == ("jane", "jane")
    assert jane.asks("Identity/get")["list"] == []
    inbox = jane.asks("Mailbox/query", filter={"role": "inbox"})["ids"][0]
    blob = jane.uploads(b"From: a@b.example\r\nSubject: a note\r\n\r\nNote.\r\n", "message/rfc822")
    jane.says("Email/import", emails={"a": {"blobId": blob, "mailboxIds": {inbox: True}}})
    assert jane.hears("Email/import")["created"]
    jane.says("Identity/set", create={"i": {"name": "Jane", "email": "jane@home.example"}})
    assert jane.hears("Identity/set")["notCreated"]["i"]["type"] == "forbiddenFrom"
    assert root.does("GET", "principal/jane")["emails"] == []
    # And has one from now on.
    step = {"action": "addItem", "field": "emails", "value": "jane@home.example"}
    root.does("PATCH", "principal/jane", [step])
    assert [one["email"] for one in jane.asks("Identity/get")["list"]] == ["jane@home.example"]
    assert home.check.verified("jane@home.example", "jane's own secret") is not None


def test_a_member_of_a_group_in_a_group_has_what_both_have(home: Home) -> None:
    """Ours: groups are in groups; who leaves the inner one leaves both."""
    root = Administrator(home)
    jane = enters(home, root, "jane")
    root.does("POST", "principal", {"type": "group", "name": "inner", "members": ["jane"]})
    root.does("POST", "principal", {"type": "group", "name": "outer", "members": ["inner"]})
    accounts = jane.sends("GET", "/.well-known/jmap").json()["accounts"]
    assert sorted(one["name"] for one in accounts.values()) == ["inner", "jane", "outer"]
    outer = next(id_ for id_, one in accounts.items() if one["name"] == "outer")
    jane.says("Mailbox/set", accountId=outer, create={"m": {"name": "Plans"}})
    assert jane.hears("Mailbox/set")["created"]
    root.does("PATCH", "principal/inner", [{"action": "set", "field": "members", "value": []}])
    jane.says("Mailbox/get", accountId=outer)
    jane.hears("error", type="accountNotFound")
    header = {"authorization": f"Basic {base64.b64encode(b'inner:').decode()}"}
    assert home.web.sends("GET", "/.well-known/jmap", header).status == 401


def test_who_is_called_by_an_address_that_goes_is_called_so_still(home: Home) -> None:
    """Ours: an account of before has no name but its address."""
    root = Administrator(home)
    alice = home.person("alice")
    with home.store.write(0) as server:
        (account,) = numbered(server, ACCOUNT, (alice.number,))
        server.update(ACCOUNT.table, account.number, account.document, {**account.document, "name": ""})
    steps = [{"action": "set", "field": "emails", "value": []}]
    root.does("PATCH", "principal/alice@home.example", steps)
    assert root.does("GET", "principal/alice@home.example")["emails"] == []
    assert home.check.verified(alice.name, alice.password) is not None
