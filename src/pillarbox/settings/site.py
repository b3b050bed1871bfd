"""What the settings say of the server as others see it: where clients reach it, and the policy for its mail."""

from urllib.parse import urlsplit

from pillarbox.settings import catalogue
from pillarbox.settings.address import TcpAddress
from pillarbox.settings.request import HTTPVariables
from pillarbox.settings.snapshot import Snapshot
from pillarbox.wire.mtasts import StsPolicy

__all__ = ["secure_place", "sts_policy"]

_HTTPS = 443


def secure_place(settings: Snapshot) -> tuple[str, int] | None:
    """The host and port of the first URL that begins with `https://` of those that clients are told; None without.

    Clients on the machine itself are told others.
    """
    for listener in settings.listeners:
        if listener.protocol != "http":
            continue
        is_tls = listener.tls is not None
        ports = [one.port for one in listener.binds if isinstance(one, TcpAddress)]
        variables = HTTPVariables(
            listener.id, "", 0, "", ports[0] if ports else 0, "https" if is_tls else "http", is_tls, "", "", ()
        )
        found = urlsplit(settings[catalogue.HTTP_URL](variables))
        if found.scheme == "https" and found.hostname:
            return found.hostname, found.port or _HTTPS
    return None


def sts_policy(settings: Snapshot) -> StsPolicy | None:
    """The policy of all domains here (RFC 8461), None where there is none."""
    mode, names = settings[catalogue.MTA_STS_MODE], settings[catalogue.MTA_STS_MX]
    if mode == "disable" or (mode != "none" and not names):
        return None
    return StsPolicy(mode, int(settings[catalogue.MTA_STS_MAX_AGE].seconds), names)
