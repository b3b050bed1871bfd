"""The server over PostgreSQL, as a process: set up by its settings, through the database's absence and back."""

import signal
from collections.abc import Callable, Iterator

import pytest
from tests.journeys.client import Failed, Refused
from tests.journeys.program import Program, Server, until
from tests.neighbour.postgres import Cluster, cluster

from pillarbox.store.postgres import Place

pytestmark = [pytest.mark.neighbour, pytest.mark.slow]


@pytest.fixture
def own() -> Iterator[Cluster]:
    """A PostgreSQL that keeps what it said it had, and can be stopped."""
    with cluster(fsync="on", full_page_writes="on") as made:
        yield made


def settings(place: Place) -> str:
    return (
        f'[storage]\ndata = "pg"\n[store."pg"]\ntype = "postgresql"\nhost = "{place.host}"\nport = {place.port}\n'
        f'database = "{place.database}"\nuser = "{place.user}"\n'
    )


def names(client: object) -> list[str]:
    found = client.call("Mailbox/get", ids=None)  # type: ignore[attr-defined]
    return sorted(one["name"] for one in found["list"])


def test_the_server_runs_on_a_database_and_survives_its_absence(served: Callable[..., Server], own: Cluster) -> None:
    """Nothing that was answered is lost, and nobody starts the server again."""
    server = served(settings(own.database()))
    alice = server.account("alice@home.example")
    alice.call("Mailbox/set", create={"new": {"name": "Plans"}})
    assert "Plans" in names(alice)
    assert not (server.program.data / "server.db").exists()

    own.stop(signal.SIGQUIT)
    with pytest.raises((Failed, Refused)):
        names(alice)
    own.start()

    def answers() -> bool:
        try:
            return "Plans" in names(alice)
        except (Failed, Refused):
            return False

    until(answers, "the server answers again", 20)
    alice.call("Mailbox/set", create={"new": {"name": "More plans"}})
    assert "More plans" in names(alice)
    assert server.stop() == 0
    assert server.program.doctor() == []


def test_two_servers_on_one_database_have_the_same_accounts(served: Callable[..., Server], own: Cluster) -> None:
    place = own.database()
    one = served(settings(place))
    other = served(settings(place))
    here = one.account("alice@home.example")
    there = other.client("alice@home.example")
    here.call("Mailbox/set", create={"new": {"name": "Plans"}})
    assert "Plans" in names(there)


def test_a_command_without_its_database_says_where_it_looked(pillarbox: Program) -> None:
    pillarbox.data.mkdir()
    pillarbox.config.write_text(settings(Place("127.0.0.1", "mail", 9, "nobody")))
    told = pillarbox("account", "list", status=1)
    assert "PostgreSQL at 127.0.0.1:9/mail" in told


def test_a_store_that_cannot_be_used_is_not_replaced_by_another(pillarbox: Program) -> None:
    pillarbox.data.mkdir()
    pillarbox.config.write_text('[store."pg"]\ntype = "postgresql"\n')
    told = pillarbox("account", "list", status=1)
    assert "no usable store pg" in told
    assert not (pillarbox.data / "server.db").exists()
