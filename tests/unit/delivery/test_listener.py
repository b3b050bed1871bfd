"""Where LMTP may be listened for."""

import asyncio
import socket
from typing import cast

import pytest

from pillarbox.delivery import Delivery, LMTPListener


class PortTwentyFive(socket.socket):
    """A socket that says it is bound to port 25, which only the superuser may do."""

    def getsockname(self) -> tuple[str, int]:
        return ("127.0.0.1", 25)


def test_not_on_port_25() -> None:
    """RFC 2033 section 5."""
    listener = LMTPListener(cast("Delivery", None), max_connections=1, memory=1)
    with PortTwentyFive() as bound, pytest.raises(ValueError, match="port 25"):
        asyncio.run(listener.listen(bound))
