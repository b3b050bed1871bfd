"""A bucket of S3, or of a server that speaks as S3 does, as a depot of large octets (adr/0061).

Begin with `bucket`; `why` makes words of what a server answers. `patience` lets go of whoever waits for one that says
nothing, and `fuse` keeps callers from one that has just failed.
Nothing but `pillarbox.app` names this package.
"""

from pillarbox.store.s3.bucket import Bucket
from pillarbox.store.s3.place import Place

__all__ = ["Bucket", "Place"]
