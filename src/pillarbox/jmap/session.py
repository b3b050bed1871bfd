"""The session resource: what this server can do, and for whom (RFC 8620 section 2)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from pillarbox.access import Actor, Rights
from pillarbox.objects import Limits, Registry
from pillarbox.wire.collation import COLLATIONS
from pillarbox.wire.values import JSON

__all__ = ["CORE", "MAIL", "VAPID", "Session", "Traffic", "session"]

CORE = "urn:ietf:params:jmap:core"
MAIL = "urn:ietf:params:jmap:mail"
VAPID = "urn:ietf:params:jmap:webpush-vapid"


@dataclass(frozen=True, slots=True)
class Traffic:
    """What one client may send at once; sizes in octets."""

    size_request: int = 10_000_000
    concurrent_requests: int = 4
    calls_in_request: int = 16
    concurrent_upload: int = 4


@dataclass(frozen=True, slots=True)
class Session:
    """A session as its client reads it, and its state."""

    octets: bytes
    state: str


def session(
    actor: Actor, base: str, registry: Registry, limits: Limits, traffic: Traffic, push_key: str | None = None
) -> Session:
    """The Session object of an actor whose client reaches this server at `base`, a URL without a slash at its end.

    `push_key` is the public key that pushes are signed with (RFC 9749 section 3), None if none are sent.
    The state is a digest of all the rest, so it changes exactly when something does.
    """
    mail = _mail(registry, limits)
    personal = [account_id for account_id, grant in actor.accounts.items() if grant.personal]
    content: dict[str, JSON] = {
        "capabilities": {
            CORE: _core(limits, traffic),
            MAIL: {},
            **({VAPID: {"applicationServerKey": push_key}} if push_key else {}),
        },
        "accounts": {
            account_id: {
                "name": grant.name,
                "isPersonal": grant.personal,
                "isReadOnly": grant.rights is Rights.READ,
                "accountCapabilities": {MAIL: {**mail, "mayCreateTopLevelMailbox": grant.rights is Rights.FULL}},
            }
            for account_id, grant in actor.accounts.items()
        },
        "primaryAccounts": dict.fromkeys((MAIL,), personal[0]) if personal else {},
        "username": actor.name,
        "apiUrl": f"{base}/jmap/",
        "downloadUrl": f"{base}/jmap/download/{{accountId}}/{{blobId}}/{{name}}?accept={{type}}",
        "uploadUrl": f"{base}/jmap/upload/{{accountId}}/",
        "eventSourceUrl": f"{base}/jmap/eventsource/?types={{types}}&closeafter={{closeafter}}&ping={{ping}}",
    }
    state = hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]
    return Session(orjson.dumps({**content, "state": state}), state)


def _core(limits: Limits, traffic: Traffic) -> Mapping[str, JSON]:
    return {
        "maxSizeUpload": limits.upload,
        "maxConcurrentUpload": traffic.concurrent_upload,
        "maxSizeRequest": traffic.size_request,
        "maxConcurrentRequests": traffic.concurrent_requests,
        "maxCallsInRequest": traffic.calls_in_request,
        "maxObjectsInGet": limits.objects_in_get,
        "maxObjectsInSet": limits.objects_in_set,
        "collationAlgorithms": list(COLLATIONS),
    }


def _mail(registry: Registry, limits: Limits) -> Mapping[str, Any]:
    """What RFC 8621 section 1.3.1 asks for."""
    return {
        "maxMailboxesPerEmail": None,
        "maxMailboxDepth": limits.mailbox_depth,
        "maxSizeMailboxName": limits.mailbox_name,
        "maxSizeAttachmentsPerEmail": limits.attachments,
        "emailQuerySortOptions": list(registry["Email"].comparators),
    }
