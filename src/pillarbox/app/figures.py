"""The settings, as the values that each part is given."""

from collections.abc import Callable

from pillarbox.datatypes.mail import Folder
from pillarbox.http import too_large
from pillarbox.jmap import Traffic
from pillarbox.net import Guard, Rules
from pillarbox.objects import Limits
from pillarbox.settings import Snapshot, catalogue, host_name

__all__ = ["base_url", "folders", "guard", "limits", "sockets", "traffic"]

_LITTLE = 64 * 1024
"""Octets."""


def folders(settings: Snapshot) -> list[Folder]:
    """The Mailboxes that new accounts get."""
    return [Folder(one.role, one.name, one.subscribe) for one in settings.folders if one.create]


def limits(settings: Snapshot) -> Limits:
    """What one call may ask for."""
    delay = settings[catalogue.MAX_DELAYED_SEND]
    return Limits(
        objects_in_get=settings[catalogue.MAX_OBJECTS_IN_GET],
        objects_in_set=settings[catalogue.MAX_OBJECTS_IN_SET],
        query_results=settings[catalogue.MAX_QUERY_RESULTS],
        changes=settings[catalogue.MAX_CHANGES],
        mailbox_depth=settings[catalogue.MAX_MAILBOX_DEPTH],
        mailbox_name=settings[catalogue.MAX_SIZE_MAILBOX_NAME],
        attachments=settings[catalogue.MAX_SIZE_ATTACHMENTS_PER_EMAIL],
        message=settings[catalogue.MAX_SIZE_EMAIL],
        upload=settings[catalogue.MAX_SIZE_UPLOAD],
        upload_life=int(settings[catalogue.UPLOAD_TTL].seconds),
        uploads=settings[catalogue.UPLOAD_QUOTA_FILES] or 0,
        uploads_size=settings[catalogue.UPLOAD_QUOTA_SIZE] or 0,
        snippets=settings[catalogue.MAX_SNIPPETS],
        parsed=settings[catalogue.MAX_PARSED],
        queued=settings[catalogue.MAX_QUEUED],
        recipients=settings[catalogue.MAX_SUBMISSION_RECIPIENTS],
        delayed_send=int(delay.seconds) if delay is not None else 0,
        queue_expire=int(settings[catalogue.QUEUE_EXPIRE].seconds),
        push_subscriptions=settings[catalogue.PUSH_MAX_TOTAL],
        push_verification=int(settings[catalogue.PUSH_TIMEOUT_VERIFY].seconds),
        guard=guard(settings),
    )


def guard(settings: Snapshot) -> Guard:
    """Where users may have the server connect to."""
    return Guard(settings[catalogue.OUTBOUND_ALLOW_NETWORKS])


def traffic(settings: Snapshot) -> Traffic:
    """What one client may send at once."""
    return Traffic(
        size_request=settings[catalogue.MAX_SIZE_REQUEST],
        concurrent_requests=settings[catalogue.MAX_CONCURRENT_REQUESTS],
        calls_in_request=settings[catalogue.MAX_CALLS_IN_REQUEST],
        concurrent_upload=settings[catalogue.MAX_CONCURRENT_UPLOAD],
    )


def sockets(settings: Snapshot) -> Rules:
    """What holds for WebSockets. What is but a little too large is read, so that it can be refused without an end."""
    limit = settings[catalogue.MAX_SIZE_REQUEST]
    return Rules(
        size=limit + _LITTLE,
        too_large=too_large(limit),
        heartbeat=settings[catalogue.WEB_SOCKET_HEARTBEAT].seconds,
        silence=settings[catalogue.WEB_SOCKET_TIMEOUT].seconds,
    )


def base_url(settings: Snapshot) -> Callable[[str, str, int | None], str]:
    """The URL clients are told, by the scheme and local address of their connection.

    `server.http.url` if it is set. Else the host name and the port of the listener; but whoever came in over loopback
    is on this machine, where that address leads here for certain and the host name may not.
    """
    fixed = settings[catalogue.HTTP_URL]
    name = host_name(settings)

    def url(scheme: str, host: str, port: int | None) -> str:
        if fixed is not None:
            return fixed
        if host.startswith("127.") or host == "::1":
            name_here = f"[{host}]" if ":" in host else host
        else:
            name_here = name
        return f"{scheme}://{name_here}" + (f":{port}" if port is not None else "")

    return url
