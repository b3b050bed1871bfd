"""What others got wrong (reference, http-server.md section 8, and oauth.md section 9), and does not happen here."""

import base64
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address, ip_network

import pytest
from argon2 import PasswordHasher
from tests.driver import FOLDERS, JMAP, Home, Reply
from tests.driver.apikey import NewApiKey, add_key, remove_key

from pillarbox.access import Ended, Passwords, Proof, ProofKind
from pillarbox.datatypes.directory import AccountError
from pillarbox.http import BanPolicy
from pillarbox.http.guard.client import Client
from pillarbox.http.problem import Problem
from pillarbox.settings import Duration, Rate

HERE = Client("192.0.2.1", ip_address("192.0.2.1"))
THERE = Client("198.51.100.1", ip_address("198.51.100.1"))


def basic(name: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def key(name: str, secret: str) -> bytes:
    return b"Bearer api_" + base64.b64encode(f"{name}:{secret}".encode())


def session(home: Home, authorization: str, peer: str = "192.0.2.1") -> Reply:
    return home.web.sends("GET", "/.well-known/jmap", {"Authorization": authorization}, peer=peer)


def at_a_route_with_keys(home: Home, authorization: bytes, client: Client = HERE) -> Proof | int:
    """What a route that takes API keys is told: the proof, or the status of its refusal."""
    try:
        return home.web.run(home.setup.gate.entry_or_key(authorization, client)).proof
    except Problem as problem:
        return problem.status


@pytest.fixture
def robot(home: Home) -> bytes:
    """The header of an API key that may list domains."""
    return key("robot", add_key(home.store, NewApiKey("robot", enabled=("domain-list",)), home.now()))


def test_a_changed_password_is_no_good_where_it_was_remembered(home: Home, alice: JMAP) -> None:
    """Section 8, defect (a): an old password kept working for an hour."""
    assert session(home, basic(alice.name, alice.password)).status == 200
    home.gives_password(alice, "another")

    assert session(home, basic(alice.name, alice.password)).status == 401


def test_a_key_lets_in_where_keys_are_taken(home: Home, robot: bytes) -> None:
    """Reference, oauth.md section 9.5."""
    proof = at_a_route_with_keys(home, robot)

    assert isinstance(proof, Proof)
    assert (proof.kind, proof.principal.address) == (ProofKind.API_KEY, "robot")
    assert proof.principal.permissions == {"authenticate", "domain-list"}
    assert home.web.run(home.setup.gate.entry_or_key(robot, HERE)).actor.accounts == {}


def test_a_key_that_was_used_there_opens_nothing_else(home: Home, robot: bytes) -> None:
    """Section 8, defect (b): once cached it was accepted everywhere."""
    assert isinstance(at_a_route_with_keys(home, robot), Proof)

    assert session(home, robot.decode()).status == 401


def test_a_key_registers_clients(home: Home) -> None:
    """Reference, oauth.md section 9.5: at `/auth/register`, with the permission for it."""
    wanted = NewApiKey("robot", enabled=("oauth-client-registration",))
    able = key("robot", add_key(home.store, wanted, home.now())).decode()
    unable = key("other", add_key(home.store, NewApiKey("other"), home.now())).decode()
    client = b'{"redirect_uris": ["https://app.example/back"], "client_name": "App"}'

    def registers(authorization: str) -> int:
        headers = {"Authorization": authorization, "Content-Type": "application/json"}
        return home.web.sends("POST", "/auth/register", headers, client).status

    assert [registers(able), registers(unable)] == [201, 403]


def test_a_key_is_no_name_and_password(home: Home, robot: bytes) -> None:
    """Section 8, defect (c): only the form with Bearer was kept out."""
    pair = base64.b64decode(robot.removeprefix(b"Bearer api_")).decode()
    name, _, secret = pair.partition(":")

    assert session(home, basic(name, secret)).status == 401
    assert at_a_route_with_keys(home, basic(name, secret).encode()) == 401


def test_nobodys_password_is_a_key(home: Home, alice: JMAP, robot: bytes) -> None:
    """Ours: the other way round."""
    assert at_a_route_with_keys(home, key(alice.name, alice.password)) == 401
    assert isinstance(at_a_route_with_keys(home, basic(alice.name, alice.password).encode()), Proof)


@pytest.mark.parametrize("password", ["", "x", "None"])
def test_a_group_has_no_password(home: Home, alice: JMAP, password: str) -> None:
    """Section 8, defect (c): principals of any kind could sign in."""
    home.group("team", alice)

    assert session(home, basic("team@home.example", password)).status == 401


def test_wrong_tokens_and_keys_are_counted(home: Home, robot: bytes) -> None:
    """Section 8, defect (d): failed tokens did not count for bans."""
    home.ban_policy = BanPolicy(failures=None, auth=Rate(3, Duration(86_400_000)))
    home.tokens = Tokens()  # type: ignore[assignment]
    home.build()
    for number in range(3):
        assert session(home, f"Bearer forged{number}", "203.0.113.9").status == 401
    assert [str(one.network) for one in home.banned()] == ["203.0.113.9/32"]
    assert "forged" not in home.banned()[0].evidence

    there = Client("203.0.113.10", ip_address("203.0.113.10"))
    for number in range(3):
        assert at_a_route_with_keys(home, key("robot", f"guess{number}"), there) == 401
    assert len(home.banned()) == 2


def test_a_token_that_has_ended_is_nothing_against_anybody(home: Home) -> None:
    """Ours: every client has one now and then."""
    home.ban_policy = BanPolicy(failures=Rate(3, Duration(60_000)), auth=Rate(3, Duration(86_400_000)))
    home.tokens = Tokens()  # type: ignore[assignment]
    home.build()
    for number in range(9):
        reply = session(home, f"Bearer ended{number}")
        assert reply.status == 401
        assert 'error="invalid_token"' in reply.headers["www-authenticate"]

    assert home.banned() == []


def test_a_key_ends_with_its_time_from_elsewhere_and_at_once(home: Home) -> None:
    """Section 8, defect (a): looked at with each request, remembered or not."""
    wanted = NewApiKey("robot", networks=(ip_network("192.0.2.0/24"),), expires=home.now() + timedelta(seconds=10))
    robot = key("robot", add_key(home.store, wanted, home.now()))

    assert isinstance(at_a_route_with_keys(home, robot), Proof)
    assert at_a_route_with_keys(home, robot, THERE) == 401
    home.clock.now += 10
    assert at_a_route_with_keys(home, robot) == 401

    other = key("other", add_key(home.store, NewApiKey("other"), home.now()))
    assert isinstance(at_a_route_with_keys(home, other), Proof)
    remove_key(home.store, "other", home.now())
    assert at_a_route_with_keys(home, other) == 401


@pytest.mark.parametrize(
    "wanted",
    [
        NewApiKey(""),
        NewApiKey("a:b"),
        NewApiKey("robot", enabled=("nothing",)),
        NewApiKey("robot", roles=("nobody",)),
    ],
    ids=["empty", "colon", "permission", "role"],
)
def test_a_key_that_makes_no_sense_is_refused(home: Home, wanted: NewApiKey) -> None:
    """Ours."""
    with pytest.raises(AccountError):
        add_key(home.store, wanted, home.now())


def test_names_of_keys_are_taken_once(home: Home, robot: bytes) -> None:
    """Ours."""
    with pytest.raises(AccountError, match="taken"):
        add_key(home.store, NewApiKey("robot"), home.now())


def test_a_hash_from_elsewhere_is_made_ours_at_the_first_sign_in(home: Home) -> None:
    """adr/0046: by whatever scheme it came."""
    home.directory.add("carol@home.example", "{PLAIN}old secret", FOLDERS)

    for _ in range(3):
        assert session(home, basic("carol@home.example", "old secret")).status == 200
    carol = home.directory.find("carol@home.example")
    assert carol is not None
    assert (carol.secret or "").startswith("$argon2id$")
    assert session(home, basic("carol@home.example", "{PLAIN}old secret")).status == 401


def test_what_is_kept_in_no_scheme_is_no_password(home: Home) -> None:
    """adr/0046: reference, oauth.md section 9.1 compared it as it stands."""
    home.directory.add("carol@home.example", "old secret", FOLDERS)

    assert session(home, basic("carol@home.example", "old secret")).status == 401


def test_a_hash_with_less_work_is_made_anew(home: Home) -> None:
    """adr/0046: as the work that is chosen grows."""
    less = Passwords(PasswordHasher(time_cost=1, memory_cost=16, parallelism=1))
    home.directory.add("carol@home.example", less.hash("secret"), FOLDERS)

    assert session(home, basic("carol@home.example", "secret")).status == 200
    carol = home.directory.find("carol@home.example")
    assert "m=8," in (carol.secret or "" if carol else "")


def test_what_has_nothing_to_do_with_signing_in_has_nobody_looked_up(home: Home, alice: JMAP) -> None:
    """Ours: account 0 keeps bans and certificates and what is due, too."""
    assert session(home, basic(alice.name, alice.password)).status == 200
    home.bans.impose(ip_network("203.0.113.0/24"), "scan", "a test")

    assert home.check.remembered(alice.name, alice.password) is not None
    home.directory.add_alias(alice.name, "wonder@home.example")
    assert home.check.remembered(alice.name, alice.password) is None


@dataclass
class Tokens:
    """Tokens of which some have ended and the others are forged."""

    asked: list[str] = field(default_factory=list)

    def remembered(self, token: str) -> Proof | None:
        self.asked.append(token)
        return None

    def is_outdated(self, token: str) -> bool:
        return not token

    def confirmed(self, token: str) -> Proof | None:
        raise AssertionError(token)

    def verified(self, token: str) -> Proof | None:
        if token.startswith("ended"):
            raise Ended
        return None
