"""The running server reads what it goes by again (management API section 11); it is not restarted by whoever asks."""

from typing import Any

from pillarbox.datatypes.server import setting_texts
from pillarbox.management.endpoint import Answer, Endpoint, Parameter, Request
from pillarbox.management.refusal import Other, Unsupported
from pillarbox.management.shape import FLAG, NULL, Fields, ListOf, Map, Text
from pillarbox.settings import Layers, snapshot
from pillarbox.wire.values import JSON

__all__ = ["ENDPOINTS"]

_WARNINGS = ("missing", "unread", "deprecated")


def _reload(request: Request) -> Answer:
    if request.office.ask is None:
        raise Unsupported("no server runs here that could read its settings again")
    is_dry = request.query.get("dry-run", False)
    answer = request.office.ask({"do": "try" if is_dry else "reload"})
    if "unchanged" in answer:
        raise Other("the settings could not be read, and those before hold", str(answer["unchanged"]))
    problems: list[Any] = [*_list(answer.get("problems")), *_of_database(request)]
    failed = answer.get("failed")
    return Answer(
        {
            "warnings": {one["key"]: _told(one) for one in problems if one["kind"] in _WARNINGS},
            "errors": {one["key"]: _told(one) for one in problems if one["kind"] not in _WARNINGS},
            "applied": _list(answer.get("applied")),
            "restart": _list(answer.get("restart")),
            "failed": [failed] if isinstance(failed, str) else _list(failed),
        }
    )


def _list(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else []


def _told(problem: dict[str, str]) -> dict[str, JSON]:
    # No text is quoted but by what read it, which tells no secrets.
    return {"type": problem["kind"], "error": problem["text"]}


def _of_database(request: Request) -> list[dict[str, str]]:
    """What is not in force of the database's settings, which the supervisor does not know."""
    layers = Layers(request.office.written(), setting_texts(request.office.store))
    known = snapshot(layers.written)[1]
    return [
        {"key": one.key, "kind": one.kind, "text": one.text} for one in snapshot(layers.pairs)[1] if one not in known
    ]


def _restart(_: Request) -> Answer:
    raise Unsupported("the server is started again by what started it, as `systemctl restart pillarbox`")


def _webadmin(_: Request) -> Answer:
    raise Unsupported("the web administration is a part of the server, and is updated with it")


_PROBLEMS = Map(Fields({"type": Text(), "error": Text(64 * 1024, has_lines=True)}, ("type", "error")))
_DONE = Fields(
    {
        "warnings": _PROBLEMS,
        "errors": _PROBLEMS,
        "applied": ListOf(Text(), doc="Keys of the file that are other than before."),
        "restart": ListOf(Text(), doc="Keys that are in force after a restart."),
        "failed": ListOf(Text(64 * 1024, has_lines=True), doc="Parts of the server that did not take them, and why."),
    },
    ("warnings", "errors", "applied", "restart", "failed"),
)
_DRY = Parameter("dry-run", FLAG, "Whether it is only told what would be, and nothing is taken over.")

ENDPOINTS: tuple[Endpoint, ...] = (
    *(
        Endpoint(
            method,
            "/api/reload",
            "settings-reload",
            _reload,
            "Reads the settings again, with certificates, lists and bans; whatever `{what}` is, all of them.\n"
            "Nobody is cut off. What is wrong with a setting costs that one alone. Use POST: GET is for the tools of "
            "the reference.",
            parameters=(_DRY,),
            answer=_DONE,
            also=("/api/reload/{what}",),
            example="/api/reload?dry-run=true",
        )
        for method in ("GET", "POST")
    ),
    *(
        Endpoint(method, "/api/restart", "restart", _restart, "Is refused, and says why.", answer=NULL)
        for method in ("GET", "POST")
    ),
    *(
        Endpoint(method, "/api/update/webadmin", "webadmin-update", _webadmin, "Is refused, and says why.", answer=NULL)
        for method in ("GET", "POST")
    ),
)
