"""Two servers on one database, as docs/administrators/several-servers.md has them: one here, one on another machine."""

import json
import re
import shutil
import signal
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import cycle
from pathlib import Path
from typing import Any

from tests.docs.page import DOCS, blocks
from tests.journeys.client import Client
from tests.journeys.managing import HEADERS, ROOT
from tests.journeys.program import SESAME, Program, Server, free_port, until
from tests.neighbour.elsewhere import Elsewhere, elsewhere
from tests.neighbour.endpoint import Authority
from tests.neighbour.foreground import Foreground
from tests.neighbour.haproxy import haproxy
from tests.neighbour.pair import Pair, pair

__all__ = ["PEOPLE", "Node", "Past", "Site", "site"]

PEOPLE = ("alice@far.example", "bob@far.example")
_PAGE = DOCS / "administrators" / "several-servers.md"
_SETTLED = 30.0
_LAST = cycle(range(1, 255))


class Past(HTTPConnection):
    """A connection to a server past the proxy, with the header that one sends, for a client at `source`."""

    def __init__(self, host: str, port: int, source: str) -> None:
        super().__init__(host, port, timeout=20)
        self._source = source

    def connect(self) -> None:
        self.sock = self.socket()

    def socket(self) -> socket.socket:
        """What it connects by."""
        made = socket.create_connection((self.host, self.port), 20)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.sendall(f"PROXY TCP4 {self._source} 192.0.2.10 40000 80\r\n".encode())
        return made


class Node(Server):
    """One of the servers, at an address of its own; it is started anew by `start`, whatever has become of it."""

    def __init__(self, folder: Path, host: str, proxy: str, database: str, command: tuple[str, ...] = ()) -> None:
        super().__init__(folder)
        self.host = host
        self.program.command = (*command, *self.program.command)
        self.program.environment["PILLARBOX_SERVER__WORKERS"] = "1"
        text = _block("toml").replace("192.0.2.11:8080", f"{host}:{self.port}")
        text = text.replace("192.0.2.11:2424", f"{host}:{self.lmtp_port}").replace("192.0.2.10", proxy)
        self.tls_port = free_port()
        tls = f'[server.listener.https]\nprotocol = "http"\nbind = "{host}:{self.tls_port}"\ntls.implicit = true\n'
        tls += f'proxy.trusted-networks = "{proxy}"\n'
        self.program.config.write_text(text + database + tls + ROOT)

    def stop(self) -> int:
        """Asks it to end at once (SIGINT), though it would rather wait until nobody is sent there; its exit status."""
        self.process.send_signal(signal.SIGINT)
        return super().stop()

    def is_ready(self) -> bool:
        """Whether it says so itself, past the proxy."""
        return self.asked("/healthz/ready") == 200

    def past(self, source: str = "", port: int | None = None) -> Past:
        """A connection past the proxy, from a client's address; from another one each time, if none is named."""
        return Past(self.host, port or self.port, source or f"198.51.100.{next(_LAST)}")

    def client(self, address: str, password: str = SESAME, source: str = "") -> Client:
        client = Client(self.host, self.port, address, password, lambda: self.past(source))
        self._clients.append(client)
        return client

    def asked(self, path: str, source: str = "", headers: Mapping[str, str] | None = None) -> int | None:
        """The status of an answer; None where there is none."""
        with closing(self.past(source)) as connection:
            try:
                connection.request("GET", path, headers=dict(headers or {}))
                return connection.getresponse().status
            except (OSError, HTTPException):
                return None

    def manages(self, method: str, path: str, body: Any = None) -> Any:
        """The `data` of the answer below /api, to who may do everything."""
        with closing(self.past()) as connection:
            connection.request(method, f"/api/{path}", None if body is None else json.dumps(body), HEADERS)
            response = connection.getresponse()
            octets = response.read()
            assert response.status == 200, octets
            return json.loads(octets)["data"]

    def changes(self, texts: Mapping[str, str]) -> None:
        """The database has these settings from now on, besides all that it has."""
        self.manages("POST", "settings", [{"type": "insert", "values": [list(one) for one in texts.items()]}])


@dataclass
class Site:
    """What clients see of both: HAProxy's ports. `here` is the server on this machine, `far` that on `machine`.

    Both believe `authority`.
    """

    here: Node
    far: Node
    machine: Elsewhere
    authority: Authority
    databases: Pair
    proxy: Foreground
    port: int
    lmtp_port: int
    stats: Path
    folder: Path
    _clients: list[Client] = field(default_factory=list)

    @property
    def program(self) -> Program:
        """Commands, on the server that is here."""
        return self.here.program

    def client(self, address: str, password: str = SESAME) -> Client:
        """A client by way of HAProxy."""
        client = Client("127.0.0.1", self.port, address, password)
        self._clients.append(client)
        return client

    def hang_up(self) -> None:
        """Ends what clients have begun."""
        while self._clients:
            self._clients.pop().close()

    def are_ready(self) -> bool:
        """Whether both are."""
        return self.here.is_ready() and self.far.is_ready()

    def name(self, node: Node) -> str:
        """What HAProxy calls it."""
        return "one" if node is self.here else "two"

    def holder(self) -> Node | None:
        """Whoever does what one server alone may do, as the database knows it."""
        found = self.databases.sql(
            self.databases.primary,
            "SELECT host(client_addr) FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE locktype = 'advisory' AND objsubid = 2 AND granted",
            self.databases.database,
        )
        return None if not found else self.far if found[0][0] == self.machine.back.there else self.here

    def settles(self) -> None:
        """Returns when both are ready, and HAProxy has seen it."""
        until(self.are_ready, "both are ready", _SETTLED)
        until(lambda: set(self.seen().values()) == {"UP"}, "HAProxy sends to both", _SETTLED)

    def seen(self) -> dict[str, str]:
        """What HAProxy takes each to be, for HTTP: `UP`, `DOWN`, `NOLB` (nobody new is sent there) or in between."""
        connection = HTTPConnection("127.0.0.1", int(self.stats.name), timeout=5)
        try:
            connection.request("GET", "/;csv")
            lines = connection.getresponse().read().decode().splitlines()
        finally:
            connection.close()
        rows = [line.split(",") for line in lines]
        return {row[1]: row[17] for row in rows if row[0] == "pillarbox" and row[1] in ("one", "two")}


@contextmanager
def site(folder: Path) -> Iterator[Site]:
    """Both, HAProxy and a database with its standby, for this block; all must end well. Alice and Bob have accounts."""
    with elsewhere() as machine, pair(listen_addresses=f"127.0.0.1,{machine.back.here}") as databases:
        for one in (databases.primary, databases.standby):
            with (one.folder / "data" / "pg_hba.conf").open("a") as allowed:
                allowed.write(f"host all all {machine.back.there}/32 trust\n")
            databases.sql(one, "SELECT pg_reload_conf()")

        def kept(host: str) -> str:
            place = databases.place
            hosts = place.host.replace("127.0.0.1", host)
            return (
                '\n[storage]\ndata = "pg"\n[store."pg"]\ntype = "postgresql"\n'
                f'host = "{hosts}"\ndatabase = "{place.database}"\nuser = "{place.user}"\n'
            )

        authority = Authority()
        (folder / "authority.pem").write_bytes(authority.pem())
        here = Node(folder / "here", "127.0.0.1", "127.0.0.1", kept("127.0.0.1"))
        far = Node(folder / "far", machine.front.there, machine.front.here, kept(machine.back.here), machine.command)
        for node in (here, far):
            node.program.environment["SSL_CERT_FILE"] = str(folder / "authority.pem")
        port, lmtp_port, stats = free_port(), free_port(), free_port()
        proxy = haproxy(folder / "haproxy", _configured(here, far, port, lmtp_port, stats), (port, lmtp_port, stats))
        made = Site(here, far, machine, authority, databases, proxy, port, lmtp_port, Path(str(stats)), folder)
        with here.running(), far.running():
            for person in PEOPLE:
                here.program.account(person)
            proxy.start()
            try:
                made.settles()
                yield made
            finally:
                made.hang_up()
                proxy.stop()
                machine.front.mend()
                machine.back.mend()
    shutil.rmtree(folder, ignore_errors=True)


def _configured(here: Node, far: Node, port: int, lmtp_port: int, stats: int) -> str:
    """The page's, with what is free on this machine; TLS to clients is looked at elsewhere (`proxies`)."""
    text = _block("haproxy")
    text, dropped = re.subn(r"^ *bind :::443 .*\n", "", text, flags=re.MULTILINE)
    assert dropped == 1
    text = text.replace("bind :::80 v4v6", f"bind 127.0.0.1:{port}")
    text = text.replace("bind 192.0.2.10:24", f"bind 127.0.0.1:{lmtp_port}").replace(" port 8080", "")
    for node, address in ((here, "192.0.2.11"), (far, "192.0.2.12")):
        text = text.replace(f"{address}:8080", f"{node.host}:{node.port}")
        text = text.replace(f"{address}:2424", f"{node.host}:{node.lmtp_port} port {node.port}")
    return f"{text}\nfrontend seen\n    mode http\n    bind 127.0.0.1:{stats}\n    stats enable\n    stats uri /\n"


def _block(language: str) -> str:
    (one,) = (block.text for block in blocks(_PAGE, "nodes") if block.language == language)
    return one
