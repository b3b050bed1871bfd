"""What a mailbox is called, by the name of the file or directory that holds it.

Mail programs wrote these names, each by its own rule:

- IMAP's modified UTF-7, `B&APw-cher` for "Bücher" (RFC 9051 section A.1), by Dovecot, Courier and
  Thunderbird, in directories as in files;
- Maildir++, where `.Work.Plans` is the mailbox "Plans" in "Work";
- `Plans.mbox` for one mailbox, a file or, with Apple's Mail, a directory;
- `Work.sbd`, Thunderbird's directory for what lies inside "Work".
"""

import binascii
import re
import unicodedata
from pathlib import Path

from pillarbox.transfer.found import Folder

__all__ = ["ENDINGS", "NO_FILE_NAME", "below", "below_maildir", "mailbox", "of_mbox", "readable"]

_ENDINGS = (".mbox", ".mbx", ".sbd", ".txt")

ENDINGS = (*_ENDINGS, ".eml")
"""What the name of a mailbox cannot end in as the name of a file or directory, in lower case."""

NO_FILE_NAME = frozenset('/\\:*?"<>|. ')
"""Characters that some file system has in no name, or not at its ends; an export writes them in modified UTF-7."""

_SHIFTED = re.compile(r"&([A-Za-z0-9+,]*)-")


def below(folder: Folder, name: str) -> Folder:
    """The path of names for a file or a directory called `name` within `folder`."""
    stem = name
    for ending in _ENDINGS:
        if name.lower().endswith(ending) and len(name) > len(ending):
            stem = name[: -len(ending)]
    return (*folder, _decoded(stem))


def below_maildir(folder: Folder, name: str) -> Folder:
    """The path of names for Maildir++'s directory `.Work.Plans` in the Maildir of `folder`."""
    return folder + tuple(_decoded(part) for part in name.split(".") if part)


def of_mbox(folder: Folder, path: Path) -> Folder:
    """The path of names for the mbox file at `path`, which lies in `folder`.

    Apple's `Plans.mbox/mbox` is the mailbox of its directory; a message that was saved with its
    separator has no name to give.
    """
    in_apples = path.name == "mbox" and path.parent.suffix.lower() == ".mbox"
    return folder if in_apples or path.suffix.lower() == ".eml" else below(folder, path.name)


def mailbox(names: Folder) -> Folder:
    """The mailbox for a path of names: "Inbox" in any case is the Inbox (RFC 9051 section 5.1).

    Only for whole paths, since the Inbox may have mailboxes within it.
    """
    if names and names[0].lower() == "inbox":
        return () if len(names) == 1 else ("Inbox", *names[1:])
    return names


def readable(name: str) -> str:
    """A file's name as text that can be printed and stored: NFC, and no bytes that are not UTF-8.

    RFC 8621 section 2 wants names in Net-Unicode (RFC 5198), which means NFC; macOS gives NFD.
    """
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return unicodedata.normalize("NFC", text)


def _decoded(name: str) -> str:
    """A name out of modified UTF-7, or as it stands when it is not written so ("R&D")."""
    try:
        return readable(_SHIFTED.sub(_unshifted, name))
    except ValueError:
        return readable(name)


def _unshifted(found: re.Match[str]) -> str:
    if not found[1]:
        return "&"
    encoded = found[1].replace(",", "/")
    padded = encoded + "=" * (-len(encoded) % 4)
    units = binascii.a2b_base64(padded, strict_mode=True)
    # A name is only taken as encoded if an encoder would have written it so; else it is a coincidence.
    if binascii.b2a_base64(units, newline=False) != padded.encode():
        raise ValueError(found[1])
    text = units.decode("utf-16-be")
    if any(" " <= character <= "~" and character not in NO_FILE_NAME for character in text):
        raise ValueError(found[1])
    return text
