"""Sockets to accept connections on."""

import errno
import socket
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final, TypeAlias

__all__ = ["REUSE_ADDRESS", "CannotBind", "Option", "bound_tcp", "bound_unix"]


class CannotBind(Exception):
    """An address cannot be listened on; the message says which, why, and what to do.

    `is_taken` if something else listens there.
    """

    def __init__(self, told: str, *, is_taken: bool = False) -> None:
        super().__init__(told)
        self.is_taken = is_taken


Option: TypeAlias = tuple[int, int, int | bytes]
"""Level, name and value of an option (setsockopt(2))."""

REUSE_ADDRESS: Final[Option] = (socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)


def bound_tcp(host: str, port: int, backlog: int, options: Sequence[Option] = (REUSE_ADDRESS,)) -> socket.socket:
    """A socket that listens on an address; `host` is an IP address, port 0 means any. Raises CannotBind.

    Connections that it accepts have its options, too.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        for option in options:
            listening.setsockopt(*option)
        if family is socket.AF_INET6:
            # `::` and `0.0.0.0` are two addresses; whoever wants both says so.
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind((host, port))
        listening.listen(backlog)
    except (OSError, OverflowError) as problem:
        listening.close()
        raise CannotBind(
            f"cannot listen on {host} port {port}: {_why(problem)}", is_taken=_is_taken(problem)
        ) from problem
    listening.setblocking(False)
    return listening


def bound_unix(path: Path, backlog: int, options: Sequence[Option] = ()) -> socket.socket:
    """A socket that listens at a path, where a socket that nobody listens on may lie. Raises CannotBind."""
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        for option in options:
            listening.setsockopt(*option)
        if path.is_socket() and not _answers(path):
            path.unlink()
        listening.bind(str(path))
        # Who may hand over mail is decided by the folder's permissions.
        path.chmod(stat.S_IRUSR | stat.S_IWUSR | stat.S_IRGRP | stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH)
        listening.listen(backlog)
    except OSError as problem:
        listening.close()
        raise CannotBind(
            f"cannot listen at {path}: {_why_not_at(path, problem)}", is_taken=_is_taken(problem)
        ) from problem
    listening.setblocking(False)
    return listening


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as trying:
        # With as many waiting as may, it would be waited for without an end.
        trying.setblocking(False)
        try:
            trying.connect(str(path))
        except BlockingIOError:
            return True
        except OSError:
            return False
        return True


def _why_not_at(path: Path, problem: OSError) -> str:
    if isinstance(problem, FileNotFoundError):
        return f"there is no folder {path.parent}; make it, or choose another path in the configuration"
    if isinstance(problem, PermissionError):
        return f"this user may not write to {path.parent}; give it to them, or choose another path in the configuration"
    return _why(problem)


def _why(problem: Exception) -> str:
    if isinstance(problem, PermissionError):
        return "that needs privileges; choose a port from 1024 on, or start as root"
    if isinstance(problem, OSError) and problem.errno == errno.EADDRNOTAVAIL:
        return "this machine does not have that address; choose another in the configuration"
    if _is_taken(problem):
        return "something else listens there; stop that, or choose another address in the configuration"
    return str(problem)


def _is_taken(problem: Exception) -> bool:
    return isinstance(problem, OSError) and problem.errno == errno.EADDRINUSE
