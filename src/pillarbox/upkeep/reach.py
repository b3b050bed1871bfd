"""Whether the URL that clients are told leads to this server, and which one does (architecture section 4).

What is tried over the network is judged here, and nothing is tried: `app.background.reaching` asks.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from pillarbox.settings import Snapshot, TcpAddress, catalogue, host_name
from pillarbox.upkeep.finding import Trouble

__all__ = ["Tried", "candidates", "judged"]

_SERVER, _PLACE = "server", "server.http.url"
_MOST = 8


@dataclass(frozen=True, slots=True)
class Tried:
    """What was at a URL. If it was this server, what its proxy said of the client, if there was one.

    `what` says in words who else it was. `moved_to` is the origin that a redirect names. `scheme` is what the proxy
    says that its client speaks; `peer` is the proxy's address, `is_unheeded` if its word is not taken.
    """

    url: str
    is_here: bool
    what: str = ""
    moved_to: str | None = None
    scheme: str | None = None
    peer: str | None = None
    is_unheeded: bool = False


def candidates(settings: Snapshot, first: Tried) -> list[str]:
    """Base URLs that may lead here if the one that was tried does not, or be better than it; the likeliest first.

    They follow from the settings and that URL alone: what strangers write into requests sends this server nowhere.
    """
    told = urlsplit(first.url)
    host = told.hostname or ""
    names = [name for name in dict.fromkeys((host, host_name(settings).lower())) if name]
    found = []
    if first.moved_to is not None and urlsplit(first.moved_to).hostname in names:
        found.append(first.moved_to)
    found += [f"https://{_bracketed(name)}" for name in names]
    if not first.is_here:
        found += [f"http://{_bracketed(name)}" for name in names]
        found += [f"{scheme}://{_bracketed(name)}:{port}" for scheme, port in _ports(settings) for name in names]
    if settings[catalogue.HSTS]:
        # In the clear nobody is served.
        found = [url for url in found if url.startswith("https:")]
    known = _origin(first.url)
    return [url for url in dict.fromkeys(map(_origin, found)) if url != known][:_MOST]


def judged(first: Tried, others: Sequence[Tried], *, is_written: bool) -> Iterator[Trouble]:
    """What is wrong with the URL that clients are told, and what to write."""
    # A proxy may answer under many names; the one with TLS is meant.
    better = sorted((one for one in others if one.is_here), key=lambda one: not one.url.startswith("https:"))
    told = f"{first.url} {'' if is_written else '(nothing is written, so clients are told this) '}"
    if not first.is_here:
        why = first.what.removeprefix(f"{first.url}: ")
        what = f"{told}does not lead to this server: {why}"
        right = "write the one that clients reach it by"
        # What OpenSSL calls it, of any version.
        if "CERTIFICATE_VERIFY_FAILED" in why:
            right = (
                "clients do not trust it either; have one that they do (certificate.<id>, acme.<id>), or give this"
                " server your own authority's by the environment variable SSL_CERT_FILE"
            )
        elif better:
            right = f"{better[0].url} does: {_written(better[0].url)}"
        yield Trouble(_SERVER, _PLACE, f"{what}; {right}")
    elif first.url.startswith("http:") and (first.scheme == "https" or better):
        secure = better[0].url if better else "https:" + first.url.partition(":")[2]
        why = "the proxy speaks https with clients" if first.scheme == "https" else f"{secure} leads here, too"
        yield Trouble(_SERVER, _PLACE, f"{told}is in the clear, and {why}: {_written(secure)}", "remark")
    yield from _unheeded([first, *others])


def _unheeded(tried: Iterable[Tried]) -> Iterator[Trouble]:
    for one in tried:
        if one.is_here and one.is_unheeded:
            where = f'and server.http.trusted-proxies = ["{one.peer}"]' if one.peer else "and who that is"
            yield Trouble(
                _SERVER,
                "server.http.use-x-forwarded",
                f"a proxy at {one.peer or 'a UNIX socket'} says whom requests are from, and that is not heeded:"
                f" limits, bans and the log take it for the client; write server.http.use-x-forwarded = true {where}",
                "remark",
            )
            return


def _ports(settings: Snapshot) -> Iterator[tuple[str, int]]:
    for one in settings.listeners:
        if one.protocol == "http":
            for address in one.binds:
                if isinstance(address, TcpAddress) and address.port:
                    yield "https" if one.tls is not None else "http", address.port


def _written(url: str) -> str:
    return f"write server.http.url = \"'{url}'\""


def _origin(url: str) -> str:
    parts = urlsplit(url)
    port = parts.port
    shown = "" if port in (None, {"https": 443, "http": 80}.get(parts.scheme)) else f":{port}"
    return f"{parts.scheme}://{_bracketed(parts.hostname or '')}{shown}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
