"""People of a directory: they sign in with its passwords, and mail for them arrives, while it is there."""

import smtplib
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.journeys.client import Refused
from tests.journeys.program import Server, until
from tests.neighbour.peopled import PASSWORD, PEOPLE
from tests.neighbour.slapd import BASE, SERVICE, SERVICE_SECRET, Slapd, slapd

pytestmark = [pytest.mark.neighbour, pytest.mark.slow]


@pytest.fixture
def outside(folder: Path) -> Iterator[Slapd]:
    with slapd(folder / "slapd", PEOPLE) as server:
        yield server


def asked(url: str, more: str = "") -> str:
    return (
        f"[directory.corp]\ntype = 'ldap'\nurl = '{url}'\nbase-dn = '{BASE}'\ndomains = 'dir.example'\ntimeout = '2s'\n"
        f"bind.dn = '{SERVICE}'\nbind.secret = '{SERVICE_SECRET}'\n{more}"
    )


@pytest.fixture
def here(served: Callable[..., Server], outside: Slapd) -> Server:
    return served(asked(f"ldap://127.0.0.1:{outside.port}"))


def status(server: Server, address: str, password: str) -> int:
    """What asking for the session is answered with."""
    try:
        server.client(address, password).session()
    except Refused as refused:
        return refused.status
    return 200


def delivered(server: Server, recipient: str) -> int:
    """The code that a recipient is answered with; where it is a good one, the message is accepted."""
    with smtplib.LMTP("127.0.0.1", server.lmtp_port, timeout=20) as lmtp:
        try:
            lmtp.sendmail("far@away.example", [recipient], b"Subject: hello\r\n\r\nHello\r\n")
        except smtplib.SMTPRecipientsRefused as refused:
            return int(refused.recipients[recipient][0])
    return 250


def test_somebody_signs_in_with_the_password_of_the_directory(here: Server) -> None:
    """RFC 4513 section 5.1.3; and their account is there from then on."""
    ada = here.client("ada@dir.example", PASSWORD)

    assert ada.session()["username"] == "ada@dir.example"
    assert status(here, "ada@dir.example", "wrong") == 401
    assert status(here, "ada@dir.example", "") == 401
    assert status(here, "nobody@dir.example", PASSWORD) == 401
    assert "ada@dir.example" in here.program("account", "list")


def test_mail_for_somebody_of_the_directory_arrives_before_they_ever_signed_in(here: Server) -> None:
    """Ours: the first message makes the account; nobody else's is taken."""
    assert delivered(here, "countess@dir.example") == 250
    assert delivered(here, "nobody@dir.example") == 550

    ada = here.client("ada@dir.example", PASSWORD)
    assert ada.ids() != []


def test_while_the_directory_is_away_its_people_wait_and_others_do_not(here: Server, outside: Slapd) -> None:
    """Ours: 503 and 4yz, never "wrong password" and never held against anybody; and all is well once it is back."""
    here.account("resident@home.example")
    here.account("friend@home.example")
    assert delivered(here, "ada@dir.example") == 250
    made = here.program("account", "app-password", "add", "ada@dir.example", "phone").split()
    outside.stop()

    assert [status(here, "ada@dir.example", PASSWORD) for _ in range(40)] == [503] * 40
    assert status(here, "resident@home.example", "open sesame") == 200
    assert 200 in [status(here, "ada@dir.example", word) for word in made if len(word) > 16]
    assert delivered(here, "bob@dir.example") // 100 == 4
    assert delivered(here, "ada@dir.example") == 250
    assert delivered(here, "friend@home.example") == 250
    assert here.events("auth.failed") == []

    outside.start()
    until(lambda: status(here, "ada@dir.example", PASSWORD) == 200, "they sign in again", 15)
    (away,) = here.events("directory.away")[:1]
    assert away["directory"] == "corp"
    assert PASSWORD not in here.log()


def test_a_directory_that_never_answers_keeps_nobody_else_waiting(served: Callable[..., Server]) -> None:
    """Ours: who has an account here signs in though ten others wait for a server that takes connections and is mute."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        here = served(asked(f"ldap://127.0.0.1:{mute.getsockname()[1]}").replace("'2s'", "'10s'"))
        here.account("resident@home.example")
        told: list[int] = []

        def tries() -> None:
            with suppress(OSError):
                told.append(status(here, "ada@dir.example", PASSWORD))

        waiting = [threading.Thread(target=tries) for _ in range(10)]
        for one in waiting:
            one.start()
        time.sleep(0.2)
        began = time.monotonic()
        assert status(here, "resident@home.example", "open sesame") == 200
        took = time.monotonic() - began
        for one in waiting:
            one.join(30)
    assert told == [503] * 10
    assert took < 5.0


def test_tls_is_had_from_whom_we_believe(served: Callable[..., Server], outside: Slapd, folder: Path) -> None:
    """RFC 4513 section 3.1.3: a certificate of nobody known, or for another name, is none."""
    renamed = f"ldaps://127.0.0.1:{outside.encrypted_port}"
    believed, upgraded = f"ldaps://localhost:{outside.encrypted_port}", f"ldap://localhost:{outside.port}"
    server = Server(folder / "believing", asked(renamed))
    server.program.environment["SSL_CERT_FILE"] = str(outside.authority)
    with server.running():
        assert status(server, "ada@dir.example", PASSWORD) == 503
        server.use(server.first.replace(renamed, believed))
        assert status(server, "ada@dir.example", PASSWORD) == 200
        assert status(server, "ada@dir.example", "wrong") == 401
        # Somebody whose password nobody has verified yet, and remembers.
        server.use(server.first.replace(renamed, upgraded) + "tls.enable = true\n")
        assert status(server, "bob@dir.example", "another") == 200

    stranger = served(asked(f"ldaps://localhost:{outside.encrypted_port}"))
    assert status(stranger, "ada@dir.example", PASSWORD) == 503


def test_a_group_of_the_directory_gives_the_role_that_the_settings_say(
    served: Callable[..., Server], outside: Slapd
) -> None:
    """Ours: and where they say nothing of it, no permission comes from outside."""
    url = f"ldap://127.0.0.1:{outside.port}"
    roles = f"attributes.groups = 'title'\nroles = 'admin=CN=Postmasters, ou=groups,{BASE}'\n"
    named, silent = served(asked(url, roles)), served(asked(url, "attributes.groups = 'title'\n"))

    for server in (named, silent):
        assert status(server, "ada@dir.example", PASSWORD) == 200
        assert status(server, "bob@dir.example", "another") == 200

    assert "admin" in _line(named, "ada@dir.example")
    assert "admin" not in _line(named, "bob@dir.example")
    assert "admin" not in _line(silent, "ada@dir.example")


def _line(server: Server, address: str) -> str:
    return next(line for line in server.program("account", "list").splitlines() if address in line)
