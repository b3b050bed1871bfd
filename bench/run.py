"""One run: each store, each line, in order."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from bench.budget import LINES, Line
from bench.figure import NotYet, Wrong
from bench.floor import Floor, floor
from bench.ground import fill
from bench.machine import machine
from bench.report import Outcome, Report
from bench.rows import ROWS, Bench, Pace
from bench.server import Installation
from bench.stores import backend

__all__ = ["Wanted", "run"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to measure, with how much mail, for how long, and where."""

    messages: int
    accounts: int
    stores: Sequence[str]
    only: Sequence[str]
    pace: Pace
    folder: Path
    keep: bool = False
    lines: Sequence[Line] = field(init=False)

    def __post_init__(self) -> None:
        lines = [line for line in LINES if not self.only or _is_named(line, self.only)]
        object.__setattr__(self, "lines", lines)


def run(wanted: Wanted) -> Report:
    """Measures all that is wanted; a line that fails is told, and the next one follows."""
    told = machine()
    outcomes: dict[str, dict[str, Outcome]] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with floor() as bare, Progress(*columns, console=Console(stderr=True)) as progress:
        for store in wanted.stores:
            task = progress.add_task(store, total=len(wanted.lines))

            tell = partial(_tell, progress, task, store)
            outcomes[store] = {}
            for outcome in _store(wanted, store, bare, tell):
                outcomes[store][outcome.line.name] = outcome
                progress.advance(task)
            tell("done")
    return Report(told, wanted.messages, outcomes)


def _store(wanted: Wanted, store: str, bare: Floor, tell: Callable[[str], None]) -> Iterator[Outcome]:
    """The outcomes over one store; all the same where there is no such store."""
    done = 0
    try:
        with backend(store) as there:
            folder = wanted.folder / store
            # Other stores than SQLite keep nothing in the folder, and are made anew for each run.
            if not (wanted.keep and store == "sqlite"):
                shutil.rmtree(folder, ignore_errors=True)
            installation = Installation(folder, there)
            filled = fill(installation, wanted.messages, wanted.folder / "mail", tell)
            bench = Bench(installation, bare, wanted.pace, filled, wanted.accounts)
            with closing(bench):
                for line in wanted.lines:
                    tell(line.title)
                    yield _outcome(bench, line)
                    done += 1
    except NotYet as missing:
        yield from (Outcome(line, why=str(missing)) for line in wanted.lines[done:])
    except Wrong as wrong:
        yield from (Outcome(line, why=str(wrong), failed=True) for line in wanted.lines[done:])


def _outcome(bench: Bench, line: Line) -> Outcome:
    try:
        return Outcome(line, ROWS[line.name](bench))
    except NotYet as missing:
        return Outcome(line, why=str(missing))
    except (Wrong, OSError) as wrong:
        return Outcome(line, why=str(wrong), failed=True)


def _is_named(line: Line, patterns: Sequence[str]) -> bool:
    """By its name, or by a pattern as the shell has them: `filter-*` means all of them."""
    return any(fnmatchcase(line.name, pattern) for pattern in patterns)


def _tell(progress: Progress, task: TaskID, store: str, what: str) -> None:
    progress.update(task, description=f"{store}: {what}")
