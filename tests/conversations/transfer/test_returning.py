"""One account comes back from a backup, into the server that it was of or into another."""

from pathlib import Path

import pytest
from tests.conversations.transfer.images import LARGE, NOW, backed, returned, served, told, troubles
from tests.driver import JMAP, Home
from tests.driver.administrator import Administrator
from tests.toy.clock import Clock

from pillarbox.access import Rights
from pillarbox.datatypes.server import add_credential, credentials_of
from pillarbox.store import Notice, Store
from pillarbox.transfer.backup import BackupError

JANE, JOHN, ALL = (f"{name}@corp.example" for name in ("jane", "john", "all"))


def test_one_account_is_what_it_was_and_others_stay_as_they_are(
    home: Home, alice: JMAP, bob: JMAP, folder: Path, tmp_path: Path
) -> None:
    ids = [alice.receives(f"Subject: {number}\n\ngarden\n") for number in range(3)]
    alice.receives(LARGE)
    before = told(alice)
    backed(home.store, folder)
    alice.asks("Email/set", destroy=ids)
    newer = alice.receives("Subject: newer\n\nlake\n")
    bobs = bob.receives("Subject: bob's\n\nlake\n")
    state = alice.state("Email")
    heard: list[Notice] = []

    with home.feed.listen(alice.number, heard.append):
        returned(home.store, folder, alice.name)

    assert told(alice) == before
    assert [one["id"] for one in bob.asks("Email/get", ids=None)["list"]] == [bobs]
    assert {"Email", "Mailbox", "Thread"} <= set(heard[0].states)
    alice.says("Email/changes", sinceState=state)
    alice.hears("error", type="cannotCalculateChanges")
    assert alice.receives("Subject: after\n\n") not in (*ids, newer)
    assert troubles(home, tmp_path / "doctor") == []


def test_an_account_that_is_there_keeps_its_password_and_addresses(home: Home, alice: JMAP, folder: Path) -> None:
    backed(home.store, folder)
    home.gives_password(alice, "another one")
    home.directory.add_alias(alice.name, "a@home.example")

    returned(home.store, folder, "alice@home.example")

    alice.password = "another one"
    assert {one["email"] for one in alice.asks("Identity/get", ids=None)["list"]} == {alice.name, "a@home.example"}


def test_an_account_that_was_removed_is_made_again(
    home: Home, alice: JMAP, bob: JMAP, folder: Path, tmp_path: Path
) -> None:
    """With its password, what else it is signed in with, its aliases, and its place in groups that are still there."""
    alice.receives("Subject: plans\n\ngarden\n")
    home.directory.add_alias(alice.name, "a@home.example")
    home.group("team", alice, bob)
    home.group("gone", alice)
    with home.store.write(0) as server:
        add_credential(server, alice.number, "app-password", NOW, {"name": "phone", "secret": "x", "digest": "y"})
    before = told(alice)
    backed(home.store, folder)
    home.directory.remove("gone@home.example")
    home.directory.remove(alice.name)

    returned(home.store, folder, "a@home.example")

    there = home.directory.find(alice.name)
    assert there is not None
    again = JMAP(home.web, alice.name, alice.password, there.id, there.number)
    assert told(again) == before
    members = {one.address: rights for one, rights in home.directory.members("team@home.example")}
    assert members == {alice.name: Rights.FULL, bob.name: Rights.FULL}
    with home.store.read(0) as server:
        assert [one.name for one in credentials_of(server, there.number)] == ["phone"]
    assert troubles(home, tmp_path / "doctor") == []


def test_an_address_that_somebody_else_has_by_now_is_told(home: Home, alice: JMAP, bob: JMAP, folder: Path) -> None:
    home.directory.add_alias(alice.name, "a@home.example")
    backed(home.store, folder)
    home.directory.remove(alice.name)
    home.directory.add_alias(bob.name, "a@home.example")
    accounts = home.store.accounts()

    with pytest.raises(BackupError, match="is now an address of bob"):
        returned(home.store, folder, alice.name)

    assert home.store.accounts() == accounts
    assert home.directory.find(alice.name) is None


def test_an_account_that_the_backup_has_not_is_told(home: Home, alice: JMAP, folder: Path) -> None:
    backed(home.store, folder)
    bob = home.person("bob")
    with pytest.raises(BackupError, match="no account bob@"):
        returned(home.store, folder, bob.name)


def test_what_account_0_knew_of_one_that_was_removed_is_known_again(home: Home, folder: Path) -> None:
    """Its name, its tenant, its roles, and the lists that sent to it."""
    root = Administrator(home)
    in_a_tenant(root, JANE, JOHN)
    root.does("POST", "principal", {"type": "list", "name": ALL, "tenant": "acme", "members": [JANE, JOHN]})
    before = root.does("GET", f"principal/{JANE}")
    backed(home.store, folder)
    root.does("DELETE", f"principal/{JANE}")

    returned(home.store, folder, JANE)

    again = root.does("GET", f"principal/{JANE}")
    assert again == before | {"id": again["id"]}
    assert (again["lists"], again["roles"], again["tenant"]) == ([ALL], ["helper", "user"], "acme")


def test_nobody_gets_more_by_coming_back_than_they_had(home: Home, folder: Path) -> None:
    """A tenant is the bound of what its people may do, and a role may take something away; both are known by name."""
    root = Administrator(home)
    in_a_tenant(root, JANE)
    backed(home.store, folder)
    for name in (JANE, "helper", "corp.example", "acme"):
        root.does("DELETE", f"principal/{name}")

    with pytest.raises(BackupError, match="its role helper is gone, make that first, its tenant acme is gone, make"):
        returned(home.store, folder, JANE)
    root.does("POST", "principal", {"type": "domain", "name": "corp.example"})
    in_a_tenant(root, domain="other.example")
    with pytest.raises(BackupError, match=r"corp\.example is not its tenant's any more"):
        returned(home.store, folder, JANE)
    assert [one.name for one in home.directory.all()] == [root.person.name]
    root.does("DELETE", "principal/corp.example")

    returned(home.store, folder, JANE)

    assert root.does("GET", f"principal/{JANE}")["tenant"] == "acme"
    assert root.does("GET", "principal/corp.example")["tenant"] == "acme"


def test_an_address_that_went_to_somebody_else_leads_to_who_had_it(
    home: Home, alice: JMAP, bob: JMAP, folder: Path
) -> None:
    """The backup says whose account it is, and what Bob holds stays as it is."""
    home.directory.add_alias(alice.name, "a@home.example")
    kept = alice.receives("Subject: kept\n\n")
    backed(home.store, folder)
    home.directory.remove_alias(alice.name, "a@home.example")
    home.directory.add_alias(bob.name, "a@home.example")
    bobs = bob.receives("Subject: bob's\n\n")
    alice.asks("Email/set", destroy=[kept])

    returned(home.store, folder, "a@home.example")

    assert [one["id"] for one in alice.asks("Email/get", ids=None)["list"]] == [kept]
    assert [one["id"] for one in bob.asks("Email/get", ids=None)["list"]] == [bobs]


def test_in_another_server_a_number_is_somebody_elses(
    home: Home, alice: JMAP, another: Store, clock: Clock, folder: Path
) -> None:
    """Nobody sees an account that has by chance the number of a group."""
    group = home.group("team", alice)
    home.directory.add_list("all@home.example", [alice.name])
    backed(home.store, folder)
    with served(another, clock) as home2:
        people = [home2.person(name) for name in ("bob", "carol", "dave", "erin")]
        assert {group.number, alice.number} <= {one.number for one in people}

        returned(another, folder, alice.name)

        there = home2.directory.find(alice.name)
        assert there is not None
        assert there.number not in {one.number for one in people}
        assert home2.directory.reach(there.number).keys() == {there.number}
        assert all(home2.directory.reach(one.number).keys() == {one.number} for one in people)


def in_a_tenant(root: Administrator, *people: str, domain: str = "corp.example") -> None:
    """A tenant with a domain, and people with addresses in it who have a role that was made."""
    root.does("POST", "principal", {"type": "tenant", "name": "acme"})
    root.does("POST", "principal", {"type": "domain", "name": domain, "tenant": "acme"})
    root.does("POST", "principal", {"type": "role", "name": "helper", "enabledPermissions": ["email-send"]})
    for name in people:
        told = {"name": name, "emails": [f"mail.{name}"], "roles": ["helper", "user"], "tenant": "acme"}
        root.does("POST", "principal", {"type": "individual", **told})
