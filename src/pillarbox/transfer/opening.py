"""From a path that somebody named to a source of mail."""

from pathlib import Path

from pillarbox.transfer.folder import below, mailbox, of_mbox, readable
from pillarbox.transfer.found import BOUND, Folder, Source, Unreadable
from pillarbox.transfer.kind import ADVICE, file_kind
from pillarbox.transfer.loose import LooseMessage
from pillarbox.transfer.mbox import Mbox
from pillarbox.transfer.restored import is_export, restored
from pillarbox.transfer.tree import Tree

__all__ = ["source"]


def source(path: Path, bound: int = BOUND) -> Source:
    """The mail at `path`: an mbox file, a message, a Maildir, a directory of any of them, or an export of ours.

    An mbox file's messages go to a mailbox of the file's name, a lone message and those that lie in the
    directory itself to the Inbox. Messages of more than `bound` bytes in their file are skipped.

    Raises Unreadable if there is nothing at `path`, no right to read it, or no mail in it.
    """
    name = readable(path.absolute().name if path.name not in {"", ".."} else path.resolve().name) or "/"
    try:
        found = _directory(path, name, bound) if path.is_dir() else _file(path, name, bound)
    except FileNotFoundError as error:
        raise Unreadable(f"There is no {readable(str(path))}. Check the path.", str(error)) from error
    except PermissionError as error:
        told = "may not be read by this user. Change its permissions, or import as its owner."
        raise Unreadable(f"{readable(str(path))} {told}", str(error)) from error
    except OSError as error:
        raise Unreadable(f"{readable(str(path))} cannot be read: {error.strerror}.", str(error)) from error
    return found


def _directory(path: Path, name: str, bound: int) -> Source:
    # The walk tells of a directory it may not read as skipped; of this one it is an error.
    next(path.iterdir(), None)
    if is_export(path):
        return restored(path, name)
    tree = Tree(path, name, _own_folder(path), bound)
    if not tree.holds_mail():
        told = "holds no Maildir, no mbox file and no .eml file. Name the directory in which the mail lies."
        raise Unreadable(f"{readable(str(path))} {told}", "no mail in directory")
    return tree


def _file(path: Path, name: str, bound: int) -> Source:
    size = path.stat().st_size
    kind = file_kind(path)
    if kind in {"mbox", "empty"}:
        return Mbox(path, name, mailbox(of_mbox(_own_folder(path.absolute().parent), path)), size, bound)
    if kind == "message":
        return LooseMessage(path, name, (), size, bound)
    advice = ADVICE.get(path.suffix.lower())
    told = advice or 'An mbox file begins with a line "From …" that ends in a date, an .eml with its header.'
    raise Unreadable(f"{readable(str(path))} is no mail that can be read. {told}", kind)


def _own_folder(path: Path) -> Folder:
    """The name that a directory at the top gives: none, save for Apple's `Plans.mbox` and `Plans.sbd`."""
    return below((), path.name) if path.suffix.lower() in {".mbox", ".sbd"} else ()
