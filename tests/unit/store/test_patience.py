"""Who waits for a server that says nothing is let go; who waits for a slow one is not (adr/0061)."""

import asyncio
import threading
import time
from collections.abc import Callable

import pytest

from pillarbox.store.s3.patience import Patience

_SECONDS = 0.02


class Server:
    """It answers a call when it is told to, and whoever sounds it if it says anything."""

    def __init__(self) -> None:
        self.says = True
        self.soundings = 0
        self.is_cancelled = threading.Event()
        self._answer = threading.Event()

    def answer(self) -> None:
        self._answer.set()

    async def call(self) -> str:
        try:
            while not self._answer.is_set():
                await asyncio.sleep(0.001)
        except asyncio.CancelledError:
            self.is_cancelled.set()
            raise
        return "an answer"

    async def sound(self) -> bool:
        self.soundings += 1
        if not self.says:
            await asyncio.sleep(_SECONDS)
        return self.says


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def patience(server: Server) -> Patience:
    return Patience(server.sound, _SECONDS)


def holds(condition: Callable[[], bool]) -> None:
    until = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.001)


def let_go(patience: Patience, server: Server) -> bool:
    try:
        patience.wait(server.call)
    except TimeoutError:
        return True
    return False


def test_who_is_answered_is_not_kept(patience: Patience, server: Server) -> None:
    server.answer()
    assert patience.wait(server.call) == "an answer"
    assert server.soundings == 0


def test_a_slow_answer_is_waited_for(patience: Patience, server: Server) -> None:
    def answer() -> None:
        holds(lambda: server.soundings >= 3)
        server.answer()

    later = threading.Thread(target=answer)
    later.start()
    assert patience.wait(server.call) == "an answer"
    later.join()


def test_a_server_that_says_nothing_is_not_and_the_call_ends(patience: Patience, server: Server) -> None:
    server.says = False
    assert let_go(patience, server)
    assert server.is_cancelled.wait(5)


def test_then_others_do_not_even_begin_until_it_says_something(patience: Patience, server: Server) -> None:
    server.says = False
    assert let_go(patience, server)
    server.answer()
    assert let_go(patience, server)
    server.says = True
    holds(lambda: not let_go(patience, server))


def test_what_a_call_raises_is_raised(patience: Patience) -> None:
    async def fails() -> None:
        raise FileNotFoundError("it is missing")

    with pytest.raises(FileNotFoundError, match="missing"):
        patience.wait(fails)
