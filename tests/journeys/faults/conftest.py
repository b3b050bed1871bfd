"""What these tests share."""

import os
import random
from collections.abc import Iterator

import pytest
from tests.journeys.faults.places import TWO, database
from tests.neighbour.postgres import Cluster, cluster
from tests.neighbour.scissors import Scissors, scissors
from tests.neighbour.stores import STORES


@pytest.fixture
def chance() -> random.Random:
    """What happens by chance; the seed of a run that failed is set to see it again."""
    seed = int(os.environ.get("PILLARBOX_SEED", random.randrange(2**32)))  # noqa: S311
    print(f"PILLARBOX_SEED={seed}")
    return random.Random(seed)  # noqa: S311


@pytest.fixture
def own() -> Iterator[Cluster]:
    """A PostgreSQL that keeps what it promised when it crashes."""
    with cluster(fsync="on", full_page_writes="on") as made:
        yield made


@pytest.fixture
def cutter(postgres: Cluster, chance: random.Random) -> Iterator[Scissors]:
    """The way to the database, for servers that are to be cut off in a commit."""
    with scissors(("127.0.0.1", postgres.port), chance) as made:
        yield made


@pytest.fixture(params=STORES)
def kept(request: pytest.FixtureRequest) -> str:
    """The settings of two workers, and of where everything is kept: files or a database."""
    if request.param == "sqlite":
        return TWO
    shared: Cluster = request.getfixturevalue("postgres")
    return TWO + database(shared.database())
