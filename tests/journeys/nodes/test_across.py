"""What is changed at one server is so at the other within a second: issue 8, point 1, word by word.

Each test says what was so before, changes it past the proxy at one server, and looks at the other.
"""

import base64
import json
import ssl
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
import trustme
from tests.journeys.client import Refused
from tests.journeys.nodes.asking import SECOND, accepts, bearer, inside, may, patch, person, soon
from tests.journeys.nodes.site import PEOPLE, Node, Site
from tests.journeys.program import until
from tests.journeys.test_sending import sends
from tests.journeys.test_web_push import call as subscribed
from tests.neighbour.endpoint import Endpoint
from tests.neighbour.mx import MX
from websockets.sync.client import connect

from pillarbox.access.scope import ACCOUNT
from pillarbox.access.token import TokenKey
from pillarbox.datatypes.server import ShownChallenge, show_challenge
from pillarbox.sample import many
from pillarbox.signin.oauth import Beginning, Grants, Lives, token_secret

pytestmark = [pytest.mark.neighbour, pytest.mark.slow]

ALICE, BOB = PEOPLE
CAROL = "carol@far.example"
_LATEST = 5.0


@pytest.fixture
def carol(nodes: Site) -> Iterator[str]:
    """Somebody with an account of her own, made at the server that is here; the name."""
    nodes.here.manages("POST", "principal", person("carol", CAROL))
    yield "carol"
    if "carol" in [one["name"] for one in nodes.here.manages("GET", "principal?limit=0")["items"]]:
        nodes.here.manages("DELETE", "principal/carol")


def test_mail_is_heard_of_by_whoever_listens(nodes: Site) -> None:
    """RFC 8620 section 7.3, RFC 8887 section 4.3.5: event source and WebSocket at one, JMAP and LMTP at the other."""
    for message, (one, other) in zip(many(2, 9), ((nodes.here, nodes.far), (nodes.far, nodes.here)), strict=True):
        writer, listener = one.client(ALICE), other.client(ALICE)
        events = listener.listen()
        url = f"ws://{other.host}:{other.port}/jmap/ws"
        with connect(
            url,
            sock=other.past().socket(),
            subprotocols=["jmap"],  # type: ignore[list-item]
            additional_headers=listener.headers,
        ) as socket:
            socket.send(json.dumps({"@type": "WebSocketPushEnable", "dataTypes": ["Email"]}))
            listener.session()
            writer.import_(message.raw)
            done = time.monotonic()
            assert json.loads(socket.recv(timeout=_LATEST))["@type"] == "StateChange"
            assert time.monotonic() - done < SECOND
            assert events.change(listener.account, "Email", _LATEST).at - done < SECOND


def test_a_browser_is_pushed_each_change_once(nodes: Site) -> None:
    """RFC 8620 section 7.2: one server pushes what is done at either; the throttle is a second."""
    host = nodes.machine.front.here
    nodes.here.changes({"server.outbound.allow-networks": f"{host}/32"})
    alice = nodes.far.client(ALICE)
    with Endpoint(nodes.authority.server(host), host) as endpoint:
        sent = {"deviceClientId": "phone", "url": endpoint.url(), "types": ["Mailbox"]}
        made: list[str] = []

        def is_let() -> bool:
            told = subscribed(alice, "PushSubscription/set", create={"s": sent})["created"] or {}
            made.extend(one["id"] for one in told.values())
            return bool(made)

        soon(is_let, "the setting is in force there as well")
        code = endpoint.takes().json()["verificationCode"]
        subscribed(alice, "PushSubscription/set", update={made[0]: {"verificationCode": code}})
        for number, one in enumerate((nodes.here, nodes.far)):
            began = time.monotonic()
            one.client(ALICE).call("Mailbox/set", create={"a": {"name": f"pushed {number}"}})
            state = alice.call("Mailbox/get", ids=[])["state"]
            assert endpoint.takes().json()["changed"] == {alice.account: {"Mailbox": state}}
            assert time.monotonic() - began < 2 * SECOND + 1
        assert endpoint.took_nothing()
        subscribed(alice, "PushSubscription/set", destroy=made)


def test_whoever_is_new_is_known_and_gets_mail(nodes: Site, carol: str) -> None:
    """Directory: an account, one more address, and an address that is taken away."""
    far = nodes.far
    soon(lambda: may(far.client(carol)), "she is let in")
    assert accepts(far, CAROL)
    assert not accepts(far, "c@far.example")

    patch(nodes.here, carol, ("addItem", "emails", "c@far.example"))
    soon(lambda: accepts(far, "c@far.example"), "an alias")
    patch(nodes.here, carol, ("removeItem", "emails", "c@far.example"))
    soon(lambda: not accepts(far, "c@far.example"), "no alias any more")


def test_a_password_is_another(nodes: Site, carol: str) -> None:
    """Credentials: both have verified it, and remember that."""
    there = nodes.far.client(carol)
    assert may(there)
    patch(nodes.here, carol, ("set", "secrets", "another secret"))
    soon(lambda: not may(there), "the old password is refused")
    assert may(nodes.far.client(carol, "another secret"))


def test_an_app_password_is_made_and_taken_back(nodes: Site, carol: str) -> None:
    """Credentials: by the user, at the one server; used at the other."""
    here, there = nodes.here.client(carol), nodes.far.client(carol, "a long app password")
    added = {"type": "addAppPassword", "name": "UGhvbmU=", "password": "a long app password"}
    here.http("POST", "/api/account/auth", json.dumps([added]).encode())
    soon(lambda: may(there), "it is good")
    here.http("POST", "/api/account/auth", b'[{"type": "removeAppPassword", "name": "UGhvbmU="}]')
    soon(lambda: not may(there), "it is refused")


def test_an_api_key_is_made_and_taken_back(nodes: Site) -> None:
    """Credentials."""
    key = {"type": "apiKey", "name": "robot", "secrets": ["some very long secret"], "roles": ["admin"]}
    text = f"api_{base64.b64encode(b'robot:some very long secret').decode()}"
    nodes.here.manages("POST", "principal", key)
    soon(lambda: bearer(nodes.far, text, "/api/bans") == 200, "it is good")
    nodes.here.manages("DELETE", "principal/robot")
    soon(lambda: bearer(nodes.far, text, "/api/bans") == 401, "it is refused")


def test_a_token_is_good_everywhere_until_it_is_revoked(nodes: Site) -> None:
    """Credentials: OAuth (RFC 7009); the tokens' key is shared."""
    with inside(nodes.here) as built:
        key = TokenKey(token_secret(built.store, None, bytes, datetime.now(UTC)))
        grants = Grants(built.store, key, Lives(), time.time)
        found = built.directory.find(ALICE)
        assert found is not None
        begun = grants.begin(Beginning(found.number, "app", "app", frozenset({ACCOUNT}), ("pwd",), time.time()))
        token = grants.tokens(begun).access

        def told() -> set[int | None]:
            return {bearer(one, token, "/api/account/auth") for one in (nodes.here, nodes.far)}

        soon(lambda: told() == {200}, "it is good")
        grants.end(found.number, begun.number)
        soon(lambda: told() == {401}, "it is refused")


def test_what_somebody_may_do_is_another(nodes: Site, carol: str) -> None:
    """Permissions, roles, and a group's account."""
    there = nodes.far.client(carol)
    basic = there.headers
    assert may(there)
    assert nodes.far.asked("/api/bans", headers=basic) == 403
    nodes.here.manages("POST", "principal", {"type": "role", "name": "watch"})
    patch(nodes.here, carol, ("addItem", "roles", "watch"))
    patch(nodes.here, "watch", ("addItem", "enabledPermissions", "settings-list"))
    soon(lambda: nodes.far.asked("/api/bans", headers=basic) == 200, "she may manage")
    patch(nodes.here, carol, ("removeItem", "roles", "watch"))
    soon(lambda: nodes.far.asked("/api/bans", headers=basic) == 403, "she may not")
    nodes.here.manages("DELETE", "principal/watch")
    nodes.here.manages("POST", "principal", {"type": "group", "name": "team", "emails": ["team@far.example"]})
    patch(nodes.here, carol, ("addItem", "memberOf", "team"))
    soon(lambda: len(there.session()["accounts"]) == 2, "she has the group's account")
    patch(nodes.here, carol, ("removeItem", "memberOf", "team"))
    soon(lambda: len(there.session()["accounts"]) == 1, "she has it no more")
    nodes.here.manages("DELETE", "principal/team")
    patch(nodes.here, carol, ("addItem", "disabledPermissions", "authenticate"))
    soon(lambda: not may(there), "she is let in no more")
    patch(nodes.here, carol, ("removeItem", "disabledPermissions", "authenticate"))
    soon(lambda: may(there), "she is again")
    nodes.here.manages("DELETE", f"principal/{carol}")
    soon(lambda: not may(there), "she is gone")


def test_who_is_banned_at_one_is_refused_at_the_other(nodes: Site) -> None:
    """Bans: by an administrator, and by what is counted at both."""
    rude, thief = "203.0.113.66", "203.0.113.67"
    assert nodes.far.asked("/healthz/live", rude) == 200
    nodes.here.manages("POST", "bans", {"network": rude})
    soon(lambda: nodes.far.asked("/healthz/live", rude) is None, "refused")
    assert not nodes.far.asked("/healthz/live", rude)
    nodes.here.manages("DELETE", f"bans/{rude}")
    soon(lambda: nodes.far.asked("/healthz/live", rude) == 200, "let in again")

    nodes.here.changes({"server.auto-ban.auth.rate": "6/1d"})
    for number in range(4):
        for one in (nodes.here, nodes.far):
            assert nodes.far.asked("/healthz/live", thief) == 200 or number == 3
            with pytest.raises((Refused, OSError)):
                one.client(ALICE, f"guess {number} {one.port}", thief).session()
    for one in (nodes.here, nodes.far):
        soon(lambda one=one: one.asked("/healthz/live", thief) is None, "the thief is refused")  # type: ignore[misc]
    nodes.here.manages("DELETE", f"bans/{thief}")


def test_requests_are_counted_together(nodes: Site) -> None:
    """Limits: of somebody without an account, so many in a minute at both."""
    both = (nodes.here, nodes.far)
    sources = (f"203.0.113.{number}" for number in range(100, 250))

    def statuses(*those: Node) -> list[int | None]:
        source = next(sources)
        return [one.asked("/.well-known/mta-sts.txt", source) for one in those]

    nodes.here.changes({"jmap.rate-limit.anonymous": "4/1m"})
    try:
        for one in both:
            soon(lambda one=one: statuses(*[one] * 5)[-1] == 429, "it is counted")  # type: ignore[misc]
        assert statuses(*both * 3) == [404] * 4 + [429] * 2
    finally:
        nodes.here.manages("POST", "settings", [{"type": "delete", "keys": ["jmap.rate-limit.anonymous"]}])


def test_a_certificate_is_shown_by_both(nodes: Site) -> None:
    """Certificates: one that an administrator puts into the settings."""
    authority = trustme.CA()
    issued = authority.issue_cert("mail.example.org")
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)

    def shows(node: Node) -> bool:
        with closing(node.past(port=node.tls_port).socket()) as connection:
            try:
                trusting.wrap_socket(connection, server_hostname="mail.example.org").close()
            except ssl.SSLCertVerificationError:
                return False
        return True

    assert not shows(nodes.here)
    chain = "".join(one.bytes().decode() for one in issued.cert_chain_pems)
    key = issued.private_key_pem.bytes().decode()
    nodes.far.changes({"certificate.main.cert": chain, "certificate.main.private-key": key})

    for one in (nodes.here, nodes.far):
        soon(lambda one=one: shows(one), "it is shown")  # type: ignore[misc]


def test_an_authority_may_ask_either(nodes: Site) -> None:
    """ACME challenges (RFC 8555 section 8.3, RFC 8737): whichever server ordered, both answer."""
    names = {"acme.ours.contact": "postmaster@example.org", "acme.ours.domains": "shown.example.org"}
    nodes.here.changes({**names, "acme.ours.directory": "https://127.0.0.1:9/dir"})
    ends = datetime.now(UTC) + timedelta(minutes=5)

    def agrees(node: Node) -> bool:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.set_alpn_protocols(["acme-tls/1"])
        with closing(node.past(port=node.tls_port).socket()) as connection:
            try:
                with context.wrap_socket(connection, server_hostname="shown.example.org") as secured:
                    return secured.selected_alpn_protocol() == "acme-tls/1"
            except OSError:
                return False

    with inside(nodes.here) as built:
        show_challenge(built.store, ShownChallenge("http-01", "shown.example.org", "token1", "token1.key", ends))
        show_challenge(built.store, ShownChallenge("tls-alpn-01", "shown.example.org", "token2", "token2.key", ends))
        path = "/.well-known/acme-challenge/token1"
        for one in (nodes.here, nodes.far):
            soon(lambda one=one: one.asked(path) == 200, "by HTTP")  # type: ignore[misc]
            soon(lambda one=one: agrees(one), "by TLS")  # type: ignore[misc]


def test_a_certificate_is_asked_for_at_either(nodes: Site) -> None:
    """ACME: whoever of both has certificates renewed is told at once, and tries; here there is no authority."""
    nodes.far.changes(
        {
            "acme.none.contact": "postmaster@example.org",
            "acme.none.domains": "none.example.org",
            "acme.none.directory": "https://127.0.0.1:9/dir",
        }
    )

    def tried() -> int:
        told = [one for node in (nodes.here, nodes.far) for one in node.events("acme.failed")]
        return sum(one["authority"] == "none" for one in told)

    def is_over() -> bool:
        told = nodes.here.manages("GET", "certificates")["items"]
        (failure,) = (one["failure"] for one in told if one["id"] == "none")
        return failure not in (None, "it was interrupted")

    # What speaks with authorities is loaded first, which takes a while.
    until(lambda: tried() == 1, "it is tried by itself")
    for number, one in enumerate((nodes.here, nodes.far), 2):
        # While one is being had, that is what was asked for.
        until(is_over, "the last attempt is over")
        one.manages("POST", "certificates/none/renew")
        soon(lambda number=number: tried() == number, "it is tried again")  # type: ignore[misc]


def test_a_message_goes_out_once_whichever_server_took_it(nodes: Site, mx: MX) -> None:
    """Queue: one server sends, and hears of what the other was given at once."""
    for one in (nodes.here, nodes.far):
        alice = one.client(ALICE)
        began = time.monotonic()
        sends(alice, "dan@elsewhere.example", subject=f"by {one.host}")
        given = mx.takes()
        assert time.monotonic() - began < 2 * SECOND
        assert f"Subject: by {one.host}".encode() in given.octets
    assert mx.took_nothing()


def test_the_queue_is_managed_at_either(nodes: Site, mx: MX) -> None:
    """Queue: stopped, looked at, given up and started at one, whoever of both it is that sends."""
    here, far = nodes.here, nodes.far
    assert here.manages("PATCH", "queue/status/stop") is True
    assert far.manages("GET", "queue/status") is False
    for subject in ("first", "second"):
        sends(far.client(ALICE), "dan@elsewhere.example", subject=subject)
    found = here.manages("GET", "queue/messages")["items"]
    assert len(found) == 2
    assert mx.took_nothing()
    assert far.manages("DELETE", f"queue/messages/{found[0]}") is True
    assert here.manages("PATCH", f"queue/messages/{found[1]}") is True

    began = time.monotonic()
    assert far.manages("PATCH", "queue/status/start") is False
    mx.takes()

    assert time.monotonic() - began < 2 * SECOND
    soon(lambda: here.manages("GET", "queue/messages")["items"] == [], "nothing is left")
    assert mx.took_nothing()


def test_mail_is_signed_with_a_key_that_was_made_at_one(nodes: Site, mx: MX) -> None:
    """DKIM: whichever of both sends."""
    nodes.far.manages("POST", "dkim", {"algorithm": "Ed25519", "domain": "far.example", "selector": "s1"})
    sends(nodes.here.client(BOB), "dan@elsewhere.example")
    assert b"DKIM-Signature:" in mx.takes().octets


def test_commands_tell_the_same_at_either(nodes: Site) -> None:
    """Commands, on a machine with a server: `pillarbox` is a client of that one."""
    told = [one.program("account", "list") for one in (nodes.here, nodes.far)]
    assert told[0] == told[1]
    assert ALICE in told[0]
