"""A server with a proxy in front, both as docs/administrators/reverse-proxy.md has them but for ports and paths."""

import re
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPResponse
from pathlib import Path
from typing import Any

import trustme
from tests.docs.page import DOCS, blocks
from tests.journeys.client import Client
from tests.journeys.program import SESAME, Server, free_port, until
from tests.journeys.proxies.visit import NAME, Visit
from tests.neighbour.caddy import caddy
from tests.neighbour.foreground import Foreground
from tests.neighbour.haproxy import haproxy
from tests.neighbour.nginx import nginx

__all__ = ["FRONTS", "Front", "asked", "fronted", "inhabited"]

_PAGE = DOCS / "administrators" / "reverse-proxy.md"
_ALICE = "alice@mail.example.org"
_MORE = {
    "PILLARBOX_SERVER__LOG__REQUESTS": "true",
    "PILLARBOX_SERVER__LOG__LEVEL": "warn",
    "PILLARBOX_SERVER__WORKERS": "1",
    "PILLARBOX_SERVER__HTTP__MAX_HEADER_SIZE": "8192",
    "PILLARBOX_SERVER__HTTP__ALLOWED_ENDPOINT": "if_then(remote_ip == '203.0.113.66', 403, 200)",
    "PILLARBOX_JMAP__RATE_LIMIT__ANONYMOUS": "20/1m",
    "PILLARBOX_METRICS__PROMETHEUS__ENABLE": "true",
}
"""What tests need beyond the page: a look at the log, and limits that are soon reached."""


@dataclass(frozen=True)
class Kind:
    """One of the ways of the page: the proxy, the text of its settings and of ours, before ports are put in.

    `speaks_2`: HTTP/2 with clients.
    """

    starts: Callable[[Path, str, Sequence[int]], Foreground]
    settings: str
    configuration: str
    speaks_2: bool = True


@dataclass
class Front:
    """A proxy and the server behind it."""

    kind: Kind
    server: Server
    proxy: Foreground
    authority: trustme.CA
    authority_file: Path
    port: int
    clear: int
    """The ports for HTTPS and for HTTP."""
    behind: int
    """Where the server itself listens in the clear."""
    tls: int
    """Where it does with TLS, if it does at all."""
    _clients: list[Client] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://{NAME}:{self.port}"

    def visit(self, source: str = "127.0.0.1") -> Visit:
        """A connection that will be made from an address of this machine, by HTTPS."""
        return Visit(self.port, source, self.authority)

    def clearly(self, source: str = "127.0.0.1") -> Visit:
        """The same, in the clear."""
        return Visit(self.clear, source)

    def past(self, source: str) -> Visit:
        """The same, to the server itself, past the proxy."""
        return Visit(self.behind, source)

    def straight(self, source: str) -> Visit:
        """The same with TLS, where the server speaks it."""
        return Visit(self.tls, source, self.authority)

    def alice(self, source: str = "127.0.0.1") -> Client:
        client = Client("127.0.0.1", self.port, _ALICE, SESAME, lambda: self.visit(source))
        self._clients.append(client)
        return client

    def hang_up(self) -> None:
        """Ends what clients have begun."""
        while self._clients:
            self._clients.pop().close()

    def told(self, path: str) -> dict[str, Any]:
        """What the log says of a request for a path that is asked for once."""

        def found() -> list[dict[str, Any]]:
            return [one for one in self.server.events("http.request") if one["path"] == path]

        until(lambda: bool(found()), f"the log tells of {path}")
        (one,) = found()
        return one


def asked(
    visit: Visit, path: str, method: str = "GET", headers: Mapping[str, str] | None = None
) -> tuple[HTTPResponse, bytes]:
    """An answer and its body; the connection is closed."""
    try:
        visit.request(method, path, headers=dict(headers or {}))
        answer = visit.getresponse()
        return answer, answer.read()
    finally:
        visit.close()


def _block(mark: str, language: str) -> str:
    """The text of the one block of the page with this mark."""
    (one,) = (block.text for block in blocks(_PAGE, mark) if block.language == language)
    return one


def _forwarded() -> Kind:
    """The page gives it as a change to nginx's other way."""
    settings, count = re.subn(
        r"^\[server\.http\]\n.*?(?=^$)",
        lambda _: _block("nginx forwarded", "toml"),
        _block("nginx", "toml"),
        flags=re.MULTILINE | re.DOTALL,
    )
    lines, found = re.subn(
        r"(?:^ *proxy_set_header X-Forwarded-.*\n)+",
        lambda _: _block("nginx forwarded", "nginx"),
        _block("nginx", "nginx"),
        flags=re.MULTILINE,
    )
    assert (count, found) == (1, 1)
    return Kind(nginx, settings, _block("nginx forwarded map", "nginx") + lines)


def _passing(version: int) -> Kind:
    settings, configuration = _block("haproxy passing", "toml"), _block("haproxy passing", "haproxy")
    if version == 1:
        configuration = configuration.replace("send-proxy-v2", "send-proxy")
    return Kind(haproxy, settings, configuration, speaks_2=False)


FRONTS: dict[str, Callable[[], Kind]] = {
    "nginx": lambda: Kind(nginx, _block("nginx", "toml"), _block("nginx", "nginx")),
    "nginx-forwarded": _forwarded,
    "caddy": lambda: Kind(caddy, _block("caddy", "toml"), _block("caddy", "caddy")),
    "haproxy": lambda: Kind(haproxy, _block("haproxy", "toml"), _block("haproxy", "haproxy")),
    "haproxy-passing-v2": lambda: _passing(2),
    "haproxy-passing-v1": lambda: _passing(1),
}
"""All ways of the page."""


def inhabited(folder: Path) -> Path:
    """The data folder of a server that Alice has an account on."""
    program = Server(folder).program
    program.account(_ALICE)
    return program.data


@contextmanager
def fronted(folder: Path, kind: Kind, data: Path) -> Iterator[Front]:
    """A server of this kind and its proxy, with the data of `inhabited`."""
    server = Server(folder / "server")
    shutil.copytree(data, server.program.data)
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "authority.pem")
    issued = authority.issue_cert(NAME)
    chain = b"".join(one.bytes() for one in issued.cert_chain_pems)
    (folder / "fullchain.pem").write_bytes(chain)
    (folder / "privkey.pem").write_bytes(issued.private_key_pem.bytes())
    (folder / f"{NAME}.pem").write_bytes(chain + issued.private_key_pem.bytes())
    front = Front(
        kind,
        server,
        proxy=Foreground((), folder, ()),
        authority=authority,
        authority_file=folder / "authority.pem",
        port=free_port(),
        clear=free_port(),
        behind=server.port,
        tls=free_port(),
    )
    server.program.config.write_text(_put(front, folder, kind.settings))
    server.program.environment |= _MORE
    front.proxy = kind.starts(folder / "proxy", _put(front, folder, kind.configuration), (front.port, front.clear))
    with server.running():
        try:
            front.proxy.start()
            yield front
        finally:
            front.hang_up()
            front.proxy.stop()


def _put(front: Front, folder: Path, text: str) -> str:
    """The page's text with what is free on this machine, on loopback alone; nothing else is changed."""
    ports = {"80": front.clear, "443": front.port}
    text = re.sub(r"^url = \"'https://mail.example.org'\"$", f"url = \"'{front.url}'\"", text, flags=re.MULTILINE)
    own = {"8080": front.behind, "8443": front.tls, "2424": front.server.lmtp_port}
    text = re.sub(r"127\.0\.0\.1:(\d+)\b", lambda at: f"127.0.0.1:{own.get(at[1]) or free_port()}", text)
    # nginx, Caddy, HAProxy.
    text = re.sub(r"\blisten \[::\]:(\d+)", lambda at: f"listen [::1]:{ports[at[1]]}", text)
    text = re.sub(r"\blisten (80|443)\b", lambda at: f"listen 127.0.0.1:{ports[at[1]]}", text)
    text = re.sub(r"\b(https?_port) (\d+)", lambda at: f"{at[1]} {ports[at[2]]}", text)
    text = text.replace("\thttp_port", "\tdefault_bind 127.0.0.1\n\thttp_port")
    text = re.sub(r"\bbind :::(\d+) v4v6", lambda at: f"bind 127.0.0.1:{ports[at[1]]}", text)
    text = text.replace("/etc/ssl/mail.example.org", str(folder))
    return text.replace("/etc/haproxy", str(folder))
