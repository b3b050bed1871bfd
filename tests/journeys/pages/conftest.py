"""Somebody in front of a browser, and a server that answers as it is told to."""

from collections.abc import Iterator

import pytest
from tests.journeys.pages.person import Person
from tests.journeys.pages.script import Script, scripted
from tests.neighbour.chromium import Browser, browser


@pytest.fixture
def script() -> Iterator[Script]:
    """A server with our pages and the test's answers."""
    with scripted() as script:
        yield script


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One for all tests, since starting it takes longer than most of them."""
    with browser() as running:
        yield running


@pytest.fixture
def person(chromium: Browser) -> Iterator[Person]:
    """Somebody whom no server knows yet; nothing may go wrong that they are not told of."""
    with chromium.tab() as page:
        person = Person(page)
        person.speaks("en")
        yield person
        assert person.troubles == []
