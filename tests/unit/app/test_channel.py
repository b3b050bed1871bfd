"""The line between the supervisor and a process: questions, answers, notes."""

import asyncio
import socket
from collections.abc import Awaitable, Callable

import pytest

from pillarbox.app.channel import Above, Answer, Below, Gone, Message


def run(held: Callable[[Above, Below, list[Message]], Awaitable[None]], answer: Answer) -> None:
    """Holds a conversation over one line."""

    async def conversation() -> None:
        ours, theirs = socket.socketpair()
        notes: list[Message] = []
        above = await Above.on(ours, notes.append)
        below = Below(theirs.detach())
        serving = asyncio.create_task(below.serve(answer))
        try:
            await held(above, below, notes)
        finally:
            serving.cancel()
            above.close()

    asyncio.run(conversation())


async def echo(question: Message) -> Message:
    return {"said": question["do"]}


def test_a_question_has_its_answer() -> None:
    async def held(above: Above, _: Below, __: list[Message]) -> None:
        answers = await asyncio.gather(above.ask({"do": "one"}, 5), above.ask({"do": "two"}, 5))
        assert [answer["said"] for answer in answers] == ["one", "two"]

    run(held, echo)


def test_settings_of_megabytes_pass() -> None:
    async def held(above: Above, _: Below, __: list[Message]) -> None:
        assert len((await above.ask({"do": "x" * 3_000_000}, 20))["said"]) == 3_000_000

    run(held, echo)


def test_a_bug_is_an_answer_and_the_next_question_is_answered() -> None:
    async def answer(question: Message) -> Message:
        return {"said": {"one": 1}[question["do"]]}

    async def held(above: Above, _: Below, __: list[Message]) -> None:
        assert "a bug" in (await above.ask({"do": "two"}, 5))["failed"]
        assert (await above.ask({"do": "one"}, 5))["said"] == 1

    run(held, answer)


def test_who_is_slow_keeps_no_other_question_waiting() -> None:
    async def answer(question: Message) -> Message:
        if question["do"] == "check":
            await asyncio.sleep(60)
        return {}

    async def held(above: Above, _: Below, __: list[Message]) -> None:
        slow = asyncio.create_task(above.ask({"do": "check"}, 60))
        await asyncio.sleep(0)
        await above.ask({"do": "use"}, 5)
        assert not slow.done()
        slow.cancel()

    run(held, answer)


def test_who_does_not_answer_is_given_up() -> None:
    async def silent(_: Message) -> Message:
        await asyncio.sleep(60)
        return {}

    async def held(above: Above, _: Below, __: list[Message]) -> None:
        with pytest.raises(TimeoutError):
            await above.ask({"do": "anything"}, 0.05)

    run(held, silent)


def test_who_has_ended_answers_nothing_more() -> None:
    async def conversation() -> None:
        ours, theirs = socket.socketpair()
        above = await Above.on(ours, lambda _: None)
        asked = asyncio.create_task(above.ask({"do": "anything"}, 20))
        await asyncio.sleep(0.01)

        theirs.close()

        with pytest.raises(Gone):
            await asked
        with pytest.raises(Gone):
            await above.ask({"do": "anything"}, 20)
        above.close()

    asyncio.run(conversation())


def test_a_note_is_told_when_it_is_new() -> None:
    async def held(above: Above, below: Below, notes: list[Message]) -> None:
        for text in ("a", "a", "b"):
            below.note("kind", text)
        await above.ask({"do": "anything"}, 5)
        assert [note["text"] for note in notes] in (["a", "b"], ["b"])
        below.forget()
        below.note("kind", "b")
        await above.ask({"do": "anything"}, 5)
        assert notes[-1] == {"note": "kind", "text": "b"}

    run(held, echo)


def test_notes_are_no_more_than_there_are_kinds_of() -> None:
    """Ours: whoever chooses what is noted does not choose how much is kept."""

    async def held(above: Above, below: Below, notes: list[Message]) -> None:
        for number in range(1000):
            below.note(f"kind {number}", "a")
        await above.ask({"do": "anything"}, 5)
        assert len(notes) == 16

    run(held, echo)
