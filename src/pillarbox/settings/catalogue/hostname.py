"""The name of this server, which other settings refer to."""

from pillarbox.settings.declare import Setting
from pillarbox.settings.kind import HOST_NAME, optional

__all__ = ["HOSTNAME"]

HOSTNAME = Setting(
    "server.hostname",
    optional(HOST_NAME),
    None,
    "The name of this server, as it greets and as it is written into messages.",
    aliases=("lookup.default.hostname",),
    default_said="the system's host name",
)
