"""Settings of JMAP: the limits of a request, uploads, mailboxes, e-mail and push.

Constants that are announced to clients have the names of RFC 8620 section 2 and RFC 8621 section 1.3.
"""

from pillarbox.settings.catalogue.folder import FOLDERS
from pillarbox.settings.declare import Group, Setting
from pillarbox.settings.kind import COUNT, optional
from pillarbox.settings.quantity import BYTES, DURATION, Bytes, Duration

__all__ = [
    "EVENT_SOURCE_THROTTLE",
    "JMAP",
    "MAX_CALLS_IN_REQUEST",
    "MAX_CHANGES",
    "MAX_CHANGES_HISTORY",
    "MAX_CONCURRENT_REQUESTS",
    "MAX_CONCURRENT_UPLOAD",
    "MAX_DELAYED_SEND",
    "MAX_MAILBOX_DEPTH",
    "MAX_OBJECTS_IN_GET",
    "MAX_OBJECTS_IN_SET",
    "MAX_PARSED",
    "MAX_QUERY_RESULTS",
    "MAX_QUEUED",
    "MAX_SIZE_ATTACHMENTS_PER_EMAIL",
    "MAX_SIZE_EMAIL",
    "MAX_SIZE_MAILBOX_NAME",
    "MAX_SIZE_REQUEST",
    "MAX_SIZE_UPLOAD",
    "MAX_SNIPPETS",
    "MAX_SUBMISSION_RECIPIENTS",
    "PUSH_ATTEMPTS",
    "PUSH_ATTEMPTS_INTERVAL",
    "PUSH_MAX_TOTAL",
    "PUSH_THROTTLE",
    "PUSH_TIMEOUT_REQUEST",
    "PUSH_TIMEOUT_VERIFY",
    "UPLOAD_QUOTA_FILES",
    "UPLOAD_QUOTA_SIZE",
    "UPLOAD_TTL",
    "WEB_SOCKET_HEARTBEAT",
    "WEB_SOCKET_THROTTLE",
    "WEB_SOCKET_TIMEOUT",
]

MAX_CONCURRENT_REQUESTS = Setting(
    "jmap.protocol.request.max-concurrent",
    COUNT,
    4,
    "How many requests of one account may be in progress at once (`maxConcurrentRequests`).",
)
MAX_SIZE_REQUEST = Setting(
    "jmap.protocol.request.max-size",
    BYTES,
    Bytes(10_000_000),
    "The largest request (`maxSizeRequest`).",
)
MAX_CALLS_IN_REQUEST = Setting(
    "jmap.protocol.request.max-calls",
    COUNT,
    16,
    "How many method calls one request may hold (`maxCallsInRequest`).",
)
MAX_OBJECTS_IN_GET = Setting(
    "jmap.protocol.get.max-objects",
    COUNT,
    # Clients ask for a whole screen or mailbox at once, and show an empty list when refused.
    4096,
    "How many objects one `/get` may ask for (`maxObjectsInGet`).",
)
MAX_OBJECTS_IN_SET = Setting(
    "jmap.protocol.set.max-objects",
    COUNT,
    500,
    "How many objects one `/set` may create, update and destroy together (`maxObjectsInSet`).",
)
MAX_QUERY_RESULTS = Setting(
    "jmap.protocol.query.max-results",
    COUNT,
    5000,
    "How many ids one `/query` gives at most, whatever `limit` it was sent.",
)
MAX_SNIPPETS = Setting(
    "jmap.protocol.search-snippet.max-results",
    COUNT,
    100,
    "For how many e-mails one `SearchSnippet/get` may ask.",
)
MAX_PARSED = Setting(
    "jmap.email.parse.max-items",
    COUNT,
    10,
    "How many blobs one `Email/parse` or `MDN/parse` may read as messages.",
)
MAX_CHANGES = Setting(
    "jmap.protocol.changes.max-results",
    COUNT,
    5000,
    "How many ids one `/changes` gives at most, whatever `maxChanges` it was sent.",
)
MAX_CHANGES_HISTORY = Setting(
    "jmap.protocol.changes.max-history",
    optional(DURATION),
    Duration(30 * 86_400_000),
    "How long changes are remembered; a client that was away longer starts afresh. Off: for ever.",
)
MAX_SIZE_UPLOAD = Setting(
    "jmap.protocol.upload.max-size",
    BYTES,
    Bytes(50_000_000),
    "The largest upload (`maxSizeUpload`).",
)
MAX_CONCURRENT_UPLOAD = Setting(
    "jmap.protocol.upload.max-concurrent",
    COUNT,
    4,
    "How many uploads of one account may be in progress at once (`maxConcurrentUpload`).",
)
UPLOAD_TTL = Setting(
    "jmap.protocol.upload.ttl",
    DURATION,
    Duration(3_600_000),
    "How long an upload is kept while nothing refers to it.",
)
UPLOAD_QUOTA_FILES = Setting(
    "jmap.protocol.upload.quota.files",
    optional(COUNT),
    1000,
    "How many uploads that nothing refers to an account may have. Off: any number.",
)
UPLOAD_QUOTA_SIZE = Setting(
    "jmap.protocol.upload.quota.size",
    optional(BYTES),
    Bytes(50_000_000),
    "How large those uploads may be together. Off: any size.",
)
MAX_MAILBOX_DEPTH = Setting(
    "jmap.mailbox.max-depth",
    COUNT,
    10,
    "How deep mailboxes may be nested (`maxMailboxDepth`).",
)
MAX_SIZE_MAILBOX_NAME = Setting(
    "jmap.mailbox.max-name-length",
    COUNT,
    255,
    "The longest name of a mailbox, in bytes of UTF-8 (`maxSizeMailboxName`).",
)
MAX_SIZE_ATTACHMENTS_PER_EMAIL = Setting(
    "jmap.email.max-attachment-size",
    BYTES,
    Bytes(50_000_000),
    "How large the attachments of a new e-mail may be together (`maxSizeAttachmentsPerEmail`).",
)
MAX_SIZE_EMAIL = Setting(
    "jmap.email.max-size",
    BYTES,
    Bytes(75_000_000),
    "The largest e-mail a client may make.",
)
MAX_SUBMISSION_RECIPIENTS = Setting(
    "jmap.submission.max-recipients",
    COUNT,
    # RFC 5321 section 4.5.3.1.8: what every server must take at once.
    100,
    "To how many recipients one message may be sent (`maxRecipients`).",
)
MAX_QUEUED = Setting(
    "jmap.submission.max-queued",
    COUNT,
    10_000,
    "How many messages of one account may be on their way at once; no more are taken then (`forbiddenToSend`).",
)
MAX_DELAYED_SEND = Setting(
    "jmap.submission.max-delay",
    optional(DURATION),
    Duration(30 * 86_400_000),
    "For how long a message may wait to be sent because its sender wants it to (`maxDelayedSend`). Off: not at all.",
)
EVENT_SOURCE_THROTTLE = Setting(
    "jmap.event-source.throttle",
    DURATION,
    Duration(100),
    "The shortest time between two state events to one event source; the first goes out at once.",
)
WEB_SOCKET_THROTTLE = Setting(
    "jmap.web-socket.throttle",
    DURATION,
    Duration(100),
    "The shortest time between two state changes that are told on one WebSocket; the first is told at once.",
    aliases=("jmap.web-sockets.throttle",),
)
WEB_SOCKET_TIMEOUT = Setting(
    "jmap.web-socket.timeout",
    DURATION,
    Duration(600_000),
    "How long a WebSocket may be silent before it is closed. An answer to a ping, which browsers give by themselves, "
    "is no silence.",
    aliases=("jmap.web-sockets.timeout",),
)
WEB_SOCKET_HEARTBEAT = Setting(
    "jmap.web-socket.heartbeat",
    DURATION,
    Duration(60_000),
    "How often a WebSocket is sent a ping, so that nothing in between takes the connection for dead.",
    aliases=("jmap.web-sockets.heartbeat",),
)
PUSH_MAX_TOTAL = Setting(
    "jmap.push.max-total",
    COUNT,
    100,
    "How many push subscriptions one account may have.",
)
PUSH_THROTTLE = Setting(
    "jmap.push.throttle",
    DURATION,
    Duration(1000),
    "The shortest time between two pushes to one subscription; what changes meanwhile is told together.",
)
PUSH_ATTEMPTS = Setting(
    "jmap.push.attempts.max",
    COUNT,
    3,
    "How often a push is tried; then it waits until there is more to tell.",
)
PUSH_ATTEMPTS_INTERVAL = Setting(
    "jmap.push.attempts.interval",
    DURATION,
    Duration(60_000),
    "How long after a failed push it is tried again; each further failure doubles it, up to an hour.",
)
PUSH_TIMEOUT_REQUEST = Setting(
    "jmap.push.timeout.request",
    DURATION,
    Duration(10_000),
    "How long one push may take.",
)
PUSH_TIMEOUT_VERIFY = Setting(
    "jmap.push.timeout.verify",
    DURATION,
    Duration(3_600_000),
    "How long a new subscription waits for its verification code to come back; then it is destroyed.",
)

JMAP = Group(
    "JMAP",
    "What one request, one upload and one e-mail may be. The names in brackets are those that clients are "
    "told (RFC 8620 section 2, RFC 8621 section 1.3).",
    (
        MAX_CONCURRENT_REQUESTS,
        MAX_SIZE_REQUEST,
        MAX_CALLS_IN_REQUEST,
        MAX_OBJECTS_IN_GET,
        MAX_OBJECTS_IN_SET,
        MAX_QUERY_RESULTS,
        MAX_SNIPPETS,
        MAX_PARSED,
        MAX_CHANGES,
        MAX_CHANGES_HISTORY,
        MAX_SIZE_UPLOAD,
        MAX_CONCURRENT_UPLOAD,
        UPLOAD_TTL,
        UPLOAD_QUOTA_FILES,
        UPLOAD_QUOTA_SIZE,
        MAX_MAILBOX_DEPTH,
        MAX_SIZE_MAILBOX_NAME,
        MAX_SIZE_ATTACHMENTS_PER_EMAIL,
        MAX_SIZE_EMAIL,
        MAX_SUBMISSION_RECIPIENTS,
        MAX_QUEUED,
        MAX_DELAYED_SEND,
        EVENT_SOURCE_THROTTLE,
        WEB_SOCKET_THROTTLE,
        WEB_SOCKET_TIMEOUT,
        WEB_SOCKET_HEARTBEAT,
        PUSH_MAX_TOTAL,
        PUSH_THROTTLE,
        PUSH_ATTEMPTS,
        PUSH_ATTEMPTS_INTERVAL,
        PUSH_TIMEOUT_REQUEST,
        PUSH_TIMEOUT_VERIFY,
        FOLDERS,
    ),
)
