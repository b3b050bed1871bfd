"""From the one file to pairs."""

import socket
from pathlib import Path

import pytest

from pillarbox.settings import BootstrapError, Configuration, host_name, load, snapshot


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "pillarbox.toml"


def read(file: Path, toml: str, **environment: str) -> Configuration:
    file.write_text(toml)
    return load(file, environment)


def test_the_file_the_environment_and_macros_make_the_pairs(file: Path) -> None:
    """The settings reference, sections 1 and 3."""
    (file.parent / "name").write_text("mail\n")

    configuration = read(
        file,
        '[server]\nhostname = "%{file:name}%.%{env:DOMAIN}%"\nmax-connections = 5\nlog.level = "%{cfg:nothing}%"',
        DOMAIN="far.example",
        PILLARBOX_SERVER__MAX_CONNECTIONS="6",
    )

    assert configuration.path == file
    assert configuration.pairs == {"server.hostname": "mail.far.example", "server.max-connections": "6"}
    assert [(problem.key, problem.kind) for problem in configuration.problems] == [("server.log.level", "macro")]


def test_no_file_is_needed(tmp_path: Path) -> None:
    """Ours: everything has a default."""
    configuration = load(None, {"PILLARBOX_SERVER__HOSTNAME": "a.example"}, (tmp_path / "none.toml",))

    assert configuration == Configuration(None, {"server.hostname": "a.example"}, ())


def test_the_first_place_that_has_the_file_is_read(tmp_path: Path) -> None:
    """Ours."""
    (tmp_path / "b.toml").write_text("a = 1")
    (tmp_path / "c.toml").write_text("a = 2")

    assert load(None, {}, tuple(tmp_path / name for name in ("a.toml", "b.toml", "c.toml"))).pairs == {"a": "1"}


def test_a_file_that_is_named_must_be_there(file: Path) -> None:
    """Ours."""
    with pytest.raises(BootstrapError) as raised:
        load(file, {})

    assert raised.value.told == f"There is no file {file}: make it, or name another."
    assert raised.value.known == f"{file} does not exist"


def test_what_is_not_toml_is_told_with_its_line(file: Path) -> None:
    """Ours."""
    with pytest.raises(BootstrapError, match=r"is not TOML: .*line 2"):
        read(file, "a = 1\nb = = 2\n")


@pytest.mark.parametrize("content", [b"a = '\xe9'", b"a = " + b"[" * 100_000, b"a = " + b"1" * 5000])
def test_a_file_of_any_content_is_read_or_refused(file: Path, content: bytes) -> None:
    """Ours."""
    file.write_bytes(content)

    with pytest.raises(BootstrapError):
        load(file, {})


def test_a_folder_is_refused(tmp_path: Path) -> None:
    """Ours."""
    with pytest.raises(BootstrapError, match="cannot be read"):
        load(tmp_path, {})


def test_the_texts_are_not_shown_with_the_configuration(file: Path) -> None:
    """Ours: there are secrets among them."""
    assert "geheim" not in repr(read(file, 'password = "geheim"'))


def test_the_host_name_is_the_configured_one_or_the_system_s() -> None:
    """The settings reference, `server.hostname`."""
    assert host_name(snapshot({"server.hostname": "mail.far.example"})[0]) == "mail.far.example"
    assert host_name(snapshot({})[0]) == socket.gethostname()
