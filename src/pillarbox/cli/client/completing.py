"""What a shell completes names by: the server that the command would call, where that is quick and says yes."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import typer

from pillarbox.app import is_served
from pillarbox.cli.client.client import Client, at
from pillarbox.cli.client.reach import SERVER, reached

__all__ = ["items", "principals"]

_MOST = 100
Complete = Callable[[typer.Context, str], list[str]]


def principals(*types: str) -> Complete:
    """Names and addresses of principals of these types."""
    asked = {"types": ",".join(types), "fields": "name,emails", "limit": _MOST}

    def found(server: Client, begun: str) -> list[str]:
        some = server.get(at("principal"), {**asked, "filter": begun or None})["items"]
        return [name for one in some for name in dict.fromkeys((one["name"], *one.get("emails", ())))]

    return _completing(found)


def items(path: str, field: str | None = None) -> Complete:
    """The items of a list, or what a field of each of them is."""

    def found(server: Client, _: str) -> list[str]:
        some = server.get(path, {"limit": _MOST})["items"]
        return [str(one if field is None else one[field]) for one in some]

    return _completing(found)


def _completing(find: Callable[[Client, str], list[str]]) -> Complete:
    def completed(context: typer.Context, begun: str) -> list[str]:
        given = context.params
        url, data = given.get("server") or os.environ.get(SERVER, ""), Path(given.get("data") or "var")
        if not url and not is_served(data):
            # To open the house takes longer than anybody waits for a completion.
            return []
        # A shell that completes has no place for a sentence: where something is wrong, nothing is completed.
        with suppress(Exception, SystemExit), reached(url, given.get("token_file"), data) as server:
            return sorted(one for one in find(server, begun) if one.startswith(begun))
        return []

    return completed
