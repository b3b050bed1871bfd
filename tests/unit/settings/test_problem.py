"""What is wrong with the configuration reaches the log."""

import io
import json

import pytest

from pillarbox.settings import Problem, catalogue, report, snapshot
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


@pytest.mark.parametrize(
    "text", ["very secret %", "very secret\n", "-----BEGIN very secret", "x" * 5000 + "very secret"]
)
def test_of_a_secret_that_is_none_nothing_is_told(text: str) -> None:
    """Management API section 23: who may read what is wrong may not read secrets."""
    written = {
        key: text
        for setting in catalogue.CATALOGUE
        for line in setting.described()
        if line.is_secret
        for key in line.spellings("x")
    }

    _, problems = snapshot({"directory.x.type": "ldap", "store.x.type": "postgresql", "acme.x.eab.kid": "x", **written})

    assert problems
    assert [one for one in problems if "very" in one.text or text[:50] in one.text] == []
