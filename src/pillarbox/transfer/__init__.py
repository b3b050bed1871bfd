"""Mail from files: what `pillarbox import` reads, message by message.

An mbox file, a Maildir, a directory of `.eml` files or a whole tree of them comes in as one source, which
yields the messages with the mailbox, keywords and time that their files give them. A file of any size
takes the memory of its largest message.

What reads must not know what becomes of a message: no account, no store and no data type is named there. `importer`
alone knows both sides.

Begin at `opening.source`, then `mbox` for the simplest source and `tree` for how they are put together.
"""

from pillarbox.transfer.found import BOUND, Folder, Found, Item, Skipped, Source, Unreadable
from pillarbox.transfer.importer import Imported, imported
from pillarbox.transfer.opening import source

__all__ = ["BOUND", "Folder", "Found", "Imported", "Item", "Skipped", "Source", "Unreadable", "imported", "source"]
