"""A server as commands see it: somebody who answers on the socket in the data folder."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pillarbox.app import house
from pillarbox.app.channel import Message
from pillarbox.app.office import office
from pillarbox.app.performing import answer
from pillarbox.app.supervisor import control
from pillarbox.settings import snapshot

__all__ = ["served", "supervised"]


@contextmanager
def supervised(folder: Path, answered: Callable[[Message], Message]) -> Iterator[None]:
    """A block in which this is answered on the socket."""
    loop = asyncio.new_event_loop()
    stopping, opened = asyncio.Event(), threading.Event()

    async def answer_in_thread(question: Message) -> Message:
        return await asyncio.to_thread(answered, question)

    async def serve() -> None:
        async with control.opened(folder, answer_in_thread):
            opened.set()
            await stopping.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert opened.wait(5)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stopping.set)
        thread.join()
        loop.close()


@contextmanager
def served(folder: Path) -> Iterator[list[Message]]:
    """A block in which endpoints are called as the background worker calls them; what was asked."""
    settings, _ = snapshot({})
    asked: list[Message] = []
    with house(settings, folder) as built:
        own = office(built, lambda: built.settings, lambda: built.layers.written, lambda _: {})

        def answered(question: Message) -> Message:
            asked.append(question)
            return answer(own, question)

        with supervised(folder, answered):
            yield asked
