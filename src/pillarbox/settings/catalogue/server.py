"""Settings of the server as a whole: its name, its URL, its log."""

from pillarbox.settings.address import NETWORK
from pillarbox.settings.catalogue.hostname import HOSTNAME
from pillarbox.settings.catalogue.local import LOCAL_KEYS
from pillarbox.settings.catalogue.lookup import LOOKUP, lists
from pillarbox.settings.declare import Group, ListSetting, Setting
from pillarbox.settings.expression import ExpressionSetting
from pillarbox.settings.kind import choice, integer, optional
from pillarbox.settings.outcome import STATUS, URL
from pillarbox.settings.quantity import DURATION
from pillarbox.settings.request import HTTP_VARIABLES
from pillarbox.telemetry import FORMATS, LEVELS

__all__ = [
    "ALLOWED_ENDPOINT",
    "DRAIN",
    "HOSTNAME",
    "HTTP_URL",
    "LOCAL_KEYS",
    "LOG_FORMAT",
    "LOG_LEVEL",
    "LOOKUP",
    "OUTBOUND_ALLOW_NETWORKS",
    "SERVER",
    "WORKERS",
]

HTTP_URL = ExpressionSetting(
    "server.http.url",
    URL,
    HTTP_VARIABLES,
    "protocol + '://'"
    " + if_then(starts_with(local_ip, '127.'), local_ip,"
    " if_then(local_ip == '::1', '[::1]', key_get('default', 'hostname')))"
    " + if_then(local_port == 0 || local_port == if_then(protocol == 'https', 443, 80), '', ':' + local_port)",
    "The URL under which clients reach this server. One that is always the same stands in quotes of its own: "
    "`\"'https://mail.example.org'\"`.",
    default_said="`http://` or `https://`, the host name and the port of the listener; over loopback, that address",
    lists=lists,
)
ALLOWED_ENDPOINT = ExpressionSetting(
    "server.http.allowed-endpoint",
    STATUS,
    HTTP_VARIABLES,
    "200",
    "Whether a request goes on: `200` lets it in, any other status is its answer. If there is none, it is refused; so "
    "is every request, with 503, while what is written here is no expression. Over a UNIX socket all get in anyway.",
    lists=lists,
    mistaken="503",
)
WORKERS = Setting(
    "server.workers",
    optional(integer(at_least=1, at_most=64)),
    None,
    "How many processes answer clients. Each takes up to 100 MB, and a core under load.",
    aliases=("global.thread-pool",),
    default_said="as many as there are cores, at most 4",
)
DRAIN = Setting(
    "server.drain",
    optional(DURATION),
    None,
    "How long it goes on serving when it is told to end (SIGTERM), while `/healthz/ready` says that nobody is to be "
    "sent here any more. Longer than it takes a load balancer to ask again. A second signal ends it at once.",
    default_said="not at all",
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
    (
        HOSTNAME,
        HTTP_URL,
        ALLOWED_ENDPOINT,
        LOOKUP,
        WORKERS,
        DRAIN,
        OUTBOUND_ALLOW_NETWORKS,
        LOG_LEVEL,
        LOG_FORMAT,
        LOCAL_KEYS,
    ),
)
