"""Where users may have the server connect to; apart from `figures`, since who goes there need not load what answers."""

from pillarbox.net import Guard
from pillarbox.settings import Snapshot, catalogue

__all__ = ["guard"]


def guard(settings: Snapshot) -> Guard:
    """Where what others wrote may lead."""
    return Guard(settings[catalogue.OUTBOUND_ALLOW_NETWORKS])
