"""What one server does of all on a database."""

from collections.abc import Callable, Iterator

import pytest
from tests.journeys.program import until
from tests.neighbour.postgres import Cluster

from pillarbox.store.postgres import Place, Sole
from pillarbox.store.postgres import sole as module
from pillarbox.store.postgres.server import alone


@pytest.fixture
def place(postgres: Cluster) -> Place:
    return postgres.database()


@pytest.fixture
def one_of(place: Place, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Sole]]:
    """Another process's."""
    monkeypatch.setattr(module, "_AGAIN", 0.0)
    made: list[Sole] = []

    def make() -> Sole:
        made.append(Sole(place))
        return made[-1]

    yield make
    for each in made:
        each.close()


def test_one_has_it_and_no_other_until_it_gives_it_up(one_of: Callable[[], Sole]) -> None:
    one, other = one_of(), one_of()
    assert one.is_ours()
    assert one.is_ours()
    assert not other.is_ours()

    one.close()

    # The database ends a connection in its own time.
    assert any(other.is_ours() for _ in range(10_000))
    assert not one.is_ours()


def test_whose_connection_was_cut_has_it_no_more(one_of: Callable[[], Sole], postgres: Cluster, place: Place) -> None:
    """Ours: as of a machine that is gone."""
    one, other = one_of(), one_of()
    assert one.is_ours()
    postgres.sql(
        place, "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'pillarbox'"
    )
    assert other.is_ours()
    assert not one.is_ours()
    assert not one.is_ours()


def test_who_does_not_ask_again_has_it_no_more(one_of: Callable[[], Sole], monkeypatch: pytest.MonkeyPatch) -> None:
    """Ours (adr/0065): who is frozen or cut off cannot give it up, and the database need not notice."""
    monkeypatch.setattr(alone, "KEPT", 0.5)
    one, other = one_of(), one_of()
    assert one.is_ours()
    assert not other.is_ours()

    until(other.is_ours, "another has it")

    assert not one.is_ours()


def test_who_shares_a_database_in_another_schema_has_its_own(
    one_of: Callable[[], Sole], postgres: Cluster, place: Place
) -> None:
    postgres.sql(place, "CREATE SCHEMA elsewhere")
    elsewhere = Sole(Place(place.host, place.database, place.port, place.user, options="-c search_path=elsewhere"))
    assert one_of().is_ours()
    assert elsewhere.is_ours()
    elsewhere.close()
