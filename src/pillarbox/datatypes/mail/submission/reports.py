"""The reports that a submission keeps: the blobs of `dsnBlobIds` and `mdnBlobIds` (RFC 8621 section 7)."""

from typing import cast

from pillarbox.objects import number_of
from pillarbox.store import Document, Writing

__all__ = ["let_go", "reports"]


def reports(document: Document) -> list[int]:
    """The numbers of the blobs."""
    ids = (*cast("list[str]", document["dsnBlobIds"]), *cast("list[str]", document["mdnBlobIds"]))
    return [number_of(id_) for id_ in ids]


def let_go(unit: Writing, document: Document, expires: int) -> None:
    """A submission that is gone holds them no longer."""
    for number in reports(document):
        unit.release(number, expires)
