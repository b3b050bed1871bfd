"""Telling clients that something changed (RFC 8620 section 7).

Begin with `changes`: what one client has not been told yet. `subscription` collects it from the feed, `watch` hears of
commits that other processes made.
"""

from pillarbox.jmap.push.changes import Changes
from pillarbox.jmap.push.subscription import Subscription
from pillarbox.jmap.push.watch import Watch

__all__ = ["Changes", "Subscription", "Watch"]
