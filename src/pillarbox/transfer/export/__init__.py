"""Mail to files: what `pillarbox export` writes, and `pillarbox import` reads again without loss.

Begin with `exporter`, which knows the account; `maildir`, `mbox` and `eml` each write one format, in places that
`layout` names. `manifest` is what those formats cannot say, and `place` the folder that all is in. What reads it is
`transfer.restored`.
"""

from pillarbox.transfer.export.exporter import Exported, export
from pillarbox.transfer.export.manifest import (
    LONGEST,
    MANIFEST,
    UNFINISHED,
    VERSION,
    BadRow,
    End,
    Format,
    Heading,
    MailboxRow,
    MessageRow,
    MissingRow,
    Row,
    row_of,
)
from pillarbox.transfer.export.mbox import unwritten
from pillarbox.transfer.export.writing import ExportError

__all__ = [
    "LONGEST",
    "MANIFEST",
    "UNFINISHED",
    "VERSION",
    "BadRow",
    "End",
    "ExportError",
    "Exported",
    "Format",
    "Heading",
    "MailboxRow",
    "MessageRow",
    "MissingRow",
    "Row",
    "export",
    "row_of",
    "unwritten",
]
