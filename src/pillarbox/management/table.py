"""Every endpoint in one table."""

from pillarbox.management import (
    bans,
    certificates,
    declaration,
    dkim,
    dns,
    events,
    journal,
    later,
    logs,
    maintenance,
    metrics,
    principals,
    queue,
    reload,
    settings,
    troubleshoot,
)
from pillarbox.management.endpoint import Endpoint
from pillarbox.management.openapi import with_document

__all__ = ["ENDPOINTS"]

_WITHOUT_DOCUMENT: tuple[Endpoint, ...] = (
    *bans.ENDPOINTS,
    *certificates.ENDPOINTS,
    *declaration.ENDPOINTS,
    *dkim.ENDPOINTS,
    *dns.ENDPOINTS,
    *events.ENDPOINTS,
    *journal.ENDPOINTS,
    *logs.ENDPOINTS,
    *maintenance.ENDPOINTS,
    *metrics.ENDPOINTS,
    *principals.ENDPOINTS,
    *queue.ENDPOINTS,
    *settings.ENDPOINTS,
    *reload.ENDPOINTS,
    *troubleshoot.ENDPOINTS,
    *later.ENDPOINTS,
)

ENDPOINTS: tuple[Endpoint, ...] = with_document(_WITHOUT_DOCUMENT, later.ENDPOINTS)
