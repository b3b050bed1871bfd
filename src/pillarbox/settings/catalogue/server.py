"""Settings of the server as a whole: its name, its URL, its log."""

from pillarbox.settings.address import NETWORK
from pillarbox.settings.declare import Group, ListSetting, Setting
from pillarbox.settings.expression import QUOTED_URL
from pillarbox.settings.kind import HOST_NAME, choice, integer, optional
from pillarbox.telemetry import FORMATS, LEVELS

__all__ = ["HOSTNAME", "HTTP_URL", "LOG_FORMAT", "LOG_LEVEL", "OUTBOUND_ALLOW_NETWORKS", "SERVER", "WORKERS"]

HOSTNAME = Setting(
    "server.hostname",
    optional(HOST_NAME),
    None,
    "The name of this server, as it greets and as it is written into messages.",
    aliases=("lookup.default.hostname",),
    default_said="the system's host name",
)
HTTP_URL = Setting(
    "server.http.url",
    optional(QUOTED_URL),
    None,
    "The URL under which clients reach this server, in quotes of its own: `\"'https://mail.example.org'\"`.",
    default_said="`http://`, the host name and the port of the listener",
)
WORKERS = Setting(
    "server.workers",
    optional(integer(at_least=1, at_most=64)),
    None,
    "How many processes answer clients. Each takes up to 100 MB, and a core under load.",
    aliases=("global.thread-pool",),
    default_said="as many as there are cores, at most 4",
)
OUTBOUND_ALLOW_NETWORKS = ListSetting(
    "server.outbound.allow-networks",
    NETWORK,
    (),
    "Networks of our own that users may have this server connect to, as by the URL of a push subscription. "
    "Without it such an address leads to the open Internet alone.",
    default_said="none",
)
LOG_LEVEL = Setting(
    "server.log.level",
    choice(LEVELS),
    "info",
    "Events below this level are not written; `disable` writes none.",
)
LOG_FORMAT = Setting(
    "server.log.format",
    optional(choice(FORMATS)),
    None,
    "How events are written: as text for people or as one JSON object a line.",
    default_said="`text` on a terminal, else `json`",
)

SERVER = Group(
    "Server",
    "What the server is called, where it is reached, and what it tells.",
    (HOSTNAME, HTTP_URL, WORKERS, OUTBOUND_ALLOW_NETWORKS, LOG_LEVEL, LOG_FORMAT),
)
