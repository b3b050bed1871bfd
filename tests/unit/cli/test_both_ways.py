"""Commands that manage do the same beside a server, which they ask, and without one."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.unit.cli.conftest import Command, Ended
from tests.unit.cli.served import served


class Both:
    """A command, run beside a server or without one."""

    def __init__(self, command: Command, folder: Path) -> None:
        self._command = command
        self.folder = folder

    def __call__(self, *words: str, stdin: str = "", status: int = 0) -> Ended:
        ended = self._command(*words, stdin=stdin)
        assert ended.status == status, ended
        return ended

    def json(self, *words: str) -> Any:
        """What a command prints for programs."""
        return json.loads(self(*words, "--json").out)


@pytest.fixture(params=["alone", "served"])
def both(request: pytest.FixtureRequest, command: Command, tmp_path: Path) -> Iterator[Both]:
    """An installation in which alice has an account."""
    folder = tmp_path / "var"
    assert command("account", "add", "alice@home.example", "--password-stdin", stdin="sesame\n").status == 0
    if request.param == "alone":
        yield Both(command, folder)
        return
    with served(folder) as asked:
        yield Both(command, folder)
        assert asked, "nobody has asked the server"


def test_a_setting_is_set_shown_and_taken_back(both: Both) -> None:
    """Management API section 10."""
    key = "jmap.protocol.get.max-objects"
    assert both("settings", "get", key).out == "4096\n"

    both("settings", "set", key, "7")

    assert both("settings", "get", key).out == "7\n"
    assert both.json("settings", "list", "jmap") == [{"key": key, "value": "7", "owner": "database"}]
    assert "by owner" in both("settings", "describe", key).out
    both("settings", "unset", key)
    assert both.json("settings", "list") == []
    assert "by default" in both("settings", "list").out


def test_a_setting_may_be_a_list_and_is_replaced_as_a_whole(both: Both) -> None:
    """Ours: shorter than before, nothing of the longer one is left."""
    key = "server.http.trusted-proxies"
    both("settings", "set", key, *(f"10.0.0.{place}" for place in range(12)))
    assert both("settings", "get", key).out.splitlines()[10:] == ["10.0.0.10", "10.0.0.11"]

    both("settings", "set", key, "10.0.0.1", "10.0.0.2")
    assert both("settings", "get", key).out.splitlines() == ["10.0.0.1", "10.0.0.2"]

    both("settings", "set", key, "10.0.0.3")
    assert both.json("settings", "list") == [{"key": key, "value": "10.0.0.3", "owner": "database"}]


def test_a_secret_comes_by_standard_input_and_is_not_shown(both: Both) -> None:
    """Ours: arguments are in histories."""
    key = "metrics.prometheus.auth.secret"
    both("settings", "set", key, "--stdin", stdin="sesame\n")

    for words in (("get", key), ("list",), ("describe", key)):
        told = both("settings", *words).out
        assert "sesame" not in told
        assert "••••" in told


REFUSED = (
    ("settings set nonsense 1", "there is no setting nonsense"),
    ("settings get nonsense", "there is no setting nonsense"),
    ("settings get server.hostnam", "there is no setting server.hostnam; the nearest is server.hostname"),
    ("settings unset jmap.protocol.get.max-objects", "in the database"),
    ("settings set jmap.protocol.get.max-objects many", "jmap.protocol.get.max-objects: "),
    ("settings set server.workers 2", "the local settings file"),
    ("settings set jmap.protocol.get.max-objects", "or say --stdin"),
    ("queue show a1.q1", "'a1.q1' names no message"),
    ("queue cancel nonsense", "'nonsense' names no message"),
    ("queue retry a1.q1 a1.q2", "'a1.q1' names no message"),
    ("api GET /nothing", "begin with /api/"),
    ("api GET /api/nothing", "there is no endpoint GET /api/nothing"),
)


def test_what_cannot_be_done_is_told_in_a_sentence(both: Both) -> None:
    """Ours: by the same words, whoever has said no."""
    for words, said in REFUSED:
        ended = both(*words.split(), status=1)

        assert said in ended.err, words
        assert len(ended.err.splitlines()) == 1
        assert ended.out == ""


def test_the_queue_is_paused_and_goes_on(both: Both) -> None:
    """Management API section 7, endpoints 16 and 17."""
    assert both("queue", "list").out == "Nothing is on its way.\n"
    both("queue", "pause")
    assert "is paused" in both("queue", "list").out
    both("queue", "resume")
    assert both("queue", "list").out == "Nothing is on its way.\n"


def test_any_endpoint_can_be_called(both: Both) -> None:
    """Ours: also under the stable prefix."""
    assert json.loads(both("api", "GET", "/api/queue/status").out) == {"data": True}
    assert json.loads(both("api", "get", "/api/queue/status").out) == {"data": True}
    assert json.loads(both("api", "GET", "/api/v1/settings/list").out)["data"]["items"] == {}


def test_the_log_is_shown(both: Both) -> None:
    """Management API section 12."""
    (both.folder / "logs").mkdir(exist_ok=True)
    both("logs", "--lines", "5", "--level", "warn")


def test_who_is_in_a_group_may_read_or_change(both: Both) -> None:
    """Ours: `readers` of a group are its members that may only read."""
    both("account", "add", "bob@home.example", "--password-stdin", stdin="sesame\n")
    both("group", "add", "Team@home.example", "--member", "alice@home.example:read", "--member", "bob@home.example")
    assert members(both) == {"alice@home.example": "read", "bob@home.example": "full"}

    both("group", "member", "team@home.example", "add", "alice@home.example")
    both("group", "member", "team@home.example", "add", "bob@home.example:read")
    assert members(both) == {"alice@home.example": "full", "bob@home.example": "read"}

    both("group", "member", "team@home.example", "remove", "bob@home.example")
    assert members(both) == {"alice@home.example": "full"}
    assert "no member" in both("group", "member", "team@home.example", "remove", "bob@home.example", status=1).err
    assert "there is no account carol" in both("group", "add", "x@home.example", "--member", "carol", status=1).err
    both("group", "add", "inner@home.example", "--member", "team@home.example")
    loop = both("group", "member", "team@home.example", "add", "inner@home.example", status=1).err
    assert loop.startswith("pillarbox: team@home.example is in inner@home.example already")
    both("group", "remove", "inner@home.example", "--yes")
    both("group", "remove", "team@home.example", "--yes")
    assert both.json("group", "list") == []


def test_a_domain_that_comes_with_an_address_is_told(both: Both) -> None:
    """Ours: it may be a mistyped one."""
    told = both("account", "alias", "alice@home.example", "add", "alice@hmoe.example").out
    assert told.splitlines()[0] == "hmoe.example is a domain here now."
    assert "is a domain" not in both("account", "alias", "alice@home.example", "add", "al@hmoe.example").out


def test_who_is_not_in_a_list_is_not_taken_out_of_it(both: Both) -> None:
    """Ours: a member may be elsewhere, so that there need be no account."""
    both("list", "add", "all@home.example", "--member", "x@far.example")

    for member in ("y@far.example", "alice@home.example"):
        ended = both("list", "member", "all@home.example", "remove", member, status=1)
        assert f"{member} is no member of all@home.example" in ended.err


def members(both: Both) -> dict[str, str]:
    told = both.json("group", "list")
    return {one["address"]: one["rights"] for one in told[0]["members"]}


def test_a_tenant_is_made_filled_changed_and_taken_away(both: Both) -> None:
    """Management API sections 4.2 and 20."""
    both("tenant", "add", "acme", "--most", "individual=1", "--role", "user")
    both("domain", "add", "acme.example", "--tenant", "acme")
    both("account", "add", "ann@acme.example", "--tenant", "acme", "--password-stdin", stdin="sesame\n")
    more = ("account", "add", "ben@acme.example", "--tenant", "acme", "--password-stdin")

    assert both("account", "list").out.splitlines()[0].split()[-1] == "Tenant"
    assert "no room for more than 1" in both(*more, stdin="sesame\n", status=1).err
    assert "principals belong to acme; they go first" in both("tenant", "remove", "acme", status=1).err
    assert "nothing is said" in both("tenant", "change", "acme", status=1).err
    told = both.json("tenant", "show", "acme")
    assert [(one["type"], one["name"]) for one in told["principals"]] == [
        ("domain", "acme.example"),
        ("individual", "ann@acme.example"),
    ]

    both("tenant", "change", "acme", "--most", "group=3", "--description", "ACME Inc.")
    both("account", "remove", "ann@acme.example", "--yes")
    both("domain", "remove", "acme.example")
    (told,) = both.json("tenant", "list")
    assert (told["most"], told["description"], told["people"]) == ({"individual": 1, "group": 3}, "ACME Inc.", 0)
    both("tenant", "remove", "acme")
    assert "There are no tenants" in both("tenant", "list").out


def test_a_key_is_made_told_of_and_ended(both: Both) -> None:
    """Reference, oauth.md section 9.5: what to send, whole; ours: from where, and until when."""
    made = both.json("apikey", "add", "robot", "--role", "user", "--from", "192.0.2.0/24", "--for", "90d")
    (told,) = both.json("apikey", "list")

    assert made["authorization"].startswith("Bearer api_")
    assert (told["networks"], told["expires"] > told["created"]) == (["192.0.2.0/24"], True)
    assert "is taken" in both("apikey", "add", "robot", status=1).err
    both("apikey", "remove", "robot")
    assert "there is no API key robot" in both("apikey", "remove", "robot", status=1).err


def test_bans_certificates_and_what_was_done_are_told(both: Both) -> None:
    """Ours."""
    both("ban", "add", "192.0.2.1", "--for", "2h")
    (told,) = both.json("ban", "list")
    assert told["network"] == "192.0.2.1/32"
    both("ban", "remove", "192.0.2.1")
    assert "is not banned" in both("ban", "remove", "192.0.2.1", status=1).err

    assert both.json("certificate", "list") == []
    assert "acme.<id>" in both("certificate", "renew", status=1).err
    both("account", "role", "alice@home.example", "add", "admin")
    told = both.json("account", "events", "alice@home.example")
    assert told[0]["kind"] == "permissions-changed"
    assert both.json("journal", "alice@home.example") == []
    assert "`pillarbox account list`" in both("domain", "remove", "home.example", status=1).err
    both("account", "quota", "alice@home.example", "5000")
    (told,) = both.json("account", "list")
    assert told["quota"] == 5000
