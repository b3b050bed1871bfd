"""What the server says of itself: log events, the id of the request they belong to, and metrics.

Every other package may speak through it, so it knows none of them: an event is a name out of one
table and whatever fields the speaker gives it. It must not know what a setting, a store or a
protocol is; `configure` is told the level and the form.

Begin at `event`, the table; `log` makes lines of it, `book` keeps them in files and `reading` finds them there;
`secret` is what no line ever shows. `metric` is the table of what is counted, `sheet` where it is counted, `total` what
it comes to; `exposition`, the page of it, is loaded by who shows it. `span` is a piece of work for who traces; `otlp`,
which sends spans and numbers, is loaded where the settings want it.
"""

from pillarbox.telemetry.event import EVENTS, Event, EventLevel
from pillarbox.telemetry.log import FORMATS, LEVELS, Format, Level, configure, emit, is_wanted, keep_lines, tell
from pillarbox.telemetry.metric import METRICS, Kind, Metric, measure
from pillarbox.telemetry.request import request_id, request_scope
from pillarbox.telemetry.secret import Secret

__all__ = [
    "EVENTS",
    "FORMATS",
    "LEVELS",
    "METRICS",
    "Event",
    "EventLevel",
    "Format",
    "Kind",
    "Level",
    "Metric",
    "Secret",
    "book",
    "configure",
    "emit",
    "exposition",
    "is_wanted",
    "keep_lines",
    "measure",
    "metric",
    "otlp",
    "reading",
    "request_id",
    "request_scope",
    "span",
    "tell",
    "total",
]
