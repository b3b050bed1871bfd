"""The same people in every kind of directory, and the settings by which a server asks it."""

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import apsw
import pytest
from argon2 import PasswordHasher
from tests.neighbour.postgres import Cluster
from tests.neighbour.slapd import BASE, SERVICE, SERVICE_SECRET, slapd

from pillarbox.access import Passwords
from pillarbox.store.postgres import Place

__all__ = ["PASSWORD", "PASSWORDS", "PEOPLE", "SOURCES", "Peopled", "peopled"]

SOURCES = (
    pytest.param("ldap", marks=pytest.mark.neighbour),
    pytest.param("ldap-template", marks=pytest.mark.neighbour),
    pytest.param("ldap-compare", marks=pytest.mark.neighbour),
    "sqlite",
    pytest.param("postgresql", marks=pytest.mark.neighbour),
)
PASSWORDS = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
"""In no time, for what tests keep secret."""
PASSWORD = "a long walk (by the sea) \\ 2*3"
"""Whose every character would mean something where it does not belong."""


def _ssha(password: str) -> str:
    """As directories have kept passwords since RFC 2307."""
    digest = hashlib.sha1(password.encode() + b"salt", usedforsecurity=False).digest()
    return "{SSHA}" + base64.b64encode(digest + b"salt").decode()


PEOPLE = f"""
dn: uid=ada,ou=people,{BASE}
objectClass: inetOrgPerson
uid: ada
cn: Ada Lovelace
sn: Lovelace
mail: ada@dir.example
mail: countess@dir.example
mail: ada@elsewhere.example
departmentNumber: 1000000
title: cn=postmasters,ou=groups,{BASE}
userPassword: {_ssha(PASSWORD)}

dn: uid=bob,ou=people,{BASE}
objectClass: inetOrgPerson
uid: bob
cn: Bob
sn: Bob
mail: bob@dir.example
userPassword: {_ssha("another")}

dn: uid=ghost,ou=people,{BASE}
objectClass: inetOrgPerson
uid: ghost
cn: Ghost
sn: Ghost
mail: ghost@dir.example

dn: uid=twin,ou=people,{BASE}
objectClass: inetOrgPerson
uid: twin
cn: Twin
sn: Twin
mail: twin@dir.example
userPassword: {_ssha(PASSWORD)}

dn: uid=twin2,ou=people,{BASE}
objectClass: inetOrgPerson
uid: twin2
cn: Twin
sn: Twin
mail: twin@dir.example
userPassword: {_ssha(PASSWORD)}

"""

_TABLES = """
CREATE TABLE people (login TEXT, secret TEXT, description TEXT, quota BIGINT);
CREATE TABLE addresses (login TEXT, address TEXT, place INTEGER);
"""
_ADDRESSES = (
    ("ada", "ada@dir.example"),
    ("ada", "countess@dir.example"),
    ("ada", "ada@elsewhere.example"),
    ("bob", "bob@dir.example"),
    ("ghost", "ghost@dir.example"),
    ("twin", "twin@dir.example"),
    ("twin2", "twin@dir.example"),
)


@dataclass
class Peopled:
    """A directory `corp`, which knows the people of dir.example; it can be taken away and be back."""

    pairs: Mapping[str, str]
    go_away: Callable[[], None]
    come_back: Callable[[], None]


@contextmanager
def peopled(kind: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[Peopled]:
    """A directory of this kind for this block."""
    common = {"directory.corp.domains": "dir.example", "directory.corp.timeout": "2s"}
    if kind.startswith("ldap"):
        with slapd(folder, PEOPLE) as server:
            method = kind.partition("-")[2] or "lookup"
            yield Peopled({**common, **_ldap(server.port, method)}, server.stop, server.start)
    elif kind == "sqlite":
        file = folder.with_suffix(".db")
        with apsw.Connection(str(file)) as database:
            database.execute(_TABLES)
            for table, row in _rows():
                places = ", ".join("?" * len(row))
                database.execute(f"INSERT INTO {table} VALUES ({places})", row)  # noqa: S608 - its own
        away = file.with_suffix(".away")
        settings = {"directory.corp.path": str(file), **_sql()}
        yield Peopled({**common, **settings}, partial(_renamed, file, away), partial(_renamed, away, file))
    else:
        cluster: Cluster = request.getfixturevalue("postgres")
        place = cluster.database()
        cluster.sql(place, _TABLES)
        for table, row in _rows():
            values = ", ".join("NULL" if one is None else "'" + str(one).replace("'", "''") + "'" for one in row)
            cluster.sql(place, f"INSERT INTO {table} VALUES ({values})")  # noqa: S608 - its own
        settings = {
            "store.people.type": "postgresql",
            "store.people.host": place.host,
            "store.people.port": str(place.port),
            "store.people.database": place.database,
            "store.people.user": place.user or "",
            "storage.data": "here",
            "store.here.type": "sqlite",
            "directory.corp.store": "people",
            **_sql(),
        }
        yield Peopled(
            {**common, **settings}, partial(_open, cluster, place, "false"), partial(_open, cluster, place, "true")
        )


def _ldap(port: int, method: str) -> dict[str, str]:
    return {
        "directory.corp.type": "ldap",
        "directory.corp.url": f"ldap://127.0.0.1:{port}",
        "directory.corp.base-dn": BASE,
        "directory.corp.bind.dn": SERVICE,
        "directory.corp.bind.secret": SERVICE_SECRET,
        "directory.corp.bind.auth.method": method,
        "directory.corp.bind.auth.template": f"uid={{local}},ou=people,{BASE}",
        "directory.corp.attributes.quota": "departmentNumber",
        "directory.corp.attributes.groups": "title",
    }


def _sql() -> dict[str, str]:
    return {
        "directory.corp.type": "sql",
        "directory.corp.query.name": "SELECT secret, description, quota FROM people WHERE login = $1",
        "directory.corp.query.emails": "SELECT address FROM addresses WHERE login = $1 ORDER BY place",
        "directory.corp.query.recipients": "SELECT login FROM addresses WHERE address = $1",
    }


def _rows() -> Iterator[tuple[str, tuple[str | int | None, ...]]]:
    secret = PASSWORDS.hash(PASSWORD)
    yield "people", ("ada", secret, "Ada Lovelace", 1_000_000)
    yield "people", ("bob", PASSWORDS.hash("another"), "Bob", None)
    yield "people", ("ghost", None, "Ghost", None)
    yield "people", ("twin", secret, "Twin", None)
    yield "people", ("twin2", secret, "Twin", None)
    for place, (login, address) in enumerate(_ADDRESSES):
        yield "addresses", (login, address, place)


def _renamed(old: Path, new: Path) -> None:
    old.rename(new)


def _open(cluster: Cluster, place: Place, answer: str) -> None:
    """Whether the database takes connections from now on."""
    cluster.sql(cluster.at("postgres"), f"ALTER DATABASE {place.database} ALLOW_CONNECTIONS {answer}")
