"""All settings there are, in groups: the one place where a key, a default and its meaning are written.

It must not know who obeys a setting. Begin at `server`, the smallest group; `GROUPS` is the order of the
documentation. To add a setting: declare it in the file of its group, name it in that group, and here.
"""

from itertools import chain

from pillarbox.settings.catalogue.delivery import (
    ACCOUNT_QUOTA,
    DELIVERY,
    MAX_RECEIVED_HEADERS,
    MAX_RECIPIENTS,
    MAX_SIZE_MESSAGE,
    SESSION_TIMEOUT,
    SUB_ADDRESSING,
)
from pillarbox.settings.catalogue.folder import FOLDERS, Folder
from pillarbox.settings.catalogue.jmap import (
    EVENT_SOURCE_THROTTLE,
    JMAP,
    MAX_CALLS_IN_REQUEST,
    MAX_CHANGES,
    MAX_CHANGES_HISTORY,
    MAX_CONCURRENT_REQUESTS,
    MAX_CONCURRENT_UPLOAD,
    MAX_MAILBOX_DEPTH,
    MAX_OBJECTS_IN_GET,
    MAX_OBJECTS_IN_SET,
    MAX_QUERY_RESULTS,
    MAX_SIZE_ATTACHMENTS_PER_EMAIL,
    MAX_SIZE_EMAIL,
    MAX_SIZE_MAILBOX_NAME,
    MAX_SIZE_REQUEST,
    MAX_SIZE_UPLOAD,
    PUSH_ATTEMPTS,
    PUSH_ATTEMPTS_INTERVAL,
    PUSH_MAX_TOTAL,
    PUSH_THROTTLE,
    PUSH_TIMEOUT_REQUEST,
    PUSH_TIMEOUT_VERIFY,
    UPLOAD_QUOTA_FILES,
    UPLOAD_QUOTA_SIZE,
    UPLOAD_TTL,
)
from pillarbox.settings.catalogue.listener import (
    BACKLOG,
    LISTENERS,
    LISTENING,
    MAX_CONNECTIONS,
    Listener,
    ListenerProtocol,
)
from pillarbox.settings.catalogue.server import (
    HOSTNAME,
    HTTP_URL,
    LOG_FORMAT,
    LOG_LEVEL,
    OUTBOUND_ALLOW_NETWORKS,
    SERVER,
    WORKERS,
)
from pillarbox.settings.catalogue.store import (
    DATA_STORE,
    STORAGE,
    STORES,
    DatabaseStore,
    FolderStore,
    StoreChoice,
    UnusableStore,
)
from pillarbox.settings.declare import Declared, Group

__all__ = [
    "ACCOUNT_QUOTA",
    "BACKLOG",
    "CATALOGUE",
    "DATA_STORE",
    "DELIVERY",
    "EVENT_SOURCE_THROTTLE",
    "FOLDERS",
    "GROUPS",
    "HOSTNAME",
    "HTTP_URL",
    "JMAP",
    "LISTENERS",
    "LISTENING",
    "LOG_FORMAT",
    "LOG_LEVEL",
    "MAX_CALLS_IN_REQUEST",
    "MAX_CHANGES",
    "MAX_CHANGES_HISTORY",
    "MAX_CONCURRENT_REQUESTS",
    "MAX_CONCURRENT_UPLOAD",
    "MAX_CONNECTIONS",
    "MAX_MAILBOX_DEPTH",
    "MAX_OBJECTS_IN_GET",
    "MAX_OBJECTS_IN_SET",
    "MAX_QUERY_RESULTS",
    "MAX_RECEIVED_HEADERS",
    "MAX_RECIPIENTS",
    "MAX_SIZE_ATTACHMENTS_PER_EMAIL",
    "MAX_SIZE_EMAIL",
    "MAX_SIZE_MAILBOX_NAME",
    "MAX_SIZE_MESSAGE",
    "MAX_SIZE_REQUEST",
    "MAX_SIZE_UPLOAD",
    "OUTBOUND_ALLOW_NETWORKS",
    "PUSH_ATTEMPTS",
    "PUSH_ATTEMPTS_INTERVAL",
    "PUSH_MAX_TOTAL",
    "PUSH_THROTTLE",
    "PUSH_TIMEOUT_REQUEST",
    "PUSH_TIMEOUT_VERIFY",
    "SERVER",
    "SESSION_TIMEOUT",
    "STORAGE",
    "STORES",
    "SUB_ADDRESSING",
    "UPLOAD_QUOTA_FILES",
    "UPLOAD_QUOTA_SIZE",
    "UPLOAD_TTL",
    "WORKERS",
    "DatabaseStore",
    "Folder",
    "FolderStore",
    "Listener",
    "ListenerProtocol",
    "StoreChoice",
    "UnusableStore",
]

GROUPS: tuple[Group, ...] = (SERVER, LISTENING, STORAGE, JMAP, DELIVERY)
"""Every group, in the order of the documentation."""

CATALOGUE: tuple[Declared[object], ...] = tuple(chain.from_iterable(group.settings for group in GROUPS))
"""Every setting there is."""
