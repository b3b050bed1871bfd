"""Credentials made and ended on the command line, beside a server that runs with several workers."""

import json
from pathlib import Path

import pytest
from tests.journeys.client import Client, Refused
from tests.journeys.program import Server

pytestmark = pytest.mark.slow


def is_in(client: Client) -> bool:
    """Whether the server lets them in."""
    try:
        client.session()
    except Refused as problem:
        if problem.status == 401:
            return False
        raise
    return True


def test_an_app_password_begins_and_ends_while_serving(shared: Server) -> None:
    shared.account("alice@far.example")
    password = shared.program("account", "app-password", "add", "alice@far.example", "Phone").splitlines()[0]
    phone = shared.client("alice@far.example", password)
    assert is_in(phone)
    assert {one["role"] for one in phone.mailboxes().values()} >= {"inbox"}

    (one,) = json.loads(shared.program("account", "app-password", "list", "alice@far.example", "--json"))
    assert one["used"] is not None
    shared.program("account", "app-password", "remove", "alice@far.example", one["id"])
    assert not is_in(phone)
    assert shared.program.doctor() == []


def test_an_administrator_is_made_while_serving(shared: Server) -> None:
    password = shared.program("admin", "root@far.example").splitlines()[0]

    assert is_in(shared.client("root@far.example", password))


def test_who_the_settings_name_comes_in_and_goes_with_them(folder: Path) -> None:
    settings = '[authentication.fallback-admin]\nuser = "root"\nsecret = "fallen back"\n'
    with Server(folder, settings).running() as server:
        assert server.client("root", "fallen back").session()["accounts"].keys() == {"a0"}
        config = server.program.config.read_text()
        server.program.config.write_text(config.replace("fallen back", "risen again"))
        done = server.program.run_at(server.program.data, "reload")
        assert done.returncode == 0, done.stderr
        assert not is_in(server.client("root", "fallen back"))
        assert is_in(server.client("root", "risen again"))
        assert "fallen back" not in server.log()
        assert "risen again" not in server.log()
