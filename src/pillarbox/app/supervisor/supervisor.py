"""The process that is started by hand: it binds, gives up its privileges, and keeps the others running.

It opens no database and reads nothing that a client sent. All it knows is what it was started with, and what the
settings say since they were read again, so whatever dies is started again as if for the first time.
"""

import asyncio
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

from pillarbox import __version__
from pillarbox.app import descriptors
from pillarbox.app.channel import Message, answered
from pillarbox.app.lock import refuse_served, served
from pillarbox.app.logbook import log_by
from pillarbox.app.privileges import settled
from pillarbox.app.supervisor import control, service
from pillarbox.app.supervisor.binding import Opened, bound, paths, released
from pillarbox.app.supervisor.change import Change, change
from pillarbox.app.supervisor.plan import Plan
from pillarbox.app.supervisor.staff import Staff
from pillarbox.net import Balance
from pillarbox.settings import BootstrapError, Configuration, Problem, Snapshot, catalogue, report, snapshot
from pillarbox.store.hub import Hub
from pillarbox.telemetry import Event, emit

__all__ = ["serve"]

_MOST_BY_DEFAULT = 4
_CHECK = 30.0
"""Seconds that looking for itself may take."""


def serve(
    pairs: Mapping[str, str],
    settings: Snapshot,
    data: Path,
    ready: Callable[[Sequence[Opened]], None],
    again: Callable[[], Configuration],
) -> None:
    """Serves until SIGINT or SIGTERM; `ready` is told once all workers accept connections.

    `pairs` are the texts of which the settings were made; `again` reads what is said now where they were read, and
    raises settings.BootstrapError. Started as root, it goes on as another user
    (`privileges.settled`). Raises net.CannotBind, privileges.Refused, lock.Served, crew.CannotStart; OSError.
    """
    workers = settings[catalogue.WORKERS] or min(len(os.sched_getaffinity(0)), _MOST_BY_DEFAULT)
    # Before the addresses are, which it has likely bound: that would be told instead.
    refuse_served(data)
    listening = bound(settings.listeners)
    opened = listening.opened
    try:
        settled(data, paths(opened))
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        log_by(settings, data)
        with served(data), _shared(workers) as (balance, life):
            descriptors.make_room(settings.listeners, workers)
            plan = Plan(pairs, data, opened, workers, balance, life)
            asyncio.run(_Supervisor(plan, again, listening.failed).serve(ready))
    finally:
        released(opened)


@contextmanager
def _shared(workers: int) -> Iterator[tuple[int, int]]:
    """Descriptors of the workers' balance, and of a pipe that ends with this process."""
    balance = Balance.shared(workers)
    # The end for writing is closed when this process ends, however it does; no other has it.
    life, own = os.pipe()
    try:
        yield balance, life
    finally:
        for descriptor in (balance, life, own):
            os.close(descriptor)


class _Supervisor:
    """The processes of one server, from the first to the last."""

    def __init__(self, plan: Plan, again: Callable[[], Configuration], unbound: Sequence[tuple[str, str]]) -> None:
        self._plan = plan
        self._unbound = unbound
        self._again = again
        self._stopping = asyncio.Event()
        self._reloading = asyncio.Lock()
        self._reloads: set[asyncio.Task[Message]] = set()
        self._had_terminal = os.isatty(0)
        self._draining: asyncio.Task[None] | None = None
        self._waiting: list[str] = []
        self._notes: dict[str, str] = {}
        self._staff = Staff(lambda: self._plan, self._noted)

    async def serve(self, ready: Callable[[Sequence[Opened]], None]) -> None:
        """Until it is told to end, and all have ended. Raises CannotStart."""
        began = time.monotonic()
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._told_to_end)
        loop.add_signal_handler(signal.SIGINT, self._interrupted)
        loop.add_signal_handler(signal.SIGHUP, self._hung_up)
        async with Hub(self._plan.data).open(), control.opened(self._plan.data, self._asked):
            try:
                if await self._staff.start(self._stopping):
                    ready(self._plan.opened)
                    service.notify("READY=1")
                    emit(
                        Event.SERVER_STARTED,
                        version=__version__,
                        listeners=len(self._plan.opened),
                        workers=self._plan.workers,
                    )
                    await self._staff.keep(self._stopping)
            finally:
                service.notify("STOPPING=1")
                # Workers have theirs; what nobody takes from these any more must be refused, not kept waiting.
                released(self._plan.opened)
                await self._staff.end()
                emit(Event.SERVER_STOPPED, seconds=round(time.monotonic() - began, 1))

    def _told_to_end(self) -> None:
        """SIGTERM: it ends once nobody is sent here any more, if that is to be waited for; told again, at once."""
        pause = snapshot(self._plan.pairs)[0][catalogue.DRAIN]
        if pause is None or self._draining is not None:
            self._stopping.set()
        else:
            self._draining = asyncio.ensure_future(self._drain(pause.seconds))

    async def _drain(self, seconds: float) -> None:
        emit(Event.SERVER_DRAINING, seconds=seconds)
        service.notify("STOPPING=1")
        await self._staff.drain()
        await asyncio.sleep(seconds)
        self._stopping.set()

    def _interrupted(self) -> None:
        if self._stopping.is_set():
            # Whoever asks twice does not want to wait.
            self._staff.send(signal.SIGKILL)
        self._stopping.set()

    def _hung_up(self) -> None:
        """SIGHUP: a terminal that is gone ends what was started in it; else the settings are read again."""
        if self._had_terminal and not os.isatty(0):
            self._stopping.set()
            return
        reload = asyncio.ensure_future(answered(self._asked, {"do": "reload"}))
        self._reloads.add(reload)
        reload.add_done_callback(self._reloads.discard)

    async def _asked(self, question: Message) -> Message:
        """What a command is answered."""
        match question.get("do"):
            case "reload":
                return await self._reload()
            case "try":
                return self._tried()
            case "doctor":
                return await self._examined()
            case "call":
                return await self._staff.call(question)
            case _:
                return {"failed": "this server does not know what it is asked; it may be of another version"}

    async def _reload(self) -> Message:
        """The settings are read again, and each process has them; one time after the other.

        The answer has `unchanged`, why all is as before, or `applied`, `restart`, `problems` and `failed`.
        """
        async with self._reloading:
            try:
                read = self._again()
            except BootstrapError as problem:
                emit(Event.SERVER_UNCHANGED, known=problem.known)
                return {"unchanged": problem.told}
            found, problems, applied = self._news(read)
            # Whatever dies from now on is started again with these.
            self._plan = replace(self._plan, pairs=found.pairs)
            settings, _ = snapshot(found.pairs)
            log_by(settings, self._plan.data)
            report(problems)
            self._waiting = found.restart
            self._notes.clear()
            failed = await self._staff.hand({"do": "use", "pairs": dict(found.pairs)})
            emit(
                Event.SERVER_RELOADED,
                applied=applied,
                restart=found.restart,
                problems=len(problems),
                failed=failed,
            )
            told = [asdict(problem) for problem in problems]
            return {"applied": applied, "restart": found.restart, "problems": told, "failed": failed}

    def _tried(self) -> Message:
        """What `_reload` would answer, while all stays as it is."""
        try:
            read = self._again()
        except BootstrapError as problem:
            return {"unchanged": problem.told}
        found, problems, applied = self._news(read)
        told = [asdict(problem) for problem in problems]
        return {"applied": applied, "restart": found.restart, "problems": told, "failed": []}

    def _news(self, read: Configuration) -> tuple[Change, list[Problem], list[str]]:
        """What becomes of settings that were read, what is wrong with them, and the keys that are other in force."""
        _, problems = snapshot(read.pairs)
        problems = [*read.problems, *problems]
        _, before = snapshot(self._plan.pairs)
        found = change(self._plan.pairs, read.pairs)
        # What is not in force as it is written is told as a problem, and what nothing read is not missed.
        idle = {problem.key for problem in problems if problem.kind != "deprecated"}
        idle |= {problem.key for problem in before if problem.kind == "unread"} - read.pairs.keys()
        return found, problems, [key for key in found.applied if key not in idle]

    def _noted(self, note: Message) -> None:
        """A worker has seen something that only a running server can."""
        self._notes[str(note.get("note"))] = str(note.get("text"))

    async def _examined(self) -> Message:
        """What only a running server can say of itself, as upkeep.Troubles: `found`."""
        answer = await self._staff.background.ask({"do": "check"}, _CHECK)
        found: list[Message] = list((answer or {}).get("found", ()))
        if answer is None or "failed" in answer:
            why = "whether its URL leads here is not known: the background worker does not answer"
            found.append(_remark("server.http.url", why))
        known = {one["place"] for one in found}
        # The question that went by way of a proxy may have been noted as well.
        found += [_remark(kind, text) for kind, text in sorted(self._notes.items()) if kind not in known]
        found += [_remark(key, "what is written is in force after a restart") for key in self._waiting]
        for id_, why in self._unbound:
            again = f"{why}; then start the server again"
            found.append({**_remark(f"server.listener.{id_}.bind", again), "weight": "trouble"})
        return {"found": found}


def _remark(place: str, problem: str) -> Message:
    """As an upkeep.Trouble is written for others."""
    return {"account": "server", "place": place, "problem": problem, "weight": "remark"}
