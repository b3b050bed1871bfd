"""A real Postfix as the relay: it takes what this server sends, and brings what it has to say about it."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.journeys.program import Server, until
from tests.journeys.test_postfix import Postfix
from tests.journeys.test_sending import queue, sends, submission

pytestmark = [pytest.mark.neighbour, pytest.mark.slow]


@pytest.fixture
def near(served: Callable[..., Server]) -> Server:
    """Another server of ours, to which Postfix hands mail over."""
    return served("[server]\nhostname = 'near.example'\n")


@pytest.fixture
def postfix(near: Server) -> Iterator[Postfix]:
    if shutil.which("postfix", path=f"{os.environ['PATH']}:/usr/sbin:/sbin") is None:
        pytest.fail("Postfix is missing; scripts/neighbours installs it")
    if os.geteuid() != 0:
        pytest.fail("Postfix starts as root only; run this test as root")
    with tempfile.TemporaryDirectory(prefix="pillarbox-postfix-") as folder:
        Path(folder).chmod(0o755)
        with Postfix(Path(folder), near.lmtp_port) as postfix:
            yield postfix


@pytest.fixture
def server(served: Callable[..., Server], postfix: Postfix) -> Server:
    relay = f"relay.host = '127.0.0.1'\nrelay.port = {postfix.port}\nrelay.tls = 'none'\n"
    return served(f"[server]\nhostname = 'mail.home.example'\n[queue]\nretry = ['1s']\n{relay}")


def test_a_message_is_relayed_and_arrives(server: Server, near: Server) -> None:
    """Issue 4 point 4: to a configured relay; with signatures, words and dots as they were."""
    alice, bob = server.account("alice@home.example"), near.account("bob@near.example")

    id_ = sends(alice, "bob@near.example", subject="Grüße")

    until(lambda: len(bob.ids()) == 1, "it has arrived", 30)
    (email,) = bob.emails(bob.ids(), ["subject", "from"])
    assert email["subject"] == "Grüße"
    until(lambda: queue(server) == [], "nothing is on its way")
    told = submission(alice, id_)["deliveryStatus"]["bob@near.example"]
    assert told["delivered"] == "unknown"
    assert told["smtpReply"].startswith("250 2.1.5")
