"""Requests of ours, to real servers on loopback (ours)."""

import asyncio
import gzip
from collections.abc import Iterator, Sequence
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from tests.neighbour.endpoint import Authority, Endpoint

from pillarbox.net import ANYWHERE, Guard
from pillarbox.net.outbound import Answer, Outbound, Refused, Unreachable, trusting

LOOPBACK = Guard((ip_network("127.0.0.0/8"),))


@pytest.fixture(scope="module")
def authority() -> Authority:
    return Authority()


@pytest.fixture
def endpoint(authority: Authority) -> Iterator[Endpoint]:
    with Endpoint(authority.server("push.example", "127.0.0.1")) as endpoint:
        yield endpoint


class Names:
    """A resolver that knows one name, at these addresses, one after the other; and how often it was asked."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def __call__(self, host: str) -> Sequence[str]:
        if host != "push.example":
            raise OSError("no such name")
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def sent(
    url: str,
    authority: Authority,
    guard: Guard = LOOPBACK,
    names: Names | None = None,
    seconds: float = 20.0,
    most: int = 1000,
    **more: Any,
) -> Answer:
    """The answer to one POST."""

    async def send() -> Answer:
        resolve = names or Names(["127.0.0.1"])
        async with Outbound(guard, resolve=resolve, trust=authority.trusted(), **more) as outbound:
            return await outbound.send("POST", url, {"TTL": "5"}, b"hello", seconds=seconds, most=most)

    return asyncio.run(send())


def test_a_request_goes_out_and_an_answer_comes_back(authority: Authority, endpoint: Endpoint) -> None:
    """Ours."""
    endpoint.answers(202, {"Retry-After": "7"}, b"taken")

    answer = sent(endpoint.url("/a?b=c", "push.example"), authority)

    assert (answer.status, answer.fields["retry-after"], answer.octets, answer.is_whole) == (202, "7", b"taken", True)
    request = endpoint.takes()
    assert (request.method, request.target, request.octets) == ("POST", "/a?b=c", b"hello")
    assert request.fields["host"] == f"push.example:{endpoint.port}"
    assert request.fields["ttl"] == "5"
    assert request.fields["user-agent"] == "Pillarbox"


@pytest.mark.parametrize("address", ["127.0.0.1", "::ffff:127.0.0.1"])
def test_a_name_that_stands_for_this_machine_is_refused(authority: Authority, endpoint: Endpoint, address: str) -> None:
    """Architecture, section 4: after resolution; nothing reaches the server."""
    with pytest.raises(Refused, match=r"push\.example is at"):
        sent(endpoint.url(host="push.example"), authority, Guard(), Names([address]))

    assert endpoint.connections == 0


def test_an_address_in_a_url_is_refused_like_one_that_was_resolved(authority: Authority, endpoint: Endpoint) -> None:
    """Architecture, section 4."""

    async def send() -> Answer:
        async with Outbound(Guard(), trust=authority.trusted()) as outbound:
            return await outbound.send("POST", endpoint.url(), {}, seconds=20, most=0)

    with pytest.raises(Refused):
        asyncio.run(send())

    assert endpoint.connections == 0


def test_of_several_addresses_only_those_allowed_are_tried(authority: Authority, endpoint: Endpoint) -> None:
    """Ours: a stranger's name may stand for anything besides."""
    names = Names(["10.0.0.1", "::1", "127.0.0.1"])

    assert sent(endpoint.url(host="push.example"), authority, names=names).status == 201


def test_the_address_that_was_judged_is_connected_to(authority: Authority, endpoint: Endpoint) -> None:
    """Ours: a name that stands for another address each time it is asked for is asked for once a connection."""
    names = Names(["127.0.0.1"], ["10.0.0.1"])

    assert sent(endpoint.url(host="push.example"), authority, names=names).status == 201
    assert names.asked == 1


def test_the_next_address_is_tried_where_one_does_not_answer(authority: Authority, endpoint: Endpoint) -> None:
    """Ours."""
    names = Names(["127.0.0.9", "127.0.0.1"])

    assert sent(endpoint.url(host="push.example"), authority, names=names).status == 201


def test_a_redirect_is_an_answer_and_is_not_followed(authority: Authority, endpoint: Endpoint) -> None:
    """Issue: a redirect to a private address leads nowhere."""
    endpoint.answers(307, {"Location": endpoint.url("/elsewhere")})

    assert sent(endpoint.url(host="push.example"), authority).status == 307
    endpoint.takes()
    assert endpoint.took_nothing()


def test_no_more_of_an_answer_is_read_than_was_asked_for(authority: Authority, endpoint: Endpoint) -> None:
    """Ours: an answer without end has one here."""

    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 Told\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x" * 65536)
            await writer.drain()
            await asyncio.sleep(0)

    endpoint.answers_by(endless)
    answer = sent(endpoint.url(host="push.example"), authority)

    assert (answer.octets, answer.is_whole) == (b"x" * 1000, False)


def test_an_answer_of_just_so_many_octets_is_whole(authority: Authority, endpoint: Endpoint) -> None:
    """Ours."""
    endpoint.answers(200, octets=b"x" * 1000)

    assert sent(endpoint.url(host="push.example"), authority).is_whole


def test_nothing_is_unpacked(authority: Authority, endpoint: Endpoint) -> None:
    """Ours: a few octets cannot become many."""
    packed = gzip.compress(b"x" * 100_000)
    endpoint.answers(200, {"Content-Encoding": "gzip"}, packed)

    assert sent(endpoint.url(host="push.example"), authority).octets == packed
    assert endpoint.takes().fields["accept-encoding"] == "identity"


def test_a_head_without_end_is_no_answer(authority: Authority, endpoint: Endpoint) -> None:
    """Ours."""

    async def endless(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 Told\r\n")
        while not writer.is_closing():
            writer.write(b"X-More: " + b"x" * 1000 + b"\r\n")
            await writer.drain()
            await asyncio.sleep(0)

    endpoint.answers_by(endless)
    with pytest.raises(Unreachable):
        sent(endpoint.url(host="push.example"), authority)


@pytest.mark.parametrize("answer", [b"220 mail.example ESMTP\r\n", b"", b"HTTP/1.1 two hundred\r\n\r\n"])
def test_what_is_not_http_is_no_answer(authority: Authority, endpoint: Endpoint, answer: bytes) -> None:
    """Ours."""
    endpoint.answers_by(answer)

    with pytest.raises(Unreachable):
        sent(endpoint.url(host="push.example"), authority)


def test_an_answer_that_does_not_end_in_time_is_none(authority: Authority, endpoint: Endpoint) -> None:
    """Ours: the time is for the whole of it, however lively it is."""

    async def slow(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 Told\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    endpoint.answers_by(slow)
    with pytest.raises(Unreachable, match="no whole answer in") as raised:
        sent(endpoint.url(host="push.example"), authority, seconds=0.5)

    assert raised.value.was_asked


def test_a_name_that_is_not_resolved_in_time_is_not_reached(authority: Authority) -> None:
    """Ours."""

    async def never(_: str) -> Sequence[str]:
        await asyncio.Event().wait()
        return ()

    async def send() -> Answer:
        async with Outbound(LOOPBACK, resolve=never, trust=authority.trusted(), connecting=0.1) as outbound:
            return await outbound.send("GET", "https://push.example/", {}, seconds=20, most=0)

    with pytest.raises(Unreachable, match="cannot be resolved"):
        asyncio.run(send())


@pytest.mark.parametrize(("host", "answers"), [("nobody.example", ["127.0.0.1"]), ("push.example", [])])
def test_a_name_without_an_address_is_not_reached(authority: Authority, host: str, answers: list[str]) -> None:
    """Ours: that may change, so it is no refusal."""
    with pytest.raises(Unreachable):
        sent(f"https://{host}/", authority, names=Names(answers))


def test_a_port_where_nobody_listens_is_not_reached(authority: Authority) -> None:
    """Ours: so it is certain that nothing was asked of anybody."""
    with pytest.raises(Unreachable) as raised:
        sent("https://push.example:1/", authority)

    assert not raised.value.was_asked


def test_a_certificate_of_another_name_is_not_believed(authority: Authority, endpoint: Endpoint) -> None:
    """RFC 8030 section 8.1: TLS, and the server is who it says."""

    async def here(_: str) -> Sequence[str]:
        return ["127.0.0.1"]

    async def send() -> Answer:
        async with Outbound(LOOPBACK, resolve=here, trust=authority.trusted()) as outbound:
            return await outbound.send("POST", endpoint.url(host="other.example"), {}, seconds=20, most=0)

    with pytest.raises(Unreachable, match="certificate"):
        asyncio.run(send())
    assert endpoint.took_nothing()


def test_a_certificate_of_an_unknown_authority_is_not_believed(endpoint: Endpoint) -> None:
    """Ours."""
    with pytest.raises(Unreachable, match="certificate"):
        sent(endpoint.url(host="push.example"), Authority())


def test_an_authority_in_ssl_cert_file_is_believed(
    authority: Authority, endpoint: Endpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours: for what is on one's own network; the system's authorities stay."""
    before = len(trusting().get_ca_certs())
    file = tmp_path / "authority.pem"
    file.write_bytes(authority.pem())
    monkeypatch.setenv("SSL_CERT_FILE", str(file))

    async def send() -> Answer:
        async with Outbound(LOOPBACK) as outbound:
            return await outbound.send("POST", endpoint.url(), {}, seconds=20, most=0)

    assert asyncio.run(send()).status == 201
    assert len(trusting().get_ca_certs()) == before + 1


def test_what_is_not_encrypted_is_not_sent_unless_told(authority: Authority) -> None:
    """Ours."""
    with Endpoint(None) as plain:
        with pytest.raises(Refused, match="https"):
            sent(plain.url(host="push.example"), authority)
        assert plain.connections == 0

        assert sent(plain.url(host="push.example"), authority, schemes=("https", "http")).status == 201


def test_what_the_operator_named_is_reached_wherever_it_is(authority: Authority, endpoint: Endpoint) -> None:
    """Architecture, section 4: what the configuration names is exempt."""
    assert sent(endpoint.url(host="push.example"), authority, ANYWHERE).status == 201


def test_no_proxy_of_the_environment_is_used(
    authority: Authority, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ours: a proxy would resolve the name again, and could be inside."""
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    assert sent(endpoint.url(host="push.example"), authority).status == 201


def test_a_connection_is_used_again(authority: Authority, endpoint: Endpoint) -> None:
    """Ours: a push service is told of many subscriptions."""

    async def send() -> None:
        async with Outbound(LOOPBACK, resolve=Names(["127.0.0.1"]), trust=authority.trusted()) as outbound:
            for _ in range(3):
                await outbound.send("POST", endpoint.url(host="push.example"), {}, seconds=20, most=0)

    asyncio.run(send())
    assert endpoint.connections == 1
