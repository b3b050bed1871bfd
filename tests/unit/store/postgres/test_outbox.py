"""What waits to be sent."""

import pytest

from pillarbox.store import Notice
from pillarbox.store.postgres import outbox as module
from pillarbox.store.postgres.outbox import Outbox
from pillarbox.wire.values import State


@pytest.fixture
def woken() -> list[None]:
    return []


@pytest.fixture
def outbox(woken: list[None]) -> Outbox:
    return Outbox(lambda: woken.append(None))


def of(account: int, **states: str) -> Notice:
    return Notice(account, {name: State(state) for name, state in states.items()})


def test_of_each_account_the_latest_states_are_told_once(outbox: Outbox) -> None:
    outbox.add(of(1, Email="a-2", Mailbox="a-2"))
    outbox.add(of(2, Email="b-9"))
    outbox.add(of(1, Email="a-3"))
    assert outbox.taken() == [of(1, Email="a-3", Mailbox="a-2"), of(2, Email="b-9")]
    assert outbox.taken() == []


def test_of_two_commits_the_later_counts_whichever_is_told_first(outbox: Outbox) -> None:
    outbox.add(of(1, Email="a-10"))
    outbox.add(of(1, Email="a-9"))
    assert outbox.taken() == [of(1, Email="a-10")]


def test_of_two_epochs_the_one_told_last_counts(outbox: Outbox) -> None:
    outbox.add(of(1, Email="a-10"))
    outbox.add(of(1, Email="b-1"))
    assert outbox.taken() == [of(1, Email="b-1")]


def test_whoever_sends_is_woken_by_the_first_alone(outbox: Outbox, woken: list[None]) -> None:
    outbox.add(of(1))
    outbox.add(of(2))
    assert len(woken) == 1
    outbox.taken()
    outbox.add(of(1))
    assert len(woken) == 2


def test_what_does_not_fit_is_admitted_once(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_WAITING", 2)
    for account in (1, 2, 1, 3):
        outbox.add(of(account, Email="a-1"))
    assert [one.account for one in outbox.taken()] == [1, 2]
    assert outbox.has_dropped()
    assert not outbox.has_dropped()
