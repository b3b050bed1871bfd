"""Where large blobs are, if the settings name a bucket; imported there alone, since the library takes long to load."""

from pillarbox.settings import BucketStore
from pillarbox.store import Depot
from pillarbox.store.s3 import Bucket, Place

__all__ = ["depot"]


def depot(chosen: BucketStore) -> Depot:
    """The bucket, which is not asked for anything yet."""
    return Bucket(
        Place(
            chosen.bucket,
            chosen.region,
            chosen.access_key,
            chosen.secret_key,
            endpoint=chosen.endpoint,
            session_token=chosen.session_token,
            timeout=chosen.timeout.seconds,
            max_retries=chosen.max_retries,
            prefix=chosen.key_prefix,
            allows_any_certificate=chosen.allows_any_certificate,
        )
    )
