"""Files and links met in a walk through a directory.

Whoever imports a directory means what is in it. A link out of it may lead to somebody else's mail, or
nowhere, so it is told of and not followed. A link to a file inside is another name of a message, which
may well stand in another mailbox, and is followed; one to a directory inside is not, for the directory is
met under its own name and the two could form a ring.
"""

import os
from pathlib import Path

__all__ = ["OUTSIDE", "contents", "leads_outside", "lies_within"]

OUTSIDE = "it is a symbolic link to nowhere or out of the directory; import what it points to by itself"


def leads_outside(path: Path, root: Path) -> bool:
    """Whether `path` is a symbolic link that must not be followed in a walk through `root`.

    True also of a link to nowhere, and to a pipe or device, which would block whoever opens it.
    """
    if not path.is_symlink():
        return False
    try:
        there = path.resolve(strict=True)
    except (OSError, RuntimeError):
        return True
    return not (there.is_relative_to(root.resolve()) and (there.is_file() or there.is_dir()))


def lies_within(path: Path, root: Path) -> bool:
    """Whether `path`, there or not, is in `root` still when all symbolic links on the way are followed."""
    try:
        return path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        return False


def contents(path: Path, bound: int) -> bytes | str:
    """The bytes of a file, or why they are not given: there are none, too many, or no right to them."""
    try:
        with path.open("rb") as file:
            octets = file.read(bound + 1)
            size = os.fstat(file.fileno()).st_size
    except FileNotFoundError:
        return "it was there and is gone; a program is working on these files"
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    if len(octets) > bound:
        return f"it has {size} bytes, more than {bound}"
    return octets if octets.strip() else "it is empty"
