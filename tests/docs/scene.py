"""What there is on the server of which the examples of the management API are told, and what they ask for."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.conversations.jmap.test_journal import comes
from tests.conversations.management.outgoing import queues
from tests.driver import JMAP, Home
from tests.driver.administrator import Administrator
from tests.driver.home import FOLDERS
from tests.neighbour.names import NameServer

from pillarbox.datatypes.server import IssuedCertificate, KeptCertificate, keep_certificate
from pillarbox.settings import Secret, snapshot

__all__ = ["EXAMPLES", "REFUSED", "furnished"]

MESSAGE = b"From: jane@example.org\nTo: john@example.org\nSubject: Lunch\n\nAt noon?\n"
_JOE = {
    "type": "individual",
    "name": "joe",
    "description": "Joe Doe",
    "secrets": ["a long pass phrase"],
    "emails": ["joe@example.org"],
    "roles": ["user"],
}
_STORE = "/api/store"
EXAMPLES: dict[tuple[str, str], tuple[str, Any]] = {
    ("POST", "/api/principal"): ("", _JOE),
    ("POST", "/api/dkim"): ("", {"algorithm": "Rsa", "domain": "example.org", "selector": "202611r"}),
    ("GET", "/api/account/journal"): ("/api/account/journal?direction=in", None),
    ("GET", "/api/account/journal/{id}"): ("/api/account/journal/j8", None),
    ("GET", "/api/journal"): ("/api/journal?account=john%40example.org&from=bob", None),
    ("GET", "/api/journal/{account}/{id}"): ("/api/journal/john%40example.org/j8", None),
    ("GET", "/api/settings/group"): ("/api/settings/group?prefix=acme&suffix=contact", None),
    ("DELETE", "/api/settings/{key}"): ("/api/settings/queue.relay.port", None),
    ("GET", "/api/queue/messages"): ("/api/queue/messages?to=far.example&values=1&limit=20", None),
    ("PATCH", "/api/queue/messages"): ("/api/queue/messages?to=far.example", None),
    ("GET", "/api/queue/messages/{id}"): ("/api/queue/messages/a6.qb", None),
    ("PATCH", "/api/queue/messages/{id}"): ("/api/queue/messages/a6.qb?at=2027-01-16T08:00:00Z", None),
    ("DELETE", "/api/queue/messages/{id}"): ("/api/queue/messages/a6.qb?filter=far.example", None),
    ("GET", "/api/store/blobs/{hash}"): ("/api/store/blobs/a6.b9?limit=1000", None),
    ("POST", "/api/bans"): (
        "",
        {"network": "192.0.2.0/24", "reason": "tries passwords", "expires": "2027-12-24T18:00:00Z"},
    ),
    **{
        (method, f"{_STORE}/{path}"): (f"{_STORE}/{target}", None)
        for method in ("GET", "POST")
        for path, target in (
            ("purge/data/{store}", "purge/data/default"),
            ("purge/in-memory/{store}", "purge/in-memory/default"),
            ("purge/in-memory/{store}/{prefix}", "purge/in-memory/default/rate-imap"),
            ("purge/in-memory/{store}/{prefix}/{name}", "purge/in-memory/default/bayes-account/jane"),
            ("purge/account/{name}", "purge/account/jane"),
            ("reindex/{name}", "reindex/jane"),
        )
    },
    **{
        ("POST", f"/api/spam-filter/train/{kind}{name}"): (f"/api/spam-filter/train/{kind}{of}", MESSAGE)
        for kind in ("spam", "ham")
        for name, of in (("", ""), ("/{name}", "/jane@example.org"))
    },
    ("POST", "/api/spam-filter/classify"): ("", {"message": MESSAGE.decode(), "remoteIp": "192.0.2.1"}),
    **{
        (method, f"/api/{path}/{{id}}"): (f"/api/{path}/17", None)
        for method in ("GET", "DELETE")
        for path in ("queue/reports", "reports/dmarc", "reports/tls", "reports/arf", "telemetry/trace")
    },
    ("DELETE", f"{_STORE}/uids/{{name}}"): (f"{_STORE}/uids/jane", None),
    ("GET", f"{_STORE}/undelete/{{name}}"): (f"{_STORE}/undelete/jane", None),
    ("POST", f"{_STORE}/undelete/{{name}}"): (f"{_STORE}/undelete/jane", []),
}
"""Targets and bodies of examples, where a declaration has none that is good enough."""

REFUSED = ("/api/restart", "/api/update/webadmin", f"{_STORE}/purge/in-memory/{{store}}/{{prefix}}",
           f"{_STORE}/purge/in-memory/{{store}}/{{prefix}}/{{name}}")  # fmt: skip
"""Paths that say why they do nothing: they answer 422."""

_LETTERS = "letsencrypt"
_SETTINGS = {"server.hostname": "mail.example.org", f"acme.{_LETTERS}.contact": "postmaster@example.org",
             f"acme.{_LETTERS}.domains": "mail.example.org"}  # fmt: skip


@contextmanager
def furnished(home: Home) -> Iterator[Administrator]:
    """A block with the administrator of a server that has some of everything."""
    with NameServer() as names, TemporaryDirectory() as folder:
        names.knows("example.org", "MX", "10 mail.example.org.")
        pairs = {**_SETTINGS, "server.dns.servers": f"127.0.0.1:{names.port}"}
        home.settings, problems = snapshot(pairs)
        assert not problems
        home.written = dict(_SETTINGS)
        home.office = replace(home.office, data=Path(folder))
        home.build()
        root = Administrator(home)
        _logs(home, Path(folder) / "logs")
        _certificates(home)
        _people(home, root)
        yield root


def _people(home: Home, root: Administrator) -> None:
    root.does("POST", "principal", {"type": "domain", "name": "example.org"})
    root.does("POST", "dkim", {"algorithm": "Ed25519", "domain": "example.org", "selector": "202611e"})
    made = home.directory.add("john@example.org", home.passwords.hash("john's secret"), FOLDERS)
    john = JMAP(home.web, made.name, "john's secret", made.id, made.number)
    root.does(
        "PATCH",
        "principal/john%40example.org",
        [{"action": "addItem", "field": "enabledPermissions", "value": "undelete"}],
    )
    jane = {**_JOE, "name": "jane", "description": "Jane Doe", "emails": ["jane@example.org"]}
    root.does("POST", "principal", jane)
    root.does("POST", "principal", {"type": "list", "name": "old-news", "emails": ["old-news@example.org"]})
    root.does("POST", "bans", {"network": "192.0.2.0/24", "reason": "tries passwords"})
    values = [["queue.relay.host", "smarthost.example.org"], ["jmap.protocol.get.max-objects", "500"]]
    root.does("POST", "settings", [{"type": "insert", "values": values}])
    for person in (root.person, john):
        comes(home, person, "bob@far.example")
    queues(home, john, "dave@far.example", "erin@example.net")
    queues(home, john, "dave@far.example", sender="newsletter@example.org")


def _logs(home: Home, folder: Path) -> None:
    folder.mkdir()
    at = home.now()
    line = {"scheme": "basic", "address": "192.0.2.1", "level": "warn", "event": "auth.failed"}
    written = json.dumps({**line, "timestamp": at.isoformat().replace("+00:00", "Z")}) + "\n"
    (folder / f"{at:%Y-%m-%d}.log").write_text(written, "utf-8")


def _certificates(home: Home) -> None:
    now = home.now()
    issued = IssuedCertificate(
        "https://acme-v02.api.letsencrypt.org/directory",
        ("mail.example.org",),
        "chain",
        Secret("nobody's"),
        "CN=R3",
        now - timedelta(days=1),
        now + timedelta(days=89),
        0.0,
    )
    keep_certificate(home.store, KeptCertificate(_LETTERS, issued))
