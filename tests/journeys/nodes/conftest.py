"""The two servers that all tests here share; starting them takes longer than most of what is asked of them."""

from collections.abc import Iterator

import pytest
from tests.journeys.nodes.site import Site, site
from tests.neighbour.mx import MX


@pytest.fixture(scope="package")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Both, for all tests: whoever breaks something mends it."""
    with site(tmp_path_factory.mktemp("nodes")) as made:
        yield made


@pytest.fixture
def nodes(standing: Site) -> Iterator[Site]:
    """Both, when they are ready."""
    standing.settles()
    yield standing
    standing.hang_up()


@pytest.fixture(scope="package")
def mx(standing: Site) -> Iterator[MX]:
    """A mail server that both reach, and send to."""
    with MX(standing.machine.front.here) as mx:
        standing.here.changes(
            {
                "queue.relay.host": mx.host,
                "queue.relay.port": str(mx.port),
                "queue.relay.tls": "none",
            }
        )
        yield mx
