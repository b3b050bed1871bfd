"""The accounts of people whom a directory knows: whose they are, and what of them follows the directory."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from tests.driver.directory import Directory

from pillarbox.access import Principal
from pillarbox.datatypes.directory import AccountError, Newcomer
from pillarbox.datatypes.mail import IDENTITY, MAILBOX, Folder
from pillarbox.datatypes.server import DOMAIN, selected
from pillarbox.store import Store

FOLDERS = (Folder("inbox", "Inbox"), Folder("sent", "Sent"))
HERE = frozenset(("dir.example",))


@pytest.fixture
def accounts(store: Store) -> Directory:
    return Directory(store)


def adopted(accounts: Directory, *addresses: str, **more: object) -> Principal:
    told = Newcomer("corp", tuple(f"{one}@dir.example" for one in addresses), HERE, **more)  # type: ignore[arg-type]
    return accounts.adopt(told, FOLDERS)


def test_an_account_is_made_like_any_other(accounts: Directory, store: Store) -> None:
    """Ours: with Mailboxes, an identity for each address, and no password of its own."""
    ada = adopted(accounts, "ada", "countess", description="Ada", quota=1000)

    assert (ada.address, ada.aliases, ada.directory) == ("ada@dir.example", ("countess@dir.example",), "corp")
    assert (ada.secret, ada.description, ada.quota) == ("", "Ada", 1000)
    with store.read(0) as server:
        assert [one.name for one in selected(server, DOMAIN)] == ["dir.example"]
    with store.read(ada.number) as unit:
        assert len(unit.numbers(MAILBOX.table, 10)) == 2
        assert len(unit.numbers(IDENTITY.table, 10)) == 2


def test_the_same_again_changes_nothing(accounts: Directory, store: Store) -> None:
    """Ours: a sign-in writes nothing where there is nothing new."""
    ada = adopted(accounts, "ada", "countess", description="Ada")
    heard: list[object] = []

    with store.feed.listen(0, heard.append):
        assert adopted(accounts, "ada", "countess", description="Ada") == ada
        assert adopted(accounts, "ada", "countess") == ada
    assert heard == []


def test_addresses_follow_the_directory_in_its_domains(accounts: Directory) -> None:
    """Ours: those elsewhere are an administrator's, and stay."""
    ada = adopted(accounts, "ada", "countess")
    accounts.add_alias("ada@dir.example", "ada@elsewhere.example")

    changed = adopted(accounts, "ada", "engine")

    assert (changed.number, changed.address) == (ada.number, "ada@dir.example")
    assert set(changed.aliases) == {"engine@dir.example", "ada@elsewhere.example"}
    assert accounts.find("countess@dir.example") is None


def test_another_main_address_is_the_same_account_where_both_are_told(accounts: Directory) -> None:
    """Ours: it was an alias of it, and what was the main one is an alias now."""
    ada = adopted(accounts, "ada", "lovelace")

    changed = adopted(accounts, "lovelace", "ada")

    assert (changed.number, changed.address, changed.aliases) == (
        ada.number,
        "lovelace@dir.example",
        ("ada@dir.example",),
    )


def test_whoever_is_given_anothers_alias_is_not_given_their_mail(accounts: Directory) -> None:
    """Ours: an alias makes nobody the owner of an account."""
    adopted(accounts, "ada", "countess")

    with pytest.raises(AccountError):
        adopted(accounts, "countess")
    with pytest.raises(AccountError):
        adopted(accounts, "countess", "bob")
    bob = adopted(accounts, "bob", "ada", "countess")

    assert bob.aliases == ()
    assert bob.number != accounts.find("ada@dir.example").number  # type: ignore[union-attr]


def test_what_is_somebody_elses_is_not_taken_over(accounts: Directory) -> None:
    """Ours: an account of this server, of another directory, or a group."""
    accounts.add("own@dir.example", "secret", FOLDERS)
    accounts.add_group("team@dir.example", {}, FOLDERS)
    accounts.adopt(Newcomer("other", ("far@dir.example",), HERE), FOLDERS)

    for name in ("own", "team", "far"):
        with pytest.raises(AccountError):
            adopted(accounts, name, "more")
    assert accounts.find("more@dir.example") is None


def test_roles_come_and_go_where_they_are_managed(accounts: Directory) -> None:
    """Ours: a role that the directory says nothing of stays as an administrator has given it."""
    plain = adopted(accounts, "ada")
    admin = adopted(accounts, "ada", roles=frozenset(("admin", "user")), managed=frozenset(("admin", "user")))
    assert plain.permissions < admin.permissions

    assert adopted(accounts, "ada").permissions == admin.permissions
    again = adopted(accounts, "ada", roles=frozenset(("user",)), managed=frozenset(("admin", "user")))
    assert again.permissions == plain.permissions


def test_what_it_no_longer_tells_stays(accounts: Directory) -> None:
    """Ours: no name and no quota is no news."""
    adopted(accounts, "ada", description="Ada", quota=1000)

    ada = adopted(accounts, "ada")

    assert (ada.description, ada.quota) == ("Ada", 1000)


def test_two_who_come_at_once_are_one(accounts: Directory) -> None:
    """Ours: a program that opens several connections is one person."""
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: adopted(accounts, "ada", "countess"), range(8)))

    assert {one.number for one in found} == {found[0].number}
    assert len(accounts.all()) == 1
