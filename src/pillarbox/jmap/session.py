"""The session resource: what this server can do, and for whom (RFC 8620 section 2)."""

import hashlib
from dataclasses import dataclass

import orjson

from pillarbox.access import Actor, Grant, Rights
from pillarbox.jmap.capability import ROWS, Facts, told_of
from pillarbox.wire.values import JSON

__all__ = ["Session", "session"]


@dataclass(frozen=True, slots=True)
class Session:
    """A session as its client reads it, and its state."""

    octets: bytes
    state: str


def session(actor: Actor, facts: Facts) -> Session:
    """The Session object of an actor. The state is a digest of all the rest: it changes exactly when something does."""
    told = {id_: told_of(facts, grant, actor.permissions) for id_, grant in actor.accounts.items()}
    accounts: dict[str, JSON] = {id_: _account(grant, told[id_]) for id_, grant in actor.accounts.items()}
    content: dict[str, JSON] = {
        "capabilities": {row.name: one for row in ROWS if (one := row.server(facts)) is not None},
        "accounts": accounts,
        "primaryAccounts": {
            name: account_id
            for account_id, grant in actor.accounts.items()
            if grant.personal
            for name in told[account_id]
        },
        "username": actor.name,
        "apiUrl": f"{facts.base}/jmap/",
        "downloadUrl": f"{facts.base}/jmap/download/{{accountId}}/{{blobId}}/{{name}}?accept={{type}}",
        "uploadUrl": f"{facts.base}/jmap/upload/{{accountId}}/",
        "eventSourceUrl": f"{facts.base}/jmap/eventsource/?types={{types}}&closeafter={{closeafter}}&ping={{ping}}",
    }
    state = hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]
    return Session(orjson.dumps({**content, "state": state}), state)


def _account(grant: Grant, capabilities: dict[str, JSON]) -> JSON:
    return {
        "name": grant.name,
        "isPersonal": grant.personal,
        "isReadOnly": grant.rights is Rights.READ,
        "accountCapabilities": capabilities,
    }
