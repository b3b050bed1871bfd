"""`pillarbox domain`: which there are, and the keys that their mail is signed with."""

import json

import pytest
from tests.unit.cli.conftest import Command


@pytest.fixture
def ours(command: Command) -> Command:
    """Where home.example is a domain of ours."""
    assert command("account", "add", "alice@home.example", "--password-stdin", stdin="sesame\n").status == 0
    return command


def test_a_domain_has_keys_and_their_records_are_shown(ours: Command) -> None:
    """RFC 6376 section 3.6.1 and RFC 8463 section 3: the name and the text of each record."""
    first = ours("domain", "dkim", "home.example", "--json")
    second = ours("domain", "dkim", "HOME.example.", "--json")

    assert first.out == second.out
    records = json.loads(first.out)
    assert [one["name"] for one in records] == [f"{one['selector']}._domainkey.home.example" for one in records]
    assert {one["value"].partition(" p=")[0] for one in records} == {
        "v=DKIM1; k=rsa; h=sha256;",
        "v=DKIM1; k=ed25519; h=sha256;",
    }
    (told,) = json.loads(ours("domain", "list", "--json").out)
    assert (told["name"], sorted(told["dkim"])) == ("home.example", sorted(one["selector"] for one in records))


def test_a_record_for_people_is_in_strings_that_dns_takes(ours: Command) -> None:
    """RFC 1035 section 3.3.14: strings of 255 octets at most; nothing wraps them."""
    told = ours("domain", "dkim", "home.example").out

    (line,) = [line for line in told.splitlines() if "k=rsa" in line]
    strings = line.split('"')[1::2]
    assert len(strings) == 2
    assert all(len(one) <= 255 for one in strings)


def test_another_key_and_the_end_of_the_others(ours: Command) -> None:
    """Ours."""
    known = json.loads(ours("domain", "list", "--json").out)[0]["dkim"]
    ours("domain", "dkim", "home.example", "--selector", "two", "--algorithm", "ed25519")

    for selector in known:
        assert ours("domain", "dkim", "home.example", "--remove", selector).status == 0

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


@pytest.mark.parametrize(("hostname", "times"), [("mailer", 1), ("mail.home.example", 0)])
def test_records_that_lead_nowhere_are_told(
    ours: Command, monkeypatch: pytest.MonkeyPatch, hostname: str, times: int
) -> None:
    """Ours: without `server.hostname` the machine's is in them, which may be a name that nobody else finds."""
    monkeypatch.setenv("PILLARBOX_SERVER__HOSTNAME", hostname)

    assert ours("domain", "records", "home.example").out.count("set server.hostname") == times
