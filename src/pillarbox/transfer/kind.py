"""What a file is, by its name and its first bytes."""

import re
from pathlib import Path
from typing import Literal, TypeAlias

from pillarbox.transfer.separator import is_separator

__all__ = ["ADVICE", "Kind", "file_kind", "is_bookkeeping"]

Kind: TypeAlias = Literal["mbox", "message", "empty", "other"]

_HEAD = 4096

ADVICE = {
    ".emlx": "It is a file of Apple's Mail: choose Mailbox > Export Mailbox there, and import the .mbox.",
    ".gz": "It is compressed: unpack it, then import what was in it.",
    ".jsonl": "If it is the manifest of an export, import the folder that it is in by itself, and nothing is lost.",
    ".msg": "It is a file of Outlook: save the message as .eml there.",
    ".olm": "It is an archive of Outlook: drag the folders to the desktop, which gives .mbox files.",
    ".ost": "It is a file of Outlook: convert it to mbox, with readpst for example.",
    ".pst": "It is a file of Outlook: convert it to mbox, with readpst for example.",
    ".tar": "It is an archive: unpack it, then import the directory.",
    ".tgz": "It is an archive: unpack it, then import the directory.",
    ".zip": "It is an archive: unpack it, then import the directory.",
}
"""What to do about files that hold mail in a form we do not read, by the ending of their names."""

# Beside the mailboxes of Thunderbird, Apple's Mail, Dovecot and Courier.
_BOOKKEEPING = re.compile(
    r"\..*|.*\.(?:msf|dat|plist|lock|sqlite)|table_of_contents|filterlog\.html|maildirfolder|subscriptions"
    r"|dovecot[.-].*|courier(?:imap|pop3).*",
    re.IGNORECASE | re.DOTALL,
)

# Fields that stand first in a message; any other "word:" may begin a text about gardens.
_FIRST_FIELD = re.compile(
    rb"(?:return-path|received|delivered-to|envelope-to|from|sender|reply-to|to|cc|date|subject|message-id"
    rb"|mime-version|content-type|dkim-signature|arc-[a-z-]+|authentication-results|x-[a-z0-9-]+)[ \t]*:",
    re.IGNORECASE,
)


def file_kind(path: Path) -> Kind:
    """What a regular file holds; a pipe, a device and what is none of these is "other".

    Raises OSError if the file cannot be read.
    """
    if not path.is_file():
        return "other"
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if not head:
        return "empty"
    first = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n").partition(b"\n")[0].rstrip(b"\r")
    if is_separator(first):
        return "mbox"
    if path.suffix.lower() in ADVICE:
        return "other"
    if path.suffix.lower() == ".eml" or _FIRST_FIELD.match(head):
        return "message"
    # Named as one, and not begun as one: it may be damaged at the start only.
    return "mbox" if path.suffix.lower() in {".mbox", ".mbx"} else "other"


def is_bookkeeping(name: str) -> bool:
    """Whether a file of that name, met beside mailboxes, is an index or a setting and holds no mail.

    A guess that is right in a walk; a file that somebody names is looked into.
    """
    return _BOOKKEEPING.fullmatch(name) is not None
