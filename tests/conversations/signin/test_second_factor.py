"""The second factor: codes by time, and recovery codes."""

import base64
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from tests.driver import JMAP, Home, Reply, like

from pillarbox.access.totp import Totp
from pillarbox.datatypes.server import SecurityKind, security_events
from pillarbox.http import BanPolicy
from pillarbox.settings import Duration, Rate
from pillarbox.signin.credentials import (
    CredentialError,
    PasswordCheck,
    Ways,
    begin_totp,
    confirm_totp,
    factors_of,
    import_totp,
    new_recovery_codes,
    passes,
    recovery_codes_left,
    remove_second_factor,
)
from pillarbox.store import LocalFeed, Store


def signs_in(home: Home, name: str, password: str, peer: str | None = "192.0.2.1") -> Reply:
    pair = base64.b64encode(f"{name}:{password}".encode()).decode()
    return home.web.sends("GET", "/.well-known/jmap", {"Authorization": f"Basic {pair}"}, peer=peer)


@dataclass
class Device:
    """What makes the codes of somebody."""

    home: Home
    owner: JMAP
    totp: Totp
    recovery: list[str]

    def code(self, steps: int = 0) -> str:
        """The code that it shows now, or so many steps later."""
        return self.totp.at(int(self.home.clock() // 30) + steps)

    def goes_on(self) -> str:
        """The next code that it shows."""
        self.home.clock.now += 30
        return self.code()


@pytest.fixture
def device(home: Home, alice: JMAP) -> Device:
    """Alice's, confirmed."""
    secret, _ = begin_totp(home.store, alice.number, alice.name, "Home", home.now())
    device = Device(home, alice, Totp(secret), [])
    device.recovery = confirm_totp(home.store, alice.number, device.code(), home.now())
    home.clock.now += 30
    return device


def test_the_password_alone_is_not_enough(home: Home, alice: JMAP, device: Device) -> None:
    """Reference, oauth.md section 9.2: password right, code missing is 402; the detail says what to do."""
    reply = signs_in(home, alice.name, alice.password)

    assert reply.status == 402
    assert reply.json() == like(status=402, title="TOTP code required")
    assert "app password" in reply.json()["detail"]
    assert "/account" in reply.json()["detail"]


def test_that_a_code_is_missing_is_told_to_who_knows_the_password(home: Home, alice: JMAP, device: Device) -> None:
    """Reference, oauth.md section 9.2: reported only when the password is right."""
    assert signs_in(home, alice.name, "wrong").status == 401
    assert signs_in(home, alice.name, f"wrong${device.code()}").status == 401


def test_the_password_with_the_code_behind_it_lets_in(home: Home, alice: JMAP, device: Device) -> None:
    """Reference, oauth.md section 9.4: `password$123456`."""
    assert signs_in(home, alice.name, f"{alice.password}${device.code()}").status == 200


def test_a_wrong_code_does_not(home: Home, alice: JMAP, device: Device) -> None:
    """Reference, oauth.md section 9.2; the owner can read of it, for somebody has the password."""
    wrong = f"{(int(device.code()) + 1) % 1_000_000:06d}"

    assert signs_in(home, alice.name, f"{alice.password}${wrong}").status == 401
    with home.store.read(0) as server:
        assert security_events(server, alice.number)[0].kind == SecurityKind.SIGN_IN_FAILED.value


def test_a_program_that_goes_on_with_an_old_code_does_not_keep_out_its_owner(
    home: Home, alice: JMAP, device: Device
) -> None:
    """Ours: it sends what once was right, each minute; ten other codes are somebody's who guesses."""
    both = f"{alice.password}${device.code()}"
    assert signs_in(home, alice.name, both).status == 200
    home.clock.now += 3601
    # In another process, which knows nothing of it.
    home.check.use(())
    home.check.use(home.ways.under())
    for _ in range(20):
        home.clock.now += 20
        assert signs_in(home, alice.name, both).status == 401
    assert signs_in(home, alice.name, f"{alice.password}${device.goes_on()}").status == 200
    with home.store.read(0) as server:
        failed = [one for one in security_events(server, alice.number) if one.kind == "sign-in-failed"]
    assert len(failed) == 1

    for number in range(10):
        signs_in(home, alice.name, f"{alice.password}$00000{number}", f"198.51.100.{number}")
    assert signs_in(home, alice.name, f"{alice.password}${device.goes_on()}").status == 401


def test_with_a_code_a_client_that_sends_it_with_each_request_goes_on(
    home: Home, alice: JMAP, device: Device, opens: Callable[[LocalFeed], Store]
) -> None:
    """Ours: Basic repeats it, over any connection, to any process; for an hour, from where it was first used."""
    both = f"{alice.password}${device.code()}"
    assert signs_in(home, alice.name, both).status == 200
    home.clock.now += 1000
    assert signs_in(home, alice.name, both).status == 200

    store = opens(home.feed)
    other = PasswordCheck(home.directory, Ways(store, home.directory, home.passwords, clock=home.clock).under())
    home.check.use(())
    home.check = other
    home.build()
    assert signs_in(home, alice.name, both).status == 200
    home.clock.now += 2601
    assert signs_in(home, alice.name, both).status == 401
    other.close()


def test_a_code_that_was_used_is_good_from_nowhere_else(home: Home, alice: JMAP, device: Device) -> None:
    """RFC 6238 section 5.2: a second attempt is not accepted; whoever looked over a shoulder is not let in."""
    both = f"{alice.password}${device.code()}"
    assert signs_in(home, alice.name, both, "192.0.2.1").status == 200

    assert signs_in(home, alice.name, both, "198.51.100.1").status == 401
    home.check.doubt()
    assert signs_in(home, alice.name, both, "198.51.100.1").status == 401


def test_a_password_may_end_like_a_code_where_none_is_asked_for(home: Home) -> None:
    """Reference, oauth.md section 9.2: only with TOTP is it split."""
    carol = home.person("carol")
    home.gives_password(carol, "secret$123456")

    assert signs_in(home, carol.name, "secret$123456").status == 200
    assert signs_in(home, carol.name, "secret").status == 401


def test_a_password_that_was_known_is_not_enough_from_then_on(home: Home, alice: JMAP) -> None:
    """Architecture section 2: what is remembered ends with the change."""
    assert signs_in(home, alice.name, alice.password).status == 200
    secret, _ = begin_totp(home.store, alice.number, alice.name, "Home", home.now())
    assert signs_in(home, alice.name, alice.password).status == 200
    confirm_totp(home.store, alice.number, Totp(secret).at(int(home.clock() // 30)), home.now())

    assert signs_in(home, alice.name, alice.password).status == 402


def test_what_is_not_confirmed_counts_for_nothing(home: Home, alice: JMAP) -> None:
    """Ours: nobody locks themselves out with a picture that no device has read."""
    secret, url = begin_totp(home.store, alice.number, alice.name, "Home", home.now())

    assert url.startswith("otpauth://totp/Home:alice%40home.example?")
    with pytest.raises(CredentialError, match="not the code"):
        confirm_totp(home.store, alice.number, "000000", home.now())
    assert not passes(home.store, alice.number, "totp", Totp(secret).at(int(home.clock() // 30)), home.now())
    assert factors_of(home.store, alice.number) == frozenset()


def test_beginning_again_forgets_what_was_begun(home: Home, alice: JMAP) -> None:
    """Ours."""
    first, _ = begin_totp(home.store, alice.number, alice.name, "Home", home.now())
    begin_totp(home.store, alice.number, alice.name, "Home", home.now())

    with pytest.raises(CredentialError):
        confirm_totp(home.store, alice.number, Totp(first).at(int(home.clock() // 30)), home.now())


def test_there_is_one_at_a_time(home: Home, alice: JMAP, device: Device) -> None:
    """Ours: whoever sits at a browser left open cannot put theirs in its place."""
    with pytest.raises(CredentialError, match="already"):
        begin_totp(home.store, alice.number, alice.name, "Home", home.now())
    with pytest.raises(CredentialError, match="already"):
        import_totp(home.store, alice.number, device.totp.url("x", "y"), home.now())


def test_a_code_of_a_sign_in_is_good_once(home: Home, alice: JMAP, device: Device) -> None:
    """RFC 6238 section 5.2."""
    shown = device.code()

    assert passes(home.store, alice.number, "totp", shown, home.now())
    assert not passes(home.store, alice.number, "totp", shown, home.now())
    assert not passes(home.store, alice.number, "totp", device.code(-1), home.now())
    assert passes(home.store, alice.number, "totp", device.goes_on(), home.now())


def test_the_code_that_confirmed_it_is_used(home: Home, alice: JMAP) -> None:
    """RFC 6238 section 5.2."""
    secret, _ = begin_totp(home.store, alice.number, alice.name, "Home", home.now())
    shown = Totp(secret).at(int(home.clock() // 30))
    confirm_totp(home.store, alice.number, shown, home.now())

    assert not passes(home.store, alice.number, "totp", shown, home.now())


def test_of_many_with_one_code_at_the_same_time_one_is_let_in(
    home: Home, alice: JMAP, device: Device, opens: Callable[[LocalFeed], Store]
) -> None:
    """RFC 6238 section 5.2: in the unit that accepts it, also over two connections to one store."""
    stores = [home.store, opens(home.feed)] * 3
    with ThreadPoolExecutor(len(stores)) as threads:
        told = [threads.submit(passes, one, alice.number, "totp", device.code(), home.now()) for one in stores]

    assert sorted(one.result() for one in told) == [False] * 5 + [True]


def test_of_many_with_one_recovery_code_at_the_same_time_one_is_let_in(
    home: Home, alice: JMAP, device: Device, opens: Callable[[LocalFeed], Store]
) -> None:
    """Ours: once."""
    stores, recovery = [home.store, opens(home.feed)] * 3, device.recovery[0]
    with ThreadPoolExecutor(len(stores)) as threads:
        told = [threads.submit(passes, one, alice.number, "recovery", recovery, home.now()) for one in stores]

    assert sorted(one.result() for one in told) == [False] * 5 + [True]


def test_a_recovery_code_is_as_good_once(home: Home, alice: JMAP, device: Device) -> None:
    """Ours: ten, for whoever has lost the device."""
    assert len(set(device.recovery)) == recovery_codes_left(home.store, alice.number) == 10
    assert factors_of(home.store, alice.number) == {"totp", "recovery"}

    assert passes(home.store, alice.number, "recovery", device.recovery[3].upper().replace("-", ""), home.now())
    assert not passes(home.store, alice.number, "recovery", device.recovery[3], home.now())
    assert not passes(home.store, alice.number, "recovery", "", home.now())
    assert not passes(home.store, alice.number, "totp", device.recovery[4], home.now())
    assert recovery_codes_left(home.store, alice.number) == 9


def test_new_recovery_codes_take_the_place_of_the_old(home: Home, alice: JMAP, device: Device) -> None:
    """Ours."""
    codes = new_recovery_codes(home.store, alice.number, home.now())

    assert not passes(home.store, alice.number, "recovery", device.recovery[0], home.now())
    assert passes(home.store, alice.number, "recovery", codes[0], home.now())


def test_recovery_codes_are_nobody_elses(home: Home, alice: JMAP, device: Device) -> None:
    """Ours."""
    bob = home.person("bob")

    assert not passes(home.store, bob.number, "recovery", device.recovery[0], home.now())
    with pytest.raises(CredentialError, match="there is none"):
        new_recovery_codes(home.store, bob.number, home.now())


def test_without_it_the_password_is_enough_again(home: Home, alice: JMAP, device: Device) -> None:
    """Ours; recovery codes go with it."""
    assert remove_second_factor(home.store, alice.number, home.now())
    assert not remove_second_factor(home.store, alice.number, home.now())

    assert signs_in(home, alice.name, alice.password).status == 200
    assert recovery_codes_left(home.store, alice.number) == 0


def test_a_sign_in_with_a_code_ends_with_the_factor(home: Home, alice: JMAP, device: Device) -> None:
    """Ours: with another device, what the lost one showed is worth nothing."""
    both = f"{alice.password}${device.code()}"
    assert signs_in(home, alice.name, both).status == 200
    remove_second_factor(home.store, alice.number, home.now())

    assert signs_in(home, alice.name, both).status == 401


def test_one_from_elsewhere_counts_at_once(home: Home, alice: JMAP) -> None:
    """Reference, oauth.md section 9.1: `otpauth://totp/…`, with the digits and the period of the URL."""
    totp = Totp("GEZDGNBVGY3TQOJQ", 8, 60, "SHA256")
    import_totp(home.store, alice.number, totp.url(alice.name, "Old server"), home.now())

    assert signs_in(home, alice.name, alice.password).status == 402
    assert signs_in(home, alice.name, f"{alice.password}${totp.at(int(home.clock() // 60))}").status == 200


def test_guessed_codes_are_held_up_and_counted(home: Home, alice: JMAP, device: Device) -> None:
    """Reference, oauth.md section 9.8; adr/0041: as wrong passwords are."""
    home.ban_policy = BanPolicy(failures=Rate(3, Duration(60_000)), auth=Rate(10, Duration(86_400_000)))
    home.build()

    told = [signs_in(home, alice.name, f"{alice.password}${guess:06d}").status for guess in range(5)]
    assert told[3:] == [429, 429]


def test_who_guesses_from_everywhere_is_not_looked_at(home: Home, alice: JMAP, device: Device) -> None:
    """RFC 4226 section 7.3: throttling; only somebody who has the password can be its cause."""
    for _ in range(10):
        assert not passes(home.store, alice.number, "totp", "000000", home.now())

    assert not passes(home.store, alice.number, "totp", device.code(), home.now())
    assert signs_in(home, alice.name, f"{alice.password}${device.code()}").status == 401
    home.clock.now += 601
    assert passes(home.store, alice.number, "totp", device.code(), home.now())
