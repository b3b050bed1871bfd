"""An export as a Maildir with the subfolders of Maildir++, as Dovecot and Courier have them.

The flags that are a Maildir's own stand in the names of the files, other keywords as lower-case letters whose meaning
is in `dovecot-keywords`. A folder has 26 such letters; the manifest knows of the others.
"""

import os
from pathlib import Path, PurePosixPath

from pillarbox.transfer.export.manifest import MailboxRow, MessageRow
from pillarbox.transfer.export.writing import Leaving, placed, seconds, whole

__all__ = ["BESIDE", "MaildirWriter"]

_FLAGS = {"$draft": "D", "$flagged": "F", "$forwarded": "P", "$answered": "R", "$seen": "S"}
_LETTERS = 26
_KEYWORDS = "dovecot-keywords"
_IS_FOLDER = "maildirfolder"

BESIDE = (_KEYWORDS, _IS_FOLDER)
"""What a Maildir has beside its messages."""


class MaildirWriter:
    """Writes the Maildir at `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._paths: dict[str, str] = {}
        self._letters: dict[str, dict[str, str]] = {}

    def open(self, mailbox: MailboxRow) -> None:
        path = self._root / mailbox.path
        path.mkdir(mode=0o700, exist_ok=True)
        for name in ("cur", "new", "tmp"):
            (path / name).mkdir(mode=0o700)
        if mailbox.path:
            _put(path / _IS_FOLDER, "")
        self._paths[mailbox.id] = mailbox.path
        self._letters[mailbox.id] = {}

    def plan(self, message: Leaving, mailboxes: tuple[str, ...]) -> MessageRow:
        files = tuple(self._file(message, mailbox) for mailbox in mailboxes)
        return whole(message, mailboxes, files)

    def write(self, message: Leaving, row: MessageRow) -> None:
        placed(self._root, message, row.files)

    def finish(self) -> None:
        for mailbox, letters in self._letters.items():
            if letters:
                lines = (f"{ord(letter) - ord('a')} {keyword}\n" for keyword, letter in letters.items())
                _put(self._root / self._paths[mailbox] / _KEYWORDS, "".join(lines))

    def _file(self, message: Leaving, mailbox: str) -> str:
        letters = self._letters[mailbox]
        flags = []
        for keyword in message.keywords:
            if keyword in _FLAGS:
                flags.append(_FLAGS[keyword])
            elif keyword in letters or len(letters) < _LETTERS:
                flags.append(letters.setdefault(keyword, chr(ord("a") + len(letters))))
        name = f"{seconds(message.received_at):010}.{message.id}.pillarbox:2,{''.join(sorted(flags))}"
        return str(PurePosixPath(self._paths[mailbox], "cur", name))


def _put(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(text)
