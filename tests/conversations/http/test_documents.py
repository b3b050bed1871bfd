"""Documents at fixed paths that anybody may read."""

from dataclasses import replace

import pytest
from tests.driver import Home

from pillarbox.http import HTTP, Site
from pillarbox.wire.mtasts import StsPolicy

STS = "/.well-known/mta-sts.txt"


def test_nothing_is_for_crawlers(home: Home) -> None:
    """RFC 9309 section 2.2."""
    reply = home.web.sends("GET", "/robots.txt")

    assert (reply.status, reply.octets) == (200, b"User-agent: *\nDisallow: /\n")
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"


def test_the_policy_of_the_domains_is_told(home: Home) -> None:
    """RFC 8461 section 3.2: text/plain, and lines that end with CRLF."""
    policy = StsPolicy("enforce", 604_800, ("mx2.home.example", "*.home.example", "mx2.home.example"))
    home.web.application = HTTP(replace(home.setup, site=Site(sts=policy)))

    reply = home.web.sends("GET", STS)

    assert reply.status == 200
    assert reply.headers["content-type"] == "text/plain; charset=utf-8"
    assert reply.octets == (
        b"version: STSv1\r\nmode: enforce\r\nmax_age: 604800\r\nmx: *.home.example\r\nmx: mx2.home.example\r\n"
    )


def test_without_a_policy_there_is_none(home: Home) -> None:
    """RFC 8461 section 3.3: senders take 404 for the absence of a policy."""
    assert home.web.sends("GET", STS).status == 404


@pytest.mark.parametrize("path", ["/robots.txt", STS, "/mail/config-v1.1.xml", "/healthz/live", "/healthz/ready"])
def test_what_is_read_cannot_be_posted_to(home: Home, path: str) -> None:
    """RFC 9110 section 15.5.6."""
    reply = home.web.sends("POST", path, body=b"x")

    assert reply.status == 405
    assert reply.headers["allow"] == "GET, HEAD, OPTIONS"
