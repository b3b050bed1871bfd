"""The files of the log: written by several processes, bounded, removed, and read backwards."""

import io
import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pillarbox.telemetry import Event, Secret, configure, emit, keep_lines
from pillarbox.telemetry.book import LONGEST, Book, Kept, forget_days
from pillarbox.telemetry.metric import LOG_DROPPED, entries
from pillarbox.telemetry.reading import Lines, read_lines

MOMENT = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)


def anything(_: Mapping[str, Any]) -> bool:
    return True


def written(folder: Path, moments: list[datetime], **fields: Any) -> None:
    book = Book(folder)
    for number, moment in enumerate(moments):
        line = {**fields, "number": number, "level": "info", "event": "http.request", "timestamp": moment.isoformat()}
        assert book.write(json.dumps(line).encode() + b"\n", moment.date().isoformat()) is Kept.WRITTEN
    book.close()


def read(
    folder: Path,
    text: str = "",
    after: datetime | None = None,
    before: datetime | None = None,
    limit: int = 1000,
    offset: int = 0,
    most: int = 2**30,
) -> Lines:
    return read_lines(folder, text, anything, after, before, offset, limit, most)


def numbers(found: Lines) -> list[int]:
    return [line.fields["number"] for line in found.lines]


def dropped() -> float:
    return sum(sum(one.values) for _, said in entries().values() for one in said if one.name == LOG_DROPPED.name)


@pytest.fixture
def stream() -> io.StringIO:
    made = io.StringIO()
    configure("debug", "text", made)
    return made


@pytest.mark.usefixtures("stream")
def test_lines_are_kept_as_json_whatever_is_shown(tmp_path: Path) -> None:
    """Ours: the files are for programs; only their owner reads them."""
    keep_lines(tmp_path / "logs")
    emit(Event.AUTH_FAILED, scheme="basic", password=Secret("hush"))

    (path,) = (tmp_path / "logs").iterdir()
    line = json.loads(path.read_bytes())
    assert line.pop("timestamp")[:10] == path.name.removesuffix(".log")
    assert line == {"event": "auth.failed", "level": "warn", "scheme": "basic", "password": "(hidden)"}
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_what_is_not_shown_is_not_kept(tmp_path: Path, stream: io.StringIO) -> None:
    """The settings reference: `server.log.level`."""
    configure("warn", "json", stream)
    keep_lines(tmp_path / "logs")
    emit(Event.SERVER_STOPPED)

    assert not (tmp_path / "logs").exists()


def test_a_folder_that_cannot_be_written_ends_nothing(tmp_path: Path, stream: io.StringIO) -> None:
    """Ours: what is logged goes on, and what is lost is counted."""
    (tmp_path / "logs").write_text("in the way")
    before = dropped()
    keep_lines(tmp_path / "logs")
    emit(Event.SERVER_STOPPED)

    assert "server.stopped" in stream.getvalue()
    assert dropped() == before + 1


def test_a_day_is_bounded_and_says_so_once(tmp_path: Path) -> None:
    """Ours."""
    book = Book(tmp_path, most=100)
    told = [book.write(b"x" * 59 + b"\n", "2026-01-31") for _ in range(5)]

    # The one after the first that found no room is for the reason.
    assert told == [Kept.WRITTEN, Kept.FULL, Kept.WRITTEN, Kept.DROPPED, Kept.DROPPED]
    assert book.write(b"y\n", "2026-02-01") is Kept.WRITTEN


def test_a_line_that_is_too_long_is_named_alone(tmp_path: Path, stream: io.StringIO) -> None:
    """Ours: what reads the files has lines of bounded length."""
    configure("debug", "json", stream)
    keep_lines(tmp_path)
    emit(Event.AUTH_FAILED, reason="x" * LONGEST)

    (path,) = tmp_path.iterdir()
    assert json.loads(path.read_bytes())["known"] == "the line was too long"


def test_a_file_that_was_removed_is_made_anew(tmp_path: Path) -> None:
    """Ours: who clears the folder by hand loses no line that follows."""
    book = Book(tmp_path)
    book.write(b"one\n", "2026-01-31")
    (tmp_path / "2026-01-31.log").unlink()
    book.write(b"two\n", "2026-01-31")

    assert (tmp_path / "2026-01-31.log").read_bytes() == b"two\n"


def test_lines_of_several_processes_stay_whole(tmp_path: Path) -> None:
    """Ours: each is one write to a file opened for appending (open(2), O_APPEND)."""
    code = (
        "import sys; from pathlib import Path; from pillarbox.telemetry.book import Book\n"
        "book = Book(Path(sys.argv[1]))\n"
        "for _ in range(200): book.write(sys.argv[2].encode() * 3000 + b'\\n', '2026-01-31')"
    )
    running = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path), letter]) for letter in "ab"]
    assert [one.wait() for one in running] == [0, 0]

    lines = (tmp_path / "2026-01-31.log").read_bytes().splitlines()
    assert {bytes(set(line)) for line in lines} == {b"a", b"b"}
    assert len(lines) == 400


def test_old_days_are_removed(tmp_path: Path) -> None:
    """Settings: `server.log.keep`. What is no file of a day stays."""
    for name in ("2026-01-23.log", "2026-01-24.log", "2026-01-31.log", "notes.log"):
        (tmp_path / name).touch()

    assert forget_days(tmp_path, 7 * 86_400, MOMENT.timestamp()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["2026-01-24.log", "2026-01-31.log", "notes.log"]


def test_the_latest_is_read_first_over_days(tmp_path: Path) -> None:
    """Management API section 12."""
    written(tmp_path, [MOMENT + timedelta(hours=8 * n) for n in range(5)])
    assert numbers(read(tmp_path)) == [4, 3, 2, 1, 0]
    assert numbers(read(tmp_path, limit=2, offset=1)) == [3, 2]
    assert (read(tmp_path, limit=2).is_more, read(tmp_path, limit=5).is_more) == (True, False)


def test_moments_bound_what_is_read(tmp_path: Path) -> None:
    """Ours: `after` and `before`, in a file of which no more than a part is looked at."""
    written(tmp_path, [MOMENT + timedelta(seconds=n) for n in range(7000)], filling="x" * 200)
    wanted = [MOMENT + timedelta(seconds=n) for n in (3000, 3003)]
    found = read(tmp_path, after=wanted[0], before=wanted[1], most=2**20)
    assert (numbers(found), found.is_partial) == ([3002, 3001, 3000], False)


def test_a_text_is_looked_for_as_it_is_and_as_json_writes_it(tmp_path: Path) -> None:
    """Management API section 12: a substring, in this case."""
    written(tmp_path, [MOMENT], name='Jürgen "Jo"')
    assert numbers(read(tmp_path, 'Jürgen "Jo"')) == [0]
    assert numbers(read(tmp_path, '"event": "http.request"')) == [0]
    assert numbers(read(tmp_path, "jürgen")) == []


def test_no_more_than_so_much_is_looked_at(tmp_path: Path) -> None:
    """Ours: a question costs a bounded time, and goes on from where it ended."""
    written(tmp_path, [MOMENT + timedelta(minutes=5 * n) for n in range(100)])
    found = read(tmp_path, "of no line", most=1000)
    assert (found.lines, found.is_partial) == ([], True)
    assert found.reached is not None
    here = numbers(read(tmp_path, before=found.reached + timedelta(seconds=1), limit=2))
    assert (here[0] < 99, numbers(read(tmp_path, before=found.reached, limit=1))) == (True, here[1:])


def test_what_is_no_line_is_passed_over(tmp_path: Path) -> None:
    """Ours: a full disk cuts lines off, and peers send half characters."""
    written(tmp_path, [MOMENT])
    half = {"peer": "\ud800", "level": "info", "event": "lmtp.ended", "timestamp": MOMENT.isoformat()}
    path = tmp_path / "2026-01-31.log"
    path.write_bytes(b'{"cut off\n' + path.read_bytes() + b"\xff\n\n" + json.dumps(half).encode() + b"\n[]\n")

    found = read(tmp_path)
    assert [line.fields["event"] for line in found.lines] == ["lmtp.ended", "http.request"]
    assert "\ud800" not in str(found.lines[0].fields)


def test_nothing_is_found_where_there_is_no_folder(tmp_path: Path) -> None:
    """Ours."""
    assert read(tmp_path / "none").lines == []
