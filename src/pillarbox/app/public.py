"""The URL that clients out there are told, where it must be one for all listeners (architecture section 4)."""

from pillarbox.settings import Address, HTTPVariables, Listener, Snapshot, TcpAddress, catalogue

__all__ = ["public_listener", "public_url"]


def public_listener(settings: Snapshot) -> Listener | None:
    """The listener that the world comes to: with TLS before others, open to other machines before others."""
    web = [one for one in settings.listeners if one.protocol == "http"]
    return min(web, key=lambda one: (one.tls is None, not any(map(_is_open, one.binds))), default=None)


def public_url(settings: Snapshot) -> str | None:
    """The base URL for its clients; None if there is no such listener, or it is not known before a port is bound.

    Raises settings.EvaluationError.
    """
    listener = public_listener(settings)
    if listener is None:
        return None
    url = settings[catalogue.HTTP_URL]
    scheme = "http" if listener.tls is None else "https"
    address = sorted(listener.binds, key=lambda one: not _is_open(one))[0]
    host, port = (str(address.host), address.port) if isinstance(address, TcpAddress) else ("", 0)
    if host and not port and url.constant is None:
        return None
    return url(HTTPVariables(listener.id, "", 0, host, port, scheme, scheme == "https", "/", "GET", ()))


def _is_open(address: Address) -> bool:
    """Whether other machines can reach it; a proxy on this one may hand it what comes over a UNIX socket."""
    return isinstance(address, TcpAddress) and not address.host.is_loopback
