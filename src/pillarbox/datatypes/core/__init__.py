"""Data types of RFC 8620 itself.

Begin with `blob`: what a blobId is, and how its octets are had.
"""

from pillarbox.datatypes.core.blob import BLOB, Octets, located, part_id, room_for, whole_id

__all__ = ["BLOB", "Octets", "located", "part_id", "room_for", "whole_id"]
