"""The event loop of processes that serve."""

import asyncio
from collections.abc import Callable

import uvloop

__all__ = ["use_fast_loop"]


def use_fast_loop() -> Callable[[], asyncio.AbstractEventLoop]:
    """What makes event loops for `asyncio.Runner`."""
    return uvloop.new_event_loop
