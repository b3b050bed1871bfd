"""docs/contributing/data-type.md is followed to the letter, in a copy of the project."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.docs.page import DOCS, ROOT, SOURCE, Block, blocks

from pillarbox.datatypes import REGISTRY

PAGE = DOCS / "contributing" / "data-type.md"


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project as it is checked out, as far as a type and its conversation need it."""
    without = shutil.ignore_patterns("__pycache__", ".*")
    shutil.copytree(SOURCE, tmp_path / "src" / "pillarbox", ignore=without)
    for folder in ("driver", "neighbour", "toy"):
        shutil.copytree(ROOT / "tests" / folder, tmp_path / "tests" / folder, ignore=without)
    for file in ("pyproject.toml", "tests/conftest.py"):
        shutil.copy(ROOT / file, tmp_path / file)
    return tmp_path


def holds(conversation: Block, file: Path, project: Path) -> None:
    """All tests of an example pass, as a file of the project."""
    file.parent.mkdir(parents=True)
    file.write_text(conversation.text)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-m", "not neighbour", "-p", "no:cacheprovider", str(file)],
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(project / "src")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{conversation.text.count('def test_')} passed" in done.stdout


def test_a_type_is_one_file_and_two_lines(copy: Path) -> None:
    """House style: the file, the lines in the registry and the vocabulary, and the conversation are all it takes."""
    (file,) = blocks(PAGE, "a data type")
    (conversation,) = blocks(PAGE, "a conversation")
    (line,) = (block for block in blocks(PAGE) if "REGISTRY = " in block.text)

    (copy / "src/pillarbox/datatypes/note.py").write_text(file.text)
    registry = copy / "src/pillarbox/datatypes/registry.py"
    added, replaced = line.text.split("\n\n")
    text = re.sub(r"^REGISTRY = (?s:.*)", lambda _: replaced, registry.read_text(), flags=re.MULTILINE)
    registry.write_text(re.sub(r"^(?=from pillarbox\.objects)", lambda _: f"{added}\n", text, flags=re.MULTILINE))
    (permissions,) = blocks(PAGE, "its permissions")
    vocabulary = copy / "src/pillarbox/access/permission.py"
    before, own, after = vocabulary.read_text().partition("_JMAP = (\n")
    first, rest = after.split("\n", 1)
    vocabulary.write_text(f"{before}{own}{first}\n{permissions.text}\n{rest}")
    holds(conversation, copy / "tests/conversations/jmap/note/test_set.py", copy)


def test_the_conversation_that_is_shown_holds(copy: Path) -> None:
    """House style: each example in the docs runs."""
    (conversation,) = blocks(DOCS / "contributing" / "tests.md", "a conversation")

    holds(conversation, copy / "tests/conversations/jmap/mailbox/test_set.py", copy)


def test_the_line_of_the_page_is_that_of_the_registry_and_one_more() -> None:
    """Ours: the page shows the registry as it is."""
    (line,) = (block for block in blocks(PAGE) if "REGISTRY = " in block.text)

    found = re.findall(r"[A-Z_]{2,}", line.text.partition("Registry(")[2])

    names = [re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.name).upper() for kind in REGISTRY]
    assert found == sorted([*names, "NOTE"])
