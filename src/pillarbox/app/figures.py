"""The settings, as the values that each part is given."""

from pillarbox.app.outgoing import guard
from pillarbox.http import Scraping, Site, too_large
from pillarbox.jmap import Traffic
from pillarbox.net import Rules
from pillarbox.objects import Limits
from pillarbox.settings import Snapshot, catalogue, host_name, sts_policy

__all__ = ["limits", "site", "sockets", "traffic"]

_LITTLE = 64 * 1024
"""Octets."""


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


def traffic(settings: Snapshot) -> Traffic:
    """What one client may send at once."""
    return Traffic(
        size_request=settings[catalogue.MAX_SIZE_REQUEST],
        concurrent_requests=settings[catalogue.MAX_CONCURRENT_REQUESTS],
        calls_in_request=settings[catalogue.MAX_CALLS_IN_REQUEST],
        concurrent_upload=settings[catalogue.MAX_CONCURRENT_UPLOAD],
    )


def site(settings: Snapshot) -> Site:
    """What is told to those who have no account."""
    return Site(host_name(settings), sts_policy(settings), _scraping(settings), settings[catalogue.LOG_REQUESTS])


def _scraping(settings: Snapshot) -> Scraping | None:
    if not settings[catalogue.PROMETHEUS]:
        return None
    name, secret = settings[catalogue.METRICS_USERNAME], settings[catalogue.METRICS_SECRET]
    hidden = settings[catalogue.METRICS_DISABLED_EVENTS]
    if name is None and secret is None:
        return Scraping(None, hidden)
    # Half of a pair lets nobody in: whoever wrote it did not mean everybody.
    return Scraping((name, secret), hidden) if name is not None and secret is not None else None


def sockets(settings: Snapshot) -> Rules:
    """What holds for WebSockets. What is but a little too large is read, so that it can be refused without an end."""
    limit = settings[catalogue.MAX_SIZE_REQUEST]
    return Rules(
        size=limit + _LITTLE,
        too_large=too_large(limit),
        heartbeat=settings[catalogue.WEB_SOCKET_HEARTBEAT].seconds,
        silence=settings[catalogue.WEB_SOCKET_TIMEOUT].seconds,
    )
