"""A browser that is not connected is told of mail (RFC 8620 section 7.2): through all processes of a real server."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.conversations.push.conftest import Browser
from tests.journeys.client import USING, Client
from tests.journeys.program import Server
from tests.neighbour.endpoint import Authority, Endpoint
from tests.unit.wire.test_webpush import verified as claims

from pillarbox.sample import many

pytestmark = pytest.mark.slow

ALLOWED = "[server]\noutbound.allow-networks = ['127.0.0.0/8']\n"


@pytest.fixture
def endpoint(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    """A push service whose authority is in SSL_CERT_FILE."""
    authority = Authority()
    file = tmp_path_factory.mktemp("authority") / "authority.pem"
    file.write_bytes(authority.pem())
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with Endpoint(authority.server("127.0.0.1", "localhost")) as endpoint:
        yield endpoint


def call(client: Client, name: str, **arguments: Any) -> Any:
    """The answer to a call without accountId."""
    body = {"using": USING, "methodCalls": [[name, arguments, "0"]]}
    ((answered, told, _),) = json.loads(client.http("POST", "/jmap/", json.dumps(body).encode()))["methodResponses"]
    assert answered == name, told
    return told


def test_mail_is_pushed_encrypted_and_signed(served: Callable[..., Server], endpoint: Endpoint) -> None:
    server = served(ALLOWED)
    alice = server.account("alice@far.example")
    key = alice.session()["capabilities"]["urn:ietf:params:jmap:webpush-vapid"]["applicationServerKey"]
    browser = Browser()
    sent = {"deviceClientId": "phone", "url": endpoint.url(host="localhost"), "keys": browser.keys, "types": ["Email"]}
    made = call(alice, "PushSubscription/set", create={"s": sent})["created"]["s"]

    asked = endpoint.takes()
    code = json.loads(browser.reads(asked))["verificationCode"]
    call(alice, "PushSubscription/set", update={made["id"]: {"verificationCode": code}})
    path = server.folder / "mail.eml"
    path.write_bytes(next(many(1, 1)).raw)
    server.program("import", "alice@far.example", path)

    pushed = endpoint.takes()
    state = alice.call("Email/get", ids=[])["state"]
    assert json.loads(browser.reads(pushed)) == {
        "@type": "StateChange",
        "changed": {alice.account: {"Email": state}},
    }
    token = pushed.fields["authorization"].split(" ")[1]
    assert claims(token.removeprefix("t=").removesuffix(","), key)["aud"] == f"https://localhost:{endpoint.port}"


def test_pushes_go_on_after_the_server_was_killed(served: Callable[..., Server], endpoint: Endpoint) -> None:
    server = served(ALLOWED)
    alice = server.account("alice@far.example")
    sent = {"deviceClientId": "phone", "url": endpoint.url(), "types": ["Mailbox"]}
    made = call(alice, "PushSubscription/set", create={"s": sent})["created"]["s"]
    code = endpoint.takes().json()["verificationCode"]
    call(alice, "PushSubscription/set", update={made["id"]: {"verificationCode": code}})
    server.kill()
    server.start()
    alice.call("Mailbox/set", create={"a": {"name": "Plans"}})

    state = alice.call("Mailbox/get", ids=[])["state"]
    assert endpoint.takes().json()["changed"] == {alice.account: {"Mailbox": state}}


def test_without_leave_nothing_is_sent_into_our_own_network(server: Server, endpoint: Endpoint) -> None:
    alice = server.account("alice@far.example")
    for host in ("localhost", "127.0.0.1"):
        sent = {"deviceClientId": "phone", "url": endpoint.url(host=host)}
        refused = call(alice, "PushSubscription/set", create={"s": sent})["notCreated"]["s"]
        assert (refused["type"], refused["properties"]) == ("invalidProperties", ["url"])
    assert endpoint.connections == 0
