"""Replies: the table of all that are given (RFC 5321 section 4.2, RFC 3463), each with its enhanced status code."""

from dataclasses import dataclass

from pillarbox.delivery.path import Path

__all__ = [
    "BAD_CLIENT_NAME",
    "BAD_PARAMETER",
    "BAD_RECIPIENT",
    "BAD_SENDER",
    "BUSY",
    "BYE",
    "FAILED",
    "FULL",
    "HELP",
    "LOOP",
    "NOT_ASCII_RECIPIENT",
    "NOT_ASCII_SENDER",
    "NOT_FOUND",
    "NOT_IMPLEMENTED",
    "NOT_OPEN",
    "NOT_VERIFIED",
    "NO_ARGUMENT",
    "NO_ROOM",
    "OK",
    "RECIPIENT_OK",
    "SENDER_OK",
    "SHUTDOWN",
    "SMTP_GREETING",
    "START_DATA",
    "STORED",
    "STRANGER",
    "TIMEOUT",
    "TOO_LARGE",
    "TOO_LARGE_EVER",
    "TOO_LONG",
    "TOO_MANY_COMMANDS",
    "TOO_MANY_ERRORS",
    "TOO_MANY_RECIPIENTS",
    "UNKNOWN_COMMAND",
    "UNKNOWN_PARAMETER",
    "UNREADABLE",
    "Reply",
    "capabilities",
    "greeting",
    "out_of_order",
]


@dataclass(frozen=True, slots=True)
class Reply:
    """A code, an enhanced status code where one belongs (RFC 2034 section 4), and lines of text."""

    code: int
    status: str
    text: str
    more: tuple[str, ...] = ()

    def about(self, mailbox: Path) -> "Reply":
        """The same, said of a mailbox: who pipelines can tell which command is answered (RFC 2920 section 3.2)."""
        return Reply(self.code, self.status, f"<{mailbox.text}> {self.text}", self.more)

    def octets(self) -> bytes:
        """The reply as lines; all have the same codes (RFC 5321 section 4.2.1, RFC 2034 section 4)."""
        lines = (self.text, *self.more)
        status = f"{self.status} " if self.status else ""
        last = len(lines) - 1
        said = (f"{self.code}{' ' if at == last else '-'}{status}{line}\r\n" for at, line in enumerate(lines))
        return "".join(said).encode()

    def __str__(self) -> str:
        """The codes alone, for the log."""
        return f"{self.code} {self.status}".rstrip()


def greeting(host: str) -> Reply:
    """The first line of a connection."""
    return Reply(220, "", f"{host} LMTP ready")


def capabilities(host: str, max_size: int) -> Reply:
    """The answer to LHLO: what we can besides LMTP itself (RFC 2033 section 5, RFC 1870, RFC 6152, RFC 6531)."""
    more = ("PIPELINING", "ENHANCEDSTATUSCODES", "8BITMIME", "SMTPUTF8", f"SIZE {max_size}")
    return Reply(250, "", host, more)


def out_of_order(why: str) -> Reply:
    """A command that may not come now."""
    return Reply(503, "5.5.1", why)


OK = Reply(250, "2.0.0", "OK")
HELP = Reply(214, "2.0.0", "LHLO MAIL RCPT DATA RSET NOOP VRFY HELP QUIT (RFC 2033)")
BYE = Reply(221, "2.0.0", "Bye")
SENDER_OK = Reply(250, "2.1.0", "sender OK")
RECIPIENT_OK = Reply(250, "2.1.5", "recipient OK")
START_DATA = Reply(354, "", "End data with <CRLF>.<CRLF>")
STORED = Reply(250, "2.0.0", "stored")
# Neither 250 nor 2.1.5: nothing was verified (RFC 5321 section 7.3).
NOT_VERIFIED = Reply(252, "2.5.0", "Not verified here; try RCPT")

BUSY = Reply(421, "4.3.2", "Too many connections, try again later")
SHUTDOWN = Reply(421, "4.3.2", "Shutting down, try again later")
TIMEOUT = Reply(421, "4.4.2", "Waited too long")
TOO_MANY_ERRORS = Reply(421, "4.7.0", "Too many errors")
TOO_MANY_COMMANDS = Reply(421, "4.7.0", "Too many commands and no message")
STRANGER = Reply(421, "4.7.0", "This is LMTP, not HTTP")

FAILED = Reply(451, "4.3.0", "not stored, try again later")
FULL = Reply(452, "4.2.2", "is over quota")
NO_ROOM = Reply(452, "4.3.1", "no room for the message just now, try again later")
TOO_MANY_RECIPIENTS = Reply(452, "4.5.3", "too many recipients, send to this one again")

UNKNOWN_COMMAND = Reply(500, "5.5.1", "Unknown command")
SMTP_GREETING = Reply(500, "5.5.1", "This is LMTP: say LHLO")
UNREADABLE = Reply(500, "5.5.2", "Not a command line")
TOO_LONG = Reply(500, "5.5.2", "Line too long")
BAD_SENDER = Reply(501, "5.1.7", "Say MAIL FROM:<reverse-path> and parameters")
BAD_RECIPIENT = Reply(501, "5.1.3", "Say RCPT TO:<forward-path>")
BAD_CLIENT_NAME = Reply(501, "5.5.4", "Say LHLO and your domain or [address]")
BAD_PARAMETER = Reply(501, "5.5.4", "A parameter has a value it cannot have")
NO_ARGUMENT = Reply(501, "5.5.4", "This command takes another argument or none")
NOT_IMPLEMENTED = Reply(502, "5.5.1", "Not offered here")
NOT_FOUND = Reply(550, "5.1.1", "no such recipient here")
NOT_OPEN = Reply(550, "5.2.1", "this recipient takes no mail")
NOT_ASCII_SENDER = Reply(550, "5.6.7", "The sender is not ASCII: give MAIL the parameter SMTPUTF8")
TOO_LARGE_EVER = Reply(552, "5.2.2", "larger than all the mail the recipient may have")
TOO_LARGE = Reply(552, "5.3.4", "The message is larger than we take")
NOT_ASCII_RECIPIENT = Reply(553, "5.6.7", "The recipient is not ASCII: give MAIL the parameter SMTPUTF8")
LOOP = Reply(554, "5.4.6", "too many Received fields: the message goes in circles")
UNKNOWN_PARAMETER = Reply(555, "5.5.4", "Unknown parameter")
