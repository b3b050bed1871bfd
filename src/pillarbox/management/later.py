"""Endpoints whose part of the server does not exist yet: they are there, and say so (501)."""

from collections.abc import Callable, Iterator

from pillarbox.management.endpoint import PAGING, Answer, Body, Endpoint, Parameter, Request, Within
from pillarbox.management.refusal import NotYet
from pillarbox.management.shape import ANYTHING, FLAG, INSTANT, Choice, Integer, Text

__all__ = ["ENDPOINTS"]


_RANGE = (
    *PAGING,
    Parameter("max-total", Integer(), "At how many the count may end."),
    Parameter("range-start", Text(), "The first id."),
    Parameter("range-end", Text(), "The last id."),
)
_OUTGOING = (
    Parameter("domain", Text(), "Those for a domain."),
    Parameter("type", Choice(("dmarc", "tls")), "Those of a kind."),
    *_RANGE,
)
_INCOMING = (Parameter("text", Text(), "Those that have this in them."), *_RANGE)
_NEWER = (
    Parameter("overwrite", FLAG, "Also in place of what was changed here."),
    Parameter("force", FLAG, "Also where there is nothing newer."),
)


def _not_yet(what: str) -> Callable[[Request], Answer]:
    def refuse(_: Request) -> Answer:
        raise NotYet(f"{what}: this server does not do that yet")

    return refuse


def _reports() -> Iterator[Endpoint]:
    outgoing, incoming = _not_yet("outgoing reports"), _not_yet("incoming reports")
    at, all_ = "/api/queue/reports", "Reports that wait to be sent."
    yield Endpoint("GET", at, "outgoing-report-list", outgoing, all_, parameters=_OUTGOING)
    yield Endpoint("DELETE", at, "outgoing-report-delete", outgoing, "Drops those that match.", parameters=_OUTGOING)
    yield Endpoint("GET", "/api/queue/reports/{id}", "outgoing-report-get", outgoing, "One of them.")
    yield Endpoint("DELETE", "/api/queue/reports/{id}", "outgoing-report-delete", outgoing, "Drops one of them.")
    for kind in ("dmarc", "tls", "arf"):
        at = f"/api/reports/{kind}"
        all_, drop = f"Reports of the kind {kind} that came in.", "Drops those that match."
        yield Endpoint("GET", at, "incoming-report-list", incoming, all_, parameters=_INCOMING)
        yield Endpoint("DELETE", at, "incoming-report-delete", incoming, drop, parameters=_INCOMING)
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
        yield Endpoint(method, "/api/update/spam-filter", "spam-filter-update", spam, "Newer rules.", parameters=_NEWER)


def _stored() -> Iterator[Endpoint]:
    uids, undelete = _not_yet("UIDs of IMAP"), _not_yet("restoring what was deleted")
    yield Endpoint("DELETE", "/api/store/uids/{name}", "purge-account", uids, "Gives all messages new UIDs.")
    at = "/api/store/undelete/{name}"
    yield Endpoint("GET", at, "undelete", undelete, "What was deleted and can be restored.", parameters=PAGING)
    yield Endpoint("POST", at, "undelete", undelete, "Restores some of it.", body=Body(ANYTHING))


def _checks() -> Iterator[Endpoint]:
    dmarc = _not_yet("checks of SPF, DKIM and DMARC")
    doc = "What SPF, DKIM and DMARC say of a message."
    message = Body(ANYTHING, example={"remoteIp": "192.0.2.1", "ehloDomain": "mx.far.example", "mailFrom": ""})
    yield Endpoint("POST", "/api/troubleshoot/dmarc", "troubleshoot", dmarc, doc, body=message)


_SPANS = (
    Parameter("type", Text(), "Those that began with an event."),
    Parameter("queue_id", Text(), "Those of a message in the queue."),
    Parameter("filter", Text(), "Words, and phrases between double quotes."),
    Parameter("before", INSTANT, "Those that began before this moment."),
    Parameter("after", INSTANT, "Those that began at this moment or later."),
    Parameter("values", FLAG, "Whether to tell their first event, and not their ids alone."),
    *PAGING,
)
_LIVE = (
    Parameter("metrics", Text(4096), "Which, with commas between them; all if none is named."),
    Parameter("interval", Integer(), "Seconds between two of them."),
)


def _account() -> Iterator[Endpoint]:
    crypto, at = _not_yet("encryption of what is stored"), "/api/account/crypto"
    doc = "Whether what is stored of one's own mail is encrypted, and for which keys."
    yield Endpoint("GET", at, "manage-encryption", crypto, doc, Within.ACCOUNT)
    body = Body(ANYTHING, example={"type": "disabled"})
    yield Endpoint("POST", at, "manage-encryption", crypto, "Has it encrypted, or not.", Within.ACCOUNT, body=body)


def _telemetry() -> Iterator[Endpoint]:
    traces, live = _not_yet("traces (for the way of a message see /api/journal)"), _not_yet("live telemetry")
    at = "/api/telemetry"
    several = (Parameter("id", Text(), "Which; several with commas between them."),)
    spans = (Parameter("filter", Text(), "Those with this in them."),)
    yield Endpoint("GET", f"{at}/traces", "tracing-list", traces, "What was traced, by a search.", parameters=_SPANS)
    yield Endpoint("GET", f"{at}/trace/{{id}}", "tracing-get", traces, "All of one trace.")
    yield Endpoint("GET", f"{at}/trace", "tracing-get", traces, "The same, of several.", parameters=several)
    yield Endpoint("GET", f"{at}/traces/live", "tracing-live", live, "What is traced, as it happens.", parameters=spans)
    doc = "What is counted, again and again."
    yield Endpoint("GET", f"{at}/metrics/live", "metrics-live", live, doc, parameters=_LIVE)
    for kind in ("tracing", "metrics"):
        yield Endpoint("GET", f"{at}/live/{kind}-token", f"{kind}-live", live, "What opens that for a minute.")


ENDPOINTS: tuple[Endpoint, ...] = (
    *_reports(),
    *_spam(),
    *_stored(),
    *_checks(),
    *_account(),
    *_telemetry(),
)
