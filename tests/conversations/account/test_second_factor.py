"""The second factor of a sign-in with a browser (RFC 6238)."""

import pytest
from tests.driver import JMAP, Home
from tests.driver.page import Page, codes

from pillarbox.http import BanPolicy
from pillarbox.settings import Rate
from pillarbox.settings.quantity import Duration


@pytest.fixture
def secret(home: Home, alice: JMAP) -> str:
    """Alice has two-step verification: what makes her codes."""
    return Page(home, alice).sets_up_totp()[0]


def begun(page: Page, person: JMAP) -> str:
    """The attempt that a right password begins."""
    told = page.signs_in(person).json()
    assert told["needs"] == "second-factor"
    attempt: str = told["attempt"]
    return attempt


def test_a_right_password_is_not_enough(home: Home, alice: JMAP, secret: str) -> None:
    """Ours: what there is besides, in the order in which it is offered."""
    page = Page(home)

    told = page.signs_in(alice).json()

    assert told["methods"] == ["totp", "recovery"]
    assert "pillarbox-session" not in page.cookies
    assert not page.is_in()


def test_a_code_lets_in(home: Home, alice: JMAP, secret: str) -> None:
    """RFC 8176: pwd, otp, mfa."""
    page = Page(home)
    attempt = begun(page, alice)

    code = codes(secret, home.clock())
    page.tells("POST", "/auth/session/second-factor", {"attempt": attempt, "method": "totp", "code": code})

    assert page.tells("GET", "/auth/session")["methods"] == ["pwd", "otp", "mfa"]
    assert "pillarbox-attempt" not in page.cookies


def test_a_code_works_once(home: Home, alice: JMAP, secret: str) -> None:
    """RFC 6238 section 5.2: the second attempt of a code is refused."""
    page, other = Page(home), Page(home)
    first, second = begun(page, alice), begun(other, alice)
    said = {"method": "totp", "code": codes(secret, home.clock())}
    page.tells("POST", "/auth/session/second-factor", {"attempt": first, **said})

    assert other.asks("POST", "/auth/session/second-factor", {"attempt": second, **said}).status == 401


def test_a_recovery_code_lets_in_once(home: Home, alice: JMAP) -> None:
    """Ours: and its owner sees that it was used."""
    _, recovery = Page(home, alice).sets_up_totp()
    page = Page(home)
    said = {"method": "recovery", "code": recovery[0].upper().replace("-", "")}
    page.tells("POST", "/auth/session/second-factor", {"attempt": begun(page, alice), **said})

    account = page.tells("GET", "/auth/account")
    assert account["recoveryCodesLeft"] == 9
    assert "recovery-code-used" in [one["kind"] for one in account["events"]]
    other = Page(home)
    again = other.asks("POST", "/auth/session/second-factor", {"attempt": begun(other, alice), **said})
    assert again.status == 401


def test_five_codes_may_be_tried(home: Home, alice: JMAP, secret: str) -> None:
    """Ours: 401 and how many are left, then 410; the right one is too late then."""
    page = Page(home)
    attempt = begun(page, alice)
    wrong = {"attempt": attempt, "method": "totp", "code": "000000"}

    replies = [page.asks("POST", "/auth/session/second-factor", wrong) for _ in range(5)]

    assert [reply.status for reply in replies] == [401, 401, 401, 401, 410]
    assert "4 more" in replies[0].json()["detail"]
    right = {**wrong, "code": codes(secret, home.clock())}
    assert page.asks("POST", "/auth/session/second-factor", right).status == 410


def test_an_attempt_lasts_five_minutes(home: Home, alice: JMAP, secret: str) -> None:
    """Ours: then it begins anew with the password; a wrong code does not make it longer."""
    page = Page(home)
    attempt = begun(page, alice)
    home.clock.now += 299
    wrong = {"attempt": attempt, "method": "totp", "code": "000000"}
    assert page.asks("POST", "/auth/session/second-factor", wrong).status == 401
    home.clock.now += 2

    right = {**wrong, "code": codes(secret, home.clock())}
    assert page.asks("POST", "/auth/session/second-factor", right).status == 410


def test_an_attempt_is_good_in_its_own_browser_alone(home: Home, alice: JMAP, secret: str) -> None:
    """Ours: whoever reads one over a shoulder, or in a log, has nothing of it; nor do they end it."""
    page, other = Page(home), Page(home)
    attempt = begun(page, alice)
    said = {"attempt": attempt, "method": "totp", "code": codes(secret, home.clock())}

    assert other.asks("POST", "/auth/session/second-factor", said).status == 410

    page.tells("POST", "/auth/session/second-factor", said)


def test_who_is_held_up_goes_on_with_the_same_attempt(home: Home, alice: JMAP, secret: str) -> None:
    """Ours: the password was right, and nobody is asked for it anew because of wrong codes."""
    home.ban_policy = BanPolicy(failures=Rate(3, Duration(60_000)))
    home.build()
    page = Page(home)
    said = {"attempt": begun(page, alice), "method": "totp"}
    for _ in range(3):
        assert page.asks("POST", "/auth/session/second-factor", {**said, "code": "000000"}).status == 401
    for _ in range(3):
        assert page.asks("POST", "/auth/session/second-factor", {**said, "code": "000000"}).status == 429

    home.clock.now += 61
    page.tells("POST", "/auth/session/second-factor", {**said, "code": codes(secret, home.clock())})


def test_an_attempt_is_good_once(home: Home, alice: JMAP) -> None:
    """Ours: also with another code."""
    _, recovery = Page(home, alice).sets_up_totp()
    page = Page(home)
    attempt = begun(page, alice)
    said = {"attempt": attempt, "method": "recovery"}
    page.tells("POST", "/auth/session/second-factor", {**said, "code": recovery[0]})

    assert page.asks("POST", "/auth/session/second-factor", {**said, "code": recovery[1]}).status == 410


def test_who_guesses_codes_is_stopped_and_the_owner_is_not(home: Home, alice: JMAP) -> None:
    """RFC 4226 section 7.3: after ten wrong codes others wait, but what nobody can guess."""
    secret, recovery = Page(home, alice).sets_up_totp()
    for attack in range(2):
        page = Page(home, peer=f"198.51.100.{attack}")
        attempt = begun(page, alice)
        for _ in range(5):
            page.asks("POST", "/auth/session/second-factor", {"attempt": attempt, "method": "totp", "code": "000000"})
    page = Page(home)
    attempt = begun(page, alice)

    said = {"attempt": attempt, "method": "totp", "code": codes(secret, home.clock())}
    reply = page.asks("POST", "/auth/session/second-factor", said)
    assert reply.status == 429
    assert "change it" in reply.json()["detail"]

    page.tells("POST", "/auth/session/second-factor", {**said, "method": "recovery", "code": recovery[0]})


def test_a_password_with_a_code_behind_it_is_no_way_around(home: Home, alice: JMAP, secret: str) -> None:
    """Ours: what Basic takes for an hour (http-server.md section 8) is asked for anew on a page."""
    page = Page(home)

    told = page.signs_in(alice, f"{alice.password}${codes(secret, home.clock())}").json()

    assert told["needs"] == "second-factor"


@pytest.mark.parametrize(
    "sent",
    [
        {"method": "totp", "code": "000000"},
        {"attempt": "x", "method": "passkey", "code": "000000"},
        {"attempt": "x", "method": "totp"},
        {"attempt": "x", "method": "totp", "code": 0},
        {"attempt": "x" * 65, "method": "totp", "code": "000000"},
    ],
    ids=str,
)
def test_what_is_no_code_is_refused(home: Home, sent: object) -> None:
    """Ours: 400."""
    assert Page(home).asks("POST", "/auth/session/second-factor", sent).status == 400


def test_without_the_memory_that_is_shared_nobody_gets_by(home: Home, alice: JMAP, secret: str) -> None:
    """Ours: codes fail closed (adr/0024)."""
    page = Page(home)
    home.shelf.is_down = True

    assert page.signs_in(alice).status == 503


@pytest.mark.parametrize("method", ["totp", "recovery"])
def test_a_code_that_two_show_at_once_lets_one_in(home: Home, alice: JMAP, method: str) -> None:
    """RFC 6238 section 5.2; ours: codes work once."""
    secret, recovery = Page(home, alice).sets_up_totp()
    code = recovery[0] if method == "recovery" else codes(secret, home.clock())
    pages = [Page(home) for _ in range(4)]
    requests = []
    for page in pages:
        sent = {"attempt": begun(page, alice), "method": method, "code": code}
        requests.append(page.request("POST", "/auth/session/second-factor", sent))

    statuses = [reply.status for reply in home.web.together(requests)]

    assert sorted(statuses) == [200, 401, 401, 401]


def test_an_attempt_that_is_finished_twice_at_once_is_good_once(home: Home, alice: JMAP) -> None:
    """Ours: with two codes, each of which is right."""
    _, recovery = Page(home, alice).sets_up_totp()
    page = Page(home)
    attempt = begun(page, alice)
    requests = [
        page.request(
            "POST", "/auth/session/second-factor", {"attempt": attempt, "method": "recovery", "code": recovery[at]}
        )
        for at in range(4)
    ]

    statuses = [reply.status for reply in home.web.together(requests)]

    assert sorted(statuses) == [200, 410, 410, 410]


def test_wrong_codes_are_counted_with_wrong_passwords(home: Home, alice: JMAP, secret: str) -> None:
    """Ours: by address, over all faces."""
    home.ban_policy = BanPolicy(failures=Rate(3, Duration(60_000)))
    home.build()
    page = Page(home)
    said = {"attempt": begun(page, alice), "method": "totp", "code": "000000"}
    for _ in range(3):
        assert page.asks("POST", "/auth/session/second-factor", said).status == 401

    assert page.asks("POST", "/auth/session/second-factor", said).status == 429
    assert page.signs_in(alice).status == 429
    assert alice.sends("GET", "/.well-known/jmap").status == 429
