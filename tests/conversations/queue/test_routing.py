"""Where mail goes: what DNS says of a domain, or a relay (RFC 5321 section 5.1)."""

import asyncio
from ipaddress import ip_network
from pathlib import Path

import pytest
from tests.conversations.queue.conftest import HOST, LETTER, Post
from tests.driver import JMAP
from tests.neighbour.endpoint import Authority
from tests.neighbour.mx import MX
from tests.neighbour.names import NameServer

from pillarbox.net import Guard
from pillarbox.queue import Relay, Resolver, Routes, Tls
from pillarbox.queue.resolver import Unanswered
from pillarbox.telemetry import Secret


def test_the_best_server_that_answers_is_taken(sending: Post, alice: JMAP) -> None:
    """RFC 5321 section 5.1: by preference, and the next one if one cannot be reached."""
    # At 127.0.0.9 nobody listens.
    sending.names.has_mx(
        "far.example",
        [(20, "mx.far.example", sending.mx.host), (10, "down.far.example", "127.0.0.9")],
    )
    sending.queues(alice, "bob@far.example")

    assert sending.mx.takes().octets == LETTER


def test_a_domain_without_mail_servers_is_its_own(sending: Post, alice: JMAP) -> None:
    """RFC 5321 section 5.1: an implicit MX, with a preference of 0."""
    sending.names.knows("small.example", "A", sending.mx.host)
    sending.queues(alice, "bob@small.example")

    assert sending.mx.takes().rcpt == ["RCPT TO:<bob@small.example>"]


def test_a_domain_that_is_not_there_is_told_at_once(sending: Post, alice: JMAP) -> None:
    """RFC 5321 section 5.1: a non-existent domain is reported as an error."""
    sending.queues(alice, "bob@nowhere.example")

    assert "Status: 5.1.2" in sending.gets(alice).as_string()


def test_a_null_mx_takes_no_mail(sending: Post, alice: JMAP) -> None:
    """RFC 7505 section 4.2: 5.1.10, and no attempt."""
    sending.names.knows("silent.example", "MX", "0 .")
    sending.names.knows("silent.example", "A", sending.mx.host)
    sending.queues(alice, "bob@silent.example")

    assert "Status: 5.1.10" in sending.gets(alice).as_string()
    assert sending.mx.connections == 0


def test_what_dns_cannot_say_now_is_asked_again(sending: Post, alice: JMAP) -> None:
    """RFC 5321 section 5.1: a temporary error is not taken for "no such domain"."""
    sending.names.fails_for("far.example")
    sending.queues(alice, "bob@far.example")
    (message,) = sending.waits_for(alice, lambda left: left[0]["recipients"][0]["tries"] == 1)
    assert message["recipients"][0]["reply"].startswith("451 4.4.3")

    sending.names.works_for("far.example")
    sending.passes(61, alice)

    assert sending.mx.takes().octets == LETTER


def test_we_are_not_a_server_for_others(sending: Post, alice: JMAP) -> None:
    """RFC 5321 section 5.1: what is no better than ourselves is left out, or it would be a loop."""
    sending.names.has_mx("loop.example", [(10, HOST, sending.mx.host), (20, "mx.far.example", sending.mx.host)])
    sending.queues(alice, "bob@loop.example")

    assert "Status: 5.4.6" in sending.gets(alice).as_string()
    assert sending.mx.connections == 0


def test_nobody_sends_us_into_our_own_network(post: Post, alice: JMAP) -> None:
    """Ours: whose domain leads to a private address has this server connect to what only it can reach."""
    post.guard = Guard()
    post.starts()
    post.queues(alice, "bob@far.example")

    told = post.gets(alice).as_string()

    assert "Status: 5.4.4" in told
    assert "127.0.0.1" not in told
    assert post.mx.connections == 0


def test_an_address_in_place_of_a_domain(sending: Post, alice: JMAP) -> None:
    """RFC 5321 section 4.1.3: an address literal needs no DNS."""
    sending.queues(alice, "bob@[127.0.0.1]")

    assert sending.mx.takes().rcpt == ["RCPT TO:<bob@[127.0.0.1]>"]
    assert sending.names.asked == []


def test_encryption_is_used_where_it_is_offered(sending: Post, alice: JMAP) -> None:
    """RFC 3207 section 4.2 and RFC 7435: EHLO again after it; whose certificate it is does not matter."""
    sending.queues(alice, "bob@far.example")

    assert sending.mx.takes().is_encrypted
    assert sending.mx.commands[:3] == [f"EHLO {HOST}", "STARTTLS", f"EHLO {HOST}"]


def test_a_handshake_that_fails_is_no_reason_to_keep_mail(sending: Post, alice: JMAP) -> None:
    """RFC 7435 section 3: what cannot be encrypted goes as if that had not been offered."""
    sending.mx.says("STARTTLS", "454 4.7.0 TLS is not there now")
    sending.queues(alice, "bob@far.example")

    assert not sending.mx.takes().is_encrypted


@pytest.mark.parametrize("tls", [Tls.STARTTLS, Tls.IMPLICIT])
def test_a_relay_takes_everything_with_credentials(post: Post, alice: JMAP, authority: Authority, tls: Tls) -> None:
    """RFC 4954: AUTH over TLS, with a certificate that is good for the relay's name."""
    with _relay(authority, "127.0.0.1", tls) as relay:
        post.relay = Relay("127.0.0.1", relay.port, tls, "us", Secret("sesame"))
        post.starts()
        post.queues(alice, "bob@far.example", "carol@elsewhere.example")

        given = relay.takes()

    assert given.login == "\0us\0sesame"
    assert given.is_encrypted
    assert given.rcpt == ["RCPT TO:<bob@far.example>", "RCPT TO:<carol@elsewhere.example>"]
    assert post.names.asked == []


def test_a_relay_with_another_certificate_gets_nothing(post: Post, alice: JMAP, authority: Authority) -> None:
    """RFC 3207 section 4.1: who is configured has to be who they say; the mail waits."""
    with _relay(authority, "another.example", Tls.STARTTLS) as relay:
        post.relay = Relay("127.0.0.1", relay.port, Tls.STARTTLS, "us", Secret("sesame"))
        post.starts()
        post.queues(alice, "bob@far.example")

        (message,) = post.waits_for(alice, lambda left: left[0]["recipients"][0]["tries"] == 1)

        assert message["recipients"][0]["reply"].startswith("451 4.7.5")
        assert not any(command.startswith(("AUTH", "MAIL")) for command in relay.commands)


def test_credentials_that_are_refused_keep_mail_waiting(post: Post, alice: JMAP, authority: Authority) -> None:
    """RFC 4954 section 6: 535; it is the operator's to mend, and the secret is told to nobody."""
    with _relay(authority, "127.0.0.1", Tls.STARTTLS) as relay:
        relay.says("AUTH", "535 5.7.8 us:sesame is wrong", "535 5.7.8 us:sesame is wrong")
        post.relay = Relay("127.0.0.1", relay.port, Tls.STARTTLS, "us", Secret("sesame"))
        post.starts()
        post.queues(alice, "bob@far.example")

        (message,) = post.waits_for(alice, lambda left: left[0]["recipients"][0]["tries"] == 1)

    assert message["recipients"][0]["reply"] == "451 4.7.8 127.0.0.1 does not take our credentials (535)"


@pytest.mark.parametrize("tls", [Tls.OPPORTUNISTIC, Tls.NONE])
def test_credentials_are_not_sent_to_just_anybody(post: Post, alice: JMAP, tls: Tls) -> None:
    """RFC 4954 section 14: without a certificate that was verified, no PLAIN."""
    post.relay = Relay("elsewhere.example", post.mx.port, tls, "us", Secret("sesame"))
    # An address of this machine that does not look like it.
    post.resolve = _anywhere
    post.starts()
    post.queues(alice, "bob@far.example")

    (message,) = post.waits_for(alice, lambda left: left[0]["recipients"][0]["tries"] == 1)

    assert message["recipients"][0]["reply"].startswith("451 4.7.11")
    assert not any(command.startswith("AUTH") for command in post.mx.commands)


async def _anywhere(_: str) -> list[str]:
    return ["0.0.0.0"]  # noqa: S104


def test_equals_come_in_any_order_and_others_by_preference(names: NameServer) -> None:
    """RFC 5321 section 5.1: the sender MUST randomize equals."""
    hosts = [(20, "d.mx.example"), (10, "a.mx.example"), (10, "b.mx.example"), (10, "c.mx.example")]
    names.has_mx("big.example", [(preference, host, "192.0.2.1") for preference, host in hosts])
    for number, (_, host) in enumerate(hosts):
        names.knows(host, "A", f"127.0.0.{number + 1}")
    guard = Guard((ip_network("127.0.0.0/8"),))
    resolver = Resolver([("127.0.0.1", names.port)])
    routes = Routes(resolver, guard, HOST, None, 25, lambda hosts: sorted(hosts, reverse=True))

    places = asyncio.run(routes.places("bob@big.example"))

    assert [place.name[0] for place in places] == ["c", "b", "a", "d"]


def _relay(authority: Authority, name: str, tls: Tls) -> MX:
    relay = MX(context=authority.server(name))
    relay.extensions.append("AUTH PLAIN")
    relay.implicit = tls is Tls.IMPLICIT
    return relay


@pytest.mark.parametrize("said", [None, "# nobody\n", "nameserver nobody\n"])
def test_a_system_without_name_servers_keeps_mail_waiting(tmp_path: Path, said: str | None) -> None:
    """Ours: that cannot be said now, and is no reason for anything else to stop."""
    system = tmp_path / "resolv.conf"
    if said is not None:
        system.write_text(said)

    with pytest.raises(Unanswered):
        asyncio.run(Resolver(system=str(system)).mx("far.example"))
