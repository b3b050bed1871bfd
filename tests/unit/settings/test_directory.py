"""Directories: what is written of them, and what is in force where that is wrong."""

import re
import tomllib
from pathlib import Path

import pytest

from pillarbox.settings import snapshot
from pillarbox.settings.catalogue import (
    DEFAULT_DIRECTORY,
    DIRECTORIES,
    LdapDirectory,
    OidcDirectory,
    SqlDirectory,
    UnusableDirectory,
)
from pillarbox.settings.flatten import flatten

PAGE = Path(__file__).parents[3] / "docs" / "administrators" / "directories.md"
SQL = {
    "directory.db.type": "sql",
    "directory.db.path": "/var/people.db",
    "directory.db.query.name": "SELECT secret FROM people WHERE login = $1",
}
OIDC = {
    "directory.sso.type": "oidc",
    "directory.sso.issuer": "https://id.example",
    "directory.sso.endpoint.url": "https://id.example/introspect",
    "directory.sso.audience": "mail",
    "directory.sso.auth.username": "mail",
    "directory.sso.auth.secret": "x",
}


def examples() -> list[str]:
    return re.findall(r"```toml\n(.*?)```", PAGE.read_text(), re.DOTALL)


@pytest.mark.parametrize("example", examples())
def test_the_examples_of_the_documentation_are_understood(example: str) -> None:
    """House style: each example in the docs runs."""
    pairs, _ = flatten(tomllib.loads(re.sub(r"%\{file:[^}]*\}%", "hidden", example)))

    settings, problems = snapshot(pairs)

    assert problems == []
    assert not any(isinstance(one, UnusableDirectory) for one in settings[DIRECTORIES])
    assert len(settings[DIRECTORIES]) == 1


def test_without_any_there_is_none() -> None:
    """Ours: this server's own accounts are all there are."""
    settings, problems = snapshot({})

    assert (settings[DIRECTORIES], settings[DEFAULT_DIRECTORY], problems) == ((), None, [])


def test_of_ldap_a_server_and_a_base_are_enough() -> None:
    """Ours: the rest has defaults; on this machine no TLS is needed."""
    settings, problems = snapshot(
        {"directory.a.type": "ldap", "directory.a.url": "ldap://[::1]:3389", "directory.a.base-dn": "dc=a"}
    )

    (one,) = settings[DIRECTORIES]
    assert isinstance(one, LdapDirectory)
    assert (str(one.url), one.bind.method, one.outside.timeout.seconds) == ("ldap://[::1]:3389", "lookup", 5.0)
    assert problems == []


@pytest.mark.parametrize(
    ("pairs", "key"),
    [
        ({**SQL, "directory.db.query.name": "SELECT 1"}, "directory.db.query.name"),
        ({**SQL, "directory.db.query.emails": "SELECT address FROM a WHERE l = $1"}, "directory.db.query.recipients"),
        ({**SQL, "directory.db.store": "people"}, "directory.db.store"),
        ({**SQL, "directory.db.path": "people.db"}, "directory.db.path"),
        ({**OIDC, "directory.sso.audience": ""}, "directory.sso.audience"),
        ({**OIDC, "directory.sso.auth.secret": ""}, "directory.sso.auth.username"),
        ({**OIDC, "directory.sso.endpoint.url": "http://id.example/introspect"}, "directory.sso.endpoint.url"),
        ({**OIDC, "directory.sso.issuer": "id.example"}, "directory.sso.issuer"),
    ],
)
def test_what_lacks_something_takes_nobody_in_and_says_what(pairs: dict[str, str], key: str) -> None:
    """Ours: its people are told to come again, rather than looked for in another way."""
    settings, problems = snapshot(pairs)

    (one,) = settings[DIRECTORIES]
    assert isinstance(one, UnusableDirectory)
    assert key in [problem.key for problem in problems]


def test_what_is_whole_is_in_force() -> None:
    """Ours."""
    settings, problems = snapshot({**SQL, **OIDC, "storage.directory": "db"})

    db, sso = settings[DIRECTORIES]
    assert isinstance(db, SqlDirectory)
    assert isinstance(sso, OidcDirectory)
    assert (db.place, sso.audiences, settings[DEFAULT_DIRECTORY]) == ("/var/people.db", ("mail",), "db")
    assert problems == []


def test_nobody_waits_for_ever() -> None:
    """Ours: 30 seconds at most, since a thread waits with them."""
    settings, problems = snapshot({**SQL, "directory.db.timeout": "1h"})

    assert settings[DIRECTORIES][0].outside.timeout.seconds == 30.0
    assert [problem.key for problem in problems] == ["directory.db.timeout"]
