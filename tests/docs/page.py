"""Pages of the documentation, and what the tests look for in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["DOCS", "PAGES", "ROOT", "SOURCE", "Block", "anchors", "blocks", "name", "section"]

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "pillarbox"
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", *DOCS.rglob("*.md"), *(ROOT / "adr").glob("*.md")])

_BLOCK = re.compile(
    r"^(?:<!-- (?P<mark>[a-z ]+) -->\n)?```(?P<language>\w*)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE
)
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block, the line it begins at, and what the comment before it says, as in `<!-- runs -->`."""

    page: Path
    line: int
    mark: str | None
    language: str
    text: str

    def __str__(self) -> str:
        return f"{name(self.page)}:{self.line}"


def blocks(page: Path, mark: str | None = None) -> Iterator[Block]:
    """The blocks of a page, in order; only those with the mark, if one is given."""
    text = page.read_text("utf-8")
    for found in _BLOCK.finditer(text):
        if mark is None or found["mark"] == mark:
            line = text.count("\n", 0, found.start()) + 1
            yield Block(page, line, found["mark"], found["language"], found["text"])


def anchors(page: Path) -> set[str]:
    """What a link may name behind its `#`: the headings, as they are shown on the web."""
    prose = _BLOCK.sub("", page.read_text("utf-8"))
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in _HEADING.findall(prose))
    return {heading.strip().replace(" ", "-") for heading in plain}


def section(page: Path, heading: str) -> str:
    """The text under a heading of the second level."""
    _, found, rest = page.read_text("utf-8").partition(f"\n## {heading}\n")
    assert found, f"{name(page)} has no section {heading}"
    return rest.partition("\n## ")[0]


def name(page: Path) -> str:
    """A page's path, as tests are told apart by it."""
    return page.relative_to(ROOT).as_posix()
