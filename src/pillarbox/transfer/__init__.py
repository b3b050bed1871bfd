"""Mail from files, and to files: what `pillarbox import` reads, message by message, and `pillarbox export` writes.

An mbox file, a Maildir, a directory of `.eml` files or a whole tree of them comes in as one source, which
yields the messages with the mailbox, keywords and time that their files give them. A file of any size
takes the memory of its largest message. An export is a source that knows all that the account knew.

What reads must not know what becomes of a message: no account, no store and no data type is named there. `importer`
and `export.exporter` alone know both sides.

Begin at `opening.source`, then `mbox` for the simplest source and `tree` for how they are put together.
"""

from pillarbox.transfer.export import Exported, ExportError, Format, export
from pillarbox.transfer.found import BOUND, Folder, Found, Item, Place, Skipped, Source, Unreadable
from pillarbox.transfer.importer import Imported, imported
from pillarbox.transfer.opening import source

__all__ = [
    "BOUND",
    "ExportError",
    "Exported",
    "Folder",
    "Format",
    "Found",
    "Imported",
    "Item",
    "Place",
    "Skipped",
    "Source",
    "Unreadable",
    "export",
    "imported",
    "source",
]
