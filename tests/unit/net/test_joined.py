"""What is written to a connection, and when, while an answer is sent."""

import asyncio
from collections.abc import Callable

from pillarbox.net.joined import Joined

HEAD = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n"


class Written(asyncio.Transport):
    """A transport that keeps what it was given, each write for itself."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[bytes] = []
        self.is_closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self.is_closed, "written after the end"
        self.writes.append(bytes(data))

    def close(self) -> None:
        self.is_closed = True

    def is_closing(self) -> bool:
        return self.is_closed


def written(*octets: bytes, then: Callable[[Joined, Written], None] = lambda *_: None) -> list[bytes]:
    """The writes after octets were written, something was done, and the loop came round."""

    async def said() -> list[bytes]:
        transport = Written()
        joined = Joined(asyncio.get_running_loop(), transport)
        for each in octets:
            joined.write(each)
        then(joined, transport)
        await asyncio.sleep(0)
        return transport.writes

    return asyncio.run(said())


def test_a_head_goes_with_its_body() -> None:
    """Ours: one call of the system for a small answer."""
    assert written(HEAD, b"hello") == [HEAD + b"hello"]


def test_a_head_without_a_body_does_not_wait_for_one() -> None:
    """Ours: an event source begins at once."""
    assert written(HEAD) == [HEAD]


def test_a_long_body_is_not_copied() -> None:
    """Ours: what copying costs would be more than what it saves."""
    long = bytes(65_537)
    assert written(HEAD, long) == [HEAD, long]


def test_what_follows_is_sent_as_it_comes() -> None:
    """Ours: parts of a body are not held up."""

    def then(_: Joined, transport: Written) -> None:
        assert transport.writes == [HEAD + b"a", b"b"]

    written(HEAD, b"a", b"b", then=then)


def test_answers_come_in_their_order() -> None:
    """RFC 9112 section 9.3.2: one without a body, and the next."""
    no_body = b"HTTP/1.1 204 No Content\r\n\r\n"
    assert b"".join(written(no_body, HEAD)) == no_body + HEAD


def test_a_head_is_sent_before_the_end() -> None:
    """Ours: nothing that was written is lost."""

    def then(joined: Joined, transport: Written) -> None:
        joined.close()
        assert joined.is_closing()
        assert transport.writes == [HEAD]

    written(HEAD, then=then)


def test_a_connection_that_was_closed_meanwhile_is_not_written_to() -> None:
    """Ours: by others than who writes, as when a time is over."""
    assert written(HEAD, then=lambda _, transport: transport.close()) == []
