"""`python -m bench`: the whole run, and beside it the engine alone, profiles, and the page of results."""

import json
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Table

from bench import wrk
from bench.engine import engine as engine_over
from bench.figure import NotYet, Wrong
from bench.floor import floor
from bench.ground import Filled, fill
from bench.profile import HOT
from bench.profile import profile as profile_of
from bench.report import page, show
from bench.rows import ROWS, Bench, Pace
from bench.run import Wanted, run
from bench.server import Installation
from bench.sizing import Use, rows
from bench.stores import STORES, backend

app = typer.Typer(help="Measures Pillarbox.", add_completion=False, pretty_exceptions_enable=False)
errors = Console(stderr=True)

DataOption = Annotated[
    Path, typer.Option("--data", help="Where accounts are made; on the disk that is to be measured.")
]
MessagesOption = Annotated[int, typer.Option(help="Messages in the largest account.", min=20)]
_DATA = Path(".work/bench")
_PROFILES = Path("docs/performance/profiles")


@app.callback(invoke_without_command=True)
def main(
    context: typer.Context,
    messages: MessagesOption = 10_000,
    accounts: Annotated[int, typer.Option(help="Accounts whose cost is measured.", min=1)] = 1000,
    store: Annotated[str, typer.Option(help="sqlite, postgresql, or both.")] = "both",
    only: Annotated[str, typer.Option(help="Names of lines, with commas; `filter-*` means all filters.")] = "",
    seconds: Annotated[float, typer.Option(help="The length of a round.")] = 1.0,
    rounds: Annotated[int, typer.Option(help="Rounds, of which the middle counts.", min=1)] = 3,
    json_: Annotated[Path | None, typer.Option("--json", help="A file for all figures.", dir_okay=False)] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Go on with a large account that is there.")] = False,
    data: DataOption = _DATA,
) -> None:
    """Measure everything that has a budget, beside its floor."""
    # What was started is stopped, however this ends.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    if context.invoked_subcommand is not None:
        return
    _needs_wrk()
    stores = STORES if store == "both" else (store,)
    if not set(stores) <= set(STORES):
        _fail(f"there is no store {store}; there are {', '.join(STORES)}, or both")
    named = tuple(filter(None, only.split(",")))
    wanted = Wanted(messages, accounts, stores, named, Pace(rounds, seconds), data.resolve(), keep)
    if not wanted.lines:
        _fail(f"no line is called {only}; there are {', '.join(ROWS)}")
    report = run(wanted)
    if json_ is not None:
        json_.write_text(report.json, "utf-8")
    show(report)
    if report.failed:
        _fail(f"these failed, and have no figure: {', '.join(report.failed)}")


@app.command()
def engine(
    messages: MessagesOption = 10_000,
    only: Annotated[str, typer.Option(help="Names of loads, with commas; all if there are none.")] = "",
    seconds: Annotated[float, typer.Option(help="For each load.")] = 1.0,
    store: Annotated[str, typer.Option(help="sqlite or postgresql.")] = "sqlite",
    json_: Annotated[Path | None, typer.Option("--json", help="A file for the figures.", dir_okay=False)] = None,
    against: Annotated[Path | None, typer.Option(help="Such a file, to compare with.", exists=True)] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Make the accounts anew.")] = False,
    data: DataOption = _DATA,
) -> None:
    """Make the calls without sockets, in this process: for before and after."""
    before: dict[str, dict[str, float]] = json.loads(against.read_text("utf-8")) if against else {}
    shown = Table("", "ms", "CPU ms", "before", "times", box=None, pad_edge=False)
    found: dict[str, dict[str, float]] = {}
    with _failures(), backend(store) as there:
        installation = Installation(data.resolve() / f"engine-{store}-{messages}", there)
        _filled(installation, messages, data, is_fresh=fresh or store != "sqlite")
        with engine_over(installation) as built:
            for name in built.loads:
                if only and name not in only.split(","):
                    continue
                figure = built.measure(name, seconds)
                now, cpu = figure.value, (figure.cpu or 0.0) / 1000
                found[name] = {"ms": now, "cpu": cpu}
                then = before[name]["cpu"] if name in before else 0.0
                compared = [f"{then:.3f}", f"{then / cpu:.2f}"] if then and cpu else ["", ""]
                shown.add_row(name, f"{now:.3f}", f"{cpu:.3f}", *compared)
    Console().print(shown)
    if json_ is not None:
        json_.write_text(json.dumps(found, indent=2) + "\n", "utf-8")


@app.command()
def profile(
    names: Annotated[list[str] | None, typer.Argument(help="Names of lines; the hot paths if there are none.")] = None,
    messages: MessagesOption = 10_000,
    seconds: Annotated[float, typer.Option(help="How long is looked at each.")] = 5.0,
    store: Annotated[str, typer.Option(help="sqlite or postgresql.")] = "sqlite",
    into: Annotated[Path, typer.Option(help="A folder for the texts.", file_okay=False)] = _PROFILES,
    data: DataOption = _DATA,
) -> None:
    """Say in which functions of the server the time of a line goes."""
    _needs_wrk()
    into.mkdir(parents=True, exist_ok=True)
    with _failures(), backend(store) as there, floor() as bare:
        installation = Installation(data.resolve() / f"engine-{store}-{messages}", there)
        filled = _filled(installation, messages, data, is_fresh=store != "sqlite")
        with closing(Bench(installation, bare, Pace(1, seconds), filled, 1)) as bench:
            for name in names or HOT:
                if name not in ROWS:
                    _fail(f"no line is called {name}; there are {', '.join(ROWS)}")
                text, figure = profile_of(bench, name)
                told = f"{name} over {store}, {messages:,} messages: {figure.value:,.0f} a second while it was watched"
                (into / f"{name}.txt").write_text(f"{told}\n{text}", "utf-8")
                errors.print(told, highlight=False)


@app.command()
def results(
    report: Annotated[Path, typer.Argument(help="What --json wrote.", exists=True, dir_okay=False)],
) -> None:
    """Print a run's JSON as a page of Markdown."""
    typer.echo(page(json.loads(report.read_text("utf-8"))))


@app.command()
def sizing(
    report: Annotated[Path, typer.Argument(help="What --json wrote.", exists=True, dir_okay=False)],
    sizes: Annotated[list[int] | None, typer.Option("--accounts", help="So many; again for more columns.")] = None,
    disk: Annotated[float, typer.Option(help="Octets a message takes in tables and indexes, beside its own.")] = 0.0,
    wal: Annotated[float, typer.Option(help="Octets a delivery takes in the write-ahead log, beside its own.")] = 0.0,
    use: Annotated[list[str] | None, typer.Option(help="Another assumption, as active=0.5.")] = None,
) -> None:
    """Print what accounts would take, by a run's figures and by assumptions that are told with it."""
    try:
        changed = {name: float(value) for name, _, value in (one.partition("=") for one in use or ())}
        assumed = Use(**changed)
    except (TypeError, ValueError):
        _fail("an assumption is one of the names in bench/sizing.py, an equals sign and a number")
    found = json.loads(report.read_text("utf-8"))
    for row in rows(tuple(sizes or (1000, 1_000_000, 100_000_000)), assumed, found, disk, wal):
        typer.echo(row)


def _filled(installation: Installation, messages: int, data: Path, *, is_fresh: bool) -> Filled:
    """The installation's accounts, made if they are not there or are to be new ones."""
    mark = installation.folder / "filled"
    if is_fresh or not mark.exists():
        shutil.rmtree(installation.folder, ignore_errors=True)
        filled = fill(installation, messages, data.resolve() / "mail", errors.print)
        mark.write_text(str(filled.seconds))
    return Filled(messages, float(mark.read_text()))


def _needs_wrk() -> None:
    if not wrk.is_there():
        _fail("wrk is needed, a package of Debian; `make bench` installs it where that is allowed")


@contextmanager
def _failures() -> Iterator[None]:
    """A block that ends with a sentence where something is missing or wrong."""
    try:
        yield
    except (NotYet, Wrong) as problem:
        _fail(str(problem))


def _fail(told: str) -> NoReturn:
    errors.print(f"bench: {told}", style="red", highlight=False, markup=False, soft_wrap=True)
    raise SystemExit(1)


if __name__ == "__main__":
    app(prog_name="python -m bench")
