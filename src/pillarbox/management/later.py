"""Endpoints whose part of the server does not exist yet: they are there, and say so (501)."""

from collections.abc import Callable, Iterator

from pillarbox.management.endpoint import Answer, Body, Endpoint, Request
from pillarbox.management.refusal import NotYet
from pillarbox.management.shape import ANYTHING

__all__ = ["ENDPOINTS"]


def _not_yet(what: str) -> Callable[[Request], Answer]:
    def refuse(_: Request) -> Answer:
        raise NotYet(f"{what}: this server does not do that yet")

    return refuse


def _reports() -> Iterator[Endpoint]:
    outgoing, incoming = _not_yet("outgoing reports"), _not_yet("incoming reports")
    yield Endpoint("GET", "/api/queue/reports", "outgoing-report-list", outgoing, "Reports that wait to be sent.")
    yield Endpoint("DELETE", "/api/queue/reports", "outgoing-report-delete", outgoing, "Drops those that match.")
    yield Endpoint("GET", "/api/queue/reports/{id}", "outgoing-report-get", outgoing, "One of them.")
    yield Endpoint("DELETE", "/api/queue/reports/{id}", "outgoing-report-delete", outgoing, "Drops one of them.")
    for kind in ("dmarc", "tls", "arf"):
        at = f"/api/reports/{kind}"
        yield Endpoint("GET", at, "incoming-report-list", incoming, f"Reports of the kind {kind} that came in.")
        yield Endpoint("DELETE", at, "incoming-report-delete", incoming, "Drops those that match.")
        yield Endpoint("GET", f"{at}/{{id}}", "incoming-report-get", incoming, "One of them.")
        yield Endpoint("DELETE", f"{at}/{{id}}", "incoming-report-delete", incoming, "Drops one of them.")


def _spam() -> Iterator[Endpoint]:
    spam = _not_yet("classification of spam")
    message = Body(None, media_type="message/rfc822")
    for kind in ("spam", "ham"):
        for path in (f"/api/spam-filter/train/{kind}", f"/api/spam-filter/train/{kind}/{{name}}"):
            yield Endpoint("POST", path, "spam-filter-train", spam, f"Learns a message as {kind}.", body=message)
    yield Endpoint(
        "POST", "/api/spam-filter/classify", "spam-filter-classify", spam, "What a message is.", body=Body(ANYTHING)
    )
    for method in ("GET", "POST"):
        yield Endpoint(method, "/api/update/spam-filter", "spam-filter-update", spam, "Newer rules.")


def _stored() -> Iterator[Endpoint]:
    uids, undelete = _not_yet("UIDs of IMAP"), _not_yet("restoring what was deleted")
    yield Endpoint("DELETE", "/api/store/uids/{name}", "purge-account", uids, "Gives all messages new UIDs.")
    at = "/api/store/undelete/{name}"
    yield Endpoint("GET", at, "undelete", undelete, "What was deleted and can be restored.")
    yield Endpoint("POST", at, "undelete", undelete, "Restores some of it.", body=Body(ANYTHING))


def _checks() -> Iterator[Endpoint]:
    dmarc = _not_yet("checks of SPF, DKIM and DMARC")
    doc = "What SPF, DKIM and DMARC say of a message."
    message = Body(ANYTHING, example={"remoteIp": "192.0.2.1", "ehloDomain": "mx.far.example", "mailFrom": ""})
    yield Endpoint("POST", "/api/troubleshoot/dmarc", "troubleshoot", dmarc, doc, body=message)


def _telemetry() -> Iterator[Endpoint]:
    traces, live = _not_yet("traces (for the way of a message see /api/journal)"), _not_yet("live telemetry")
    at = "/api/telemetry"
    yield Endpoint("GET", f"{at}/traces", "tracing-list", traces, "What was traced, by a search.")
    yield Endpoint("GET", f"{at}/trace/{{id}}", "tracing-get", traces, "All of one trace.", also=(f"{at}/trace",))
    yield Endpoint("GET", f"{at}/traces/live", "tracing-live", live, "What is traced, as it happens.")
    yield Endpoint("GET", f"{at}/metrics/live", "metrics-live", live, "What is counted, again and again.")
    for kind in ("tracing", "metrics"):
        yield Endpoint("GET", f"{at}/live/{kind}-token", f"{kind}-live", live, "What opens that for a minute.")


ENDPOINTS: tuple[Endpoint, ...] = (*_reports(), *_spam(), *_stored(), *_checks(), *_telemetry())
