"""Sockets to accept connections on."""

import errno
import socket
import stat
from pathlib import Path

__all__ = ["CannotBind", "bound_tcp", "bound_unix"]


class CannotBind(Exception):
    """An address cannot be listened on; the message says which, why, and what to do."""


def bound_tcp(host: str, port: int, backlog: int) -> socket.socket:
    """A socket that listens on an address; `host` is an IP address, port 0 means any. Raises CannotBind."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family is socket.AF_INET6:
            # `::` and `0.0.0.0` are two addresses; whoever wants both says so.
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind((host, port))
        listening.listen(backlog)
    except (OSError, OverflowError) as problem:
        listening.close()
        raise CannotBind(f"cannot listen on {host} port {port}: {_why(problem)}") from problem
    listening.setblocking(False)
    return listening


def bound_unix(path: Path, backlog: int) -> socket.socket:
    """A socket that listens at a path, where a socket that nobody listens on may lie. Raises CannotBind."""
    if path.is_socket() and not _answers(path):
        path.unlink()
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listening.bind(str(path))
        # Who may hand over mail is decided by the folder's permissions.
        path.chmod(stat.S_IRUSR | stat.S_IWUSR | stat.S_IRGRP | stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH)
        listening.listen(backlog)
    except OSError as problem:
        listening.close()
        raise CannotBind(f"cannot listen at {path}: {_why(problem)}") from problem
    listening.setblocking(False)
    return listening


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as trying:
        try:
            trying.connect(str(path))
        except OSError:
            return False
        return True


def _why(problem: Exception) -> str:
    if isinstance(problem, PermissionError):
        return "that needs privileges; choose a port from 1024 on, or start as root"
    if isinstance(problem, OSError) and problem.errno == errno.EADDRINUSE:
        return "something else listens there; stop that, or choose another address in the configuration"
    return str(problem)
