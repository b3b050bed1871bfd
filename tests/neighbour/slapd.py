"""slapd: OpenLDAP's server, with people of a test's own, on loopback; in the clear, and by TLS if there is a key."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import trustme
from tests.neighbour.foreground import Foreground, program

__all__ = ["BASE", "SERVICE", "SERVICE_SECRET", "Slapd", "slapd"]

BASE = "dc=dir,dc=example"
SERVICE = f"cn=reader,{BASE}"
SERVICE_SECRET = "reads everything"

_SETTINGS = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
include /etc/ldap/schema/misc.schema
modulepath /usr/lib/ldap
moduleload back_mdb
pidfile {folder}/slapd.pid
{tls}
access to attrs=userPassword by dn.exact="{service}" read by self read by anonymous auth by * none
access to * by dn.exact="{service}" read by self read by * auth
database mdb
suffix "{base}"
rootdn "cn=root,{base}"
directory {folder}/data
maxsize 16777216
dbnosync
"""
_BEGINNING = f"""
dn: {BASE}
objectClass: dcObject
objectClass: organization
o: A directory
dc: dir

dn: {SERVICE}
objectClass: organizationalRole
objectClass: simpleSecurityObject
cn: reader
userPassword: {SERVICE_SECRET}

dn: ou=people,{BASE}
objectClass: organizationalUnit
ou: people

"""


class Slapd:
    """One server, whose entries are in LDIF."""

    def __init__(self, folder: Path, people: str) -> None:
        folder.mkdir()
        (folder / "data").mkdir()
        self.authority = folder / "authority.pem"
        """Whom to believe that it is the directory, by the name localhost."""
        own = trustme.CA()
        own.cert_pem.write_to_path(self.authority)
        issued = own.issue_cert("localhost")
        issued.private_key_and_cert_chain_pem.write_to_path(folder / "key.pem")
        tls = f"TLSCertificateFile {folder}/key.pem\nTLSCertificateKeyFile {folder}/key.pem"
        settings = folder / "slapd.conf"
        settings.write_text(_SETTINGS.format(folder=folder, tls=tls, base=BASE, service=SERVICE))
        entries = folder / "people.ldif"
        entries.write_text(_BEGINNING + people)
        added = [program("slapadd"), "-q", "-f", str(settings), "-l", str(entries)]
        done = subprocess.run(added, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        self.port, self.encrypted_port = _free_port(), _free_port()
        urls = f"ldap://127.0.0.1:{self.port} ldaps://127.0.0.1:{self.encrypted_port}"
        command: list[str | Path] = [program("slapd"), "-d", "0", "-f", settings, "-h", urls]
        self._process = Foreground(command, folder, (self.port, self.encrypted_port))

    def start(self) -> None:
        """Returns once it listens."""
        self._process.start()

    def stop(self) -> None:
        """Ends it."""
        self._process.stop()


@contextmanager
def slapd(folder: Path, people: str) -> Iterator[Slapd]:
    """A server for this block; `people` are entries of LDIF below `ou=people`, and whatever else."""
    made = Slapd(folder, people)
    made.start()
    try:
        yield made
    finally:
        made.stop()


def _free_port() -> int:
    with socket.socket() as trying:
        trying.bind(("127.0.0.1", 0))
        return int(trying.getsockname()[1])
