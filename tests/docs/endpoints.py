"""Writes docs/reference/endpoints.md: what is declared of each endpoint, and an example with what it really answers.

`python -m tests.docs.endpoints > docs/reference/endpoints.md`. Examples are called in a fresh home that `scene` has
furnished: first what reads, then what writes, then what deletes.
"""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import orjson
from tests.docs.page import DOCS
from tests.docs.scene import EXAMPLES, furnished
from tests.driver import Home
from tests.driver.administrator import Administrator
from tests.neighbour.stores import opened
from tests.toy.clock import Clock

from pillarbox.datatypes import REGISTRY
from pillarbox.management import ENDPOINTS, Endpoint, Within
from pillarbox.management.later import ENDPOINTS as LATER
from pillarbox.management.shape import CONFIRMED, FLAG, Schema
from pillarbox.store import LocalFeed

__all__ = ["PAGE", "Example", "answers", "example", "page"]

PAGE = DOCS / "reference" / "endpoints.md"
_INTRODUCTION = """\
# Endpoints

<!-- Made by `python -m tests.docs.endpoints > docs/reference/endpoints.md`; a test keeps it so. -->

All there is in the [management API](management-api.md), with an example of each and its answer. Each is below
`/api/v1` as well. Long answers are shown shortened: of a list the first two entries, of an object the first twelve
members. [`/api/openapi.json`](management-api.md#for-programs) says the same for programs.
"""
_ORDER = {"GET": 0, "POST": 1, "PUT": 2, "PATCH": 3, "DELETE": 4}
_SHORT, _LONG, _HUGE = 100, 1000, 10_000
_TEXTS = ("text/dns", "text/event-stream")
_FLAGS = {FLAG: "`true` or `false`", CONFIRMED: "`true`"}


@dataclass(frozen=True)
class Example:
    """A call: where, and with which body, JSON or octets."""

    endpoint: Endpoint
    target: str
    body: Any = None


@dataclass(frozen=True)
class Told:
    """What it was answered."""

    status: int
    media_type: str
    octets: bytes

    @property
    def text(self) -> str:
        """As it is shown."""
        if self.media_type in _TEXTS:
            return self.octets.decode().strip()[:_LONG]
        if self.media_type not in ("application/json", "application/problem+json"):
            return ""
        whole = shortened(orjson.loads(self.octets))
        flat = json.dumps(whole, ensure_ascii=False)
        if len(flat) > _HUGE:
            whole = {name: one if isinstance(one, str) else "…" for name, one in whole.items()}
        return flat if len(flat) <= _SHORT else json.dumps(whole, ensure_ascii=False, indent=2)


def example(endpoint: Endpoint) -> Example:
    """The one of an endpoint: that of the scene, else what its declaration says."""
    target, body = EXAMPLES.get((endpoint.method, endpoint.path), ("", None))
    return Example(
        endpoint,
        target or endpoint.example or endpoint.path,
        endpoint.body.example if body is None and endpoint.body is not None else body,
    )


def answers(root: Administrator, endpoints: Sequence[Endpoint] = ENDPOINTS) -> dict[tuple[str, str], Told]:
    """What the example of each is answered, by method and path."""
    found: dict[tuple[str, str], Told] = {}
    for one in sorted(map(example, endpoints), key=lambda each: _ORDER[each.endpoint.method]):
        reply = root.calls(one.endpoint.method, one.target.removeprefix("/api/"), one.body)
        found[one.endpoint.method, one.endpoint.path] = Told(
            reply.status, reply.headers.get("content-type", ""), reply.octets
        )
    return found


def page(told: Mapping[tuple[str, str], str]) -> str:
    """The whole page, with these as answers of the examples."""
    return "\n".join(_lines(told)) + "\n"


def _lines(told: Mapping[tuple[str, str], str]) -> Iterator[str]:
    yield _INTRODUCTION
    shown = sorted(ENDPOINTS, key=lambda one: (one.path.split("/")[2], one.path, _ORDER[one.method]))
    for subject, endpoints in groupby(shown, key=lambda one: one.path.split("/")[2].partition(".")[0]):
        yield f"## {subject}\n"
        for endpoint in endpoints:
            yield from _section(endpoint, told.get((endpoint.method, endpoint.path), ""))


def _section(endpoint: Endpoint, answer: str) -> Iterator[str]:
    yield f"### `{endpoint.method} {endpoint.path}`\n"
    yield f"{endpoint.doc}\n"
    yield f"{' '.join(_facts(endpoint))}\n"
    rows = [(f"`{one.name}`", _kind(one.shape), one.doc + (" Required." if one.is_required else ""))
            for one in endpoint.parameters]  # fmt: skip
    yield from _table(("Parameter", "Value", "Means"), rows)
    if endpoint.body is not None and endpoint.body.shape is not None:
        yield from _table(("In the body", "Value", "Means"), list(_fields(endpoint.body.shape.schema())))
    one = example(endpoint)
    sent = "" if one.body is None else "\n\n" + _body(one.body)
    yield f"```http\n{endpoint.method} {one.target}{sent}\n```\n"
    if answer:
        yield f"```{'text' if endpoint.media_type in _TEXTS else 'json'}\n{answer}\n```\n"


def _facts(endpoint: Endpoint) -> Iterator[str]:
    if endpoint.is_open:
        yield "Open to everybody."
    elif endpoint.permission is not None:
        yield f"Needs the permission `{endpoint.permission}`."
    else:
        yield "What it needs depends on what is asked for."
    if endpoint.within is Within.TENANT:
        yield "Who manages a tenant sees what is the tenant's."
    if endpoint.within is Within.ACCOUNT:
        yield "About the caller's own account."
    if endpoint.also:
        yield f"Also at {', '.join(f'`{one}`' for one in endpoint.also)}."
    if endpoint.is_tagged:
        yield "Has an `ETag`."
    if endpoint in LATER:
        yield "Not yet: answers 501."
    elif endpoint.body is not None and endpoint.body.shape is None:
        yield f"Takes `{endpoint.body.media_type}`."
    if endpoint.answer is None and endpoint.media_type != "application/json":
        yield f"Answers `{endpoint.media_type}`."


def _table(head: tuple[str, str, str], rows: Sequence[tuple[str, str, str]]) -> Iterator[str]:
    if rows:
        yield f"| {' | '.join(head)} |\n|---|---|---|"
        for row in rows:
            yield f"| {' | '.join(one.replace('|', chr(92) + '|') for one in row)} |"
        yield ""


def _fields(schema: Schema) -> Iterator[tuple[str, str, str]]:
    inner = schema.get("items", schema)
    if "properties" not in inner:
        yield "all of it", _said(schema), str(schema.get("description", ""))
        return
    for name, one in inner["properties"].items():
        needed = " Required." if name in inner.get("required", ()) else ""
        yield f"`{name}`", _said(one), str(one.get("description", "")) + needed


def _kind(shape: Any) -> str:
    return _FLAGS.get(shape) or _said(shape.schema())


def _said(schema: Schema) -> str:
    if "enum" in schema:
        return ", ".join(f"`{one}`" for one in schema["enum"])
    if "anyOf" in schema:
        return ", or ".join(_said(one) for one in schema["anyOf"])
    match schema.get("type"):
        case "integer":
            return f"{schema['minimum']}–{schema['maximum']}"
        case "string":
            return "a time" if schema.get("format") == "date-time" else "text"
        case "array":
            return f"a list of: {_said(schema['items'])}"
        case "object":
            return "an object"
        case str(kind):
            return kind
        case _:
            return "anything"


def _body(body: Any) -> str:
    if isinstance(body, bytes):
        return body.decode().strip()
    flat = json.dumps(body, ensure_ascii=False)
    return flat if len(flat) <= _SHORT else json.dumps(body, ensure_ascii=False, indent=2)


def shortened(value: Any, depth: int = 0) -> Any:
    """The same with less in it."""
    if isinstance(value, dict):
        return {name: shortened(one, depth + 1) for name, one in list(value.items())[:12]}
    if isinstance(value, list):
        return [shortened(one, depth + 1) for one in value[:2]]
    return value[:160] + "…" if isinstance(value, str) and len(value) > 160 else value


def shown_answers(text: str) -> dict[tuple[str, str], str]:
    """The answers that a page shows, by method and path."""
    sections = re.split(r"^### `([A-Z]+) (\S+)`$", text, flags=re.MULTILINE)[1:]
    found: dict[tuple[str, str], str] = {}
    for method, path, section in zip(*[iter(sections)] * 3, strict=True):
        block = re.search(r"^```(?:json|text)\n(.*?)\n```$", section, re.DOTALL | re.MULTILINE)
        found[method, path] = block[1] if block is not None else ""
    return found


def main() -> None:
    """Prints the page."""
    with TemporaryDirectory() as folder:
        clock, feed = Clock(), LocalFeed()
        store = opened(Path(folder), REGISTRY.tables, clock, feed)
        store.create(0)
        home = Home(store, feed, clock)
        with furnished(home) as root:
            told = answers(root)
        home.close()
        store.close()
    sys.stdout.write(page({one: answer.text for one, answer in told.items()}))


if __name__ == "__main__":
    main()
