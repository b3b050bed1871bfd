"""Who of several directories is asked, and how patiently."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.neighbour.peopled import PASSWORD, PASSWORDS, Peopled, peopled
from tests.toy.clock import Clock

from pillarbox.datatypes import REGISTRY
from pillarbox.datatypes.directory import InternalDirectory
from pillarbox.datatypes.mail import Folder
from pillarbox.settings import snapshot
from pillarbox.settings.catalogue import DEFAULT_DIRECTORY, DIRECTORIES
from pillarbox.signin.credentials import OwnPasswords
from pillarbox.signin.directory import Chosen, Directories, DirectoryAway, Person
from pillarbox.signin.directory.patience import FORGOTTEN, REST, Patient
from pillarbox.signin.directory.source import octets, person, text
from pillarbox.store.sqlite import SQLiteStore

FOLDERS = (Folder("inbox", "Inbox"),)


def chosen(pairs: dict[str, str]) -> Chosen:
    settings, _ = snapshot(pairs)
    return Chosen(settings[DIRECTORIES], settings[DEFAULT_DIRECTORY], FOLDERS)


@pytest.fixture
def outside(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Peopled]:
    with peopled("sqlite", tmp_path / "people", request) as made:
        yield made


@pytest.fixture
def directories(tmp_path: Path, clock: Clock) -> Iterator[Directories]:
    """Those of a server without any outside."""
    store = SQLiteStore(tmp_path / "here", REGISTRY.tables, clock)
    store.create(0)
    accounts = InternalDirectory(store)
    accounts.add("own@home.example", PASSWORDS.hash("of the house"), FOLDERS)
    yield Directories(accounts, OwnPasswords(accounts, PASSWORDS), PASSWORDS, chosen({}))
    store.close()


def test_the_default_directory_knows_those_whom_no_other_does(directories: Directories, outside: Peopled) -> None:
    """Ours: `storage.directory`; of logins without a domain too."""
    pairs = {key: value for key, value in outside.pairs.items() if not key.endswith("domains")}
    directories.use(chosen({**pairs, "storage.directory": "corp"}))

    by_login = directories.verified("ada", PASSWORD)

    assert by_login is not None
    assert by_login.address == "ada@dir.example"
    assert "ada@elsewhere.example" in by_login.aliases
    assert directories.verified("own@home.example", "of the house") is not None


def test_a_domain_of_another_directory_is_not_the_default_ones(directories: Directories, outside: Peopled) -> None:
    """Ours: `directory.<id>.domains` goes before."""
    pairs = {key: value for key, value in outside.pairs.items() if not key.endswith("domains")}
    more = {"directory.own.type": "internal", "directory.own.domains": "elsewhere.example"}
    directories.use(chosen({**pairs, **more, "storage.directory": "corp"}))

    assert directories.find("ada@elsewhere.example") is None
    ada = directories.verified("ada@dir.example", PASSWORD)
    assert ada is not None
    assert "ada@elsewhere.example" not in ada.aliases


@pytest.mark.parametrize(
    "pairs", [{"storage.directory": "gone"}, {"directory.x.type": "ldap", "storage.directory": "x"}]
)
def test_where_there_is_none_as_named_nobody_is_told_that_they_are_wrong(
    directories: Directories, pairs: dict[str, str]
) -> None:
    """Ours: its people are told to come again, and those of this server notice nothing."""
    directories.use(chosen(pairs))

    with pytest.raises(DirectoryAway):
        directories.verified("ada@dir.example", PASSWORD)
    assert directories.verified("own@home.example", "of the house") is not None
    assert directories.verified("own@home.example", "wrong") is None


def test_of_a_directory_that_is_taken_out_nobody_signs_in_by_another_way(
    directories: Directories, outside: Peopled
) -> None:
    """Ours: an account is its directory's until somebody says otherwise."""
    directories.use(chosen(dict(outside.pairs)))
    ada = directories.verified("ada@dir.example", PASSWORD)

    directories.use(chosen({}))

    assert directories.find("ada@dir.example") == ada
    with pytest.raises(DirectoryAway):
        directories.verified("ada@dir.example", PASSWORD)


class Toy:
    """A source that counts, and answers as it is told."""

    def __init__(self) -> None:
        self.asked = 0
        self.answer: Callable[[], Person | None] = lambda: None

    def find(self, name: str) -> Person | None:  # noqa: ARG002 - the contract's
        self.asked += 1
        return self.answer()

    def verified(self, name: str, password: str) -> Person | None:  # noqa: ARG002 - the contract's
        return self.find(name)

    def close(self) -> None:
        pass


def _away() -> None:
    raise DirectoryAway("gone")


def test_who_does_not_answer_is_not_asked_again_at_once(clock: Clock) -> None:
    """Ours."""
    toy = Toy()
    patient = Patient("corp", toy, clock)
    toy.answer = _away
    for _ in range(5):
        with pytest.raises(DirectoryAway):
            patient.verified("a", "b")
    assert toy.asked == 1

    clock.now += REST
    toy.answer = lambda: Person(("a@dir.example",))
    assert patient.verified("a", "b") is not None
    assert patient.verified("a", "b") is not None


def test_who_is_not_known_is_not_asked_about_again_at_once(clock: Clock) -> None:
    """Ours: a message to `alice+anything` asks about that whole address first."""
    toy = Toy()
    patient = Patient("corp", toy, clock)
    assert [patient.find("a") for _ in range(5)] == [None] * 5
    assert toy.asked == 1

    clock.now += FORGOTTEN
    toy.answer = lambda: Person(("a@dir.example",))
    assert patient.find("a") is not None


def test_while_one_waits_in_doubt_nobody_else_does(clock: Clock) -> None:
    """Ours: there are two threads for passwords, and one of them is always for others."""
    toy = Toy()
    patient = Patient("corp", toy, clock)
    begun, may_end = threading.Event(), threading.Event()

    def mute() -> None:
        begun.set()
        may_end.wait(10)
        raise DirectoryAway("it took too long")

    toy.answer = mute

    def asks() -> None:
        with pytest.raises(DirectoryAway):
            patient.verified("a", "b")

    waiting = threading.Thread(target=asks)
    waiting.start()
    begun.wait(10)
    for _ in range(20):
        with pytest.raises(DirectoryAway):
            patient.verified("c", "d")
    may_end.set()
    waiting.join()
    assert toy.asked == 1


def test_what_is_told_is_bounded_and_cleaned() -> None:
    """Ours: attributes are written by others, and are shown to people."""
    assert text("  Ada\r\n\u202eLovelace\0 ") == "Ada Lovelace"
    assert len(text("a" * 100_000)) == 255
    assert (octets("1000"), octets("0"), octets("-1"), octets("1e9"), octets("9" * 17)) == (
        1000,
        None,
        None,
        None,
        None,
    )
    assert person(["none", "@", "a b@c", ""]) is None
    many = person(f"{number}@dir.example" for number in range(1000))
    assert many is not None
    assert len(many.addresses) == 100
