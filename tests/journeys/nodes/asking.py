"""What is asked of one server, past the proxy, to learn what it knows of a change at the other."""

import smtplib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tests.journeys.client import Client, Refused
from tests.journeys.nodes.site import Node
from tests.journeys.program import SESAME

from pillarbox.app import House, house
from pillarbox.settings import load, snapshot

__all__ = ["SECOND", "accepts", "bearer", "inside", "may", "patch", "person", "soon"]

SECOND = 1.0


def soon(holds: Callable[[], bool], what: str) -> None:
    """Whoever looks a second from now, or later, finds it so."""
    began = time.monotonic()
    while True:
        looked = time.monotonic() - began
        if holds():
            break
        assert looked < SECOND, f"not within a second: {what}"
        time.sleep(0.01)
    print(f"{what}: {looked * 1000:.0f} ms")


def person(name: str, *emails: str) -> dict[str, Any]:
    return {"type": "individual", "name": name, "secrets": [SESAME], "emails": [*emails], "roles": ["user"]}


def patch(node: Node, name: str, *changes: tuple[str, str, Any]) -> None:
    """Changes a principal."""
    body = [{"action": action, "field": field, "value": value} for action, field, value in changes]
    node.manages("PATCH", f"principal/{name}", body)


def may(client: Client) -> bool:
    """Whether they are let in."""
    try:
        client.session()
    except Refused as refused:
        if refused.status in (401, 403):
            return False
        raise
    return True


def bearer(node: Node, token: str, path: str = "/.well-known/jmap") -> int | None:
    return node.asked(path, headers={"Authorization": f"Bearer {token}"})


def accepts(node: Node, recipient: str) -> bool:
    """Whether mail for somebody is taken in there."""
    with smtplib.LMTP() as lmtp:
        lmtp.sock = node.past(port=node.lmtp_port).socket()
        lmtp.file = None
        assert lmtp.getreply()[0] == 220
        lmtp.ehlo("relay.far.example")
        lmtp.mail("bob@elsewhere.example")
        return lmtp.rcpt(recipient)[0] == 250


@contextmanager
def inside(node: Node) -> Iterator[House]:
    """What a command has, on the server that is here."""
    settings, _ = snapshot(load(node.program.config, node.program.environment).pairs)
    with house(settings, node.program.data) as built:
        yield built
