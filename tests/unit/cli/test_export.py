"""`pillarbox export`: what it says, and how it ends."""

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


@pytest.mark.parametrize("format_", ["maildir", "mbox", "eml"])
def test_an_export_is_told_and_can_be_imported(command: Command, format_: str) -> None:
    told = command("export", "alice@far.example", "out", "--format", format_)
    assert (told.status, told.out) == (0, "1 messages in 6 mailboxes exported.\n")

    back = json.loads(command("import", "bob@far.example", "out", "--json").out)

    assert back == {"added": 1, "known": 0, "skipped": []}


def test_an_export_is_a_maildir_unless_it_is_said(command: Command, tmp_path: Path) -> None:
    told = json.loads(command("export", "alice@far.example", "out", "--json").out)

    assert told == {"mailboxes": 6, "messages": 1, "octets": len(RAW.replace("\n", "\r\n")), "missing": []}
    assert len(list((tmp_path / "out" / "cur").iterdir())) == 1


def test_a_folder_that_cannot_be_written_to_is_told(command: Command, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    ended = command("export", "alice@far.example", "file/out")

    assert ended.status == 1
    assert "file/out" in ended.err
    assert "Name another folder" in ended.err
