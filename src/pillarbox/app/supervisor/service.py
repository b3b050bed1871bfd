"""What a service manager is told (sd_notify(3))."""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress

__all__ = ["notify"]


def notify(state: str, environment: Mapping[str, str] = os.environ) -> None:
    """Tells a state such as `READY=1` to whoever started this process and waits for it; nothing happens if nobody does.

    Nor if it cannot be told: a server that serves is better than one that ends because of that.
    """
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as telling:
        # A name in the abstract name space is written with @ for its first octet, 0.
        telling.connect("\0" + address[1:] if address.startswith("@") else address)
        telling.send(state.encode())
