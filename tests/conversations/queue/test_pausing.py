"""The queue is stopped, and started again."""

import pytest
from tests.conversations.queue.conftest import Post, until
from tests.driver import JMAP

from pillarbox.datatypes.server import QUEUE, pause, resume
from pillarbox.queue.books import Books, Looked


@pytest.fixture
def looked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many messages whoever sends saw, each time that it looked at an account."""
    seen: list[int] = []
    look = Books.look

    def looking(books: Books, account: int, limit: int) -> Looked:
        found = look(books, account, limit)
        seen.append(len(found.messages))
        return found

    monkeypatch.setattr(Books, "look", looking)
    return seen


def sees(looked: list[int], count: int) -> None:
    """Waits until it has looked twice at so many messages: then it did nothing about them the first time."""
    __tracebackhide__ = True
    until(lambda: looked, lambda seen: seen.count(count) >= 2)


def test_nothing_is_tried_while_it_is_stopped(sending: Post, alice: JMAP, looked: list[int]) -> None:
    """Management API section 3, 17: heeded as soon as its commit is told."""
    sending.queues(alice, "bob@far.example")
    sending.mx.takes()
    sending.empties(alice)

    pause(sending.store, QUEUE, sending.now)
    sending.queues(alice, "bob@far.example")
    sending.passes(1, alice)
    until(lambda: looked, lambda seen: 1 in seen)
    sending.passes(1, alice)
    sees(looked, 1)
    assert sending.mx.connections == 1

    resume(sending.store, QUEUE)
    sending.mx.takes()
    sending.empties(alice)


def test_it_stays_stopped_when_the_worker_begins_anew(post: Post, alice: JMAP, bob: JMAP, looked: list[int]) -> None:
    """Ours: a stop survives restarts."""
    pause(post.store, QUEUE, post.now)
    post.queues(alice, "bob@home.example")
    post.starts()
    until(lambda: looked, lambda seen: 1 in seen)
    post.passes(1, alice)
    sees(looked, 1)
    assert not post.messages(bob)

    resume(post.store, QUEUE)
    post.gets(bob)
