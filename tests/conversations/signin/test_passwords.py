"""The main password, changed by its owner; and what is written down of that."""

import pytest
from tests.driver import JMAP, Home
from tests.driver.oauth import App

from pillarbox.access import Principal
from pillarbox.datatypes.server import SecurityKind, audit, note, security_events
from pillarbox.signin.credentials import CredentialError, change_password, open_administrator, put_password


def known(home: Home, person: JMAP, password: str) -> Principal | None:
    """Who comes in with it."""
    proof = home.check.verified(person.name, password)
    return None if proof is None else proof.principal


def changes(home: Home, person: JMAP, old: str, new: str) -> None:
    change_password(home.store, home.passwords, person.number, old, new, home.now(), "198.51.100.1")


def test_the_old_one_ends_and_the_new_one_counts(home: Home, alice: JMAP) -> None:
    """Architecture section 2: at once, remembered or not."""
    assert known(home, alice, alice.password) is not None
    changes(home, alice, alice.password, "another secret")

    assert known(home, alice, alice.password) is None
    assert known(home, alice, "another secret") is not None


@pytest.mark.parametrize(
    "new",
    ["", "short", "x" * 1025, "\ud800" * 8, "secret words$123456"],
    ids=["empty", "short", "long", "no text", "like a code"],
)
def test_one_that_is_no_password_is_refused(home: Home, alice: JMAP, new: str) -> None:
    """Ours: eight characters at least, as many as are read at most; and none that is taken for one with a code."""
    with pytest.raises(CredentialError):
        changes(home, alice, alice.password, new)
    assert known(home, alice, alice.password) is not None


def test_the_way_in_of_last_resort_ends_what_is_signed_in(home: Home, alice: JMAP) -> None:
    """Ours: it is taken where somebody else may have been in."""
    app = App(home)
    tokens = app.is_let_in(alice)
    assert app.looks(tokens["access_token"]).status == 200
    open_administrator(home.store, alice.number, home.passwords.hash("another secret"), home.now())

    assert app.looks(tokens["access_token"]).status == 401
    assert app.refreshes(tokens["refresh_token"]).json()["error"] == "invalid_grant"


def test_who_does_not_know_it_cannot_change_it(home: Home, alice: JMAP) -> None:
    """Ours: whoever sits at a browser left open."""
    with pytest.raises(CredentialError, match="present password"):
        changes(home, alice, "a guess", "another secret")


def test_one_that_is_not_kept_here_is_not_changed_here(home: Home, alice: JMAP) -> None:
    """Ours: a group has none."""
    team = home.group("team", alice)

    with pytest.raises(CredentialError, match="not kept here"):
        change_password(home.store, home.passwords, team.number, "", "another secret", home.now())
    with pytest.raises(CredentialError, match="not kept here"):
        put_password(home.store, team.number, home.passwords.hash("another secret"), home.now())


def test_its_owner_can_read_of_it(home: Home, alice: JMAP) -> None:
    """Ours."""
    changes(home, alice, alice.password, "another secret")

    with home.store.read(0) as server:
        (one,) = security_events(server, alice.number)
    assert (one.kind, one.address, one.at) == ("password-changed", "198.51.100.1", "2027-01-15T08:00:00Z")


def test_of_an_account_only_so_much_is_kept(home: Home, alice: JMAP, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours: the oldest go."""
    monkeypatch.setattr(audit, "MAX_OF_ACCOUNT", 60)
    with home.store.write(0) as server:
        for number in range(61):
            note(server, alice.number, SecurityKind.SIGNED_IN, home.now(), str(number), {"agent": "x" * 1000})

    with home.store.read(0) as server:
        kept = security_events(server, alice.number)
    assert [one.address for one in kept] == [str(number) for number in range(60, 49, -1)]
    assert len(kept[0].details["agent"]) == 200


def test_in_all_only_so_much_is_kept(home: Home, alice: JMAP, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours: whoever makes accounts cannot fill the store with it."""
    monkeypatch.setattr(audit, "MAX_IN_ALL", 150)
    with home.store.write(0) as server:
        for number in range(1000):
            note(server, number, SecurityKind.SIGNED_IN, home.now())

    with home.store.read(0) as server:
        assert len(server.numbers(audit.SECURITY_EVENT.table, 1000)) <= 250


def test_nothing_of_it_stays_with_the_next_of_that_name(home: Home, alice: JMAP) -> None:
    """Ours."""
    changes(home, alice, alice.password, "another secret")
    home.directory.remove(alice.name)

    with home.store.read(0) as server:
        assert security_events(server, alice.number) == []
