"""People who work on both servers by way of HAProxy, and what must be true when they are done."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.journeys.client import Client, Failed
from tests.journeys.faults.ear import Ear
from tests.journeys.faults.writers import Clerk, Postman, Writer
from tests.journeys.nodes.site import PEOPLE, Site
from tests.journeys.program import SESAME, until

__all__ = ["Crowd"]

_REST = 0.03
"""Seconds that each writer rests after each answer: they share two processors with all they write to."""
_RECOVERY = 60.0
"""Seconds: who is cut off in the midst of a write keeps an account locked for half of that."""
_LATEST = 60.0


class Careful(Client):
    """Says of each write which state it is for: one that a server does late, and nobody waits for, is then refused."""

    _state: str | None = None

    def call(self, name: str, **arguments: Any) -> dict[str, Any]:
        if name != "Email/set":
            return super().call(name, **arguments)
        while True:
            try:
                answer = super().call(name, ifInState=self._state, **arguments)
            except Failed as told:
                if told.kind != "stateMismatch":
                    raise
                self._state = super().call("Email/get", ids=[])["state"]
            else:
                self._state = answer["newState"]
                return answer


class CarefulClerk(Clerk):
    """One that works on several servers: what it was not answered for, another of them may be about to do."""

    def __init__(self, site: Site, address: str, seed: int) -> None:
        super().__init__(site, address, seed)
        self._client = Careful("127.0.0.1", site.port, address, SESAME)
        self._fences = 0

    def _settle(self) -> None:
        if self.doubtful:
            # From this state on, it cannot be done any more.
            self._fences += 1
            fence = {"mailboxIds": {self._client.role("drafts"): True}, "subject": f"fence {self._fences}"}
            self._client.call("Email/set", create={"f": fence})
        super()._settle()


class Crowd:
    """A mail server that hands over messages; and two people with a client that writes and one that listens."""

    def __init__(self, site: Site, chance: random.Random) -> None:
        self._site = site
        seed = chance.randrange(1_000_000)
        self.ears = [Ear(site.client(person)) for person in PEOPLE]
        self.clerks = [CarefulClerk(site, person, seed + at) for at, person in enumerate(PEOPLE)]
        self.postman = Postman(site, str(seed), PEOPLE)
        self._writers: list[Writer] = [*self.clerks, self.postman]

    @contextmanager
    def working(self) -> Iterator[None]:
        """A block beside which everybody works; then all is there that was answered for, and was heard of."""
        for writer in self._writers:
            writer.rest = _REST
        for each in (*self.ears, *self._writers):
            each.start()
        try:
            self.goes_on()
            yield
            self.goes_on()
        finally:
            for writer in self._writers:
                writer.end()
            for writer in self._writers:
                writer.join(_LATEST)
        self._check()

    def goes_on(self) -> None:
        """Returns when everybody has been answered several times more; fails if that does not come by itself."""
        began = time.monotonic()
        before = [writer.answers for writer in self._writers]
        self.until(
            lambda: all(writer.answers > count + 5 for writer, count in zip(self._writers, before, strict=True)),
            "everybody is answered again",
        )
        print(f"everybody is answered again after {time.monotonic() - began:.1f} s")

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Waits for a condition; what must not happen ends that at once."""

        def fine() -> bool:
            self._check_failures()
            return holds()

        until(fine, what, _RECOVERY)

    @property
    def refusals(self) -> int:
        """How often a client was put off or cut off."""
        return sum(clerk.refusals for clerk in self.clerks)

    def told(self) -> str:
        """What was done, for whoever watches."""
        answers = sum(writer.answers for writer in self._writers)
        return (
            f"{answers} answers, clients cut off {self.refusals} times, {self.postman.repeats} messages offered again,"
            f" {sum(ear.streams for ear in self.ears)} streams"
        )

    def _check(self) -> None:
        self._check_failures()
        for clerk in self.clerks:
            clerk.settle()
        for person, ear in zip(PEOPLE, self.ears, strict=True):
            client = self._site.client(person)
            self.postman.check(client)
            for clerk in self.clerks:
                if clerk.address == person:
                    clerk.check(client)
            ear.check(client)
            ear.end()
        self._check_failures()

    def _check_failures(self) -> None:
        everybody: list[Writer | Ear] = [*self._writers, *self.ears]
        for each in everybody:
            if each.failure is not None:
                raise AssertionError(f"{each.name}: {each.failure!r}") from each.failure
