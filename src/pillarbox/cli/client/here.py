"""The ways to a server on this machine: its socket in the data folder; and none, where its work is done right here."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from pillarbox.app import House, asked
from pillarbox.app.endpointcall import EndpointCall, Outcome
from pillarbox.cli.client.client import Send, Unreached

__all__ = ["alone", "by_socket"]

_SECONDS = 330.0
"""For which an answer is waited for; the server gives up after 300."""


def by_socket(data: Path) -> Send:
    """Calls the server that has the data folder. Its calls raise Unreached; app.NotServed; PermissionError."""

    def send(call: EndpointCall) -> Outcome:
        answer = asked(data, call.written(), _SECONDS)
        if "failed" in answer:
            raise Unreached(str(answer["failed"]))
        return Outcome.taken(answer)

    return send


@contextmanager
def alone(house: AbstractContextManager[House]) -> Iterator[Send]:
    """Calls what a server would call, in this process. Raises what opening the house raises; store.StoreError."""
    # With all that can be managed it takes longer to load than a server takes to answer.
    from pillarbox.app.office import office  # noqa: PLC0415
    from pillarbox.app.performing import performed  # noqa: PLC0415

    with house as built:
        own = office(built, lambda: built.settings, lambda: built.layers.written)
        yield lambda call: performed(own, call)
