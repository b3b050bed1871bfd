"""Telling clients that something changed (RFC 8620 section 7).

Begin with `changes`: what one client has not been told yet. `subscription` collects it from the feed, `rereading` looks
where the feed may have missed something. The package `webpush` tells those who are not connected.
"""

from pillarbox.jmap.push.changes import Changes
from pillarbox.jmap.push.rereading import Rereading
from pillarbox.jmap.push.subscription import Subscription

__all__ = ["Changes", "Rereading", "Subscription"]
