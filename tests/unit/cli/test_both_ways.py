"""Commands that manage do the same beside a server, which they ask, and without one."""

import json
from collections.abc import Iterator
from pathlib import Path

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

    def json(self, *words: str) -> object:
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


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("settings set nonsense 1", "there is no setting nonsense"),
        ("settings get nonsense", "there is no setting nonsense"),
        ("settings unset jmap.protocol.get.max-objects", "in the database"),
        ("settings set jmap.protocol.get.max-objects many", "jmap.protocol.get.max-objects: "),
        ("settings set server.workers 2", "the local settings file"),
        ("settings set jmap.protocol.get.max-objects", "or say --stdin"),
        ("queue show a1.q1", "'a1.q1' names no message"),
        ("queue cancel nonsense", "'nonsense' names no message"),
        ("queue retry a1.q1 a1.q2", "'a1.q1' names no message"),
        ("api GET /nothing", "begin with /api/"),
        ("api GET /api/nothing", "there is no endpoint GET /api/nothing"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(both: Both, words: str, said: str) -> None:
    """Ours: by the same words, whoever has said no."""
    ended = both(*words.split(), status=1)
    both("queue", "list")

    assert said in ended.err
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
    assert json.loads(both("api", "GET", "/api/v1/settings/list").out)["data"]["items"] == {}


def test_the_log_is_shown(both: Both) -> None:
    """Management API section 12."""
    (both.folder / "logs").mkdir(exist_ok=True)
    both("logs", "--lines", "5", "--level", "warn")
