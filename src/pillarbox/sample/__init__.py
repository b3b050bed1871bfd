"""Messages that nobody wrote: a mailbox to look at, and very many to measure with.

Every person and place is made up, their domains end in `.example`, and the same seed gives the same
octets. No file is read, no clock asked and no random number drawn that the arguments do not settle.

It must not know anything else of Pillarbox; what it gives is filed by whoever asked for it.

Begin at `composition.mailbox`, which puts a person's two years together from the episodes in
`conversation`, `occasion` and `arrival`; the sentences are in `english`, `tongues` and `bulletins`.
`bulk.many` is for benchmarks.
"""

from pillarbox.sample.bulk import COMMON, RARE, VOCABULARY, expected_share, many
from pillarbox.sample.composition import Sample, mailbox
from pillarbox.sample.letter import Place, Role

__all__ = ["COMMON", "RARE", "VOCABULARY", "Place", "Role", "Sample", "expected_share", "mailbox", "many"]
