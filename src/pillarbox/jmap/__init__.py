"""JMAP's face of the engine (RFC 8620): requests, the session, what is pushed.

Begin with `process`: one request, each call in turn. `methods` reads the names of methods off the registry, `session`
describes what there is, `push` tells of changes. It must not know sockets or HTTP's headers, nor any rule of a type.
"""

from pillarbox.jmap.capability import CORE, MAIL, Facts, Traffic
from pillarbox.jmap.message import Asked, PushDisable, PushEnable, Unclear, change, refusal, response, said
from pillarbox.jmap.process import SMALL, RequestError, Service, asked, at_once, is_brief, process, told
from pillarbox.jmap.push import Changes, Rereading, Subscription
from pillarbox.jmap.session import Session, session

__all__ = [
    "CORE",
    "MAIL",
    "SMALL",
    "Asked",
    "Changes",
    "Facts",
    "PushDisable",
    "PushEnable",
    "RequestError",
    "Rereading",
    "Service",
    "Session",
    "Subscription",
    "Traffic",
    "Unclear",
    "asked",
    "at_once",
    "change",
    "is_brief",
    "process",
    "refusal",
    "response",
    "said",
    "session",
    "told",
]
