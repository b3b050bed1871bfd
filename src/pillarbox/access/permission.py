"""What may be done here, by name: a permission for each method, each resource of administration and each protocol.

The names are those of the reference's management API (section 20); where we have a method without one, its name is made
in the same way. What is in a role is said here too, so that a permission is one line in one place.
"""

from functools import lru_cache

__all__ = [
    "AUTHENTICATE",
    "AUTHENTICATE_OAUTH",
    "ECHO",
    "EMAIL_RECEIVE",
    "EMAIL_SEND",
    "MANAGE_ENCRYPTION",
    "MANAGE_PASSWORDS",
    "OF_ADMIN",
    "OF_TENANT_ADMIN",
    "OF_USER",
    "PERMISSIONS",
    "SEES_THE_SERVER",
    "permission_of",
]

AUTHENTICATE = "authenticate"
"""To use the account at all, by whatever credentials."""
AUTHENTICATE_OAUTH = "authenticate-oauth"
"""To use it by OAuth tokens."""
EMAIL_SEND = "email-send"
EMAIL_RECEIVE = "email-receive"
MANAGE_ENCRYPTION = "manage-encryption"
MANAGE_PASSWORDS = "manage-passwords"
ECHO = "jmap-echo"


def _each(prefix: str, names: str) -> frozenset[str]:
    return frozenset(f"{prefix}-{name}" for name in names.split())


_CHANGED = "list get create update delete"

_ITS_OWN = frozenset((AUTHENTICATE, AUTHENTICATE_OAUTH, EMAIL_SEND, EMAIL_RECEIVE, MANAGE_ENCRYPTION, MANAGE_PASSWORDS))
_JMAP = (
    _each("jmap-email", "get set changes copy import parse query query-changes")
    | _each("jmap-mailbox", "get set changes query query-changes")
    | _each("jmap-thread", "get changes")
    | _each("jmap-identity", "get set changes")
    | _each("jmap-email-submission", "get set changes query query-changes")
    | _each("jmap-push-subscription", "get set")
    | _each("jmap-sieve-script", "get set query query-changes validate")
    | _each("jmap-vacation-response", "get set")
    | _each("jmap-quota", "get changes query query-changes")
    | _each("jmap-blob", "get copy lookup upload")
    # Ours: the reference knows no MDNs.
    | _each("jmap-mdn", "parse send")
    # Ours: the way of one's own messages.
    | _each("jmap-journal-entry", "get changes query query-changes")
    | {"jmap-search-snippet", ECHO}
)
_IMAP = _each(
    "imap",
    "authenticate acl-get acl-set my-rights list-rights append capability id copy move create delete enable expunge "
    "fetch idle list lsub namespace rename search sort select examine status store subscribe thread",
)
_POP3 = _each("pop3", "authenticate list uidl stat retr dele")
_SIEVE = _each(
    "sieve",
    "authenticate list-scripts set-active get-script put-script delete-script rename-script check-script have-space",
)
_SPAM = _each("spam-filter", "train classify")

OF_USER = _ITS_OWN | _JMAP | _IMAP | _POP3 | _SIEVE | _SPAM
"""Those of the role `user`: all that somebody does with their own account."""

OF_TENANT_ADMIN = (
    OF_USER
    | _each("message-queue", "list get update delete")
    | _each("outgoing-report", "list get delete")
    | _each("incoming-report", "list get delete")
    | _each("individual", _CHANGED)
    | _each("group", _CHANGED)
    | _each("domain", _CHANGED)
    | _each("mailing-list", _CHANGED)
    | _each("role", _CHANGED)
    | _each("principal", _CHANGED)
    | _each("api-key", _CHANGED)
    | _each("dkim-signature", "create get")
    | _each("jmap-principal", "get query query-changes")
    | {"undelete"}
)
"""Those of the role `tenant-admin`."""

OF_ADMIN = (
    OF_TENANT_ADMIN
    | _each("settings", "list update delete reload")
    | _each("tenant", _CHANGED)
    | _each("oauth-client", f"{_CHANGED} registration override")
    | _each("purge", "blob-store data-store in-memory-store account")
    | _each("tracing", "list get live")
    | _each("metrics", "list live")
    | {
        "ai-model-interact",
        "blob-fetch",
        "delete-system-folders",
        "fts-reindex",
        "impersonate",
        "logs-view",
        # Ours: tokens of others may be asked about (RFC 7662 section 4).
        "oauth-token-introspect",
        "restart",
        "spam-filter-update",
        "troubleshoot",
        "unlimited-requests",
        "unlimited-uploads",
        "webadmin-update",
    }
)
"""Those of the role `admin`: all that there are."""

PERMISSIONS = OF_ADMIN
"""The vocabulary."""


@lru_cache(maxsize=1024)
def permission_of(type_name: str, verb: str) -> str:
    """The permission for a JMAP method: `Email`, `queryChanges` is `jmap-email-query-changes`."""
    return _ODD.get((type_name, verb)) or f"jmap-{_dashed(type_name)}-{_dashed(verb)}"


_MANAGED = {
    "Account": "principal",
    "ApiKey": "api-key",
    "Ban": "settings",
    "Certificate": "settings",
    "Domain": "domain",
    "OAuthClient": "oauth-client",
    "Queue": "message-queue",
    "QueuedMessage": "message-queue",
    "Role": "role",
    "SecurityEvent": "principal",
    "Setting": "settings",
    "Tenant": "tenant",
}
"""The types of the server's own account, by what their permissions are called in the management API."""
_AS_MANAGED = {"get": "get", "query": "list", "queryChanges": "list", "changes": "list", "set": "update"}


def _managed(type_name: str, verb: str) -> str:
    name = f"{_MANAGED[type_name]}-{_AS_MANAGED[verb]}"
    # Settings have no permission of their own to be read one by one.
    return name if name in PERMISSIONS else f"{_MANAGED[type_name]}-list"


SEES_THE_SERVER = frozenset(_managed(name, "get") for name in _MANAGED)
"""Permissions of which somebody has at least one who sees anything of the server's own account."""

_ODD = {("Core", "echo"): ECHO, ("SearchSnippet", "get"): "jmap-search-snippet"} | {
    (name, verb): _managed(name, verb) for name in _MANAGED for verb in _AS_MANAGED
}


def _dashed(name: str) -> str:
    """`EmailSubmission` as `email-submission`, `MDN` as `mdn`."""
    if name.isupper():
        return name.lower()
    return "".join(f"-{one.lower()}" if one.isupper() and at else one.lower() for at, one in enumerate(name))
