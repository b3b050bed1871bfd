"""What a conversation is held with: people, their clients, and a server without sockets.

Begin with `jmap`: `says`, `hears` and `asks`. `like` compares what was heard, `web` is the HTTP client, `talk` a
WebSocket, `home` builds the server under test from the same parts as `pillarbox.app`.
"""

from tests.driver.home import FOLDERS, Home
from tests.driver.jmap import ADMIN, CORE, JMAP, MAIL, PUSHED, QUOTA, SUBMISSION, call, result_of
from tests.driver.like import ANY, NOTHING, assert_is, differences, like, one_of
from tests.driver.pair import Pair
from tests.driver.talk import Talk
from tests.driver.web import Reply, Request, Stream, Web

__all__ = [
    "ADMIN",
    "ANY",
    "CORE",
    "FOLDERS",
    "JMAP",
    "MAIL",
    "NOTHING",
    "PUSHED",
    "QUOTA",
    "SUBMISSION",
    "Home",
    "Pair",
    "Reply",
    "Request",
    "Stream",
    "Talk",
    "Web",
    "assert_is",
    "call",
    "differences",
    "like",
    "one_of",
    "result_of",
]
