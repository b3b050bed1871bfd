"""`pillarbox backup`, `verify` and `restore`: what they say, and how they end."""

import json
from pathlib import Path

import pytest
from tests.unit.cli.conftest import Command

RAW = "From: a@far.example\nSubject: plans\n\nplans\n"


@pytest.fixture
def command(command: Command, tmp_path: Path) -> Command:
    """With alice, who has one message, and bob, who has none."""
    (tmp_path / "plans.eml").write_text(RAW)
    for name in ("alice", "bob"):
        command("account", "add", f"{name}@far.example", "--password-stdin", stdin="secret\n")
    command("import", "alice@far.example", "plans.eml")
    return command


def test_a_backup_is_made_verified_and_restored(command: Command) -> None:
    made = json.loads(command("backup", "out", "--json").out)
    assert (made["accounts"], made["blobs"], made["lost"]) == (2, 1, [])

    verified = json.loads(command("verify", "out", "--json").out)
    assert (verified["problems"], verified["objects"], verified["octets"]) == ([], made["objects"], made["octets"])

    restored = command("restore", "out", "--data", "new")
    assert (restored.status, restored.out) == (
        0,
        f"2 accounts are restored: {made['objects']} objects, 1 blobs.\n",
    )
    assert command("doctor", "--data", "new").status == 0
    assert json.loads(command("export", "alice@far.example", "mail", "--data", "new", "--json").out)["messages"] == 1


def test_what_is_said_of_a_backup_is_in_sentences(command: Command) -> None:
    made = command("backup", "out")
    assert made.status == 0
    assert made.out.startswith("2 accounts, ")
    assert made.out.endswith("of them copied.\n")
    assert " is whole: 2 accounts, " in command("verify", "out").out


def test_one_account_is_restored(command: Command) -> None:
    command("backup", "out")
    command("account", "remove", "alice@far.example", "--yes")

    ended = command("restore", "out", "--account", "alice@far.example")

    assert (ended.status, ended.out.split(":")[0]) == (0, "alice@far.example is restored")
    assert json.loads(command("export", "alice@far.example", "mail", "--json").out)["messages"] == 1


def test_a_damaged_backup_ends_with_1(command: Command, tmp_path: Path) -> None:
    command("backup", "out")
    next((tmp_path / "out" / "blobs").glob("*/*")).write_bytes(b"x")

    ended = command("verify", "out")

    assert ended.status == 1
    assert "is damaged" in ended.out
    assert "alice@far.example" in ended.out
    refused = command("restore", "out", "--data", "new")
    assert refused.status == 1
    assert "one by one, with --account" in refused.err
    assert len(refused.err.splitlines()) == 1


def test_a_backup_in_the_data_folder_is_refused(command: Command, tmp_path: Path) -> None:
    ended = command("backup", "var/backup")
    assert ended.status == 1
    assert "is in the data folder" in ended.err
    assert not (tmp_path / "var" / "backup").exists()


def test_a_whole_backup_goes_only_where_nothing_is(command: Command) -> None:
    command("backup", "out")
    ended = command("restore", "out")
    assert ended.status == 1
    assert "there are accounts here already" in ended.err


@pytest.mark.parametrize("words", [("verify", "nowhere"), ("restore", "nowhere", "--data", "new")])
def test_a_folder_without_a_backup_is_told(command: Command, words: tuple[str, ...]) -> None:
    ended = command(*words)
    assert ended.status == 1
    assert "there is no backup in nowhere" in ended.err


def test_an_account_that_a_backup_has_not_is_told(command: Command) -> None:
    command("backup", "out")
    ended = command("restore", "out", "--account", "carol@far.example")
    assert ended.status == 1
    assert "the backup has no account carol@far.example" in ended.err
