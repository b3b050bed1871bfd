"""The text between DATA and the final dot, and the room it takes."""

from pillarbox.delivery.data import Data, Fault, Room


def test_what_follows_the_end_is_given_back() -> None:
    data = Data(100, Room(1000))
    assert data.feed(b"a\r\n") is None
    assert data.feed(b"..b\r\n.\r\nQUIT\r\n") == b"QUIT\r\n"
    assert data.message == b"a\r\n.b\r\n"


def test_a_message_too_large_is_read_to_its_end() -> None:
    """RFC 5321 section 4.5.3.1.9: the reply comes after the final dot."""
    data = Data(10, Room(1000))
    for _ in range(100):
        assert data.feed(b"0123456789\r\n") is None
    assert data.fault is Fault.TOO_LARGE
    assert data.feed(b".\r\nNOOP\r\n") == b"NOOP\r\n"
    assert data.message == b""


def test_room_is_taken_octet_by_octet_and_given_back() -> None:
    room = Room(100)
    first, second = Data(1000, room), Data(1000, room)
    first.feed(b"x" * 60)
    second.feed(b"y" * 60)
    assert second.fault is Fault.NO_ROOM
    assert first.fault is None
    first.drop()
    first.drop()
    third = Data(1000, room)
    third.feed(b"z" * 98)
    assert third.fault is None
    assert not room.take(1)
