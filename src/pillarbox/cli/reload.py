"""`pillarbox reload`."""

from pathlib import Path

import typer

from pillarbox.app import asked
from pillarbox.cli.shared import DataOption, JsonOption, console, fail, say_json

__all__ = ["reload"]

_SECONDS = 60.0
"""For which the server is waited for; each of its processes has 20, and another reload may be under way."""


def reload(as_json: JsonOption = False, data: DataOption = Path("var")) -> None:
    """Have the running server read its settings again, without dropping a connection.

    Exits with 1 if they could not be read, and then nothing has changed, or if a part of the server did not take them.
    """
    answer = asked(data, {"do": "reload"}, _SECONDS)
    if as_json:
        say_json(answer)
    elif "unchanged" in answer:
        fail(f"{answer['unchanged']} The settings from before are in force.")
    else:
        for problem in answer.get("problems", ()):
            _line("yellow", problem["key"], problem["text"])
        failed = answer.get("failed", ())
        for one in [failed] if isinstance(failed, str) else failed:
            _line("red", "not done", one)
        if "applied" in answer:
            _line("green", "in force now", ", ".join(answer["applied"]) or "nothing is other than before")
        if answer.get("restart"):
            _line("yellow", "needs a restart", ", ".join(answer["restart"]))
    if "unchanged" in answer or answer.get("failed"):
        raise typer.Exit(1)


def _line(colour: str, name: str, said: str) -> None:
    console.print(name, style=colour, end="", highlight=False, soft_wrap=True)
    console.print(f": {said}", highlight=False, soft_wrap=True)
