"""The account of the server itself, in which administrators see over JMAP what they manage (ours)."""

from datetime import timedelta
from ipaddress import ip_network

from tests.driver import ADMIN, CORE, JMAP, Home, like
from tests.driver.administrator import Administrator

from pillarbox.datatypes.server import ban

SERVER = "a0"


def _using_all(person: JMAP) -> JMAP:
    person.using = [CORE, ADMIN]
    return person


def test_an_administrator_sees_the_servers_account(home: Home) -> None:
    """RFC 8620 section 2: an account and its capabilities; there is nothing else in it."""
    root = Administrator(home).person
    session = root.sends("GET", "/.well-known/jmap").json()
    assert session["accounts"][SERVER] == {
        "name": "Server",
        "isPersonal": False,
        "isReadOnly": False,
        "accountCapabilities": {ADMIN: {}},
    }
    assert ADMIN not in session["primaryAccounts"]
    root.says("Email/get", accountId=SERVER, ids=[])
    root.hears("error", type="accountNotSupportedByMethod")


def test_nobody_else_sees_it(home: Home) -> None:
    """Issue 6: who does not manage the whole server has no such account."""
    john = _using_all(home.person("john"))
    session = john.sends("GET", "/.well-known/jmap").json()
    assert SERVER not in session["accounts"]
    john.says("Ban/get", accountId=SERVER, ids=None)
    john.hears("error", type="forbidden")


def test_its_types_are_in_no_other_account(home: Home) -> None:
    """RFC 8620 section 3.6.2: accountNotSupportedByMethod."""
    root = _using_all(Administrator(home).person)
    root.says("Ban/get", accountId=root.account_id, ids=None)
    root.hears("error", type="accountNotSupportedByMethod")


def test_bans_are_told_and_pushed(home: Home) -> None:
    """Issue 6: declared data types in account 0, through the same change log and push."""
    root = _using_all(Administrator(home).person)
    before = root.asks("Ban/get", accountId=SERVER, ids=None)["state"]
    stream = root.listens("Ban")
    ban(home.store, ip_network("192.0.2.0/24"), "by hand", home.now(), home.now() + timedelta(hours=1))
    assert "Ban" in stream.change()["changed"][SERVER]
    changes = root.asks("Ban/changes", accountId=SERVER, sinceState=before)
    (found,) = root.asks("Ban/get", accountId=SERVER, ids=changes["created"])["list"]
    assert found == like(network="192.0.2.0/24", reason="manual")


def test_settings_are_told_and_pushed_and_secrets_are_not(home: Home) -> None:
    """Issue 7: settings, too, by the same change log and push; management API section 23: without secrets."""
    boss = Administrator(home)
    root = _using_all(boss.person)
    before = root.asks("Setting/get", accountId=SERVER, ids=None)["state"]
    stream = root.listens("Setting")
    values = [["queue.relay.host", "relay.example"], ["queue.relay.secret", "very secret"]]
    boss.does("POST", "settings", [{"type": "insert", "values": values}])
    assert "Setting" in stream.change()["changed"][SERVER]
    changes = root.asks("Setting/changes", accountId=SERVER, sinceState=before)
    found = root.asks("Setting/get", accountId=SERVER, ids=changes["created"])["list"]
    assert {one["key"]: one["value"] for one in found} == {
        "queue.relay.host": "relay.example",
        "queue.relay.secret": "••••",
    }
    assert found[0] == like(by="root@home.example")
    assert "text" not in found[0]
    asked = root.asks("Setting/query", accountId=SERVER, filter={"key": "queue.relay.host"})
    assert asked["ids"] == [one["id"] for one in found if one["key"] == "queue.relay.host"]
    root.says("Setting/get", accountId=SERVER, ids=None, properties=["text"])
    root.hears("error", type="invalidArguments")


def test_it_has_no_blobs(home: Home) -> None:
    """RFC 8620 section 6: nothing is kept in it by whoever uploads."""
    root = Administrator(home).person
    assert root.sends("POST", f"/jmap/upload/{SERVER}", body=b"x").status == 404
