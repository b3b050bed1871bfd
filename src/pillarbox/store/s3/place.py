"""Where a bucket is, and who asks."""

from dataclasses import dataclass

from pillarbox.telemetry import Secret

__all__ = ["Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """A bucket, and the credentials for it. `timeout` is in seconds, for each request.

    `endpoint` is a URL; None is Amazon's for the region. Only where it says `http:` nothing is encrypted.
    `prefix` is put in front of every key.
    """

    bucket: str
    region: str
    access_key: str
    secret_key: Secret
    endpoint: str | None = None
    session_token: Secret | None = None
    timeout: float = 30.0
    max_retries: int = 3
    prefix: str = ""
    allows_any_certificate: bool = False

    def __str__(self) -> str:
        return f"S3 bucket {self.bucket} at {self.endpoint or self.region}"
