"""Who is let in (RFC 7617, RFC 9110 section 11)."""

import base64
from collections.abc import Callable

import pytest
from tests.driver import FOLDERS, JMAP, Home, Reply, like
from tests.driver.directory import Directory

from pillarbox.signin.credentials import put_password
from pillarbox.store import LocalFeed, Store


def session(home: Home, authorization: str | None) -> Reply:
    return home.web.sends("GET", "/.well-known/jmap", {} if authorization is None else {"Authorization": authorization})


def basic(pair: str | bytes) -> str:
    return "Basic " + base64.b64encode(pair if isinstance(pair, bytes) else pair.encode()).decode()


@pytest.mark.parametrize(
    "authorization",
    [
        None,
        "",
        "Basic",
        "Basic ",
        "Bearer abc",
        "Digest username=alice",
        "Basic !!!!",
        "Basic " + "A" * 60_000,
        basic("alice@home.example"),
        basic(b"\xff:\xff"),
        basic(":"),
        basic("alice@home.example:"),
        basic("alice@home.example:wrong"),
        basic("alice@home.example:alice's secret "),
        basic("alice@home.example:Alice's secret"),
        basic("alice:alice's secret"),
        basic("nobody@home.example:alice's secret"),
        basic("alice@home.example\0:alice's secret"),
        basic("alice@home.example:" + "x" * 3000),
        basic("a" * 200 + "@" + "é" * 40 + ".example:x"),
        basic("@:x"),
        basic("x@\U0010ffff:x"),
    ],
    ids=str,
)
def test_who_does_not_prove_who_they_are_is_told_how_to(home: Home, alice: JMAP, authorization: str | None) -> None:
    """RFC 9110 section 15.5.2: 401 has WWW-Authenticate."""
    reply = session(home, authorization)

    assert reply.status == 401
    asked = reply.headers["www-authenticate"]
    if authorization == "Bearer abc":
        # RFC 6750 section 3.1.
        assert asked.startswith('Bearer realm="Pillarbox", error="invalid_token"')
    else:
        assert asked.startswith('Basic realm="Pillarbox", charset="UTF-8"')
    assert reply.json() == like(type="about:blank", status=401, title="Unauthorized")


def test_all_paths_of_jmap_need_credentials(home: Home, alice: JMAP) -> None:
    """RFC 8620 section 1.7: all requests are authenticated."""
    for method, path in (
        ("GET", "/.well-known/jmap"),
        ("POST", "/jmap/"),
        ("POST", f"/jmap/upload/{alice.account_id}/"),
        ("GET", f"/jmap/download/{alice.account_id}/b1/x"),
        ("GET", "/jmap/eventsource/"),
    ):
        assert home.web.sends(method, path, {}, b"x").status == 401


def test_an_unknown_name_and_a_wrong_password_are_told_alike(home: Home, alice: JMAP) -> None:
    """Ours: nobody learns which accounts exist."""
    unknown, wrong = (session(home, basic(f"{name}@home.example:x")) for name in ("nobody", "alice"))

    def told(reply: Reply) -> object:
        headers = {name: value for name, value in reply.headers.items() if name != "x-request-id"}
        return reply.status, headers, reply.octets

    assert told(unknown) == told(wrong)


@pytest.mark.parametrize("scheme", ["Basic", "basic", "BASIC"])
def test_the_scheme_is_known_in_any_case(home: Home, alice: JMAP, scheme: str) -> None:
    """RFC 9110 section 11.1: schemes compare without case."""
    assert session(home, basic("alice@home.example:alice's secret").replace("Basic", scheme)).status == 200


def test_the_name_is_known_in_any_case(home: Home, alice: JMAP) -> None:
    """Ours: addresses compare without case."""
    assert session(home, basic("Alice@HOME.example:alice's secret")).json()["username"] == "alice@home.example"


def test_a_password_may_have_colons_and_any_character(home: Home) -> None:
    """RFC 7617 sections 2 and 2.1: the first colon ends the name, and charset is UTF-8."""
    home.directory.add("carol@home.example", home.passwords.hash("pässword:with:☃"), FOLDERS)

    assert session(home, basic("carol@home.example:pässword:with:☃")).status == 200
    assert session(home, basic("carol@home.example:pässword:with")).status == 401


def test_an_alias_is_a_name_as_well(home: Home, alice: JMAP) -> None:
    """Ours: whoever has an address may sign in by it."""
    home.directory.add_alias("alice@home.example", "wonder@home.example")

    assert session(home, basic("wonder@home.example:alice's secret")).json()["username"] == "alice@home.example"


def test_the_old_password_ends_when_there_is_a_new_one(home: Home, alice: JMAP) -> None:
    """Architecture section 2: verified credentials are dropped at once when they change."""
    assert session(home, alice.credentials["Authorization"]).status == 200
    home.gives_password(alice, "new")

    assert session(home, alice.credentials["Authorization"]).status == 401
    assert session(home, basic(f"{alice.name}:new")).status == 200


@pytest.fixture
def elsewhere(opens: Callable[[LocalFeed], Store], home: Home) -> Store:
    """The server's store as another process has it, whose notices are heard here."""
    return opens(home.feed)


def test_a_password_changed_by_another_process_is_changed_at_once(home: Home, alice: JMAP, elsewhere: Store) -> None:
    """Architecture section 2: whoever changed it."""
    assert session(home, alice.credentials["Authorization"]).status == 200
    put_password(elsewhere, alice.number, home.passwords.hash("new"), home.now())

    assert session(home, alice.credentials["Authorization"]).status == 401


def test_an_account_that_was_removed_is_let_in_no_more(home: Home, alice: JMAP) -> None:
    """Architecture section 2: dropped at once when the account is gone."""
    assert session(home, alice.credentials["Authorization"]).status == 200
    home.directory.remove(alice.name)

    assert session(home, alice.credentials["Authorization"]).status == 401


def test_an_account_removed_by_another_process_is_let_in_no_more(home: Home, alice: JMAP, elsewhere: Store) -> None:
    """Architecture section 2: whoever removed it."""
    assert session(home, alice.credentials["Authorization"]).status == 200
    Directory(elsewhere).remove(alice.name)

    assert session(home, alice.credentials["Authorization"]).status == 401


def test_an_alias_that_was_taken_away_is_no_name_any_more(home: Home, alice: JMAP) -> None:
    """Architecture section 2: dropped at once when anything changes."""
    home.directory.add_alias("alice@home.example", "wonder@home.example")
    assert session(home, basic("wonder@home.example:alice's secret")).status == 200
    home.directory.remove_alias("alice@home.example", "wonder@home.example")

    assert session(home, basic("wonder@home.example:alice's secret")).status == 401


def test_an_account_made_anew_is_another_one(home: Home, alice: JMAP) -> None:
    """Ours: nothing of a removed account comes back with its name."""
    alice.asks("Mailbox/set", create={"a": {"name": "Plans"}})
    home.directory.remove(alice.name)
    anew = home.person("alice")

    assert anew.account_id != alice.account_id
    assert "Plans" not in {mailbox["name"] for mailbox in anew.asks("Mailbox/get")["list"]}


def test_many_who_sign_in_at_once_are_all_let_in(home: Home, alice: JMAP) -> None:
    """Ours: hashing takes turns."""
    replies = alice.send_together([alice.request()] * 20)

    assert {reply.status for reply in replies} == {200}
