"""What a command does not need is not loaded for it."""

import subprocess
import sys
from importlib import import_module
from inspect import getdoc
from pathlib import Path

import pytest

from pillarbox.cli.main import COMMANDS


def test_who_asks_for_the_version_waits_for_no_command() -> None:
    """Ours: to load all of them took nearly a second."""
    code = (
        "import sys; sys.argv = ['pillarbox', '--version']\n"
        "from pillarbox.cli import main\n"
        "try: main()\n"
        "except SystemExit: print([name for name in sys.modules if name.startswith('pillarbox.app')])\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)

    assert done.stdout.startswith("pillarbox ")
    assert done.stdout.endswith("[]\n")


@pytest.mark.parametrize("arguments", [["--help"], ["serve", "--config", "none.toml"], ["reload", "--data", "none"]])
def test_what_opens_no_house_loads_no_data_type(tmp_path: Path, arguments: list[str]) -> None:
    """Ours: loading them takes longer than the rest of the supervisor's start."""
    code = (
        f"import sys; sys.argv = ['pillarbox', *{arguments}]\n"
        "from pillarbox.cli import main\n"
        "try: main()\n"
        "except SystemExit: print([name for name in sys.modules if name in ('pillarbox.datatypes', 'uvicorn')])\n"
    )

    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert done.stdout.endswith("[]\n")


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_says_of_each_command_what_it_says_of_itself(name: str) -> None:
    """Ours: the list is written apart from the commands, for they need not be loaded for it."""
    module_name, said = COMMANDS[name]
    module = import_module(f"pillarbox.cli.{module_name}")
    itself = module.app.info.help if hasattr(module, "app") else getdoc(getattr(module, module_name))

    assert itself is not None
    assert " ".join(itself.partition("\n\n")[0].split()) == said


def test_the_help_has_all_commands() -> None:
    """Ours."""
    done = subprocess.run([sys.executable, "-m", "pillarbox", "--help"], capture_output=True, text=True, check=True)

    for command in ("serve", "import", "export", "doctor", "demo", "account", "group", "domain", "queue"):
        assert f" {command} " in done.stdout
