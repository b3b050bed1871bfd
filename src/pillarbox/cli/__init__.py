"""The commands: thin, each parses arguments, calls one function and prints.

Begin with `main`. Commands that manage call the management API by `client`, wherever the server is (adr/0054), and
those about principals have `principal` in common; the others open the house. It must not know how anything is done.
"""

from pillarbox.cli.main import main

__all__ = ["main"]
