"""The connection to the database is cut in COMMIT: before it has arrived, or before its answer has."""

import random
from collections.abc import Callable

import pytest
from tests.journeys.client import Client, Failed, Refused, is_temporary
from tests.journeys.faults.load import Load
from tests.journeys.faults.places import TWO, database
from tests.journeys.program import Server, until
from tests.neighbour.postgres import Cluster
from tests.neighbour.scissors import Scissors

from pillarbox.store.retry import ATTEMPTS

pytestmark = [pytest.mark.slow, pytest.mark.neighbour]

CUTS = 100


@pytest.fixture
def server(served: Callable[..., Server], postgres: Cluster, cutter: Scissors) -> Server:
    """One whose connections to the database all go through the scissors."""
    return served(TWO + database(postgres.database(), cutter.port))


def draft(client: Client, drafts: str, subject: str, state: str) -> str:
    """The state after a draft was made, if the Emails are still at the state before. Raises Failed."""
    email = {
        "mailboxIds": {drafts: True},
        "keywords": {"$draft": True},
        "subject": subject,
        "bodyStructure": {"type": "text/plain", "partId": "1"},
        "bodyValues": {"1": {"value": "Hello."}},
    }
    answer = client.call("Email/set", ifInState=state, create={"d": email})
    assert "d" in answer["created"], answer
    return str(answer["newState"])


def state_of(client: Client) -> str:
    return str(client.call("Email/get", ids=[])["state"])


def subjects_of(client: Client) -> list[str]:
    return [email["subject"] for email in client.emails(client.ids(), ["subject"])]


def test_what_was_acknowledged_is_there_once_and_what_failed_is_not(server: Server, cutter: Scissors) -> None:
    """Architecture section 3.2: the unit's token says which of the two happened before anybody is told.

    What did not happen is done again, so that few are told of a failure.
    """
    alice = server.account("alice@far.example")
    drafts, state = alice.role("drafts"), state_of(alice)
    made: list[str] = []
    failed = 0
    cutter.share = 0.7

    while sum(cutter.cuts.values()) < CUTS:
        subject = f"draft {len(made)}"
        try:
            state = draft(alice, drafts, subject, state)
            made.append(subject)
        except Failed as told:
            if not is_temporary(told):
                raise
            failed += state_of(alice) == state

    cutter.share = 0.0
    assert subjects_of(alice) == made
    # What the database never had was made again, if it was not cut off each time.
    assert failed <= cutter.cuts["request"] / ATTEMPTS
    assert server.program.doctor() == []


def test_what_nobody_can_know_is_not_doubled_by_who_asks_again(server: Server, cutter: Scissors) -> None:
    """RFC 8620 sections 3.6.2 and 5.3, "ifInState": the client is told to look, for it is done or not."""
    alice = server.account("alice@far.example")
    drafts, state = alice.role("drafts"), state_of(alice)

    for number in range(2):
        # The commit is cut, and nobody gets through to ask what became of it.
        before = dict(cutter.cuts)
        cutter.share, cutter.only = 1.0, ("request", "answer")[number]
        cutter.falls = True
        with pytest.raises((Failed, Refused)) as told:
            draft(alice, drafts, f"draft {number}", state)
        assert getattr(told.value, "kind", None) == "serverPartialFail"
        assert cutter.cuts != before
        cutter.share, cutter.is_down, cutter.falls = 0.0, False, False

        until(lambda: _is_back(alice), "the database is reached again", 20)
        try:
            state = draft(alice, drafts, f"draft {number}", state)
        except Failed as known:
            if known.kind != "stateMismatch":
                raise
            state = state_of(alice)

    assert subjects_of(alice) == ["draft 0", "draft 1"]


def _is_back(client: Client) -> bool:
    try:
        client.call("Email/get", ids=[])
    except (Failed, Refused):
        return False
    return True


def test_everybody_is_cut_off_at_times(server: Server, cutter: Scissors, chance: random.Random) -> None:
    """Ours: a hundred times, while everybody works."""
    load = Load(server, chance, messages=300)

    with load.running():
        cutter.share = 0.3
        load.until(lambda: sum(cutter.cuts.values()) >= CUTS, "a hundred commits were cut", 120)
        cutter.share = 0.0
        load.goes_on()

    load.check()
    print(load.told(), cutter.cuts)
