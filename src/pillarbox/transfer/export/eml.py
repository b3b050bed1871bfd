"""An export as directories of `.eml` files, which have no place for flags: those are in the manifest alone."""

from pathlib import Path, PurePosixPath

from pillarbox.transfer.export.manifest import MailboxRow, MessageRow
from pillarbox.transfer.export.writing import Leaving, placed, whole

__all__ = ["EmlWriter"]


class EmlWriter:
    """Writes directories below `root`, a file a message, by its id."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._paths: dict[str, str] = {}

    def open(self, mailbox: MailboxRow) -> None:
        (self._root / mailbox.path).mkdir(mode=0o700, parents=True, exist_ok=True)
        self._paths[mailbox.id] = mailbox.path

    def plan(self, message: Leaving, mailboxes: tuple[str, ...]) -> MessageRow:
        files = tuple(str(PurePosixPath(self._paths[one], f"{message.id}.eml")) for one in mailboxes)
        return whole(message, mailboxes, files)

    def write(self, message: Leaving, row: MessageRow) -> None:
        placed(self._root, message, row.files)

    def finish(self) -> None:
        """All is said."""
