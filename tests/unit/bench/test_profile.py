"""Profiles as text."""

import pytest
from bench.figure import NotYet
from bench.profile import summary

STACKS = [
    "run (/usr/lib/python3.11/threading.py:982);process (/srv/src/pillarbox/jmap/process.py:53);"
    "get (pillarbox/objects/get.py:29) 60",
    "run (/usr/lib/python3.11/threading.py:982);process (/srv/src/pillarbox/jmap/process.py:53);"
    "dumps (/x/site-packages/orjson/__init__.py:1) 20",
    "get (pillarbox/objects/get.py:29);get (pillarbox/objects/get.py:29) 20",
    "run (/usr/lib/python3.11/threading.py:982);_worker (concurrent/futures/thread.py:69) 900",
    "run (/usr/lib/python3.11/threading.py:982);Hearing._wait (pillarbox/store/hub/hearing.py:69) 900",
]


def test_time_is_told_by_the_function_it_is_spent_in_and_by_those_above() -> None:
    """Ours: parts of all samples; a function that calls itself counts once."""
    alone, under = summary(STACKS).split("\n\n")[1:3]

    assert alone.splitlines()[1:] == ["  80.0%  get (pillarbox/objects/get.py)", "  20.0%  dumps (orjson/__init__.py)"]
    assert under.splitlines()[1:] == [
        "  80.0%  get (pillarbox/objects/get.py)",
        "  80.0%  process (pillarbox/jmap/process.py)",
    ]


def test_no_path_of_the_machine_is_in_a_profile() -> None:
    """Ours: it is kept with the documentation."""
    assert "/srv" not in summary(STACKS)
    assert "/usr" not in summary(STACKS)


def test_threads_that_wait_are_not_in_a_profile() -> None:
    """Ours."""
    assert summary(STACKS).startswith("100 samples\n")


def test_a_profile_of_nothing_is_none() -> None:
    """Ours."""
    with pytest.raises(NotYet):
        summary(STACKS[3:])
