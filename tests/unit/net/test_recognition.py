"""A server knows its own question, and nobody else can make one."""

import pytest
from tests.toy.clock import Clock

from pillarbox.net import Recognition

SECRET = b"s" * 32


def test_another_process_of_the_same_server_knows_and_answers_it(clock: Clock) -> None:
    question = Recognition(SECRET, clock).question()
    other = Recognition(SECRET, clock)

    assert other.knows(question)
    assert Recognition(SECRET, clock).proves(question, other.answer(question))


def test_another_server_does_neither(clock: Clock) -> None:
    mine, other = Recognition(SECRET, clock), Recognition(b"other", clock)
    question = mine.question()

    assert not other.knows(question)
    assert not mine.proves(question, other.answer(question))
    assert not mine.proves(question, None)


def test_the_question_is_not_the_answer(clock: Clock) -> None:
    """Whoever gives back what they are asked is not this server."""
    mine = Recognition(SECRET, clock)
    question = mine.question()

    assert not mine.proves(question, question)
    assert not mine.proves(question, question.rpartition(".")[2])


def test_it_is_known_for_a_minute(clock: Clock) -> None:
    mine = Recognition(SECRET, clock)
    question = mine.question()

    clock.now += 59
    assert mine.knows(question)
    clock.now += 2
    assert not mine.knows(question)


@pytest.mark.parametrize("made", ["", ".", "a.b.c", "\ud800", "x" * 10_000, "0.0." + "0" * 32, "é.é.é"])
def test_what_is_none_is_not_known(made: str) -> None:
    assert not Recognition(SECRET).knows(made)


def test_two_questions_differ(clock: Clock) -> None:
    mine = Recognition(SECRET, clock)

    assert mine.question() != mine.question()
