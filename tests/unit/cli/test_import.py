"""`pillarbox import`: what it says."""

from pathlib import Path

from tests.unit.cli.conftest import Command


def test_the_name_of_what_is_left_out_is_shown_as_it_is(command: Command, tmp_path: Path) -> None:
    """Ours: a name may have brackets, and is no markup."""
    command("account", "add", "alice@far.example", "--password-stdin", stdin="secret\n")
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "[b] :smile:.zip").write_bytes(b"PK\x03\x04rest")
    (folder / "plans.eml").write_bytes(b"Subject: Plans\r\n\r\nHello.\r\n")

    ended = command("import", "alice@far.example", folder)

    assert ended.status == 1
    assert "left out mixed/[b] :smile:.zip: It is an archive" in ended.out
