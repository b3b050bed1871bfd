"""Help, and what is not understood."""

from pathlib import Path

import pytest
from tests.unit.cli.conftest import Command

from pillarbox import __version__

COMMANDS = (
    (),
    ("serve",),
    ("import",),
    ("export",),
    ("backup",),
    ("verify",),
    ("restore",),
    ("doctor",),
    ("demo",),
    ("account",),
    ("account", "add"),
    ("account", "list"),
    ("account", "passwd"),
    ("account", "remove"),
    ("account", "alias"),
    ("group",),
    ("group", "add"),
    ("group", "list"),
    ("group", "remove"),
    ("group", "member"),
    ("domain",),
    ("domain", "list"),
    ("domain", "dkim"),
    ("queue",),
    ("queue", "list"),
    ("queue", "retry"),
    ("queue", "cancel"),
)


@pytest.mark.parametrize("option", ["--help", "-h"])
@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words) or "pillarbox")
def test_every_command_has_help(command: Command, tmp_path: Path, words: tuple[str, ...], option: str) -> None:
    ended = command(*words, option)

    assert ended.status == 0
    assert "Usage: pillarbox" in ended.out
    assert ended.err == ""
    assert list(tmp_path.iterdir()) == []


def test_the_version_is_told(command: Command) -> None:
    assert command("--version").out == f"pillarbox {__version__}\n"


@pytest.mark.parametrize(
    "words",
    [
        "nonsense",
        "account nonsense",
        "account add",
        "account alias alice@far.example swap al@far.example",
        "group add",
        "group add team@far.example --quota 0",
        "group member team@far.example swap al@far.example",
        "import alice@far.example",
        "export alice@far.example",
        "export alice@far.example out --format tar",
        "account add alice@far.example --quota much --password-stdin",
        "account add alice@far.example --quota 0 --password-stdin",
        "serve --port 8080",
        "doctor --data README.md",
    ],
)
def test_what_is_not_understood_ends_with_2_and_makes_nothing(command: Command, tmp_path: Path, words: str) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("")

    ended = command(*words.split(), stdin="secret\n")

    assert ended.status == 2
    assert "Usage: pillarbox" in ended.err
    assert list(tmp_path.iterdir()) == [readme]


@pytest.mark.parametrize("words", ["", "account"])
def test_a_command_that_is_not_complete_shows_its_help(command: Command, words: str) -> None:
    ended = command(*words.split())

    assert ended.status == 2
    assert "Usage: pillarbox" in ended.out + ended.err
