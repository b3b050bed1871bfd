"""What is wrong with the configuration reaches the log."""

from structlog.testing import capture_logs

from pillarbox.settings import Problem, report


def test_each_problem_is_an_event() -> None:
    """The settings reference, section 2: errors are recorded by key."""
    with capture_logs() as events:
        report([Problem("a.b", "parse", "write 5")])

    (event,) = events
    assert event == {
        "event": "settings.problem",
        "log_level": "warning",
        "level": "warn",
        "key": "a.b",
        "kind": "parse",
        "text": "write 5",
    }
