"""How much is too much: rates, what gets an address banned, and which addresses are never let in or always."""

import re

from pillarbox.settings.declare import Group, ListSetting, Setting
from pillarbox.settings.keyset import KeySet
from pillarbox.settings.kind import BadValue, Kind, optional, quoted
from pillarbox.settings.quantity import DURATION, RATE, Duration, Rate
from pillarbox.wire.network import Network, network

__all__ = [
    "ALLOWED_IP",
    "BAN_ABUSE",
    "BAN_AUTH",
    "BAN_DURATION",
    "BAN_LOITER",
    "BAN_SCAN",
    "BAN_SCAN_PATHS",
    "BLOCKED_IP",
    "FAILURES",
    "LIMITS",
    "RATE_ACCOUNT",
    "RATE_ANONYMOUS",
]

_DAY = Duration(86_400_000)
_MINUTE = Duration(60_000)

_LONGEST_PATTERN = 256


def _network(text: str) -> Network:
    try:
        found = network(text)
    except ValueError:
        raise BadValue(
            f"{quoted(text)} is no IP address or network; write each as a key of its own, "
            'as in "192.0.2.1" = "", "192.0.2.0/24" = "" or "2001:db8::/32" = ""'
        ) from None
    if not found.prefixlen:
        raise BadValue(f"{quoted(text)} is everybody; the mask is at least /1")
    return found


_NETWORK: Kind[Network] = Kind("network", _network, str)


def _pattern(text: str) -> str:
    if not text.strip("*") or len(text) > _LONGEST_PATTERN or not re.fullmatch(r"[\x20-\x7e]+", text):
        raise BadValue(
            f"{quoted(text)} is no pattern; write a part of a path in ASCII with * for anything, as in *.php*"
        )
    return text


_PATTERN: Kind[str] = Kind("pattern", _pattern, str)

RATE_ANONYMOUS = Setting(
    "jmap.rate-limit.anonymous",
    optional(RATE),
    Rate(100, _MINUTE),
    "How many requests an address may send without proof of who it is: to what is open to everybody, and with "
    "credentials that are missing or wrong. The /64 of an IPv6 address counts as one. Further ones are answered 429.",
)
RATE_ACCOUNT = Setting(
    "jmap.rate-limit.account",
    optional(RATE),
    None,
    "How many requests one account may send, as `1000/1m`, over all its connections and all servers; further ones are "
    "answered 429. Without it an account is bounded by what it may have in hand at once "
    "(`jmap.protocol.request.max-concurrent`).",
)
FAILURES = Setting(
    "authentication.rate-limit",
    optional(RATE),
    Rate(10, _MINUTE),
    "How many wrong passwords an address may try; until the time is up, further ones are answered 429 without a "
    "look at them. Who has signed in with the same password before is not held up.",
)
BAN_AUTH = Setting(
    "server.auto-ban.auth.rate",
    optional(RATE),
    Rate(100, _DAY),
    "How many wrong passwords get an address banned; the same one for the same name again counts for nothing. For "
    "a name that is tried as often, from however many addresses, each of these then has one try a minute.",
    aliases=("server.fail2ban.authentication", "authentication.fail2ban"),
)
BAN_SCAN = Setting(
    "server.auto-ban.scan.rate",
    optional(RATE),
    Rate(30, _DAY),
    "How many connections that speak something else than HTTP get an address banned.",
)
BAN_SCAN_PATHS = ListSetting(
    "server.auto-ban.scan.paths",
    _PATTERN,
    (
        "*.php*",
        "*.cgi*",
        "*.asp*",
        "*/wp-*",
        "*/php*",
        "*/cgi-bin*",
        "*xmlrpc*",
        "*../*",
        "*/..*",
        "*joomla*",
        "*wordpress*",
        "*drupal*",
    ),
    "Paths that nobody asks for who means this server: one request for such a path, if there is nothing at it, gets an "
    "address banned. `*` is anything, `?` one character, `[ab]` one of these; upper and lower case are the same. "
    "`none` bans nobody, as no path is called that.",
)
BAN_LOITER = Setting(
    "server.auto-ban.loiter.rate",
    optional(RATE),
    Rate(150, _DAY),
    "How many connections on which nothing is said, until they are closed for that, get an address banned.",
    aliases=("server.fail2ban.loitering",),
)
BAN_ABUSE = Setting(
    "server.auto-ban.abuse.rate",
    optional(RATE),
    Rate(35, _DAY),
    "How many unknown recipients and attempts to relay get an address banned. Not used yet: mail comes in over LMTP "
    "alone, from a mail server that is trusted.",
    aliases=("server.fail2ban.invalid-rcpt",),
)
BAN_DURATION = Setting(
    "server.auto-ban.duration",
    DURATION,
    _DAY,
    "How long an address is banned for the first time; each time that it is banned again within 30 days, for twice as "
    "long as before, up to 30 days.",
)
BLOCKED_IP = KeySet(
    "server.blocked-ip.<network>",
    _NETWORK,
    "Addresses and networks that are not let in, whatever they do.",
)
ALLOWED_IP = KeySet(
    "server.allowed-ip.<network>",
    _NETWORK,
    "Addresses and networks that are never banned. Of one that is blocked as well, the narrower entry holds.",
)

LIMITS = Group(
    "Limits and bans",
    "How much one address or account may do, and who is banned. Any rate can be off. "
    "[Bans](administrators/bans.md) says how they work together.",
    (
        RATE_ANONYMOUS,
        RATE_ACCOUNT,
        FAILURES,
        BAN_AUTH,
        BAN_SCAN,
        BAN_SCAN_PATHS,
        BAN_LOITER,
        BAN_ABUSE,
        BAN_DURATION,
        BLOCKED_IP,
        ALLOWED_IP,
    ),
)
