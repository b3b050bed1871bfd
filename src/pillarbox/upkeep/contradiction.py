"""Settings of which each is right, and which do not go together."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from pillarbox.settings import Address, Snapshot, TcpAddress, catalogue, host_name
from pillarbox.wire.network import network

__all__ = ["contradictions"]


def contradictions(settings: Snapshot) -> Iterator[str]:
    """What does not go together, in words that name the settings."""
    yield from _listening(settings)
    yield from _naming(settings)
    yield from _strict(settings)
    yield from _proving(settings)
    yield from _blocking(settings)
    yield from _sizes(settings)
    yield from _relaying(settings)


def _listening(settings: Snapshot) -> Iterator[str]:
    listeners = settings.listeners
    if not any(one.protocol == "http" for one in listeners):
        yield "server.listener: none speaks http, so no client reaches this server"
    taken: dict[Address, str] = {}
    for one in listeners:
        for address in one.binds:
            other = taken.setdefault(address, one.id)
            if other != one.id and not (isinstance(address, TcpAddress) and address.port == 0):
                yield f"server.listener.{one.id}.bind: {address} is that of server.listener.{other} already"
    url = settings[catalogue.HTTP_URL].constant
    host = urlsplit(url).hostname if url is not None else None
    here = host is not None and _is_here(host)
    public = [one.id for one in listeners if one.protocol == "http" and any(map(_is_for_others, one.binds))]
    if here and public:
        yield (
            f"server.http.url: {url} leads clients on other machines to themselves,"
            f" and server.listener.{public[0]} is open to them"
        )


def _naming(settings: Snapshot) -> Iterator[str]:
    name = host_name(settings)
    if "." not in name and any(_is_for_others(address) for one in settings.listeners for address in one.binds):
        where = "" if settings[catalogue.HOSTNAME] else ", which is the system's,"
        yield f"server.hostname: {name}{where} has no dot in it: no other machine finds this one by it"


def _strict(settings: Snapshot) -> Iterator[str]:
    url = settings[catalogue.HTTP_URL].constant
    is_spoken = any(one.protocol == "http" and one.tls is not None for one in settings.listeners)
    is_told = settings[catalogue.USE_X_FORWARDED] or any(one.trusted_networks for one in settings.listeners)
    if settings[catalogue.HSTS] and not is_spoken and not is_told and not (url or "").startswith("https:"):
        yield (
            "server.http.hsts: it lets in who speaks https alone, and nobody can: no listener has tls.implicit, no"
            " proxy's word is taken (server.http.use-x-forwarded), and server.http.url is not https"
        )


def _proving(settings: Snapshot) -> Iterator[str]:
    web = [one for one in settings.listeners if one.protocol == "http"]
    for wanted in settings[catalogue.AUTHORITIES]:
        if wanted.challenge == "tls-alpn-01" and not any(one.tls for one in web):
            yield (
                f"acme.{wanted.id}.challenge: the authority comes by TLS, and no listener for http has tls.implicit;"
                " http-01 needs none"
            )
        elif wanted.challenge == "http-01" and all(one.tls for one in web):
            yield f"acme.{wanted.id}.challenge: the authority comes without TLS, and no listener for http is without it"


def _blocking(settings: Snapshot) -> Iterator[str]:
    # Who comes by a PROXY header is looked at, and not their proxy.
    proxies = [(one, "a proxy by server.http.trusted-proxies") for one in settings[catalogue.TRUSTED_PROXIES]]
    ways = [*proxies, *((network(one), "this machine itself") for one in ("127.0.0.1", "::1"))]
    for blocked in settings[catalogue.BLOCKED_IP]:
        for way, who in ways:
            # A narrower entry that allows it wins.
            allowed = (one for one in settings[catalogue.ALLOWED_IP] if one.prefixlen > blocked.prefixlen)
            if blocked.overlaps(way) and not any(one.overlaps(way) for one in allowed):
                yield f"server.blocked-ip.{blocked}: {way} is {who}, and nobody is let in from there"


def _is_here(host: str) -> bool:
    return host in {"localhost", "::1"} or host.startswith("127.")


def _is_for_others(address: Address) -> bool:
    return isinstance(address, TcpAddress) and not address.host.is_loopback


def _sizes(settings: Snapshot) -> Iterator[str]:
    quota = settings[catalogue.ACCOUNT_QUOTA]
    message = settings[catalogue.MAX_SIZE_MESSAGE]
    if quota is not None and quota < message:
        yield f"account.quota: a message of session.data.limits.size, {message} octets, fits in no account of {quota}"
    uploads, upload = settings[catalogue.UPLOAD_QUOTA_SIZE], settings[catalogue.MAX_SIZE_UPLOAD]
    if uploads is not None and uploads < upload:
        yield (
            f"jmap.protocol.upload.quota.size: {uploads} is less than one upload may have"
            f" (jmap.protocol.upload.max-size, {upload})"
        )
    attachments, email = settings[catalogue.MAX_SIZE_ATTACHMENTS_PER_EMAIL], settings[catalogue.MAX_SIZE_EMAIL]
    if attachments > email:
        yield (
            f"jmap.email.max-attachment-size: {attachments} is more than a whole e-mail may have"
            f" (jmap.email.max-size, {email})"
        )


def _relaying(settings: Snapshot) -> Iterator[str]:
    host, tls = settings[catalogue.RELAY_HOST], settings[catalogue.RELAY_TLS]
    username, secret = settings[catalogue.RELAY_USERNAME], settings[catalogue.RELAY_SECRET]
    if (username is None) != (secret is None):
        yield "queue.relay.username: it logs in with both this and queue.relay.secret, and one of them is not there"
    if username is None:
        return
    if host is None:
        yield "queue.relay.username: there is no queue.relay.host to log in to"
    elif tls in ("opportunistic", "none") and not _is_here(host):
        yield f"queue.relay.tls: with {tls} no credentials are sent to {host}, so it takes no mail; starttls is safe"
