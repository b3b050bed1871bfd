"""`pillarbox migrate`: what it says, and how it ends."""

import json
from pathlib import Path

import pytest
from tests.unit.cli.conftest import Command

RAW = "From: a@far.example\nSubject: plans\n\nplans\n"
FILES = '[store."new"]\ntype = "sqlite"\npath = "new"\n'
MOVING = f'storage.migrate-to = "new"\n{FILES}'


@pytest.fixture
def command(command: Command, tmp_path: Path) -> Command:
    """With alice, who has one message."""
    (tmp_path / "plans.eml").write_text(RAW)
    command("account", "add", "alice@far.example", "--password-stdin", stdin="secret\n")
    command("import", "alice@far.example", "plans.eml")
    return command


def test_everything_moves_and_is_there(command: Command, tmp_path: Path) -> None:
    (tmp_path / "pillarbox.toml").write_text(MOVING)
    planned = json.loads(command("migrate", "--dry-run", "--json").out)
    assert (planned["accounts"], planned["moved"]) == (2, 0)

    moved = json.loads(command("migrate", "--json").out)
    assert (moved["complete"], moved["accounts"], moved["left"], moved["blobs"]) == (True, 2, 0, 1)
    assert command("doctor").status == 0

    (tmp_path / "pillarbox.toml").write_text(f'storage.data = "new"\n{FILES}')
    assert command("doctor").status == 0
    assert json.loads(command("export", "alice@far.example", "mail", "--json").out)["messages"] == 1


def test_it_says_what_to_do_next(command: Command, tmp_path: Path) -> None:
    (tmp_path / "pillarbox.toml").write_text(MOVING)
    ended = command("migrate")
    assert (ended.status, ended.err) == (0, "")
    assert "2 of 2 accounts" in ended.out
    assert 'set storage.data = "new", take storage.migrate-to out of the settings' in " ".join(ended.out.split())
    assert "0 accounts would move" in command("migrate", "--dry-run").out
    assert command("migrate").status == 0


def test_what_has_moved_is_not_served_from_where_it_was(command: Command, tmp_path: Path) -> None:
    (tmp_path / "pillarbox.toml").write_text(MOVING)
    command("migrate")
    (tmp_path / "pillarbox.toml").unlink()

    ended = command("account", "list")

    assert ended.status == 1
    assert "account 0 has moved to another store" in " ".join(ended.err.split())


def test_without_a_store_to_move_to_nothing_moves(command: Command) -> None:
    ended = command("migrate")
    assert (ended.status, "storage.migrate-to names no store" in ended.err) == (1, True)


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ('storage.migrate-to = "new"\n', "no usable store new"),
        ('storage.migrate-to = "new"\n[store."new"]\ntype = "sqlite"\n', "already"),
    ],
)
def test_a_store_that_cannot_be_moved_to_is_refused(command: Command, tmp_path: Path, settings: str, why: str) -> None:
    (tmp_path / "pillarbox.toml").write_text(settings)
    ended = command("migrate")
    assert (ended.status, why in ended.err) == (1, True)


def test_a_store_with_accounts_of_its_own_is_refused(command: Command, tmp_path: Path) -> None:
    (tmp_path / "pillarbox.toml").write_text(f'storage.data = "new"\n{FILES}')
    command("account", "add", "carol@far.example", "--password-stdin", stdin="secret\n")
    (tmp_path / "pillarbox.toml").write_text(MOVING)

    ended = command("migrate")

    assert (ended.status, "accounts of its own" in ended.err) == (1, True)
    assert "alice@far.example" in command("account", "list").out
