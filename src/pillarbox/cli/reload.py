"""`pillarbox reload`."""

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from pillarbox.cli.client import Client, Refused, at, managing_running
from pillarbox.cli.shared import JsonOption, console, fail, say_json

__all__ = ["reload"]


@managing_running
def reload(
    server: Client,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be, and change nothing.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Have the running server read its settings again, without dropping a connection.

    Exits with 1 if they could not be read, and then nothing has changed, or if a part of the server did not take them.
    """
    answer = _answer(server, is_dry=dry_run)
    if as_json:
        say_json(answer)
    elif "unchanged" in answer:
        fail(f"{answer['unchanged']} The settings from before are in force.")
    else:
        for problem in answer["problems"]:
            _line("yellow", problem["key"], problem["text"])
        for one in answer["failed"]:
            _line("red", "not done", one)
        named = "would be in force" if dry_run else "in force now"
        _line("green", named, ", ".join(answer["applied"]) or "nothing is other than before")
        if answer["restart"]:
            _line("yellow", "needs a restart", ", ".join(answer["restart"]))
    if "unchanged" in answer or answer["failed"]:
        raise typer.Exit(1)


def _answer(server: Client, *, is_dry: bool) -> Mapping[str, Any]:
    try:
        told = server.post(at("reload"), None, {"dry-run": True} if is_dry else {})
    except Refused as refused:
        if refused.error != "other":
            raise
        return {"unchanged": refused.document.get("reason") or str(refused)}
    problems = {**told["warnings"], **told["errors"]}
    return {
        "applied": told["applied"],
        "restart": told["restart"],
        "problems": [{"key": key, "kind": one["type"], "text": one["error"]} for key, one in problems.items()],
        "failed": told["failed"],
    }


def _line(colour: str, name: str, said: str) -> None:
    console.print(name, style=colour, end="", highlight=False, soft_wrap=True)
    console.print(f": {said}", highlight=False, soft_wrap=True)
