"""A message that is looked at as an Email is, and is none."""

from typing import Any

from pillarbox.objects import Call, Seen
from pillarbox.store import Document

__all__ = ["Unfiled"]


class Unfiled(Seen):
    """A message that nothing is kept of, as computed properties see it; `raw` are its octets."""

    __slots__ = ("raw",)

    def __init__(self, call: Call[Any], raw: bytes, document: Document, apart: Document) -> None:
        super().__init__(call, 0, document, None)
        self._apart = apart
        self.raw = raw
