"""What a command does not need is not loaded for it."""

import subprocess
import sys


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


def test_the_help_has_all_commands() -> None:
    """Ours."""
    done = subprocess.run([sys.executable, "-m", "pillarbox", "--help"], capture_output=True, text=True, check=True)

    for command in ("serve", "import", "export", "doctor", "demo", "account", "group", "domain", "queue"):
        assert f" {command} " in done.stdout
