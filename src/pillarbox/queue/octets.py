"""The octets of a message on their way; pure."""

__all__ = ["header_of", "sendable", "stuffed", "xtext"]


def sendable(message: bytes) -> bytes:
    """A message with lines that end in CRLF (RFC 5321 section 2.3.8), the last one too, and is otherwise as it was.

    Made again of the same octets it is the same, so that what was signed is what is sent.
    """
    if not message.count(b"\r\n") == message.count(b"\n") == message.count(b"\r"):
        # A regular expression would take a hundred times the octets where all of them are line ends.
        message = message.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    return message if message.endswith(b"\r\n") else message + b"\r\n"


def stuffed(message: bytes) -> bytes:
    """A sendable message as it follows DATA: no dot is its end but the one behind it (RFC 5321 section 4.5.2)."""
    first = b"." if message.startswith(b".") else b""
    return first + message.replace(b"\r\n.", b"\r\n..") + b".\r\n"


def header_of(message: bytes) -> bytes:
    """The header of a message with CRLF, without the empty line after it."""
    if message.startswith(b"\r\n"):
        return b""
    end = message.find(b"\r\n\r\n")
    return message[: end + 2] if end >= 0 else message


def xtext(text: str) -> str:
    """A text as the value of a parameter (RFC 3461 section 4; beyond ASCII RFC 6533 section 3)."""
    return "".join(map(_encoded, text))


def _encoded(one: str) -> str:
    if not one.isascii():
        return f"\\x{{{ord(one):X}}}"
    return one if "!" <= one <= "~" and one not in "+=" else f"+{ord(one):02X}"
