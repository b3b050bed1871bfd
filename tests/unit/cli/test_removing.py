"""`pillarbox account remove` and `pillarbox group remove`: what had still to be sent is told, since it goes too."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.unit.cli.conftest import Command

from pillarbox.app import house
from pillarbox.datatypes.queue import Outgoing, Recipient, enqueue
from pillarbox.datatypes.server import QUEUE, expect
from pillarbox.settings import load, snapshot

NOW = datetime(2026, 5, 5, tzinfo=UTC)


def queues(data: Path, address: str) -> None:
    """A message that waits to be sent."""
    settings, _ = snapshot(load(None, {}).pairs)
    with house(settings, data) as built:
        found = built.directory.find(address)
        assert found is not None
        expect(built.store, found.number, QUEUE, NOW)
        with built.store.write(found.number) as unit:
            blob = unit.add_blob(b"Subject: x\r\n\r\n", int(NOW.timestamp()))
            enqueue(unit, Outgoing(blob, address, (Recipient("carol@far.example", {}),), NOW, NOW), NOW)


@pytest.fixture
def ours(command: Command) -> Command:
    """Where there is an account and a group."""
    assert command("account", "add", "alice@home.example", "--password-stdin", stdin="sesame\n").status == 0
    assert command("group", "add", "team@home.example").status == 0
    return command


@pytest.mark.parametrize(("kind", "address"), [("account", "alice@home.example"), ("group", "team@home.example")])
def test_who_removes_is_told_before_what_was_not_sent(ours: Command, tmp_path: Path, kind: str, address: str) -> None:
    """Ours: and nothing is gone without a yes."""
    queues(tmp_path / "var", address)
    queues(tmp_path / "var", address)

    asked = ours(kind, "remove", address, stdin="n\n")
    assert asked.status == 1
    assert f"Remove {address} and all its mail, and 2 messages still to be sent, for good?" in asked.out

    done = ours(kind, "remove", address, "--yes")
    assert done.out == f"{address} is gone; 2 messages still to be sent went with it.\n"


def test_where_nothing_waits_nothing_is_told_of_it(ours: Command) -> None:
    """Ours."""
    asked = ours("account", "remove", "alice@home.example", stdin="y\n")

    assert "Remove alice@home.example and all its mail for good?" in asked.out
    assert asked.out.endswith("alice@home.example is gone.\n")


@pytest.mark.parametrize(("kind", "address"), [("account", "team@home.example"), ("group", "alice@home.example")])
def test_what_is_of_another_kind_is_not_removed(ours: Command, kind: str, address: str) -> None:
    """Ours: nobody removes a group by mistake."""
    done = ours(kind, "remove", address, "--yes")

    assert done.status == 1
    assert f"{address} is a" in done.err
    assert ours("account", "show", address).status == 0


def test_a_declaration_removes_no_mail_unless_somebody_says_so(ours: Command, tmp_path: Path) -> None:
    """Ours: `apply` asks as `account remove` does; where nobody can be asked it changes nothing."""
    (tmp_path / "none.toml").write_text("format = 1\nprune = true\naccounts = []\ngroups = []\n")

    ended = ours("apply", "none.toml")

    assert ended.status == 1
    assert "alice@home.example, team@home.example would go with all mail; look at `pillarbox plan`" in ended.err
    assert "alice@home.example" in ours("account", "list").out
    assert "2 removed." in ours("apply", "none.toml", "--yes").out
    assert "alice@home.example" not in ours("account", "list").out
