"""Data types of RFC 8620 itself, and of RFCs 9404 and 9425.

Begin with `blob`: what a blobId is, and how its octets are had. `quota` says how much an account may hold.
"""

from pillarbox.datatypes.core.blob import (
    BLOB,
    DIGESTS,
    LOOKED_UP,
    MAX_SOURCES,
    Octets,
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
    "DIGESTS",
    "LOOKED_UP",
    "MAX_SOURCES",
    "QUOTA",
    "Octets",
    "located",
    "note_upload",
    "octets_at",
    "part_id",
    "reached",
    "room_for",
    "whole_id",
]
