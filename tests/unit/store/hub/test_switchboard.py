"""Who is told what."""

import pytest

from pillarbox.store.hub import switchboard as module
from pillarbox.store.hub.line import Garbled, Line, Word
from pillarbox.store.hub.switchboard import Switchboard
from pillarbox.wire.values import State

NEWS = Line(Word.PUBLISH, 1, {"Email": State("a-2")})
ASK = Line(Word.REREAD, 1)


@pytest.fixture
def board() -> Switchboard[str]:
    """With a reader that listens to account 1, and a writer."""
    board = Switchboard[str]()
    board.joined("reader")
    board.joined("writer")
    # Whoever begins to listen is to look once: there may have been something just before.
    assert list(board.said("reader", Line(Word.LISTEN, 1))) == [("reader", ASK)]
    return board


def said(board: Switchboard[str], peer: str, word: Word, account: int | None = 1) -> list[tuple[str, Line]]:
    """What others are told for that."""
    return list(board.said(peer, Line(word, account)))


def test_news_goes_to_those_who_listen_and_not_back(board: Switchboard[str]) -> None:
    said(board, "writer", Word.LISTEN)

    assert list(board.said("writer", NEWS)) == [("reader", NEWS)]


def test_other_accounts_are_not_told_of(board: Switchboard[str]) -> None:
    assert list(board.said("writer", Line(Word.PUBLISH, 2, NEWS.states))) == []


def test_who_listens_no_more_is_not_told(board: Switchboard[str]) -> None:
    said(board, "reader", Word.IGNORE)

    assert list(board.said("writer", NEWS)) == []


def test_who_listens_to_all_is_told_of_each(board: Switchboard[str]) -> None:
    board.joined("bridge")
    # It is told from where on it is told of everything.
    assert said(board, "bridge", Word.LISTEN, None) == [("bridge", Line(Word.REREAD, None))]

    assert sorted(board.said("writer", NEWS), key=str) == [("bridge", NEWS), ("reader", NEWS)]
    assert len(said(board, "bridge", Word.EXPECT)) == 0
    assert list(board.said("bridge", NEWS)) == [("reader", NEWS)]


def test_whoever_listens_is_told_that_other_machines_are_heard_of(board: Switchboard[str]) -> None:
    """Ours: once, from when a bridge has had all others look, and for as long as it is there."""
    board.joined("bridge")
    said(board, "bridge", Word.LISTEN, None)
    board.joined("late")
    assert said(board, "late", Word.LISTEN) == [("late", ASK)]
    said(board, "bridge", Word.REREAD, None)

    assert said(board, "late", Word.LISTEN) == [("late", ASK), ("late", Line(Word.REREAD, None))]

    assert said(board, "late", Word.LISTEN) == [("late", ASK)]
    list(board.left("bridge"))
    board.joined("later")
    assert said(board, "later", Word.LISTEN) == [("later", ASK)]


def test_who_has_missed_something_makes_all_others_look(board: Switchboard[str]) -> None:
    """Ours: what a bridge did not hear of other machines, nobody here did."""
    board.joined("bridge")

    assert sorted(said(board, "bridge", Word.REREAD, None)) == [
        ("reader", Line(Word.REREAD, None)),
        ("writer", Line(Word.REREAD, None)),
    ]


def test_a_writer_that_ends_before_it_told_makes_listeners_look(board: Switchboard[str]) -> None:
    """Architecture section 2."""
    said(board, "writer", Word.EXPECT)

    assert list(board.left("writer")) == [("reader", ASK)]


@pytest.mark.parametrize("last", [NEWS, Line(Word.WITHDRAW, 1)])
def test_a_writer_that_told_or_failed_ends_quietly(board: Switchboard[str], last: Line) -> None:
    said(board, "writer", Word.EXPECT)
    list(board.said("writer", last))

    assert list(board.left("writer")) == []


def test_two_commits_of_one_writer_are_two(board: Switchboard[str]) -> None:
    """Ours: another of its threads may expect a commit before the first has told of its own."""
    said(board, "writer", Word.EXPECT)
    said(board, "writer", Word.EXPECT)
    list(board.said("writer", NEWS))

    assert list(board.left("writer")) == [("reader", ASK)]


def test_who_is_gone_is_told_nothing(board: Switchboard[str]) -> None:
    list(board.left("reader"))

    assert list(board.said("writer", NEWS)) == []


@pytest.mark.parametrize("line", [ASK, Line(Word.IGNORE, None)])
def test_what_is_not_for_processes_to_say_is_refused(board: Switchboard[str], line: Line) -> None:
    with pytest.raises(Garbled):
        list(board.said("writer", line))


@pytest.mark.parametrize(("limit", "word"), [("MAX_LISTENED", Word.LISTEN), ("MAX_EXPECTED", Word.EXPECT)])
def test_nobody_makes_the_hub_remember_without_end(
    board: Switchboard[str], monkeypatch: pytest.MonkeyPatch, limit: str, word: Word
) -> None:
    monkeypatch.setattr(module, limit, 10)

    for account in range(10):
        said(board, "writer", word, account)

    with pytest.raises(Garbled):
        said(board, "writer", word, 10)
