"""Signing in where several processes serve: each sees what the others did (issue: within a second of a change)."""

from collections.abc import Iterator

import pytest
from tests.driver import JMAP, Home
from tests.driver.page import Page, codes

from pillarbox.store import LocalFeed, Store


@pytest.fixture
def there(elsewhere: Store, home: Home) -> Iterator[Home]:
    """The server's other process, with what they share."""
    feed = elsewhere.feed
    assert isinstance(feed, LocalFeed)
    there = Home(elsewhere, feed, home.clock)
    there.shelf = home.shelf
    there.build()
    yield there
    there.close()


def moved(page: Page, home: Home) -> Page:
    """The same browser, whose next request another process answers."""
    other = Page(home)
    other.cookies = dict(page.cookies)
    return other


def basic(home: Home, person: JMAP, password: str) -> int:
    """How somebody is let in by Basic."""
    return JMAP(home.web, person.name, password, person.account_id, person.number).sends("GET", "/jmap/ws").status


def test_another_password_is_known_there(home: Home, there: Home, feed: LocalFeed, alice: JMAP) -> None:
    """Ours: other browsers are out, and the old password with them."""
    page, other = Page(home, alice), Page(there, alice)
    assert other.is_in()
    assert basic(there, alice, alice.password) != 401

    with feed.listen(0, there.feed.publish):
        page.tells("POST", "/auth/account/password", {"current": alice.password, "new": "another secret"})

    assert not other.is_in()
    assert basic(there, alice, alice.password) == 401
    assert basic(there, alice, "another secret") != 401


def test_who_signs_out_here_is_out_there(home: Home, there: Home, feed: LocalFeed, alice: JMAP) -> None:
    """Ours."""
    page = Page(home, alice)
    same = moved(page, there)
    assert same.is_in()

    with feed.listen(0, there.feed.publish):
        page.tells("DELETE", "/auth/session")

    assert not same.is_in()


def test_what_is_begun_here_is_finished_there(home: Home, there: Home, alice: JMAP) -> None:
    """Ours: connections come to whichever process; so do the tries that are left."""
    secret, _ = Page(home, alice).sets_up_totp()
    page = Page(home)
    attempt = page.signs_in(alice).json()["attempt"]
    said = {"attempt": attempt, "method": "totp", "code": "000000"}
    same = moved(page, there)

    assert "4 more" in same.asks("POST", "/auth/session/second-factor", said).json()["detail"]
    assert "3 more" in page.asks("POST", "/auth/session/second-factor", said).json()["detail"]
    same.tells("POST", "/auth/session/second-factor", {**said, "code": codes(secret, home.clock())})

    assert moved(same, home).is_in()


def test_what_was_confirmed_here_counts_there_at_once(home: Home, there: Home, alice: JMAP) -> None:
    """Ours: nobody is asked for the password a second time since a notice was slow."""
    page = Page(home, alice)
    same = moved(page, there)
    assert same.is_in()
    home.clock.now += 901
    assert same.is_in()

    page.tells("POST", "/auth/session/confirm", {"password": alice.password})

    same.tells("POST", "/auth/account/app-passwords", {"name": "Phone"})


def test_a_code_is_taken_by_one_process(home: Home, there: Home, alice: JMAP) -> None:
    """RFC 6238 section 5.2: once, wherever it is shown."""
    secret, _ = Page(home, alice).sets_up_totp()
    first, second = Page(home), Page(there)
    code = codes(secret, home.clock())
    attempts = [page.signs_in(alice).json()["attempt"] for page in (first, second)]

    statuses = [
        page.asks("POST", "/auth/session/second-factor", {"attempt": attempt, "method": "totp", "code": code}).status
        for page, attempt in zip((first, second), attempts, strict=True)
    ]

    assert statuses == [200, 401]
