"""The commands: thin, each parses arguments, calls one function and prints.

Begin with `main`. It must not know how anything is done.
"""

from pillarbox.cli.main import main

__all__ = ["main"]
