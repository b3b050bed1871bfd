"""docs/settings.md says what the catalogue says."""

from pathlib import Path

from pillarbox.settings import snapshot
from pillarbox.settings.bootstrap import load
from pillarbox.settings.document import page

DOCS = Path(__file__).parents[3] / "docs" / "settings.md"


def test_the_settings_are_documented_as_they_are() -> None:
    """House style: documentation is tested. To mend: python -m pillarbox.settings.document > docs/settings.md"""
    assert DOCS.read_text() == page()


def test_the_example_in_the_documentation_works(tmp_path: Path) -> None:
    """House style: each example in the docs runs."""
    example = page().partition("```toml\n")[2].partition("```")[0]
    file = tmp_path / "pillarbox.toml"
    file.write_text(example)

    configuration = load(file, {})
    _, problems = snapshot(configuration.pairs)

    assert len(configuration.pairs) == 6
    assert [*configuration.problems, *problems] == []
