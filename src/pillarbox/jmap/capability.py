"""What this server can do beside the core, by the names that RFCs give it: a row a capability.

A row says what a client is told of it in the Session, once for the server and once for each account (RFC 8620 section
2); an account for which it says nothing does not have it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pillarbox.access import Grant, Reach, Rights, permission_of
from pillarbox.datatypes.core import DIGESTS, LOOKED_UP, MAX_SOURCES
from pillarbox.datatypes.journal import JOURNAL
from pillarbox.objects import Limits, Registry
from pillarbox.wire.collation import COLLATIONS
from pillarbox.wire.values import JSON

__all__ = [
    "ADMIN",
    "BLOB",
    "CAPABILITIES",
    "CORE",
    "JOURNAL",
    "MAIL",
    "MDN",
    "QUOTA",
    "ROWS",
    "SUBMISSION",
    "VACATION",
    "VAPID",
    "WEBSOCKET",
    "Capability",
    "Facts",
    "Traffic",
    "supports",
    "told_of",
]

ADMIN = "urn:pillarbox:params:jmap:admin"
"""Ours: what administrators manage, in the account of the server itself."""
BLOB = "urn:ietf:params:jmap:blob"
CORE = "urn:ietf:params:jmap:core"
MAIL = "urn:ietf:params:jmap:mail"
MDN = "urn:ietf:params:jmap:mdn"
QUOTA = "urn:ietf:params:jmap:quota"
SUBMISSION = "urn:ietf:params:jmap:submission"
VACATION = "urn:ietf:params:jmap:vacationresponse"
VAPID = "urn:ietf:params:jmap:webpush-vapid"
WEBSOCKET = "urn:ietf:params:jmap:websocket"


@dataclass(frozen=True, slots=True)
class Traffic:
    """What one client may send at once; sizes in octets."""

    size_request: int = 10_000_000
    concurrent_requests: int = 4
    calls_in_request: int = 16
    concurrent_upload: int = 4


@dataclass(frozen=True, slots=True)
class Facts:
    """What there is to be told: the types and limits, the public key of pushes, the URL without a slash at its end."""

    registry: Registry
    limits: Limits
    traffic: Traffic
    push_key: str | None
    base: str


@dataclass(frozen=True, slots=True)
class Capability:
    """One capability; each function gives what is told, or None for nothing at all."""

    name: str
    server: Callable[[Facts], Mapping[str, JSON] | None]
    account: Callable[[Facts, Grant], Mapping[str, JSON] | None]
    lacks: Callable[[Grant | Reach], bool] = lambda _: False
    """The accounts whose types it is not for: a call for one of them is accountNotSupportedByMethod."""


def _nothing(_facts: Facts) -> Mapping[str, JSON]:
    return {}


def _empty(_facts: Facts, _grant: Grant) -> Mapping[str, JSON]:
    return {}


def _of_no_account(_facts: Facts, _grant: Grant) -> None:
    return None


def _core(facts: Facts) -> Mapping[str, JSON]:
    limits, traffic = facts.limits, facts.traffic
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


def _mail(facts: Facts, grant: Grant) -> Mapping[str, JSON]:
    """What RFC 8621 section 1.3.1 asks for."""
    return {
        "maxMailboxesPerEmail": None,
        "maxMailboxDepth": facts.limits.mailbox_depth,
        "maxSizeMailboxName": facts.limits.mailbox_name,
        "maxSizeAttachmentsPerEmail": facts.limits.attachments,
        "emailQuerySortOptions": list(facts.registry["Email"].comparators),
        "mayCreateTopLevelMailbox": grant.rights is Rights.FULL,
    }


def _blob(facts: Facts, _grant: Grant) -> Mapping[str, JSON]:
    """What RFC 9404 section 3.1 asks for."""
    return {
        "maxSizeBlobSet": facts.limits.upload,
        "maxDataSources": MAX_SOURCES,
        "supportedTypeNames": list(LOOKED_UP),
        "supportedDigestAlgorithms": list(DIGESTS),
    }


def _submission(facts: Facts, _grant: Grant) -> Mapping[str, JSON]:
    """What RFC 8621 section 1.3.2 asks for; how long a message can be held is told by maxDelayedSend."""
    extensions: dict[str, JSON] = {"SIZE": [str(facts.limits.message)], "DSN": []}
    if facts.limits.delayed_send:
        extensions["FUTURERELEASE"] = []
    return {"maxDelayedSend": facts.limits.delayed_send, "submissionExtensions": extensions}


def _only_read(grant: Grant | Reach) -> bool:
    """Whoever may only read an account may not send from it (RFC 8621 section 1.4)."""
    return grant.rights is not Rights.FULL


def _shared(grant: Grant | Reach) -> bool:
    """Nobody is away for a group (RFC 8621 section 1.4)."""
    return not grant.personal


def _vapid(facts: Facts) -> Mapping[str, JSON] | None:
    """RFC 9749 section 3."""
    return {"applicationServerKey": facts.push_key} if facts.push_key else None


def _websocket(facts: Facts) -> Mapping[str, JSON]:
    """RFC 8887 section 3. The URL has the scheme that goes with the base's: https and wss, http and ws."""
    return {"url": f"ws{facts.base.removeprefix('http')}/jmap/ws", "supportsPush": True}


ROWS = (
    Capability(CORE, _core, _of_no_account),
    Capability(ADMIN, _nothing, _empty),
    Capability(BLOB, _nothing, _blob),
    Capability(JOURNAL, _nothing, _empty, lacks=_only_read),
    Capability(MAIL, _nothing, _mail),
    Capability(MDN, _nothing, _empty),
    Capability(QUOTA, _nothing, _empty),
    Capability(SUBMISSION, _nothing, _submission, lacks=_only_read),
    Capability(VACATION, _nothing, _empty, lacks=_shared),
    Capability(VAPID, _vapid, _of_no_account),
    Capability(WEBSOCKET, _websocket, _of_no_account),
)

CAPABILITIES = frozenset(row.name for row in ROWS)
"""What `using` may name."""

_LACKING = {row.name: row.lacks for row in ROWS}


def supports(grant: Grant | Reach, capability: str) -> bool:
    """Whether the types of a capability are for an account, as this actor has it."""
    if grant.is_server or capability == ADMIN:
        return grant.is_server and capability == ADMIN
    return capability not in _LACKING or not _LACKING[capability](grant)


def told_of(facts: Facts, grant: Grant, permissions: frozenset[str]) -> dict[str, JSON]:
    """What a client is told of an account, by capability; those of which it may use no method are left out."""
    usable = _usable(facts.registry, permissions)
    rows = (row for row in ROWS if row.name in usable and supports(grant, row.name))
    return {row.name: dict(told) for row in rows if (told := row.account(facts, grant)) is not None}


def _usable(registry: Registry, permissions: frozenset[str]) -> frozenset[str]:
    return frozenset(
        method.capability or kind.capability
        for kind in registry
        for method in kind.methods
        if permission_of(kind.name, method.name) in permissions
    )
