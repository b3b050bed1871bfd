"""The text between DATA and the final dot (RFC 5321 sections 4.1.1.4 and 4.5.2); pure."""

from enum import Enum

__all__ = ["Data", "Fault", "Room"]

_END = b"\r\n.\r\n"


class Fault(Enum):
    """Why a message cannot be taken, known before its end and told after it."""

    TOO_LARGE = "it is larger than any message may be"
    NO_ROOM = "other messages fill the memory meant for them"


class Room:
    """How many octets of messages are in memory at once, over all connections."""

    def __init__(self, octets: int) -> None:
        self._free = octets

    def take(self, octets: int) -> bool:
        """Whether there is room for so many, which is then taken."""
        if octets > self._free:
            return False
        self._free -= octets
        return True

    def give(self, octets: int) -> None:
        """As much is free again."""
        self._free += octets


class Data:
    """A message as it comes in, in pieces of any size.

    It ends at CRLF.CRLF and nothing else: a lone CR or LF is an octet like any other, so that no two servers in a row
    disagree on where a message ends ("SMTP smuggling"). Of a line that begins with a dot the dot is removed.
    """

    def __init__(self, limit: int, room: Room) -> None:
        self._limit = limit
        self._room = room
        self._taken = 0
        # As if a line had just ended: a dot may begin the first line, and may be all there is.
        self._held_back = b"\r\n"
        self._message = bytearray()
        self.received = 0
        self.fault: Fault | None = None

    @property
    def message(self) -> bytearray:
        """The octets, once all have come; none if there is a fault."""
        return self._message

    def feed(self, octets: bytes) -> bytes | None:
        """More octets: None if the end is not among them, else what follows the end."""
        self.received += len(octets)
        text = self._held_back + octets
        end = text.find(_END)
        if end >= 0:
            self._keep(text[: end + 2])
            # The line end that was there only in our mind.
            del self._message[:2]
            return text[end + len(_END) :]
        # What could be the beginning of the end waits for the rest, so that nothing looked for is ever cut in two.
        possible = next((length for length in range(4, 0, -1) if text.endswith(_END[:length])), 0)
        self._held_back = text[len(text) - possible :]
        self._keep(text[: len(text) - possible])
        return None

    def drop(self) -> None:
        """The octets are no longer wanted, and their room is free."""
        self._room.give(self._taken)
        self._taken = 0
        self._message = bytearray()

    def _keep(self, text: bytes) -> None:
        if self.fault is not None:
            return
        text = text.replace(b"\r\n.", b"\r\n")
        if len(self._message) + len(text) - 2 > self._limit:
            self.fault = Fault.TOO_LARGE
        elif not self._room.take(len(text)):
            self.fault = Fault.NO_ROOM
        if self.fault is not None:
            self.drop()
            return
        self._taken += len(text)
        self._message += text
