"""A client that listens, whatever happens to the server."""

import socket
import threading
from contextlib import suppress
from http.client import HTTPException

from tests.journeys.client import Client, Events, Failed, Refused, is_temporary
from tests.journeys.program import until

__all__ = ["Ear"]

TYPES = ("Email", "Mailbox", "Thread")
_PING = 5
_PAUSE = 0.1


class Ear(threading.Thread):
    """Keeps an event source open, opens it again when it ends, and knows the states that it was told of.

    As a client does, it reads the states by itself only when it has begun to listen without an event to go on from.
    """

    def __init__(self, client: Client) -> None:
        super().__init__(name=f"ear of {client.address}", daemon=True)
        self._client = client
        self._ending = threading.Event()
        self._events: Events | None = None
        self._last: str | None = None
        self.states: dict[str, str] = {}
        self.streams = 0
        self.failure: BaseException | None = None

    def end(self) -> None:
        """Listens no more."""
        self._ending.set()
        events = self._events
        if events is not None:
            with suppress(OSError):
                events.socket.shutdown(socket.SHUT_RDWR)

    def run(self) -> None:
        try:
            while not self._ending.is_set():
                try:
                    self._listen()
                except TimeoutError:
                    raise
                except (Failed, Refused) as told:
                    if not is_temporary(told):
                        raise
                except (OSError, HTTPException):
                    pass
                self._ending.wait(_PAUSE)
        except BaseException as problem:  # noqa: BLE001  # told by whoever watches
            if not self._ending.is_set():
                self.failure = problem
        finally:
            self._client.close()

    def check(self, client: Client) -> None:
        """It comes to know the states as they are; asserted when all is quiet."""
        until(lambda: self.failure is not None or self.states == states(client), f"{self.name} has heard", 20)
        assert self.failure is None, self.failure

    def _listen(self) -> None:
        account = self._client.account
        self._events = self._client.listen(ping=_PING, last_event_id=self._last)
        self.streams += 1
        if self._last is None:
            self.states = states(self._client)
        while True:
            # More than three pings: a stream that is silent for so long has hung.
            event = self._events.next(20.0)
            if event is None:
                return
            if event.name == "state":
                told = event.data["changed"].get(account, {})
                self.states |= {name: state for name, state in told.items() if name in TYPES}
                self._last = event.id


def states(client: Client) -> dict[str, str]:
    """Those that the account is at."""
    answers = client.calls(*((f"{name}/get", {"ids": []}) for name in TYPES))
    return {name: answer["state"] for name, answer in zip(TYPES, answers, strict=True)}
