"""`pillarbox logs --follow`: each line once."""

from itertools import islice
from typing import Any

from pillarbox.cli.logs import followed


def line(at: str, what: str) -> dict[str, Any]:
    return {"timestamp": at, "event_id": what}


class Log:
    """A log that has more lines at each look."""

    def __init__(self, *looks: list[dict[str, Any]]) -> None:
        self.looks = iter(looks)
        self.lines: list[dict[str, Any]] = []

    def grow(self) -> None:
        self.lines += next(self.looks)

    def asked(self, since: str | None, limit: int) -> list[dict[str, Any]]:
        """Lines of this moment and later, as `GET /api/logs` gives them."""
        return [one for one in self.lines if since is None or one["timestamp"] >= since][-limit:]


def test_what_comes_is_shown_once_though_moments_are_shared() -> None:
    """Ours: a line of the moment of the last one may come later."""
    first, second, third, fourth = line("1", "a"), line("2", "b"), line("2", "c"), line("3", "d")
    log = Log([], [second], [], [third], [fourth])
    log.lines = [first]

    assert list(islice(followed([first], log.asked, log.grow), 3)) == [[second], [third], [fourth]]


def test_a_log_that_is_empty_is_followed_from_its_beginning() -> None:
    """Ours."""
    log = Log([], [line("1", "a")])

    assert next(followed([], log.asked, log.grow)) == [line("1", "a")]
