"""An export as mbox files, a file a mailbox, quoted by mboxrd's rule: one ">" more before "From " and any ">" there.

Flags and keywords are written where mail programs look for them, as fields in front of the message; the manifest says
where the message itself begins, and how long it is, so that nothing of it is in doubt. Lines end as everywhere on the
system that mbox comes from, in LF, unless the message has other line ends than CRLF.
"""

import os
import re
from pathlib import Path
from typing import Literal

from pillarbox.transfer.export.manifest import MailboxRow, MessageRow
from pillarbox.transfer.export.writing import Leaving
from pillarbox.wire.values import UTCDate, utc_datetime

__all__ = ["MboxWriter", "unwritten"]

_FROM = re.compile(rb"^(>*From )", re.MULTILINE)
_QUOTED = re.compile(rb"^>(>*From )", re.MULTILINE)

_STATUS = {"$seen": "R"}
_X_STATUS = {"$answered": "A", "$flagged": "F", "$draft": "T"}

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class MboxWriter:
    """Writes mbox files below `root`. A message of several mailboxes is in each of their files."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._paths: dict[str, str] = {}
        self._sizes: dict[str, int] = {}

    def open(self, mailbox: MailboxRow) -> None:
        path = self._root / mailbox.path
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        self._paths[mailbox.id] = mailbox.path
        self._sizes[mailbox.path] = 0

    def plan(self, message: Leaving, mailboxes: tuple[str, ...]) -> MessageRow:
        files = tuple(self._paths[one] for one in mailboxes)
        before, octets, ends = _front(message), *_lines(message.raw)
        at = self._sizes[files[0]] + len(before)
        length = len(before) + len(octets) + len(_after(octets))
        for file in files:
            self._sizes[file] += length
        return MessageRow(
            message.id,
            mailboxes,
            message.keywords,
            message.received_at,
            len(message.raw),
            message.sha256,
            files,
            at,
            len(octets),
            ends,
        )

    def write(self, message: Leaving, row: MessageRow) -> None:
        octets, _ = _lines(message.raw)
        for file in row.files:
            with (self._root / file).open("ab") as box:
                box.write(_front(message))
                box.write(octets)
                box.write(_after(octets))

    def finish(self) -> None:
        """All is said."""


def unwritten(octets: bytes, ends: Literal["kept", "lf"]) -> bytes:
    """The message whose octets, as written in an mbox file, these are."""
    octets = _QUOTED.sub(rb"\1", octets) if b">From " in octets else octets
    return octets.replace(b"\n", b"\r\n") if ends == "lf" else octets


def _lines(raw: bytes) -> tuple[bytes, Literal["kept", "lf"]]:
    ends: Literal["kept", "lf"] = "lf" if raw.count(b"\n") == raw.count(b"\r\n") else "kept"
    octets = raw.replace(b"\r\n", b"\n") if ends == "lf" else raw
    return (_FROM.sub(rb">\1", octets) if b"From " in octets else octets), ends


def _front(message: Leaving) -> bytes:
    """The separator, and the fields by which mail programs know flags."""
    # "O": it is not new, it has been in a mailbox.
    status = "".join(letter for keyword, letter in _STATUS.items() if keyword in message.keywords) + "O"
    x_status = "".join(letter for keyword, letter in _X_STATUS.items() if keyword in message.keywords)
    keywords = [one for one in message.keywords if one not in _STATUS and one not in _X_STATUS]
    lines = [f"From MAILER-DAEMON {_asctime(message.received_at)}", f"Status: {status}"]
    lines += [f"X-Status: {x_status}"] if x_status else []
    lines += [f"X-Keywords: {' '.join(keywords)}"] if keywords else []
    return "".join(f"{line}\n" for line in lines).encode()


def _after(octets: bytes) -> bytes:
    """What ends the last line, and a blank one."""
    return b"\n" if octets.endswith(b"\n") else b"\n\n"


def _asctime(received_at: UTCDate) -> str:
    """As in RFC 4155 appendix A; a system's own function would speak its language."""
    at = utc_datetime(received_at)
    return f"{_DAYS[at.weekday()]} {_MONTHS[at.month - 1]} {at.day:2} {at:%H:%M:%S} {at.year:04}"
