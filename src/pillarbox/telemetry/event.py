"""The table of events: every name a log line may begin with, its level and what it tells.

To add one, add a member; `docs/events.md` follows (`python -m pillarbox.telemetry.document`). A name is
the part of the server, a dot, and what happened, in the past tense where something happened. The
documentation is one line and names the fields. A misspelt event is a type error where it is emitted.
"""

from collections.abc import Mapping
from enum import Enum, unique
from types import MappingProxyType
from typing import Literal

__all__ = ["EVENTS", "Event", "EventLevel"]

EventLevel = Literal["debug", "info", "warn", "error"]


@unique
class Event(Enum):
    """One thing that can be said in the log; `title` is the name that is written."""

    ACME_FAILED = (
        "acme.failed",
        "warn",
        "A certificate could not be had: authority, names, known, again, ends (of the one in use), exception.",
    )
    ACME_ISSUED = "acme.issued", "info", "An authority gave a certificate: authority, names, ends."
    ACME_ORDERED = "acme.ordered", "info", "A certificate was ordered: authority, names, asked (names to be proved)."
    ACME_REGISTERED = (
        "acme.registered",
        "info",
        "An account at an authority was made, its terms agreed to: authority, directory, account, terms.",
    )
    AUTH_CREDENTIAL = (
        "auth.credential",
        "info",
        "What an account signs in with was added, changed or removed: account, kind, change, client.",
    )
    AUTH_FAILED = "auth.failed", "warn", "Credentials were refused: scheme, address and reason."
    AUTH_MASTER = "auth.master", "warn", "The master user signed in to another's account: account, client."
    AUTH_SUCCESS = (
        "auth.success",
        "info",
        "A name and a password, or an API key, were verified, which are then known for a while: account, kind, client.",
    )
    BACKUP_DONE = (
        "backup.done",
        "info",
        "A backup was written: accounts, objects, octets (of blobs), copied (of these), lost (blobs), seconds.",
    )
    BAN_MADE = "ban.made", "warn", "An address is not let in any more: address, reason, evidence, until."
    BAN_SPARED = (
        "ban.spared",
        "warn",
        "A proxy was not banned for its clients, `setting` tells them apart: address, reason, evidence, setting.",
    )
    BLOBS_AWAY = (
        "blobs.away",
        "error",
        "The place of large blobs (storage.blob) does not do as asked: known. What needs it is answered as temporary.",
    )
    BLOBS_BACK = "blobs.back", "info", "It does again: place."
    BLOBS_LOST = "blobs.lost", "error", "Objects refer to blobs that are gone, `pillarbox doctor` says which: account."
    DIRECTORY_ANSWERS = "directory.answers", "info", "A directory answers again: directory."
    DIRECTORY_AWAY = "directory.away", "warn", "A directory does not answer, its people wait: directory, known."
    DIRECTORY_DISPUTED = (
        "directory.disputed",
        "warn",
        "Somebody whom a directory knows has no account, the address is another's: directory, address, known.",
    )
    EXPORT_DONE = "export.done", "info", "An export ended: account, format, messages, missing, seconds."
    HTTP_EXPRESSION_FAILED = (
        "http.expression-failed",
        "error",
        "An expression gave nothing of use, so that requests were refused or told another URL: setting, known.",
    )
    HTTP_FAILED = "http.failed", "error", "A bug ended a request, answered 500: method, path, exception."
    HTTP_FORWARDED_IGNORED = (
        "http.forwarded-ignored",
        "warn",
        "What a proxy says of its clients does not count, `setting` would change it: client, setting.",
    )
    HTTP_INSECURE = (
        "http.insecure",
        "warn",
        "A request in the clear was refused, for `setting` does not lead to HTTPS: client, setting.",
    )
    HTTP_REFUSED = (
        "http.refused",
        "debug",
        "A connection was closed for what came over it, or what did not come: listener, client, status, known.",
    )
    HTTP_REQUEST = (
        "http.request",
        "debug",
        "A request was answered (at any level with `server.log.requests`): route, method, path, status, bytes, "
        "milliseconds, client, listener, account, agent.",
    )
    IMPORT_DONE = "import.done", "info", "An import ended: account, messages, skipped, seconds."
    JMAP_FAILED = "jmap.failed", "error", "A bug ended a method call, answered serverFail: method, exception."
    LIBRARY_SPOKE = "library.spoke", "warn", "A library had a warning or an error: logger, text, exception."
    LINK_FAILED = "link.failed", "error", "Other servers on the database are not heard or understood: known, exception."
    LINK_JOINED = "link.joined", "info", "Other servers on the database are heard again."
    LMTP_DEFERRED = "lmtp.deferred", "warn", "A message is to be offered again: recipient, reply, id, account, reason."
    LMTP_DELIVERED = "lmtp.delivered", "info", "A message was accepted: recipient, reply, id, account, email, bytes."
    LMTP_ENDED = "lmtp.ended", "info", "We ended a connection: peer, reply."
    LMTP_FAILED = "lmtp.failed", "error", "A bug put off a message or cut a connection: recipient, id, exception."
    LMTP_HANDED_ON = "lmtp.handed-on", "info", "A list's message was accepted: recipient, id, account, members."
    LMTP_REFUSED = "lmtp.refused", "info", "A recipient or a message was refused: recipient, reply, id, account."
    LMTP_REPEATED = "lmtp.repeated", "info", "A message was accepted that was filed before: recipient, id, account."
    LOG_FULL = "log.full", "error", "Nothing more is written to the file of the log today: file, most (octets)."
    LOG_STUCK = "log.stuck", "warn", "Old files of the log cannot be removed: known."
    MIGRATE_DONE = (
        "migrate.done",
        "info",
        "Accounts moved to another store: accounts, left (to move), objects, octets (of blobs), seconds.",
    )
    NETWORK_BIND_ERROR = "network.bind-error", "error", "An address is not listened on, others are: listener, known."
    NETWORK_PROXY_ERROR = "network.proxy-error", "warn", "A trusted proxy sent no right header: listener, peer, known."
    MANAGEMENT_CHANGED = (
        "management.changed",
        "info",
        "Who manages the server made, changed or removed something: manager, kind, name, change (which fields).",
    )
    PUSH_ENDED = (
        "push.ended",
        "info",
        "A subscription was destroyed, its URL is of no use: account, subscription, known.",
    )
    PUSH_FAILED = "push.failed", "warn", "A push waits until there is more: account, subscription, known, exception."
    QUEUE_DEFERRED = (
        "queue.deferred",
        "info",
        "A message is tried again later: account, message, recipient, reply, host.",
    )
    QUEUE_DELIVERED = "queue.delivered", "info", "A message is in an account here: account, message, recipient, reply."
    QUEUE_FAILED = "queue.failed", "error", "A bug stopped a message for a while: account, message, known, exception."
    QUEUE_REFUSED = (
        "queue.refused",
        "warn",
        "A message was given up for a recipient: account, message, recipient, reply, host.",
    )
    QUEUE_RELAYED = "queue.relayed", "info", "A server took a message: account, message, recipient, reply, host."
    OAUTH_ALLOWED = "oauth.allowed", "info", "Somebody let a client in: account, client, scopes."
    OAUTH_ENDED = "oauth.ended", "info", "A client is not let in any more: account, client, reason."
    OAUTH_REFUSED = "oauth.refused", "info", "What a client asked for was refused: endpoint, client, error, address."
    OAUTH_REGISTERED = "oauth.registered", "info", "A client was registered by an account: client, name, account."
    OAUTH_REUSED = (
        "oauth.reused",
        "warn",
        "A refresh token was used twice, one of the two had it from the other, so all ended: account, client, address.",
    )
    ORDERS_FAILED = (
        "orders.failed",
        "error",
        "A bug kept a process from doing as the supervisor asked: known, exception.",
    )
    RESTORE_DONE = "restore.done", "info", "A restoration ended: account (or all), objects, lost (blobs), seconds."
    SERVER_ASTRAY = (
        "server.astray",
        "warn",
        "The URL that clients are told does not lead here, or not as it should: setting, text.",
    )
    SERVER_RELOADED = (
        "server.reloaded",
        "info",
        "Settings were read again: applied, restart (keys that wait for one), problems, failed (processes).",
    )
    SERVER_STARTED = "server.started", "info", "Connections are accepted: version, listeners, workers."
    SERVER_CRAMPED = "server.cramped", "warn", "Fewer connections fit than the settings allow: descriptors, needed."
    SERVER_DRAINING = "server.draining", "info", "It ends, and serves on until nobody is sent here any more: seconds."
    SERVER_STOPPED = "server.stopped", "info", "The last connection is closed: seconds of service."
    SERVER_UNCHANGED = "server.unchanged", "error", "Settings could not be read again; those before hold: known."
    SETTINGS_CHANGED = "settings.changed", "info", "Settings are others in the database: by whom, keys, number."
    SETTINGS_PROBLEM = "settings.problem", "warn", "A setting is not in force as written: key, kind, text."

    TLS_CERTIFICATE_UNUSABLE = (
        "tls.certificate-unusable",
        "error",
        "A certificate is not shown, or clients will not trust it: certificate, known.",
    )
    TLS_CERTIFICATES_LOADED = "tls.certificates-loaded", "info", "Certificates are shown from now on: names."
    TLS_HANDSHAKE_FAILED = "tls.handshake-failed", "debug", "A client and we could not agree: listener, client, known."

    WORKER_ENDED = "worker.ended", "error", "A process of the server died: worker, status, and seconds until the next."
    WORKER_STARTED = "worker.started", "info", "A process of the server was started again, and works: worker."

    RATE_EXCEEDED = "rate.exceeded", "info", "A limit is used up until its time is: limit, client, rate."
    STORE_FAILED = (
        "store.failed",
        "error",
        "The store could not do as asked, which was told as temporary if it is: known.",
    )
    STORE_MOVED = "store.moved", "warn", "Another host of the database takes writes, and is written to: host."
    VOLATILE_FAILED = "volatile.failed", "error", "Each worker counts for itself until shared counts answer: known."
    VOLATILE_RENEWED = "volatile.renewed", "warn", "Shared counts were broken, and begin anew: known."

    def __init__(self, title: str, level: EventLevel, doc: str) -> None:
        self.title = title
        self.level = level
        self.doc = doc


EVENTS: Mapping[str, str] = MappingProxyType({event.title: event.doc for event in Event})
"""Every event's name and its one line of documentation."""
