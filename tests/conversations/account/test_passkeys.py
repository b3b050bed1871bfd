"""Passkeys, on the page and for signing in (WebAuthn Level 3, sections 7.1 and 7.2)."""

import base64
from typing import Any

import pytest
from tests.driver import JMAP, Home
from tests.driver.authenticator import Authenticator
from tests.driver.page import Page, codes

from pillarbox.datatypes.server import ACCOUNT, numbered
from pillarbox.http import BanPolicy
from pillarbox.settings import Rate
from pillarbox.settings.quantity import Duration


@pytest.fixture
def phone() -> Authenticator:
    """What alice has with her."""
    return Authenticator()


@pytest.fixture
def page(home: Home, alice: JMAP) -> Page:
    """A page on which alice has signed in."""
    return Page(home, alice)


def without_password(home: Home, person: JMAP) -> None:
    """The account has no main password any more."""
    with home.store.write(0) as server:
        (account,) = numbered(server, ACCOUNT, (person.number,))
        server.update(ACCOUNT.table, account.number, account.document, {**account.document, "secret": ""})


def test_a_passkey_signs_in_by_itself(home: Home, alice: JMAP, page: Page, phone: Authenticator) -> None:
    """Section 7.2: no name is typed; RFC 8176: two factors at once."""
    page.adds(phone)
    home.clock.now += 60
    other = Page(home)

    assert other.shows(phone).json() == {"signedIn": True}

    told = other.tells("GET", "/auth/session")
    assert (told["address"], told["methods"]) == (alice.name, ["hwk", "user", "mfa"])
    (shown,) = other.tells("GET", "/auth/account")["passkeys"]
    assert (shown["name"], shown["lastUsed"]) == ("Phone", home.now().strftime("%Y-%m-%dT%H:%M:%SZ"))


def test_what_is_asked_for(page: Page, alice: JMAP) -> None:
    """Sections 5.4 and 5.5: discoverable, its user verified, for one domain; the user's handle says nothing of them."""
    made = page.tells("POST", "/auth/account/passkeys/options", {})["publicKey"]
    used = page.tells("POST", "/auth/session/passkey/options", {})["publicKey"]

    assert made["rp"]["id"] == used["rpId"] == "home.example"
    assert made["authenticatorSelection"]["residentKey"] == "required"
    assert made["authenticatorSelection"]["userVerification"] == used["userVerification"] == "required"
    assert made["attestation"] == "none"
    assert made["user"]["name"] == alice.name
    assert alice.name not in base64.urlsafe_b64decode(made["user"]["id"] + "==").decode("latin-1")
    assert used["allowCredentials"] == []


def test_challenges_are_never_the_same(page: Page) -> None:
    """Section 13.4.3: at least 16 octets that nobody foresees."""
    told = {page.tells("POST", "/auth/session/passkey/options", {})["publicKey"]["challenge"] for _ in range(5)}

    assert len(told) == 5
    assert all(len(one) == 43 for one in told)


def test_a_passkey_is_a_second_factor(home: Home, alice: JMAP, page: Page, phone: Authenticator) -> None:
    """Ours: with one the password alone is not enough, on the page or by Basic."""
    page.adds(phone)
    other = Page(home)

    told = other.signs_in(alice).json()
    assert told["methods"] == ["passkey", "recovery"]
    assert other.shows(phone, told["attempt"]).json() == {"signedIn": True}
    assert alice.sends("GET", "/.well-known/jmap").status == 402


def test_with_the_first_come_recovery_codes(home: Home, alice: JMAP, page: Page, phone: Authenticator) -> None:
    """Ours: who loses the only passkey is not to lose the account; they are told once."""
    recovery = page.adds(phone)["recoveryCodes"]
    assert len(recovery) == 10
    assert "recoveryCodes" not in page.adds(Authenticator(), "Key")
    other = Page(home)
    attempt = other.signs_in(alice).json()["attempt"]

    other.tells("POST", "/auth/session/second-factor", {"attempt": attempt, "method": "recovery", "code": recovery[3]})


def test_a_synced_passkey_is_none_in_hardware(home: Home, page: Page) -> None:
    """RFC 8176: swk."""
    phone = Authenticator(synced=True, counts=False)
    page.adds(phone)
    other = Page(home)
    other.shows(phone)

    assert other.tells("GET", "/auth/session")["methods"] == ["swk", "user", "mfa"]


def test_one_that_does_not_count_is_used_again_and_again(home: Home, page: Page) -> None:
    """Section 6.1.1: a count of nothing says nothing."""
    phone = Authenticator(counts=False)
    page.adds(phone)

    assert [Page(home).shows(phone).status for _ in range(3)] == [200, 200, 200]


def test_one_whose_count_goes_back_may_be_a_copy(home: Home, page: Page, phone: Authenticator) -> None:
    """Section 7.2 step 22: refused, and its owner is told."""
    page.adds(phone)
    assert Page(home).shows(phone).status == 200
    phone.count = 0

    assert Page(home).shows(phone).status == 401

    told = page.tells("GET", "/auth/account")["events"][0]
    assert (told["kind"], told["details"]["method"]) == ("sign-in-failed", "passkey")


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://mail.home.example.evil.example"},
        {"origin": "http://mail.home.example"},
        {"origin": "https://evil.home.example"},
        {"origin": "https://mail.home.example:8443"},
        {"domain": "evil.example"},
        {"verifies": False},
        {"lies": {"type": "webauthn.create"}},
        {"lies": {"crossOrigin": True}},
        {"lies": {"challenge": "AAAAAAAAAAAAAAAAAAAAAA"}},
        {"lies": {"challenge": 1}},
    ],
    ids=str,
)
def test_what_was_not_signed_for_this_server_is_refused(
    home: Home, page: Page, phone: Authenticator, wrong: dict[str, Any]
) -> None:
    """Section 7.2 steps 10 to 17: type, challenge, origin, domain, and that its user was verified."""
    page.adds(phone)
    for name, value in wrong.items():
        setattr(phone, name, value)

    reply = Page(home).shows(phone)

    assert reply.status == 401
    assert reply.json()["detail"] == "this passkey is not good here"


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"domain": "evil.example"},
        {"verifies": False},
        {"lies": {"type": "webauthn.get"}},
        {"lies": {"crossOrigin": True}},
        {"lies": {"challenge": "AAAAAAAAAAAAAAAAAAAAAA"}},
        {"algorithm": -65535},
        {"algorithm": 0},
    ],
    ids=str,
)
def test_what_was_not_made_for_this_server_is_not_kept(page: Page, wrong: dict[str, Any]) -> None:
    """Section 7.1 steps 7 to 20."""
    asked = page.tells("POST", "/auth/account/passkeys/options", {})
    made = Authenticator(**wrong).makes(asked["publicKey"])

    sent = {"attempt": asked["attempt"], "name": "Phone", "credential": made}
    assert page.asks("POST", "/auth/account/passkeys", sent).status == 400
    assert page.tells("GET", "/auth/account")["passkeys"] == []


def test_the_signature_of_another_key_is_refused(home: Home, page: Page, phone: Authenticator) -> None:
    """Section 7.2 step 21."""
    page.adds(phone)
    thief = Authenticator()
    made = thief.makes(page.tells("POST", "/auth/account/passkeys/options", {})["publicKey"])
    thief.passkeys[0].id = phone.passkeys[0].id
    assert made["id"]

    assert Page(home).shows(thief).status == 401


def test_a_passkey_is_its_own_accounts_alone(
    home: Home, alice: JMAP, bob: JMAP, page: Page, phone: Authenticator
) -> None:
    """Section 7.2 step 6: who has somebody's password and a passkey of their own is not in."""
    page.adds(phone)
    bobs = Authenticator()
    Page(home, bob).adds(bobs)
    other = Page(home)
    attempt = other.signs_in(alice).json()["attempt"]
    asked = other.tells("POST", "/auth/session/passkey/options", {"attempt": attempt})
    signed = bobs.signs(asked["publicKey"], bobs.passkeys[0])

    sent = {"attempt": asked["attempt"], "credential": signed}
    assert other.asks("POST", "/auth/session/passkey", sent).status == 401

    bobs.passkeys[0].user = phone.passkeys[0].user
    assert Page(home).shows(bobs).status == 401


def test_what_was_signed_is_good_once_and_in_one_browser(home: Home, page: Page, phone: Authenticator) -> None:
    """Section 13.4.3: challenges are not replayed."""
    phone.counts = False
    page.adds(phone)
    mine, other = Page(home), Page(home)
    asked = mine.tells("POST", "/auth/session/passkey/options", {})
    sent = {"attempt": asked["attempt"], "credential": phone.signs(asked["publicKey"])}
    kept = dict(mine.cookies)

    assert other.asks("POST", "/auth/session/passkey", sent).status == 410
    assert mine.asks("POST", "/auth/session/passkey", sent).status == 200
    mine.cookies = kept
    assert mine.asks("POST", "/auth/session/passkey", sent).status == 410


def test_a_challenge_lasts_five_minutes(home: Home, page: Page, phone: Authenticator) -> None:
    """Ours."""
    page.adds(phone)
    other = Page(home)
    asked = other.tells("POST", "/auth/session/passkey/options", {})
    home.clock.now += 301

    sent = {"attempt": asked["attempt"], "credential": phone.signs(asked["publicKey"])}
    assert other.asks("POST", "/auth/session/passkey", sent).status == 410


def test_a_challenge_for_signing_in_makes_no_passkey(home: Home, page: Page, phone: Authenticator) -> None:
    """Ours: nor the other way round."""
    adding = page.tells("POST", "/auth/account/passkeys/options", {})
    asked = page.tells("POST", "/auth/session/passkey/options", {})
    made = phone.makes({**adding["publicKey"], "challenge": asked["publicKey"]["challenge"]})

    sent = {"attempt": asked["attempt"], "name": "Phone", "credential": made}
    assert page.asks("POST", "/auth/account/passkeys", sent).status == 410


def test_a_passkey_is_added_once(page: Page, phone: Authenticator) -> None:
    """Section 7.1 step 26: an id that is known is refused; browsers are told which there are."""
    page.adds(phone)
    asked = page.tells("POST", "/auth/account/passkeys/options", {})
    assert [one["id"] for one in asked["publicKey"]["excludeCredentials"]] == [
        base64.urlsafe_b64encode(phone.passkeys[0].id).rstrip(b"=").decode()
    ]
    again = Authenticator()
    made = again.makes(asked["publicKey"])
    known = phone.passkeys[0].id
    octets = base64.urlsafe_b64decode(made["response"]["attestationObject"] + "==")
    changed = octets.replace(again.passkeys[0].id, known)
    made["response"]["attestationObject"] = base64.urlsafe_b64encode(changed).decode().rstrip("=")

    sent = {"attempt": asked["attempt"], "name": "Phone", "credential": made}
    assert page.asks("POST", "/auth/account/passkeys", sent).status == 409


@pytest.mark.parametrize(
    "credential",
    [
        None,
        [],
        {},
        {"id": "x", "rawId": "x"},
        {"id": "x", "rawId": "x", "response": []},
        {"id": "x", "rawId": "x", "response": {"clientDataJSON": "x", "attestationObject": "x"}},
        {"id": "x", "rawId": "y", "response": {"clientDataJSON": "e30", "attestationObject": "oA"}},
        {"id": "x", "rawId": "x", "response": {"clientDataJSON": "W10", "attestationObject": "g" * 40_000}},
    ],
    ids=lambda one: str(one)[:40],
)
def test_what_is_no_passkey_is_refused(home: Home, page: Page, credential: Any) -> None:
    """Ours: 400 for one that is to be added, 401 for one to sign in with."""
    asked = page.tells("POST", "/auth/account/passkeys/options", {})
    sent = {"attempt": asked["attempt"], "name": "Phone", "credential": credential}
    assert page.asks("POST", "/auth/account/passkeys", sent).status == 400

    asked = page.tells("POST", "/auth/session/passkey/options", {})
    reply = page.asks("POST", "/auth/session/passkey", {"attempt": asked["attempt"], "credential": credential})
    assert reply.status == (401 if isinstance(credential, dict) else 400)


def test_one_that_is_removed_lets_nobody_in(home: Home, alice: JMAP, page: Page, phone: Authenticator) -> None:
    """Ours: at once; what remains is said, and recovery codes go with the last second factor."""
    added = page.adds(phone)["id"]

    assert page.tells("DELETE", f"/auth/account/passkeys/{added}") == {"remains": ["password"]}

    assert Page(home).shows(phone).status == 401
    assert Page(home, alice).tells("GET", "/auth/account")["recoveryCodesLeft"] == 0
    assert page.asks("DELETE", f"/auth/account/passkeys/{added}").status == 404


def test_the_last_way_in_is_not_removed(home: Home, alice: JMAP, page: Page, phone: Authenticator) -> None:
    """Ours: 409, and what to do; another one must be there first."""
    added = page.adds(phone)["id"]
    without_password(home, alice)

    reply = page.asks("DELETE", f"/auth/account/passkeys/{added}")
    assert reply.status == 409
    assert "last way" in reply.json()["detail"]

    page.adds(Authenticator(), "Key")
    assert page.tells("DELETE", f"/auth/account/passkeys/{added}") == {"remains": ["passkey", "recovery"]}


def test_nobody_removes_anothers(home: Home, page: Page, bob: JMAP, phone: Authenticator) -> None:
    """Ours: 404, as if it were not there."""
    added = page.adds(phone)["id"]

    for given in (added, "ce999999", "nothing", "%20"):
        assert Page(home, bob).asks("DELETE", f"/auth/account/passkeys/{given}").status == 404


def test_two_step_verification_goes_on_beside_it(home: Home, alice: JMAP, page: Page, phone: Authenticator) -> None:
    """Ours: one of the two is enough."""
    secret, _ = page.sets_up_totp()
    page.adds(phone)
    other = Page(home)

    told = other.signs_in(alice).json()
    assert told["methods"] == ["totp", "passkey", "recovery"]
    said = {"attempt": told["attempt"], "method": "totp", "code": codes(secret, home.clock())}
    other.tells("POST", "/auth/session/second-factor", said)


def test_where_the_server_has_no_name_there_are_no_passkeys(home: Home, page: Page) -> None:
    """Section 5.1.3: a number is no domain."""
    home.party = None
    home.build()

    reply = page.asks("POST", "/auth/session/passkey/options", {})

    assert reply.status == 404
    assert "https and a name" in reply.json()["detail"]


def test_passkeys_that_prove_nothing_are_counted(home: Home, page: Page, phone: Authenticator) -> None:
    """Ours: by address, with wrong passwords; who comes from elsewhere is let in."""
    page.adds(phone)
    home.ban_policy = BanPolicy(failures=Rate(3, Duration(60_000)))
    home.build()
    other = Page(home)
    phone.verifies = False
    assert [other.shows(phone).status for _ in range(4)] == [401, 401, 401, 429]

    phone.verifies = True
    assert other.shows(phone).status == 429
    assert Page(home, peer="198.51.100.7").shows(phone).status == 200
