"""What the commands share: their common options, how they open the house, how they fail."""

import json
import os
import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.table import Table

from pillarbox.app import CannotStart, House, NotServed, Refused, Served, house, settled
from pillarbox.app.logbook import log_by
from pillarbox.net import CannotBind
from pillarbox.settings import BootstrapError, FolderStore, Snapshot, catalogue, load, report, snapshot
from pillarbox.store import StoreError
from pillarbox.telemetry import configure, keep_lines

__all__ = [
    "ActionArgument",
    "AddOrRemove",
    "ConfigOption",
    "DataOption",
    "JsonOption",
    "any_text",
    "any_texts",
    "configured",
    "console",
    "existing",
    "fail",
    "failures",
    "is_text",
    "opened",
    "own",
    "present",
    "say_json",
    "table",
    "text",
    "texts",
    "when",
]

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What a terminal would do something for, or show the rest of a line in another order."""


class _Console(Console):
    """One on which others' words do nothing to the terminal."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterator[Segment]:
        for segment in super().render(renderable, options):
            # They have no width, and what is left has that which was measured.
            yield segment if segment.control else segment._replace(text=_CONTROL.sub("", segment.text))


# What is shown may be others' words, as the replies of mail servers are: nothing in it is taken for markup.
_ANY = 1000
"""Columns of what is no terminal: there a line is not broken, for who greps."""
console = _Console(markup=False, emoji=False)
if not console.is_terminal and "COLUMNS" not in os.environ:
    console.width = _ANY
_errors = _Console(stderr=True, markup=False, emoji=False)

# Whether they may be read is not asked by typer (`readable`), which would say so and not what to do.
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="The settings; `pillarbox.toml` if there is one.", dir_okay=False, readable=False),
]
DataOption = Annotated[
    Path, typer.Option("--data", help="The folder where everything is kept.", file_okay=False, readable=False)
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]


class AddOrRemove(StrEnum):
    """What is done to one item of several."""

    ADD = "add"
    REMOVE = "remove"


ActionArgument = Annotated[AddOrRemove, typer.Argument(metavar="add|remove", help="What to do.")]


@contextmanager
def existing(config: Path | None, data: Path) -> Iterator[House]:
    """The house that the options name, for what makes none."""
    present(data)
    _, settings = configured(config)
    own(settings, data)
    with _entered(settings, data) as built:
        yield built


def present(data: Path) -> None:
    """Ends the command where there is no data folder: a mistyped one is told, and not taken for an empty one."""
    if not data.exists():
        fail(f"there is no folder {data}; name another with --data, or begin with `pillarbox account add ADDRESS`")


def own(settings: Snapshot, data: Path) -> None:
    """Ends the command where a folder is in use for something else: nothing is made among others' files."""
    if not isinstance(settings.store, FolderStore):
        return
    kept = data / (settings.store.path or "") / "server.db"
    if not kept.exists() and any(data.iterdir()):
        fail(
            f"{data} has files and no accounts; name another with --data, or begin with `pillarbox account add ADDRESS`"
        )


@contextmanager
def opened(config: Path | None, data: Path) -> Iterator[House]:
    """The house that the options name, made if it is new; root enters it as the user whose it is.

    What was done is written where the server writes it. At the terminal a command says that itself, in its own words.
    """
    _, settings = configured(config)
    with _entered(settings, data) as built:
        yield built


@contextmanager
def _entered(settings: Snapshot, data: Path) -> Iterator[House]:
    settled(data)
    with house(settings, data) as built:
        log_by(built.settings, data, least="warn")
        try:
            yield built
        finally:
            keep_lines(None)


def configured(config: Path | None) -> tuple[Mapping[str, str], Snapshot]:
    """The settings' texts and the settings, with what is wrong in them told in the log."""
    configuration = load(config)
    settings, problems = snapshot(configuration.pairs)
    configure(settings[catalogue.LOG_LEVEL], settings[catalogue.LOG_FORMAT])
    report([*configuration.problems, *problems])
    return configuration.pairs, settings


def text(given: str) -> str:
    """An argument as it stands, refused if it has octets that are no UTF-8."""
    if not is_text(given):
        raise typer.BadParameter("it is no text in UTF-8")
    return given


def any_text(given: str | None) -> str | None:
    """The same for an option that need not be there."""
    return None if given is None else text(given)


def texts(given: list[str] | None) -> list[str]:
    """The same for each of several."""
    return [text(one) for one in given or ()]


def any_texts(given: list[str] | None) -> list[str] | None:
    """Those of an option that are not empty; None where it is not there, which says nothing, and not that none are."""
    return texts([one for one in given if one]) if given else None


def is_text(given: str) -> bool:
    """Whether it was UTF-8: octets that are none come in as lone surrogates (PEP 383)."""
    return not any("\ud800" <= character <= "\udfff" for character in given)


_WHOLE = ("Id", "Message")
"""Columns of what is copied from there to the next command: it is in one line."""


def table(*columns: str) -> Table:
    """A table for people: what is too wide for the terminal goes on in the next line, and nothing is cut off."""
    made = Table(box=None)
    for column in columns:
        made.add_column(column, overflow="fold", no_wrap=column in _WHOLE)
    return made


def when(date: str) -> str:
    """A UTCDate to the minute, for a column whose head says that it is UTC; it is broken between day and time."""
    return date.replace("T", " ")[:16]


def say_json(value: Any) -> None:
    """Prints a value for programs."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def fail(told: str) -> NoReturn:
    """Ends the command: it could not be done."""
    _errors.print(f"pillarbox: {told}", style="red", highlight=False, markup=False, soft_wrap=True)
    raise SystemExit(1)


@contextmanager
def failures() -> Iterator[None]:
    """A block whose expected errors end the command with a sentence instead of a traceback."""
    try:
        yield
    except (CannotBind, CannotStart, NotServed, Refused, Served) as problem:
        fail(str(problem))
    except BootstrapError as problem:
        fail(problem.told)
    except StoreError as problem:
        fail(f"what is kept cannot be read or written: {problem.known}")
    except PermissionError as problem:
        fail(f"{problem.filename}: permission denied; run it as the user that owns the data")
    except (FileExistsError, NotADirectoryError) as problem:
        fail(f"{problem.filename} cannot be made, for there is a file in its place; name another folder with --data")
    except OSError as problem:
        fail(f"{problem.filename or 'the system'}: {problem.strerror or problem}")
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as problem:  # noqa: BLE001 - the face; what is not expected goes on
        fail(_told(problem))


def _told(problem: Exception) -> str:
    """An error of those that commands alone meet, to which the data types are at hand. Raises what is none of them."""
    # Not for `serve`, which would begin later if it loaded them.
    from pillarbox.cli.client import Refused as RefusedByServer  # noqa: PLC0415
    from pillarbox.cli.client import Unreached  # noqa: PLC0415

    if isinstance(problem, RefusedByServer | Unreached):
        return str(problem)
    from pillarbox.datatypes.directory import AccountError  # noqa: PLC0415
    from pillarbox.transfer import Unreadable  # noqa: PLC0415

    match problem:
        case AccountError():
            return str(problem)
        case Unreadable():
            return problem.told
    raise problem
