"""The running server is told to read its settings again."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.driver import Home
from tests.driver.administrator import Administrator

from pillarbox.datatypes.server import keep_settings

READ = {
    "applied": ["queue.expire"],
    "restart": ["server.workers"],
    "problems": [
        {"key": "queue.port", "kind": "parse", "text": "'many' is no integer"},
        {"key": "zebra", "kind": "unread", "text": "no setting has this key"},
    ],
    "failed": [],
}
TOLD = {
    "warnings": {"zebra": {"type": "unread", "error": "no setting has this key"}},
    "errors": {"queue.port": {"type": "parse", "error": "'many' is no integer"}},
    "applied": ["queue.expire"],
    "restart": ["server.workers"],
    "failed": [],
}


def answers(home: Home, answer: Mapping[str, Any]) -> Administrator:
    """Somebody who manages a server whose supervisor answers so."""

    def ask(question: Mapping[str, Any]) -> Mapping[str, Any]:
        home.asked.append(question)
        return answer

    home.office = replace(home.office, ask=ask)
    home.build()
    return Administrator(home)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("what", ["", "/lookup", "/certificate", "/server.blocked-ip", "/spam-filter"])
def test_all_settings_are_read_again_whatever_is_named(home: Home, method: str, what: str) -> None:
    """Management API section 11; of a GET with side effects there is a POST."""
    root = answers(home, READ)

    assert root.does(method, f"reload{what}") == TOLD
    assert home.asked == [{"do": "reload"}]


def test_a_dry_run_changes_nothing(home: Home) -> None:
    """Management API section 11."""
    root = answers(home, READ)

    assert root.does("POST", "reload", dry_run="true") == TOLD
    assert home.asked == [{"do": "try"}]


def test_what_is_wrong_in_the_database_is_told_too(home: Home) -> None:
    """Ours: as after an update, whose settings are others."""
    root = answers(home, {**READ, "problems": []})
    with home.store.write(0) as server:
        keep_settings(server, {"queue.notify": "soon"}, "", home.now())

    assert root.does("POST", "reload")["errors"].keys() == {"queue.notify"}


def test_settings_that_cannot_be_read_are_told(home: Home) -> None:
    """Management API section 11: with errors the new configuration is applied only if it could be built."""
    root = answers(home, {"unchanged": "pillarbox.toml is not TOML."})

    refused = root.is_refused(400, "POST", "reload", error="other")

    assert refused["reason"] == "pillarbox.toml is not TOML."


def test_without_a_running_server_there_is_nothing_to_reload(home: Home) -> None:
    """Ours: the command line without a server."""
    home.office = replace(home.office, ask=None)
    home.build()

    Administrator(home).is_refused(422, "POST", "reload", error="unsupported")


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("path", ["restart", "update/webadmin"])
def test_what_is_not_done_from_here_says_so(home: Home, method: str, path: str) -> None:
    """Management API section 3: 45 is always `unsupported`; 44, as the web administration is a part of the server."""
    Administrator(home).is_refused(422, method, path, error="unsupported")


@pytest.mark.parametrize("path", ["reload", "restart", "update/webadmin"])
def test_who_may_not_is_refused(home: Home, path: str) -> None:
    """Management API section 3."""
    Administrator(home, home.person("john"), "user").is_refused(403, "POST", path)
    assert home.asked == []
