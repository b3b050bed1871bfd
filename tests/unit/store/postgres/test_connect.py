"""The rules that each connection is under."""

import socket
from collections.abc import Iterator
from dataclasses import replace

import pytest
from tests.neighbour.postgres import Cluster

from pillarbox.store.postgres.connect import connected
from pillarbox.store.postgres.session import Session


@pytest.fixture
def session(postgres: Cluster) -> Iterator[Session]:
    """One by TCP: of a UNIX socket there is no cable to be cut."""
    session = connected(replace(postgres.at("postgres"), host="127.0.0.1"), patience=1.0)
    yield session
    session.close()


def test_the_database_gives_up_whom_it_cannot_reach_within_a_quarter_of_a_minute(session: Session) -> None:
    """Ours: whether it waits for them or they for it; they may have an account locked from all others."""
    told = session.ask(
        "SELECT current_setting('tcp_user_timeout'), current_setting('tcp_keepalives_idle')::bigint"
        " + current_setting('tcp_keepalives_interval')::bigint * current_setting('tcp_keepalives_count')::bigint"
    )
    ((unread, silent),) = told

    assert unread == "15000"
    assert silent <= 15


def test_a_host_that_says_nothing_costs_its_part_of_the_time_once(postgres: Cluster) -> None:
    """Ours: as a machine that is gone; who was found instead is asked first from then on."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hosts = f"127.0.0.1:{silent.getsockname()[1]},127.0.0.1:{postgres.port}"
        place = replace(postgres.at("postgres"), host=hosts, timeout=4.0)
        connected(place, patience=1.0).close()
        asked = silent.accept()[0]
        connected(place, patience=1.0).close()
        silent.settimeout(0.0)
        with asked, pytest.raises(BlockingIOError):
            silent.accept()
