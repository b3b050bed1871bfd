"""Every endpoint in one table."""

from pillarbox.management import later
from pillarbox.management.endpoint import Endpoint

__all__ = ["ENDPOINTS"]

ENDPOINTS: tuple[Endpoint, ...] = (*later.ENDPOINTS,)
