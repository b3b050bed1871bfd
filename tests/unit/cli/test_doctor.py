"""`pillarbox doctor`: what it says, and how it ends."""

import json
from pathlib import Path

import apsw
import pytest
from tests.unit.cli.conftest import Command

ALICE = "alice@far.example"


@pytest.fixture
def command(command: Command) -> Command:
    """With alice and bob."""
    for name in (ALICE, "bob@far.example"):
        command("account", "add", name, "--password-stdin", stdin="secret\n")
    return command


def folder_of_alice(tmp_path: Path) -> Path:
    """Hers is the first that was made."""
    first, *_ = sorted((tmp_path / "var" / "accounts").iterdir(), key=lambda one: int(one.name))
    return first


@pytest.fixture
def damaged(command: Command, tmp_path: Path) -> Command:
    """And something is wrong with alice."""
    connection = apsw.Connection(str(folder_of_alice(tmp_path) / "account.db"))
    connection.execute("UPDATE account SET held_size = 7")
    connection.close()
    return command


def test_where_nothing_is_wrong_it_ends_with_0(command: Command) -> None:
    assert command("doctor").out == "All is well: the server and 2 accounts.\n"
    assert command("doctor", "--account", ALICE).out == "All is well: the account.\n"
    assert json.loads(command("doctor", "--json").out) == []
    assert command("doctor", "--repair").status == 0


def test_what_is_wrong_is_told_and_it_ends_with_1(damaged: Command) -> None:
    ended = damaged("doctor")

    assert ended.status == 1
    assert ended.out == f"{ALICE}, counters: the size held is said to be 7, but is 0\n"
    (found,) = json.loads(damaged("doctor", "--json").out)
    assert found == {
        "account": ALICE,
        "place": "counters",
        "problem": "the size held is said to be 7, but is 0",
        "weight": "trouble",
    }


def test_what_was_mended_is_told_and_it_ends_with_0(damaged: Command) -> None:
    ended = damaged("doctor", "--repair")

    assert ended.status == 0
    assert ended.out == (
        f"{ALICE}, counters: the size held is said to be 7, but is 0\n"
        f"{ALICE}, counters: mended: made anew\n"
        "All is well now: the server and 2 accounts.\n"
    )
    assert damaged("doctor").status == 0


def test_what_was_mended_is_told_to_programs(damaged: Command) -> None:
    told = json.loads(damaged("doctor", "--repair", "--json").out)

    assert told["mended"] == [{"account": ALICE, "place": "counters", "done": "made anew"}]
    assert (len(told["found"]), told["left"]) == (1, [])


def test_what_cannot_be_mended_is_told_and_it_ends_with_1(command: Command, tmp_path: Path) -> None:
    folder_of_alice(tmp_path).rename(tmp_path / "elsewhere")

    ended = command("doctor", "--repair")

    assert ended.status == 1
    assert f"{ALICE}, file: not mended: the account has no data\n" in ended.out


def test_an_account_that_is_not_asked_for_is_not_looked_at(damaged: Command) -> None:
    assert damaged("doctor", "--account", "bob@far.example").status == 0
    assert damaged("doctor", "--account", ALICE).status == 1


def test_a_remark_does_not_end_it_with_1(command: Command, tmp_path: Path) -> None:
    settings = tmp_path / "quota.toml"
    settings.write_text("account.quota = 1000\n")

    ended = command("doctor", "--config", settings)

    assert ended.status == 0
    assert "server, settings: account.quota: a message of session.data.limits.size" in ended.out


def test_settings_that_are_not_in_force_as_written_end_it_with_1(command: Command, tmp_path: Path) -> None:
    """A bad value, a key that nothing reads, an expression, a network; each by its key, and none in the log as well."""
    settings = tmp_path / "wrong.toml"
    settings.write_text(
        """
        account.quota = "plenty"
        server.hostnam = "mail.far.example"
        server.http.url = "'https://mail.far.example"
        server.http.trusted-proxies = ["10.0.0.0/8", "10.0.0.0/40"]
        """
    )

    ended = command("doctor", "--config", settings)

    assert ended.status == 1
    assert "server, account.quota: " in ended.out
    assert "server, server.hostnam: no setting has this key; the nearest is server.hostname\n" in ended.out
    assert "server, server.http.url: " in ended.out
    assert "server, server.http.trusted-proxies.0001: " in ended.out
    assert "All is well" not in ended.out
    assert "settings.problem" not in ended.err
    told = json.loads(command("doctor", "--json", "--config", settings).out)
    assert {one["weight"] for one in told if one["place"] == "server.hostnam"} == {"trouble"}


def test_nobody_but_who_writes_the_settings_mends_them(command: Command, tmp_path: Path) -> None:
    settings = tmp_path / "wrong.toml"
    settings.write_text("account.quota = 'plenty'\n")

    ended = command("doctor", "--repair", "--config", settings)

    assert ended.status == 1
    assert "server, account.quota: not mended: " in ended.out


def test_a_key_that_will_go_is_a_remark(command: Command, tmp_path: Path) -> None:
    settings = tmp_path / "old.toml"
    settings.write_text("jmap.http.headers = ['X-Example: 1']\n")

    ended = command("doctor", "--config", settings)

    assert ended.status == 0
    assert "server, jmap.http.headers" in ended.out


def test_settings_that_cannot_be_read_are_found_wrong_and_nothing_else_is_looked_at(
    damaged: Command, tmp_path: Path
) -> None:
    """They say where everything is kept: without them it might be another store that is examined."""
    settings = tmp_path / "broken.toml"
    settings.write_text("server = [\n")

    ended = damaged("doctor", "--config", settings)

    assert ended.status == 1
    assert ended.out.startswith(f"server, settings: {settings} is not TOML: ")
    assert "nothing else was looked at" in ended.out
    assert ALICE not in ended.out
    (found,) = json.loads(damaged("doctor", "--json", "--config", settings).out)
    assert (found["place"], found["weight"]) == ("settings", "trouble")


def test_settings_are_told_in_the_log_where_one_account_is_asked_for(command: Command, tmp_path: Path) -> None:
    settings = tmp_path / "wrong.toml"
    settings.write_text("account.quota = 'plenty'\n")

    ended = command("doctor", "--account", ALICE, "--config", settings)

    assert ended.status == 0
    assert "account.quota" in ended.err


def test_what_apps_and_passkeys_know_the_server_by_is_told(command: Command, tmp_path: Path) -> None:
    """Architecture section 4: evaluated once, from the public listener, and shown."""
    settings = tmp_path / "passkeys.toml"
    url = "server.http.url = \"'https://mail.far.example'\"\n"
    settings.write_text(f'{url}authentication.passkey.domain = "far.example"\n')

    ended = command("doctor", "--config", settings)

    told = "Apps know this server by https://mail.far.example, passkeys by far.example, on pages of "
    assert ended.out.startswith(told), ended.out
    assert json.loads(command("doctor", "--json", "--config", settings).out) == []


def test_a_domain_that_passkeys_cannot_be_for_is_told(command: Command, tmp_path: Path) -> None:
    """WebAuthn Level 3 section 5.1.3: the host's own, or one above it."""
    settings = tmp_path / "passkeys.toml"
    url = "server.http.url = \"'https://mail.far.example'\"\n"
    settings.write_text(f'{url}authentication.passkey.domain = "near.example"\n')

    (found,) = json.loads(command("doctor", "--json", "--config", settings).out)

    assert found["place"] == "authentication.passkey.domain"
    assert "near.example" in found["problem"]
