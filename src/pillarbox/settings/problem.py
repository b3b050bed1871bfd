"""What is wrong with one entry of the configuration, and how it is told."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pillarbox import telemetry

__all__ = ["Problem", "ProblemKind", "report"]

ProblemKind = Literal["parse", "build", "macro", "unread", "missing", "deprecated"]
"""`parse`: the text is no value of its kind. `build`: the value is one, but cannot be acted on.
`macro`: a `%{…}%` could not be filled in. `unread`: no setting has this key. `missing`: a key that
must be there is not. `deprecated`: it is in force, under a key that will go."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One entry that is not in force as written; everything else is.

    The text says what is wrong and what to write instead.
    """

    key: str
    kind: ProblemKind
    text: str


def report(problems: Iterable[Problem]) -> None:
    """Tells the log of each problem, as an event of its own."""
    for problem in problems:
        telemetry.emit(telemetry.Event.SETTINGS_PROBLEM, key=problem.key, kind=problem.kind, text=problem.text)
