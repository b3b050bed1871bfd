"""Settings of what is told to anybody over HTTP and to those who watch the server: policies, metrics, access log."""

from typing import Literal, TypeAlias

from pillarbox.settings.declare import Group, ListSetting, Setting
from pillarbox.settings.kind import BOOLEAN, HOST_NAME, NAME, SECRET, STRING, Kind, choice, optional
from pillarbox.settings.quantity import DURATION, Duration

__all__ = [
    "LOG_REQUESTS",
    "METRICS_DISABLED_EVENTS",
    "METRICS_SECRET",
    "METRICS_USERNAME",
    "MTA_STS_MAX_AGE",
    "MTA_STS_MODE",
    "MTA_STS_MX",
    "PROMETHEUS",
    "WATCHING",
    "StsMode",
]

StsMode: TypeAlias = Literal["enforce", "testing", "none", "disable"]


def _mx(text: str) -> str:
    star = "*." if text.startswith("*.") else ""
    return star + HOST_NAME.parse(text.removeprefix("*."))


_MX: Kind[str] = Kind("host name, or `*.` and one", _mx, str)

LOG_REQUESTS = Setting(
    "server.log.requests",
    BOOLEAN,
    False,
    "Whether each request is told in the log (`http.request`), whatever its level; at `debug` they are in any case.",
)
PROMETHEUS = Setting(
    "metrics.prometheus.enable",
    BOOLEAN,
    False,
    "Whether `/metrics/prometheus` is there. Without a name and a secret it is for this machine alone.",
)
METRICS_USERNAME = Setting(
    "metrics.prometheus.auth.username",
    optional(STRING),
    None,
    "The name to ask for metrics with; there must be a secret then.",
)
METRICS_SECRET = Setting(
    "metrics.prometheus.auth.secret",
    optional(SECRET),
    None,
    "The password to ask for metrics with; there must be a name then.",
)
METRICS_DISABLED_EVENTS = ListSetting(
    "metrics.disabled-events",
    NAME,
    (),
    "Events whose count is not shown, by name; `*` stands for anything, as in `queue.*`.",
    default_said="none",
)
MTA_STS_MODE: Setting[StsMode] = Setting(
    "session.mta-sts.mode",
    choice(("testing", "enforce", "none", "disable")),
    "testing",
    "What senders are to do with mail for which there is no TLS (RFC 8461 section 5). `none` is a policy too, "
    "and takes back one that was published; with `disable` there is none.",
)
MTA_STS_MAX_AGE = Setting(
    "session.mta-sts.max-age",
    DURATION,
    Duration(7 * 86_400_000),
    "How long senders keep to the policy; a year and a day are the most.",
)
MTA_STS_MX = ListSetting(
    "session.mta-sts.mx",
    _MX,
    (),
    "The servers that take mail for the domains here, `*.example.org` for all of a domain. Without any there is no "
    "policy, but for that of mode `none`.",
    default_said="none",
)

WATCHING = Group(
    "Metrics and policies",
    "What is told to those who watch the server, and of its domains to everybody.",
    (
        LOG_REQUESTS,
        PROMETHEUS,
        METRICS_USERNAME,
        METRICS_SECRET,
        METRICS_DISABLED_EVENTS,
        MTA_STS_MODE,
        MTA_STS_MAX_AGE,
        MTA_STS_MX,
    ),
)
