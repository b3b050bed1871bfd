"""Data types of RFC 8620 itself, and of RFCs 9404 and 9425.

Begin with `blob`: what a blobId is, and how its octets are had. `quota` says how much an account may hold.
"""

from pillarbox.datatypes.core.blob import (
    BLOB,
    BLOB_PREFIX,
    DIGESTS,
    LOOKED_UP,
    MAX_SOURCES,
    Octets,
    all_parsed,
    located,
    note_upload,
    octets_at,
    part_id,
    reached,
    room_for,
    whole_id,
)
from pillarbox.datatypes.core.quota import QUOTA

__all__ = [
    "BLOB",
    "BLOB_PREFIX",
    "DIGESTS",
    "LOOKED_UP",
    "MAX_SOURCES",
    "QUOTA",
    "Octets",
    "all_parsed",
    "located",
    "note_upload",
    "octets_at",
    "part_id",
    "reached",
    "room_for",
    "whole_id",
]
