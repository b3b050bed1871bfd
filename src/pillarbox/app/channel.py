"""The line between the supervisor and each of its processes: questions go down, answers and notes come up.

Each is a JSON object in a line of its own, on a socket that the process is handed: settings have secrets among them,
and what is on it passes nobody's sight. `Above` is the supervisor's end, `Below` that of the process.
"""

import asyncio
import itertools
import json
import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Any, TypeAlias

from pillarbox.telemetry import Event, emit

__all__ = ["Above", "Answer", "Below", "Gone", "Message", "answered"]

Message: TypeAlias = Mapping[str, Any]
Answer: TypeAlias = Callable[[Message], Awaitable[Message]]

_LONGEST = 24 * 1024 * 1024
"""Octets of a line: settings with certificates in them have a few hundred thousand, calls of endpoints 22 million."""
_MOST_NOTES = 16
"""Kinds of notes that a process has told; each is told again when it changes, and no oftener than that."""


class Gone(Exception):
    """The process has ended, or is about to."""


class Above:
    """The supervisor's end: it asks, and hears notes."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, noted: Callable[[Message], None]):
        self._writer = writer
        self._noted = noted
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[Message]] = {}
        self._hearing = asyncio.create_task(self._hear(reader))

    @classmethod
    async def on(cls, end: socket.socket, noted: Callable[[Message], None]) -> "Above":
        """This end of a pair of sockets, from now on the line's own; `noted` is called with each note."""
        reader, writer = await asyncio.open_unix_connection(sock=end, limit=_LONGEST)
        return cls(reader, writer, noted)

    async def ask(self, question: Message, seconds: float) -> Message:
        """The answer. Raises Gone; TimeoutError."""
        number = next(self._numbers)
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        try:
            if self._hearing.done():
                raise Gone
            async with asyncio.timeout(seconds):
                self._writer.write(_line({**question, "id": number}))
                await self._writer.drain()
                told: Message = await answer
                return told
        except TimeoutError:
            # It is an OSError, too.
            raise
        except OSError as problem:
            raise Gone from problem
        finally:
            del self._asked[number]

    def close(self) -> None:
        """Ends the line; who waits for an answer is told that there is none."""
        self._hearing.cancel()
        self._writer.close()

    async def _hear(self, reader: asyncio.StreamReader) -> None:
        try:
            with suppress(OSError, ValueError):
                while line := await reader.readline():
                    told: Message = json.loads(line)
                    answer = self._asked.get(told.get("id", 0))
                    if answer is None:
                        self._noted(told)
                    elif not answer.done():
                        answer.set_result(told)
        finally:
            for answer in self._asked.values():
                if not answer.done():
                    answer.set_exception(Gone())


class Below:
    """The process's end: it answers, and tells notes."""

    def __init__(self, descriptor: int) -> None:
        """`descriptor` is that of the socket that was handed down, which is this end's from now on."""
        self._socket = socket.socket(fileno=descriptor)
        os.set_inheritable(descriptor, False)
        self._writer: asyncio.StreamWriter | None = None
        self._notes: dict[str, str] = {}

    async def serve(self, answer: Answer) -> None:
        """Answers questions, begun in their order, for as long as it is not cancelled or the supervisor is there."""
        reader, self._writer = await asyncio.open_unix_connection(sock=self._socket, limit=_LONGEST)
        answering: set[asyncio.Task[None]] = set()
        try:
            for kind, note in self._notes.items():
                self._tell(kind, note)
            with suppress(OSError, ValueError):
                while line := await reader.readline():
                    task = asyncio.create_task(self._answer(answer, json.loads(line)))
                    answering.add(task)
                    task.add_done_callback(answering.discard)
        finally:
            for task in list(answering):
                task.cancel()
            self._writer.close()

    async def _answer(self, answer: Answer, question: Message) -> None:
        self._put({**await answered(answer, question), "id": question["id"]})

    def note(self, kind: str, text: str) -> None:
        """Has the supervisor know something that `pillarbox doctor` is to tell; the last of each kind is kept.

        Called on the event loop. What is said already is not said again, and of more kinds than there should be none.
        """
        if self._notes.get(kind) == text or (kind not in self._notes and len(self._notes) >= _MOST_NOTES):
            return
        self._notes[kind] = text
        self._tell(kind, text)

    def forget(self) -> None:
        """What was noted may be mended: if it is still so, it will be noted again."""
        self._notes.clear()

    def _tell(self, kind: str, text: str) -> None:
        self._put({"note": kind, "text": text})

    def _put(self, message: Message) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(_line(message))


async def answered(answer: Answer, question: Message) -> Message:
    """The answer, or that a bug ended it, which the log is told."""
    try:
        return await answer(question)
    except Exception as bug:  # noqa: BLE001 - the face: a bug ends this answer, not the process
        emit(Event.ORDERS_FAILED, known=str(question.get("do")), exception=bug)
        return {"failed": "a bug kept it from being done; the log says which"}


def _line(message: Message) -> bytes:
    return json.dumps(dict(message)).encode() + b"\n"
