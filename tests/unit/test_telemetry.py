"""Log events, the id of a request, and secrets."""

import io
import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from pillarbox.telemetry import EVENTS, Event, EventLevel, Level, Secret, configure, emit, request_id, request_scope
from pillarbox.telemetry.document import page
from pillarbox.telemetry.log import reset

DOCS = Path(__file__).parents[2] / "docs" / "events.md"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    configure("debug", "json", stream)
    yield stream
    reset()


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in log.getvalue().splitlines()]
    assert all(line.pop("timestamp").endswith("Z") for line in found)
    return found


def test_an_event_is_a_name_and_fields(log: io.StringIO) -> None:
    """House style 3.8."""
    emit(Event.AUTH_FAILED, scheme="basic", attempts=3)

    assert lines(log) == [{"event": "auth.failed", "level": "warn", "scheme": "basic", "attempts": 3}]


@pytest.mark.parametrize(
    ("level", "written"),
    [
        ("trace", ["http.request", "server.started", "auth.failed", "http.failed"]),
        ("debug", ["http.request", "server.started", "auth.failed", "http.failed"]),
        ("info", ["server.started", "auth.failed", "http.failed"]),
        ("warn", ["auth.failed", "http.failed"]),
        ("error", ["http.failed"]),
        ("disable", []),
    ],
)
def test_events_below_the_level_are_not_written(log: io.StringIO, level: Level, written: list[str]) -> None:
    """The settings reference, section 2, "log level"."""
    configure(level, "json", log)

    for event in (Event.HTTP_REQUEST, Event.SERVER_STARTED, Event.AUTH_FAILED, Event.HTTP_FAILED):
        emit(event)

    assert [line["event"] for line in lines(log)] == written


def test_a_field_cannot_pass_for_the_event(log: io.StringIO) -> None:
    """Ours: the names `event` and `level` are taken."""
    emit(Event.SERVER_STARTED, event="auth.failed", level="error")

    assert lines(log) == [{"event": "server.started", "level": "info"}]


def test_what_belongs_to_a_request_says_so(log: io.StringIO) -> None:
    """Ours."""
    with request_scope("r1"):
        assert request_id() == "r1"
        emit(Event.SERVER_STARTED)
    emit(Event.SERVER_STOPPED)

    assert request_id() is None
    assert [line.get("request") for line in lines(log)] == ["r1", None]


@pytest.mark.parametrize("form", ["json", "text"])
def test_a_secret_is_never_written(log: io.StringIO, form: Any) -> None:
    """House style 3.8."""
    configure("debug", form, log)
    secret = Secret("geheim")

    emit(Event.SERVER_STARTED, a=secret, b=[secret], c={"d": (secret,)}, e=f"{secret}", f={secret})

    assert "geheim" not in log.getvalue()
    assert log.getvalue().count("(hidden)") == 5


def test_secrets_are_equal_when_their_texts_are() -> None:
    """Ours."""
    assert Secret("a") == Secret("a")
    assert len({Secret("a"), Secret("a"), Secret("b")}) == 2
    assert Secret("a") != "a"


def test_an_exception_is_told_with_its_traceback(log: io.StringIO) -> None:
    """House style 3.5: bugs are logged with their traceback."""
    try:
        raise ValueError("a \x1b[2J bad thing")
    except ValueError as error:
        emit(Event.HTTP_FAILED, exception=error)

    (line,) = lines(log)
    assert line["exception"].startswith("Traceback (most recent call last):\n")
    assert line["exception"].endswith("ValueError: a \\x1b[2J bad thing")


def test_a_peer_s_text_does_not_move_the_cursor_of_who_reads_the_log(log: io.StringIO) -> None:
    """Ours."""
    configure("debug", "text", log)

    emit(Event.LMTP_REFUSED, recipient="\x1b[2J\r\n\ud800", exception=ValueError("\x07\x9b\ud800"))

    assert re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800]", log.getvalue()) is None


def test_what_json_cannot_say_is_written_all_the_same(log: io.StringIO) -> None:
    """Ours: a log line that raises would turn one fault into two."""
    emit(Event.SERVER_STARTED, a="\ud800", b=2**80, c=Path("/x"))

    assert lines(log) == [
        {"event": "server.started", "level": "info", "a": "\ud800", "b": 2**80, "c": "PosixPath('/x')"}
    ]


def test_a_log_that_cannot_be_written_stops_nobody(log: io.StringIO) -> None:
    """Ours."""
    log.close()

    emit(Event.SERVER_STARTED)


def test_a_library_s_warning_is_an_event_and_its_chatter_is_not(log: io.StringIO) -> None:
    """Ours."""
    logging.getLogger("library.part").info("so far so good")
    logging.getLogger("library.part").warning("no %s", "good")

    assert lines(log) == [{"event": "library.spoke", "level": "warn", "logger": "library.part", "text": "no good"}]


def test_before_it_is_configured_warnings_alone_are_written(capsys: pytest.CaptureFixture[str]) -> None:
    """Ours."""
    reset()

    emit(Event.SERVER_STARTED)
    emit(Event.AUTH_FAILED)
    reset()

    assert [json.loads(line)["event"] for line in capsys.readouterr().err.splitlines()] == ["auth.failed"]


@pytest.mark.parametrize("event", Event, ids=lambda event: event.title)
def test_an_event_has_a_dotted_name_a_level_and_a_line_of_documentation(event: Event) -> None:
    """House style 3.8."""
    assert re.fullmatch(r"[a-z]+(\.[a-z-]+)+", event.title)
    assert event.level in get_args(EventLevel)
    assert event.doc.endswith(".")
    assert "\n" not in event.doc


def test_no_two_events_share_a_name() -> None:
    """House style 3.8: the name is a constant."""
    assert len(EVENTS) == len(Event)


def test_the_events_are_documented_as_they_are() -> None:
    """House style: documentation is tested. To mend: python -m pillarbox.telemetry.document > docs/events.md"""
    assert DOCS.read_text() == page()


def test_a_log_of_json_is_written_without_what_is_made_for_terminals() -> None:
    """Ours: each process would begin an eighth later for it."""
    code = (
        "import sys; from pillarbox.telemetry import Event, configure, emit; configure('info', 'json');"
        " emit(Event.SERVER_STARTED); print([name for name in ('rich', 'structlog') if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert json.loads(done.stderr)["event"] == "server.started"
    assert done.stdout == "[]\n"
