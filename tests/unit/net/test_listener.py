"""Addresses that cannot be listened on are told with what to do."""

import socket
from pathlib import Path

import pytest

from pillarbox.net import CannotBind, bound_tcp, bound_unix


def test_an_address_of_another_machine_is_told() -> None:
    with pytest.raises(CannotBind, match=r"192\.0\.2\.7 port 8080: this machine does not have that address; choose"):
        bound_tcp("192.0.2.7", 8080, 1)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CannotBind, match=f"there is no folder {tmp_path / 'run'}; make it, or choose"):
        bound_unix(tmp_path / "run" / "lmtp", 1)


def test_a_socket_that_nobody_listens_on_is_replaced(tmp_path: Path) -> None:
    bound_unix(tmp_path / "lmtp", 1).close()

    with bound_unix(tmp_path / "lmtp", 1) as listening:
        assert listening.getsockname() == str(tmp_path / "lmtp")


def test_a_server_that_is_too_busy_to_accept_keeps_its_socket(tmp_path: Path) -> None:
    """As many wait as its backlog has room for: one more would wait with them."""
    path = tmp_path / "lmtp"
    waiting = []
    with bound_unix(path, 0):
        while True:
            waiting.append(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
            waiting[-1].setblocking(False)
            try:
                waiting[-1].connect(str(path))
            except BlockingIOError:
                break

        with pytest.raises(CannotBind, match="something else listens there"):
            bound_unix(path, 1)

    for one in waiting:
        one.close()
