"""`pillarbox settings …`."""

import sys
from typing import Annotated, Any

import typer

from pillarbox.cli.client import Client, at, managing, managing_new
from pillarbox.cli.shared import JsonOption, console, fail, is_text, say_json, table, text
from pillarbox.settings import catalogue

__all__ = ["app"]

app = typer.Typer(
    help="Settings: which are in force, whoever has them, and those of the database.", no_args_is_help=True
)

_MOST_READ = 1 << 20


def _completed(begun: str) -> list[str]:
    return sorted(line.key for one in catalogue.CATALOGUE for line in one.described() if line.key.startswith(begun))


_Key = Annotated[
    str,
    typer.Argument(metavar="KEY", help="As in server.hostname.", callback=text, autocompletion=_completed),
]


@app.command("list")
@managing
def list_(
    server: Client,
    prefix: Annotated[str, typer.Argument(metavar="[PREFIX]", help="Only keys below it.", callback=text)] = "",
    as_json: JsonOption = False,
) -> None:
    """Show the settings that are written anywhere, and who has them: the file (or the environment), or the database."""
    below = f"{prefix.removesuffix('.')}." if prefix else ""
    told = server.get(at("settings", "list"), {"prefix": prefix or None})
    found = [
        {"key": below + name, "value": value, "owner": told["owners"][name]} for name, value in told["items"].items()
    ]
    if as_json:
        say_json(found)
        return
    rows = table("Key", "Value", "From")
    for one in found:
        rows.add_row(one["key"], one["value"], one["owner"])
    none = (
        f"Nothing below {prefix} is written"
        if prefix
        else "Nothing is written; all settings are what they are by default"
    )
    console.print(rows if found else f"{none}.", highlight=False)


@app.command("get")
@managing
def get(server: Client, key: _Key, as_json: JsonOption = False) -> None:
    """Print what a setting is, whether it is written or not; of a list, a value a line. A secret is not shown."""
    found = server.get(at("settings", key))
    if as_json:
        say_json(found)
        return
    for one in _values(found):
        console.print(one, highlight=False, soft_wrap=True)


@app.command("describe")
@managing
def describe(server: Client, key: _Key, as_json: JsonOption = False) -> None:
    """Say what a setting means, what it is, and who has it."""
    found = server.get(at("settings", key))
    if as_json:
        say_json(found)
        return
    told = [
        ("what it is", found["kind"]),
        ("by default", found["default"]),
        ("now", ", ".join(_values(found))),
        ("from", found["owner"]),
        ("changed", found["changed"] and f"{found['changed']} by {found['changedBy']}"),
    ]
    for line in (found["doc"] or "No setting has this key.").splitlines():
        console.print(line, highlight=False)
    for name, value in told:
        if value:
            console.print(f"{name}: {value}", highlight=False)
    if found["isLocal"]:
        console.print("Only the local settings file, or the environment, may have it.", highlight=False)


@app.command("set")
@managing_new
def set_(
    server: Client,
    key: _Key,
    values: Annotated[
        list[str] | None, typer.Argument(metavar="[VALUE…]", help="As in the file; several are a list.")
    ] = None,
    from_stdin: Annotated[
        bool, typer.Option("--stdin", help="Read the value from standard input, as for a secret.")
    ] = False,
) -> None:
    """Give a setting a value, in the database: in force at once everywhere, without a restart."""
    if from_stdin == bool(values):
        fail("give the value, or several for a list; or say --stdin and write it there")
    given = [_read()] if from_stdin else [text(one) for one in values or ()]
    found = server.get(at("settings", key))
    there = [f"{key}.{name}" for name in found["values"]] if found["owner"] == "database" else []
    width = len(str(len(given) - 1))
    written = [["", given[0]]] if len(given) == 1 else [[f"{place:0{width}}", one] for place, one in enumerate(given)]
    server.post(
        at("settings"),
        [
            {"type": "delete", "keys": [key, *there]},
            {"type": "insert", "prefix": key, "values": written, "assert_empty": False},
        ],
    )
    console.print(f"{key} is set.", highlight=False)


@app.command("unset")
@managing
def unset(server: Client, key: _Key) -> None:
    """Take a setting out of the database: it is then what it is by default."""
    server.delete(at("settings", key))
    console.print(f"{key} is what it is by default.", highlight=False)


def _values(found: dict[str, Any]) -> list[str]:
    """What a setting is: its value, its list, or what it is by default."""
    if found["values"]:
        return [value if name.isdecimal() else f"{name} = {value}" for name, value in found["values"].items()]
    # What it is by default is told as in the documentation.
    value = found["value"] if found["value"] is not None else (found["default"] or "").replace("`", "")
    return [value] if value else []


def _read() -> str:
    given = sys.stdin.read(_MOST_READ).removesuffix("\n")
    if not is_text(given):
        fail("what standard input has is no text in UTF-8")
    return given
