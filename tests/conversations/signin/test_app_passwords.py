"""App passwords: one for each program that cannot do better."""

import base64
from datetime import timedelta
from ipaddress import ip_network

import pytest
from tests.driver import JMAP, Home, Reply

from pillarbox.access.scope import DEFAULT_SCOPE
from pillarbox.access.totp import Totp
from pillarbox.datatypes.server import SecurityKind, security_events
from pillarbox.signin.credentials import (
    CredentialError,
    add_app_password,
    app_passwords,
    begin_totp,
    confirm_totp,
    import_app_password,
    remove_app_password,
)

MAIL_ONLY = "urn:ietf:params:jmap:mail"


def signs_in(home: Home, name: str, password: str, peer: str | None = "192.0.2.1") -> Reply:
    pair = base64.b64encode(f"{name}:{password}".encode()).decode()
    return home.web.sends("GET", "/.well-known/jmap", {"Authorization": f"Basic {pair}"}, peer=peer)


def with_app_password(home: Home, person: JMAP, **more: object) -> tuple[JMAP, int]:
    """The same person with a new app password, and its number."""
    number, password = add_app_password(home.store, person.number, "Phone", home.now(), **more)  # type: ignore[arg-type]
    return JMAP(home.web, person.name, password, person.account_id, person.number), number


def test_it_lets_in_and_so_does_the_password(home: Home, alice: JMAP) -> None:
    """Reference, oauth.md section 9.2."""
    phone, _ = with_app_password(home, alice)

    assert {one["role"] for one in phone.asks("Mailbox/get")["list"]} >= {"inbox"}
    assert signs_in(home, alice.name, alice.password).status == 200


def test_it_is_known_however_it_is_typed(home: Home, alice: JMAP) -> None:
    """Ours: in groups, which people leave out or write in capitals."""
    phone, _ = with_app_password(home, alice)

    for typed in (phone.password.upper(), phone.password.replace("-", ""), phone.password.replace("-", " ")):
        assert signs_in(home, alice.name, typed).status == 200
    assert signs_in(home, alice.name, phone.password[:-1]).status == 401


def test_it_has_enough_chance_in_it(home: Home, alice: JMAP) -> None:
    """Ours: at least 100 bits, of which a fast hash may be kept; no two are alike."""
    letters = {with_app_password(home, alice)[0].password.replace("-", "") for _ in range(20)}

    assert {len(one) for one in letters} == {24}
    assert len(letters) == 20


def test_it_is_nobody_elses(home: Home, alice: JMAP) -> None:
    """Ours."""
    bob = home.person("bob")
    phone, number = with_app_password(home, alice)

    assert signs_in(home, bob.name, phone.password).status == 401
    assert not remove_app_password(home.store, bob.number, number, home.now())
    assert signs_in(home, alice.name, phone.password).status == 200


def test_one_that_is_removed_ends_at_once_and_the_others_stay(home: Home, alice: JMAP) -> None:
    """Architecture section 2: what was verified is dropped at once."""
    phone, number = with_app_password(home, alice)
    tablet, _ = with_app_password(home, alice)
    assert [signs_in(home, alice.name, one.password).status for one in (phone, tablet)] == [200, 200]

    assert remove_app_password(home.store, alice.number, number, home.now())
    assert [signs_in(home, alice.name, one.password).status for one in (phone, tablet)] == [401, 200]


def test_it_outlives_a_change_of_the_password(home: Home, alice: JMAP) -> None:
    """Ours: each is ended by itself."""
    phone, _ = with_app_password(home, alice)
    home.gives_password(alice, "another")

    assert signs_in(home, alice.name, phone.password).status == 200


def test_it_goes_with_the_account(home: Home, alice: JMAP) -> None:
    """Ours: whoever gets the address after that is somebody else."""
    phone, _ = with_app_password(home, alice)
    home.directory.remove(alice.name)
    home.person("alice")

    assert signs_in(home, alice.name, phone.password).status == 401


def test_it_lets_through_what_its_scopes_do(home: Home, alice: JMAP) -> None:
    """Ours: scopes only take away."""
    phone, _ = with_app_password(home, alice, scopes=frozenset({MAIL_ONLY}))

    phone.using.append("urn:ietf:params:jmap:vacationresponse")

    phone.says("Mailbox/get")
    phone.hears("Mailbox/get")
    phone.says("VacationResponse/get")
    phone.hears("error", type="forbidden")


def test_it_is_good_from_its_networks_alone_known_or_not(home: Home, alice: JMAP) -> None:
    """Ours: looked at with each request."""
    phone, _ = with_app_password(home, alice, networks=(ip_network("192.0.2.0/24"), ip_network("2001:db8::/32")))

    peers = ("192.0.2.7", "198.51.100.1", "2001:db8::1", "192.0.2.8", "2001:db9::1", None)
    assert [signs_in(home, alice.name, phone.password, one).status for one in peers] == [200, 401, 200, 200, 401, 401]


def test_it_is_good_until_it_expires_known_or_not(home: Home, alice: JMAP) -> None:
    """Reference, http-server.md section 8, defect (a): what is cached does not outlive its expiry."""
    phone, _ = with_app_password(home, alice, expires=home.now() + timedelta(seconds=10))
    assert signs_in(home, alice.name, phone.password).status == 200
    home.clock.now += 9.5
    assert signs_in(home, alice.name, phone.password).status == 200
    home.clock.now += 0.5

    assert signs_in(home, alice.name, phone.password).status == 401


@pytest.mark.parametrize("plain", ["brought along", "with$123456"])
def test_one_from_elsewhere_is_verified_by_its_scheme(home: Home, alice: JMAP, plain: str) -> None:
    """Reference, oauth.md section 9.1: `$app$name$hash`."""
    import_app_password(home.store, alice.number, "Old phone", home.passwords.hash(plain), home.now())

    assert signs_in(home, alice.name, plain).status == 200
    assert signs_in(home, alice.name, "something else").status == 401


def test_few_come_from_elsewhere(home: Home, alice: JMAP) -> None:
    """Ours: each of them costs a slow hash for each wrong password."""
    for number in range(5):
        import_app_password(home.store, alice.number, f"Old {number}", "{PLAIN}brought along", home.now())

    with pytest.raises(CredentialError, match="5"):
        import_app_password(home.store, alice.number, "Old 5", "{PLAIN}brought along", home.now())


def test_no_code_is_asked_for(home: Home, alice: JMAP) -> None:
    """Reference, oauth.md section 9.2: success without TOTP."""
    phone, _ = with_app_password(home, alice)
    secret, _ = begin_totp(home.store, alice.number, alice.name, "Home", home.now())
    confirm_totp(home.store, alice.number, code(home, secret), home.now())

    assert signs_in(home, alice.name, phone.password).status == 200
    assert signs_in(home, alice.name, f"{phone.password}$123456").status == 401


def test_when_and_from_where_it_was_used_is_told_within_an_hour(home: Home, alice: JMAP) -> None:
    """Ours."""
    phone, _ = with_app_password(home, alice)
    began = home.store.version(0)
    signs_in(home, alice.name, phone.password, "198.51.100.1")
    home.clock.now += 1800
    signs_in(home, alice.name, phone.password, "198.51.100.2")

    (one,) = app_passwords(home.store, alice.number)
    assert (one.used, one.used_from) == ("2027-01-15T08:00:00Z", "198.51.100.1")
    assert home.store.version(0) <= began + 1


def test_that_it_was_used_has_nobody_looked_up_again(home: Home, alice: JMAP) -> None:
    """Ours: a write for each device would make all that is remembered outdated."""
    phone, _ = with_app_password(home, alice)
    signs_in(home, alice.name, alice.password)
    signs_in(home, alice.name, phone.password)

    assert home.check.remembered(alice.name, alice.password) is not None


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("", {}),
        (" ", {}),
        ("x" * 101, {}),
        ("two\nlines", {}),
        ("Phone", {"scopes": frozenset({"urn:nothing"})}),
        ("Phone", {"scopes": frozenset()}),
        ("Phone", {"networks": [ip_network("192.0.2.0/24")] * 21}),
    ],
    ids=["empty", "blank", "long", "lines", "unknown scope", "no scope", "networks"],
)
def test_what_makes_no_sense_is_refused(home: Home, alice: JMAP, name: str, more: dict[str, object]) -> None:
    """Ours: every input has a bound."""
    with pytest.raises(CredentialError):
        add_app_password(home.store, alice.number, name, home.now(), **more)  # type: ignore[arg-type]


def test_there_are_only_so_many(home: Home, alice: JMAP) -> None:
    """Ours: fifty credentials."""
    for _ in range(50):
        with_app_password(home, alice)

    with pytest.raises(CredentialError, match="50"):
        with_app_password(home, alice)


def test_the_owner_can_read_what_was_done(home: Home, alice: JMAP) -> None:
    """Ours: in the unit of the change."""
    _, number = with_app_password(home, alice, place="198.51.100.1")
    remove_app_password(home.store, alice.number, number, home.now(), "198.51.100.2")

    with home.store.read(0) as server:
        told = [(one.kind, one.address, one.details) for one in security_events(server, alice.number)]
    assert told == [
        (SecurityKind.APP_PASSWORD_REMOVED.value, "198.51.100.2", {"name": "Phone"}),
        (SecurityKind.APP_PASSWORD_ADDED.value, "198.51.100.1", {"name": "Phone"}),
    ]


def test_nothing_that_is_kept_lets_in(home: Home, alice: JMAP) -> None:
    """Ours: the store has a digest."""
    phone, _ = with_app_password(home, alice)
    (one,) = app_passwords(home.store, alice.number)

    assert phone.password not in str(one.document)
    assert phone.password.replace("-", "") not in str(one.document)
    assert signs_in(home, alice.name, one.digest).status == 401
    assert frozenset(one.scopes or ()) == DEFAULT_SCOPE


def code(home: Home, secret: str) -> str:
    """What the owner's device shows now."""
    return Totp(secret).at(int(home.clock() // 30))
