"""Lines of the log: which events are written, and in what form.

People at a terminal get text, of structlog's making; everything else gets one JSON object a line, for which structlog
is not loaded: with all it brings it took an eighth of the start of each process.
"""

import json
import logging
import re
import sys
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, TextIO, TypeAlias

from pillarbox.telemetry.book import LONGEST, Book, Kept
from pillarbox.telemetry.event import Event
from pillarbox.telemetry.metric import EVENTS_TOLD
from pillarbox.telemetry.request import request_id
from pillarbox.telemetry.secret import HIDDEN, Secret

__all__ = ["FORMATS", "LEVELS", "Format", "Level", "configure", "emit", "is_wanted", "keep_lines", "reset", "tell"]

Level = Literal["trace", "debug", "info", "warn", "error", "disable"]
LEVELS: tuple[Level, ...] = ("trace", "debug", "info", "warn", "error", "disable")
Format = Literal["text", "json"]
FORMATS: tuple[Format, ...] = ("text", "json")

_Fields: TypeAlias = dict[str, Any]


def configure(
    level: Level = "info", form: Format | None = None, stream: TextIO | None = None, least: Level = "trace"
) -> None:
    """From now on events of this level and above are written; to the stream only those that are `least`, too.

    Without a form it is text on a terminal and JSON elsewhere; without a stream it is standard error.
    May be called again, as when the settings change. The standard library's loggers, which the
    libraries beneath us use, are heard from warnings up.
    """
    _log.threshold, _log.least = _THRESHOLDS[level], _THRESHOLDS[least]
    _log.lines = _Lines(stream)
    _log.render = _renderer(form, terminal=_log.lines.is_terminal())
    _hear_libraries()


def keep_lines(folder: Path | None) -> None:
    """From now on each line is appended to a file in the folder too, as JSON; None for no longer."""
    if _log.book is not None and _log.book.folder == folder:
        return
    if _log.book is not None:
        _log.book.close()
    _log.book = None if folder is None else Book(folder)


def reset() -> None:
    """As if neither `configure` nor `keep_lines` had ever been called."""
    _log.threshold, _log.least, _log.render = logging.WARNING, logging.NOTSET, None
    keep_lines(None)


def emit(event: Event, /, **fields: object) -> None:
    """Writes the event, if its level is wanted, with the fields and the id of the request at hand.

    An exception as the field `exception` is written with its traceback. The names `event`, `level`,
    `request` and `timestamp` are taken; a field of that name is lost. Before `configure` was called,
    warnings and errors alone are written. Each is counted, but for requests, which have counts of their own.
    """
    if event is not Event.HTTP_REQUEST:
        EVENTS_TOLD.add((event.title,))
    if is_wanted(event):
        tell(event, **fields)


def is_wanted(event: Event) -> bool:
    """Whether lines of the event's level are written."""
    if _log.render is None:
        configure("warn")
    return _THRESHOLDS[event.level] >= _log.threshold


def tell(event: Event, /, **fields: object) -> None:
    """Writes the event, whatever its level, unless no line is wanted at all; otherwise as `emit`, and not counted."""
    if _log.render is None:
        configure("warn")
    if _log.render is not None and _log.threshold < _THRESHOLDS["disable"]:
        line = {**fields, "level": event.level, "event": event.title}
        if (identity := request_id()) is not None:
            line["request"] = identity
        line["timestamp"] = datetime.now(UTC).isoformat().replace("+00:00", "Z")
        shown = _without_secrets(_with_traceback(line))
        book, render = _log.book, _log.render
        if book is not None:
            # First: some renderers take apart what they are given.
            _keep(book, _json(shown), shown)
        if _THRESHOLDS[event.level] >= _log.least:
            _log.lines.write(render(shown))


def _keep(book: Book, line: str, fields: _Fields) -> None:
    octets = line.encode() + b"\n"
    if len(octets) > LONGEST:
        short = {name: fields[name] for name in ("level", "event", "timestamp")}
        octets = _json({"known": "the line was too long", **short}).encode() + b"\n"
    day = fields["timestamp"][:10]
    if book.write(octets, day) is Kept.FULL:
        tell(Event.LOG_FULL, file=f"{day}.log", most=book.most)


# The numbers of the standard library. Nothing is emitted as critical, so that this threshold silences everything, and
# nothing below debug, so that trace hears all there is.
_THRESHOLDS: Mapping[str, int] = {
    "trace": logging.NOTSET,
    "debug": logging.DEBUG,
    "info": logging.INFO,
    "warn": logging.WARNING,
    "error": logging.ERROR,
    "disable": logging.CRITICAL,
}


class _Lines:
    """Writes each line whole, so that lines of several threads do not mix."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream

    def write(self, line: str) -> None:
        # Standard error is looked up for each line: who replaces it (a test, a supervisor) is obeyed.
        stream = self._stream or sys.stderr
        # A log nobody can read any more, a closed pipe or a full disk, must not end what is being logged.
        with suppress(OSError, ValueError):
            stream.write(line + "\n")
            stream.flush()

    def is_terminal(self) -> bool:
        return (self._stream or sys.stderr).isatty()


class _Log:
    """Which events are wanted, and what becomes of them; nothing renders them before `configure` was called."""

    threshold: int = logging.WARNING
    least: int = logging.NOTSET
    lines = _Lines(None)
    render: Callable[[_Fields], str] | None = None
    book: Book | None = None


_log = _Log()


def _renderer(form: Format | None, *, terminal: bool) -> Callable[[_Fields], str]:
    if form == "text" or (form is None and terminal):
        # It loads rich, which a log of JSON does without.
        from structlog.dev import ConsoleRenderer, plain_traceback  # noqa: PLC0415

        console = ConsoleRenderer(
            colors=terminal,
            # Each text is quoted: what a peer sent must not move the cursor of whoever reads the log.
            repr_native_str=True,
            exception_formatter=plain_traceback,
        )
        return lambda fields: console(None, "", fields)
    return _json


def _json(fields: _Fields) -> str:
    # The standard library's JSON and not orjson, which refuses lone surrogates and large numbers: a
    # log line that raises would turn one fault into two.
    return json.dumps(fields, default=repr)


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def _with_traceback(fields: _Fields) -> _Fields:
    if isinstance(error := fields.get("exception"), BaseException):
        lines = "".join(traceback.format_exception(error)).rstrip()
        fields["exception"] = _CONTROL.sub(lambda found: ascii(found[0])[1:-1], lines)
    return fields


def _without_secrets(fields: _Fields) -> _Fields:
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
