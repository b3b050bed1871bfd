"""Settings, in TOML, of the servers that trouble comes to."""

from dataclasses import replace

from pillarbox.store.postgres import Place

__all__ = ["TWO", "database"]

TWO = "[server]\nworkers = 2\n"


def database(place: Place, port: int | None = None) -> str:
    """Everything is kept in a database, reached over the loopback, and through a port if one is named.

    A place with several hosts is as it is.
    """
    there = place if "," in place.host else replace(place, host="127.0.0.1", port=port or place.port)
    return (
        "[storage]\ndata = 'pg'\n[store.pg]\ntype = 'postgresql'\n"
        f"host = '{there.host}'\nport = {there.port}\ndatabase = '{there.database}'\nuser = '{there.user}'\n"
    )
