"""Telling the service manager (sd_notify(3))."""

import secrets
import socket
from pathlib import Path

import pytest

from pillarbox.app.supervisor import service


@pytest.fixture
def manager(tmp_path: Path) -> socket.socket:
    return socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)


def test_it_is_told_at_a_path(manager: socket.socket, tmp_path: Path) -> None:
    with manager:
        manager.bind(str(tmp_path / "notify"))

        service.notify("READY=1", {"NOTIFY_SOCKET": str(tmp_path / "notify")})

        assert manager.recv(100) == b"READY=1"


def test_it_is_told_by_an_abstract_name(manager: socket.socket) -> None:
    name = f"pillarbox-{secrets.token_hex(8)}"
    with manager:
        manager.bind(f"\0{name}")

        service.notify("STOPPING=1", {"NOTIFY_SOCKET": f"@{name}"})

        assert manager.recv(100) == b"STOPPING=1"


@pytest.mark.parametrize("given", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "x"}, {"NOTIFY_SOCKET": "/not/there"}])
def test_nobody_to_tell_is_no_failure(given: dict[str, str], capfd: pytest.CaptureFixture[str]) -> None:
    service.notify("READY=1", given)

    assert capfd.readouterr() == ("", "")
