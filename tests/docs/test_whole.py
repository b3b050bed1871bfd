"""The pages hold together: links, files they name, decisions, fragments, settings they show."""

import re
from pathlib import Path

import pytest
from tests.docs.page import DOCS, PAGES, ROOT, SOURCE, anchors, blocks, name

from pillarbox.settings import load, snapshot

FRAGMENTS = sorted((ROOT / "changes" / "next").glob("*.md"))
DECISIONS = sorted((ROOT / "adr").glob("[0-9]*.md"))

each_page = pytest.mark.parametrize("page", PAGES, ids=name)


def links(page: Path) -> list[tuple[Path, str]]:
    """Where a page leads within the project: a file, and an anchor in it or nothing."""
    targets = re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8"))
    inside = [target.partition("#") for target in targets if "://" not in target]
    return [((page.parent / path).resolve() if path else page, anchor) for path, _, anchor in inside]


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    """Ours."""
    assert [str(path) for path, _ in links(page) if not path.exists()] == []
    assert [anchor for path, anchor in links(page) if anchor and anchor not in anchors(path)] == []


def test_every_page_is_reached_from_the_readme() -> None:
    """Ours."""
    waiting, reached = [ROOT / "README.md"], set[Path]()
    while waiting:
        page = waiting.pop()
        if page not in reached and page.suffix == ".md":
            reached.add(page)
            waiting += [path for path, _ in links(page)]

    assert sorted(set(PAGES) - reached) == []


@pytest.mark.parametrize("page", [*PAGES, *FRAGMENTS], ids=name)
def test_no_path_is_that_of_somebodys_machine(page: Path) -> None:
    """Ours: an example works where its reader is."""
    assert re.findall(r"(?<![\w.~])/(?:home|root|Users|work|tmp)/\S*", page.read_text("utf-8")) == []


@pytest.mark.parametrize("page", [DOCS / "terms.md", *sorted((DOCS / "contributing").glob("*.md"))], ids=name)
def test_the_files_that_are_named_exist(page: Path) -> None:
    """Ours: a page that says where something lives is believed. Decisions stay as they were made."""
    prose = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    named = set(re.findall(r"`([\w/.]+\.py)`", prose))
    there = {path.relative_to(ROOT).as_posix() for path in SOURCE.rglob("*.py")}
    there |= {path.relative_to(ROOT).as_posix() for path in ROOT.joinpath("tests").rglob("*.py")}
    # The two files that the walk-through makes.
    there |= {"src/pillarbox/datatypes/note.py", "tests/conversations/jmap/note/test_set.py"}

    ends = {f"/{path}" for path in there}
    assert [one for one in sorted(named) if not any(end.endswith(f"/{one}") for end in ends)] == []


@pytest.mark.parametrize("page", [ROOT / "README.md", *sorted((DOCS / "administrators").glob("*.md"))], ids=name)
def test_settings_that_are_shown_can_be_set(page: Path, tmp_path: Path) -> None:
    """Ours; the secrets of the files that they name are there."""
    for number, block in enumerate(blocks(page)):
        if block.language == "toml":
            for secret in re.findall(r"%{file:/etc/pillarbox/([\w-]+)}%", block.text):
                (tmp_path / secret).write_text("secret", "utf-8")
            file = tmp_path / f"{number}.toml"
            file.write_text(block.text.replace("/etc/pillarbox/", f"{tmp_path}/"), "utf-8")
            configuration = load(file, {"HOSTNAME": "mail.example.org"})
            _, problems = snapshot(configuration.pairs)

            assert [*configuration.problems, *problems] == [], block


def test_decisions_are_numbered_and_listed() -> None:
    """Ours."""
    index = (ROOT / "adr" / "README.md").read_text("utf-8")

    assert [path.name[:5] for path in DECISIONS] == [f"{number:04}-" for number in range(1, len(DECISIONS) + 1)]
    assert [path.name for path in DECISIONS if f"]({path.name})" not in index] == []


@pytest.mark.parametrize("page", DECISIONS, ids=name)
def test_a_decision_is_a_page_with_five_headings(page: Path) -> None:
    """Ours."""
    text = page.read_text("utf-8")

    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == [
        "Status",
        "Context",
        "Decision",
        "Weighed and left",
        "Consequences",
    ]
    assert text.startswith(f"# {page.name[:4]}. ")
    assert text.count("\n") <= 60


@pytest.mark.parametrize("page", FRAGMENTS, ids=name)
def test_a_fragment_has_its_headings(page: Path) -> None:
    """Ours: What, Settings, Upgrading, those with nothing below them left out."""
    headings = re.findall(r"^## (.+)\n\n(?=[^#\n])", page.read_text("utf-8"), re.MULTILINE)

    assert headings == [one for one in ("What", "Settings", "Upgrading") if one in headings]
    assert "What" in headings
    assert page.read_text("utf-8").count("#") == 2 * len(headings)
