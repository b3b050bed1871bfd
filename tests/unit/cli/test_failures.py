"""What cannot be done is told in one sentence that says what to do, and the command ends with 1."""

import json
from pathlib import Path

import pytest
from tests.unit.cli.conftest import Command

from pillarbox.cli.shared import console, table

ADD = ("account", "add", "alice@far.example", "--password-stdin")


@pytest.mark.parametrize(
    ("words", "stdin", "said"),
    [
        ("account add alice --password-stdin", "x\n", "write it like alice@example.org"),
        ("account add alice@ --password-stdin", "x\n", "write it like alice@example.org"),
        ("account add alice@far.example --password-stdin", "x\n", "is taken"),
        ("account add ALICE@Far.Example --password-stdin", "x\n", "is taken"),
        ("account add bob@far.example --password-stdin", "\n", "the password is empty"),
        ("account add bob@far.example --password-stdin", "", "the password is empty"),
        ("account add bob@far.example", "", "--password-stdin"),
        ("account passwd bob@far.example --password-stdin", "x\n", "pillarbox account list"),
        ("account remove bob@far.example --yes", "", "pillarbox account list"),
        ("account alias bob@far.example add b@far.example", "", "pillarbox account list"),
        ("account alias alice@far.example add alice@far.example", "", "is taken"),
        ("account alias alice@far.example remove al@far.example", "", "is no alias"),
        ("export bob@far.example out", "", "pillarbox account list"),
        ("export alice@far.example var", "", "var is not empty; name a folder that is"),
        ("doctor --account bob@far.example", "", "pillarbox account list"),
        (
            "group add team@far.example --member alice@far.example:reads",
            "",
            "write :read after the address, or nothing",
        ),
        ("queue retry", "", "or say --all"),
        ("queue cancel a1/nothing", "", "pillarbox queue list"),
        ("import bob@far.example mail.mbox", "", "pillarbox account list"),
        ("import alice@far.example nothing.mbox", "", "There is no nothing.mbox"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(command: Command, words: str, stdin: str, said: str) -> None:
    command(*ADD, stdin="secret\n")

    ended = command(*words.split(), stdin=stdin)

    assert ended.status == 1
    assert said in ended.err
    assert ended.err.startswith("pillarbox: ")
    assert len(ended.err.splitlines()) == 1
    assert ended.out == ""
    assert len(json.loads(command("account", "list", "--json").out)) == 1


@pytest.mark.parametrize(
    ("words", "stdin"),
    [("account add bob@far.example --password-stdin", "x\n"), ("demo", ""), ("serve", "")],
)
def test_a_data_folder_that_is_a_file_is_named(command: Command, tmp_path: Path, words: str, stdin: str) -> None:
    (tmp_path / "file").write_text("")

    ended = command(*words.split(), "--data", tmp_path / "file" / "var", stdin=stdin)

    assert ended.status == 1
    assert str(tmp_path / "file") in ended.err
    assert len(ended.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "There is no file"), ("[server\n", "is not TOML"), (b"\xff\xfe", "is not UTF-8")],
)
def test_a_configuration_that_cannot_be_read_is_told(
    command: Command, tmp_path: Path, content: str | bytes | None, said: str
) -> None:
    path = tmp_path / "p.toml"
    if content is not None:
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    ended = command("serve", "--config", path)

    assert ended.status == 1
    assert said in ended.err
    assert not (tmp_path / "var").exists()


def test_a_configuration_with_no_listener_that_can_serve_is_told(command: Command, tmp_path: Path) -> None:
    (tmp_path / "pillarbox.toml").write_text("[server.listener.x]\nprotocol = 'imap'\nbind = '127.0.0.1:1430'\n")

    ended = command("serve")

    assert ended.status == 1
    assert "imap is not served yet" in ended.err
    assert "no listener" in ended.err


def test_octets_that_are_no_text_are_no_password_and_no_address(command: Command) -> None:
    """As the system hands them over: PEP 383."""
    ended = command(*ADD, stdin="a\udcff\n")
    assert ended.status == 1
    assert "no text in UTF-8" in ended.err

    ended = command("account", "add", "x\udcff@far.example", "--password-stdin", stdin="x\n")
    assert ended.status == 2
    assert "no text in UTF-8" in ended.err


@pytest.mark.parametrize(
    "words",
    [
        "account list",
        "account passwd alice@far.example --password-stdin",
        "account remove alice@far.example --yes",
        "account alias alice@far.example add al@far.example",
        "import alice@far.example mail.mbox",
        "doctor",
    ],
)
def test_a_mistyped_data_folder_is_told_and_not_made(command: Command, tmp_path: Path, words: str) -> None:
    ended = command(*words.split(), "--data", "vra", stdin="x\n")

    assert ended.status == 1
    assert "there is no folder vra" in ended.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", ["queue list", "account list", "config export", "backup copy", "doctor"])
def test_a_folder_with_other_files_is_not_taken_for_an_empty_one(command: Command, tmp_path: Path, words: str) -> None:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "passwd").write_text("")

    ended = command(*words.split(), "--data", "etc")

    assert ended.status == 1
    assert "etc has files and no accounts; name another with --data" in ended.err
    assert [path.name for path in (tmp_path / "etc").iterdir()] == ["passwd"]


def test_others_words_do_nothing_to_the_terminal() -> None:
    """Ours: what a mail server or a sender has written may have control characters in it (ECMA-48)."""
    rows = table("From")
    rows.add_row("\x1b]0;title\x07\x9b2J\u202emoc\nnext")
    with console.capture() as shown:
        console.print(rows)
        console.print("\x1b[31mred", soft_wrap=True, highlight=False)
    assert not set(shown.get()) & set("\x1b\x07\x9b\u202e")
    assert [line.strip() for line in shown.get().splitlines()] == [
        "From",
        "]0;title2Jmoc",
        "next",
        "[31mred",
    ]
