"""Each setting that is not the file's alone is changed in the database, and a process that runs has it."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pillarbox.app import house
from pillarbox.app.configuring import Configuring
from pillarbox.datatypes.server import keep_settings
from pillarbox.http import Door
from pillarbox.settings import Declared, Described, Layers, Snapshot, catalogue, snapshot
from pillarbox.store import Store

LAYERS = Layers({}, {})

WHOLE = {
    "certificate.x.cert": "/etc/x.pem",
    "certificate.x.private-key": "/etc/x.key",
    "acme.x.contact": "postmaster@x.example",
    "acme.x.domains": "x.example",
    "acme.x.eab.kid": "one",
    "acme.x.eab.hmac-key": "c2VjcmV0IHNlY3JldCBzZWNyZXQ",
    "directory.ldap.type": "ldap",
    "directory.ldap.url": "ldaps://x.example",
    "directory.ldap.base-dn": "dc=x",
    "directory.ldap.bind.dn": "cn=x",
    "directory.ldap.bind.secret": "one",
    "directory.sql.type": "sql",
    "directory.sql.path": "/etc/x.db",
    "directory.sql.query.name": "SELECT secret FROM people WHERE name = $1",
    "directory.oidc.type": "oidc",
    "directory.oidc.issuer": "https://x.example",
    "directory.oidc.endpoint.url": "https://x.example/introspect",
    "directory.oidc.audience": "one",
    "directory.oidc.auth.username": "one",
    "directory.oidc.auth.secret": "one",
    "authentication.master.user": "one",
    "authentication.master.secret": "one",
    "metrics.prometheus.auth.username": "one",
    "queue.relay.host": "x.example",
}
"""Records that lack nothing, of which single keys are changed."""

BY_KIND = {
    "address": "192.0.2.1:5353",
    "attribute": "other",
    "boolean": "",
    "bytes": "70000",
    "DN with places": "uid={username},dc=other",
    "duration": "17m",
    "expression (HTTP status)": "403",
    "expression (URL)": "'https://other.example'",
    "header": "X-Other: 1",
    "host name": "other.example",
    "integer": "7",
    "LDAP filter": "(mail=?)",
    "mail address": "other@x.example",
    "network": "198.51.100.0/24",
    "origin": "https://other.example",
    "path": "/etc/other.db",
    "pattern": "*.other",
    "PEM or path": "/etc/other.pem",
    "rate": "17/17m",
    "role=group": "user=other",
    "secret": "b3RoZXIgb3RoZXIgb3RoZXIgb3RoZXI",
    "secret PEM or path": "/etc/other.key",
    "SQL query": "SELECT other FROM people WHERE name = $1",
    "string": "other",
    "URL": "https://other.example",
}
BY_KEY = {
    "directory.<id>.url": "ldaps://other.example",
    "directory.<id>.store": "pg",
    "oauth.oidc.signature-key": ec.generate_private_key(ec.SECP256R1())
    .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    .decode(),
}
BESIDE = {
    "directory.<id>.bind.auth.template": {"directory.ldap.bind.auth.method": "template"},
    "directory.<id>.bind.auth.method": {"directory.ldap.bind.auth.template": "uid={username},dc=x"},
}
"""What else has to be so, before and after, for a setting to be of any use."""
FILE = {
    "storage.data": "own",
    "store.own.type": "sqlite",
    "store.pg.type": "postgresql",
    "store.pg.database": "people",
}


def other(line: Described) -> str:
    """A text for another value than the default."""
    kind = (
        line.kind.removeprefix("list of ").removesuffix(" or `none`").removesuffix(" in the key").partition(", or")[0]
    )
    if line.key in BY_KEY:
        return BY_KEY[line.key]
    if kind == "boolean":
        return "false" if line.default == "`true`" else "true"
    if kind.startswith("`"):
        return next(one.strip("` ") for one in kind.split(" | ") if one.strip() != line.default)
    return BY_KIND[kind]


def keys(line: Described) -> list[str]:
    """Where it is written: in each record that there is."""
    if line.key.endswith(">"):
        return [line.key.replace("<network>", "198.51.100.0/24").replace("<list>", "x").replace("<key>", "x")]
    if line.ids:
        return [line.key.replace("<role>", one) for one in line.ids]
    ids = ("ldap", "sql", "oidc") if line.key.startswith("directory.") else ("x",)
    return list(dict.fromkeys(line.key.replace("<id>", one) for one in ids))


def lines() -> Iterator[tuple[Declared[object], Described]]:
    for setting in catalogue.CATALOGUE:
        for line in setting.described():
            if not any(LAYERS.is_local(key) for key in keys(line)):
                yield setting, line


def keep(store: Store, texts: dict[str, str]) -> None:
    with store.write(0) as server:
        keep_settings(server, texts, "", datetime.now(UTC))


def test_the_records_lack_nothing() -> None:
    """Ours: of what lacks something nothing would be seen."""
    assert snapshot({**FILE, **WHOLE})[1] == []


def test_a_changed_setting_reaches_a_process_that_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Issue 7: each setting is changed, without a restart."""
    monkeypatch.setattr("pillarbox.app.configuring._PAUSE", 0.0)
    taken: asyncio.Queue[Snapshot] = asyncio.Queue()
    missed: list[str] = []

    async def conversation() -> None:
        with house(snapshot(FILE)[0], tmp_path / "var") as built:
            door = Door()
            running = asyncio.create_task(Configuring(built, door, taken.put_nowait).run())
            try:
                for setting, line in lines():
                    there = {**WHOLE, **BESIDE.get(line.key, {})}
                    if line.key == "directory.<id>.store":
                        del there["directory.sql.path"]
                    keep(built.store, there)
                    before = await taken.get()
                    keep(built.store, {**there, **dict.fromkeys(keys(line), other(line))})
                    after = await taken.get()
                    if after[setting] == before[setting]:
                        missed.append(line.key)
            finally:
                running.cancel()
                await asyncio.wait([running])
                door.close()

    asyncio.run(asyncio.wait_for(conversation(), 60))

    assert missed == []
