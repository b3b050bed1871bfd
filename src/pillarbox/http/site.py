"""What the server says of itself over HTTP to those who have no account."""

from dataclasses import dataclass

from pillarbox.telemetry import Secret
from pillarbox.telemetry.total import all_but
from pillarbox.wire.mtasts import StsPolicy

__all__ = ["Scraping", "Site"]


@dataclass(frozen=True, slots=True)
class Scraping:
    """That metrics may be read: with this name and secret, or else from this machine alone."""

    credentials: tuple[str, Secret] | None = None
    hidden: tuple[str, ...] = ()
    """Names of events, or patterns of them, whose counts are not shown."""

    def shows(self, event: str) -> bool:
        """Whether the count of an event is shown."""
        return all_but(self.hidden)(event)


@dataclass(frozen=True, slots=True)
class Site:
    """What is told, and what is not: without a policy or `scraping` there is nothing at their paths."""

    host_name: str = "localhost"
    sts: StsPolicy | None = None
    scraping: Scraping | None = None
    logs_requests: bool = False
    """Whether each request is told in the log, whatever its level."""
