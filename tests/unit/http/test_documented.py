"""The table of routes."""

from pillarbox.http.routes import ROUTES


def test_every_route_says_what_it_is_for() -> None:
    """Ours: what is served is documented where it is declared."""
    assert all(route.doc.endswith(".") for route in ROUTES)


def test_no_path_is_there_twice() -> None:
    """Ours: the first of two would hide the second."""
    assert len({route.path for route in ROUTES}) == len(ROUTES)
