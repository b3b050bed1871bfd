"""A bucket for large blobs: `store.<id>.*` of the type `s3`, which `storage.blob` names."""

from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from pillarbox.settings.declare import Declared, Required, Setting
from pillarbox.settings.kind import NAME, SECRET, BadValue, Kind, integer, optional, quoted
from pillarbox.settings.quantity import Duration
from pillarbox.settings.source import Source
from pillarbox.telemetry import Secret

__all__ = ["BUCKET_FIELDS", "BUCKET_TIMEOUT", "BucketStore", "bucket"]

T = TypeVar("T")

BUCKET_TIMEOUT = Duration(30_000)
"""Unless another is said; and nobody waits longer."""


@dataclass(frozen=True, slots=True)
class BucketStore:
    """A bucket of S3, or of a server that speaks as S3 does, and who asks it; without `endpoint` it is Amazon's."""

    id: str
    bucket: str
    region: str
    endpoint: str | None
    access_key: str
    secret_key: Secret
    session_token: Secret | None
    timeout: Duration
    max_retries: int
    key_prefix: str
    allows_any_certificate: bool


def _url(text: str) -> str:
    if "@" in text:
        # It is not quoted: what is in front may be a password.
        raise BadValue("the URL of a server has no user in it; access-key and secret-key say who asks")
    try:
        parts = urlsplit(text)
        well = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        well = False
    if not well or not text.isascii() or not text.isprintable() or any(mark in text for mark in " ?#"):
        raise BadValue(f"{quoted(text)} is no URL of a server, as in https://s3.example.org")
    return text.rstrip("/")


def _key(text: str) -> str:
    if not text.isascii() or not text.isprintable() or any(part in (".", "..") for part in text.split("/")):
        raise BadValue(f"{quoted(text)} cannot be a part of a key")
    return text.strip("/")


_BUCKET = Required("store.<id>.bucket", NAME, "Of `s3`: the bucket. It must be there.")
_REGION = Required(
    "store.<id>.region",
    NAME,
    "Of `s3`: the region. A server that is not Amazon's has one as well: mostly `us-east-1`.",
)
_ENDPOINT = Setting(
    "store.<id>.endpoint",
    optional(Kind("URL", _url, str)),
    None,
    "Of `s3`: the server. With `http:` nothing is encrypted on the way to it.",
    default_said="Amazon's for the region",
)
_ACCESS_KEY = Required("store.<id>.access-key", NAME, "Of `s3`: who asks.")
_SECRET_KEY = Required("store.<id>.secret-key", SECRET, "Of `s3`: the secret of that key.")
_SESSION_TOKEN = Setting(
    "store.<id>.session-token",
    optional(SECRET),
    None,
    "Of `s3`: the token that belongs to a key which is lent.",
    default_said="none",
)
_SECURITY_TOKEN = Setting(
    "store.<id>.security-token",
    optional(SECRET),
    None,
    "Of `s3`: another name of `session-token`, which comes first.",
    default_said="none",
)
_PROFILE = Setting(
    "store.<id>.profile",
    optional(NAME),
    None,
    "Of `s3`: not served; give `access-key` and `secret-key`.",
    default_said="none",
)
_MAX_RETRIES = Setting(
    "store.<id>.max-retries",
    integer(at_least=0, at_most=20),
    3,
    "Of `s3`: how often a request is repeated that had no answer, or one that asks to come again.",
)
_KEY_PREFIX = Setting(
    "store.<id>.key-prefix",
    Kind("string", _key, str),
    "",
    "Of `s3`: what all keys begin with, a folder in the bucket.",
    default_said="nothing",
)

BUCKET_FIELDS: tuple[Declared[object], ...] = (
    _BUCKET,
    _REGION,
    _ENDPOINT,
    _ACCESS_KEY,
    _SECRET_KEY,
    _SESSION_TOKEN,
    _SECURITY_TOKEN,
    _PROFILE,
    _MAX_RETRIES,
    _KEY_PREFIX,
)


def bucket(
    identity: str, source: Source, timeout: Setting[Duration], any_certificate: Setting[bool]
) -> BucketStore | None:
    """The bucket, or None with problems told; `timeout` and `any_certificate` are fields of other types as well.

    No default takes the place of a bad word about where octets go.
    """
    required = [one.of(identity).read(source) for one in (_BUCKET, _REGION, _ACCESS_KEY)]
    secret = _SECRET_KEY.of(identity).read(source)
    waits = timeout.read(source)
    if waits > BUCKET_TIMEOUT:
        source.wrong(timeout.key, "build", f"nobody waits so long; {BUCKET_TIMEOUT} holds")
        waits = BUCKET_TIMEOUT
    profile = _PROFILE.of(identity)
    if profile.read(source) is not None:
        source.wrong(profile.key, "build", "profiles are not served; access-key and secret-key hold")
    name, region, access_key = required
    is_place = not _is_bad(_ENDPOINT.of(identity), source) and not _is_bad(_KEY_PREFIX.of(identity), source)
    endpoint = _ENDPOINT.of(identity).read(source)
    tokens = [one.of(identity).read(source) for one in (_SESSION_TOKEN, _SECURITY_TOKEN)]
    retries, prefix = _MAX_RETRIES.of(identity).read(source), _KEY_PREFIX.of(identity).read(source)
    anyone = any_certificate.read(source)
    if not is_place or not name or not region or not access_key or secret is None:
        return None
    return BucketStore(
        identity,
        bucket=name,
        region=region,
        endpoint=endpoint,
        access_key=access_key,
        secret_key=secret,
        session_token=tokens[0] or tokens[1],
        timeout=waits,
        max_retries=retries,
        key_prefix=prefix,
        allows_any_certificate=anyone,
    )


def _is_bad(setting: Setting[T], source: Source) -> bool:
    bad = object()
    return source.has(setting.key) and source.value(setting.key, setting.kind, bad) is bad
