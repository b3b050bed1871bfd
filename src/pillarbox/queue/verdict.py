"""What came of one recipient at one attempt; pure."""

from dataclasses import dataclass

from pillarbox.queue.reply import Reply

__all__ = ["Verdict"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A reply, and who gave it: `host` is None for ourselves, who then have put it into the mailbox.

    `is_in_doubt` where it may have been taken without our being told (RFC 1047). `has_dsn` where the server that took
    it will tell the sender what was asked for (RFC 3461).
    """

    reply: Reply
    host: str | None = None
    is_in_doubt: bool = False
    has_dsn: bool = False
