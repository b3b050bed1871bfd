"""What an administrator types: accounts, the demo, the doctor, and what is said when it cannot be done."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.journeys.client import Refused
from tests.journeys.program import Program, Server

from pillarbox.sample import many

pytestmark = pytest.mark.slow


def test_an_account_lives_before_the_first_start(pillarbox: Program) -> None:
    """Added, listed, given an alias, another password, taken away."""
    pillarbox("account", "add", "Alice@Far.Example", "--password-stdin", stdin="one\n")
    pillarbox("account", "alias", "alice@far.example", "add", "al@near.example")
    pillarbox("account", "passwd", "al@near.example", "--password-stdin", stdin="two\n")
    (alice,) = json.loads(pillarbox("account", "list", "--json"))
    assert (alice["address"], alice["aliases"]) == ("alice@far.example", ["al@near.example"])
    assert "alice@far.example" in pillarbox("account", "list")

    pillarbox("account", "alias", "alice@far.example", "remove", "al@near.example")
    (alice,) = json.loads(pillarbox("account", "list", "--json"))
    assert alice["aliases"] == []

    pillarbox("account", "remove", "alice@far.example", "--yes")
    assert json.loads(pillarbox("account", "list", "--json")) == []
    assert "no accounts yet" in pillarbox("account", "list")
    assert pillarbox.doctor() == []


def test_an_account_is_removed_only_by_who_says_yes(pillarbox: Program) -> None:
    pillarbox.account("alice@far.example")

    refused = pillarbox.run("account", "remove", "alice@far.example", stdin="n\n")
    assert refused.returncode == 1
    assert len(json.loads(pillarbox("account", "list", "--json"))) == 1

    pillarbox("account", "remove", "alice@far.example", stdin="y\n")
    assert json.loads(pillarbox("account", "list", "--json")) == []


def test_a_new_account_can_be_used_while_serving(shared: Server) -> None:
    shared.program("account", "add", "new@far.example", "--password-stdin", stdin="one\n")
    alice = shared.client("new@far.example", "one")

    assert alice.session()["username"] == "new@far.example"
    assert {one["role"] for one in alice.mailboxes().values()} >= {"inbox", "drafts", "sent", "trash", "junk"}


def test_a_group_lives_before_the_first_start(pillarbox: Program) -> None:
    """Made with members, changed, listed, given an alias, taken away; it is no account of a person's."""
    pillarbox.account("alice@far.example")
    pillarbox.account("bob@far.example")
    pillarbox("group", "add", "Team@far.example", "--member", "alice@far.example", "--member", "bob@far.example:read")
    pillarbox("account", "alias", "team@far.example", "add", "all@far.example")
    (team,) = json.loads(pillarbox("group", "list", "--json"))
    assert (team["address"], team["aliases"]) == ("team@far.example", ["all@far.example"])
    assert team["members"] == [
        {"address": "alice@far.example", "rights": "full"},
        {"address": "bob@far.example", "rights": "read"},
    ]
    assert "bob@far.example:read" in pillarbox("group", "list")
    assert len(json.loads(pillarbox("account", "list", "--json"))) == 2
    assert pillarbox.run("account", "remove", "team@far.example", "--yes").returncode == 1

    pillarbox("group", "member", "all@far.example", "add", "bob@far.example")
    pillarbox("group", "member", "team@far.example", "remove", "alice@far.example")
    (team,) = json.loads(pillarbox("group", "list", "--json"))
    assert team["members"] == [{"address": "bob@far.example", "rights": "full"}]
    assert pillarbox.doctor() == []

    refused = pillarbox.run("group", "remove", "team@far.example", stdin="n\n")
    assert refused.returncode == 1
    pillarbox("group", "remove", "team@far.example", "--yes")
    assert json.loads(pillarbox("group", "list", "--json")) == []
    assert "no groups yet" in pillarbox("group", "list")
    assert len(json.loads(pillarbox("account", "list", "--json"))) == 2


def test_a_group_s_members_hear_of_it_while_serving(shared: Server) -> None:
    """In the session and on a stream, which ends for who is let in."""
    alice = shared.account("member@far.example")
    own = set(alice.session()["accounts"])
    events = alice.listen()
    shared.program("group", "add", "team@far.example", "--member", "member@far.example")

    accounts = alice.session()["accounts"]
    assert [accounts[one]["name"] for one in set(accounts) - own] == ["team@far.example"]
    # Whatever it sees next, it is told to begin anew instead.
    alice.import_(next(many(1, 1)).raw)
    assert events.next(5) is None


def test_an_old_password_ends_at_once_while_serving(shared: Server) -> None:
    """What was remembered as right, and streams that it opened, included."""
    alice = shared.account("old@far.example", "one")
    for _ in range(3):
        alice.session()
    events = alice.listen()

    shared.program("account", "passwd", "old@far.example", "--password-stdin", stdin="two\n")

    with pytest.raises(Refused) as refused:
        alice.session()
    assert refused.value.status == 401
    assert shared.client("old@far.example", "two").session()["username"] == "old@far.example"
    shared.client("old@far.example", "two").import_(next(many(1, 1)).raw)
    assert events.next(5) is None


def test_a_stream_that_is_quiet_ends_within_the_minute_of_a_new_password(shared: Server) -> None:
    """Nothing happens in the account; the stream is looked at all the same."""
    alice = shared.account("quiet@far.example", "one")
    events = alice.listen(ping=5)

    shared.program("account", "passwd", "quiet@far.example", "--password-stdin", stdin="two\n")

    while (event := events.next(15)) is not None:
        assert event.name == "ping"


def test_a_removed_account_is_refused_at_once_and_its_mail_is_gone(shared: Server) -> None:
    alice = shared.account("gone@far.example")
    alice.import_(next(many(1, 1)).raw)
    events = alice.listen(ping=5)
    kept = len(list((shared.program.data / "accounts").iterdir()))

    shared.program("account", "remove", "gone@far.example", "--yes")

    with pytest.raises(Refused) as refused:
        alice.session()
    assert refused.value.status == 401
    while (event := events.next(15)) is not None:
        assert event.name == "ping"
    assert len(list((shared.program.data / "accounts").iterdir())) == kept - 1
    # Whoever gets the address next finds nothing of it.
    again = shared.account("gone@far.example", "other")
    assert again.ids() == []
    assert shared.program.doctor() == []


def test_an_alias_is_a_name_to_sign_in_with(shared: Server) -> None:
    alice = shared.account("named@far.example")
    shared.program("account", "alias", "named@far.example", "add", "al@near.example")

    assert shared.client("al@near.example").account == alice.account


def test_a_port_in_use_is_named(shared: Server) -> None:
    """Another server with the same addresses says which, and what to do."""
    other = Program(shared.folder, shared.folder / "other", shared.program.config)

    told = other("serve", status=1)

    assert f"127.0.0.1 port {shared.port}" in told
    assert "something else listens there" in told


def test_the_demo_keeps_what_there_is_and_tells_passwords_once(pillarbox: Program) -> None:
    first = pillarbox("demo")
    passwords = dict(line.split() for line in (pillarbox.data / "demo-passwords.txt").read_text().splitlines())
    assert list(passwords) == ["alice@example.org", "bob@example.org"]
    assert all(password in first for password in passwords.values())
    before = (pillarbox.data / "demo-passwords.txt").read_bytes()

    began = time.monotonic()
    second = pillarbox("demo")

    assert time.monotonic() - began < 10
    assert not any(password in second for password in passwords.values())
    assert (pillarbox.data / "demo-passwords.txt").read_bytes() == before
    assert pillarbox.doctor() == []


def test_the_demo_can_be_read_by_its_passwords(server: Server) -> None:
    server.program("demo")
    passwords = (server.program.data / "demo-passwords.txt").read_text().split()

    alice = server.client(passwords[0], passwords[1])

    assert len(alice.ids()) >= 300
    assert len(alice.mailboxes()) > 6
    assert len(alice.ids(hasAttachment=True)) > 0


def test_everything_in_the_data_folder_is_its_owners_alone(server: Server) -> None:
    """Whatever the umask: mail is nobody else's."""
    alice = server.account("alice@far.example")
    alice.import_(next(many(1, 1)).raw)
    alice.upload(os.urandom(500_000))

    server.program.data.stat()
    paths = [server.program.data, *server.program.data.rglob("*")]

    modes = {str(path.relative_to(server.folder)): path.stat().st_mode & 0o777 for path in paths}
    wanted = {name: 0o700 if (server.folder / name).is_dir() else 0o600 for name in modes}
    assert modes == wanted


def test_a_data_folder_with_spaces_in_its_path_serves(served: Callable[..., Server], folder: Path) -> None:
    server = served()
    assert " " in str(server.program.data)

    alice = server.account("alice@far.example")
    alice.upload(os.urandom(500_000))

    assert len(alice.mailboxes()) >= 6
    assert server.program.doctor() == []


def test_a_server_is_managed_from_elsewhere(shared: Server, tmp_path: Path) -> None:
    """ADR 0054: with a token and no data folder at hand, by the commands that are there beside it."""
    key = shared.program("apikey", "add", "elsewhere", "--role", "admin").removeprefix("Authorization: ")
    (tmp_path / "key").write_text(key)
    there = {**os.environ, "PILLARBOX_SERVER": shared.url}
    away = Program(tmp_path, tmp_path / "none", tmp_path / "none.toml", there)

    assert "a token is needed" in away("domain", "list", status=1)
    away("domain", "add", "afar.example", "--token-file", tmp_path / "key")
    assert "afar.example" in [one["name"] for one in json.loads(shared.program("domain", "list", "--json"))]
    away.environment["PILLARBOX_TOKEN"] = key
    assert "management.changed" in away("logs", "--filter", "afar.example")
    away("domain", "remove", "afar.example")
    assert not (tmp_path / "none").exists()
