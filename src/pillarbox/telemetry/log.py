"""Lines of the log: which events are written, and in what form.

structlog turns an event and its fields into a line; this module says with which steps. People at a
terminal get text, everything else one JSON object a line.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Mapping
from contextlib import suppress
from typing import Literal, TextIO

import structlog
from structlog.typing import EventDict, FilteringBoundLogger, Processor, WrappedLogger

from pillarbox.telemetry.event import Event
from pillarbox.telemetry.request import request_id
from pillarbox.telemetry.secret import HIDDEN, Secret

__all__ = ["FORMATS", "LEVELS", "Format", "Level", "configure", "emit"]

Level = Literal["trace", "debug", "info", "warn", "error", "disable"]
LEVELS: tuple[Level, ...] = ("trace", "debug", "info", "warn", "error", "disable")
Format = Literal["text", "json"]
FORMATS: tuple[Format, ...] = ("text", "json")


def configure(level: Level = "info", form: Format | None = None, stream: TextIO | None = None) -> None:
    """From now on events of this level and above are written to the stream.

    Without a form it is text on a terminal and JSON elsewhere; without a stream it is standard error.
    May be called again, as when the settings change. The standard library's loggers, which the
    libraries beneath us use, are heard from warnings up.
    """
    _wanted.threshold = _THRESHOLDS[level]
    out = _Lines(stream)
    steps: list[Processor] = [
        _with_request,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _with_traceback,
        _without_secrets,
        _renderer(form, terminal=out.is_terminal()),
    ]
    structlog.configure(
        processors=steps,
        wrapper_class=structlog.make_filtering_bound_logger(logging.NOTSET),
        logger_factory=lambda *_: out,
        cache_logger_on_first_use=False,
    )
    _hear_libraries()


def emit(event: Event, /, **fields: object) -> None:
    """Writes the event, if its level is wanted, with the fields and the id of the request at hand.

    An exception as the field `exception` is written with its traceback. The names `event`, `level`,
    `request` and `timestamp` are taken; a field of that name is lost. Before `configure` was called,
    warnings and errors alone are written.
    """
    if not structlog.is_configured():
        configure("warn")
    number = _THRESHOLDS[event.level]
    if number >= _wanted.threshold:
        log: FilteringBoundLogger = structlog.get_logger()
        log.bind(**{**fields, "level": event.level}).log(number, event.title)


# structlog knows the numbers of the standard library only. Nothing is emitted as critical, so that this
# threshold silences everything, and nothing below debug, so that trace hears all there is.
_THRESHOLDS: Mapping[str, int] = {
    "trace": logging.NOTSET,
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warn": logging.WARNING,
    "error": logging.ERROR,
    "disable": logging.CRITICAL,
}


class _Wanted:
    """Which events are wanted, kept here because structlog takes microseconds to say no."""

    threshold: int = logging.WARNING


_wanted = _Wanted()


class _Lines:
    """Writes each line whole, so that lines of several threads do not mix."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    def msg(self, line: str) -> None:
        # Standard error is looked up for each line: who replaces it (a test, a supervisor) is obeyed.
        stream = self._stream or sys.stderr
        # A log nobody can read any more, a closed pipe or a full disk, must not end what is being logged.
        with suppress(OSError, ValueError):
            stream.write(line + "\n")
            stream.flush()

    debug = info = warning = error = msg

    def is_terminal(self) -> bool:
        return (self._stream or sys.stderr).isatty()


def _renderer(form: Format | None, *, terminal: bool) -> Processor:
    if form == "text" or (form is None and terminal):
        return structlog.dev.ConsoleRenderer(
            colors=terminal,
            # Each text is quoted: what a peer sent must not move the cursor of whoever reads the log.
            repr_native_str=True,
            exception_formatter=structlog.dev.plain_traceback,
        )
    # The standard library's JSON and not orjson, which refuses lone surrogates and large numbers: a
    # log line that raises would turn one fault into two.
    return structlog.processors.JSONRenderer(serializer=json.dumps, default=repr)


def _with_request(_log: WrappedLogger, _method: str, fields: EventDict) -> EventDict:
    if (identity := request_id()) is not None:
        fields["request"] = identity
    return fields


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def _with_traceback(_log: WrappedLogger, _method: str, fields: EventDict) -> EventDict:
    if isinstance(error := fields.get("exception"), BaseException):
        lines = "".join(traceback.format_exception(error)).rstrip()
        fields["exception"] = _CONTROL.sub(lambda found: ascii(found[0])[1:-1], lines)
    return fields


def _without_secrets(_log: WrappedLogger, _method: str, fields: EventDict) -> EventDict:
    return {name: _shown(value) for name, value in fields.items()}


def _shown(value: object) -> object:
    match value:
        case Secret():
            return HIDDEN
        case dict():
            return {key: _shown(member) for key, member in value.items()}
        case list() | tuple():
            return [_shown(member) for member in value]
    return value


class _LibraryHandler(logging.Handler):
    """Turns what a library logs into an event of ours."""

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        exception = {} if error is None else {"exception": error}
        emit(Event.LIBRARY_SPOKE, logger=record.name, text=record.getMessage(), **exception)


def _hear_libraries() -> None:
    root = logging.getLogger()
    if not any(isinstance(handler, _LibraryHandler) for handler in root.handlers):
        root.addHandler(_LibraryHandler(logging.WARNING))
