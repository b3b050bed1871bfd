"""The pages and the server that they are for, together: what somebody does from the first day to a lost phone."""

import base64
import hashlib
import hmac
import json
import re
import struct
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from tests.journeys.client import Refused
from tests.journeys.pages.person import Person
from tests.journeys.program import SESAME, Server, until

pytestmark = [pytest.mark.neighbour, pytest.mark.slow]

ALICE = "alice@far.example"
VERIFIER = "v" * 64
GRACE = 1.0
"""Longer than a click is left out after the page has come to the front."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of people; who makes many attempts in a minute is these tests."""
    server = Server(tmp_path_factory.mktemp("people"), "[jmap]\nrate-limit.anonymous = 'none'\n")
    with server.program.config.open("a") as config:
        config.write(f"[server.http]\nurl = \"'http://localhost:{server.port}'\"\n")
    with server.running():
        yield server


@pytest.fixture
def address(home: Server, request: pytest.FixtureRequest) -> str:
    """Somebody new, whose password is the usual one."""
    name = re.sub(r"\W", "", request.node.name)
    home.program.account(f"{name}@far.example", SESAME)
    return f"{name}@far.example"


def url(home: Server, path: str) -> str:
    """By a name of this machine, since a number has no passkeys."""
    return f"http://localhost:{home.port}{path}"


def sent(home: Server, path: str, **form: str) -> tuple[int, dict[str, Any]]:
    """What the server answers to a client's form."""
    connection = HTTPConnection("127.0.0.1", home.port, timeout=20)
    connection.request("POST", path, urlencode(form), {"Content-Type": "application/x-www-form-urlencoded"})
    answer = connection.getresponse()
    octets = answer.read()
    connection.close()
    return answer.status, json.loads(octets) if octets else {}


def status(home: Server, token: str) -> int:
    """Of a client that asks for its session with a token."""
    connection = HTTPConnection("127.0.0.1", home.port, timeout=20)
    connection.request("GET", "/.well-known/jmap", headers={"Authorization": f"Bearer {token}"})
    found = connection.getresponse().status
    connection.close()
    return found


def code_of(secret: str) -> str:
    """What an authenticator app shows now (RFC 6238; RFC 4226 section 5.3)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.digest(key, struct.pack(">Q", int(time.time() // 30)), "sha1")
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


def signs_in(person: Person, address: str, password: str = SESAME) -> None:
    """Types name and password, where they are asked for."""
    person.reads("E-mail address")
    person.fills("E-mail address", address)
    person.fills("Password", password)
    person.presses("Enter")


def at_home(home: Server, person: Person, address: str) -> None:
    """Signs in on the page of the account."""
    person.opens(url(home, "/account"))
    signs_in(person, address)
    person.reads(f"Signed in as {address}")


def authorization(redirect: str, **more: str) -> str:
    """The query of a mail program on this machine (RFC 8252)."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "client_id": "mail-on-the-hill",
        "response_type": "code",
        "redirect_uri": redirect,
        "code_challenge": challenge,
        "code_challenge_method": "S256",
        "state": "s&t",
        **more,
    }
    return urlencode(asked)


def test_an_app_is_let_in_used_and_signed_out(home: Server, person: Person, address: str) -> None:
    """Issue: consent, and devices that are signed in; RFC 6749 section 4.1, RFC 7636, RFC 9207."""
    redirect = f"http://127.0.0.1:{home.port}/robots.txt"
    person.opens(url(home, f"/authorize/code?{authorization(redirect, login_hint=address)}"))
    person.reads("An app wants you to sign in.")
    assert person.focus == "Password"
    person.types(SESAME)
    person.presses("Enter")
    person.reads("Read, change and send your mail")
    assert "Nobody has checked this app" in person.page
    assert "You then go back to an app on this device." in person.page
    person.looks(GRACE)
    person.chooses("Allow")
    person.tab.waits("location.pathname === '/robots.txt'")

    answer = parse_qs(urlsplit(person.url).query)
    assert answer["state"] == ["s&t"]
    assert "iss" in answer
    code, told = sent(
        home,
        "/auth/token",
        grant_type="authorization_code",
        code=answer["code"][0],
        client_id="mail-on-the-hill",
        redirect_uri=redirect,
        code_verifier=VERIFIER,
    )
    assert code == 200, told
    assert status(home, told["access_token"]) == 200

    person.opens(url(home, "/account"))
    person.reads("mail-on-the-hill")
    person.chooses("Sign out: mail-on-the-hill")
    person.reads("It was signed out.")
    until(lambda: status(home, told["access_token"]) == 401, "the token is worth nothing", 1.0)


def test_who_comes_from_another_site_is_signed_in_and_still_asked(home: Server, person: Person, address: str) -> None:
    """RFC 6265bis section 5.2: our page asks, not the other site. RFC 8252 section 8.6: names prove nothing."""
    redirect = f"http://127.0.0.1:{home.port}/robots.txt"
    asked = url(home, f"/authorize/code?{authorization(redirect)}")
    person.opens(asked)
    signs_in(person, address)
    person.reads("Read, change and send your mail")
    person.looks(GRACE)
    person.chooses("Allow")
    person.tab.waits("location.pathname === '/robots.txt'")

    # The page that answers is another site's: one has a name, the other a number.
    person.tab.says(f"setTimeout(() => location.assign({asked!r}), 0)")

    person.reads(f"You are signed in as {address}.")
    person.reads("Read, change and send your mail")


def test_no_script_can_read_the_session(home: Server, person: Person, address: str) -> None:
    """Issue: what a page could be made to tell, it does not know (RFC 6265 section 4.1.2.6)."""
    at_home(home, person, address)

    assert person.tab.says("[document.cookie, localStorage.length, sessionStorage.length]") == ["", 0, 0]


def test_an_app_that_is_refused_is_told(home: Server, person: Person, address: str) -> None:
    """RFC 6749 section 4.1.2.1."""
    redirect = f"http://127.0.0.1:{home.port}/robots.txt"
    person.opens(url(home, f"/authorize/code?{authorization(redirect)}"))
    signs_in(person, address)
    person.reads("Read, change and send your mail")

    person.chooses("Do not allow")

    person.tab.waits("location.pathname === '/robots.txt'")
    answer = parse_qs(urlsplit(person.url).query)
    assert (answer["error"], answer["state"]) == (["access_denied"], ["s&t"])


def test_a_request_that_leads_elsewhere_leads_nowhere(home: Server, person: Person) -> None:
    """Issue, bad input: open redirects."""
    person.opens(url(home, f"/authorize/code?{authorization('https://elsewhere.example/')}"))

    person.reads("This app asks in a wrong way")
    assert "/authorize/code?" in person.url


def test_a_device_is_let_in_by_its_code(home: Server, person: Person, address: str) -> None:
    """RFC 8628 sections 3.2 and 3.3: the link has the code in it; dash and capitals make no difference."""
    _, codes = sent(home, "/auth/device", client_id="television")
    shown = codes["user_code"].replace("-", "").lower()
    person.opens(url(home, f"/authorize?code={codes['user_code']}"))
    signs_in(person, address)
    person.reads("Enter the code that your device shows.")

    person.fills("Code", shown)
    person.presses("Enter")
    person.reads("Nobody will ever ask you for it")
    person.looks(GRACE)
    person.chooses("Allow")
    person.reads("The device is connected")

    code, told = sent(
        home,
        "/auth/token",
        grant_type="urn:ietf:params:oauth:grant-type:device_code",
        device_code=codes["device_code"],
        client_id="television",
    )
    assert code == 200, told
    assert status(home, told["access_token"]) == 200


def test_a_wrong_code_of_a_device_is_told(home: Server, person: Person, address: str) -> None:
    """RFC 8628 section 3.3."""
    person.opens(url(home, "/authorize"))
    signs_in(person, address)
    person.reads("Enter the code that your device shows.")

    person.fills("Code", "AAAA-AAAA")
    person.presses("Enter")

    person.reads("Compare it with your device")


def test_a_wrong_password_is_told(home: Server, person: Person, address: str) -> None:
    """Ours."""
    person.opens(url(home, "/login"))
    signs_in(person, address, "open")

    person.reads("The address or the password is wrong.")


def test_two_steps_from_the_first_day_to_the_lost_phone(home: Server, person: Person, address: str) -> None:
    """Issue: TOTP with recovery codes; the main password alone is refused on Basic from then on."""
    at_home(home, person, address)
    person.chooses("Set it up")
    person.reads("Scan this with your authenticator app")
    person.tab.waits("document.querySelector('img.qr').naturalWidth > 0")
    secret = str(person.tab.says("document.querySelector('#totp code').textContent")).replace(" ", "")
    person.fills("6-digit code", code_of(secret))
    person.presses("Enter")
    person.reads("Keep these recovery codes")
    codes = person.tab.says("[...document.querySelectorAll('.codes code')].map((one) => one.textContent)")
    assert len(codes) == 10
    person.chooses("I have kept them")
    person.reads("Two-step verification is on.")
    assert "Recovery codes that are left: 10" in person.page
    with pytest.raises(Refused, match="402"):
        home.client(address).session()

    person.chooses("Sign out")
    person.tab.waits("location.pathname === '/login'")
    signs_in(person, address)
    person.reads("One more step")
    person.types("000000")
    person.presses("Enter")
    person.reads("Wait for the next one")
    person.chooses("Use a recovery code")
    person.types(codes[0].upper())
    person.presses("Enter")

    person.reads("Recovery codes that are left: 9")
    assert "Recovery code used" in person.page


def test_an_app_password_opens_mail_until_it_is_removed(home: Server, person: Person, address: str) -> None:
    """Issue: app passwords."""
    at_home(home, person, address)
    person.chooses("Make an app password")
    person.types("Laptop")
    person.presses("Enter")
    person.reads("The password for")
    password = str(person.tab.says("document.querySelector('code.secret').textContent"))
    person.chooses("Done")
    person.reads("The app password is in force.")
    assert home.client(address, password).session()["username"] == address

    person.chooses("Remove: Laptop")
    person.reads("The app password was removed.")

    def is_refused() -> bool:
        try:
            home.client(address, password).session()
        except Refused as problem:
            return problem.status == 401
        return False

    until(is_refused, "the app password is worth nothing", 1.0)


def test_the_password_is_changed(home: Server, person: Person, address: str) -> None:
    """Issue: change password."""
    at_home(home, person, address)
    person.chooses("Change the password")
    person.types("not this one")
    person.fills("New password", "close sesame, and stay closed")
    person.presses("Enter")
    person.reads("The current password is wrong. Try again.")
    person.fills("Current password", SESAME)
    person.chooses("Change it")
    person.reads("Your password was changed")

    assert home.client(address, "close sesame, and stay closed").session()["username"] == address
    assert f"Signed in as {address}" in person.page


def test_a_passkey_is_made_and_is_all_that_signing_in_takes(home: Server, person: Person, address: str) -> None:
    """Issue: passkeys."""
    person.holds_a_security_key()
    at_home(home, person, address)
    person.chooses("Add a passkey")
    person.types("My phone")
    person.presses("Enter")
    # From now on the password alone is not enough, so there is a way in for whoever loses the key.
    person.reads("Keep these recovery codes")
    person.chooses("I have kept them")
    person.reads("The passkey was added.")

    person.tab.says("window.isLeft = true")
    person.chooses("Sign out")

    # The page for signing in offers it by itself, and the browser's key says yes.
    person.tab.waits("!window.isLeft && location.pathname === '/account'")
    person.reads(f"Signed in as {address}")
    person.reads("My phone")


def test_a_passkey_is_the_second_step_after_a_password(home: Server, person: Person, address: str) -> None:
    """Issue: second factor. With a passkey, the password alone is no longer enough."""
    key = person.holds_a_security_key()
    at_home(home, person, address)
    person.chooses("Add a passkey")
    person.types("My phone")
    person.presses("Enter")
    person.reads("Keep these recovery codes")
    person.chooses("I have kept them")
    person.reads("The passkey was added.")
    key.is_out_of_reach()
    person.chooses("Sign out")
    person.tab.waits("location.pathname === '/login'")
    signs_in(person, address)
    person.reads("Use the passkey of this account.")
    key.is_at_hand()

    person.chooses("Use a passkey")

    person.reads(f"Signed in as {address}")
