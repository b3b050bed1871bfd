"""What exists: one file, or one folder, a data type.

Begin with `registry`, the list of all of them; then `mail.mailbox`, the plainest. A type knows its meaning; it must not
know HTTP, JMAP's envelopes, or how anything is stored.
"""

from pillarbox.datatypes.registry import REGISTRY

__all__ = ["REGISTRY"]
