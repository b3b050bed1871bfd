"""Where a command finds the server that it calls: options that all of them have."""

import inspect
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Concatenate, ParamSpec

import typer

from pillarbox.app import is_served
from pillarbox.cli.client.client import Client, Unreached
from pillarbox.cli.client.here import alone, by_socket
from pillarbox.cli.shared import ConfigOption, DataOption, existing, opened

__all__ = ["SERVER", "TOKEN", "Without", "managing", "managing_new", "managing_running", "reached"]

P = ParamSpec("P")
SERVER, TOKEN = "PILLARBOX_SERVER", "PILLARBOX_TOKEN"


def _option(name: str, default: object, kind: object) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)


_SERVER = _option(
    "server",
    "",
    Annotated[
        str,
        typer.Option("--server", metavar="URL", envvar=SERVER, help="A server elsewhere, as https://mail.example.org."),
    ],
)
_TOKEN = _option(
    "token_file",
    None,
    Annotated[
        Path | None,
        typer.Option("--token-file", help="Has a token or an API key for that.", dir_okay=False, readable=False),
    ],
)
_CONFIG = _option("config", None, ConfigOption)
_DATA = _option("data", Path("var"), DataOption)


class Without(Enum):
    """What a command does where no server runs."""

    ALONE = "alone"
    """It does the work itself, in a data folder that is there."""
    NEW = "new"
    """The same, and makes the data folder if it is not there."""
    NOTHING = "nothing"
    """It ends, and says so: it is about the server that runs."""


@contextmanager
def reached(
    server: str, token_file: Path | None, data: Path, config: Path | None = None, without: Without = Without.ALONE
) -> Iterator[Client]:
    """The server that the options name. Raises Unreached, and what the ways there raise."""
    if server:
        # Loaded for whom it concerns: it takes a tenth of a second.
        from pillarbox.cli.client import remote  # noqa: PLC0415

        given = remote.read(token_file) if token_file is not None else os.environ.get(TOKEN, "")
        if not given:
            raise Unreached(f"a token is needed: put it into {TOKEN}, or into a file that --token-file names")
        with remote.remote(server, remote.secret(given)) as send:
            yield Client(send)
        return
    if without is Without.NOTHING or is_served(data):
        yield Client(by_socket(data))
        return
    opening = opened if without is Without.NEW else existing
    with alone(opening(config, data)) as send:
        yield Client(send)


def managing(command: Callable[Concatenate[Client, P], None]) -> Callable[..., None]:
    """A command whose first parameter is the server, which options of the command line name instead."""
    return _managing(command, Without.ALONE)


def managing_new(command: Callable[Concatenate[Client, P], None]) -> Callable[..., None]:
    """The same for a command that may be the first there is: it makes the data folder."""
    return _managing(command, Without.NEW)


def managing_running(command: Callable[Concatenate[Client, P], None]) -> Callable[..., None]:
    """The same for a command that needs a server that runs."""
    return _managing(command, Without.NOTHING)


def _managing(command: Callable[..., None], without: Without) -> Callable[..., None]:
    added = [_SERVER, _TOKEN, _DATA] if without is Without.NOTHING else [_SERVER, _TOKEN, _CONFIG, _DATA]

    def run(**given: Any) -> None:
        where = {one.name: given.pop(one.name) for one in added}
        with reached(**where, without=without) as client:
            command(client, **given)

    # As typer reads it: without the server, with the options.
    _, *own = inspect.signature(command, eval_str=True).parameters.values()
    all_of_them = [*(one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own), *added]
    run.__signature__ = inspect.Signature(all_of_them)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in all_of_them}
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    return run
