"""The way to a domain's mail servers is tried: what the domain says of it is heeded."""

import asyncio
from ipaddress import ip_network
from typing import Any

import pytest
from tests.neighbour.mx import DROP, MX
from tests.neighbour.names import NameServer

from pillarbox.net import Guard
from pillarbox.net.outbound import Answer, Unreachable
from pillarbox.queue import Probe, Resolver, Stage

POLICY = b"version: STSv1\r\nmode: %s\r\nmx: %s\r\nmax_age: 86400\r\n"


def tries(names: NameServer, mx: MX, policy: bytes, media_type: str = "text/plain", status: int = 200) -> list[Any]:
    """The stages, where the server of the domain's policy answers so."""
    told: list[Stage] = []
    names.knows("_mta-sts.far.example", "TXT", '"v=STSv1; id=20260501"')

    async def fetch(url: str) -> Answer:
        assert url == "https://mta-sts.far.example/.well-known/mta-sts.txt"
        if not policy:
            raise Unreachable("mta-sts.far.example: refused", was_asked=False)
        return Answer(status, {"content-type": media_type}, policy, is_whole=True)

    async def run() -> None:
        resolver = Resolver([("127.0.0.1", names.port)])
        guard = Guard([ip_network("127.0.0.0/8")])
        await Probe(resolver, guard, fetch, "mx.home.example", mx.port, 10, told.append).run("far.example")

    asyncio.run(run())
    return told


def kinds(stages: list[Any]) -> list[str]:
    return [one["type"] for one in stages]


def test_a_policy_that_names_the_server_is_told(names: NameServer, mx: MX) -> None:
    """Management API section 17; RFC 8461 section 4.1. Ours: TLS is begun as in sending, by whatever certificate."""
    stages = tries(names, mx, POLICY % (b"enforce", b"*.far.example"))
    (told,) = (one["policy"] for one in stages if one["type"] == "mtaStsFetchSuccess")
    assert told == {"id": "20260501", "mode": "enforce", "mx": ["*.far.example"], "max_age": 86_400}
    assert {"mtaStsVerifySuccess", "startTlsSuccess", "mailFromSuccess"} <= set(kinds(stages))


@pytest.mark.parametrize(("mode", "connections"), [(b"enforce", 0), (b"testing", 1)])
def test_a_server_that_the_policy_does_not_name_is_told(
    names: NameServer, mx: MX, mode: bytes, connections: int
) -> None:
    """RFC 8461 section 5: not connected to where the policy is enforced; with `testing` it is."""
    stages = tries(names, mx, POLICY % (mode, b"mx.other.example"))
    assert "mtaStsVerifyError" in kinds(stages)
    assert mx.connections == connections


@pytest.mark.parametrize(
    ("policy", "media_type", "status"),
    [
        (b"", "text/plain", 200),
        (b"nothing", "text/plain", 200),
        (POLICY % (b"enforce", b"mx.other.example"), "text/html", 200),
        (POLICY % (b"enforce", b"mx.other.example"), "text/plain", 301),
    ],
)
def test_a_policy_that_cannot_be_had_is_none(
    names: NameServer, mx: MX, policy: bytes, media_type: str, status: int
) -> None:
    """RFC 8461 sections 3.2 and 3.3: it is a policy with status 200 and as text alone; else it goes on without one."""
    stages = tries(names, mx, policy, media_type, status)
    assert [one["reason"] for one in stages if one["type"] == "mtaStsFetchError"] != []
    assert "mtaStsVerifyError" not in kinds(stages)
    assert kinds(stages)[-2:] == ["quitCompleted", "completed"]


def test_a_connection_that_is_lost_ends_the_attempt(names: NameServer, mx: MX) -> None:
    """Management API section 17; where TLS is but refused, it goes on without, as in sending (RFC 7435)."""
    mx.says("STARTTLS", DROP, "454 4.7.0 Not now")
    policy = POLICY % (b"none", b"mx.far.example")
    assert kinds(tries(names, mx, policy))[-2:] == ["startTlsError", "completed"]
    assert kinds(tries(names, mx, policy))[-2:] == ["quitCompleted", "completed"]
