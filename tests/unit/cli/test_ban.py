"""`pillarbox ban`: without HTTP, and without a server."""

import json
from pathlib import Path

import pytest
from tests.unit.cli.conftest import Command


@pytest.fixture
def banned(command: Command) -> Command:
    """Where one address is banned."""
    assert command("ban", "add", "192.0.2.1", "--for", "2h", "--reason", "[red]rude[/red]").status == 0
    return command


def test_the_list_says_who_why_and_until_when(banned: Command) -> None:
    """Ours."""
    (one,) = json.loads(banned("ban", "list", "--json").out)

    assert (one["network"], one["reason"], one["evidence"]) == ("192.0.2.1/32", "manual", "[red]rude[/red]")
    assert one["created"] < one["expires"]
    assert "[red]rude[/red]" in banned("ban", "list").out


def test_a_ban_can_be_ended(banned: Command) -> None:
    """Ours."""
    ended = banned("ban", "remove", "192.0.2.1")

    assert ended.status == 0
    assert "Nobody is banned." in banned("ban", "list").out
    assert len(json.loads(banned("ban", "list", "--all", "--json").out)) == 1


def test_with_an_address_the_networks_with_it_are_free(command: Command) -> None:
    """Ours: else it would still be banned."""
    command("ban", "add", "192.0.2.0/24")
    command("ban", "add", "198.51.100.1")

    assert command("ban", "remove", "192.0.2.77").status == 0
    assert [one["network"] for one in json.loads(command("ban", "list", "--json").out)] == ["198.51.100.1/32"]


def test_of_ipv6_the_whole_network_is_banned(command: Command) -> None:
    """RFC 6177 section 2: whoever has one address of it has all."""
    assert "2001:db8::/64" in command("ban", "add", "2001:db8::7").out


@pytest.mark.parametrize("address", ["everybody", "192.0.2.1/33", "", "0.0.0.0/x"])
def test_what_is_no_address_is_told(command: Command, address: str) -> None:
    """Ours."""
    ended = command("ban", "add", address)

    assert ended.status == 1
    assert "192.0.2.0/24" in ended.err


def test_a_ban_has_an_end(command: Command) -> None:
    """Ours: what is for ever belongs in the settings."""
    assert "server.blocked-ip" in command("ban", "add", "192.0.2.1", "--for", "100000d").err.replace("\n", " ")


def test_who_is_never_banned_is_told(command: Command, tmp_path: Path) -> None:
    """Ours."""
    (tmp_path / "pillarbox.toml").write_text('[server.allowed-ip]\n"192.0.2.0/24" = ""\n')

    ended = command("ban", "add", "192.0.2.1")

    assert ended.status == 1
    assert "server.allowed-ip" in ended.err
