"""What the server says of itself: log events and the id of the request they belong to.

Every other package may speak through it, so it knows none of them: an event is a name out of one
table and whatever fields the speaker gives it. It must not know what a setting, a store or a
protocol is; `configure` is told the level and the form.

Begin at `event`, the table; `log` makes lines of it; `secret` is what no line ever shows.
"""

from pillarbox.telemetry.event import EVENTS, Event, EventLevel
from pillarbox.telemetry.log import FORMATS, LEVELS, Format, Level, configure, emit
from pillarbox.telemetry.request import request_id, request_scope
from pillarbox.telemetry.secret import Secret

__all__ = [
    "EVENTS",
    "FORMATS",
    "LEVELS",
    "Event",
    "EventLevel",
    "Format",
    "Level",
    "Secret",
    "configure",
    "emit",
    "request_id",
    "request_scope",
]
