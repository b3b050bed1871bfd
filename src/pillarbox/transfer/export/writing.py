"""Messages into files: what every format has in common, and what an export can come to a bad end by.

Exception
└── ExportError     it cannot be made there; says what to do
"""

import errno
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pillarbox.transfer.export.manifest import MailboxRow, MessageRow
from pillarbox.wire.values import UTCDate, utc_datetime

__all__ = ["ExportError", "Leaving", "Writer", "placed", "seconds", "whole"]

_NO_LINKS = frozenset((errno.EPERM, errno.EOPNOTSUPP, errno.EMLINK, errno.EXDEV, errno.ENOSYS, errno.EACCES))
"""What a file system says that has no hard links, or too many of one file."""


class ExportError(Exception):
    """An export cannot be made, or came to no end; `told` is for whoever asked for it, with what to do."""

    def __init__(self, told: str) -> None:
        super().__init__(told)
        self.told = told


@dataclass(frozen=True, slots=True)
class Leaving:
    """A message on its way out: its id, octets, keywords in order, and when it was received."""

    id: str
    raw: bytes
    sha256: str
    keywords: tuple[str, ...]
    received_at: UTCDate


class Writer(Protocol):
    """One format. A row is planned, and in the manifest, before its files are written: what lies there is known."""

    def open(self, mailbox: MailboxRow) -> None:
        """Makes the place of a mailbox. Raises OSError."""

    def plan(self, message: Leaving, mailboxes: tuple[str, ...]) -> MessageRow:
        """Where the message will be; messages are written in the order in which they are planned."""

    def write(self, message: Leaving, row: MessageRow) -> None:
        """Writes what was planned. Raises OSError."""

    def finish(self) -> None:
        """Writes what can only be said at the end. Raises OSError."""


def placed(root: Path, message: Leaving, files: tuple[str, ...]) -> None:
    """The octets as a file, under each of its names. Raises OSError."""
    first, *others = (root / name for name in files)
    _write(first, message)
    for other in others:
        try:
            os.link(first, other)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            _write(other, message)


def whole(message: Leaving, mailboxes: tuple[str, ...], files: tuple[str, ...]) -> MessageRow:
    """The row of a message that has a file for itself, octet by octet."""
    size = len(message.raw)
    return MessageRow(
        message.id,
        mailboxes,
        message.keywords,
        message.received_at,
        size,
        message.sha256,
        files,
        at=0,
        length=size,
    )


def seconds(received_at: UTCDate) -> int:
    """A time in seconds since 1970; 0 for what was before."""
    return max(0, int(utc_datetime(received_at).timestamp()))


def _write(path: Path, message: Leaving) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(message.raw)
    moment = seconds(message.received_at)
    os.utime(path, (moment, moment))
