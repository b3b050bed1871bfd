"""What a shell is told when somebody asks it to go on."""

from pathlib import Path

import pytest
from tests.unit.cli.conftest import Command
from tests.unit.cli.served import served


def test_names_are_completed_beside_a_server(command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours: by the server that the command would ask; where none answers at once, nothing is completed."""
    assert command("account", "add", "alice@home.example", "--password-stdin", stdin="sesame\n").status == 0

    def completed(line: str) -> list[str]:
        monkeypatch.setenv("COMP_WORDS", f"pillarbox {line}")
        monkeypatch.setenv("COMP_CWORD", str(len(line.split(" "))))
        monkeypatch.setenv("_PILLARBOX_COMPLETE", "complete_bash")
        told = command()
        assert told.err == ""
        return told.out.split()

    assert completed("account show al") == []
    with served(tmp_path / "var"):
        assert completed("account show al") == ["alice@home.example"]
        assert completed("domain records ") == ["home.example"]
        assert completed("account role alice@home.example add ten") == ["tenant-admin"]
        assert completed("queue show ") == []
    assert completed("settings get jmap.protocol.get.max") == ["jmap.protocol.get.max-objects"]
    assert completed("account alias a@b re") == ["remove"]
    monkeypatch.setenv("PILLARBOX_SERVER", "http://127.0.0.1:1")
    monkeypatch.setenv("PILLARBOX_TOKEN", "sesame")
    assert completed("account show al") == []
