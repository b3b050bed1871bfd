"""What a domain needs in DNS, and what DNS has of it."""

from collections.abc import Iterator

import pytest
from tests.conversations.management.tenancy import has_tenant, says
from tests.driver import Home
from tests.driver.administrator import Administrator
from tests.neighbour.names import NameServer

from pillarbox.access import Manager
from pillarbox.access.permission import OF_ADMIN, OF_TENANT_ADMIN
from pillarbox.datatypes.server import add_dkim_key
from pillarbox.management import ENDPOINTS, Sent, answered, found
from pillarbox.management.refusal import NotFound
from pillarbox.settings import snapshot
from pillarbox.wire.dkim import new_key, record


@pytest.fixture
def names() -> Iterator[NameServer]:
    with NameServer() as names:
        yield names


@pytest.fixture
def root(home: Home, names: NameServer) -> Administrator:
    """The administrator of a server whose mail host is one of the domain home.example."""
    pairs = {
        "server.hostname": "mx.home.example",
        "server.http.url": "'https://mx.home.example'",
        "server.dns.servers": f"127.0.0.1:{names.port}",
    }
    home.settings, problems = snapshot(pairs)
    assert not problems
    return Administrator(home)


def test_the_records_of_a_domain_are_told(root: Administrator, home: Home) -> None:
    """Management API section 5: type, name and content, with the keys that mail is signed with."""
    key = new_key("home.example", "202611e", "ed25519")
    add_dkim_key(home.store, "home.example", key, home.now())
    told = root.does("GET", "dns/records/Home.Example.")
    assert told[0] == {"type": "MX", "name": "home.example.", "content": "10 mx.home.example."}
    name, text = record(key)
    assert {"type": "TXT", "name": f"{name}.", "content": text} in told
    assert {"type": "SRV", "name": "_jmap._tcp.home.example.", "content": "0 1 443 mx.home.example."} in told


def test_the_records_are_told_as_a_zone_file(root: Administrator, home: Home) -> None:
    """Ours: long texts are several strings (RFC 1035 section 3.3.14)."""
    add_dkim_key(home.store, "home.example", new_key("home.example", "big", "rsa"), home.now())
    reply = root.calls("GET", "dns/zone/home.example")
    assert (reply.status, reply.headers["content-type"]) == (200, "text/dns")
    lines = reply.octets.decode().splitlines()
    assert "home.example. IN MX 10 mx.home.example." in lines
    (of_key,) = [line for line in lines if line.startswith("big._domainkey.home.example. IN TXT ")]
    assert of_key.count('"') == 4


def test_a_domain_that_is_not_here_is_not_found(root: Administrator) -> None:
    """Management API section 5, defect: the domain has to exist."""
    for path in ("records", "zone", "check"):
        root.is_refused(404, "GET", f"dns/{path}/elsewhere.example", error="notFound", item="elsewhere.example")
    root.is_refused(404, "GET", f"dns/records/{'a' * 300}.example")


def test_a_tenants_administrator_asks_for_its_domains(root: Administrator, home: Home) -> None:
    """Management API section 23: tenants are kept apart."""
    has_tenant(home, "ours.example", 7)
    manager = Manager("erin", OF_TENANT_ADMIN, 7)
    assert says(home, manager, "GET", "dns/records/ours.example")
    for path in ("records", "check"):
        with pytest.raises(NotFound):
            says(home, manager, "GET", f"dns/{path}/home.example")


def test_nobody_is_told_how_long_what_is_not_known_yet_will_be(root: Administrator) -> None:
    """RFC 9110 section 8.6: of an answer to HEAD, Content-Length is that of an answer to GET."""
    reply = root.calls("HEAD", "dns/check/home.example")
    assert (reply.status, reply.octets, reply.headers.get("content-length")) == (200, b"", None)


def test_what_dns_has_is_told_beside_what_is_wanted(root: Administrator, names: NameServer) -> None:
    """Ours: a state for each record, and what was found."""
    names.knows("home.example", "MX", "5 mx.home.example.")
    names.knows("home.example", "TXT", '"v=spf1 " "-all"', '"other"')
    names.knows("mail.home.example", "A", "192.0.2.1")
    names.knows("mx.home.example", "A", "192.0.2.1", "192.0.2.2")
    names.fails_for("_dmarc.home.example")
    told = {(one["type"], one["name"]): one for one in root.does("GET", "dns/check/home.example")}
    states = {asked: (one["state"], one["found"]) for asked, one in told.items()}
    assert states["MX", "home.example."] == ("ok", ["5 mx.home.example."])
    assert states["TXT", "home.example."] == ("different", ["other", "v=spf1 -all"])
    assert states["CNAME", "mail.home.example."] == ("ok", ["mx.home.example."])
    assert states["CNAME", "autoconfig.home.example."] == ("missing", [])
    assert states["TXT", "_smtp._tls.home.example."] == ("missing", [])
    state, (why,) = states["TXT", "_dmarc.home.example."]
    assert state == "unknown"
    assert "DNS does not say now" in why


@pytest.mark.usefixtures("root")
def test_while_dns_is_silent_others_are_answered(home: Home) -> None:
    """Ours: a check waits up to ten seconds, and no thread does with it."""
    there = found(ENDPOINTS, "GET", "/api/dns/check/home.example")
    assert there is not None
    endpoint, parts = there
    reply = answered(endpoint, home.office, Manager("root", OF_ADMIN), parts, Sent())
    assert (reply.pieces is not None, reply.media_type) == (True, "application/json")
