"""What is wrong with the configuration reaches the log."""

import io
import json

from pillarbox.settings import Problem, report
from pillarbox.telemetry import configure


def test_each_problem_is_an_event() -> None:
    """The settings reference, section 2: errors are recorded by key."""
    stream = io.StringIO()
    configure("warn", "json", stream)

    report([Problem("a.b", "parse", "write 5")])

    event = json.loads(stream.getvalue())
    assert event.pop("timestamp")
    assert event == {
        "event": "settings.problem",
        "level": "warn",
        "key": "a.b",
        "kind": "parse",
        "text": "write 5",
    }
