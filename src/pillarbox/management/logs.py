"""The log, for who is not at the machine: what its files say, the latest first (management API section 12).

To follow it, ask again with `after`. Lines are those of this server alone, where several share a database.
"""

from collections.abc import Callable, Mapping
from typing import Any

from pillarbox.management.endpoint import Answer, Endpoint, Parameter, Request, listing
from pillarbox.management.refusal import Unsupported
from pillarbox.management.shape import ANYTHING, FLAG, INSTANT, Choice, Fields, Integer, Map, Nullable, Text
from pillarbox.settings import catalogue
from pillarbox.telemetry import EVENTS
from pillarbox.telemetry.book import LOGS
from pillarbox.telemetry.reading import Line, read_lines
from pillarbox.wire.values import JSON

__all__ = ["ENDPOINTS"]

_PAGE = 100
_TOLD = ("timestamp", "level", "event")
_WORDS = ("debug", "info", "warn", "error")


def _logs(request: Request) -> Answer:
    office, query = request.office, request.query
    if office.settings()[catalogue.LOG_KEEP] is None:
        raise Unsupported("the log is not kept in files (server.log.keep)")
    limit = query.get("limit") or _PAGE
    offset = max(query.get("page", 1) - 1, 0) * limit
    try:
        found = read_lines(
            office.data / LOGS,
            query.get("filter", ""),
            _wanted(request),
            query.get("after"),
            query.get("before"),
            offset,
            limit,
        )
    except OSError as problem:
        raise Unsupported(f"the files of the log cannot be read: {problem.strerror}") from None
    return Answer(
        {
            "items": [_item(line) for line in found.lines],
            # An estimate, as the reference's: what was seen, and a page if there may be more.
            "total": found.skipped + len(found.lines) + (limit if found.is_more else 0),
            "isPartial": found.is_partial,
            "reached": None if found.reached is None else found.reached.isoformat().replace("+00:00", "Z"),
        }
    )


def _wanted(request: Request) -> Callable[[Mapping[str, Any]], bool]:
    query = request.query
    levels = _WORDS[_WORDS.index(query["level"]) :] if "level" in query else _WORDS
    event, accounts = query.get("event"), _names(request)

    def wanted(fields: Mapping[str, Any]) -> bool:
        return (
            fields.get("level") in levels
            and (event is None or fields.get("event") == event)
            and (accounts is None or str(fields.get("account")) in accounts)
        )

    return wanted


def _names(request: Request) -> frozenset[str] | None:
    """What lines call an account: some its id, some its number, some its address."""
    name = request.query.get("account")
    if name is None:
        return None
    principal = request.office.directory.find(name)
    return frozenset((name,) if principal is None else (name, principal.id, str(principal.number), principal.address))


def _item(line: Line) -> JSON:
    fields = {name: value for name, value in line.fields.items() if name not in _TOLD}
    name = str(line.fields.get("event", ""))
    return {
        "timestamp": line.fields["timestamp"],
        "level": str(line.fields.get("level", "")).upper(),
        "event": EVENTS.get(name, name).partition(":")[0].removesuffix("."),
        "event_id": name,
        "details": ", ".join(f"{key} = {value}" for key, value in fields.items()),
        "fields": fields,
    }


_LINE = Fields(
    {
        "timestamp": INSTANT,
        "level": Text(doc="In capitals."),
        "event": Text(2048, doc="What the event tells, in words."),
        "event_id": Text(doc="The name of the event, as docs/events.md has it."),
        "details": Text(2**20, has_lines=True, doc="All further fields as text."),
        "fields": Map(ANYTHING, "The same as they are."),
    },
    required=("timestamp", "level", "event", "event_id", "details", "fields"),
)

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "GET",
        "/api/logs",
        "logs-view",
        _logs,
        "Lines of the log of this server, the latest first. `total` is an estimate. Where `isPartial`, the search "
        "ended for its length; it goes on with `before` set to `reached`.",
        parameters=(
            Parameter("filter", Text(), "A text that the line has in it, as it stands in the file, in this case."),
            Parameter("level", Choice(_WORDS), "Lines of this level and above."),
            Parameter("event", Text(pattern="[a-z0-9.-]+"), "The name of the event."),
            Parameter("account", Text(), "The address of an account, or its id."),
            Parameter("after", INSTANT, "Lines of this moment and later."),
            Parameter("before", INSTANT, "Lines before this moment."),
            Parameter("page", Integer(0, 1_000_000), "Which page, from 1."),
            Parameter("limit", Integer(0, 1000), f"Lines of a page; {_PAGE} if it is 0 or left out."),
        ),
        answer=listing(_LINE, isPartial=FLAG, reached=Nullable(INSTANT)),
        example="/api/logs?level=warn&limit=20",
    ),
)
