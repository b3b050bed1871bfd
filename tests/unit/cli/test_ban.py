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


@pytest.mark.parametrize("length", ["3", "7200", "500ms"])
def test_a_ban_is_no_shorter_than_a_second(command: Command, length: str) -> None:
    """Ours: a number alone is milliseconds elsewhere, and nobody means a ban of 7200 of them."""
    ended = command("ban", "add", "192.0.2.1", "--for", length)

    assert ended.status == 2
    assert "90m, 2h or 30d" in ended.err.replace("\n", " ")


@pytest.mark.parametrize(
    ("address", "setting"),
    [
        ("127.0.0.1", "this machine"),
        ("::1", "this machine"),
        ("10.0.0.7", "server.http.trusted-proxies"),
        ("198.51.100.0/25", "proxy.trusted-networks"),
    ],
)
def test_whom_a_ban_would_do_nothing_to_is_told(command: Command, tmp_path: Path, address: str, setting: str) -> None:
    """docs/administrators/bans.md, "Who is never banned": such a ban would do nothing."""
    settings = tmp_path / "proxies.toml"
    settings.write_text(
        """
        [server]
        http.trusted-proxies = ["10.0.0.0/8"]
        proxy.trusted-networks = ["198.51.100.0/24"]
        listener.http = { protocol = "http", bind = "127.0.0.1:8080" }
        """
    )

    ended = command("ban", "add", address, "--config", settings)

    assert ended.status == 1
    assert setting in ended.err


def test_where_any_private_address_may_be_a_proxy_none_is_banned(command: Command, tmp_path: Path) -> None:
    settings = tmp_path / "forwarded.toml"
    settings.write_text("server.http.use-x-forwarded = true\n")

    assert "server.http.trusted-proxies" in command("ban", "add", "192.168.1.7", "--config", settings).err
    assert command("ban", "add", "192.168.1.7").status == 0


def test_the_list_is_readable_in_a_narrow_terminal(banned: Command) -> None:
    """Ours: a time is broken between day and hour, and nothing is cut off."""
    (one,) = json.loads(banned("ban", "list", "--json").out)

    table = banned("ban", "list").out

    assert f"{one['expires'][:10]} {one['expires'][11:16]}" in table
    assert "[red]rude[/red]" in table
    assert max(map(len, table.splitlines())) <= 80
