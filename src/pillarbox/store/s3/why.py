"""What a server's answer means, in words that name no secret: of the library's the rest is left out."""

import re
from typing import Literal, TypeAlias

__all__ = ["Failure", "advice", "failure", "is_answer", "reason"]

Failure: TypeAlias = Literal["missing", "short", "full", "away"]

_CODE = re.compile(r"<Code>([A-Za-z0-9.]{1,64})</Code>")
_STATUS = re.compile(r"status code: (\d{3})")
_KIND = re.compile(r"kind: (Connect|Timeout|Request|Interrupted|Decode)\b")
_KINDS = {
    "Connect": "no connection",
    "Timeout": "no answer in time",
    "Request": "the request was cut off",
    "Interrupted": "the answer was cut off",
    "Decode": "the answer is none of S3's",
}
# The codes of S3 (API reference, "Error responses"), and some of other servers that speak its protocol.
_FULL = frozenset({"QuotaExceeded", "InsufficientStorage", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded"})
_ADVICE = {
    "NoSuchBucket": "make the bucket, or correct `bucket`",
    "InvalidBucketName": "correct `bucket`",
    "SignatureDoesNotMatch": "correct `secret-key`",
    "InvalidAccessKeyId": "correct `access-key`",
    "AccessDenied": "allow the key to list the bucket, and to put, get and delete its objects",
    "RequestTimeTooSkewed": "set this machine's clock",
    "ExpiredToken": "renew `session-token`",
    "InvalidToken": "correct `session-token`",
    "PermanentRedirect": "correct `region` or `endpoint`",
    "AuthorizationHeaderMalformed": "correct `region`",
    "no connection": "correct `endpoint`, or look at the network and the certificate",
    "no answer in time": "look at the network, or at the load of the server",
    "cut off": "look at the network, and at what is between here and there",
}


def failure(text: str) -> Failure:
    """What happened, by an error's text."""
    code, status = _found(_CODE, text), _found(_STATUS, text)
    if code in _FULL or status == "507":
        return "full"
    if code == "InvalidRange" or status == "416":
        return "short"
    # Some answers have no code, as those to HEAD.
    if code == "NoSuchKey" or (status == "404" and code == ""):
        return "missing"
    return "away"


def is_answer(text: str) -> bool:
    """Whether it was the server that said so."""
    return bool(_found(_CODE, text) or _found(_STATUS, text))


def reason(text: str) -> str:
    """The same in a few words."""
    code, status, kind = _found(_CODE, text), _found(_STATUS, text), _found(_KIND, text)
    if code or status:
        return " ".join(filter(None, (status, code)))
    return _KINDS.get(kind, "an error that the library does not explain")


def advice(known: str) -> str | None:
    """What an administrator can do about something with this reason in it."""
    return next((what for word, what in _ADVICE.items() if word in known), None)


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""
