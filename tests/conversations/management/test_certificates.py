"""Certificates that are had by ACME, as an administrator sees them."""

from datetime import timedelta

import pytest
from tests.driver import Home
from tests.driver.administrator import Administrator

from pillarbox.datatypes.server import IssuedCertificate, KeptCertificate, certificate, keep_certificate
from pillarbox.settings import Secret, snapshot
from pillarbox.wire.values import utc_date

PAIRS = {
    "acme.first.contact": "postmaster@home.example",
    "acme.first.domains": "mail.home.example",
    "acme.second.contact": "postmaster@home.example",
    "acme.second.domains": "b.home.example",
}
AUTHORITY = "https://acme-v02.api.letsencrypt.org/directory"


@pytest.fixture
def root(home: Home) -> Administrator:
    """The administrator of a server with one certificate that is there, and one that could not be had."""
    home.settings, problems = snapshot(PAIRS)
    assert not problems
    now = home.now()
    issued = IssuedCertificate(
        AUTHORITY,
        ("mail.home.example",),
        "chain",
        Secret("the private key"),
        "CN=R3",
        now - timedelta(days=1),
        now + timedelta(days=89),
        0.0,
    )
    keep_certificate(home.store, KeptCertificate("first", issued))
    keep_certificate(home.store, KeptCertificate("second").failed("dns: none", "", 3, now + timedelta(hours=1)))
    return Administrator(home)


def test_certificates_are_listed(root: Administrator, home: Home) -> None:
    """Ours: with when they end and why the last attempt failed, and nothing private."""
    listed = root.does("GET", "certificates")
    first, second = listed["items"]
    assert listed["total"] == 2
    assert (first["id"], first["names"], first["issuer"]) == ("first", ["mail.home.example"], "CN=R3")
    assert first["ends"] == utc_date(home.now() + timedelta(days=89))
    assert (second["issuer"], second["tries"], second["failure"]) == (None, 3, "dns: none")
    assert "private" not in str(listed)


def test_a_certificate_is_ordered_now(root: Administrator, home: Home) -> None:
    """Ours: the server does it while it runs."""
    assert root.does("POST", "certificates/second/renew") is None
    assert certificate(home.store, "second").is_hurried
    root.is_refused(404, "POST", "certificates/third/renew", error="notFound", item="third")
