"""Writes docs/events.md from the table of events: `python -m pillarbox.telemetry.document`."""

import sys
from collections.abc import Iterator

from pillarbox.telemetry.event import Event

__all__ = ["page"]

_INTRODUCTION = """\
# Log events

<!-- Made by `python -m pillarbox.telemetry.document > docs/events.md`; a test keeps it so. -->

A line of the log is the name of an event and its fields, as text on a terminal and as one JSON object
elsewhere (`server.log.format`). The level a line must have to be written is `server.log.level`.

Every line has `timestamp` (UTC), `level` and `event`; lines of one request or one session share `request`.
An exception is told with its traceback as `exception`. Secrets are never written.

| Event | Level | What it tells |
|---|---|---|
"""


def page() -> str:
    """The whole of docs/events.md."""
    return _INTRODUCTION + "".join(_rows())


def _rows() -> Iterator[str]:
    for event in sorted(Event, key=lambda event: event.title):
        yield f"| `{event.title}` | {event.level} | {event.doc} |\n"


if __name__ == "__main__":
    sys.stdout.write(page())
