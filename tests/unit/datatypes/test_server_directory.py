"""Accounts made and removed, also where it was interrupted."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest
from tests.driver.directory import Directory

from pillarbox.access import Rights
from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.directory import files
from pillarbox.datatypes.mail import IDENTITY, MAILBOX, Folder
from pillarbox.datatypes.server import ACCOUNT, numbered
from pillarbox.store import Unavailable
from pillarbox.store.sqlite import SQLiteStore
from pillarbox.store.sqlite.writing import SQLiteWriting

FOLDERS = (Folder("inbox", "Inbox"), Folder("sent", "Sent"))
NOW = 1_800_000_000


class _Failing(SQLiteStore):
    """Fails where it is told to, as if the process were killed there."""

    commits = True
    """Whether account 0 is written to."""
    removes = True
    accounts_commit = True
    """Whether other accounts are written to."""

    @contextmanager
    def write(self, account: int) -> Iterator[SQLiteWriting]:
        with super().write(account) as unit:
            yield unit
            if not (self.commits if account == 0 else self.accounts_commit):
                raise Unavailable("killed")

    def remove(self, account: int) -> None:
        if not self.removes:
            raise Unavailable("killed")
        super().remove(account)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[_Failing]:
    store = _Failing(tmp_path, REGISTRY.tables)
    store.create(0)
    yield store
    store.close()


def fill(store: SQLiteStore, number: int) -> None:
    """Something that the account holds."""
    with store.write(number) as unit:
        unit.hold(unit.add_blob(b"mail", 0).number)


def interrupted(store: _Failing) -> None:
    """An account that is made and never named."""
    store.commits = False
    with pytest.raises(Unavailable):
        Directory(store).add("bob@ours.example", "", FOLDERS)
    store.commits = True


def test_the_account_after_an_interrupted_one_has_each_mailbox_once(store: _Failing) -> None:
    interrupted(store)

    alice = Directory(store).add("alice@ours.example", "", FOLDERS)

    assert store.accounts() == [0, alice.number]
    with store.read(alice.number) as unit:
        assert len(unit.numbers(MAILBOX.table, 9)) == len(FOLDERS)


def test_mail_that_no_name_leads_to_is_neither_given_to_another_nor_deleted(store: _Failing) -> None:
    """Where account 0 was lost, or is an older copy of itself."""
    interrupted(store)
    (_, nameless) = store.accounts()
    fill(store, nameless)
    directory = Directory(store)

    alice = directory.add("alice@ours.example", "", FOLDERS)
    directory.clear(NOW)

    assert alice.number != nameless
    assert store.accounts() == [0, nameless, alice.number]


def test_who_makes_an_account_does_not_look_at_all_there_are(store: _Failing, monkeypatch: pytest.MonkeyPatch) -> None:
    """While it is made nobody else writes to account 0, and there may be a million."""
    Directory(store).add("alice@ours.example", "", FOLDERS)
    monkeypatch.setattr(store, "accounts", lambda: pytest.fail("all accounts were read"))

    bob = Directory(store).add("bob@ours.example", "", FOLDERS)

    with store.read(bob.number) as unit:
        assert len(unit.numbers(MAILBOX.table, 9)) == len(FOLDERS)


def test_addresses_that_were_not_told_are_told_however_many_accounts_there_are(
    store: _Failing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_PORTION", 2)
    directory = Directory(store)
    people = [directory.add(f"{name}@ours.example", "", FOLDERS) for name in ("alice", "bob", "carol", "dave", "erin")]
    with store.write(0) as server:
        for one in numbered(server, ACCOUNT, [people[0].number, people[3].number, people[4].number]):
            server.update(ACCOUNT.table, one.number, one.document, {**one.document, "known": []})

    directory.clear(NOW)

    with store.read(0) as server:
        assert all(one.known for one in numbered(server, ACCOUNT, [one.number for one in people]))


def test_an_interrupted_removal_is_finished(store: _Failing) -> None:
    directory = Directory(store)
    alice = directory.add("alice@ours.example", "", FOLDERS)
    bob = directory.add("bob@ours.example", "", FOLDERS)
    fill(store, alice.number)
    fill(store, bob.number)
    store.removes = False
    with pytest.raises(Unavailable):
        directory.remove("alice@ours.example")
    store.removes = True
    assert store.accounts() == [0, alice.number, bob.number]

    directory.clear(NOW)

    assert store.accounts() == [0, bob.number]


def test_an_account_that_was_never_named_is_cleared_away_and_others_stay(store: _Failing) -> None:
    directory = Directory(store)
    alice = directory.add("alice@ours.example", "", FOLDERS)
    interrupted(store)
    version = store.version(0)

    directory.clear(NOW)

    assert store.accounts() == [0, alice.number]
    assert store.version(0) == version


def emails(store: SQLiteStore, number: int) -> list[str]:
    """The addresses that an account has identities for."""
    with store.read(number) as unit:
        return [
            orjson.loads(one.document)["email"] for one in unit.get(IDENTITY.table, unit.numbers(IDENTITY.table, 9))
        ]


def test_an_account_is_told_of_an_address_though_that_was_interrupted(store: _Failing) -> None:
    """adr/0034: what account 0 knows and the account does not is told with the next upkeep, once."""
    directory = Directory(store)
    alice = directory.add("alice@ours.example", "", FOLDERS)
    store.accounts_commit = False
    with pytest.raises(Unavailable):
        directory.add_alias("alice@ours.example", "info@ours.example")
    store.accounts_commit = True
    found = directory.find("info@ours.example")
    assert found is not None
    assert found.number == alice.number
    assert emails(store, alice.number) == ["alice@ours.example"]

    directory.clear(NOW)

    assert emails(store, alice.number) == ["alice@ours.example", "info@ours.example"]
    version = store.version(alice.number)
    directory.clear(NOW)
    assert store.version(alice.number) == version


def test_a_group_that_was_never_named_has_no_members(store: _Failing) -> None:
    directory = Directory(store)
    alice = directory.add("alice@ours.example", "", FOLDERS)
    store.commits = False
    with pytest.raises(Unavailable):
        directory.add_group("team@ours.example", {"alice@ours.example": Rights.FULL}, FOLDERS)
    store.commits = True
    found = directory.find("alice@ours.example")
    assert found is not None
    assert found.groups == ()
    assert list(directory.reach(alice.number)) == [alice.number]


@pytest.mark.parametrize("asked", ["ren\u00e9@ours.example", "rene\u0301@ours.example", "REN\u00c9@ours.example"])
@pytest.mark.parametrize("made", ["ren\u00e9@ours.example", "Rene\u0301@ours.example"])
def test_an_address_is_one_however_its_letters_are_composed(store: _Failing, made: str, asked: str) -> None:
    """RFC 6532 section 3.1 recommends NFC."""
    directory = Directory(store)
    rene = directory.add(made, "", FOLDERS)
    assert rene.address == "ren\u00e9@ours.example"
    assert directory.find(asked) == rene
