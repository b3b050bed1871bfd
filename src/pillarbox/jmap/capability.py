"""What this server can do beside the core, by the names that RFCs give it: a row a capability.

A row says what a client is told of it in the Session, once for the server and once for each account (RFC 8620 section
2); an account for which it says nothing does not have it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pillarbox.access import Grant, Rights
from pillarbox.objects import Limits, Registry
from pillarbox.wire.collation import COLLATIONS
from pillarbox.wire.values import JSON

__all__ = ["CAPABILITIES", "CORE", "MAIL", "ROWS", "VAPID", "Capability", "Facts", "Traffic"]

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


def _nothing(_facts: Facts) -> Mapping[str, JSON]:
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


def _vapid(facts: Facts) -> Mapping[str, JSON] | None:
    """RFC 9749 section 3."""
    return {"applicationServerKey": facts.push_key} if facts.push_key else None


ROWS = (
    Capability(CORE, _core, _of_no_account),
    Capability(MAIL, _nothing, _mail),
    Capability(VAPID, _vapid, _of_no_account),
)

CAPABILITIES = frozenset(row.name for row in ROWS)
"""What `using` may name."""
