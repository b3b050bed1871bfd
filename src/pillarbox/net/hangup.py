"""Whether a peer is still there of whom nothing is read now."""

import asyncio
import select

__all__ = ["has_hung_up"]

_GONE = select.POLLRDHUP | select.POLLHUP | select.POLLERR


def has_hung_up(transport: asyncio.Transport) -> bool:
    """Whether the peer has closed the connection, whatever of what it sent still waits to be read (poll(2))."""
    poll = select.poll()
    poll.register(transport.get_extra_info("socket").fileno(), _GONE)
    return bool(poll.poll(0))
