"""Settings of mail that is sent: by which way, how often it is tried, when it is given up."""

from typing import Literal, TypeAlias

from pillarbox.settings.address import ADDRESS
from pillarbox.settings.declare import Group, ListSetting, Setting
from pillarbox.settings.kind import HOST_NAME, SECRET, STRING, choice, integer, optional
from pillarbox.settings.quantity import DURATION, Duration

__all__ = [
    "DNS_SERVERS",
    "QUEUE",
    "QUEUE_EXPIRE",
    "QUEUE_NOTIFY",
    "QUEUE_PORT",
    "QUEUE_RETRY",
    "RELAY_HOST",
    "RELAY_PORT",
    "RELAY_SECRET",
    "RELAY_TLS",
    "RELAY_USERNAME",
    "RelayTls",
]

RelayTls: TypeAlias = Literal["starttls", "implicit", "opportunistic", "none"]

_PORT = integer(at_least=1, at_most=65_535)

QUEUE_RETRY = ListSetting(
    "queue.retry",
    DURATION,
    # RFC 5321 section 4.5.4.1: two attempts in the first hour, then every two or three hours.
    tuple(Duration(minutes * 60_000) for minutes in (2, 5, 10, 15, 30, 60, 120)),
    "How long to wait after the first failed attempt, the second and so on; the last wait holds for all that follow. "
    "Each is made up to a tenth longer or shorter.",
)
QUEUE_NOTIFY = Setting(
    "queue.notify",
    optional(DURATION),
    Duration(86_400_000),
    "After how long the sender is told that a message is late. Off: never.",
)
QUEUE_EXPIRE = Setting(
    "queue.expire",
    DURATION,
    # RFC 5321 section 4.5.4.1: at least four to five days.
    Duration(5 * 86_400_000),
    "After how long a message is given up, and its sender told; for those that are queued from now on.",
)
QUEUE_PORT = Setting(
    "queue.port",
    _PORT,
    25,
    "The port of the mail servers of domains. Nothing but 25 is theirs on the Internet.",
)
RELAY_HOST = Setting(
    "queue.relay.host",
    optional(HOST_NAME),
    None,
    "A server that takes all mail that is not for accounts here. Off: mail goes to the servers of its domain.",
)
RELAY_PORT = Setting(
    "queue.relay.port",
    optional(_PORT),
    None,
    "The port of that server.",
    default_said="587 with `starttls`, 465 with `implicit`, else 25",
)
RELAY_TLS: Setting[RelayTls] = Setting(
    "queue.relay.tls",
    choice(("starttls", "implicit", "opportunistic", "none")),
    "starttls",
    "How the connection to it is encrypted: by `STARTTLS`, or from its beginning; both with a certificate that is good "
    "for its name. `opportunistic`: if it offers `STARTTLS`, with any certificate. `none`: not at all.",
)
RELAY_USERNAME = Setting(
    "queue.relay.username",
    optional(STRING),
    None,
    "The name to log in with. Credentials are sent to a good certificate alone, but for a server on this machine.",
)
RELAY_SECRET = Setting("queue.relay.secret", optional(SECRET), None, "The password to log in with.")
DNS_SERVERS = ListSetting(
    "server.dns.servers",
    ADDRESS,
    (),
    "The DNS servers that are asked for the mail servers of domains.",
    default_said="those of the system",
)

QUEUE = Group(
    "Outgoing mail",
    "Where mail goes that is sent from here, how often it is tried, and when it is given up.",
    (
        QUEUE_RETRY,
        QUEUE_NOTIFY,
        QUEUE_EXPIRE,
        QUEUE_PORT,
        RELAY_HOST,
        RELAY_PORT,
        RELAY_TLS,
        RELAY_USERNAME,
        RELAY_SECRET,
        DNS_SERVERS,
    ),
)
