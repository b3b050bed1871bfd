"""`pillarbox domain`: which there are, and the keys that their mail is signed with."""

import json

import pytest
from tests.unit.cli.conftest import Command


@pytest.fixture
def ours(command: Command) -> Command:
    """Where home.example is a domain of ours."""
    assert command("account", "add", "alice@home.example", "--password-stdin", stdin="sesame\n").status == 0
    return command


def test_a_key_is_made_once_and_its_records_are_shown_again(ours: Command) -> None:
    """RFC 6376 section 3.6.1: the name and the text of the record."""
    first = ours("domain", "dkim", "home.example", "--json")
    second = ours("domain", "dkim", "HOME.example.", "--json")

    assert first.out == second.out
    (record,) = json.loads(first.out)
    assert record["name"] == f"{record['selector']}._domainkey.home.example"
    assert record["value"].startswith("v=DKIM1; k=rsa; h=sha256; p=MII")
    assert json.loads(ours("domain", "list", "--json").out) == [{"name": "home.example", "dkim": [record["selector"]]}]


def test_a_record_for_people_is_in_strings_that_dns_takes(ours: Command) -> None:
    """RFC 1035 section 3.3.14: strings of 255 octets at most; nothing wraps them."""
    told = ours("domain", "dkim", "home.example").out

    (line,) = [line for line in told.splitlines() if "_domainkey" in line]
    strings = line.split('"')[1::2]
    assert len(strings) == 2
    assert all(len(one) <= 255 for one in strings)


def test_a_second_key_and_the_end_of_the_first(ours: Command) -> None:
    ours("domain", "dkim", "home.example", "--selector", "one")
    ours("domain", "dkim", "home.example", "--selector", "two", "--algorithm", "ed25519")

    assert ours("domain", "dkim", "home.example", "--remove", "one").status == 0

    assert json.loads(ours("domain", "list", "--json").out)[0]["dkim"] == ["two"]
    assert "two" in ours("domain", "list").out
    again = ours("domain", "dkim", "home.example", "--remove", "one")
    assert again.status == 1
    assert "has no key one" in again.err


@pytest.mark.parametrize(
    ("arguments", "status", "told"),
    [
        (("far.example",), 1, "far.example is no domain of accounts here"),
        (("home.example", "--algorithm", "dsa"), 2, "rsa, ed25519"),
        (("home.example", "--selector", "a.b c"), 2, "letters, digits and hyphens"),
    ],
)
def test_what_cannot_be_done_is_told(ours: Command, arguments: tuple[str, ...], status: int, told: str) -> None:
    ended = ours("domain", "dkim", *arguments)

    assert ended.status == status
    assert told in ended.err


def test_an_empty_queue_says_so(ours: Command) -> None:
    assert "Nothing is on its way." in ours("queue", "list").out
    assert json.loads(ours("queue", "list", "--json").out) == []
    assert ours("queue", "retry", "--all").out == "0 to be tried now.\n"
    assert "say --all" in ours("queue", "retry").err
    assert "names no message" in ours("queue", "cancel", "q1").err
