"""Which directory or file a mailbox becomes: names that no file system refuses, and that give the name back.

What cannot stand in a file's name is written in IMAP's modified UTF-7 (RFC 9051 section A.1), as mail programs do and
`transfer.folder` reads; in a Maildir all that is not ASCII is, for Maildir++ has it so. Where some file systems would
take two names for the same, the second gets its mailbox's id. The manifest has each name as it is.
"""

import binascii
import unicodedata
from pathlib import PurePosixPath

from pillarbox.transfer.export.manifest import MANIFEST, UNFINISHED, Format
from pillarbox.transfer.folder import ENDINGS, NO_FILE_NAME

__all__ = ["Layout", "file_name"]

_LONGEST = 180
"""Octets of a name; file systems allow 255, and an ending and a number may follow. A Maildir's are joined to one."""


class Layout:
    """The paths of an export's mailboxes, given one by one, parents before their children."""

    def __init__(self, format_: Format) -> None:
        self._format = format_
        self._names: dict[str | None, tuple[str, ...]] = {None: ()}
        self._taken: set[str] = {MANIFEST, UNFINISHED, "cur", "new", "tmp"}

    def path(self, id_: str, name: str, parent: str | None, role: str | None) -> PurePosixPath:
        """Where the messages of a mailbox go: a directory, or an mbox file. Never given twice."""
        is_inbox = role == "inbox"
        above = () if is_inbox else self._names[parent]
        encoded = "Inbox" if is_inbox else file_name(name, in_maildir=self._format == "maildir")
        encoded = _cut(encoded, _LONGEST)
        if not above and not is_inbox and encoded.casefold() == "inbox":
            # That is the Inbox for every program.
            encoded = f"{encoded}~{id_}"
        path = self._path((*above, encoded), is_inbox=is_inbox)
        if _folded(path) in self._taken or len(path.name.encode()) > 250:
            encoded = f"~{id_}" if self._format == "maildir" else f"{encoded}~{id_}"
            above = above if self._format != "maildir" else ()
            path = self._path((*above, encoded), is_inbox=is_inbox)
        self._names[id_] = (*above, encoded)
        self._taken.add(_folded(path))
        return path

    def _path(self, names: tuple[str, ...], *, is_inbox: bool) -> PurePosixPath:
        match self._format:
            case "maildir":
                return PurePosixPath("" if is_inbox else "." + ".".join(names))
            case "mbox":
                return PurePosixPath(*names[:-1], f"{names[-1]}.mbox")
            case "eml":
                return PurePosixPath(*names)


def file_name(name: str, *, in_maildir: bool) -> str:
    """The name of a mailbox as that of a file or directory; in a Maildir, where dots part names, ASCII without any."""
    last = len(name) - 1
    # Else whoever reads the name would take its ending for that of a file.
    ending = name.rindex(".") if name.lower().endswith(ENDINGS) else -1
    written, shifted = "", ""
    for index, character in enumerate(name):
        match character:
            case " ":
                is_safe = 0 < index < last
            case ".":
                is_safe = not in_maildir and 0 < index < last and index != ending
            case _:
                is_safe = character not in NO_FILE_NAME and (character.isascii() or not in_maildir)
        if is_safe and unicodedata.category(character) not in ("Cc", "Cs", "Zl", "Zp"):
            written += _shifted(shifted) + ("&-" if character == "&" else character)
            shifted = ""
        else:
            shifted += character
    return written + _shifted(shifted)


def _shifted(text: str) -> str:
    if not text:
        return ""
    encoded = binascii.b2a_base64(text.encode("utf-16-be", "surrogatepass"), newline=False).decode()
    return f"&{encoded.rstrip('=').replace('/', ',')}-"


def _cut(name: str, longest: int) -> str:
    """The name, or as much of it as fits; cut at the end of a character."""
    octets = name.encode()
    return name if len(octets) <= longest else octets[:longest].decode("utf-8", "ignore") + "~"


def _folded(path: PurePosixPath) -> str:
    return unicodedata.normalize("NFC", str(path)).casefold()
