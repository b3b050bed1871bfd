"""A file that declares a server, as commands read and show it."""

import sys
import tomllib
from collections.abc import Mapping
from contextlib import nullcontext
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from pillarbox.cli.client import Client, at
from pillarbox.cli.shared import console, fail, say_json

__all__ = ["FileArgument", "Show", "asked", "confirm", "read", "show"]

_MOST = 8 * 1024 * 1024
_MOST_NAMED = 5
_HOLDERS = ("individual", "group", "resource", "location")
"""Kinds that have mail of their own."""

FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="As `pillarbox config export` writes it; - is standard input.")
]


class Show(StrEnum):
    """How changes are told."""

    WORDS = "words"
    JSON = "json"


def read(file: Path) -> dict[str, Any]:
    """The document of a file. Ends the command where there is none."""
    try:
        with nullcontext(sys.stdin.buffer) if str(file) == "-" else file.open("rb") as opened:
            octets = opened.read(_MOST + 1)
    except OSError as problem:
        fail(f"{file} cannot be read: {problem.strerror}")
    if len(octets) > _MOST:
        fail(f"{file} has more than {_MOST} octets")
    try:
        return tomllib.loads(octets.decode())
    except UnicodeDecodeError:
        fail(f"{file} is not in UTF-8")
    except tomllib.TOMLDecodeError as problem:
        fail(f"{file} is no TOML: {problem}")


def asked(server: Client, document: Mapping[str, Any], query: Mapping[str, object]) -> list[dict[str, Any]]:
    """What the server changes, or would."""
    changes: list[dict[str, Any]] = server.post(at("apply"), document, query)["changes"]
    return changes


def confirm(changes: list[dict[str, Any]]) -> None:
    """Asks somebody before mail is removed. Ends the command where nobody is there to say yes."""
    gone = [one["name"] for one in changes if one["action"] == "remove" and one["kind"] in _HOLDERS]
    if not gone:
        return
    named = ", ".join(gone[:_MOST_NAMED]) + (f" and {len(gone) - _MOST_NAMED} more" if len(gone) > _MOST_NAMED else "")
    if not sys.stdin.isatty():
        fail(f"{named} would go with all mail; look at `pillarbox plan`, and say --yes if that is meant")
    typer.confirm(f"Remove {named} with all mail for good?", abort=True)


def show(changes: list[dict[str, Any]], how: Show, verbs: tuple[str, str, str]) -> None:
    """Each change with what is other than before, and how many there are of each kind."""
    if how is Show.JSON:
        say_json(changes)
        return
    for one in changes:
        console.print(f"{_SIGNS[one['action']]} {one['kind']} {one['name']}", highlight=False, soft_wrap=True)
        for name, value in one["fields"].items():
            console.print(f"    {name}: {_difference(value['from'], value['to'])}", highlight=False, soft_wrap=True)
    counts = [sum(one["action"] == action for one in changes) for action in _SIGNS]
    told = [f"{count} {verb}" for count, verb in zip(counts, verbs, strict=True) if count]
    console.print(", ".join(told) + "." if told else "Nothing is other than declared.", highlight=False)


_SIGNS = {"create": "+", "update": "~", "remove": "-"}


def _difference(before: Any, after: Any) -> str:
    if isinstance(before, list) and isinstance(after, list):
        gone = [one for one in before if one not in after]
        new = [one for one in after if one not in before]
        if gone or new:
            return ", ".join([*(f"- {one}" for one in gone), *(f"+ {one}" for one in new)])
    if before is None:
        return _text(after)
    return f"{_text(before)} -> {_text(after)}"


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "nothing"
    return "nothing" if value in (None, "") else str(value)
