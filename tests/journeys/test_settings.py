"""Settings are changed in the database of a server that runs, and everybody goes by them without a restart."""

import json
import os
import signal
import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection

import pytest
import trustme
from tests.journeys import managing
from tests.journeys.client import USING, Client
from tests.journeys.managing import ROOT, manages
from tests.journeys.program import Server, free_port, until

pytestmark = pytest.mark.slow

FILE = f"""
[server]
hostname = "mail.example.org"
workers = 2
[server.listener.https]
protocol = "http"
bind = "127.0.0.1:{{port}}"
tls.implicit = true
{ROOT}
[jmap.protocol.set]
max-objects = 77
"""
TLS_PORT = free_port()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Of all tests here: each changes settings of its own."""
    with Server(tmp_path_factory.mktemp("settings"), FILE.format(port=TLS_PORT)).running() as server:
        yield server


def change(server: Server, **texts: str) -> None:
    """Each of these texts, by its key with two underscores for a dot and one for a hyphen."""
    managing.change(server, {key.replace("__", ".").replace("_", "-"): text for key, text in texts.items()})


def header(server: Server, name: str, at: str = "127.0.0.1") -> str | None:
    with closing(HTTPConnection(at, server.port, timeout=20)) as connection:
        connection.request("GET", "/robots.txt")
        return connection.getresponse().headers[name]


def everywhere(server: Server, name: str, value: str | None) -> bool:
    """Whether every worker answers with that: of so many connections each has some."""
    return {header(server, name) for _ in range(12)} == {value}


def test_a_change_is_in_force_at_every_worker_within_a_second(server: Server) -> None:
    """Issue 7: live without a restart or a reload."""
    took: list[float] = []
    for name in ("one", "two", "three"):
        began = time.monotonic()
        change(server, server__http__headers=f"X-House: {name}")
        until(lambda: everywhere(server, "X-House", name), "all workers have it", 20)  # noqa: B023 - called at once
        took.append(time.monotonic() - began)

    # Whatever else the machine does meanwhile.
    assert min(took) < 1, took
    assert server.events("server.reloaded") == []
    manages(server, "DELETE", "settings/server.http.headers")
    until(lambda: everywhere(server, "X-House", None), "it is gone again")


def test_the_file_wins_and_cannot_be_changed(server: Server) -> None:
    """Issue 7: the owner of each key is told."""
    values = [["jmap.protocol.set.max-objects", "78"], ["server.workers", "3"]]

    status, answer = manages(server, "POST", "settings", [{"type": "insert", "values": values}])

    assert status == 400
    assert [one["field"] for one in answer["invalid"]] == ["jmap.protocol.set.max-objects", "server.workers"]
    assert manages(server, "GET", "settings/jmap.protocol.set.max-objects")[1]["data"]["owner"] == "file"


def test_who_is_blocked_is_not_let_in(server: Server) -> None:
    """Issue 7."""

    def is_let_in() -> bool:
        with closing(socket.create_connection(("127.0.0.1", server.port), 10, ("127.0.0.9", 0))) as connection:
            connection.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            try:
                return connection.recv(64).startswith(b"HTTP/1.1 200")
            except ConnectionError:
                return False

    assert is_let_in()

    change(server, server__blocked_ip__127__0__0__9="")

    until(lambda: not any(is_let_in() for _ in range(8)), "it is kept out")


def test_mail_is_taken_in_under_other_limits(server: Server) -> None:
    """Issue 7."""
    change(server, session__data__limits__size="123456")

    def size() -> str:
        with smtplib.LMTP("127.0.0.1", server.lmtp_port, timeout=20) as client:
            client.ehlo()
            return client.esmtp_features["size"]

    until(lambda: {size() for _ in range(6)} == {"123456"}, "it says so")


def test_a_certificate_is_shown(server: Server) -> None:
    """Issue 7: TLS."""
    authority = trustme.CA()
    made = authority.issue_cert("mail.example.org")
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)

    def is_shown() -> bool:
        with closing(socket.create_connection(("127.0.0.1", TLS_PORT), 10)) as connection:
            try:
                trusting.wrap_socket(connection, server_hostname="mail.example.org").close()
            except ssl.SSLCertVerificationError:
                return False
            return True

    assert not is_shown()

    change(
        server,
        certificate__own__cert="".join(one.bytes().decode() for one in made.cert_chain_pems),
        certificate__own__private_key=made.private_key_pem.bytes().decode(),
    )

    until(lambda: all(is_shown() for _ in range(6)), "every worker shows it")
    told = manages(server, "GET", "settings/list?prefix=certificate")[1]["data"]["items"]
    assert told["own.private-key"] == "••••"


def test_mail_goes_by_another_relay(server: Server) -> None:
    """Issue 7: the background worker, too."""
    bob = server.account("bob@queue.example")
    with socket.create_server(("127.0.0.1", 0)) as relay:
        relay.settimeout(30)
        change(
            server,
            queue__relay__host="127.0.0.1",
            queue__relay__port=str(relay.getsockname()[1]),
            queue__relay__tls="none",
        )
        # Whoever is tried before it has heard is tried again by the other way.
        change(server, queue__retry__0="1s")
        submit(bob, "far@away.example")
        connection, _ = relay.accept()
        connection.close()


def submit(client: Client, recipient: str) -> None:
    drafts = client.role("drafts")
    body = {"partId": "1", "type": "text/plain"}
    identity = {"name": "", "email": client.address}
    calls = [
        ["Identity/set", {"accountId": client.account, "create": {"i": identity}}, "i"],
        [
            "Email/set",
            {
                "accountId": client.account,
                "create": {
                    "d": {
                        "mailboxIds": {drafts: True},
                        "from": [{"email": client.address}],
                        "to": [{"email": recipient}],
                        "subject": "Plans",
                        "bodyValues": {"1": {"value": "Soon."}},
                        "textBody": [body],
                    }
                },
            },
            "e",
        ],
        [
            "EmailSubmission/set",
            {"accountId": client.account, "create": {"s": {"emailId": "#d", "identityId": "#i"}}},
            "s",
        ],
    ]
    asked = {"using": [*USING, "urn:ietf:params:jmap:submission"], "methodCalls": calls}
    answer = json.loads(client.http("POST", "/jmap/", json.dumps(asked).encode()))
    assert answer["methodResponses"][-1][1].get("created"), answer


def test_who_is_started_later_goes_by_the_database_too(server: Server) -> None:
    """Ours: the supervisor knows the file alone."""
    change(server, server__http__hsts_max_age="17d", server__http__headers="X-Later: yes")
    until(lambda: everywhere(server, "X-Later", "yes"), "all have it")

    for number in server.processes("pillarbox.app.worker"):
        os.kill(number, signal.SIGKILL)

    until(lambda: len(server.events("worker.started")) >= 2, "both are back", 30)
    assert everywhere(server, "X-Later", "yes")


def test_a_reload_reads_the_file_anew_and_keeps_the_database(server: Server) -> None:
    """Issue 7: a reload, and what it would do."""
    change(server, server__http__headers="X-Kept: yes")
    until(lambda: everywhere(server, "X-Kept", "yes"), "all have it")
    server.program.config.write_text(FILE.format(port=TLS_PORT).replace("77", "'many'") + listeners(server))

    status, tried = manages(server, "POST", "reload?dry-run=true")
    assert status == 200
    assert list(tried["data"]["errors"]) == ["jmap.protocol.set.max-objects"]
    assert server.events("server.reloaded") == []

    status, done = manages(server, "GET", "reload")
    assert (status, done) == (200, tried)
    assert len(server.events("server.reloaded")) == 1
    assert everywhere(server, "X-Kept", "yes")


def listeners(server: Server) -> str:
    return (
        f"[server.listener.http]\nprotocol = 'http'\nbind = '127.0.0.1:{server.port}'\n"
        f"[server.listener.lmtp]\nprotocol = 'lmtp'\nbind = '127.0.0.1:{server.lmtp_port}'\n"
    )


def test_commands_go_by_the_database_too(server: Server) -> None:
    """Ours: a folder of new accounts is called as the server calls it."""
    change(server, jmap__folders__archive__name="Attic")

    server.program("account", "add", "carol@commands.example", "--password-stdin", stdin="open sesame\n")

    names = {one["name"] for one in server.client("carol@commands.example").mailboxes().values()}
    assert "Attic" in names
