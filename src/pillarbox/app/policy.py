"""The settings of HTTP, as what they decide of requests."""

from collections.abc import Callable
from functools import lru_cache

from pillarbox.http import AnswerHeaders, Cors, Forwarding, RequestPolicy, Strict, TlsListener, Trust
from pillarbox.net import Bounds
from pillarbox.settings import HTTPVariables, Snapshot, TcpAddress, catalogue

__all__ = ["bounds", "policy", "url"]


def policy(settings: Snapshot, ignored: Callable[[str, str], None] = lambda _, __: None) -> RequestPolicy:
    """What is decided of a request before anybody looks at what it asks for; `ignored` is as for http.Trust."""
    cors = Cors(
        frozenset(origin.encode() for origin in settings[catalogue.CORS_ORIGINS]),
        settings[catalogue.PERMISSIVE_CORS],
    )
    own = [(name.encode(), value.encode()) for name, value in settings[catalogue.HTTP_HEADERS]]
    is_strict = settings[catalogue.HSTS]
    return RequestPolicy(
        Trust(_forwarding(settings), settings[catalogue.TRUSTED_PROXIES], ignored),
        AnswerHeaders(own, cors, _strict_transport(settings) if is_strict else None),
        cors,
        Strict(url(settings), _secure_door(settings)) if is_strict else None,
        _access(settings),
        settings[catalogue.MAX_HEADER_SIZE],
    )


def url(settings: Snapshot) -> Callable[[HTTPVariables], str]:
    """The URL that a request's client is told; worked out once for all requests that it must be the same for."""
    expression = settings[catalogue.HTTP_URL]
    if not expression.uses <= _OF_THE_WAY_IN:
        return expression

    @lru_cache(maxsize=256)
    def known(listener: str, local_ip: str, local_port: int, protocol: str, is_tls: bool) -> str:  # noqa: FBT001
        return expression(HTTPVariables(listener, "", 0, local_ip, local_port, protocol, is_tls, "", "", ()))

    return lambda asked: known(asked.listener, asked.local_ip, asked.local_port, asked.protocol, asked.is_tls)


_OF_THE_WAY_IN = frozenset({"listener", "local_ip", "local_port", "protocol", "is_tls"})


def bounds(settings: Snapshot) -> Bounds:
    """What an HTTP connection may take."""
    return Bounds(
        settings[catalogue.MAX_HEADER_SIZE],
        settings[catalogue.TIMEOUT_HEADER].seconds,
        settings[catalogue.TIMEOUT_READ].seconds,
        settings[catalogue.TIMEOUT_IDLE].seconds,
    )


def _forwarding(settings: Snapshot) -> Forwarding:
    if not settings[catalogue.USE_X_FORWARDED]:
        return Forwarding.OFF
    return Forwarding(settings[catalogue.FORWARDED_HEADER])


def _strict_transport(settings: Snapshot) -> bytes:
    """The value of Strict-Transport-Security (RFC 6797 section 6.1)."""
    parts = [f"max-age={int(settings[catalogue.HSTS_MAX_AGE].seconds)}"]
    if settings[catalogue.HSTS_INCLUDE_SUBDOMAINS]:
        parts.append("includeSubDomains")
    if settings[catalogue.HSTS_PRELOAD]:
        parts.append("preload")
    return "; ".join(parts).encode()


def _secure_door(settings: Snapshot) -> TlsListener | None:
    """The first listener that speaks HTTP over TLS, and its first port."""
    for one in settings.listeners:
        if one.protocol == "http" and one.tls is not None:
            for bind in one.binds:
                if isinstance(bind, TcpAddress) and bind.port:
                    return TlsListener(one.id, bind.port)
    return None


def _access(settings: Snapshot) -> Callable[[HTTPVariables], int] | None:
    expression = settings[catalogue.ALLOWED_ENDPOINT]
    return None if expression.constant == 200 else expression
