"""What every directory outside promises, whatever it speaks: who is known, whose a password is, and when it is away."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.neighbour.peopled import PASSWORD, PASSWORDS, SOURCES, Peopled, peopled
from tests.toy.clock import Clock

from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.directory import InternalDirectory
from pillarbox.datatypes.mail import Folder
from pillarbox.settings import snapshot
from pillarbox.settings.catalogue import DEFAULT_DIRECTORY, DIRECTORIES
from pillarbox.signin.credentials import OwnPasswords
from pillarbox.signin.directory import Chosen, Directories, DirectoryAway, patience
from pillarbox.store import Store
from pillarbox.store.sqlite import SQLiteStore

FOLDERS = (Folder("inbox", "Inbox"),)


@dataclass
class Town:
    """The accounts here, and all who are known."""

    accounts: InternalDirectory
    directories: Directories
    outside: Peopled


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    store = SQLiteStore(tmp_path / "here", REGISTRY.tables, clock)
    store.create(0)
    yield store
    store.close()


@pytest.fixture(params=SOURCES)
def town(
    request: pytest.FixtureRequest, tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Town]:
    """A server with an account of its own, and a directory outside."""
    monkeypatch.setattr(patience, "REST", 0.1)
    with peopled(request.param, tmp_path / "directory", request) as outside:
        yield _town(store, outside)


def _town(store: Store, outside: Peopled, **more: str) -> Town:
    accounts, passwords = InternalDirectory(store), PASSWORDS
    accounts.add("resident@home.example", passwords.hash("of the house"), FOLDERS)
    settings, problems = snapshot({**outside.pairs, **{key.replace("__", "."): value for key, value in more.items()}})
    assert problems == []
    chosen = Chosen(settings[DIRECTORIES], settings[DEFAULT_DIRECTORY], FOLDERS)
    return Town(accounts, Directories(accounts, OwnPasswords(accounts, passwords), passwords, chosen), outside)


def test_somebody_is_found_by_address(town: Town) -> None:
    """Ours: whoever the directory knows has an account here from then on, with what it tells of them."""
    ada = town.directories.find("Ada@DIR.example")

    assert ada is not None
    assert (ada.address, ada.aliases, ada.directory) == ("ada@dir.example", ("countess@dir.example",), "corp")
    assert (ada.description, ada.quota) == ("Ada Lovelace", 1_000_000)
    assert town.accounts.find("ada@dir.example") == ada


def test_an_alias_is_the_same_person(town: Town) -> None:
    """Ours: mail to any of their addresses is theirs, whichever is used first."""
    by_alias = town.directories.find("countess@dir.example")

    assert by_alias is not None
    assert by_alias.address == "ada@dir.example"
    assert town.directories.find("ada@dir.example") == by_alias


def test_the_right_password_proves_somebody(town: Town) -> None:
    """RFC 4513 section 5.1.3: the directory says whose password it is."""
    ada = town.directories.verified("ada@dir.example", PASSWORD)

    assert ada is not None
    assert ada.address == "ada@dir.example"
    assert "authenticate" in ada.permissions


def test_another_password_proves_nobody(town: Town) -> None:
    """RFC 4513 section 5.1.3; and nobody gets an account by it."""
    assert town.directories.verified("ada@dir.example", "another") is None
    assert town.directories.verified("bob@dir.example", PASSWORD) is None
    assert town.accounts.find("ada@dir.example") is None


@pytest.mark.parametrize("empty", ["", "\u00ad", "\0"])
def test_no_password_proves_nobody(town: Town, empty: str) -> None:
    """RFC 4513 section 5.1.2: a bind with a name and without a password succeeds, and proves nothing."""
    assert town.directories.verified("ada@dir.example", empty) is None
    assert town.directories.verified("ghost@dir.example", empty) is None


def test_whoever_has_no_password_is_known_and_cannot_sign_in(town: Town) -> None:
    """Ours: an entry without a password takes mail."""
    assert town.directories.find("ghost@dir.example") is not None
    assert town.directories.verified("ghost@dir.example", PASSWORD) is None


@pytest.mark.parametrize(
    "name",
    [
        "*@dir.example",
        "a*@dir.example",
        "ada@dir.example)(uid=*",
        "x)(|(mail=*@dir.example",
        "ada\\2a@dir.example",
        "' OR '1'='1'@dir.example",
        "ada@dir.example' -- @dir.example",
        "ada,ou=people@dir.example",
        "$1@dir.example",
        "{username}@dir.example",
        "\U0001f980@dir.example",
        "a" * 300 + "@dir.example",
    ],
)
def test_a_name_is_a_value_and_nothing_more(town: Town, name: str) -> None:
    """RFC 4515 section 3, RFC 4514 section 2.4: what would mean something in a question means itself."""
    assert town.directories.find(name) is None
    assert town.directories.verified(name, PASSWORD) is None


def test_two_with_one_address_are_nobody(town: Town) -> None:
    """Ours: whose it is cannot be told, and the wrong one would read another's mail."""
    assert town.directories.find("twin@dir.example") is None
    assert town.directories.verified("twin@dir.example", PASSWORD) is None


def test_of_other_domains_nobody_is_known(town: Town) -> None:
    """Ours: a directory is asked about its domains alone, and an address elsewhere that it tells of is not believed."""
    assert town.directories.find("ada@elsewhere.example") is None
    ada = town.directories.verified("ada@dir.example", PASSWORD)
    assert ada is not None
    assert "ada@elsewhere.example" not in ada.aliases


def test_those_of_this_server_are_asked_about_nowhere(town: Town) -> None:
    """Ours: the directory may be away, and they sign in."""
    town.outside.go_away()

    resident = town.directories.verified("resident@home.example", "of the house")

    assert resident is not None
    assert resident.directory == ""
    assert town.directories.find("nobody@home.example") is None


def test_a_directory_that_is_away_says_nothing_of_a_password(town: Town) -> None:
    """Ours: that is told apart from a wrong one; what is here already takes mail; and all is well once it is back."""
    ada = town.directories.find("ada@dir.example")
    town.outside.go_away()

    with pytest.raises(DirectoryAway):
        town.directories.verified("ada@dir.example", PASSWORD)
    with pytest.raises(DirectoryAway):
        town.directories.find("bob@dir.example")
    assert town.directories.find("ada@dir.example") == ada

    town.outside.come_back()
    patient = town.directories._places["corp"].source
    patient._rests_until = 0.1
    assert town.directories.verified("ada@dir.example", PASSWORD) == ada


def test_an_account_of_this_server_in_its_domain_stays_its_own(town: Town) -> None:
    """Ours: whoever is known here is not somebody else because a directory says so."""
    town.accounts.add("bob@dir.example", PASSWORDS.hash("of the house"), FOLDERS)

    assert town.directories.verified("bob@dir.example", "another") is None
    assert town.directories.verified("bob@dir.example", "of the house") is not None


def test_an_alias_that_somebody_has_here_is_not_taken_away(town: Town) -> None:
    """Ours: mail for an address goes on to whoever had it."""
    town.accounts.add("countess@dir.example", PASSWORDS.hash("of the house"), FOLDERS)

    ada = town.directories.verified("ada@dir.example", PASSWORD)

    assert ada is not None
    assert ada.aliases == ()
