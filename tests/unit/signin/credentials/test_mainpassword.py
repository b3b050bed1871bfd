"""Main passwords that a directory outside knows, and ways behind one that is away."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import pytest
from tests.toy.clock import Clock

from pillarbox.access import GROUP, Principal, Proof
from pillarbox.signin.credentials import MainPasswords, OwnPasswords, PasswordCheck, SecondFactorMissing, Tried
from pillarbox.store import Unavailable
from pillarbox.wire.network import Network, whole
from pillarbox.wire.values import Id

SECRET = "secret"
ALICE = Principal(Id("a1"), 1, "alice@far.example", (), "", None, directory="ldap")


@dataclass
class Outside:
    """A directory that knows alice, also by the name `alice`, and the account that she has here."""

    here: dict[str, Principal] = field(default_factory=lambda: {ALICE.address: ALICE})
    password: str = "secret"
    is_away: bool = False
    asked: int = 0
    listeners: list[Callable[[], None]] = field(default_factory=list)

    def find(self, address: str) -> Principal | None:
        return self.here.get(address)

    def verified(self, name: str, password: str) -> Principal | None:
        self.asked += 1
        if self.is_away:
            raise Unavailable("the directory is away")
        is_hers = name in (ALICE.address, "alice") and password == self.password
        return self.here.get(ALICE.address) if is_hers else None

    @contextmanager
    def listen(self, listener: Callable[[], None]) -> Iterator[None]:
        self.listeners.append(listener)
        yield

    def tells(self) -> None:
        for listener in self.listeners:
            listener()


@dataclass(frozen=True)
class Code:
    """A second factor."""

    number: int


@dataclass
class Factors:
    """Whoever has one has the code 123456."""

    factor: Code | None = None

    def of(self, account: int) -> Code | None:
        return self.factor if account == ALICE.number else None

    def lasting(self, account: int, code: str, tried: Tried) -> tuple[float, tuple[Network, ...]] | None:
        place = whole(tried.place)
        return (account + 1.0, (place,) if place else ()) if code == "123456" else None


@pytest.fixture
def outside() -> Outside:
    return Outside()


@pytest.fixture
def factors() -> Factors:
    return Factors()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def check(outside: Outside, factors: Factors, clock: Clock) -> PasswordCheck:
    return PasswordCheck(outside, (MainPasswords(outside, outside, factors),), clock)


def enter(check: PasswordCheck, name: str = ALICE.address, password: str = SECRET) -> Proof | None:
    """As the gate asks."""
    return check.remembered(name, password) or check.confirmed(name, password) or check.verified(name, password)


def test_it_is_asked_again_after_a_minute_whether_a_password_is_still_right(
    check: PasswordCheck, outside: Outside, clock: Clock
) -> None:
    """Ours: it tells nobody that one was changed."""
    assert enter(check) == Proof(ALICE)
    clock.now += 59
    assert enter(check) == Proof(ALICE)
    assert outside.asked == 1

    clock.now += 1
    outside.password = "another"
    assert enter(check) is None


def test_it_is_not_asked_for_each_change_here(check: PasswordCheck, outside: Outside) -> None:
    """Ours: with many accounts something changes all the time."""
    for _ in range(5):
        assert enter(check) is not None
        outside.tells()

    assert outside.asked == 1


def test_whose_account_here_is_gone_is_asked_anew(check: PasswordCheck, outside: Outside) -> None:
    """Ours."""
    assert enter(check) is not None
    outside.here[ALICE.address] = replace(ALICE, id=Id("a2"), number=2)
    outside.tells()
    proof = enter(check)

    assert proof is not None
    assert proof.principal.number == 2
    assert outside.asked == 2


def test_while_it_is_away_nobody_is_told_that_a_password_is_wrong(check: PasswordCheck, outside: Outside) -> None:
    """Ours: and nobody is banned for it."""
    outside.is_away = True

    with pytest.raises(Unavailable):
        enter(check)


def test_a_code_is_asked_for_by_any_name(check: PasswordCheck, factors: Factors) -> None:
    """Reference, oauth.md section 9.2: whichever directory knows the password."""
    factors.factor = Code(7)

    for name in (ALICE.address, "alice"):
        with pytest.raises(SecondFactorMissing):
            enter(check, name)
        proof = enter(check, name, "secret$123456")
        assert proof is not None
        assert (proof.credential, proof.methods) == (7, ("pwd", "otp", "mfa"))
        assert enter(check, name, "secret$654321") is None
        assert enter(check, name, "wrong$123456") is None


def test_another_second_factor_is_asked_for_anew(check: PasswordCheck, outside: Outside, factors: Factors) -> None:
    """Ours: what the lost one showed is worth nothing."""
    factors.factor = Code(7)
    assert enter(check, password="secret$123456") is not None
    factors.factor = Code(8)
    outside.tells()

    assert check.confirmed(ALICE.address, "secret$123456") is None


class Plain:
    """Keeps passwords as they are."""

    def hash(self, password: str) -> str:
        return password

    def verify(self, kept: str | None, password: str) -> bool:
        return kept == password

    def is_dated(self, kept: str) -> bool:
        return not kept


def test_only_persons_have_passwords() -> None:
    """Reference, http-server.md section 8, defect (c): even if something is kept of one."""
    group = replace(ALICE, kind=GROUP, secret="secret", directory="")
    own = OwnPasswords(Outside({group.address: group}), Plain())

    assert own.verified(group.address, "secret") is None


@dataclass
class Settled:
    """A way that knows one name and password, whatever is away."""

    name: str

    def verified(self, tried: Tried) -> Proof | None:
        return Proof(replace(ALICE, address=self.name)) if tried.name == self.name else None

    def confirmed(self, name: str, proof: Proof, age: float) -> Proof | None:  # noqa: ARG002 - as every way
        return proof


def test_a_way_that_is_away_does_not_bar_the_next(outside: Outside, factors: Factors) -> None:
    """Reference, oauth.md section 9.6: after the directory refused or failed."""
    check = PasswordCheck(outside, (MainPasswords(outside, outside, factors), Settled("root")))
    outside.is_away = True

    assert enter(check, "root") is not None
    with pytest.raises(Unavailable):
        enter(check, "somebody")


def test_who_came_by_a_way_that_is_no_more_is_not_known(outside: Outside) -> None:
    """Ours: with the settings; the others stay."""
    ways = (Settled("root"), Settled("toor"))
    check = PasswordCheck(outside, ways)
    assert enter(check, "root")
    assert enter(check, "toor")
    check.use(ways[:1])

    assert check.remembered("root", "secret") is not None
    assert check.remembered("toor", "secret") is None
    assert not check.is_outdated("toor", "secret")
