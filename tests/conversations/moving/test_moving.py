"""Everything moves to another store and back, and nobody notices but by states that are new (adr/0062)."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from tests.conversations.transfer.images import LARGE, NOW, rows, same, served, told, troubles
from tests.driver import JMAP, Home
from tests.driver.administrator import Administrator
from tests.neighbour.stores import BLOB_STORES, Data, cut_short
from tests.toy.clock import Clock

from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.server import QUEUE, is_paused, pause
from pillarbox.signin.oauth import Beginning, Grants, Lives
from pillarbox.store import Elsewhere, LocalFeed, Movable, MovingStore, NoAccount, Notice, Standing, Store, Unavailable
from pillarbox.store.sqlite import SQLiteStore
from pillarbox.transfer.backup.image import End, KeyRow, Row
from pillarbox.transfer.moving import Moved, MoveError, move, planned


def moved(store: MovingStore) -> Moved:
    """All of it; how that ended."""
    (*_, last) = move(store, REGISTRY)
    return last


def until(steps: Iterator[Moved], store: Movable, account: int, standing: Standing) -> None:
    """Goes on until the account stands so."""
    while store.standing(account) is not standing:
        next(steps)


def lasting(store: Store, account: int) -> list[Row]:
    """All that is kept of an account, but for what account 0 knows of the move itself."""
    of_the_move = b"moves ".hex()
    found = (row for row in rows(store, account) if not isinstance(row, End))
    return [row for row in found if not isinstance(row, KeyRow) or not row.key.startswith(of_the_move)]


@pytest.mark.parametrize("data", BLOB_STORES, indirect=True)
def test_a_server_moves_and_back_and_is_what_it_was(
    home: Home, store: MovingStore, alice: JMAP, bob: JMAP, clock: Clock, tmp_path: Path
) -> None:
    """Ids, octets, passwords, keys, settings: all but states."""
    ids = [alice.receives(f"Subject: plans {number % 2}\n\ngarden {number}\n") for number in range(5)]
    alice.receives(LARGE)
    alice.asks("Email/set", update={ids[0]: {"keywords": {"$seen": True}}}, destroy=ids[3:4])
    bob.receives("Subject: hello\n\nlake\n")
    home.group("team", alice, readers=[bob])
    upload = alice.uploads(b"nobody's yet")
    Administrator(home).does("POST", "settings", [{"type": "insert", "values": [["queue.retry.0", "5m"]]}])
    pause(home.store, QUEUE, NOW)
    before = [told(alice), told(bob)]
    kept = {number: lasting(store, number) for number in store.accounts()}
    state = alice.state("Email")

    done = moved(store)

    assert (done.failures, done.is_complete, done.total, done.done) == ([], True, len(kept), len(kept))
    assert [told(alice), told(bob)] == before
    assert {number: lasting(store.target, number) for number in store.target.accounts()} == kept
    found = alice.asks("Email/query", filter={"text": "garden"})["ids"]
    assert sorted(found) == sorted(alice.asks("Email/query", filter={"subject": "plans"})["ids"]) != []
    assert alice.downloads(upload).octets == b"nobody's yet"
    assert home.directory.members("team@home.example") != []
    alice.says("Email/changes", sinceState=state)
    alice.hears("error", type="cannotCalculateChanges")
    assert troubles(home, tmp_path / "doctor") == []

    later = alice.receives("Subject: later\n\nlater\n")
    before = [told(alice), told(bob)]
    with closing(MovingStore(store.target, store.source)) as back:
        assert moved(back).is_complete
        with served(back.target, clock) as there:
            assert [told(same(alice, there)), told(same(bob, there))] == before
            assert later in same(alice, there).asks("Email/query")["ids"]
            assert is_paused(back.target, QUEUE)
            assert troubles(there, tmp_path / "doctor") == []


def test_an_account_is_read_and_not_written_to_while_it_moves(store: MovingStore, alice: JMAP, bob: JMAP) -> None:
    """RFC 8620 section 3.6.2: serverUnavailable."""
    alice.receives("Subject: plans\n\ngarden\n")
    before = told(alice)
    with closing(move(store, REGISTRY)) as steps:
        until(steps, store.source, alice.number, Standing.LEAVING)
        assert told(alice) == before
        alice.says("Mailbox/set", create={"new": {"name": "New"}})
        alice.hears("error", type="serverUnavailable")
        bob.asks("Mailbox/set", create={"new": {"name": "New"}})
        until(steps, store.source, alice.number, Standing.LEFT)
        assert told(alice) == before
        alice.asks("Mailbox/set", create={"new": {"name": "New"}})


@pytest.mark.parametrize("octets", [b"few", b"many" * 50_000])
def test_octets_that_came_in_before_the_move_have_to_come_again(store: MovingStore, alice: JMAP, octets: bytes) -> None:
    """As of an upload that takes long; whoever sends them is told that it was not now."""
    with store.stage(alice.number) as staged:
        staged.write(octets)
        moved(store)
        with pytest.raises(Unavailable), store.write(alice.number) as unit:
            unit.keep_blob(staged, 0)


def test_the_doctor_tells_of_what_is_not_written_to(
    home: Home, store: MovingStore, alice: JMAP, tmp_path: Path
) -> None:
    """As when `pillarbox migrate` was killed, and nobody knows."""
    before = troubles(home, tmp_path / "doctor")
    store.source.stand(alice.number, Standing.HERE, Standing.LEAVING)
    (one,) = (one for one in troubles(home, tmp_path / "doctor") if one not in before)
    assert (one.place, one.weight, f"account {alice.number} is not" in one.problem) == ("store", "remark", True)


def test_whoever_listens_hears_that_an_account_has_moved(home: Home, store: MovingStore, alice: JMAP) -> None:
    heard: list[Notice] = []
    with home.feed.listen(alice.number, heard.append):
        moved(store)
    assert [one.states["Email"] for one in heard] == [alice.state("Email")]


def test_a_grant_that_ends_after_the_move_is_known_to_have_ended(
    home: Home, store: MovingStore, alice: JMAP, clock: Clock
) -> None:
    """The numbers of the server's own log begin anew: what is remembered of them counts no more."""
    grants = Grants(store, home.key, Lives(), clock)
    beginning = Beginning(alice.number, "app", "app", frozenset(("openid",)), ("pwd",), clock())
    ended = [grants.begin(beginning).number for _ in range(40)]
    grant = grants.begin(beginning)
    token = grants.tokens(grant).access
    for one in ended:
        grants.end(alice.number, one)
    for _ in range(2):
        assert home.tokens.verified(token) is not None
    moved(store)
    for _ in range(2):
        assert home.tokens.verified(token) is not None
    assert home.tokens.remembered(token) is not None

    grants.end(alice.number, grant.number)

    assert home.tokens.confirmed(token) is None


def test_accounts_that_are_made_meanwhile_are_there(home: Home, store: MovingStore, alice: JMAP) -> None:
    with closing(move(store, REGISTRY)) as steps:
        until(steps, store.source, alice.number, Standing.LEFT)
        carol = home.person("carol")
        assert store.target.standing(carol.number) is Standing.HERE
        assert store.source.standing(carol.number) is Standing.LEFT
        (*_, last) = steps
    assert last.is_complete
    assert told(carol)[0] != []
    assert store.target.accounts() == [0, alice.number, carol.number]


def test_an_account_that_is_removed_meanwhile_is_gone(home: Home, store: MovingStore, alice: JMAP, bob: JMAP) -> None:
    alice.receives("Subject: plans\n\ngarden\n")
    with closing(move(store, REGISTRY)) as steps:
        until(steps, store.source, alice.number, Standing.LEAVING)
        home.directory.remove(alice.name)
        (*_, last) = steps
    assert (last.is_complete, last.failures) == (True, [])
    assert store.accounts() == store.target.accounts() == [0, bob.number]
    with pytest.raises(NoAccount), store.read(alice.number):
        pytest.fail("it is gone")


def test_what_cannot_be_moved_stays_and_so_does_the_server(
    home: Home, store: MovingStore, alice: JMAP, data: Data
) -> None:
    """A message is damaged: nothing is lost any further, and nobody is kept from anything."""
    bob = home.person("bob")
    alice.receives(LARGE)
    cut_short(data)
    last = moved(store)
    assert [(one.account, one.name) for one in last.failures] == [(alice.number, alice.name)]
    assert not last.is_complete
    standing = [store.source.standing(number) for number in (0, alice.number, bob.number)]
    assert standing == [Standing.HERE, Standing.HERE, Standing.LEFT]
    for person in (alice, bob):
        person.asks("Mailbox/set", create={"new": {"name": "New"}})


@pytest.mark.parametrize("data", ["sqlite"], indirect=True)
def test_one_that_cannot_be_read_at_all_keeps_no_other_from_moving(
    home: Home, store: MovingStore, alice: JMAP, bob: JMAP, data: Path, opens: Callable[[LocalFeed], MovingStore]
) -> None:
    """Its file is no database any more."""
    for file in (data / "accounts" / str(alice.number)).glob("account.db*"):
        file.write_bytes(b"no database" * 1000)
    other = opens(LocalFeed())

    assert planned(other).accounts == 3
    last = moved(other)

    assert [(one.account, one.name) for one in last.failures] == [(alice.number, alice.name)]
    assert [store.source.standing(number) for number in (0, bob.number)] == [Standing.HERE, Standing.LEFT]
    assert other.advice() == []


def test_the_store_of_another_server_is_not_moved_to(home: Home, store: MovingStore, alice: JMAP) -> None:
    store.target.create(0)
    store.target.create(99)
    for refused in (planned, moved):
        with pytest.raises(MoveError, match="accounts of its own"):
            refused(store)
    assert store.target.accounts() == [0, 99]
    alice.asks("Mailbox/set", create={"new": {"name": "New"}})


def test_what_another_server_is_moving_to_is_not_moved_to(
    store: MovingStore, alice: JMAP, bob: JMAP, tmp_path: Path, clock: Clock
) -> None:
    """It may have accounts of the same numbers. What has come to an end begins anew, and is the same server's."""
    alice.receives("Subject: plans\n\ngarden\n")
    before = [told(alice), told(bob)]
    with closing(move(store, REGISTRY)) as steps:
        until(steps, store.source, alice.number, Standing.LEFT)
    with closing(SQLiteStore(tmp_path / "another", REGISTRY.tables, clock)) as another:
        for account in (0, alice.number, bob.number):
            another.create(account)
        with pytest.raises(MoveError, match="another server"):
            moved(MovingStore(another, store.target))
    assert [told(alice), told(bob)] == before
    assert moved(store).is_complete
    assert [told(alice), told(bob)] == before


def test_who_moved_to_another_place_is_told(store: MovingStore, alice: JMAP, tmp_path: Path, clock: Clock) -> None:
    """As a second server, with a folder of its own under the same settings."""
    with closing(move(store, REGISTRY)) as steps:
        until(steps, store.source, alice.number, Standing.LEFT)
    with closing(SQLiteStore(tmp_path / "elsewhere", REGISTRY.tables, clock)) as another:
        other = MovingStore(store.source, another)
        with pytest.raises(MoveError, match="another store"):
            moved(other)
        with pytest.raises(Elsewhere, match="another store"), other.read(alice.number):
            pytest.fail("it is not there")
        assert another.accounts() == []
