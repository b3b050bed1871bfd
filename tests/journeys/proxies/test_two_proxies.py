"""Another proxy in front of nginx, which the settings know of: clients are whom it names, and nobody else is heard."""

import dataclasses
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.journeys.program import until
from tests.journeys.proxies.front import FRONTS, Front, asked, fronted

pytestmark = [pytest.mark.neighbour, pytest.mark.slow]

ANOTHER = "127.0.0.9"
"""The proxy in front of nginx."""
PERSON = "127.0.0.7"
"""Somebody who comes to nginx without it."""
ALICE, THIEF, REFUSED = "203.0.113.10", "203.0.113.9", "203.0.113.66"


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory, data: Path) -> Iterator[Front]:
    kind = FRONTS["nginx"]()
    known = kind.settings.replace('["127.0.0.1"]', f'["127.0.0.1", "{ANOTHER}"]')
    assert known != kind.settings
    with fronted(tmp_path_factory.mktemp("two"), dataclasses.replace(kind, settings=known), data) as made:
        yield made


def status(front: Front, source: str, says: str, path: str = "/robots.txt") -> int:
    """That of the answer to whoever comes from `source` and says this of the client."""
    return asked(front.visit(source), path, headers={"X-Forwarded-For": says})[0].status


@pytest.mark.parametrize(
    ("source", "says", "client"),
    [
        (ANOTHER, ALICE, ALICE),
        # What stands further to the left is what Alice wrote.
        (ANOTHER, f"{REFUSED}, {ALICE}", ALICE),
        (ANOTHER, f"{ALICE}, nonsense", ANOTHER),
        (PERSON, ALICE, PERSON),
        (PERSON, f"{ALICE}, {ANOTHER}", PERSON),
    ],
)
def test_the_client_is_the_last_who_is_no_proxy(front: Front, source: str, says: str, client: str) -> None:
    """Architecture: walked from the right over trusted hops."""
    path = f"/nothing/{uuid.uuid4()}"

    status(front, source, says, path)

    assert front.told(path)["client"] == client


def test_access_control_goes_by_it(front: Front) -> None:
    """Ours: `allowed-endpoint` refuses this address."""
    assert status(front, ANOTHER, REFUSED) == 403
    assert status(front, ANOTHER, f"{REFUSED}, {ALICE}") == 200
    assert status(front, PERSON, REFUSED) == 200


def test_who_is_banned_gets_403_and_others_do_not(front: Front) -> None:
    """Ours: the ban is the client's, and the connection the proxy's."""
    assert status(front, ANOTHER, THIEF, "/wp-login.php") == 404

    until(lambda: status(front, ANOTHER, THIEF) == 403, "the ban is in force")
    assert status(front, ANOTHER, ALICE) == 200
    assert status(front, PERSON, THIEF) == 200
    assert status(front, "127.0.0.1", THIEF) == 403


def test_nobody_gets_another_banned(front: Front) -> None:
    """Issue: forged headers change nothing. Bans are told of in turn: a first would be in force once the second is."""
    innocent, scanner = "203.0.113.11", "203.0.113.12"
    assert status(front, PERSON, innocent, "/wp-login.php") == 404
    assert status(front, ANOTHER, scanner, "/wp-login.php") == 404

    until(lambda: status(front, ANOTHER, scanner) == 403, "the ban is in force")
    assert status(front, ANOTHER, innocent) == 200
    assert status(front, PERSON, "", "/robots.txt") == 200
