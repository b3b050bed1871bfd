"""A backup is made of a server in use and becomes one again: what JMAP tells is the same."""

from pathlib import Path

import pytest
from tests.conversations.transfer.images import (
    LARGE,
    NOW,
    backed,
    restored,
    returned,
    rows,
    same,
    served,
    told,
    troubles,
)
from tests.driver import JMAP, Home
from tests.driver.administrator import Administrator
from tests.neighbour.postgres import Cluster
from tests.neighbour.stores import Data, cut_short, opened
from tests.toy.clock import Clock

from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.journal import Fate, Incoming, note_incoming
from pillarbox.datatypes.server import PUSH, QUEUE, due, is_paused, pause
from pillarbox.store import Store
from pillarbox.transfer.backup import BackupError, backup, restore, verify
from pillarbox.transfer.backup.image import ObjectRow


def test_a_server_is_what_it_was(
    home: Home, alice: JMAP, bob: JMAP, another: Store, clock: Clock, folder: Path, tmp_path: Path
) -> None:
    """Ours: adr/0055."""
    ids = [alice.receives(f"Subject: plans {number % 2}\n\ngarden {number}\n") for number in range(5)]
    alice.receives(LARGE)
    alice.asks("Email/set", update={ids[0]: {"keywords": {"$seen": True}}}, destroy=ids[3:4])
    bob.receives("Subject: hello\n\nlake\n")
    home.group("team", alice, readers=[bob])
    upload = alice.uploads(b"nobody's yet")

    done = backed(home.store, folder)
    assert (done.lost, done.nameless, done.total, done.done) == ([], [], 4, 4)
    (*_, found) = verify(REGISTRY, folder)
    assert (found.problems, found.objects, found.blobs) == ([], done.objects, done.blobs)
    last = restored(another, folder)

    assert (last.objects, last.blobs, last.lost) == (done.objects, done.blobs, 0)
    with served(another, clock) as home2:
        for person in (alice, bob):
            assert told(same(person, home2)) == told(person)
        again = same(alice, home2)
        found_ids = again.asks("Email/query", filter={"text": "garden"})["ids"]
        assert sorted(found_ids) == sorted(alice.asks("Email/query", filter={"text": "garden"})["ids"]) != []
        assert again.downloads(upload).octets == b"nobody's yet"
        assert home2.directory.members("team@home.example") == home.directory.members("team@home.example")
        assert troubles(home2, tmp_path / "doctor") == []


def test_what_is_kept_goes_from_one_store_to_the_other_and_back(
    home: Home, alice: JMAP, another: Store, folder: Path, tmp_path: Path, clock: Clock
) -> None:
    """Documents, blobs, holders, keys and numbers are the same, whichever store."""
    alice.receives("Subject: plans\n\ngarden\n")
    alice.receives(LARGE)
    alice.uploads(b"nobody's yet")
    root = Administrator(home)
    for made in ({"type": "tenant", "name": "acme"}, {"type": "apiKey", "name": "deploy", "secrets": ["quite long"]}):
        root.does("POST", "principal", made)
    root.does("POST", "settings", [{"type": "insert", "values": [["jmap.protocol.get.max-objects", "400"]]}])
    pause(home.store, QUEUE, NOW)
    with home.store.write(alice.number) as unit:
        came = Incoming("bob@far.example", alice.name, "1@far.example", 10, "q1", NOW, "192.0.2.1", "TLSv1.3")
        note_incoming(unit, came, Fate.DELIVERED, [])
    before = [rows(home.store, number) for number in (0, alice.number)]
    kinds = {row.type for each in before for row in each if isinstance(row, ObjectRow)}
    assert {"ApiKey", "Domain", "Email", "JournalEntry", "Pause", "Setting", "Tenant"} <= kinds
    backed(home.store, folder)

    restored(another, folder)

    assert [rows(another, number) for number in (0, alice.number)] == before
    assert is_paused(another, QUEUE)
    with home.store.read(alice.number) as unit, another.read(alice.number) as unit2:
        assert (unit2.given(), unit2.held_size()) == (unit.given(), unit.held_size())
        assert unit2.epoch != unit.epoch


@pytest.mark.neighbour
def test_files_become_a_database(another: Store, postgres: Cluster, clock: Clock, folder: Path, tmp_path: Path) -> None:
    with served(another, clock) as home:
        alice = home.person("alice")
        alice.receives("Subject: plans\n\ngarden\n")
        alice.receives(LARGE)
        before = [rows(another, number) for number in (0, alice.number)]
        backed(another, folder)
    database = opened(postgres.emptied(), REGISTRY.tables, clock)
    try:
        restored(database, folder)
        assert [rows(database, number) for number in (0, alice.number)] == before
        with served(database, clock) as home2:
            assert len(same(alice, home2).asks("Email/query", filter={"body": "garden"})["ids"]) == 1
            assert troubles(home2, tmp_path / "doctor") == []
    finally:
        database.close()


def test_clients_of_a_restored_server_cannot_calculate_changes(
    home: Home, alice: JMAP, another: Store, clock: Clock, folder: Path
) -> None:
    """RFC 8620 section 5.2: a state from before the restoration is of another history."""
    alice.receives("Subject: plans\n\ngarden\n")
    state = alice.state("Email")
    backed(home.store, folder)
    restored(another, folder)

    with served(another, clock) as home2:
        again = same(alice, home2)
        again.says("Email/changes", sinceState=state)
        again.hears("error", type="cannotCalculateChanges")


def test_a_whole_backup_goes_only_where_nothing_is(home: Home, alice: JMAP, folder: Path) -> None:
    backed(home.store, folder)
    with pytest.raises(BackupError, match="there are accounts here already"):
        restored(home.store, folder)
    assert alice.asks("Mailbox/get", ids=None)["list"] != []


def test_a_restoration_that_was_cut_off_is_begun_anew(
    home: Home, alice: JMAP, bob: JMAP, another: Store, folder: Path
) -> None:
    alice.receives("Subject: plans\n\ngarden\n")
    before = rows(home.store, alice.number)
    backed(home.store, folder)
    going = restore(another, REGISTRY, folder, NOW)
    next(going)
    next(going)
    del going
    assert another.accounts() != [0]

    restored(another, folder)

    assert rows(another, alice.number) == before
    assert another.accounts() == home.store.accounts()


def test_mail_that_waits_to_be_sent_is_due_again(home: Home, alice: JMAP, another: Store, folder: Path) -> None:
    """Although account 0 was written down after the account, and might have known that all was sent."""
    email = alice.receives("From: alice@home.example\nTo: x@far.example\n\nhello\n", "drafts")
    identity = alice.asks("Identity/get", ids=None)["list"][0]["id"]
    answer = alice.asks("EmailSubmission/set", create={"s": {"emailId": email, "identityId": identity}})
    assert answer["created"], answer
    backed(home.store, folder)

    restored(another, folder)
    assert due(another, QUEUE) == [alice.number]
    assert due(another, PUSH) == []
    returned(another, folder, alice.name)
    assert alice.number in due(another, QUEUE)


def test_a_second_backup_copies_what_is_new_and_drops_what_is_gone(home: Home, alice: JMAP, folder: Path) -> None:
    gone = alice.receives(LARGE)
    alice.receives("Subject: stays\n\nstays\n")
    first = backed(home.store, folder)
    assert first.copied == first.octets > 0
    alice.asks("Email/set", destroy=[gone])
    home.clock.now += 2 * 86_400
    with home.store.write(alice.number) as unit:
        unit.collect(int(home.clock()))

    second = backed(home.store, folder)

    assert second.copied == 0
    assert len(list((folder / "blobs").glob("*/*"))) == second.blobs < first.blobs
    (*_, found) = verify(REGISTRY, folder)
    assert found.problems == []


def test_accounts_that_come_and_go_meanwhile(
    home: Home, alice: JMAP, bob: JMAP, another: Store, clock: Clock, folder: Path, tmp_path: Path
) -> None:
    """Those that account 0 names are in the backup, and no others."""
    alice.receives("Subject: plans\n\ngarden\n")
    going = backup(home.store, REGISTRY, folder, NOW)
    while next(going).done == 0:
        pass
    home.directory.remove(alice.name)
    carol = home.person("carol")
    carol.receives("Subject: new\n\nnew\n")
    for _ in going:
        pass

    (*_, found) = verify(REGISTRY, folder)
    restored(another, folder)

    assert found.problems == []
    with served(another, clock) as home2:
        assert [one.address for one in home2.directory.all()] == [bob.name, carol.name]
        assert told(same(carol, home2)) == told(carol)
        assert troubles(home2, tmp_path / "doctor") == []


def test_data_without_a_name_is_told_and_left_out(home: Home, alice: JMAP, folder: Path) -> None:
    home.store.create(77)
    done = backed(home.store, folder)
    assert done.nameless == [77]
    (*_, found) = verify(REGISTRY, folder)
    assert (found.problems, found.done) == ([], 2)


def test_a_message_whose_octets_are_lost_is_told_and_the_rest_comes_back(
    home: Home, alice: JMAP, another: Store, clock: Clock, folder: Path, data: Data
) -> None:
    lost = alice.receives(LARGE)
    stays = alice.receives("Subject: stays\n\nlake\n")
    cut_short(data)

    done = backed(home.store, folder)
    (*_, found) = verify(REGISTRY, folder)
    restored(another, folder)

    assert [one.account for one in done.lost] == [alice.name]
    assert (found.problems, found.lost) == ([], 1)
    with served(another, clock) as home2:
        again = same(alice, home2)
        assert {one["id"] for one in again.asks("Email/get", ids=None)["list"]} == {lost, stays}
