"""Mixed load, and what must be true when it is over."""

import random
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.journeys.faults.ear import Ear
from tests.journeys.faults.writers import Archivist, Clerk, Housekeeper, Postman, Writer
from tests.journeys.program import Server, until

from pillarbox.sample import many

__all__ = ["Load"]

PEOPLE = ("alice@far.example", "bob@far.example")
IMPORTED = "carol@far.example"
_RECOVERY = 45.0
"""Seconds in which everybody has an answer again: a worker that died often is started again after up to half a minute
less."""
_LATEST = 120.0


class Load:
    """All kinds of writers and listeners on one server, and a command-line import beside them.

    Where there is an `other` on the same database, the listeners and some of the mail are there.
    """

    def __init__(
        self, server: Server, chance: random.Random, messages: int = 1500, other: Server | None = None
    ) -> None:
        self.server = server
        there = other or server
        for person in (*PEOPLE, IMPORTED):
            server.program.account(person)
        seeds = iter(range(chance.randrange(1_000_000), 2_000_000))
        self.ears = [Ear(there.client(person)) for person in PEOPLE]
        self.writers: list[Writer] = [
            *(Postman(one, str(next(seeds)), PEOPLE) for one in (server, there)),
            *(Clerk(server, person, next(seeds)) for person in PEOPLE),
            Archivist(server, PEOPLE[0], next(seeds)),
            Housekeeper(server, PEOPLE[1], next(seeds)),
        ]
        self._mbox = server.folder / "many.mbox"
        self._messages = messages
        self._importing: subprocess.Popen[bytes] | None = None
        _write_mbox(self._mbox, messages)

    @contextmanager
    def running(self) -> Iterator[None]:
        """A block beside which everybody works; afterwards nobody does."""
        for each in (*self.ears, *self.writers):
            each.start()
        self.import_()
        try:
            self.goes_on()
            yield
        finally:
            for each in self.writers:
                each.end()
            for each in self.writers:
                each.join(_LATEST)
            self._end_import()

    def goes_on(self) -> None:
        """Returns when everybody has been answered once more; fails if that does not come by itself."""
        before = [writer.answers for writer in self.writers]
        self.until(
            lambda: all(writer.answers > count for writer, count in zip(self.writers, before, strict=True)),
            "everybody is answered again",
        )

    @property
    def refusals(self) -> int:
        """How often anybody was put off or lost a connection."""
        return sum(writer.refusals for writer in self.writers)

    def is_put_off(self, before: int) -> None:
        """Returns when somebody was put off once more than so often."""
        self.until(lambda: self.refusals > before, "somebody is put off")

    def until(self, holds: Callable[[], bool], what: str, seconds: float = _RECOVERY) -> None:
        """Waits for a condition, as `program.until`; what must not happen ends that at once."""

        def fine() -> bool:
            self.check_failures()
            return holds()

        until(fine, what, seconds)

    def check_failures(self) -> None:
        """Nothing has happened that must not."""
        everybody: list[Writer | Ear] = [*self.writers, *self.ears]
        for each in everybody:
            if each.failure is not None:
                raise AssertionError(f"{each.name}: {each.failure!r}") from each.failure

    def import_(self) -> None:
        """Imports the rest, beside all else; an import that ended is begun again, which then has nothing to do."""
        if self._importing is None or self._importing.poll() is not None:
            self._end_import()
            self._importing = self.server.program.start("import", IMPORTED, self._mbox)

    def kill_import(self) -> None:
        """Kills the import, and begins it again."""
        if self._importing is not None:
            self._importing.send_signal(signal.SIGKILL)
            self._importing.communicate()
        self._importing = None
        self.import_()

    def check(self) -> None:
        """All is there that was answered for, and nothing twice; everybody heard of it; the doctor finds nothing."""
        self.check_failures()
        for writer in self.writers:
            for person in PEOPLE:
                client = self.server.client(person)
                if getattr(writer, "address", person) == person:
                    writer.check(client)
        for ear, person in zip(self.ears, PEOPLE, strict=True):
            ear.check(self.server.client(person))
            ear.end()
        self._check_import()
        assert self.server.program.doctor() == []
        self.check_failures()

    def told(self) -> str:
        """What was done, for whoever watches."""
        answers = sum(writer.answers for writer in self.writers)
        repeats = sum(writer.repeats for writer in self.writers if isinstance(writer, Postman))
        return f"{answers} answers, {self.refusals} times put off or cut off, {repeats} messages offered again"

    def _check_import(self) -> None:
        self.server.program("import", IMPORTED, self._mbox)
        carol = self.server.client(IMPORTED)
        found = Counter(email["messageId"][0] for email in carol.emails(carol.ids(), ["messageId"]))
        assert found == Counter({f"9.{number}@bulk.example": 1 for number in range(self._messages)})

    def _end_import(self) -> None:
        if self._importing is not None:
            self._importing.kill()
            self._importing.communicate()
        self._importing = None


def _write_mbox(path: Path, count: int) -> None:
    with path.open("wb") as file:
        for sample in many(count, 9, words=50):
            file.write(f"From x@far.example {sample.received_at:%a %b %d %H:%M:%S %Y}\n".encode())
            file.write(sample.raw.replace(b"\r\n", b"\n") + b"\n")
