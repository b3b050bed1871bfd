"""A list in a module's docstring of what is promised and which tests show it, so that none is named that is not there.

A row begins a line after the first paragraph, with a colon in it. Its tests stand below it, each on an indented line of
its own, by file (from the folder of all tests on) and name, or by name alone in the same module.
"""

import re
from pathlib import Path

__all__ = ["named", "unshown"]

_TESTS = Path(__file__).parents[1]


def named(module: Path, text: str) -> dict[str, list[str]]:
    """The tests of each row that are there."""
    rows = re.findall(r"^(\S[^\n]*: [^\n]*)\n((?: {4}\S+\n)*)", text.partition("\n\n")[2], re.MULTILINE)
    return {row: [name for name in tests.split() if _is_there(module, name)] for row, tests in rows}


def unshown(module: Path, text: str) -> list[str]:
    """Rows without a test, and tests that there are not."""
    tests = re.findall(r"^ {4}(\S+)$", text, re.MULTILINE)
    return [
        *(row for row, names in named(module, text).items() if not names),
        *(one for one in tests if not _is_there(module, one)),
    ]


def _is_there(module: Path, name: str) -> bool:
    file, _, test = name.rpartition("::")
    path = _TESTS / file if file else module
    return path.is_file() and f"def {test}(" in path.read_text("utf-8")
