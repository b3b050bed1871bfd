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

    AUTH_FAILED = "auth.failed", "warn", "Credentials were refused: scheme, address and reason."
    HTTP_FAILED = "http.failed", "error", "A bug ended a request, answered 500: method, path, exception."
    HTTP_REQUEST = "http.request", "debug", "A request was answered: method, path, status, milliseconds."
    IMPORT_DONE = "import.done", "info", "An import ended: account, messages, skipped, seconds."
    JMAP_FAILED = "jmap.failed", "error", "A bug ended a method call, answered serverFail: method, exception."
    LIBRARY_SPOKE = "library.spoke", "warn", "A library had a warning or an error: logger, text, exception."
    LMTP_DEFERRED = "lmtp.deferred", "warn", "A message is to be offered again: recipient, reply, id, account, reason."
    LMTP_DELIVERED = "lmtp.delivered", "info", "A message was accepted: recipient, reply, id, account, email, bytes."
    LMTP_ENDED = "lmtp.ended", "info", "We ended a connection: peer, reply."
    LMTP_FAILED = "lmtp.failed", "error", "A bug put off a message or cut a connection: recipient, id, exception."
    LMTP_REFUSED = "lmtp.refused", "info", "A recipient or a message was refused: recipient, reply, id, account."
    LMTP_REPEATED = "lmtp.repeated", "info", "A message was accepted that was filed before: recipient, id, account."
    SERVER_STARTED = "server.started", "info", "Connections are accepted: version, listeners."
    SERVER_STOPPED = "server.stopped", "info", "The last connection is closed: seconds of service."
    SETTINGS_PROBLEM = "settings.problem", "warn", "A setting is not in force as written: key, kind, text."

    STORE_FAILED = "store.failed", "error", "The store could not do as asked, answered 503 or 500: known."

    def __init__(self, title: str, level: EventLevel, doc: str) -> None:
        self.title = title
        self.level = level
        self.doc = doc


EVENTS: Mapping[str, str] = MappingProxyType({event.title: event.doc for event in Event})
"""Every event's name and its one line of documentation."""
