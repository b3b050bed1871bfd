"""Blob: octets that never change (RFC 8620 section 6, RFC 9404).

Begin with `place`: what a blobId is, and how its octets are had; `reach` says who may see them.
The methods have a file each.
"""

from pillarbox.datatypes.core.blob.copying import COPY, copy
from pillarbox.datatypes.core.blob.getting import DIGESTS, GET
from pillarbox.datatypes.core.blob.lookup import LOOKED_UP, LOOKUP
from pillarbox.datatypes.core.blob.parsing import all_parsed
from pillarbox.datatypes.core.blob.place import BLOB_PREFIX, Octets, located, part_id, room_for, whole_id
from pillarbox.datatypes.core.blob.reach import note_upload, octets_at, reached
from pillarbox.datatypes.core.blob.uploading import MAX_SOURCES, UPLOAD
from pillarbox.objects import DataType, Record

__all__ = [
    "BLOB",
    "BLOB_PREFIX",
    "DIGESTS",
    "LOOKED_UP",
    "MAX_SOURCES",
    "BlobObject",
    "Octets",
    "all_parsed",
    "copy",
    "located",
    "note_upload",
    "octets_at",
    "part_id",
    "reached",
    "room_for",
    "whole_id",
]


class BlobObject(Record):
    """What a blobId names; nothing of it is kept but its octets."""


BLOB = DataType(
    record=BlobObject,
    name="Blob",
    rfc="8620 section 6 and RFC 9404",
    capability="urn:ietf:params:jmap:core",
    prefix=BLOB_PREFIX,
    methods=(COPY, GET, LOOKUP, UPLOAD),
)
