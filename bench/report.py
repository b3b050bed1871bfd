"""Results: as a table for people, as JSON for programs, as a page for the documentation."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.budget import LINES, Line, Verdict
from bench.figure import Figure

__all__ = ["Outcome", "Report", "cells", "page", "show", "table", "verdict"]

_WIDTH = 190
_MANY = 6
_NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a line: its figure; or why there is none, which is a failure or only missing yet."""

    line: Line
    figure: Figure | None = None
    why: str = ""
    failed: bool = False

    @property
    def result(self) -> str:
        """A word or two: met, missed, failed, not yet; nothing where there is no budget."""
        if self.figure is None:
            return "FAILED" if self.failed else "not yet"
        return verdict(self.line, self.figure)


@dataclass(frozen=True, slots=True)
class Report:
    """All outcomes, by store and name."""

    machine: Mapping[str, str]
    messages: int
    outcomes: Mapping[str, Mapping[str, Outcome]]

    @property
    def failed(self) -> list[str]:
        """The names of the lines that failed."""
        return [outcome.line.name for found in self.outcomes.values() for outcome in found.values() if outcome.failed]

    @property
    def json(self) -> str:
        """The report for programs: figures in the unit of their line, a core."""
        stores = {
            store: {name: _object(outcome) for name, outcome in found.items()} for store, found in self.outcomes.items()
        }
        whole = {"machine": self.machine, "messages": self.messages, "stores": stores}
        return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def verdict(line: Line, figure: Figure) -> str:
    """Met, missed, or nothing."""
    found = line.budget.judges(figure)
    return "" if found is Verdict.NONE else found.value


def table(report: Report) -> Table:
    """The report for people."""
    shown = Table("", "budget a core", box=None, pad_edge=False, header_style="bold")
    for store in report.outcomes:
        shown.add_column(_NAMES[store], justify="right")
        shown.add_column("floor", justify="right")
        shown.add_column("CPU", justify="right")
        shown.add_column("")
    for line in LINES:
        outcomes = [found.get(line.name) for found in report.outcomes.values()]
        if any(outcomes):
            row = [text for outcome in outcomes for text in cells(outcome)]
            shown.add_row(line.title, _budget(line), *row)
    return shown


def cells(outcome: Outcome | None) -> list[str]:
    """What a table says of one line and store: the figure, its share of the floor, CPU a request, the verdict."""
    if outcome is None:
        return ["", "", "", ""]
    figure = outcome.figure
    if figure is None:
        return ["–", "", "", outcome.result]
    share = "" if figure.share is None else f"{figure.share:.0%}"
    cpu = "" if figure.cpu is None else f"{figure.cpu:,.0f} µs"
    return [f"{_number(figure.value)} {outcome.line.unit}", share, cpu, outcome.result]


def page(report: Mapping[str, Any]) -> str:
    """A report's JSON as Markdown."""
    machine, stores = report["machine"], report["stores"]
    parts = [
        "# Results\n",
        "<!-- Made by `python -m bench results FILE`. -->\n",
        f"`make bench` with {report['messages']:,} messages. [How to read it](README.md).\n",
        "| | |\n|---|---|",
        *(f"| {name} | {said} |" for name, said in machine.items()),
        "",
    ]
    for store, found in stores.items():
        parts += [
            f"## {_NAMES[store]}\n",
            "| What | Budget a core | Measured | By the clock | Of the floor | CPU a request | |",
            "|---|---|---|---|---|---|---|",
            *(_row(line, found[line.name]) for line in LINES if line.name in found),
            "",
        ]
    return "\n".join(parts)


def show(report: Report) -> None:
    """Prints the table, and what cannot stand in it."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH)
    console.print(table(report))
    for said, lines in _said(report).items():
        names = ", ".join(lines) if len(lines) <= _MANY else f"{lines[0]} and {len(lines) - 1} more"
        console.print(f"{names}: {said}", highlight=False, markup=False, soft_wrap=True)


def _said(report: Report) -> dict[str, list[str]]:
    """Notes, and why figures are missing, each with the lines it is said of."""
    found: dict[str, list[str]] = {}
    for store, outcomes in report.outcomes.items():
        for outcome in outcomes.values():
            said = outcome.why or (outcome.figure.note if outcome.figure else "")
            if said:
                found.setdefault(said, []).append(f"{_NAMES[store]} {outcome.line.name}")
    return found


def _row(line: Line, found: Mapping[str, Any]) -> str:
    if "value" not in found:
        return f"| {line.title} | {_budget(line)} | – | | | | {found['result']}: {found['why']} |"
    figure = [
        f"{_number(found['value'])} {line.unit}",
        _number(found["wall"]) + " /s" if found.get("wall") else "",
        f"{found['value'] / found['floor']:.0%}" if found.get("floor") else "",
        f"{found['cpu']:,.0f} µs" if found.get("cpu") else "",
    ]
    told = "; ".join(filter(None, (found["result"], found.get("note", ""))))
    return f"| {line.title} | {_budget(line)} | {' | '.join(figure)} | {told} |"


def _budget(line: Line) -> str:
    unit = "" if line.budget.least is None and line.budget.most is None else f" {line.unit}"
    said = str(line.budget)
    bound, comma, share = said.partition(", ")
    return said if not unit else f"{bound}{unit}{comma}{share}"


def _object(outcome: Outcome) -> dict[str, Any]:
    told: dict[str, Any] = {"result": outcome.result, "unit": outcome.line.unit, "budget": str(outcome.line.budget)}
    figure = outcome.figure
    if figure is None:
        return {**told, "why": outcome.why}
    optional = {"wall": figure.wall, "cpu": figure.cpu, "floor": figure.floor, "memory": figure.memory}
    return {
        **told,
        "value": figure.value,
        "rounds": list(figure.rounds),
        **{name: value for name, value in optional.items() if value is not None},
        **({"messages": figure.messages} if figure.messages else {}),
        **({"note": figure.note} if figure.note else {}),
        **figure.more,
    }


def _number(value: float) -> str:
    """Three digits that count."""
    size = abs(value)
    return f"{value:,.0f}" if size >= 100 else f"{value:.1f}" if size >= 10 else f"{value:.2f}"
