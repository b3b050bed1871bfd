"""What the files of the log say, the latest first: read backwards, in pieces, and no more than so much at once."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from pillarbox.telemetry.book import LONGEST, days

__all__ = ["SCANNED", "Line", "Lines", "read_lines"]

SCANNED = 32 * 1024 * 1024
"""Octets that are looked at for one question."""
_PIECE = 256 * 1024
_SLACK = timedelta(minutes=1)
"""Lines of several processes are in order but for less than that."""
_FIRST, _LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Line:
    """A line: when, and what it says."""

    at: datetime
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Lines:
    """Some lines, the latest first. `skipped` were passed over, `is_more` tells whether others may follow.

    Where it `is_partial`, the search ended for its length alone; `reached` is when the last line that was looked at was
    written, from which one can go on.
    """

    lines: list[Line]
    skipped: int
    is_more: bool
    is_partial: bool
    reached: datetime | None


def read_lines(
    folder: Path,
    text: str,
    wanted: Callable[[Mapping[str, Any]], bool],
    after: datetime | None,
    before: datetime | None,
    offset: int,
    limit: int,
    most: int = SCANNED,
) -> Lines:
    """Lines that have a text in them, as they stand or as JSON writes it, from `after` on and earlier than `before`.

    Of those that are wanted `offset` are passed over, and `limit` given. Raises OSError.
    """
    forms = {text.encode("utf-8", "replace"), json.dumps(text)[1:-1].encode()}
    since, until = after or _FIRST, before or _LAST
    found: list[Line] = []
    skipped = scanned = 0
    reached: datetime | None = None
    for octets in _backwards(folder, since, until):
        scanned += len(octets) + 1
        if scanned > most:
            return Lines(found, skipped, is_more=True, is_partial=True, reached=reached)
        line = _read(octets)
        if line is None:
            continue
        reached = line.at
        if line.at < since - _SLACK:
            break
        if not since <= line.at < until or not any(form in octets for form in forms) or not wanted(line.fields):
            continue
        if skipped < offset:
            skipped += 1
        elif len(found) < limit:
            found.append(line)
        else:
            return Lines(found, skipped, is_more=True, is_partial=False, reached=reached)
    return Lines(found, skipped, is_more=False, is_partial=False, reached=reached)


def _backwards(folder: Path, since: datetime, until: datetime) -> Iterator[bytes]:
    """The lines of all days between two moments, and some others, the latest first."""
    if not folder.is_dir():
        return
    for day, path in days(folder):
        if day > until.date() or day < (since - _SLACK).date():
            continue
        with path.open("rb") as file:
            yield from _lines(file, _end(file, until + _SLACK))


def _lines(file: BinaryIO, end: int) -> Iterator[bytes]:
    rest = b""
    while end:
        begin = max(0, end - _PIECE)
        file.seek(begin)
        first, *others = (file.read(end - begin) + rest).split(b"\n")
        yield from reversed(others)
        # Longer than any line of ours: something else has got into the file.
        rest, end = first if len(first) <= 2 * LONGEST else b"", begin
    yield rest


def _end(file: BinaryIO, until: datetime) -> int:
    """Where to begin to read backwards for what is earlier: the end of a line."""
    size = file.seek(0, 2)
    low, high = 0, size
    while high - low > _PIECE:
        middle = (low + high) // 2
        file.seek(middle)
        file.readline(2 * LONGEST)
        line = _read(file.readline(2 * LONGEST))
        if line is not None and line.at < until:
            low = middle
        else:
            high = middle
    file.seek(high)
    return min(size, high + len(file.readline(2 * LONGEST)))


def _read(octets: bytes) -> Line | None:
    """None for what is no line of ours, as one that was cut off by a full disk."""
    try:
        fields = orjson.loads(octets)
    except ValueError:
        fields = _half(octets)
    try:
        return Line(datetime.fromisoformat(fields["timestamp"]), fields)
    except (ValueError, KeyError, TypeError):
        return None


def _half(octets: bytes) -> Any:
    """A line that names half a character or no number, which nobody can be told as JSON: what it says is one text."""
    try:
        fields = json.loads(octets)
        return {"line": octets.decode()} | {name: fields[name] for name in ("level", "event", "timestamp")}
    except (ValueError, KeyError, TypeError):
        return None
