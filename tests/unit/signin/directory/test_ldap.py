"""What a server of LDAP may do to us, and what it may not."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from tests.neighbour.peopled import PASSWORD, PEOPLE
from tests.neighbour.slapd import BASE, SERVICE, SERVICE_SECRET, slapd

from pillarbox.settings import snapshot
from pillarbox.settings.catalogue import DIRECTORIES, LdapDirectory
from pillarbox.signin.directory import DirectoryAway
from pillarbox.signin.directory.ldap import LdapSource, escaped_for_dn, escaped_for_filter


def source(port: int, **more: str) -> LdapSource:
    settings, problems = snapshot(
        {
            "directory.corp.type": "ldap",
            "directory.corp.url": f"ldap://127.0.0.1:{port}",
            "directory.corp.base-dn": BASE,
            "directory.corp.timeout": "1s",
            **{f"directory.corp.{key}": value for key, value in more.items()},
        }
    )
    (made,) = settings[DIRECTORIES]
    assert isinstance(made, LdapDirectory), problems
    return LdapSource(made, lambda kept, password: kept == password)


@contextmanager
def hostile(does: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that does something with whoever connects; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    with connection, suppress(OSError):
                        does(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listening.getsockname()[1]
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(10)


def _trickles(connection: socket.socket) -> None:
    connection.sendall(b"\x30\x84\x00\x00\x10\x00")
    for _ in range(100):
        time.sleep(0.2)
        connection.sendall(b"\x02")


def _floods(connection: socket.socket) -> None:
    connection.recv(1000)
    connection.sendall(b"\x30\x84\x7f\xff\xff\xff")
    while True:
        connection.sendall(bytes(65536))


@pytest.mark.parametrize("does", [_trickles, _floods])
def test_an_answer_has_an_end(does: Callable[[socket.socket], None]) -> None:
    """Ours: a question takes as long as the settings say, and an answer a megabyte at most."""
    began = time.monotonic()
    with hostile(does) as port, pytest.raises(DirectoryAway):
        source(port).find("ada@dir.example")
    assert time.monotonic() - began < 5.0


@pytest.mark.parametrize(
    "octets",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x00",
        b"\x30\x00",
        b"\x30\x80\x00\x00",
        b"\x30\x0c\x02\x01\x01\x65\x07\x0a\x01\x00\x04\x00\x04\x00",
        b"\x30\x0c\x02\x01\x63\x61\x07\x0a\x01\x00\x04\x00\x04\x00",
        b"\x30\x05\x02\x01\x01\x61\x00",
        b"\x30\x07\x02\x01\x01\x65\x02\x0a\x00",
        b"",
    ],
)
def test_nonsense_is_no_answer(octets: bytes) -> None:
    """Ours: neither "nobody" nor "wrong password" is read out of what is no LDAP."""

    def answers(connection: socket.socket) -> None:
        connection.recv(1000)
        connection.sendall(octets)

    with hostile(answers) as port, pytest.raises(DirectoryAway):
        source(port, **{"bind.dn": "cn=reader", "bind.secret": "x"}).verified("ada@dir.example", "x")


@pytest.mark.neighbour
def test_a_referral_is_not_followed(tmp_path: Path) -> None:
    """RFC 4511 section 4.1.10 lets a client follow it; ours shows no password to whom a directory names."""
    came: list[bool] = []
    with hostile(lambda _: came.append(True)) as port:
        far = f"dn: ou=far,ou=people,{BASE}\nobjectClass: referral\nobjectClass: extensibleObject\nou: far\n"
        far += f"ref: ldap://127.0.0.1:{port}/ou=far,{BASE}\n\n"
        with slapd(tmp_path / "slapd", PEOPLE + far) as server:
            bind = {"bind.dn": SERVICE, "bind.secret": SERVICE_SECRET}
            template = {"bind.auth.method": "template", "bind.auth.template": f"uid={{local}},ou=far,ou=people,{BASE}"}

            assert source(server.port, **bind).verified("ada@dir.example", PASSWORD) is not None
            assert source(server.port, **bind).find("nobody@dir.example") is None
            assert source(server.port, **bind, **template).verified("ada@dir.example", PASSWORD) is None
    assert came == []


@pytest.mark.neighbour
def test_without_anybody_to_ask_everybody_says_who_they_are(tmp_path: Path) -> None:
    """Ours: `template` needs no `bind.dn`; whoever has bound reads their own entry."""
    template = {"bind.auth.method": "template", "bind.auth.template": f"uid={{local}},ou=people,{BASE}"}
    with slapd(tmp_path / "slapd", PEOPLE) as server:
        ada = source(server.port, **template).verified("ada@dir.example", PASSWORD)
        by_login = source(server.port, **template).verified("ada", "wrong")

    assert ada is not None
    assert ada.addresses[:2] == ("ada@dir.example", "countess@dir.example")
    assert by_login is None


@pytest.mark.neighbour
def test_a_password_is_its_own_entrys(tmp_path: Path) -> None:
    """Ours: where logins are not the addresses, by `template` nobody is whoever has an address like their login."""
    template = {"bind.auth.method": "template", "bind.auth.template": f"uid={{local}},ou=people,{BASE}"}
    bind = {"bind.dn": SERVICE, "bind.secret": SERVICE_SECRET}
    others = "".join(
        f"dn: uid={uid},ou=people,{BASE}\nobjectClass: inetOrgPerson\nuid: {uid}\ncn: {uid}\nsn: {uid}\n"
        f"mail: {mail}@dir.example\nuserPassword: {uid} knows\n\n"
        for uid, mail in (("carol", "c.jones"), ("csmith", "carol"))
    )
    with slapd(tmp_path / "slapd", PEOPLE + others) as server:
        directory = source(server.port, **bind, **template)

        assert directory.verified("carol@dir.example", "carol knows") is None
        by_login = directory.verified("carol", "carol knows")
        ada = directory.verified("ADA@dir.example", PASSWORD)

    assert by_login is not None
    assert by_login.addresses == ("c.jones@dir.example",)
    assert ada is not None


@pytest.mark.neighbour
def test_a_certificate_of_anybodys_is_believed_where_the_settings_say_so(tmp_path: Path) -> None:
    """Ours: `tls.allow-invalid-certs`, for the day on which it has to be."""
    bind = {"bind.dn": SERVICE, "bind.secret": SERVICE_SECRET}
    with slapd(tmp_path / "slapd", PEOPLE) as server:
        encrypted = {"url": f"ldaps://localhost:{server.encrypted_port}"}
        with pytest.raises(DirectoryAway):
            source(server.port, **bind, **encrypted).find("ada@dir.example")
        anybody = source(server.port, **bind, **encrypted, **{"tls.allow-invalid-certs": "true"})
        assert anybody.find("ada@dir.example") is not None


@pytest.mark.neighbour
def test_a_wrong_password_of_the_server_itself_is_nobody_elses(tmp_path: Path) -> None:
    """Ours: where `bind.secret` is wrong, nobody is told that their password is."""
    with slapd(tmp_path / "slapd", PEOPLE) as server, pytest.raises(DirectoryAway):
        source(server.port, **{"bind.dn": SERVICE, "bind.secret": "wrong"}).verified("ada@dir.example", PASSWORD)


def test_what_would_mean_something_is_escaped() -> None:
    """RFC 4515 section 3, RFC 4514 section 2.4: as two hexadecimal digits, anywhere."""
    assert escaped_for_filter("a*(b)\\\0") == "a\\2a\\28b\\29\\5c\\00"
    assert escaped_for_dn(' #a,b+"c"<d>;=\\\0 ') == "\\20\\23a\\2cb\\2b\\22c\\22\\3cd\\3e\\3b\\3d\\5c\\00\\20"
    assert escaped_for_dn("{local}") == "\\7blocal\\7d"


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "ldap://far.example"},
        {"url": "http://127.0.0.1"},
        {"bind.dn": "cn=reader"},
        {"filter.email": "(mail=ada)"},
        {"filter.name": "uid=?"},
        {"bind.auth.method": "template"},
        {"bind.auth.method": "guess"},
    ],
)
def test_settings_that_are_not_understood_let_nobody_in(wrong: dict[str, str]) -> None:
    """Ours: and none of them is another setting in disguise: a filter that is wrong is not the default one."""
    settings, problems = snapshot(
        {
            "directory.corp.type": "ldap",
            "directory.corp.url": "ldap://127.0.0.1",
            "directory.corp.base-dn": BASE,
            **{f"directory.corp.{key}": value for key, value in wrong.items()},
        }
    )
    (made,) = settings[DIRECTORIES]
    assert not isinstance(made, LdapDirectory)
    assert problems != []
