"""Settings of OpenTelemetry: where spans and numbers are sent, if anywhere."""

import re
from typing import Literal, TypeAlias
from urllib.parse import urlsplit

from pillarbox.settings.declare import Group, ListSetting, Setting
from pillarbox.settings.kind import BadValue, Kind, choice, quoted
from pillarbox.settings.quantity import DURATION, Duration
from pillarbox.telemetry import Secret

__all__ = [
    "METRICS_ENDPOINT",
    "METRICS_HEADERS",
    "METRICS_INTERVAL",
    "METRICS_TIMEOUT",
    "METRICS_TRANSPORT",
    "OBSERVING",
    "TRACER_ENDPOINT",
    "TRACER_HEADERS",
    "TRACER_TIMEOUT",
    "TRACER_TRANSPORT",
    "OtlpTransport",
]

OtlpTransport: TypeAlias = Literal["http", "disable"]

# RFC 9110 section 5.1; a value of visible ASCII characters and spaces (section 5.5).
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+:[ \t]*[!-~]([ -~]*[!-~])?")


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        # A port that is none is found out when it is asked for.
        is_url = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_url = False
    if not is_url or not text.isascii() or not text.isprintable() or " " in text:
        raise BadValue(f"{quoted(text)} is no URL; write http:// or https://, a host and a path")
    if parts.username is not None:
        raise BadValue("a URL is no place for a password; write it as a header")
    return text


def _header(text: str) -> Secret:
    if not _HEADER.fullmatch(text):
        raise BadValue("this is no header; write its name, a colon and its value")
    return Secret(text)


_URL: Kind[str] = Kind("URL", _url, str)
_FIELD: Kind[Secret] = Kind("secret header", _header, str)
_TRANSPORTS: tuple[OtlpTransport, ...] = ("http", "disable")
_TIMEOUT = Duration(10_000)
_HEADERS = "Sent with each request, as `Authorization: Bearer …`; anybody who has them can do the same."

TRACER_TRANSPORT: Setting[OtlpTransport] = Setting(
    "tracer.open-telemetry.transport",
    choice(_TRANSPORTS),
    "disable",
    "Whether spans are sent: of requests over HTTP, methods of JMAP, deliveries and attempts of the queue. With `http` "
    "it is OTLP/HTTP in binary form; it takes the extra `pillarbox[otel]`.",
)
TRACER_ENDPOINT = Setting(
    "tracer.open-telemetry.endpoint",
    _URL,
    "http://localhost:4318/v1/traces",
    "The whole URL that spans are sent to.",
)
TRACER_TIMEOUT = Setting(
    "tracer.open-telemetry.timeout",
    DURATION,
    _TIMEOUT,
    "How long one request with spans may take, repetitions included.",
)
TRACER_HEADERS = ListSetting("tracer.open-telemetry.headers", _FIELD, (), _HEADERS, default_said="none")
METRICS_TRANSPORT: Setting[OtlpTransport] = Setting(
    "metrics.open-telemetry.transport",
    choice(_TRANSPORTS),
    "disable",
    "Whether metrics are sent, in the same way, by one process for all.",
)
METRICS_ENDPOINT = Setting(
    "metrics.open-telemetry.endpoint",
    _URL,
    "http://localhost:4318/v1/metrics",
    "The whole URL that metrics are sent to.",
)
METRICS_INTERVAL = Setting(
    "metrics.open-telemetry.interval", DURATION, Duration(60_000), "How often metrics are sent; once a second at most."
)
METRICS_TIMEOUT = Setting(
    "metrics.open-telemetry.timeout",
    DURATION,
    _TIMEOUT,
    "How long one request with metrics may take, repetitions included.",
)
METRICS_HEADERS = ListSetting("metrics.open-telemetry.headers", _FIELD, (), _HEADERS, default_said="none")

OBSERVING = Group(
    "OpenTelemetry",
    "Spans and metrics that the server sends to who collects them.",
    (
        TRACER_TRANSPORT,
        TRACER_ENDPOINT,
        TRACER_TIMEOUT,
        TRACER_HEADERS,
        METRICS_TRANSPORT,
        METRICS_ENDPOINT,
        METRICS_INTERVAL,
        METRICS_TIMEOUT,
        METRICS_HEADERS,
    ),
)
